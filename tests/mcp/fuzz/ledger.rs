//! What a server has acknowledged, beside what its store holds.

use std::collections::{BTreeMap, BTreeSet};

use leverframe::chart::{Chart, Initiator};
use serde_json::{Map, Value};
use tokio::process::Command;

use super::Subject;

/// The records that were acknowledged, by run and version: the event, and the arguments if they are known.
#[derive(Default)]
pub(crate) struct Ledger {
    runs: BTreeMap<String, BTreeMap<u64, Acknowledged>>,
    /// Whether some answers were not read, so that the store may hold more.
    pub(crate) is_partial: bool,
}

#[derive(Debug, PartialEq)]
struct Acknowledged {
    event: String,
    arguments: Option<Map<String, Value>>,
}

impl Ledger {
    /// Takes what the answer of a tool acknowledges.
    pub(crate) fn note(&mut self, answer: &Value, arguments: Option<Map<String, Value>>) {
        let (Some(event), Some(run)) = (answer["event"].as_str(), answer["run"].as_str()) else {
            return;
        };
        if answer["replayed"] == true {
            return;
        }
        let version = answer["version"].as_u64().expect("a version");
        let acknowledged = Acknowledged { event: event.to_owned(), arguments };
        let before = self.runs.entry(run.to_owned()).or_default().insert(version, acknowledged);
        assert_eq!(before, None, "version {version} of `{run}` is acknowledged twice: {answer}");
    }

    pub(crate) fn len(&self) -> usize {
        self.runs.values().map(BTreeMap::len).sum()
    }

    /// Holds it against the store.
    pub(crate) async fn check(&self, subject: &Subject, store: &str) {
        let listed = lines(subject, &["runs", "--json", "--store", store]).await;
        let mut stored = BTreeSet::new();
        for run in listed {
            assert_eq!(run["owner"], "local", "a run of nobody: {run}");
            stored.insert(run["run"].as_str().unwrap().to_owned());
        }
        for run in self.runs.keys() {
            assert!(stored.contains(run), "the run `{run}` is lost");
        }
        for run in &stored {
            lines(subject, &["replay", "--json", "--store", store, "--", run]).await;
            let history = lines(subject, &["history", "--json", "--store", store, "--", run]).await;
            self.check_run(run, &history, (subject.chart)());
        }
    }

    fn check_run(&self, run: &str, history: &[Value], chart: &Chart) {
        let none = BTreeMap::new();
        let acknowledged = self.runs.get(run).unwrap_or(&none);
        let last = acknowledged.keys().last().copied().unwrap_or_default();
        assert!(history.len() as u64 > last, "`{run}` has lost records: {}", history.len());
        for (version, record) in (0..).zip(history) {
            assert_eq!(record["version"], version, "`{run}`: {record}");
            assert_eq!(record["actor"], "local", "`{run}`: {record}");
            if version == 0 {
                continue;
            }
            let event = record["event"].as_str().expect("an event");
            assert!(!is_gated(chart, event), "nobody decided: `{run}`: {record}");
            let Some(known) = acknowledged.get(&version) else {
                assert!(self.is_partial, "`{run}`: nobody was told of {record}");
                continue;
            };
            assert_eq!(event, known.event, "`{run}`: {record}");
            for (name, value) in known.arguments.iter().flatten() {
                let is_plain = !value.is_array() && !value.is_object();
                assert!(!is_plain || record["arguments"][name] == *value, "`{run}`: {record}");
            }
        }
    }
}

fn is_gated(chart: &Chart, event: &str) -> bool {
    let event = chart.events().iter().find(|known| known.name() == event).expect("an event");
    event.clauses().iter().any(|clause| clause.by() == Initiator::Human)
}

/// The lines that the program prints, each as JSON.
async fn lines(subject: &Subject, arguments: &[&str]) -> Vec<Value> {
    let output = Command::new((subject.program)()).args(arguments).output().await.unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}: {error}", output.status);
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}
