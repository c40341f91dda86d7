//! Notes: what every store promises of them.

use std::sync::Arc;

use leverframe::record::{Hash, RunId};
use leverframe::store::{NoteChange, NoteName, Revision, Scope, Store, StoreError};
use serde_json::value::RawValue;

use super::contract::{check, is_conflict, removal};
use super::{after, all, append, at, name, records};

fn note_name(text: &str) -> NoteName {
    text.parse().unwrap()
}

fn json(text: &str) -> Box<RawValue> {
    RawValue::from_string(text.to_owned()).unwrap()
}

/// The notes of a scope, each with its name and body.
async fn noted(store: &dyn Store, scope: &Scope) -> Vec<(String, String)> {
    let notes = store.notes(scope).await.unwrap();
    notes.iter().map(|note| (note.name.to_string(), note.body.get().to_owned())).collect()
}

#[track_caller]
fn is_note_conflict(done: Result<Revision, StoreError>, at: Option<Revision>) {
    match done {
        Err(StoreError::NoteConflict { actual }) => assert_eq!(actual, at),
        other => panic!("a conflict at {at:?}: {other:?}"),
    }
}

/// Changes notes of a scope in every way.
async fn change_notes(store: &dyn Store, scope: &Scope) {
    let pair = |name: &str, body: &str| (name.to_owned(), body.to_owned());
    let create =
        |name: &str, body| store.note(scope, NoteChange::create(note_name(name), json(body)));
    let replace = |name: &str, at, body| {
        store.note(scope, NoteChange::replace(note_name(name), at, json(body)))
    };
    let remove = |name: &str, at| store.note(scope, NoteChange::remove(note_name(name), at));
    assert!(noted(store, scope).await.is_empty());
    let b = create("b", "1").await.unwrap();
    let a = create("a/ä", r#"{"x":[1,"é"]}"#).await.unwrap();
    assert!(a > b);
    let both = [pair("a/ä", r#"{"x":[1,"é"]}"#), pair("b", "1")];
    assert_eq!(noted(store, scope).await, both);
    is_note_conflict(create("b", "2").await, Some(b));
    is_note_conflict(replace("b", a, "2").await, Some(b));
    is_note_conflict(replace("c", a, "2").await, None);
    is_note_conflict(remove("b", a).await, Some(b));
    assert_eq!(noted(store, scope).await, both);
    let newer = replace("b", b, "2").await.unwrap();
    assert!(newer > a);
    is_note_conflict(replace("b", b, "3").await, Some(newer));
    let notes = store.notes(scope).await.unwrap();
    assert_eq!(notes.iter().map(|note| note.revision).collect::<Vec<_>>(), [a, newer]);
    let gone = remove("b", newer).await.unwrap();
    assert!(gone > newer);
    is_note_conflict(remove("b", newer).await, None);
    assert!(create("b", "4").await.unwrap() > gone);
    assert_eq!(noted(store, scope).await[1], pair("b", "4"));
}

#[tokio::test]
async fn notes_change_as_they_are_expected() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let written = records(&Hash::NONE, 0, 3, "");
        append(&*store, &main, Hash::NONE, written[..2].to_vec()).await.unwrap();
        let head = |run: &RunId, hash| Scope::Head { run: run.clone(), hash };
        change_notes(&*store, &Scope::Store).await;
        change_notes(&*store, &head(&main, written[1].hash)).await;
        assert_eq!(noted(&*store, &Scope::Store).await.len(), 2, "the scopes are apart");
    })
    .await;
}

#[tokio::test]
async fn a_note_at_a_head_stands_until_its_run_goes_on() {
    check(async |store: Arc<dyn Store>| {
        let main = name("main");
        let head = |hash| Scope::Head { run: main.clone(), hash };
        let create =
            |scope: Scope| async move { (NoteChange::create(note_name("n"), json("1")), scope) };
        let note = async |scope| {
            let (change, scope) = create(scope).await;
            store.note(&scope, change).await
        };
        let written = records(&Hash::NONE, 0, 3, "");
        is_conflict(note(head(Hash::NONE)).await, None);
        append(&*store, &main, Hash::NONE, written[..2].to_vec()).await.unwrap();
        is_conflict(note(head(written[0].hash)).await, Some(1));
        note(head(written[1].hash)).await.unwrap();
        assert!(noted(&*store, &head(written[0].hash)).await.is_empty());
        assert_eq!(noted(&*store, &head(written[1].hash)).await.len(), 1);

        append(&*store, &main, written[1].hash, written[2..].to_vec()).await.unwrap();
        for record in &written {
            assert!(noted(&*store, &head(record.hash)).await.is_empty());
        }
        is_conflict(note(head(written[1].hash)).await, Some(2));
        note(head(written[2].hash)).await.unwrap();

        store.remove(&main, removal()).await.unwrap();
        assert!(noted(&*store, &head(written[2].hash)).await.is_empty());
        is_conflict(note(head(written[2].hash)).await, None);
        append(&*store, &main, Hash::NONE, written).await.unwrap();
        let again = all(&*store, &main).await.unwrap();
        assert!(noted(&*store, &head(again[2].hash)).await.is_empty(), "it went with its run");
    })
    .await;
}

#[tokio::test]
async fn the_notes_of_a_run_are_those_that_its_appends_name() {
    check(async |store: Arc<dyn Store>| {
        let (main, other) = (name("main"), name("other"));
        let of_run = |run: &RunId| Scope::Run { run: run.clone() };
        let create = NoteChange::create(note_name("x"), json("1"));
        is_conflict(store.note(&of_run(&main), create).await, None);
        assert!(noted(&*store, &of_run(&main)).await.is_empty());

        let written = records(&Hash::NONE, 0, 4, "");
        let go_on = async |run: &RunId, from: usize, names: Option<&[&str]>| {
            let end = from.checked_sub(1).map_or(Hash::NONE, |before| written[before].hash);
            let names = names.map(|names| names.iter().map(|name| note_name(name)).collect());
            let append = after(run, end, vec![written[from].clone()]).standing(names);
            store.append(append).await.unwrap();
        };
        go_on(&main, 0, Some(&["a", "b"])).await;
        go_on(&other, 0, Some(&["a"])).await;
        let null = |name: &str| (name.to_owned(), "null".to_owned());
        assert_eq!(noted(&*store, &of_run(&main)).await, [null("a"), null("b")]);
        let notes = store.notes(&of_run(&main)).await.unwrap();
        assert!(notes.iter().all(|note| note.due == Some(written[0].time)));

        let change = NoteChange::replace(note_name("b"), notes[1].revision, json("7"));
        store.note(&of_run(&main), change.due_at(Some(at(500)))).await.unwrap();
        go_on(&main, 1, None).await;
        go_on(&main, 2, Some(&["b", "c"])).await;
        let kept = [("b".to_owned(), "7".to_owned()), null("c")];
        assert_eq!(
            noted(&*store, &of_run(&main)).await,
            kept,
            "those that stand keep what they say"
        );
        assert_eq!(noted(&*store, &of_run(&other)).await, [null("a")]);

        let due = async |time, limit| -> Vec<String> {
            let due = store.due_notes(time, limit).await.unwrap();
            due.iter().map(|due| format!("{}/{}", due.run.name, due.note.name)).collect()
        };
        assert_eq!(due(at(499), 9).await, ["other/a", "main/c"]);
        assert_eq!(due(at(500), 9).await, ["other/a", "main/c", "main/b"]);
        assert_eq!(due(at(500), 2).await, ["other/a", "main/c"]);
        assert_eq!(store.next_due_note(at(499)).await.unwrap(), Some(at(500)));
        assert_eq!(store.next_due_note(at(500)).await.unwrap(), None);

        go_on(&main, 3, Some(&[])).await;
        assert!(noted(&*store, &of_run(&main)).await.is_empty());
        store.remove(&other, removal()).await.unwrap();
        assert!(due(at(900), 9).await.is_empty(), "it went with its run");
    })
    .await;
}
