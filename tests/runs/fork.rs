//! Forks: where they begin, what they keep, and what stays as it was.

use std::sync::Arc;

use leverframe::orchestrator::{Event, Orchestrator, events};
use leverframe::record::{Record, RunId, Version};
use leverframe::run::{Run, Stamp};
use leverframe::runs::{Forked, Request, RunLimits, Runs, RunsError, Verdict};
use leverframe::store::{Append, Store};

use super::timeouts::{clock, sqlite, ticket, tickets};
use super::{Intruded, all, called, caller, chain, id, is_refused, key, memory};
use crate::durable::{Folder, at};

fn say(text: &str) -> Event {
    events::AddUserMessage { message: text.to_owned() }.into()
}

/// Runs, the first of which, `main`, has said so much.
async fn spoken(store: Arc<dyn Store>, messages: usize) -> Runs<Orchestrator> {
    let runs = Runs::new(store);
    for number in 1..=messages {
        let text = say(&format!("message {number}"));
        runs.apply(&caller(), &id("main"), text, Request::new()).await.unwrap();
    }
    runs
}

async fn value(runs: &Runs<Orchestrator>, run: &RunId) -> String {
    runs.read(run, |run| run.value().unwrap()).await.unwrap()
}

async fn fork(runs: &Runs<Orchestrator>, at: Option<u64>, to: &str) -> Result<Forked, RunsError> {
    runs.fork(&caller(), &id("main"), at.map(Version), &id(to), None).await
}

fn json_of(records: &[Record]) -> String {
    serde_json::to_string(records).unwrap()
}

#[tokio::test]
async fn a_fork_goes_on_from_any_version_and_the_parent_stays() {
    let folder = Folder::new();
    let runs = spoken(sqlite(&folder), 300).await;
    let before = all(&**runs.store(), &id("main")).await;
    let whole = value(&runs, &id("main")).await;
    for (version, name) in [(0, "start"), (7, "early"), (299, "late"), (300, "head")] {
        let forked = fork(&runs, Some(version), name).await.unwrap();
        assert_eq!((forked.status.version, forked.replayed), (Version::START, false));
        assert_eq!(forked.parent.run, id("main"));
        assert_eq!(forked.parent.version, Version(version));
        let parent = &before[usize::try_from(version).unwrap()];
        assert_eq!(forked.parent.hash, parent.hash);
        let forked = value(&runs, &id(name)).await;
        assert!(whole.contains("message 300"));
        assert_eq!(forked.contains("message 7\""), version >= 7, "{name}");
        assert_eq!(forked.contains("message 8\""), version >= 8, "{name}");
        assert_eq!(forked == whole, version == 300, "{name}");
        let mut other = Run::<Orchestrator>::begun(&before[0], program()).unwrap();
        before[1..=usize::try_from(version).unwrap()]
            .iter()
            .for_each(|record| other.replay(record).unwrap());
        assert_eq!(forked, other.value().unwrap(), "{name}");
    }
    let late = runs.apply(&caller(), &id("early"), say("another"), Request::new()).await.unwrap();
    assert_eq!(late.status.version, Version(1));
    let ahead = runs.apply(&caller(), &id("main"), say("ahead"), Request::new()).await.unwrap();
    assert_eq!(ahead.status.version, Version(301));
    let after = all(&**runs.store(), &id("main")).await;
    assert_eq!(json_of(&after[..301]), json_of(&before));

    // Another process goes on with the forks, and replays them.
    let forked = value(&runs, &id("early")).await;
    drop(runs);
    let again = Runs::<Orchestrator>::new(sqlite(&folder));
    assert_eq!(value(&again, &id("early")).await, forked);
    let records = all(&**again.store(), &id("early")).await;
    let mut run = Run::<Orchestrator>::begun(&records[0], program()).unwrap();
    run.replay(&records[1]).unwrap();
    assert_eq!(run.value().unwrap(), forked);
    let listed = again.list(None, None, 10).await.unwrap();
    let parents = listed.iter().map(|head| head.parent.as_ref().map(ToString::to_string));
    let shown: Vec<_> = parents.map(Option::unwrap_or_default).collect();
    assert_eq!(shown, ["ada/main@7", "ada/main@300", "ada/main@299", "", "ada/main@0"]);
}

fn program() -> leverframe::record::Program {
    leverframe::record::Program::of(<Orchestrator as leverframe::Machine>::CHART)
}

#[tokio::test]
async fn a_fork_of_a_fork_names_its_own_parent() {
    let runs = spoken(memory(), 3).await;
    fork(&runs, Some(2), "a").await.unwrap();
    runs.apply(&caller(), &id("a"), say("in a"), Request::new()).await.unwrap();
    let forked = runs.fork(&caller(), &id("a"), None, &id("b"), None).await.unwrap();
    assert_eq!(forked.parent.to_string(), "ada/a@1");
    assert_eq!(value(&runs, &id("a")).await, value(&runs, &id("b")).await);
    let second = runs.fork(&caller(), &id("a"), Some(Version(0)), &id("c"), None).await.unwrap();
    assert_eq!(second.parent.version, Version(0));
    assert!(!value(&runs, &id("c")).await.contains("in a"));
    // The parent may go.
    runs.remove(&caller(), &id("a")).await.unwrap();
    runs.apply(&caller(), &id("b"), say("on"), Request::new()).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_forked_is_refused_and_leaves_nothing() {
    let runs = spoken(memory(), 3).await;
    is_refused(
        fork(&runs, Some(4), "b").await,
        "the run `main` is at version 3, and has no version 4; fork it at 3",
    );
    let nobody = runs.fork(&caller(), &id("nobody"), None, &id("b"), None).await;
    is_refused(nobody, "the run `nobody` was never started; runs: `main`");
    is_refused(fork(&runs, None, "main").await, "`main` was started before");
    assert_eq!(runs.list(None, None, 10).await.unwrap().len(), 1);
    fork(&runs, Some(1), "b").await.unwrap();
    is_refused(fork(&runs, Some(1), "b").await, "`b` was started before");

    let mut limits = RunLimits::default();
    limits.runs_per_principal = 2;
    let runs = Runs::<Orchestrator>::new(Arc::clone(runs.store())).with_limits(limits);
    is_refused(fork(&runs, None, "c").await, "`ada` has 2 of at most 2 runs");
    // The fork belongs to the caller, whose runs count.
    let bo = called("bo");
    let to = RunId::new(bo.principal().clone(), "c".parse().unwrap());
    runs.fork(&bo, &id("main"), None, &to, None).await.unwrap();
    let record = &all(&**runs.store(), &to).await[0];
    assert_eq!(record.actor.to_string(), "bo");
    assert_eq!(record.entry.parent().unwrap().to_string(), "ada/main@3");
}

#[tokio::test]
async fn a_request_that_is_sent_again_forks_once() {
    let runs = spoken(memory(), 3).await;
    let forked = async |at: Option<u64>, to: &str, with: &str| {
        let at = at.map(Version);
        runs.fork(&caller(), &id("main"), at, &id(to), Some(key(with))).await
    };
    let first = forked(None, "b", "k").await.unwrap();
    runs.apply(&caller(), &id("main"), say("on"), Request::new()).await.unwrap();
    runs.apply(&caller(), &id("b"), say("on"), Request::new()).await.unwrap();
    let again = forked(None, "b", "k").await.unwrap();
    assert!(again.replayed);
    assert_eq!((again.parent, again.status.version), (first.parent, Version(1)));
    assert!(forked(Some(3), "b", "k").await.unwrap().replayed);
    is_refused(forked(Some(2), "b", "k").await, "`k` was used for another request");
    is_refused(forked(None, "b", "l").await, "`b` was started before");
    let other = runs.fork(&caller(), &id("b"), None, &id("b"), Some(key("k"))).await;
    is_refused(other, "`k` was used for another request");
    // A start is another request than a fork.
    let started = runs.start(&caller(), &id("b"), Some(key("k"))).await;
    is_refused(started, "`k` was used for another request");
    runs.start(&caller(), &id("s"), Some(key("k"))).await.unwrap();
    is_refused(forked(None, "s", "k").await, "`k` was used for another request");
}

/// Two processes fork into one name at once: one of them makes the run, the other sees it.
#[tokio::test]
async fn one_of_two_forks_at_once_makes_the_run() {
    for (with, is_replayed) in [("k", true), ("l", false)] {
        let store = Arc::new(Intruded::default());
        let runs = spoken(store.clone(), 3).await;
        let past = runs.store().load(&id("main"), Version::START, super::ALL).await.unwrap();
        let mut run = Run::<Orchestrator>::begun(&past.records[0], program()).unwrap();
        run.replay(&past.records[1]).unwrap();
        let stamp = Stamp::new(at(0), caller().principal().clone(), Some(key("k")));
        let (_, record) = run.fork(&id("main"), stamp).unwrap();
        let declaration = program().declaration;
        let none = leverframe::record::Hash::NONE;
        store.intrude(Append::new(id("b"), none, vec![record], declaration));
        let done =
            runs.fork(&caller(), &id("main"), Some(Version(1)), &id("b"), Some(key(with))).await;
        match done {
            Ok(forked) => assert!(forked.replayed && is_replayed),
            Err(RunsError::AlreadyStarted(status)) => {
                assert!(!is_replayed);
                assert_eq!(status.run, id("b"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(all(&*store, &id("b")).await.len(), 1);
    }
}

/// Many forks of one run into each other's names, while it goes on.
#[tokio::test]
async fn forks_do_not_wait_for_each_other() {
    let folder = Folder::new();
    let runs = spoken(sqlite(&folder), 5).await;
    fork(&runs, None, "other").await.unwrap();
    let forks = (0..40).map(|number| {
        let runs = &runs;
        async move {
            let (from, to) = if number % 2 == 0 { ("main", "other") } else { ("other", "main") };
            let taken = runs.fork(&caller(), &id(from), None, &id(to), None).await;
            is_refused(taken, "was started before");
            let name = format!("fork-{}", number / 2);
            runs.fork(&caller(), &id(from), None, &id(&name), Some(key("k"))).await
        }
    });
    let done = futures::future::join_all(forks).await;
    assert_eq!(done.iter().filter(|done| done.is_ok()).count(), 20);
    assert_eq!(runs.list(None, None, 100).await.unwrap().len(), 22);
}

#[tokio::test]
async fn deadlines_begin_anew_and_timeouts_that_came_do_not_come_again() {
    let folder = Folder::new();
    let clock = clock();
    let runs = tickets(sqlite(&folder), &clock);
    let apply = async |name: &str, event: ticket::Event| {
        runs.apply(&caller(), &id(name), event, Request::new()).await.unwrap()
    };
    apply("main", ticket::events::Accept.into()).await;
    clock.set(at(60 * 61));
    assert_eq!(runs.status(&id("main")).await.unwrap().version, Version(2), "it was reminded");
    clock.set(at(60 * 100));
    // A timeout of the parent that is due is not recorded by a fork.
    let before = json_of(&all(&**runs.store(), &id("main")).await);
    clock.set(at(60 * 121));
    let forked = runs.fork(&caller(), &id("main"), None, &id("b"), None).await.unwrap();
    assert_eq!(json_of(&all(&**runs.store(), &id("main")).await), before);
    let (due, event) = forked.status.due.unwrap();
    assert_eq!((event.name(), due), ("doze", at((121 + 120) * 60)));
    let head = runs.store().head(&id("b")).await.unwrap().unwrap();
    assert_eq!(head.due, Some(at((121 + 120) * 60)));
    // From before the reminder it comes again, an hour after the fork.
    let early = runs.fork(&caller(), &id("main"), Some(Version(1)), &id("c"), None).await.unwrap();
    let (due, event) = early.status.due.unwrap();
    assert_eq!((event.name(), due), ("remind", at((121 + 60) * 60)));

    // The same after a restart, and after a fork of the fork.
    let runs = tickets(sqlite(&folder), &clock);
    let status = runs.status(&id("b")).await.unwrap();
    assert_eq!(status.due, forked.status.due);
    clock.set(at(60 * 130));
    let second = runs.fork(&caller(), &id("b"), None, &id("d"), None).await.unwrap();
    assert_eq!(
        second.status.due.map(|(due, event)| (event.name(), due)),
        Some(("doze", at((130 + 120) * 60)))
    );
    clock.set(at(60 * (130 + 120)));
    runs.tick().await.unwrap();
    let state = |name: &str| {
        let (runs, id) = (&runs, id(name));
        async move { runs.status(&id).await.unwrap().state.wire() }
    };
    assert_eq!((state("b").await, state("d").await), ("ANSWERED", "ANSWERED"));
}

/// The first approval is known from the snapshot alone.
#[tokio::test]
async fn an_approval_is_not_forgotten_behind_a_snapshot() {
    #[leverframe::machine(serde)]
    mod diary {
        #[context]
        #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
        pub struct Pages {
            pub written: u64,
        }
        #[state(initial)]
        pub struct Open;
        #[state(final)]
        pub struct Shut;
        #[transition(from = Open)]
        fn shut() -> Shut {
            Shut
        }
        #[transition(from = Open, by = human)]
        fn allow(pages: &mut Pages) {
            pages.written += 1;
        }
        #[transition(from = Open)]
        fn write(pages: &mut Pages, text: String) {
            pages.written += text.len() as u64;
        }
    }
    use diary::{Diary, Event, events};
    let folder = Folder::new();
    let runs = Runs::<Diary>::new(sqlite(&folder));
    let asked = runs.apply(&caller(), &id("main"), events::Allow.into(), Request::new()).await;
    let Err(RunsError::Waiting(waiting)) = asked else { panic!("{asked:?}") };
    let boss = called("bo").with_role(leverframe::caller::Role::GatesDecide);
    runs.decide(&boss, &id("main"), &waiting.request.id, &Verdict::Approve).await.unwrap();
    for _ in 0..30 {
        let event: Event = events::Write { text: "x".repeat(1000) }.into();
        runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    }
    drop(runs);
    let store = sqlite(&folder);
    let opening = store.open(&id("main"), super::ALL).await.unwrap();
    assert_eq!(opening.snapshot.unwrap().gated, Some(Version(1)));
    let runs = Runs::<Diary>::new(store);
    let gated = runs.read(&id("main"), Run::gated).await.unwrap();
    assert_eq!(gated, Some(Version(1)));
    runs.fork(&caller(), &id("main"), None, &id("b"), None).await.unwrap();
    assert_eq!(runs.read(&id("b"), Run::gated).await.unwrap(), Some(Version::START));
}

/// A run that another program continued in a way that this one does not follow is forked before that.
#[tokio::test]
async fn a_run_that_cannot_go_on_is_forked_before_the_record_at_fault() {
    macro_rules! programs {
        ($($program:ident($limit:expr);)*) => {$(
            #[leverframe::machine(serde, name = Counter)]
            mod $program {
                #[context]
                #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
                pub(super) struct Count {
                    pub(super) count: u64,
                }
                #[state(initial)]
                pub(super) struct Open;
                #[state(final)]
                pub(super) struct Shut;
                #[transition(from = Open)]
                fn shut() -> Shut {
                    Shut
                }
                #[transition(from = Open)]
                fn add(count: &mut Count, by: u64) -> Result<Open, String> {
                    if by > $limit {
                        return Err(format!("{by} is too much"));
                    }
                    count.count += by;
                    Ok(Open)
                }
            }
        )*};
    }
    programs! {
        former(100);
        strict(5);
    }
    let store = memory();
    let runs = Runs::<former::Counter>::new(Arc::clone(&store));
    for by in [1, 2, 50, 3] {
        let event: former::Event = former::events::Add { by }.into();
        runs.apply(&caller(), &id("main"), event, Request::new()).await.unwrap();
    }
    let runs = Runs::<strict::Counter>::new(Arc::clone(&store));
    let refused = runs.fork(&caller(), &id("main"), None, &id("b"), None).await.unwrap_err();
    assert!(chain(&refused).contains("record 3 cannot be replayed"), "{}", chain(&refused));
    runs.fork(&caller(), &id("main"), Some(Version(2)), &id("b"), None).await.unwrap();
    assert_eq!(runs.read(&id("b"), |run| run.context().count).await.unwrap(), 3);
    assert_eq!(all(&*store, &id("main")).await.len(), 5);
}
