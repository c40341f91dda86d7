//! Whole histories that are written at once.

use std::sync::Arc;

use leverframe::caller::Principal;
use leverframe::record::{Hash, Position, Record, Version};
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Due, Import, Store, StoreError};

use super::contract::{check, is_conflict, removal, texts};
use super::{
    Folder, after, all, append, at, at_most, chain, declaration, key, name, record, records,
};

fn whole(run: &str, records: Vec<Record>) -> Import {
    Import::new(name(run), records.into_iter().map(Ok), declaration())
}

#[tokio::test]
async fn an_imported_run_is_as_an_appended_one() {
    check(async |store: Arc<dyn Store>| {
        let other = records(&Hash::NONE, 0, 2, "other");
        append(&*store, &name("other"), Hash::NONE, other).await.unwrap();
        let mut written = records(&Hash::NONE, 0, 1500, "text");
        written.push(record(&written[1499].hash, 1500, "last", Some(key("k"))));
        let standing = vec!["task/0/charge".parse().unwrap()];
        let import = whole("main", written.clone()).due_at(Some(at(9))).standing(Some(standing));
        let before = *store.watch().borrow();
        let last = store.import(import).await.unwrap();
        assert_eq!(last, Position(before.0 + 1501));
        assert_eq!(*store.watch().borrow(), last);
        let json = |value: &[Record]| serde_json::to_string(value).unwrap();
        assert_eq!(json(&all(&*store, &name("main")).await.unwrap()), json(&written));
        let log = store.log(before, at_most(9999)).await.unwrap();
        assert!(log.iter().map(|logged| logged.position.0).eq(before.0 + 1..=last.0));
        let head = store.head(&name("main")).await.unwrap().unwrap();
        assert_eq!(
            (head.version, head.hash, head.due),
            (Version(1500), written[1500].hash, Some(at(9)))
        );
        assert_eq!(head.declaration, declaration());
        let due = store.due(None, 9).await.unwrap();
        assert_eq!(due, [Due { time: at(9), run: name("main") }]);
        let notes = store.due_notes(at(5000), 9).await.unwrap();
        assert_eq!(notes.iter().map(|due| due.run.clone()).collect::<Vec<_>>(), [name("main")]);
        let keyed = store.keyed(&name("main"), &Principal::LOCAL, &key("k")).await.unwrap();
        assert_eq!(keyed.unwrap().version, Version(1500));
        let next = record(&written[1500].hash, 1501, "next", None);
        append(&*store, &name("main"), written[1500].hash, vec![next]).await.unwrap();
        store.remove(&name("main"), removal()).await.unwrap();
        store.import(whole("main", written)).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_not_imported_leaves_nothing() {
    check(async |store: Arc<dyn Store>| {
        let written = records(&Hash::NONE, 0, 1500, "text");
        let before = *store.watch().borrow();
        let refused = async |import: Import, said: &str| {
            let error = store.import(import).await.unwrap_err();
            assert!(matches!(error, StoreError::Import(_)), "{error:?}");
            assert!(chain(&error).contains(said), "`{said}`: {}", chain(&error));
            assert_eq!(store.head(&name("main")).await.unwrap(), None);
            assert!(store.log(Position::START, at_most(9)).await.unwrap().is_empty());
            assert_eq!(*store.watch().borrow(), before);
        };
        let cut = written.clone().into_iter().map(Ok).chain([Err("the file was cut off".into())]);
        refused(Import::new(name("main"), cut, declaration()), "the file was cut off").await;
        refused(whole("main", Vec::new()), "no records").await;
        let first = record(&Hash::NONE, 0, "a", Some(key("k")));
        let second = record(&first.hash, 1, "b", Some(key("k")));
        refused(whole("main", vec![first, second]), "request key").await;
        store.import(whole("main", written.clone())).await.unwrap();
        is_conflict(store.import(whole("main", written.clone())).await, Some(1499));
        let texts = texts(&all(&*store, &name("main")).await.unwrap());
        assert_eq!(texts.len(), 1500);
    })
    .await;
}

/// What others append at the same time is there too, and positions stay in order.
#[tokio::test]
async fn others_append_while_a_run_is_imported() {
    let folder = Folder::new();
    let store = SqliteStore::open(&folder.file()).unwrap();
    let written = records(&Hash::NONE, 0, 3000, "text");
    let cut = written.clone().into_iter().map(Ok).chain([Err("cut".into())]);
    let failed = store.import(Import::new(name("failed"), cut, declaration()));
    let imported = store.import(whole("main", written));
    let appended = futures::future::join_all((0..20).map(|number| {
        let run = name(&format!("r{number}"));
        store.append(after(&run, Hash::NONE, records(&Hash::NONE, 0, 2, "x")))
    }));
    let (failed, imported, appended) = futures::join!(failed, imported, appended);
    assert!(matches!(failed, Err(StoreError::Import(_))));
    imported.unwrap();
    assert!(appended.iter().all(Result::is_ok), "{appended:?}");
    assert_eq!(store.heads(None, None, 99).await.unwrap().len(), 21);
    let log = store.log(Position::START, at_most(9999)).await.unwrap();
    assert_eq!(log.len(), 3040);
    drop(store);
    let again = SqliteStore::open(&folder.file()).unwrap();
    assert_eq!(all(&again, &name("main")).await.unwrap().len(), 3000);
    assert_eq!(again.head(&name("failed")).await.unwrap(), None);
}
