//! Typed handles on durable runs: what their types say is what was recorded.

use std::sync::Arc;

use leverframe::caller::Principal;
use leverframe::record::{RequestKey, RunId, Version};
use leverframe::runs::{Decided, Durable, FireError, OpenError, Request, Runs, RunsError, Verdict};
use leverframe::store::Store;
use leverframe::store::sqlite::SqliteStore;

use super::{all, called, caller, id};
use crate::durable::Folder;
use crate::walk::machines::recorder::{self, Recorder};
use crate::walk::machines::release::{self, Log, Release, events};

struct Desk {
    runs: Arc<Runs<Release>>,
    _folder: Folder,
}

impl Desk {
    fn open() -> Self {
        let folder = Folder::new();
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&folder.file()).unwrap());
        Self { runs: Arc::new(Runs::new(store)), _folder: folder }
    }

    async fn start(&self, run: &RunId) -> Durable<Release, release::Draft> {
        Durable::start(&self.runs, &caller(), run, Log::default()).await.unwrap()
    }

    async fn reading(&self, run: &RunId) -> Durable<Release, release::Reading> {
        let waiting = self.start(run).await.fire(events::Submit).await.unwrap();
        waiting.fire(events::Assign { reviewer: "Ada".into() }).await.unwrap()
    }

    async fn version(&self, run: &RunId) -> u64 {
        all(&**self.runs.store(), run).await.len() as u64 - 1
    }
}

#[tokio::test]
async fn an_event_is_recorded_before_the_next_state_is_there() {
    let desk = Desk::open();
    let run = id("main");
    let draft = desk.start(&run).await;
    assert_eq!((draft.version(), desk.version(&run).await), (Version(0), 0));
    let waiting: Durable<Release, release::Waiting> = draft.fire(events::Submit).await.unwrap();
    assert_eq!((waiting.version(), desk.version(&run).await), (Version(1), 1));
    let reading = waiting.fire(events::Assign { reviewer: "Ada".into() }).await.unwrap();
    assert_eq!(reading.state().reviewer, "Ada");
    // An internal transition stays in the state, a self-transition enters it again.
    let reading: Durable<Release, release::Reading> = reading.fire(events::Remark).await.unwrap();
    let reading = reading.fire(events::Assign { reviewer: "Bob".into() }).await.unwrap();
    assert_eq!((reading.state().reviewer.as_str(), reading.version()), ("Ada and Bob", Version(4)));
    assert_eq!(reading.context(|log| log.remarks).await.unwrap(), 1);
    // A choice is a choice of handles.
    match reading.fire(events::Decline { drop: false, why: 1 }).await.unwrap() {
        release::Declined::Again(draft) => drop(draft.fire(events::Submit).await.unwrap()),
        release::Declined::Dropped(withdrawn) => panic!("{withdrawn:?}"),
    }
    assert_eq!(desk.version(&run).await, 6);
}

#[tokio::test]
async fn a_refusal_gives_the_handle_back() {
    let desk = Desk::open();
    let run = id("main");
    let reading = desk.reading(&run).await;
    // A guard, and a handler that fails.
    let refused = reading.fire(events::Summarize).await.unwrap_err();
    assert_eq!(refused.to_string(), "somebody must have written a remark");
    let FireError::Refused { handle: reading, .. } = refused else { panic!("{refused:?}") };
    let refused = reading.fire(events::Decline { drop: false, why: 0 }).await.err().unwrap();
    let FireError::Refused { handle: reading, rejection } = refused else { panic!("{refused:?}") };
    assert_eq!(rejection.reason, "say why");
    assert_eq!(desk.version(&run).await, 2);
    assert_eq!(reading.fire(events::Remark).await.unwrap().version(), Version(3));
}

#[tokio::test]
async fn a_run_that_moved_on_is_told_and_can_be_opened_again() {
    let desk = Desk::open();
    let run = id("main");
    let first = desk.reading(&run).await;
    let Ok(release::InState::Reading(second)) = Durable::open(&desk.runs, &caller(), &run).await
    else {
        panic!("it is being read")
    };
    let first = first.fire(events::Remark).await.unwrap();
    let moved_on = second.fire(events::Remark).await.unwrap_err();
    let FireError::MovedOn(moved_on) = moved_on else { panic!("{moved_on:?}") };
    assert_eq!(
        moved_on.to_string(),
        "the run `main` is at version 3 in READING, and the handle was of version 2; open it again"
    );
    assert_eq!((moved_on.status().version, desk.version(&run).await), (Version(3), 3));
    let release::InState::Reading(again) = moved_on.reopen().await.unwrap() else {
        panic!("it is still being read")
    };
    again.fire(events::Remark).await.unwrap();
    assert!(matches!(first.context(|_| ()).await, Err(OpenError::MovedOn(_))));

    // Another run of the same name is not the run.
    let stale = desk.reading(&id("other")).await;
    desk.runs.remove(&caller(), &id("other")).await.unwrap();
    desk.reading(&id("other")).await;
    assert!(matches!(stale.fire(events::Remark).await, Err(FireError::MovedOn(_))));
}

#[tokio::test]
async fn of_many_handles_one_fires() {
    let desk = Desk::open();
    let run = id("main");
    desk.reading(&run).await;
    let fire = async || {
        let opened = Durable::open(&desk.runs, &caller(), &run).await.unwrap();
        let release::InState::Reading(reading) = opened else { return None };
        Some(reading)
    };
    let handles = futures::future::join_all((0..16).map(|_| fire())).await;
    let fired = handles.into_iter().flatten().map(|reading| reading.fire(events::Remark));
    let fired = futures::future::join_all(fired).await;
    assert_eq!(fired.iter().filter(|fired| fired.is_ok()).count(), 1);
    assert!(fired.into_iter().all(|fired| matches!(fired, Ok(_) | Err(FireError::MovedOn(_)))));
    assert_eq!(desk.version(&run).await, 3);
}

#[tokio::test]
async fn a_person_decides() {
    let desk = Desk::open();
    let run = id("main");
    let reading = desk.reading(&run).await.fire(events::Remark).await.unwrap();
    let waiting = reading.fire(events::Approve).await.unwrap_err();
    let FireError::Waiting { handle, request } = waiting else { panic!("{waiting:?}") };
    assert_eq!((handle.version(), request.event.name()), (Version(3), "approve"));
    let judge = called("judge").with_role(leverframe::caller::Role::GatesDecide);
    let decided = desk.runs.decide(&judge, &run, &request.id, &Verdict::Approve).await.unwrap();
    assert!(matches!(decided, Decided::Applied(_)));
    let moved_on = handle.fire(events::Remark).await.unwrap_err();
    let FireError::MovedOn(moved_on) = moved_on else { panic!("{moved_on:?}") };
    let release::InState::Approved(approved) = moved_on.reopen().await.unwrap() else {
        panic!("it is approved")
    };
    approved.fire(events::Deploy).await.unwrap();
}

#[tokio::test]
async fn a_run_starts_with_its_own_context() {
    let desk = Desk::open();
    let (run, key) = (id("main"), RequestKey::try_from("k1".to_owned()).unwrap());
    let log = |remarks| Log { done: Vec::new(), remarks };
    let start = async |remarks| {
        let key = Some(key.clone());
        Durable::start_once(&desk.runs, &caller(), &run, log(remarks), key).await
    };
    let draft = start(7).await.unwrap();
    assert_eq!(draft.context(|log| log.remarks).await.unwrap(), 7);
    assert_eq!(start(7).await.unwrap().version(), Version(0), "the same request again");
    let other = start(8).await.unwrap_err();
    assert!(matches!(&other, OpenError::Run(RunsError::KeyReused { .. })), "{other:?}");
    draft.fire(events::Submit).await.unwrap();
    assert!(matches!(start(7).await, Err(OpenError::MovedOn(_))), "it has left its first state");
    let taken = Durable::start(&desk.runs, &caller(), &run, log(7)).await.unwrap_err();
    assert!(matches!(&taken, OpenError::Run(RunsError::AlreadyStarted(_))), "{taken:?}");
    // What a program reads from the records is what it was started with.
    let again = Runs::<Release>::new(Arc::clone(desk.runs.store()));
    assert_eq!(again.read(&run, |run| run.context().remarks).await.unwrap(), 7);
}

#[tokio::test]
async fn history_answers_a_handle_in_any_state() {
    let runs = Arc::new(Runs::<Recorder>::in_memory());
    let shown = recorder::Shown::default();
    let stopped = Durable::start(&runs, &caller(), &id("main"), shown).await.unwrap();
    let playing = stopped.fire(recorder::events::Play).await.unwrap();
    let paused = playing.fire(recorder::events::Seek { to: 7 }).await.unwrap();
    let paused = paused.fire(recorder::events::Pause).await.unwrap();
    match paused.fire(recorder::events::Resume { really: true }).await.unwrap() {
        recorder::InState::Seeking(seeking) => assert_eq!(seeking.version(), Version(4)),
        _ => panic!("it was seeking"),
    }
}

#[tokio::test]
async fn a_default_run_needs_no_start() {
    let runs = Arc::new(Runs::<Release>::in_memory());
    let main = RunId::new(Principal::LOCAL, "main".parse().unwrap());
    let release::InState::Draft(draft) = Durable::open(&runs, &caller(), &main).await.unwrap()
    else {
        panic!("a draft")
    };
    assert_eq!(draft.fire(events::Submit).await.unwrap().version(), Version(1));
    let request = Request::new().expecting(Version(1));
    runs.apply(&caller(), &main, events::Remark.into(), request).await.unwrap();
    let unknown = Durable::open(&runs, &caller(), &id("unknown")).await;
    assert!(matches!(unknown, Err(RunsError::NeverStarted { .. })));
}
