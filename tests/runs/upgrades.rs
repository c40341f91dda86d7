//! Histories that earlier versions of a machine have written, read through its declared upgrades.

mod orders;
mod stores;

use std::sync::Arc;

use leverframe::Portable;
use leverframe::record::{Entry, Version};
use leverframe::run::MismatchKind;
use leverframe::runs::{Check, CheckOutcome, Request, Runs, RunsError};
use leverframe::store::Store;
use serde_json::{Value, json};

use self::orders::{first, second, third};
use super::{all, caller, chain, id, memory};

async fn apply<M: Portable<Context: Default>>(
    runs: &Runs<M>,
    run: &str,
    event: Value,
) -> Result<Version, RunsError> {
    let event = serde_json::from_value(event).unwrap();
    let accepted = runs.apply(&caller(), &id(run), event, Request::new()).await?;
    Ok(accepted.status.version)
}

/// The machine `M` records these events in a run.
async fn record<M: Portable<Context: Default>>(
    store: &Arc<dyn Store>,
    run: &str,
    events: &[Value],
) {
    let runs = Runs::<M>::new(store.clone());
    // The run is there already if an earlier machine has written it.
    let _ = runs.start(&caller(), &id(run), None).await;
    for event in events {
        apply(&runs, run, event.clone()).await.unwrap();
    }
}

async fn value<M: Portable<Context: Default>>(store: &Arc<dyn Store>, run: &str) -> Value {
    let runs = Runs::<M>::new(store.clone());
    let value = runs.read(&id(run), |run| run.value().unwrap()).await.unwrap();
    serde_json::from_str(&value).unwrap()
}

/// What a check with the machine `M` finds about a run: the outcome, and the upgrades that it needs.
async fn check<M: Portable>(store: &Arc<dyn Store>, run: &str) -> (CheckOutcome, Vec<String>) {
    let mut found = None;
    let check = Check::<M>::new(store.clone());
    let report = |checked: leverframe::runs::Checked| {
        if checked.run == id(run) {
            let upgrades = checked.upgrades.iter().map(ToString::to_string).collect();
            found = Some((checked.outcome, upgrades));
        }
    };
    check.run(report).await.unwrap();
    found.unwrap()
}

fn put(price: u64) -> Value {
    json!({"put": {"name": "tea", "price": price}})
}

fn add(price: u64) -> Value {
    json!({"add": {"name": "tea", "price": price}})
}

fn event(name: &str) -> Value {
    json!({name: {}})
}

/// The version of the machine that each record names.
async fn versions(store: &Arc<dyn Store>, run: &str) -> Vec<Option<u32>> {
    let records = all(&**store, &id(run)).await;
    let version = |entry: &Entry| match entry {
        Entry::Applied { machine_version, .. } => *machine_version,
        Entry::Started { machine_version, .. } | Entry::Forked { machine_version, .. } => {
            Some(*machine_version)
        }
        _ => None,
    };
    records.iter().map(|record| version(&record.entry)).collect()
}

#[tokio::test]
async fn a_history_of_three_versions_goes_on() {
    let store = memory();
    record::<first::Order>(&store, "main", &[put(3), event("ping"), put(4)]).await;
    record::<second::Order>(&store, "main", &[event("ping"), add(50), add(1)]).await;
    let before: Vec<_> = all(&*store, &id("main")).await;
    let send = json!({"send": {"by": "Ada"}});
    record::<third::Order>(&store, "main", &[send, event("pay")]).await;
    assert_eq!(
        value::<third::Order>(&store, "main").await,
        json!({
            "context": {"cents": 751, "lines": ["tea", "tea", "tea", "tea"]},
            "history": {"last_open": {"READING": {"by": "Ada"}}},
            "state": {"CHARGED": {"cents": 751}},
        }),
    );
    let names = [Some(1), None, None, None, Some(2), None, None, Some(3), None];
    assert_eq!(versions(&store, "main").await, names);
    let after = all(&*store, &id("main")).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.hash, after.hash, "records are never changed");
    }
    // The first record of each version has a digest, by which later programs compare the data.
    for place in [4, 7] {
        let Entry::Applied { digest, .. } = &after[place].entry else { panic!() };
        assert!(digest.is_some(), "record {place}");
    }
    let (outcome, upgrades) = check::<third::Order>(&store, "main").await;
    assert_eq!(outcome, CheckOutcome::Upgraded);
    assert_eq!(
        upgrades,
        [
            "event `put` renamed to `add` in version 2",
            "field `total` of the context renamed to `cents` in version 2",
            "the event `add` rewritten by `price_in_cents` in version 2",
            "the context rewritten by `total_in_cents` in version 2",
            "event `ping` dropped in version 3",
        ],
    );
}

/// From a snapshot, from the start, and live: whichever way it was read, the run leads to the same value.
#[tokio::test]
async fn an_upgraded_run_is_read_in_each_way() {
    for count in [1, 2, 3, 5, 8, 13, 30, 300] {
        let store = memory();
        // A large value has few digests, so that a snapshot is not always proven by one.
        let large = json!({"put": {"name": "x".repeat(3000), "price": 1}});
        let puts: Vec<_> = [large].into_iter().chain(vec![put(1); count - 1]).collect();
        record::<first::Order>(&store, "main", &puts).await;
        let live = Runs::<third::Order>::new(store.clone());
        let cents = async |runs: &Runs<third::Order>| {
            runs.read(&id("main"), |run| run.context().cents).await.unwrap()
        };
        let count = count as u64;
        assert_eq!(cents(&live).await, 100 * count);
        // The old program goes on meanwhile, with the new one live and its snapshot kept.
        record::<first::Order>(&store, "main", &[put(2), event("ping")]).await;
        apply(&live, "main", add(5)).await.unwrap();
        // The snapshot is older than the records of the old program, which are older than the last.
        for runs in [&live, &Runs::<third::Order>::new(store.clone())] {
            assert_eq!(cents(runs).await, 100 * (count + 2) + 5);
        }
        assert_eq!(check::<third::Order>(&store, "main").await.0, CheckOutcome::Upgraded);
        assert_eq!(versions(&store, "main").await.last().unwrap(), &Some(3));
    }
}

#[tokio::test]
async fn a_split_state_is_the_one_to_which_the_machine_goes() {
    for (by, state) in [(Value::Null, "WAITING"), (json!("Ada"), "READING")] {
        let store = memory();
        record::<first::Order>(&store, "main", &[json!({"send": {"by": by}})]).await;
        let runs = Runs::<third::Order>::new(store.clone());
        assert_eq!(runs.status(&id("main")).await.unwrap().state.wire(), state);
        let (outcome, upgrades) = check::<third::Order>(&store, "main").await;
        assert_eq!(outcome, CheckOutcome::Upgraded);
        let split = "state REVIEWING split into WAITING and READING in version 2".to_owned();
        assert!(upgrades.contains(&split), "{upgrades:?}");
        record::<first::Order>(&store, "main", &[event("halt"), event("resume")]).await;
        assert_eq!(runs.status(&id("main")).await.unwrap().state.wire(), state);
    }
}

/// A fork holds the value of its parent, which passes the upgrades too.
#[tokio::test]
async fn a_fork_of_an_earlier_version_goes_on() {
    let store = memory();
    let events = [put(3), json!({"send": {"by": "Ada"}}), event("pay")];
    record::<first::Order>(&store, "main", &events).await;
    let runs = Runs::<first::Order>::new(store.clone());
    runs.fork(&caller(), &id("main"), None, &id("paid"), None).await.unwrap();
    let split = runs.fork(&caller(), &id("main"), Some(Version(2)), &id("split"), None).await;
    split.unwrap();
    // Its memory has a state that was split.
    let error = Runs::<third::Order>::new(store.clone()).status(&id("paid")).await.unwrap_err();
    assert!(chain(&error).contains("its state REVIEWING was split"), "{}", chain(&error));
    assert_eq!(check::<third::Order>(&store, "split").await.0, CheckOutcome::Refused);
    // Forked by the present program, it does.
    let runs = Runs::<third::Order>::new(store.clone());
    runs.fork(&caller(), &id("main"), None, &id("present"), None).await.unwrap();
    assert_eq!(versions(&store, "present").await, [Some(3)]);
    apply(&runs, "present", event("finish")).await.unwrap();
    assert_eq!(check::<third::Order>(&store, "present").await.0, CheckOutcome::Identical);
    assert_eq!(value::<third::Order>(&store, "present").await["context"]["cents"], 300);
}

#[tokio::test]
async fn an_old_program_refuses_records_of_a_newer_one() {
    let store = memory();
    record::<first::Order>(&store, "main", &[put(3)]).await;
    let live = Runs::<first::Order>::new(store.clone());
    live.status(&id("main")).await.unwrap();
    record::<third::Order>(&store, "main", &[add(3)]).await;
    for runs in [live, Runs::<first::Order>::new(store.clone())] {
        let error = runs.status(&id("main")).await.unwrap_err();
        let RunsError::Unreplayable { source, .. } = &error else { panic!("{error:?}") };
        assert_eq!((source.version, source.kind()), (Version(2), MismatchKind::NewerVersion));
        let text = chain(&error);
        assert!(
            text.contains(
                "version 3 of the machine has written it, and this program has version 1"
            ),
            "{text}"
        );
    }
    assert_eq!(check::<first::Order>(&store, "main").await.0, CheckOutcome::Refused);
    let store = memory();
    record::<third::Order>(&store, "main", &[]).await;
    assert_eq!(check::<second::Order>(&store, "main").await.0, CheckOutcome::Refused);
}

/// A request that an earlier version has answered is answered again in its present form.
#[tokio::test]
async fn a_request_is_sent_again_after_an_upgrade() {
    let store = memory();
    let key = |text: &str| Request::new().with_key(super::key(text));
    let runs = Runs::<first::Order>::new(store.clone());
    runs.start(&caller(), &id("main"), None).await.unwrap();
    let put = first::events::Put { name: "tea".into(), price: 3 };
    runs.apply(&caller(), &id("main"), put.into(), key("put")).await.unwrap();
    let send = first::events::Send { by: Some("Ada".into()) };
    runs.apply(&caller(), &id("main"), send.into(), key("send")).await.unwrap();
    let take = first::events::Take { by: "Bob".into() };
    runs.apply(&caller(), &id("main"), take.into(), key("take")).await.unwrap();

    let runs = Runs::<third::Order>::new(store);
    let add = |price| third::events::Add { name: "tea".into(), price };
    let again = runs.apply(&caller(), &id("main"), add(300).into(), key("put")).await.unwrap();
    assert!(again.replayed);
    let take = third::events::Take { by: "Bob".into() };
    assert!(runs.apply(&caller(), &id("main"), take.into(), key("take")).await.unwrap().replayed);
    for price in [3, 301] {
        let other = runs.apply(&caller(), &id("main"), add(price).into(), key("put")).await;
        assert!(matches!(other, Err(RunsError::KeyReused { .. })), "{price}");
    }
}

/// What an upgrade cannot give its present form is refused, and its run stays as it is.
#[tokio::test]
async fn a_failing_upgrade_is_told() {
    let store = memory();
    record::<first::Order>(&store, "main", &[put(1), put(u64::MAX / 2)]).await;
    let error = Runs::<third::Order>::new(store.clone()).status(&id("main")).await.unwrap_err();
    let RunsError::Unreplayable { source, .. } = &error else { panic!("{error:?}") };
    assert_eq!((source.version, source.kind()), (Version(2), MismatchKind::UpgradeFailed));
    let text = chain(&error);
    assert!(text.contains("rewritten by `price_in_cents`"), "{text}");
    assert!(text.contains("the price is too large"), "{text}");
    record::<first::Order>(&store, "main", &[event("ping")]).await;
}

/// A renamed event leaves the values as they were, so that digests are compared: a handler that was changed with it is seen.
#[tokio::test]
async fn digests_are_compared_through_a_renamed_event() {
    macro_rules! counter {
        ($module:ident, [$($version:tt)*], $event:ident, $times:literal, $($upgrade:meta)?) => {
            #[leverframe::machine(serde, name = Counter $($version)*)]
            $(#[$upgrade])?
            pub(crate) mod $module {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(crate) struct Sum(pub(crate) u64);
                #[state(initial)]
                pub(crate) struct Open;
                #[state(final)]
                pub(crate) struct Closed;
                #[transition(from = Open)]
                fn close() -> Closed {
                    Closed
                }
                #[transition(from = Open)]
                fn $event(sum: &mut Sum, number: u64) {
                    sum.0 += number * $times;
                }
            }
        };
    }
    counter!(old, [], put, 1,);
    counter!(renamed, [, version = 2], add, 1, upgrade(since = 2, event(add = "put")));
    counter!(tenfold, [, version = 2], add, 10, upgrade(since = 2, event(add = "put")));
    let store = memory();
    record::<old::Counter>(&store, "main", &[json!({"put": {"number": 1}})]).await;
    assert_eq!(check::<renamed::Counter>(&store, "main").await.0, CheckOutcome::Upgraded);
    assert_eq!(check::<tenfold::Counter>(&store, "main").await.0, CheckOutcome::DataDiffers);
    assert_eq!(check::<old::Counter>(&store, "main").await.0, CheckOutcome::Identical);
}
