//! Requests that are sent again, over restarts and over programs that share a store.

use std::collections::HashMap;
use std::sync::Arc;

use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{RunId, Version};
use leverframe::run::RejectionKind;
use leverframe::runs::{Accepted, Request, Runs, RunsError};
use leverframe::store::Store;

use super::{called, caller, id, is_refused, key, memory};

fn runs(store: &Arc<dyn Store>) -> Runs<Orchestrator> {
    Runs::new(store.clone())
}

fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

fn keyed(text: &str) -> Request {
    Request::new().with_key(key(text))
}

fn expecting(version: u64) -> Request {
    Request::new().expecting(Version(version))
}

async fn apply(
    runs: &Runs<Orchestrator>,
    event: Event,
    request: Request,
) -> Result<Accepted, RunsError> {
    runs.apply(&caller(), &id("main"), event, request).await
}

#[track_caller]
fn is_conflict(done: Result<Accepted, RunsError>, part: &str) {
    let Err(RunsError::Refused(refused)) = done else { panic!("{done:?}") };
    assert_eq!(refused.rejection.kind, RejectionKind::Conflict);
    assert!(refused.rejection.reason.contains(part), "`{part}`: {}", refused.rejection.reason);
}

#[tokio::test]
async fn a_run_goes_on_after_a_restart() {
    let store = memory();
    apply(&runs(&store), say("a"), Request::new()).await.unwrap();
    let plan = events::Plan { task_description: Some("tea".to_owned()) };
    apply(&runs(&store), plan.into(), Request::new()).await.unwrap();
    let status = runs(&store).status(&id("main")).await.unwrap();
    assert_eq!((status.version, status.state.wire()), (Version(2), "PLANNING"));
}

#[tokio::test]
async fn the_same_key_is_answered_as_the_first_time() {
    let store = memory();
    // A stale version is no hindrance to a request that was accepted when it was not stale.
    for request in [keyed("k"), keyed("l").expecting(Version(2))] {
        let first = apply(&runs(&store), say("a"), request.clone()).await.unwrap();
        assert!(!first.replayed);
        let later = apply(&runs(&store), say("b"), Request::new()).await.unwrap().status.version;
        let again = apply(&runs(&store), say("a"), request.clone()).await.unwrap();
        assert!(again.replayed && again.status.version == later, "{again:?}");
        let other = apply(&runs(&store), say("c"), request).await;
        assert!(matches!(other, Err(RunsError::KeyReused { .. })), "{other:?}");
        is_refused(other, "was used for another request, recorded as version");
    }
    let version = runs(&store).status(&id("main")).await.unwrap().version;
    assert_eq!(version, Version(4), "nothing was applied twice");
}

/// Of two workers that claim one task at one version, the second loses, also if it is the same principal.
#[tokio::test]
async fn an_expected_version_is_a_precondition_and_nothing_else() {
    let store = memory();
    apply(&runs(&store), say("a"), Request::new()).await.unwrap();
    apply(&runs(&store), say("claim"), expecting(1)).await.unwrap();
    is_conflict(apply(&runs(&store), say("claim"), expecting(1)).await, "at version 2, not 1");
    for version in [0, 3, u64::MAX - 1, u64::MAX] {
        let part = format!("at version 2, not {version}");
        is_conflict(apply(&runs(&store), say("a"), expecting(version)).await, &part);
    }
    assert_eq!(runs(&store).status(&id("main")).await.unwrap().version, Version(2));
}

#[tokio::test]
async fn without_either_a_call_applies_again() {
    let store = memory();
    for version in 1..3 {
        let accepted = apply(&runs(&store), say("a"), Request::new()).await.unwrap();
        assert_eq!((accepted.status.version, accepted.replayed), (Version(version), false));
    }
}

#[tokio::test]
async fn a_start_with_a_key_may_be_sent_again() {
    let store = memory();
    for replayed in [false, true] {
        let started = runs(&store).start(&caller(), &id("a"), Some(key("k"))).await.unwrap();
        assert_eq!(started.replayed, replayed);
    }
    for other in [None, Some(key("other"))] {
        let refused = runs(&store).start(&caller(), &id("a"), other).await;
        assert!(matches!(refused, Err(RunsError::AlreadyStarted(_))), "{refused:?}");
    }
}

/// Keys are each principal's own, also in one run.
#[tokio::test]
async fn principals_do_not_share_keys() {
    let store = memory();
    for principal in ["ada", "bob"] {
        let runs = runs(&store);
        let done = runs.apply(&called(principal), &id("main"), say(principal), keyed("k")).await;
        assert!(!done.unwrap().replayed);
    }
    let again = runs(&store).apply(&called("bob"), &id("main"), say("bob"), keyed("k")).await;
    assert!(again.unwrap().replayed);
}

/// Each principal has a run `main` of its own.
#[tokio::test]
async fn principals_do_not_share_default_runs() {
    let runs = runs(&memory());
    let run = |name: &str| RunId::new(called(name).principal().clone(), "main".parse().unwrap());
    for name in ["ada", "bob"] {
        runs.apply(&called(name), &run(name), say(name), Request::new()).await.unwrap();
    }
    for name in ["ada", "bob"] {
        let said = runs.read(&run(name), |run| run.context().messages.clone()).await.unwrap();
        assert_eq!(said.iter().map(|message| message.content.as_str()).collect::<Vec<_>>(), [name]);
        let listed = runs.list(Some(called(name).principal()), None, 10).await.unwrap();
        assert_eq!(listed.iter().map(|head| &head.run).collect::<Vec<_>>(), [&run(name)]);
    }
}

/// A machine whose payload has no order.
#[leverframe::machine(serde)]
pub mod shelf {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Books {
        pub count: usize,
    }
    #[state(initial)]
    pub struct Open;
    #[state(final)]
    pub struct Full;
    #[transition(from = Open)]
    fn fill() -> Full {
        Full
    }
    #[transition(from = Open)]
    fn put(books: &mut Books, titles: std::collections::HashMap<String, u32>) {
        books.count += titles.len();
    }
}

#[tokio::test]
async fn a_payload_without_order_is_the_same_twice() {
    let runs = Runs::<shelf::Shelf>::new(memory());
    for attempt in 0..50 {
        // Each map has an order of its own.
        let titles: HashMap<String, u32> =
            (0..16).map(|book| (format!("book {book}"), book)).collect();
        let put = shelf::events::Put { titles };
        let done = runs.apply(&caller(), &id("main"), put.into(), keyed("k")).await.unwrap();
        assert_eq!((done.replayed, done.status.version), (attempt > 0, Version(1)));
    }
    // And replays, although it is written in another order.
    let again = Runs::<shelf::Shelf>::new(runs.store().clone());
    assert_eq!(again.read(&id("main"), |run| run.context().count).await.unwrap(), 16);
}

/// Another process takes the name of a run that is live here.
#[tokio::test]
async fn a_removed_run_is_not_seen_by_another_process() {
    let store = memory();
    let (ours, theirs) = (runs(&store), runs(&store));
    for text in ["a", "b"] {
        apply(&ours, say(text), Request::new()).await.unwrap();
    }
    theirs.remove(&caller(), &id("main")).await.unwrap();
    let status = ours.status(&id("main")).await.unwrap();
    assert_eq!(status.version, Version(0));
    for text in ["x", "y", "z"] {
        apply(&theirs, say(text), Request::new()).await.unwrap();
    }
    let messages = ours.read(&id("main"), |run| run.context().messages.clone()).await.unwrap();
    let messages: Vec<_> = messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(messages, ["x", "y", "z"]);
}
