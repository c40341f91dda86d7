//! Many tasks due at once, and some that must not hold the others.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use futures::StreamExt;
use leverframe::runs::{Request, RunLimits, Runs, tasks_of};

use super::errand::Hands;
use super::errand::errand::{self, Errand};
use super::{PATIENCE, all, sqlite};
use crate::durable::{Folder, report};
use crate::mcp::{local, run};

/// The tasks of ten thousand runs are due at once. One of them panics, one hangs, one always fails.
#[tokio::test]
async fn ten_thousand_are_due_at_once() {
    const RUNS: usize = 10_000;
    let folder = Folder::new();
    let store = sqlite(&folder);
    let hands = Hands::default();
    let mut limits = RunLimits::default();
    limits.runs_per_principal = 20_000;
    let runs = Runs::<Errand>::new(store.clone()).with_limits(limits);
    let runs = Arc::new(runs.with_worker(errand::worker(hands.clone())));
    let poison = ["panic", "hang", "fail"];
    let what = |number: usize| *poison.get(number).unwrap_or(&"tea");
    let sent = futures::stream::iter(0..RUNS).for_each_concurrent(512, async |number| {
        let id = run(&format!("r{number}"));
        runs.start(&local(), &id, None).await.unwrap();
        let send = errand::events::Send { what: what(number).to_owned() };
        runs.apply(&local(), &id, send.into(), Request::new()).await.unwrap();
    });
    sent.await;
    let begin = Instant::now();
    let driving = tokio::spawn({
        let runs = runs.clone();
        async move { runs.drive().await }
    });
    hands
        .until("all effects", |_| hands.effects.load(Ordering::Relaxed) == RUNS - poison.len())
        .await;
    // The last outcomes are recorded a moment later.
    let recorded = async {
        let mut appends = store.watch();
        while recorded(&runs, RUNS).await < RUNS - poison.len() {
            appends.changed().await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, recorded).await.expect("all are recorded");
    let took = begin.elapsed();
    driving.abort();
    let done = hands.done.borrow().clone();
    assert_eq!(hands.effects.load(Ordering::Relaxed), RUNS - poison.len());
    assert!(done.most <= limits.tasks, "{}", done.most);
    let mut keys: Vec<_> =
        done.attempts.iter().map(|attempt| (&attempt.key, attempt.number)).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), done.attempts.len(), "no attempt is made twice");
    for (number, what) in poison.iter().enumerate() {
        let id = run(&format!("r{number}"));
        let is_given_up = all(&*store, &id).await.len() == 3;
        let standing = tasks_of(&*store, &id).await.unwrap();
        assert!(is_given_up || standing.len() == 1, "{what}: {standing:?}");
        assert!(*what != "hang" || !is_given_up);
    }
    report("tasks", &format!("{RUNS} tasks due at once took {:.1} s", took.as_secs_f64()));
}

/// The number of runs that came home.
async fn recorded(runs: &Runs<Errand>, count: usize) -> usize {
    let heads = runs.store().heads(None, None, count).await.unwrap();
    heads.iter().filter(|head| head.configuration.to_string() == "HOME").count()
}
