//! A machine with one task, and what performs it in the test.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use leverframe::task::{Attempt, TaskError};
use tokio::sync::watch;
use tokio::time::timeout;

use super::PATIENCE;

/// An errand: sent, and done or given up.
#[leverframe::machine(serde)]
pub mod errand {
    #[context]
    #[derive(Debug, Default, Clone, serde::Serialize, serde::Deserialize)]
    pub struct Log {
        pub pokes: u32,
        pub is_barred: bool,
    }

    #[state(initial)]
    pub struct Idle;
    #[state]
    pub struct Out {
        pub what: String,
    }
    #[state(final)]
    pub struct Home {
        pub with: String,
    }
    #[state(final)]
    pub struct GivenUp {
        pub reason: String,
    }

    #[transition(from = Idle)]
    fn send(what: String) -> Out {
        Out { what }
    }
    #[transition(from = Out)]
    fn call_back() -> Idle {
        Idle
    }
    /// Something happens, and the errand goes on.
    #[transition(from = Out)]
    fn poke(log: &mut Log) {
        log.pokes = log.pokes.saturating_add(1);
    }
    /// It is too late.
    #[transition(from = Out, after = "1h", guard = is_hurried)]
    fn lapse() -> Idle {
        Idle
    }
    #[guard]
    fn is_hurried(out: &Out) -> bool {
        out.what != "hang for long"
    }
    #[transition(from = [Idle, Out])]
    fn bar(log: &mut Log, is_barred: bool) {
        log.is_barred = is_barred;
    }
    /// Does the errand.
    #[task(state = Out, outcomes = [done], failure = failed, attempts = 3, backoff = "10s", limit = "2h")]
    fn run(out: &Out) -> String {
        out.what.clone()
    }
    #[transition(from = Out)]
    fn done(log: &Log, with: String) -> Result<Home, String> {
        if log.is_barred { Err("the door is barred".into()) } else { Ok(Home { with }) }
    }
    #[transition(from = Out)]
    fn failed(reason: String) -> GivenUp {
        GivenUp { reason }
    }
}
use errand::{Tasks, events, outcomes};

/// What was done, and what is being done.
#[derive(Debug, Clone, Default)]
pub(super) struct Done {
    pub(super) attempts: Vec<Attempt>,
    pub(super) running: usize,
    /// The most that ran at the same time.
    pub(super) most: usize,
    /// Those whose futures were dropped before they had ended.
    pub(super) dropped: usize,
}

/// Does errands as their texts say: `ask` brings what it is given, `hang` does not end, `panic`, `fail` and `refuse` end
/// in no outcome, `wait` ends after the others are let go, `late` fails but for its third attempt.
#[derive(Clone, Default)]
pub(super) struct Hands {
    pub(super) done: Arc<watch::Sender<Done>>,
    go: Arc<watch::Sender<bool>>,
    pub(super) effects: Arc<AtomicUsize>,
}

impl Hands {
    pub(super) fn release(&self) {
        self.go.send_replace(true);
    }

    pub(super) async fn until(&self, what: &str, is_so: impl FnMut(&Done) -> bool) -> Done {
        let mut done = self.done.subscribe();
        let found =
            timeout(PATIENCE, done.wait_for(is_so)).await.map(|found| found.unwrap().clone());
        found.unwrap_or_else(|_| panic!("{what}: {:?}", self.done.borrow()))
    }
}

/// Counts what runs, and what is dropped before its end.
struct Running<'a> {
    done: &'a watch::Sender<Done>,
    has_ended: bool,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.done.send_modify(|done| {
            done.running -= 1;
            done.dropped += usize::from(!self.has_ended && !std::thread::panicking());
        });
    }
}

impl Tasks for Hands {
    async fn run(&self, what: String, attempt: Attempt) -> Result<outcomes::Run, TaskError> {
        let (number, with) = (attempt.number, attempt.key.clone());
        self.done.send_modify(|done| {
            done.attempts.push(attempt);
            done.running += 1;
            done.most = done.most.max(done.running);
        });
        let mut running = Running { done: &self.done, has_ended: false };
        let outcome = match what.as_str() {
            "hang" | "hang for long" => std::future::pending().await,
            "panic" => panic!("the hands are cold"),
            "fail" => Err(TaskError::new(format!("no luck, number {number}"))),
            "late" if number < 3 => Err(TaskError::new("too early")),
            "refuse" => Err(TaskError::new("never").permanent()),
            "wait" => {
                self.go.subscribe().wait_for(|go| *go).await.expect("it is there");
                Ok(())
            }
            _ => Ok(()),
        };
        running.has_ended = true;
        outcome?;
        self.effects.fetch_add(1, Ordering::Relaxed);
        Ok(events::Done { with }.into())
    }
}
