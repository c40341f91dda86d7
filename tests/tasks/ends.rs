//! How tasks end: in outcomes, after attempts, with their states.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use leverframe::caller::Caller;
use leverframe::record::{Actor, Entry, RunId, Version};
use leverframe::runs::{Request, RunLimits, Runs, TaskStatus, tasks_of};
use leverframe::store::Store;
use leverframe::store::memory::MemoryStore;
use leverframe::testing::ManualClock;
use tokio::time::timeout;

use super::errand::Hands;
use super::errand::errand::{self, Errand};
use super::{PATIENCE, all, events, told, until_in};
use crate::durable::at;
use crate::mcp::{local, main_run, run};
use crate::runs::timeouts::clock;
use crate::runs::unrecorded::Brittle;

/// Runs of errands on a store.
pub(super) struct Errands {
    pub(super) runs: Arc<Runs<Errand>>,
    pub(super) hands: Hands,
    pub(super) clock: Arc<ManualClock>,
}

impl Errands {
    pub(super) fn on(store: Arc<dyn Store>) -> Self {
        let (hands, clock) = (Hands::default(), clock());
        Self::with(store, hands, clock)
    }

    fn with(store: Arc<dyn Store>, hands: Hands, clock: Arc<ManualClock>) -> Self {
        let runs = Runs::new(store).with_clock(clock.clone());
        let runs = Arc::new(runs.with_worker(errand::worker(hands.clone())));
        Self { runs, hands, clock }
    }

    fn in_memory() -> Self {
        Self::on(Arc::new(MemoryStore::new()))
    }

    /// Performs tasks and records timeouts, until the answer is dropped.
    fn drive(&self) -> Driving {
        let runs = self.runs.clone();
        Driving(tokio::spawn(async move {
            runs.drive().await;
        }))
    }

    async fn apply(&self, id: &RunId, event: impl Into<errand::Event>) -> Version {
        let request = Request::new();
        self.runs.apply(&caller(), id, event.into(), request).await.unwrap().status.version
    }

    async fn send(&self, id: &RunId, what: &str) {
        if *id != main_run() {
            self.runs.start(&caller(), id, None).await.unwrap();
        }
        self.apply(id, errand::events::Send { what: what.to_owned() }).await;
    }

    fn store(&self) -> &dyn Store {
        &**self.runs.store()
    }

    async fn until_in(&self, id: &RunId, state: &str) {
        until_in(self.store(), id, state).await;
    }

    /// Waits until the task of a run is as expected.
    async fn until_task(
        &self,
        id: &RunId,
        mut is_so: impl FnMut(&TaskStatus) -> bool,
    ) -> TaskStatus {
        let found = async {
            loop {
                if let [task] = tasks_of(self.store(), id).await.unwrap().as_slice()
                    && is_so(task)
                {
                    return task.clone();
                }
                tokio::task::yield_now().await;
            }
        };
        let Ok(task) = timeout(PATIENCE, found).await else {
            panic!("{:?}", tasks_of(self.store(), id).await)
        };
        task
    }
}

/// Ends with its value.
struct Driving(tokio::task::JoinHandle<()>);

impl Drop for Driving {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn caller() -> Caller {
    local()
}

#[tokio::test]
async fn an_outcome_is_an_event_like_any_other() {
    let errands = Errands::in_memory();
    let _driving = errands.drive();
    errands.send(&main_run(), "tea").await;
    errands.until_in(&main_run(), "HOME").await;
    let records = all(errands.store(), &main_run()).await;
    let [_, sent, done] = records.as_slice() else { panic!("{records:?}") };
    let Entry::Applied { task: Some(task), .. } = &done.entry else { panic!("{done:?}") };
    assert_eq!(
        (&*task.task, task.since, task.attempts, &task.error),
        ("run", sent.version, 1, &None)
    );
    assert_eq!(done.actor, Actor::Task);
    assert!(tasks_of(errands.store(), &main_run()).await.unwrap().is_empty());
    // Whoever reads the history again performs nothing.
    let fresh =
        Errands::with(errands.runs.store().clone(), Hands::default(), errands.clock.clone());
    let _driving = fresh.drive();
    assert_eq!(fresh.runs.status(&main_run()).await.unwrap().version, Version(2));
    fresh.send(&run("next"), "tea").await;
    fresh.until_in(&run("next"), "HOME").await;
    assert_eq!(fresh.hands.done.borrow().attempts.len(), 1, "that of the other run");
}

/// Each failure is followed by a longer wait, and the last by the failure event.
#[tokio::test]
async fn attempts_are_durable_and_end_in_the_failure_event() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let errands = Errands::on(store.clone());
    let driving = errands.drive();
    for (what, end) in [("fail", "GIVEN_UP"), ("late", "HOME"), ("panic", "GIVEN_UP")] {
        let id = run(what);
        errands.send(&id, what).await;
        let first = errands.until_task(&id, |task| task.attempts == 1 && !task.is_running).await;
        let error = match what {
            "fail" => "no luck, number 1",
            "late" => "too early",
            _ => "the code panicked: the hands are cold",
        };
        assert_eq!(first.error.as_deref(), Some(error));
        assert_eq!((first.due, first.since), (Some(at(10)), Version(1)), "the backoff");
        errands.clock.set(at(10));
        let second = errands.until_task(&id, |task| task.attempts == 2 && !task.is_running).await;
        assert_eq!(second.due, Some(at(30)), "it doubles");
        errands.clock.set(at(30));
        errands.until_in(&id, end).await;
        let records = all(&*store, &id).await;
        let Entry::Applied { task: Some(task), .. } = &records[2].entry else {
            panic!("{records:?}")
        };
        assert_eq!(task.attempts, 3);
        errands.clock.set(at(0));
    }
    drop(driving);
    let attempts = &errands.hands.done.borrow().attempts;
    for of_run in attempts.chunks(3) {
        assert!(of_run.iter().all(|attempt| attempt.key == of_run[0].key), "{of_run:?}");
        assert_eq!(of_run.iter().map(|attempt| attempt.number).collect::<Vec<_>>(), [1, 2, 3]);
    }
}

#[tokio::test]
async fn another_program_goes_on_with_the_attempts() {
    let errands = Errands::in_memory();
    let driving = errands.drive();
    errands.send(&main_run(), "late").await;
    errands.until_task(&main_run(), |task| task.attempts == 1 && !task.is_running).await;
    drop(driving);
    errands.clock.set(at(10));
    let other =
        Errands::with(errands.runs.store().clone(), Hands::default(), errands.clock.clone());
    let _driving = other.drive();
    let second = other.until_task(&main_run(), |task| task.attempts == 2 && !task.is_running).await;
    assert_eq!(second.error.as_deref(), Some("too early"));
    other.clock.set(at(30));
    other.until_in(&main_run(), "HOME").await;
    assert_eq!(other.hands.done.borrow().attempts.len(), 2);
}

#[tokio::test]
async fn an_error_that_no_attempt_can_mend_ends_the_task() {
    let errands = Errands::in_memory();
    let _driving = errands.drive();
    errands.send(&main_run(), "refuse").await;
    errands.until_in(&main_run(), "GIVEN_UP").await;
    assert_eq!(errands.hands.done.borrow().attempts.len(), 1);
    let records = all(errands.store(), &main_run()).await;
    let Entry::Applied { event, .. } = &records[2].entry else { panic!("{records:?}") };
    assert_eq!(event.get(), r#"{"failed":{"reason":"never"}}"#);
}

#[tokio::test]
async fn an_attempt_that_hangs_ends_at_its_limit() {
    let errands = Errands::in_memory();
    let _driving = errands.drive();
    errands.send(&main_run(), "hang for long").await;
    errands.hands.until("an attempt", |done| done.running == 1).await;
    errands.until_task(&main_run(), |task| task.is_running).await;
    errands.clock.set(at(7_200));
    let failed = errands.until_task(&main_run(), |task| !task.is_running).await;
    assert_eq!(failed.error.as_deref(), Some("it took longer than its limit of 7200s"));
    errands.hands.until("the future is dropped", |done| done.dropped == 1).await;
}

/// The state is left by an event, by a timeout, or because the run is removed.
#[tokio::test]
async fn leaving_the_state_cancels_the_task() {
    for how in ["call_back", "lapse", "remove"] {
        let errands = Errands::in_memory();
        let _driving = errands.drive();
        errands.send(&main_run(), "hang").await;
        errands.hands.until("an attempt", |done| done.running == 1).await;
        errands.apply(&main_run(), errand::events::Poke).await;
        assert_eq!(errands.hands.done.borrow().dropped, 0, "the state goes on");
        match how {
            "call_back" => drop(errands.apply(&main_run(), errand::events::CallBack).await),
            "lapse" => errands.clock.set(at(3_600)),
            _ => {
                errands.runs.remove(&caller(), &main_run()).await.unwrap();
                errands.clock.set(at(1));
            }
        }
        errands.hands.until(how, |done| done.running == 0).await;
        if how != "remove" {
            errands.until_in(&main_run(), "IDLE").await;
        }
        assert_eq!(tasks_of(errands.store(), &main_run()).await.unwrap(), []);
        // When its state is entered again, it is another task.
        errands.send(&main_run(), "tea").await;
        errands.until_in(&main_run(), "HOME").await;
        let attempts = errands.hands.done.borrow().attempts.clone();
        assert_eq!(attempts.len(), 2);
        assert_ne!(attempts[0].key, attempts[1].key);
        assert_eq!(attempts[1].number, 1);
    }
}

/// Another program leaves the state while the attempt is under way, and enters it again: its outcome is for another entry.
#[tokio::test]
async fn a_late_outcome_is_refused() {
    let errands = Errands::in_memory();
    let driving = errands.drive();
    errands.send(&main_run(), "wait").await;
    errands.hands.until("an attempt", |done| done.running == 1).await;
    // It has no worker, and this program is not told.
    let other = Runs::<Errand>::new(errands.runs.store().clone()).with_clock(errands.clock.clone());
    for event in
        [errand::events::CallBack.into(), errand::events::Send { what: "hang".to_owned() }.into()]
    {
        let event: errand::Event = event;
        other.apply(&caller(), &main_run(), event, Request::new()).await.unwrap();
    }
    errands.hands.release();
    errands
        .hands
        .until("the second attempt", |done| done.attempts.len() == 2 && done.running == 1)
        .await;
    assert_eq!(events(errands.store(), &main_run()).await, ["start", "send", "call_back", "send"]);
    drop(driving);
}

/// A machine may refuse an outcome: that is a failed attempt.
#[tokio::test]
async fn an_outcome_that_the_machine_refuses_is_a_failed_attempt() {
    let errands = Errands::in_memory();
    let _driving = errands.drive();
    errands.apply(&main_run(), errand::events::Bar { is_barred: true }).await;
    errands.send(&main_run(), "tea").await;
    let failed =
        errands.until_task(&main_run(), |task| task.attempts == 1 && !task.is_running).await;
    let error = "the machine refuses its outcome: the door is barred";
    assert_eq!(failed.error.as_deref(), Some(error));
    errands.apply(&main_run(), errand::events::Bar { is_barred: false }).await;
    errands.clock.set(at(10));
    errands.until_in(&main_run(), "HOME").await;
    let keys: Vec<_> =
        errands.hands.done.borrow().attempts.iter().map(|attempt| attempt.key.clone()).collect();
    assert_eq!(keys[0], keys[1]);
}

/// A caller cannot end a task in place of what performs it.
#[tokio::test]
async fn nobody_else_ends_a_task() {
    let errands = Errands::in_memory();
    errands.send(&main_run(), "hang").await;
    let done: errand::Event = errand::events::Done { with: "a copy".to_owned() }.into();
    let refused =
        errands.runs.apply(&caller(), &main_run(), done, Request::new()).await.unwrap_err();
    assert!(refused.to_string().contains("task"), "{refused}");
    assert_eq!(events(errands.store(), &main_run()).await, ["start", "send"]);
}

/// What drives the runs may end and begin again in the same program.
#[tokio::test]
async fn driving_again_goes_on_with_the_tasks() {
    let errands = Errands::in_memory();
    let driving = errands.drive();
    errands.send(&main_run(), "wait").await;
    errands.hands.until("an attempt", |done| done.running == 1).await;
    drop(driving);
    errands.hands.until("the future is dropped", |done| done.dropped == 1).await;
    let _driving = errands.drive();
    errands.hands.release();
    errands.clock.set(at(60));
    errands.until_in(&main_run(), "HOME").await;
}

/// A store that does not take the outcome is tried again, so that the work is not done again.
#[tokio::test]
async fn an_outcome_waits_for_the_store() {
    let store = Arc::new(Brittle::default());
    let errands = Errands::on(store.clone());
    let _driving = errands.drive();
    errands.send(&main_run(), "wait").await;
    errands.hands.until("an attempt", |done| done.running == 1).await;
    store.is_broken.store(true, Ordering::Relaxed);
    errands.hands.release();
    errands.hands.until("the work is done", |done| done.running == 0).await;
    for second in 1..5 {
        // It has been tried by then.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        errands.clock.set(at(second));
    }
    store.is_broken.store(false, Ordering::Relaxed);
    errands.clock.set(at(6));
    errands.until_in(&main_run(), "HOME").await;
    assert_eq!(errands.hands.done.borrow().attempts.len(), 1);
}

/// A clean end gives the task to another program at once, and the attempt does not count.
#[tokio::test]
async fn a_clean_end_leaves_the_tasks_to_others() {
    let errands = Errands::in_memory();
    let driving = errands.drive();
    errands.send(&main_run(), "wait").await;
    errands.hands.until("an attempt", |done| done.running == 1).await;
    drop(driving);
    errands.runs.close().await;
    let task = errands.until_task(&main_run(), |_| true).await;
    assert_eq!((task.attempts, task.is_running, task.due), (0, false, Some(at(0))));
    let other =
        Errands::with(errands.runs.store().clone(), errands.hands.clone(), errands.clock.clone());
    other.hands.release();
    let _driving = other.drive();
    other.until_in(&main_run(), "HOME").await;
}

#[tokio::test]
async fn a_paused_store_begins_no_attempt() {
    let errands = Errands::in_memory();
    let pause =
        async |is_paused| leverframe::runs::pause(errands.store(), is_paused).await.unwrap();
    assert!(pause(true).await && !pause(true).await);
    let _driving = errands.drive();
    errands.send(&main_run(), "tea").await;
    errands.clock.set(at(30));
    errands.send(&run("other"), "tea").await;
    // Timeouts come all the same.
    errands.clock.set(at(3_600));
    errands.until_in(&main_run(), "IDLE").await;
    assert_eq!(errands.hands.done.borrow().attempts, []);
    assert!(pause(false).await && !pause(false).await);
    errands.clock.set(at(3_602));
    errands.until_in(&run("other"), "HOME").await;
}

/// Slots that are taken are waited for.
#[tokio::test]
async fn at_most_so_many_run_at_once() {
    let hands = Hands::default();
    let mut limits = RunLimits::default();
    limits.tasks = 3;
    limits.task_lease = Duration::from_secs(5);
    let runs = Runs::<Errand>::in_memory().with_limits(limits);
    let runs = Arc::new(runs.with_worker(errand::worker(hands.clone())));
    let errands = Errands { runs, hands, clock: clock() };
    let _driving = errands.drive();
    let ids: Vec<_> = (0..10).map(|number| run(&format!("r{number}"))).collect();
    for id in &ids {
        errands.send(id, "wait").await;
    }
    errands.hands.until("three", |done| done.running == 3).await;
    errands.hands.release();
    for id in &ids {
        errands.until_in(id, "HOME").await;
    }
    let done = errands.hands.done.borrow().clone();
    assert_eq!((done.most, done.attempts.len()), (3, 10));
    assert!(
        told(errands.store(), &ids[0]).await.contains(&("done".to_owned(), "@task".to_owned()))
    );
}
