//! Timeouts of runs: they come in time, once, and before anything else.

use std::sync::Arc;
use std::time::Duration;

use leverframe::record::{Actor, Entry, Record, Version};
use leverframe::run::{RejectionKind, Run};
use leverframe::runs::{Request, Runs, RunsError};
use leverframe::store::memory::MemoryStore;
use leverframe::store::sqlite::SqliteStore;
use leverframe::store::{Due, Store};
use leverframe::testing::ManualClock;

use super::{ALL, Intruded, all, caller, copied, id};
use crate::durable::{Folder, at};

/// A ticket of a help desk.
#[leverframe::machine(serde)]
pub mod ticket {
    #[context]
    #[derive(Debug, Default, serde::Serialize, serde::Deserialize)]
    pub struct Notes {
        pub reminders: u8,
        pub is_blocked: bool,
        pub is_broken: bool,
    }

    #[state(initial)]
    pub struct New;

    /// Somebody cares.
    #[superstate]
    pub struct Open;

    #[state(parent = Open)]
    pub struct Waiting;

    #[state(parent = Open)]
    pub struct Answered;

    #[state(final)]
    pub struct Closed;

    #[transition(from = New)]
    fn accept() -> Waiting {
        Waiting
    }
    #[transition(from = Waiting)]
    fn answer() -> Answered {
        Answered
    }
    #[transition(from = Answered)]
    fn ask() -> Waiting {
        Waiting
    }
    #[transition(from = Open)]
    fn block(notes: &mut Notes, is_blocked: bool) {
        notes.is_blocked = is_blocked;
    }
    #[transition(from = Open)]
    fn damage(notes: &mut Notes, is_broken: bool) {
        notes.is_broken = is_broken;
    }
    #[transition(from = New, after = "20s")]
    fn welcome() {}
    /// Remind the customer, once for each time that the ticket waits.
    #[transition(from = Waiting, after = "1h")]
    fn remind(notes: &mut Notes) {
        notes.reminders = notes.reminders.saturating_add(1);
    }
    /// Take it for answered.
    #[transition(from = Waiting, after = "2h", guard = is_free)]
    fn doze() -> Answered {
        Answered
    }
    /// Close it, whatever it waits for.
    #[transition(from = Open, after = "1d")]
    fn close(notes: &mut Notes) -> Result<Closed, String> {
        if notes.is_broken { Err("the drawer is stuck".into()) } else { Ok(Closed) }
    }
    #[guard]
    fn is_free(notes: &Notes) -> Result<(), String> {
        if notes.is_blocked { Err("somebody still looks".into()) } else { Ok(()) }
    }
}
use ticket::{Event, Ticket, events};

/// How long something may take that needs no time at all.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that is moved by hand, at second 0.
pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(at(0)))
}

pub(super) fn tickets(store: Arc<dyn Store>, clock: &Arc<ManualClock>) -> Runs<Ticket> {
    Runs::new(store).with_clock(clock.clone())
}

pub(super) fn sqlite(folder: &Folder) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&folder.file()).unwrap())
}

async fn apply(runs: &Runs<Ticket>, event: impl Into<Event>) -> Result<Version, RunsError> {
    let accepted = runs.apply(&caller(), &id("main"), event.into(), Request::new()).await?;
    Ok(accepted.status.version)
}

/// The history: minute, actor, event, state.
async fn told(store: &dyn Store) -> Vec<(i64, String, String, String)> {
    let records = all(store, &id("main")).await;
    records.iter().map(row).collect()
}

fn row(record: &Record) -> (i64, String, String, String) {
    let event = match &record.entry {
        Entry::Started { .. } => "started".to_owned(),
        Entry::Applied { event, .. } => {
            let event: serde_json::Value = serde_json::from_str(event.get()).unwrap();
            event.as_object().unwrap().keys().next().unwrap().clone()
        }
        other => panic!("{other:?}"),
    };
    let minute = (record.time - at(0)).num_minutes();
    (minute, record.actor.to_string(), event, record.configuration().to_string())
}

/// What is done at which minutes, and what is in the history then, beyond the start at minute 0: one word for each
/// record, by the clock where it begins with `*`.
async fn check(deeds: &[(i64, Deed)], expected: &str) {
    let folder = Folder::new();
    let clock = clock();
    for (minute, event) in deeds {
        clock.set(at(60 * *minute));
        // A restart each time.
        let runs = tickets(sqlite(&folder), &clock);
        match event {
            Deed::Send(event) => drop(apply(&runs, event.clone()).await),
            Deed::Look => drop(runs.status(&id("main")).await.unwrap()),
        }
    }
    let store = sqlite(&folder);
    let words: Vec<_> = told(&*store)
        .await
        .into_iter()
        .skip(1)
        .map(|(minute, actor, event, _)| {
            let by = if actor == "@clock" { "*" } else { "" };
            format!("{by}{event}@{minute}")
        })
        .collect();
    assert_eq!(words.join(" "), expected);
}

enum Deed {
    Look,
    Send(Event),
}
use Deed::Look;

fn send(event: impl Into<Event>) -> Deed {
    Deed::Send(event.into())
}

fn accept() -> Deed {
    send(events::Accept)
}

fn block(is_blocked: bool) -> Deed {
    send(events::Block { is_blocked })
}

fn damage(is_broken: bool) -> Deed {
    send(events::Damage { is_broken })
}

#[tokio::test]
async fn an_overdue_timeout_comes_before_anything_else() {
    check(&[(0, accept()), (59, Look)], "accept@0").await;
    check(&[(0, accept()), (60, Look), (61, Look)], "accept@0 *remind@60").await;
    // The answer finds the ticket answered, and is refused.
    let late = send(events::Answer);
    check(&[(0, accept()), (130, late)], "accept@0 *remind@130 *doze@130").await;
    check(&[(0, accept()), (5000, Look)], "accept@0 *remind@5000 *doze@5000 *close@5000").await;
}

#[tokio::test]
async fn an_internal_transition_does_not_restart_the_time() {
    check(&[(0, accept()), (30, damage(false)), (60, Look)], "accept@0 damage@30 *remind@60").await;
}

#[tokio::test]
async fn a_state_that_is_entered_again_starts_its_time_again_and_its_superstate_goes_on() {
    let answer = || send(events::Answer);
    let ask = || send(events::Ask);
    check(
        &[(0, accept()), (70, answer()), (80, ask()), (139, Look), (140, Look), (1440, Look)],
        "accept@0 *remind@70 answer@70 ask@80 *remind@140 *doze@1440 *close@1440",
    )
    .await;
}

#[tokio::test]
async fn a_guard_holds_a_timeout_back() {
    check(
        &[(0, accept()), (10, block(true)), (150, Look), (160, block(false)), (161, Look)],
        "accept@0 block@10 *remind@150 block@160 *doze@161",
    )
    .await;
}

#[tokio::test]
async fn a_timeout_that_fails_keeps_nobody_waiting() {
    let ask = send(events::Ask);
    check(
        &[(0, accept()), (1, damage(true)), (1500, ask), (1501, damage(false)), (1502, Look)],
        "accept@0 damage@1 *remind@1500 *doze@1500 ask@1500 damage@1501 *close@1502",
    )
    .await;
}

/// Several processes on one file see the same timeout at one moment.
#[tokio::test]
async fn a_timeout_comes_once() {
    for _ in 0..20 {
        let folder = Folder::new();
        let clock = clock();
        let all: Vec<_> = (0..4).map(|_| tickets(sqlite(&folder), &clock)).collect();
        apply(&all[0], events::Accept).await.unwrap();
        clock.set(at(60 * 90));
        let main = id("main");
        let seen = futures::future::join_all(all.iter().map(|runs| runs.status(&main))).await;
        for status in seen {
            assert_eq!(status.unwrap().version, Version(2));
        }
        let expected: [(i64, String, String, String); 3] = [
            (0, "ada", "started", "NEW"),
            (0, "ada", "accept", "WAITING"),
            (90, "@clock", "remind", "WAITING"),
        ]
        .map(|(minute, actor, event, state)| (minute, actor.into(), event.into(), state.into()));
        assert_eq!(told(&*sqlite(&folder)).await, expected);
    }
}

/// An event that another process recorded just before is what happened, and the timeout did not.
#[tokio::test]
async fn a_timeout_that_comes_second_does_not_come() {
    let clock = clock();
    let other = Arc::new(MemoryStore::new());
    let theirs = tickets(other.clone(), &clock);
    let store = Arc::new(Intruded::default());
    let ours = tickets(store.clone(), &clock);
    for runs in [&theirs, &ours] {
        apply(runs, events::Accept).await.unwrap();
    }
    apply(&theirs, events::Answer).await.unwrap();
    store.intrude(copied(&*other, &id("main"), 2).await);
    clock.set(at(60 * 90));
    let status = ours.status(&id("main")).await.unwrap();
    assert_eq!((status.version, status.state.wire()), (Version(2), "ANSWERED"));
    assert_eq!(told(&*store).await, told(&*other).await);
}

/// A snapshot knows since when, and what has come.
#[tokio::test]
async fn a_snapshot_keeps_the_time() {
    let folder = Folder::new();
    let clock = clock();
    let runs = tickets(sqlite(&folder), &clock);
    apply(&runs, events::Accept).await.unwrap();
    clock.set(at(60 * 60));
    for _ in 0..260 {
        apply(&runs, events::Block { is_blocked: true }).await.unwrap();
    }
    apply(&runs, events::Block { is_blocked: false }).await.unwrap();
    drop(runs);
    let store = sqlite(&folder);
    let snapshot = store.open(&id("main"), ALL).await.unwrap().snapshot.expect("it was kept");
    assert!((3..263).contains(&snapshot.version.0), "{:?}", snapshot.version);
    let entered: Vec<_> =
        snapshot.entered.iter().map(|entered| (entered.state.as_ref(), entered.time)).collect();
    assert_eq!(entered, [("WAITING", at(0)), ("OPEN", at(0))]);
    assert_eq!(snapshot.entered[0].spent, ["remind"]);
    let run = Run::<Ticket>::restored(&snapshot, snapshot.program).unwrap();
    assert_eq!(run.due().map(|(due, event)| (due, event.name())), Some((at(86_400), "close")));
    drop(store);
    clock.set(at(60 * 120));
    let runs = tickets(sqlite(&folder), &clock);
    let status = runs.status(&id("main")).await.unwrap();
    assert_eq!(status.state.wire(), "ANSWERED");
    assert_eq!(status.version, Version(264), "it reminds no second time");
}

#[tokio::test]
async fn nobody_sends_a_timeout() {
    let clock = clock();
    let runs = tickets(Arc::new(MemoryStore::new()), &clock);
    apply(&runs, events::Accept).await.unwrap();
    match apply(&runs, events::Close).await {
        Err(RunsError::Refused(refused)) => {
            assert_eq!(refused.rejection.kind, RejectionKind::Waiting);
            assert_eq!(
                refused.rejection.reason,
                "it is a timeout, and comes by itself when it is due"
            );
            let due = refused.status.due.map(|(due, event)| (due, event.name()));
            assert_eq!(due, Some((at(3600), "remind")));
            let legal = refused.status.legal;
            let legal: Vec<_> = legal.iter().map(|event| event.name()).collect();
            assert_eq!(legal, ["answer", "block", "damage"]);
        }
        other => panic!("{other:?}"),
    }
}

/// Who keeps the time records what falls due in runs that nobody uses, as soon as it does.
#[tokio::test]
async fn who_keeps_the_time_uses_no_run() {
    for store in [Arc::new(MemoryStore::new()) as Arc<dyn Store>, sqlite(&Folder::new())] {
        let clock = clock();
        let runs = tickets(store.clone(), &clock);
        let mut changes = store.watch();
        let using = async {
            for run in ["a", "b", "c"] {
                runs.start(&caller(), &id(run), None).await.unwrap();
                let accept = events::Accept.into();
                runs.apply(&caller(), &id(run), accept, Request::new()).await.unwrap();
            }
            for (minutes, version, state) in
                [(60, 2, "WAITING"), (120, 3, "ANSWERED"), (1440, 4, "CLOSED")]
            {
                clock.set(at(60 * minutes));
                loop {
                    let heads = store.heads(None, None, 10).await.unwrap();
                    if heads.iter().all(|head| head.version == Version(version)) {
                        assert!(heads.iter().all(|head| head.configuration.to_string() == state));
                        assert!(heads.iter().all(|head| head.time == at(minutes * 60)));
                        break;
                    }
                    changes.changed().await.unwrap();
                }
            }
        };
        let using = tokio::time::timeout(PATIENCE, using);
        tokio::select! {
            done = using => done.expect("they come in time"),
            never = runs.keep_time() => match never {},
        }
        assert_eq!(store.due(None, 10).await.unwrap(), []);
    }
}

/// Who keeps the time is woken by what falls due before they would look again.
#[tokio::test]
async fn who_keeps_the_time_is_not_late() {
    let clock = clock();
    let store = Arc::new(MemoryStore::new());
    let runs = tickets(store.clone(), &clock);
    let mut changes = store.watch();
    let using = async {
        runs.start(&caller(), &id("a"), None).await.unwrap();
        changes.mark_unchanged();
        clock.set(at(30));
        changes.changed().await.unwrap();
    };
    let using = tokio::time::timeout(PATIENCE, using);
    tokio::select! {
        biased;
        never = runs.keep_time() => match never {},
        done = using => done.expect("it comes in time"),
    }
    let records = all(&*store, &id("a")).await;
    assert_eq!((records[1].time, &records[1].actor), (at(30), &Actor::Clock));
}

/// A list does none of the clock's work.
#[tokio::test]
async fn a_list_waits_for_no_timeout() {
    let clock = clock();
    let store = Arc::new(MemoryStore::new());
    let runs = tickets(store.clone(), &clock);
    apply(&runs, events::Accept).await.unwrap();
    let due = Due { time: at(3600), run: id("main") };
    assert_eq!(store.due(None, 10).await.unwrap(), [due]);
    clock.advance(Duration::from_secs(48 * 3600));
    let heads = runs.list(Some(caller().principal()), None, 10).await.unwrap();
    assert_eq!(heads[0].version, Version(1));
    assert_eq!(runs.tick().await.unwrap(), None);
    let heads = runs.list(Some(caller().principal()), None, 10).await.unwrap();
    assert_eq!(
        (heads[0].version, heads[0].configuration.to_string()),
        (Version(4), "CLOSED".into())
    );
}

/// Many timeouts that are due at once share commits, and a run that cannot go on keeps no other waiting.
#[tokio::test]
async fn ten_thousand_timeouts_come_within_a_second_or_so() {
    let folder = Folder::new();
    let clock = clock();
    let store = sqlite(&folder);
    let runs = tickets(store.clone(), &clock);
    let ids: Vec<_> = (0..10_000).map(|number| id(&format!("r{number}"))).collect();
    for some in ids.chunks(500) {
        let starts = some.iter().map(async |id| runs.start(&caller(), id, None).await.unwrap());
        futures::future::join_all(starts).await;
    }
    drop(runs);
    clock.set(at(60));
    let runs = tickets(store.clone(), &clock);
    let begin = std::time::Instant::now();
    assert_eq!(runs.tick().await.unwrap(), None);
    let took = begin.elapsed();
    crate::durable::report("timeouts", &format!("10,000 due at once took {took:?}"));
    // A debug build on a busy machine is given ten times as long as an optimized one takes.
    assert!(took < Duration::from_secs(10), "{took:?}");
    let heads = store.heads(None, None, 20_000).await.unwrap();
    assert!(heads.iter().all(|head| head.version == Version(1)));
}

/// The clock is set back, and the times of a run do not follow it.
#[tokio::test]
async fn times_never_go_back() {
    let clock = clock();
    let store = Arc::new(MemoryStore::new());
    let runs = tickets(store.clone(), &clock);
    clock.set(at(60 * 10));
    apply(&runs, events::Accept).await.unwrap();
    clock.set(at(60 * 5));
    apply(&runs, events::Answer).await.unwrap();
    // Also after a restart.
    clock.set(at(60 * 7));
    apply(&tickets(store.clone(), &clock), events::Ask).await.unwrap();
    let minutes: Vec<_> = told(&*store).await.into_iter().map(|(minute, ..)| minute).collect();
    assert_eq!(minutes, [10, 10, 10, 10]);
}
