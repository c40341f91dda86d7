//! Subscribers: a place in the log that outlives its reader.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leverframe::record::{Hash, RunId};
use leverframe::runs::{Subscriber, SubscriberError};
use leverframe::store::{Logged, Store};
use leverframe::testing::ManualClock;
use tokio::time::timeout;

use super::contract::{check_shared, removal};
use super::{append, at, name, records};
use crate::runs::timeouts::clock;

/// How long something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

async fn write(store: &dyn Store, run: &str, from: u64, count: u64) {
    let run = name(run);
    let head = store.head(&run).await.unwrap().map_or(Hash::NONE, |head| head.hash);
    append(store, &run, head, records(&head, from, count, "")).await.unwrap();
}

fn subscriber(store: &Arc<dyn Store>, clock: &Arc<ManualClock>) -> Subscriber {
    Subscriber::of_all(store.clone(), "outbox").unwrap().with_clock(clock.clone())
}

async fn next(subscriber: &mut Subscriber) -> Vec<String> {
    let records = timeout(PATIENCE, subscriber.next()).await.expect("records").unwrap();
    records.iter().map(|logged| format!("{}{}", logged.run.name, logged.record.version)).collect()
}

fn is_taken<T: std::fmt::Debug>(done: Result<T, SubscriberError>) -> bool {
    match done {
        Err(SubscriberError::Taken) => true,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_acknowledged_is_not_delivered_again() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let clock = clock();
        write(&*store, "a", 0, 2).await;
        let mut first = subscriber(&store, &clock);
        assert_eq!(next(&mut first).await, ["a0", "a1"]);
        write(&*other, "b", 0, 1).await;
        assert_eq!(next(&mut first).await, ["b0"]);
        first.rewind();
        assert_eq!(next(&mut first).await, ["a0", "a1", "b0"], "nothing is acknowledged");
        first.acknowledge().await.unwrap();
        write(&*other, "a", 2, 1).await;
        assert_eq!(next(&mut first).await, ["a2"]);
        first.leave().await.unwrap();
        // Another program goes on at once, from the last that was acknowledged.
        let mut second = subscriber(&other, &clock);
        assert_eq!(next(&mut second).await, ["a2"]);
        second.acknowledge().await.unwrap();
        write(&*store, "a", 3, 1).await;
        assert_eq!(next(&mut second).await, ["a3"]);
    })
    .await;
}

/// A reader that has died keeps the place for its lease, and what it did not acknowledge comes again.
#[tokio::test]
async fn another_reader_waits_for_the_place() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let clock = clock();
        write(&*store, "a", 0, 2).await;
        let mut first = subscriber(&store, &clock);
        next(&mut first).await;
        let mut second = subscriber(&other, &clock);
        let waiting = timeout(Duration::from_millis(100), second.next()).await;
        assert!(waiting.is_err(), "the place is taken: {waiting:?}");
        // It is still there.
        clock.set(at(20));
        write(&*store, "a", 2, 1).await;
        assert_eq!(next(&mut first).await, ["a2"]);
        clock.set(at(40));
        let waiting = timeout(Duration::from_millis(100), second.next()).await;
        assert!(waiting.is_err(), "it was kept: {waiting:?}");
        clock.set(at(60));
        assert_eq!(next(&mut second).await, ["a0", "a1", "a2"]);
        assert!(is_taken(first.acknowledge().await));
        second.acknowledge().await.unwrap();
        assert!(is_taken(first.acknowledge().await), "it is over");
        // The first is a reader like any other again.
        second.leave().await.unwrap();
        write(&*store, "a", 3, 1).await;
        assert_eq!(next(&mut first).await, ["a3"]);
    })
    .await;
}

#[tokio::test]
async fn the_records_of_one_run_alone() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let of_run = || Subscriber::of_run(store.clone(), "projection", name("b")).unwrap();
        for version in 0..3 {
            for run in ["a", "b", "c"] {
                write(&*other, run, version, 1).await;
            }
        }
        let mut first = of_run();
        assert_eq!(next(&mut first).await, ["b0", "b1", "b2"]);
        first.acknowledge().await.unwrap();
        write(&*other, "a", 3, 700).await;
        write(&*other, "b", 3, 1).await;
        assert_eq!(next(&mut first).await, ["b3"]);
        first.leave().await.unwrap();
        assert_eq!(next(&mut of_run()).await, ["b3"]);
        // Another name is another place.
        let mut all = Subscriber::of_all(store.clone(), "all").unwrap();
        assert_eq!(next(&mut all).await[..2], ["a0", "b0"]);
    })
    .await;
}

#[tokio::test]
async fn a_removed_run_is_passed_over() {
    check_shared(async |[store, ..]: [Arc<dyn Store>; 3]| {
        let mut subscriber = subscriber(&store, &clock());
        write(&*store, "a", 0, 3).await;
        assert_eq!(next(&mut subscriber).await.len(), 3);
        store.remove(&name("a"), removal()).await.unwrap();
        write(&*store, "b", 0, 1).await;
        subscriber.rewind();
        assert_eq!(next(&mut subscriber).await, ["b0"]);
    })
    .await;
}

#[test]
fn a_name_is_printable_and_short() {
    let store: Arc<dyn Store> = Arc::new(leverframe::store::memory::MemoryStore::new());
    for name in ["", "a\nb", &"x".repeat(250)] {
        let refused = Subscriber::of_all(store.clone(), name).err();
        assert!(refused.is_some(), "{name}");
    }
}

/// Four write, and readers under one name die at any moment: every record is delivered, those of a run in their order, and
/// those that were acknowledged once.
#[tokio::test]
async fn nothing_is_missed_while_several_write() {
    const RECORDS: u64 = 60;
    check_shared(async |[a, b, reader]: [Arc<dyn Store>; 3]| {
        let clock = clock();
        let writers = [(&a, "a0"), (&a, "a1"), (&b, "b0"), (&b, "b1")].map(|(store, run)| {
            let store = store.clone();
            tokio::spawn(async move {
                for version in 0..RECORDS {
                    write(&*store, run, version, 1).await;
                    // The reader comes in between.
                    tokio::task::yield_now().await;
                }
            })
        });
        let mut random = fastrand::Rng::with_seed(7);
        let mut acknowledged: BTreeMap<RunId, Vec<u64>> = BTreeMap::new();
        let (mut now, mut total) = (0, 0);
        let mut subscriber = subscriber(&reader, &clock);
        while total < 4 * RECORDS {
            let records: Vec<Logged> =
                timeout(PATIENCE, subscriber.next()).await.expect("records").unwrap();
            // The first reader dies in any case.
            match if now == 0 { 0 } else { random.u8(0..4) } {
                0 => {
                    // It dies, and its lease ends.
                    now += 31;
                    subscriber = self::subscriber(&reader, &clock);
                    clock.set(at(now));
                }
                1 => subscriber.rewind(),
                _ => {
                    subscriber.acknowledge().await.unwrap();
                    total += u64::try_from(records.len()).unwrap();
                    for logged in records {
                        acknowledged.entry(logged.run).or_default().push(logged.record.version.0);
                    }
                }
            }
        }
        for writer in writers {
            writer.await.unwrap();
        }
        for (run, versions) in acknowledged {
            assert_eq!(versions, (0..RECORDS).collect::<Vec<_>>(), "{run}");
        }
    })
    .await;
}
