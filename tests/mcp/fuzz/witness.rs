//! Who hears all answers of the servers of one store, and checks them.

use std::cell::RefCell;

use leverframe::chart::Chart;
use serde_json::{Map, Value};
use tokio::process::Child;

use super::Subject;
use super::answer::{Said, check};
use super::input::Heard;
use super::ledger::Ledger;

pub(crate) struct Witness {
    chart: &'static Chart,
    ledger: RefCell<Ledger>,
    counts: RefCell<Counts>,
}

/// What happened.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) done: usize,
    pub(crate) refused: usize,
    pub(crate) errors: usize,
    pub(crate) acknowledged: usize,
    pub(crate) floods: usize,
    /// The maximum resident memory of a server, in bytes.
    pub(crate) peak: usize,
}

impl Witness {
    pub(crate) fn new(subject: &Subject) -> Self {
        let (ledger, counts) = Default::default();
        Self { chart: (subject.chart)(), ledger, counts }
    }

    /// Checks an answer, notes what it acknowledges, and learns from it.
    pub(crate) fn hear(
        &self,
        answer: &Value,
        arguments: Option<Map<String, Value>>,
        heard: &mut Heard,
    ) {
        let mut counts = self.counts.borrow_mut();
        match check(answer, self.chart) {
            Said::Done => counts.done += 1,
            Said::Refused => counts.refused += 1,
            Said::Error => counts.errors += 1,
        }
        let result = &answer["result"];
        if result["isError"] == false {
            self.ledger.borrow_mut().note(&result["structuredContent"], arguments);
        }
        heard.learn(result);
    }

    /// Notes that the server is flooded.
    pub(crate) fn floods(&self) {
        self.counts.borrow_mut().floods += 1;
    }

    /// Notes that some answers were not read, so that the store may hold more than was acknowledged.
    pub(crate) fn is_partial(&self) {
        self.ledger.borrow_mut().is_partial = true;
    }

    /// Notes how much memory a server has taken at most.
    pub(crate) fn weigh(&self, server: &Child) {
        let id = server.id().expect("the server runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak = line.trim().trim_end_matches(" kB").parse::<usize>().unwrap() * 1024;
        let mut counts = self.counts.borrow_mut();
        counts.peak = counts.peak.max(peak);
    }

    /// Holds what was acknowledged against the store.
    pub(crate) async fn check(self, subject: &Subject, store: &str) -> Counts {
        let ledger = self.ledger.into_inner();
        ledger.check(subject, store).await;
        Counts { acknowledged: ledger.len(), ..self.counts.into_inner() }
    }
}
