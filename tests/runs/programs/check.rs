//! Checking a whole store with a changed machine, and the charts that it keeps.

use leverframe::Machine;
use leverframe::chart::{ChartDiff, Document};
use leverframe::record::{Configuration, Entry, Hash, Program, Record};
use leverframe::runs::{Check, CheckOutcome, CheckSummary, Checked, charts};
use leverframe::store::Append;
use serde_json::json;
use serde_json::value::to_raw_value;

use super::*;

async fn check<M: Portable>(store: &Arc<dyn Store>) -> (Vec<Checked>, CheckSummary) {
    let mut found = Vec::new();
    let summary = Check::<M>::new(store.clone()).run(|checked| found.push(checked)).await.unwrap();
    (found, summary)
}

/// What the machine `M` finds about a run that the first program has recorded: the outcome, and the records at fault.
async fn finds<M: Portable<Context: Default>>(
    store: &Arc<dyn Store>,
    outcome: CheckOutcome,
    faults: &[(u64, &str, &str)],
) {
    let before = all(&**store, &id("main")).await.len();
    let (found, summary) = check::<M>(store).await;
    let [checked] = &*found else { panic!("{found:?}") };
    assert_eq!(checked.run, id("main"));
    assert_eq!(checked.outcome, outcome, "{checked}");
    assert_eq!(checked.faults.len(), faults.len(), "{checked}");
    for (fault, (version, cause, reason)) in checked.faults.iter().zip(faults) {
        assert_eq!((fault.version, fault.cause()), (Version(*version), *cause), "{checked}");
        assert!(fault.reason.contains(reason), "`{reason}`: {checked}");
    }
    assert_eq!(summary.goes_on(), outcome.goes_on());
    assert_eq!(summary.causes.keys().next(), faults.first().map(|(_, cause, _)| cause));
    assert_eq!(all(&**store, &id("main")).await.len(), before, "nothing is written");
    let opened = Runs::<M>::new(store.clone()).status(&id("main")).await;
    assert_eq!(opened.is_ok(), outcome.goes_on(), "only a run that a check passes goes on");
}

#[tokio::test]
async fn each_cause_is_told_with_its_record() {
    use CheckOutcome::{DataDiffers, Identical, Refused};
    let store = recorded(30, 1).await;
    finds::<First>(&store, Identical, &[]).await;
    finds::<rewritten::counter::Counter>(&store, Identical, &[]).await;
    let digest = [(1, "digest_differs", "other data than was recorded")];
    finds::<tenfold::counter::Counter>(&store, DataDiffers, &digest).await;
    let removed = [(1, "state_removed", "leads to COUNTING, and the machine goes to TOTALLING")];
    finds::<renamed::counter::Counter>(&store, Refused, &removed).await;
    let other = [(1, "state_differs", "goes to FRESH")];
    finds::<internal::counter::Counter>(&store, Refused, &other).await;
    let back = [(0, "reads_back_differently", "a field was added")];
    finds::<widened::counter::Counter>(&store, DataDiffers, &back).await;
    let machine = [(0, "other_machine", "`Counter`")];
    finds::<other::tally::Tally>(&store, Refused, &machine).await;
    let event = [(1, "event_removed", "no event `add`")];
    finds::<without::counter::Counter>(&store, Refused, &event).await;
    let refused = [(2, "event_refused", "`add` is not possible in `Counting`")];
    finds::<once::counter::Counter>(&store, Refused, &refused).await;
    let store = recorded(30, 300).await;
    let payload = [(1, "payload_changed", "invalid value: integer `300`")];
    finds::<narrowed::counter::Counter>(&store, Refused, &payload).await;
}

/// A handler that adds ten, and a state that is gone only at the end: the first difference, and where it stops.
#[tokio::test]
async fn a_refused_run_names_the_first_difference_too() {
    let store = recorded(3, 1).await;
    let faults = [(1, "digest_differs", "other data"), (3, "event_refused", "at most 20")];
    finds::<bounded::counter::Counter>(&store, CheckOutcome::Refused, &faults).await;
}

/// What no digest covers but the one that a clean end has noted.
#[tokio::test]
async fn a_noted_digest_is_compared() {
    use texts::first::Texts;
    let write = async |store: &Arc<dyn Store>| {
        let runs = Runs::<Texts>::new(store.clone());
        for text in ["x".repeat(3000), "y".into(), "z".into()] {
            let event = texts::first::events::Write { text };
            runs.apply(&caller(), &id("main"), event.into(), Request::new()).await.unwrap();
        }
        runs
    };
    let store = memory();
    drop(write(&store).await);
    finds::<texts::shouting::Texts>(&store, CheckOutcome::Identical, &[]).await;
    let store = memory();
    write(&store).await.close().await;
    let faults = [(3, "digest_differs", "other data")];
    finds::<texts::shouting::Texts>(&store, CheckOutcome::DataDiffers, &faults).await;
}

/// Runs of several owners, damaged ones among them, over several pages. One fault stops no other run.
#[tokio::test]
async fn a_whole_store_is_checked() {
    let store = memory();
    let runs = Runs::<First>::new(store.clone());
    for number in 0..1200 {
        let event = first::counter::events::Add { number: 1 };
        let run = id(&format!("run-{number}"));
        runs.start(&caller(), &run, None).await.unwrap();
        runs.apply(&caller(), &run, event.into(), Request::new()).await.unwrap();
    }
    // A history that no machine of this kind has made.
    let program = Program::of(First::CHART);
    let context = to_raw_value(&json!({"total": 0})).unwrap();
    let entry = Entry::started("Counter", program, Configuration::of("COUNTING"), context);
    let actor = caller().principal().clone().into();
    let record = Record::new(&Hash::NONE, Version::START, runs.now(), actor, None, entry);
    let odd = id("odd");
    let append = Append::new(odd.clone(), Hash::NONE, vec![record], program.declaration);
    store.append(append).await.unwrap();

    let (found, summary) = check::<First>(&store).await;
    assert!(found.is_sorted_by_key(|checked| checked.run.clone()));
    assert_eq!((summary.runs, summary.records), (1201, 2401));
    assert_eq!(summary.outcomes[&CheckOutcome::Identical], 1200);
    assert_eq!(summary.outcomes[&CheckOutcome::Refused], 1);
    assert_eq!(summary.stopped(), 1);
    assert_eq!(found.iter().find(|checked| !checked.outcome.goes_on()).unwrap().run, odd);
    let bob = "bob".parse().unwrap();
    let summary = Check::<First>::new(store.clone()).of_owner(bob).run(|_| ()).await.unwrap();
    assert_eq!(summary.runs, 0);
}

/// Each chart that has written a store is kept in it, once.
#[tokio::test]
async fn a_store_keeps_the_charts_of_its_writers() {
    let store = recorded(1, 1).await;
    add(&Runs::<First>::new(store.clone()), 1).await.unwrap();
    add(&Runs::<rewritten::counter::Counter>::new(store.clone()), 1).await.unwrap();
    assert_eq!(charts(&*store).await.unwrap(), [Document::of(First::CHART)]);
    add(&Runs::<documented::counter::Counter>::new(store.clone()), 1).await.unwrap();
    let kept = charts(&*store).await.unwrap();
    assert_eq!(
        kept,
        [documented::counter::CHART, first::counter::CHART].map(|chart| Document::of(&chart))
    );
}

#[test]
fn charts_tell_what_has_changed() {
    fn check<M: Portable>(expected: &str) {
        let old = serde_json::to_string(&Document::of(First::CHART)).unwrap();
        let old = serde_json::from_str(&old).unwrap();
        let diff = ChartDiff::new(&old, M::CHART, M::UPGRADES);
        assert_eq!(diff.to_string(), expected);
        assert_eq!(diff.replays(), !expected.contains("breaks"));
    }
    check::<First>("no changes");
    check::<tenfold::counter::Counter>("no changes");
    check::<documented::counter::Counter>("no changes");
    check::<renamed::counter::Counter>(
        "- state COUNTING (breaks old histories: histories that were in COUNTING have no place)\n\
         + state TOTALLING\n\
         ~ event `add` in FRESH: leads to TOTALLING, before to COUNTING (breaks old histories: recorded targets differ)",
    );
    check::<internal::counter::Counter>(
        "~ event `add` in FRESH: leads to itself, before to COUNTING (breaks old histories: recorded targets differ)\n\
         ~ event `add` in COUNTING: leads to itself, before to COUNTING (breaks old histories: recorded targets differ)\n\
         + event `begin`",
    );
    check::<narrowed::counter::Counter>(
        "~ event `add`, `number`: type `u64` to `u8` (breaks old histories: recorded payloads may not be read)",
    );
    check::<without::counter::Counter>(
        "- event `add` (breaks old histories: histories with it cannot be replayed)\n\
         + event `count`",
    );
    check::<once::counter::Counter>(
        "~ event `add`: no longer possible in COUNTING (breaks old histories: histories with it are refused)",
    );
    check::<bounded::counter::Counter>(
        "~ event `add` in FRESH: may fail\n~ event `add` in COUNTING: may fail",
    );
}
