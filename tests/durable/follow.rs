//! The log of all runs, and who follows it: what every store promises of them.

use std::sync::Arc;
use std::time::Duration;

use leverframe::record::{Hash, Position, RunId};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Append, Store};

use super::contract::{check_shared, removal};
use super::{Folder, append, at_most, declaration, name, records};

/// Reads the log to its end, a few records at a time, and adds what it meets.
async fn follow(store: &dyn Store, from: &mut Position, met: &mut Vec<(Position, RunId, u64)>) {
    loop {
        let logged = store.log(*from, at_most(7)).await.unwrap();
        let Some(last) = logged.last() else { return };
        for logged in &logged {
            assert!(logged.position > *from, "{} after {from}", logged.position);
            *from = logged.position;
            met.push((logged.position, logged.run.clone(), logged.record.version.0));
        }
        assert_eq!(last.position, *from);
    }
}

/// Two write at once; the third follows the log and meets each record once, in the order of positions.
#[tokio::test]
async fn who_follows_the_log_misses_nothing() {
    const RECORDS: u64 = 60;
    check_shared(async |[a, b, reader]: [Arc<dyn Store>; 3]| {
        let write = |store: Arc<dyn Store>, run: RunId| async move {
            let written = records(&Hash::NONE, 0, RECORDS, "");
            let (mut end, mut last) = (Hash::NONE, Position::START);
            for record in written {
                let hash = record.hash;
                let position = append(&*store, &run, end, vec![record]).await.unwrap();
                assert!(position > last);
                (end, last) = (hash, position);
            }
        };
        let writers: Vec<_> = [(&a, "a0"), (&a, "a1"), (&b, "b0"), (&b, "b1")]
            .map(|(store, run)| tokio::spawn(write(Arc::clone(store), name(run))))
            .into();
        let (mut from, mut met) = (Position::START, Vec::new());
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            follow(&*reader, &mut from, &mut met).await;
            tokio::task::yield_now().await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        follow(&*reader, &mut from, &mut met).await;
        for run in ["a0", "a1", "b0", "b1"].map(name) {
            let versions: Vec<_> = met
                .iter()
                .filter(|(_, met, _)| *met == run)
                .map(|(.., version)| *version)
                .collect();
            assert_eq!(versions, (0..RECORDS).collect::<Vec<_>>(), "{run}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_position_is_not_used_again_after_a_removal() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let (mut from, mut met) = (Position::START, Vec::new());
        append(&*store, &name("old"), Hash::NONE, records(&Hash::NONE, 0, 2, "")).await.unwrap();
        for round in 0..3 {
            let run = name(&format!("new{round}"));
            let written = records(&Hash::NONE, 0, 3, "");
            let last = append(&*store, &run, Hash::NONE, written).await.unwrap();
            follow(&*store, &mut from, &mut met).await;
            assert_eq!(from, last);
            store.remove(&run, removal()).await.unwrap();
            follow(&*other, &mut from, &mut met).await;
            assert_eq!(from, last, "what was removed is not in the log");
        }
        let left = other.log(Position::START, at_most(99)).await.unwrap();
        assert!(left.iter().all(|logged| logged.run == name("old")), "{left:?}");
        let again = records(&Hash::NONE, 0, 1, "again");
        let last = append(&*other, &name("new0"), Hash::NONE, again).await.unwrap();
        assert!(last > from);
        follow(&*store, &mut from, &mut met).await;
        assert_eq!((from, met.len()), (last, 2 + 3 * 3 + 1));
    })
    .await;
}

/// Waits for a change, which is due at once.
async fn changed(receiver: &mut tokio::sync::watch::Receiver<Position>) -> Position {
    let changed = tokio::time::timeout(Duration::from_secs(20), receiver.changed());
    changed.await.expect("a change").unwrap();
    *receiver.borrow_and_update()
}

#[tokio::test]
async fn who_watches_sees_every_store_that_writes() {
    check_shared(async |[store, other, _]: [Arc<dyn Store>; 3]| {
        let (run, written) = (name("early"), records(&Hash::NONE, 0, 1, ""));
        let early = append(&*other, &run, Hash::NONE, written).await.unwrap();
        let mut watching = store.watch();
        while *watching.borrow_and_update() < early {
            changed(&mut watching).await;
        }
        for (round, writer) in [&store, &other, &store, &other].into_iter().enumerate() {
            let run = name(&format!("r{round}"));
            let append =
                Append::new(run, Hash::NONE, records(&Hash::NONE, 0, 1, ""), declaration());
            let position = writer.append(append).await.unwrap();
            while *watching.borrow_and_update() < position {
                changed(&mut watching).await;
            }
            assert_eq!(*watching.borrow(), position);
        }
        for (run, writer) in [("r0", &other), ("r1", &store)] {
            // What is published late is passed over.
            while tokio::time::timeout(Duration::from_millis(80), watching.changed()).await.is_ok()
            {
            }
            writer.remove(&name(run), removal()).await.unwrap();
            changed(&mut watching).await;
        }
        // Who comes later begins with the present.
        let end = *watching.borrow();
        assert_eq!(*store.watch().borrow(), end);
    })
    .await;
}

#[tokio::test]
async fn watching_ends_with_the_store() {
    let folder = Folder::new();
    for store in [
        Box::new(MemoryStore::new()) as Box<dyn Store>,
        Box::new(SqliteStore::open(&folder.file()).unwrap()),
    ] {
        let mut receivers: Vec<_> = (0..3).map(|_| store.watch()).collect();
        append(&*store, &name("main"), Hash::NONE, records(&Hash::NONE, 0, 1, "")).await.unwrap();
        drop(store);
        for receiver in &mut receivers {
            receiver.borrow_and_update();
            let closed = tokio::time::timeout(Duration::from_secs(20), receiver.changed()).await;
            assert!(closed.expect("an end").is_err(), "the channel is closed");
        }
    }
}
