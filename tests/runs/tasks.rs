//! Tasks of one run after another: what poisons one holds no other, and when a task starts anew.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use leverframe::record::{Actor, Entry, RunId};
use leverframe::runs::{Request, RunLimits, Runs, tasks_of};
use leverframe::store::Store;
use leverframe::store::memory::MemoryStore;
use leverframe::task::{Attempt, TaskError};
use tokio::sync::{Notify, watch};
use tokio::time::timeout;

use super::{all, caller, id};

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A job that is done by a task.
#[leverframe::machine(serde)]
pub mod job {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Log {
        pub work: String,
        pub ticks: u32,
        pub error: Option<String>,
    }

    #[state(initial)]
    pub struct Idle;
    #[state]
    pub struct Working;
    #[state(final)]
    pub struct Done;
    #[state(final)]
    pub struct Dropped;

    #[transition(from = Idle)]
    fn begin(log: &mut Log, work: String) -> Working {
        log.work = work;
        Working
    }
    #[transition(from = Working)]
    fn note(log: &mut Log, text: String) {
        log.work.push_str(&text);
    }
    #[transition(from = Working)]
    fn restart() -> Working {
        Working
    }
    #[transition(from = Working)]
    fn cancel() -> Dropped {
        Dropped
    }
    #[transition(from = Working)]
    fn tick(log: &mut Log) {
        log.ticks += 1;
    }
    #[transition(from = Working)]
    fn done(log: &Log, is_right: bool) -> Result<Done, String> {
        if is_right { Ok(Done) } else { Err(format!("{} is not right", log.work)) }
    }
    #[transition(from = Working)]
    fn failed(log: &mut Log, error: String) -> Dropped {
        log.error = Some(error);
        Dropped
    }
    #[task(state = Working, outcomes = [done, tick], failure = failed, attempts = 3, backoff = "20ms", limit = "1s")]
    fn perform(log: &Log) -> String {
        log.work.clone()
    }
}
use job::{Job, events, outcomes};

/// Does what the job says.
#[derive(Clone, Default)]
struct Hands {
    begun: Arc<watch::Sender<usize>>,
    dropped: Arc<AtomicUsize>,
    release: Arc<Notify>,
}

/// Counts a future that is dropped before its end.
struct Dropping(Arc<AtomicUsize>);

impl Drop for Dropping {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl job::Tasks for Hands {
    async fn perform(
        &self,
        work: String,
        attempt: Attempt,
    ) -> Result<outcomes::Perform, TaskError> {
        let dropping = Dropping(Arc::clone(&self.dropped));
        self.begun.send_modify(|begun| *begun += 1);
        let done = match work.as_str() {
            "panic" => panic!("a bad hand"),
            "hang" => std::future::pending().await,
            "fail" => Err(TaskError::new(format!("attempt {}", attempt.number))),
            "wrong" => Ok(events::Done { is_right: false }.into()),
            "tick" => Ok(events::Tick.into()),
            "wait" => {
                self.release.notified().await;
                Ok(events::Done { is_right: true }.into())
            }
            _ => Ok(events::Done { is_right: true }.into()),
        };
        std::mem::forget(dropping);
        done
    }
}

pub(super) struct Office {
    pub(super) runs: Arc<Runs<Job>>,
    hands: Hands,
    driving: tokio::task::JoinHandle<()>,
}

impl Office {
    fn open(store: Arc<dyn Store>, limits: RunLimits) -> Self {
        let hands = Hands::default();
        let runs = Runs::new(store).with_limits(limits).with_worker(job::worker(hands.clone()));
        let runs = Arc::new(runs);
        let driven = Arc::clone(&runs);
        let driving = tokio::spawn(async move { match driven.drive().await {} });
        Self { runs, hands, driving }
    }

    pub(super) fn in_memory() -> Self {
        Self::open(Arc::new(MemoryStore::new()), RunLimits::default())
    }

    pub(super) async fn begin(&self, run: &RunId, work: &str) {
        self.runs.start(&caller(), run, None).await.unwrap();
        let begin = events::Begin { work: work.to_owned() };
        self.runs.apply(&caller(), run, begin.into(), Request::new()).await.unwrap();
    }

    async fn apply(&self, run: &RunId, event: impl Into<job::Event>) {
        self.runs.apply(&caller(), run, event.into(), Request::new()).await.unwrap();
    }

    async fn begun(&self, times: usize) {
        let mut begun = self.hands.begun.subscribe();
        let enough = timeout(PATIENCE, begun.wait_for(|begun| *begun >= times)).await;
        drop(enough.expect("attempts begin"));
    }

    /// Waits for what the store keeps of a run.
    async fn until(&self, run: &RunId, state: &str) {
        let mut appends = self.runs.store().watch();
        let looking = async {
            while self.runs.status(run).await.unwrap().state.wire() != state {
                appends.changed().await.unwrap();
            }
        };
        timeout(PATIENCE, looking).await.expect("it comes to that");
    }

    async fn error(&self, run: &RunId) -> Option<String> {
        self.runs.read(run, |run| run.context().error.clone()).await.unwrap()
    }

    pub(super) async fn has_task(&self, run: &RunId) -> bool {
        !tasks_of(&**self.runs.store(), run).await.unwrap().is_empty()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        self.driving.abort();
    }
}

#[tokio::test]
async fn a_bad_task_ends_in_its_failure_and_holds_no_other() {
    let mut limits = RunLimits::default();
    limits.tasks = 4;
    let office = Office::open(Arc::new(MemoryStore::new()), limits);
    let bad = [
        ("panic", "the code panicked: a bad hand"),
        ("hang", "it took longer than its limit of 1s"),
        ("fail", "attempt 3"),
        ("wrong", "the machine refuses its outcome: wrong is not right"),
    ];
    for (work, _) in bad {
        office.begin(&id(work), work).await;
    }
    for number in 0..50 {
        let run = id(&format!("good-{number}"));
        office.begin(&run, "good").await;
        office.until(&run, "DONE").await;
    }
    for (work, error) in bad {
        office.until(&id(work), "DROPPED").await;
        let found = office.error(&id(work)).await.unwrap();
        assert!(found.contains(error), "{work}: {found}");
        let records = all(&**office.runs.store(), &id(work)).await;
        let Entry::Applied { task: Some(task), .. } = &records[2].entry else {
            panic!("{:?}", records[2])
        };
        assert_eq!((task.attempts, task.since.0, records[2].actor.clone()), (3, 1, Actor::Task));
        assert!(!office.has_task(&id(work)).await);
    }
}

#[tokio::test]
async fn entering_the_state_again_starts_the_task_again_and_an_internal_event_does_not() {
    let office = Office::in_memory();
    let run = id("main");
    office.begin(&run, "wait").await;
    office.begun(1).await;
    let first = tasks_of(&**office.runs.store(), &run).await.unwrap();
    office.apply(&run, events::Note { text: String::new() }).await;
    assert_eq!(tasks_of(&**office.runs.store(), &run).await.unwrap()[0].since, first[0].since);
    office.apply(&run, events::Restart).await;
    office.begun(2).await;
    assert!(tasks_of(&**office.runs.store(), &run).await.unwrap()[0].since > first[0].since);
    office.hands.release.notify_waiters();
    office.hands.release.notify_one();
    office.until(&run, "DONE").await;
    assert_eq!(*office.hands.begun.borrow(), 2);
}

#[tokio::test]
async fn an_outcome_that_stays_in_the_state_ends_the_task() {
    let office = Office::in_memory();
    let run = id("main");
    office.begin(&run, "tick").await;
    let ticked = async {
        while office.has_task(&run).await {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, ticked).await.expect("the task ends");
    let ticks = office.runs.read(&run, |run| run.context().ticks).await.unwrap();
    assert_eq!((ticks, *office.hands.begun.borrow()), (1, 1));

    // A program that reads the run from its records, or from a snapshot, does not start it again.
    let store = Arc::clone(office.runs.store());
    let records = all(&*store, &run).await;
    drop(office);
    let again = Office::open(Arc::clone(&store), RunLimits::default());
    again.apply(&run, events::Note { text: "x".into() }).await;
    assert!(!again.has_task(&run).await);
    assert_eq!((records.len(), *again.hands.begun.borrow()), (3, 0));
}
