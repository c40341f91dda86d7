//! What grows is bounded: contexts, live runs, snapshots.

use std::sync::{Arc, Mutex};

use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{RunId, Snapshot, Version};
use leverframe::run::RejectionKind;
use leverframe::runs::{Request, RunLimits, Runs, RunsError};
use leverframe::store::Append;

use super::{ALL, all, called, caller, id, is_refused, memory};

fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

fn limits(change: impl FnOnce(&mut RunLimits)) -> RunLimits {
    let mut limits = RunLimits::default();
    change(&mut limits);
    limits
}

async fn value(runs: &Runs<Orchestrator>, run: &RunId) -> String {
    runs.read(run, |run| run.value().unwrap()).await.unwrap()
}

/// A context is refused by name when it grows too large, at whatever size its events are, and can be made smaller.
#[tokio::test]
async fn a_context_is_bounded() {
    for size in [1, 100, 3000] {
        let runs = Runs::<Orchestrator>::new(memory())
            .with_limits(limits(|limits| limits.context_bytes = 10_000));
        let text = "x".repeat(size);
        let refused = loop {
            match runs.apply(&caller(), &id("main"), say(&text), Request::new()).await {
                Ok(_) => {}
                Err(RunsError::Refused(refused)) => break refused,
                Err(error) => panic!("{error:?}"),
            }
        };
        assert_eq!(refused.rejection.kind, RejectionKind::Limit);
        assert!(
            refused.rejection.reason.contains("at most 10000 are allowed (`context_bytes`)"),
            "{refused:?}"
        );
        let length = value(&runs, &id("main")).await.len();
        assert!((6_000..=10_000).contains(&length), "{size}: {length}");
        // What does not grow goes on.
        let plan = events::Plan { task_description: None };
        runs.apply(&caller(), &id("main"), plan.into(), Request::new()).await.unwrap();
    }
}

/// A principal has so many runs and no more, until one is removed. Another principal has its own count, and runs that
/// are there go on.
#[tokio::test]
async fn runs_of_a_principal_are_bounded() {
    let runs = Runs::<Orchestrator>::new(memory())
        .with_limits(limits(|limits| limits.runs_per_principal = 2));
    for name in ["a", "b"] {
        runs.start(&caller(), &id(name), None).await.unwrap();
    }
    let reason = "`ada` has 2 of at most 2 runs (`runs_per_principal`); `remove` a run";
    let full = runs.start(&caller(), &id("c"), None).await;
    assert!(matches!(full, Err(RunsError::TooManyRuns { runs: 2, limit: 2, .. })), "{full:?}");
    is_refused(full, reason);
    is_refused(runs.apply(&caller(), &id("main"), say("x"), Request::new()).await, reason);
    assert_eq!(runs.store().count(caller().principal()).await.unwrap(), 2);
    runs.apply(&caller(), &id("a"), say("x"), Request::new()).await.unwrap();
    let bob = called("bob");
    let his = RunId::new(bob.principal().clone(), "c".parse().unwrap());
    runs.start(&bob, &his, None).await.unwrap();
    runs.remove(&caller(), &id("a")).await.unwrap();
    runs.apply(&caller(), &id("main"), say("x"), Request::new()).await.unwrap();
    is_refused(runs.start(&caller(), &id("c"), None).await, reason);
}

/// Few runs are kept live, by number and by bytes, and all can be used.
#[tokio::test]
async fn runs_that_are_not_live_are_read_again() {
    for limits in [
        limits(|limits| limits.live_runs = 4),
        limits(|limits| limits.live_bytes = 20_000),
        limits(|limits| limits.live_bytes = 10),
    ] {
        let runs = Runs::<Orchestrator>::new(memory()).with_limits(limits);
        for round in 0..3 {
            for number in 0..12 {
                let run = id(&format!("r{number}"));
                if round == 0 {
                    runs.start(&caller(), &run, None).await.unwrap();
                }
                runs.apply(&caller(), &run, say(&"x".repeat(4000)), Request::new()).await.unwrap();
            }
        }
        for head in runs.list(Some(caller().principal()), None, 20).await.unwrap() {
            assert_eq!(head.version, Version(3), "{}", head.run);
        }
    }
}

/// Snapshots of all that a run has written stay within twice its payload, and what is replayed after one stays within
/// its size.
#[tokio::test]
async fn snapshots_grow_with_the_payload() {
    for (count, size) in [(4000, 10), (1000, 500), (40, 40_000)] {
        let store = Arc::new(Counted::default());
        let runs = Runs::<Orchestrator>::new(store.clone());
        for _ in 0..count {
            let event = say(&"x".repeat(size));
            runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
        }
        let kept = store.kept.lock().unwrap().clone();
        let records = all(&*store, &id("main")).await;
        let stored = |from: usize| -> usize {
            records[from..].iter().map(|record| record.entry_json().len() + 160).sum()
        };
        let written: usize = kept.iter().map(|(_, length)| length).sum();
        assert!(kept.len() > 1, "{size}");
        assert!(written <= 2 * stored(0), "{size}: {written} of {}", stored(0));
        let (last, length) = kept.last().unwrap();
        let left = stored(usize::try_from(last.0).unwrap());
        assert!(left <= 2 * length.max(&(16 << 10)), "{size}: {left} after {length}");
        // A run that is read from its snapshot has the value that its records lead to.
        let again = Runs::<Orchestrator>::new(store.clone());
        assert_eq!(value(&again, &id("main")).await, value(&runs, &id("main")).await);
    }
}

/// A bad snapshot does no harm: the records lead to the same.
#[tokio::test]
async fn a_snapshot_saves_time_and_nothing_else() {
    let store = memory();
    let runs = Runs::<Orchestrator>::new(store.clone());
    for number in 0..300 {
        let event = say(&number.to_string());
        runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    }
    let expected = value(&runs, &id("main")).await;
    let snapshot = store.open(&id("main"), ALL).await.unwrap().snapshot.unwrap();
    let damage: [fn(&mut Snapshot); 4] = [
        |snapshot| snapshot.body = snapshot.body.replacen('1', "2", 1),
        |snapshot| snapshot.body.truncate(100),
        |snapshot| snapshot.entered.clear(),
        |snapshot| snapshot.program.chart = leverframe::record::Hash::NONE,
    ];
    for damage in damage {
        let mut damaged = snapshot.clone();
        damage(&mut damaged);
        store.keep(&id("main"), damaged.clone());
        assert_eq!(store.open(&id("main"), ALL).await.unwrap().snapshot, Some(damaged));
        assert_eq!(value(&Runs::new(store.clone()), &id("main")).await, expected);
    }
}

/// A store in memory that takes note of the snapshots that it is given.
#[derive(Default)]
struct Counted {
    store: leverframe::store::memory::MemoryStore,
    kept: Mutex<Vec<(Version, usize)>>,
}

super::as_the_store_within!(Counted {
    fn append(&self, append: Append) -> Answer<'_, Position> {
        self.store.append(append)
    }
    fn keep(&self, run: &RunId, snapshot: Snapshot) {
        self.kept.lock().unwrap().push((snapshot.version, snapshot.body.len()));
        self.store.keep(run, snapshot);
    }
});
