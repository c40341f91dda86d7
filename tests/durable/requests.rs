//! Requests that are sent again, over restarts and over two who serve one file.

use std::sync::Arc;

use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{Principal, RunName, Version};
use leverframe::run::Kind;
use leverframe::runs::{Accepted, Request, Runs, RunsError};
use leverframe::store::Store;
use leverframe::store::sqlite::SqliteStore;

use super::{Folder, key};

fn runs(folder: &Folder) -> Runs<Orchestrator> {
    Runs::new(Arc::new(SqliteStore::open(&folder.file()).unwrap()))
}

fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

fn keyed(text: &str) -> Request {
    Request { expected: None, key: Some(key(text)) }
}

async fn apply(
    runs: &Runs<Orchestrator>,
    event: Event,
    request: impl Into<Request>,
) -> Result<Accepted, RunsError> {
    runs.apply(&RunName::main(), event, request, &Principal::LOCAL).await
}

#[track_caller]
fn is_conflict(done: Result<Accepted, RunsError>, part: &str) {
    match done {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejected.kind, Kind::Conflict);
            let reason = refused.rejected.reason;
            assert!(reason.contains(part), "`{part}`: {reason}");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_run_goes_on_after_a_restart() {
    let folder = Folder::new();
    apply(&runs(&folder), say("a"), None).await.unwrap();
    let plan = events::Plan { task_description: Some("tea".to_owned()) };
    apply(&runs(&folder), plan.into(), None).await.unwrap();
    let again = runs(&folder);
    let situation = again.situation(&RunName::main()).await.unwrap();
    assert_eq!((situation.version, situation.state.wire()), (Version(2), "PLANNING"));
}

#[tokio::test]
async fn the_same_request_is_answered_as_the_first_time() {
    let folder = Folder::new();
    for request in [keyed("k"), Some(Version(1)).into()] {
        let first = apply(&runs(&folder), say("a"), request.clone()).await.unwrap();
        assert!(!first.replayed);
        let version = first.situation.version;
        let other = runs(&folder);
        let later = apply(&other, say("b"), None).await.unwrap().situation.version;
        let again = apply(&runs(&folder), say("a"), request.clone()).await.unwrap();
        assert!(again.replayed && again.situation.version == later, "{again:?}");
        let part = match &request.key {
            Some(_) => "the request key `k` was used for something else, recorded as version 1",
            None => "the run is at version",
        };
        is_conflict(apply(&other, say("c"), request).await, part);
        if version == Version(1) {
            let main = RunName::main();
            other.remove(&main, &Principal::LOCAL).await.unwrap();
            apply(&other, say("x"), None).await.unwrap();
        }
    }
    let count = runs(&folder).situation(&RunName::main()).await.unwrap().version;
    assert_eq!(count, Version(3), "nothing was applied twice");
}

#[tokio::test]
async fn without_either_a_call_applies_again() {
    let folder = Folder::new();
    let runs = runs(&folder);
    for version in 1..3 {
        let accepted = apply(&runs, say("a"), None).await.unwrap();
        assert_eq!((accepted.situation.version, accepted.replayed), (Version(version), false));
    }
}

#[tokio::test]
async fn a_start_with_a_key_may_be_sent_again() {
    let folder = Folder::new();
    let name = super::name("a");
    let k = key("k");
    for replayed in [false, true] {
        let started = runs(&folder).start(&name, Some(&k), &Principal::LOCAL).await.unwrap();
        assert_eq!(started.replayed, replayed);
    }
    for other in [None, Some(&key("other"))] {
        let refused = runs(&folder).start(&name, other, &Principal::LOCAL).await;
        assert!(matches!(refused, Err(RunsError::AlreadyStarted(_))), "{refused:?}");
    }
}

/// Who kept a run ready is not misled by another that has taken its name.
#[tokio::test]
async fn a_removed_run_is_not_seen_by_another_process() {
    let folder = Folder::new();
    let (ours, theirs) = (runs(&folder), runs(&folder));
    for text in ["a", "b"] {
        apply(&ours, say(text), None).await.unwrap();
    }
    theirs.remove(&RunName::main(), &Principal::LOCAL).await.unwrap();
    let situation = ours.situation(&RunName::main()).await.unwrap();
    assert_eq!(situation.version, Version(0));
    for text in ["x", "y", "z"] {
        apply(&theirs, say(text), None).await.unwrap();
    }
    let messages = ours.read(&RunName::main(), |run| run.context().messages.clone()).await.unwrap();
    let messages: Vec<_> = messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(messages, ["x", "y", "z"]);
}

/// A run that is read from its snapshot is the one that its records tell of, and a bad snapshot does no harm.
#[tokio::test]
async fn a_snapshot_saves_time_and_nothing_else() {
    let folder = Folder::new();
    let writing = runs(&folder);
    for number in 0..300 {
        apply(&writing, say(&number.to_string()), None).await.unwrap();
    }
    let main = RunName::main();
    let body = writing.read(&main, |run| run.snapshot().unwrap()).await.unwrap();
    let store = SqliteStore::open(&folder.file()).unwrap();
    assert_eq!(store.snapshot(&main).await.unwrap().unwrap().version, Version(256));
    let read = runs(&folder).read(&main, |run| run.snapshot().unwrap()).await.unwrap();
    assert_eq!(read, body);

    let other = rusqlite::Connection::open(folder.file()).unwrap();
    for damage in [
        "UPDATE snapshot SET body = replace(body, '255', '355')",
        "UPDATE snapshot SET version = 255",
        "UPDATE snapshot SET seal = x'00'",
    ] {
        other.execute(damage, []).unwrap();
        let read = runs(&folder).read(&main, |run| run.snapshot().unwrap()).await.unwrap();
        assert_eq!(read, body, "{damage}");
    }
}

/// Few runs are kept ready, and all can be used.
#[tokio::test]
async fn runs_that_are_not_kept_ready_are_read_again() {
    let folder = Folder::new();
    let store = Arc::new(SqliteStore::open(&folder.file()).unwrap());
    let runs = Runs::<Orchestrator>::new(store).with_live(4);
    for _ in 0..3 {
        for number in 0..12 {
            let run = super::name(&format!("r{number}"));
            if runs.situation(&run).await.is_err() {
                runs.start(&run, None, &Principal::LOCAL).await.unwrap();
            }
            runs.apply(&run, say("a"), None, &Principal::LOCAL).await.unwrap();
        }
    }
    for head in runs.list(None, 20).await.unwrap() {
        assert_eq!(head.version, Version(3), "{}", head.run);
    }
}
