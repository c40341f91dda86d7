//! The feature `testing`: each helper finds what is planted.

mod machines;
mod payloads;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use leverframe::Portable;
use leverframe::clock::Clock;
use leverframe::orchestrator::Orchestrator;
use leverframe::testing::proptest::prelude::*;
use leverframe::testing::proptest::test_runner::{TestError, TestRunner};
use leverframe::testing::{Coverage, Events, ManualClock, Sequence, Walk, Walks, sequences};

use self::machines::till::{self, Cash, Till};
use self::machines::turnstile::{self, Turnstile};
use crate::walk::machines::{Expense, Payment, Purchase};

fn open() -> Till {
    Till::new(Cash::default()).into()
}

fn walks() -> Walks<Till> {
    Walks::new(open, Events::generated())
}

/// The text of a panic.
fn panics(act: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(act)).expect_err("it panics");
    let text = panic.downcast::<String>().map(|text| *text);
    text.unwrap_or_else(|panic| (*panic.downcast::<&str>().unwrap()).to_owned())
}

#[test]
fn a_walk_finds_a_broken_invariant() {
    walks().check(|till| assert!(till.context().cents <= 10_000_000));
    let text = panics(|| {
        walks().check(|till| assert!(till.context().cents < 200, "too much in the till"));
    });
    assert_eq!(text, "too much in the till");
}

#[test]
fn a_walk_finds_a_handler_that_panics() {
    let start = || Till::new(Cash { is_jammed: true, ..Cash::default() }).into();
    let text = panics(|| drop(Walks::<Till>::new(start, Events::generated()).run()));
    assert_eq!(text, "the drawer is jammed");
}

/// The report goes to the standard error, which another process shows.
#[test]
fn a_walk_that_fails_reports_its_events() {
    const MARK: &str = "LEVERFRAME_FAILING_WALK";
    if std::env::var_os(MARK).is_some() {
        let three = walks().seed(41).number(1).check(|till| assert!(till.context().cents < 100));
        panic!("{three}");
    }
    let name = "testing::a_walk_that_fails_reports_its_events";
    let mut itself = Command::new(std::env::current_exe().unwrap());
    let output = itself.args(["--exact", name, "--nocapture"]).env(MARK, "1").output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    let report = text.lines().find(|line| line.starts_with("the walk of `Till` with seed 41 "));
    let report = report.unwrap_or_else(|| panic!("{text}"));
    assert!(
        report.contains("panicked after: {") && report.contains(r#"{"put":{"cents":"#),
        "{report}"
    );
}

#[test]
fn a_walk_takes_legal_events_alone_and_the_same_with_the_same_seed() {
    let walked = |seed| {
        let mut walk = Walk::new(Events::generated(), seed);
        let mut till = open();
        let mut names = Vec::new();
        while let Some(event) = walk.pick(&till).filter(|_| names.len() < 200) {
            let name = event.name();
            assert!(till.legal().any(|legal| legal == name), "`{name}` is not legal");
            names.push((name, serde_json::to_string(&event).unwrap()));
            till.apply(event).ok();
        }
        names
    };
    assert_eq!(walked(1), walked(1));
    assert_ne!(walked(1), walked(2));
}

#[test]
fn coverage_names_what_a_walk_has_not_visited() {
    let coverage = walks().run();
    coverage.assert_complete();
    let visited = "Till: visited 3 of 3 states and 6 of 6 transitions";
    assert_eq!(coverage.to_string(), visited);

    let without = Events::generated().without(till::EventName::Lock);
    let coverage = Walks::<Till>::new(open, without).run();
    let missing = "Till: visited 2 of 3 states and 3 of 6 transitions; not visited:\n  Locked\n  \
                   Open --lock--> Locked\n  Locked --unlock--> History<Working>\n  Locked --close--> Closed";
    assert_eq!(coverage.to_string(), missing);
    assert_eq!(panics(|| coverage.assert_complete()), missing);
    assert_eq!(coverage.missed_states().collect::<Vec<_>>(), [till::StateName::Locked]);
    let missed: Vec<_> = coverage.missed_transitions().map(|missed| missed.event()).collect();
    assert_eq!(missed, ["lock", "unlock", "close"]);

    // Two tests together visit more than each.
    let mut both = coverage;
    both.merge(&walks().run());
    both.assert_complete();
    let ignoring = [till::EventName::Lock, till::EventName::Unlock, till::EventName::Close];
    let none = Coverage::<Till>::new();
    let left = ignoring.into_iter().fold(none, Coverage::ignoring);
    let left: Vec<_> = left.missed_transitions().map(|missed| missed.to_string()).collect();
    assert!(left.iter().all(|missed| !missed.contains("lock")), "{left:?}");
    assert!(left.contains(&"Open --put--".to_owned()), "{left:?}");
}

/// Walks a machine from its default context on.
fn walked<M: Portable<Context: Default>>(events: Events<M>) -> Coverage<M> {
    Walks::new(|| M::start(M::Context::default()), events).run()
}

#[test]
fn machines_of_the_repository_are_walked_with_generated_payloads() {
    walked::<Orchestrator>(Events::generated()).assert_complete();
    walked::<Expense>(Events::generated()).assert_complete();
    walked::<Payment>(Events::generated()).assert_complete();
    walked::<Purchase>(Events::generated()).assert_complete();
}

#[test]
fn coverage_finds_a_guard_that_never_agrees() {
    let start = || -> Turnstile {
        Turnstile::new(turnstile::Coins { most: 0, ..Default::default() }).into()
    };
    let events = || {
        Events::none()
            .with(turnstile::EventName::Pay, 1_u32..=3, |coins| turnstile::events::Pay { coins })
            .plain(|| turnstile::events::Push)
    };
    assert!(Walk::new(events(), 0).pick(&start()).is_none(), "the guard forbids all that there is");
    let coverage = Walks::<Turnstile>::new(start, events()).run();
    assert_eq!(
        coverage.to_string(),
        "Turnstile: visited 1 of 2 states and 0 of 3 transitions; not visited:\n  Unlocked\n  \
         Locked --pay--> Unlocked\n  Unlocked --pay--\n  Unlocked --push--> Locked"
    );
    let start = || Turnstile::new(turnstile::Coins { most: 1000, ..Default::default() }).into();
    let coverage = Walks::<Turnstile>::new(start, events()).seed(5).number(3).steps(30).run();
    coverage.assert_complete();
    assert!(coverage.times(turnstile::StateName::Locked, turnstile::EventName::Pay) > 3);
}

/// What a property looks for, and the shortest sequence that breaks it.
fn shrunk(broken: impl Fn(&Till) -> bool) -> String {
    let strategy = sequences(open, Events::generated(), 0..60);
    let failed = TestRunner::deterministic().run(&strategy, |sequence: Sequence<Till>| {
        let mut till = open();
        for event in sequence {
            till.apply(event).ok();
        }
        prop_assert!(!broken(&till));
        Ok(())
    });
    match failed {
        Err(TestError::Fail(_, sequence)) => format!("{sequence:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_property_is_broken_by_the_shortest_sequence() {
    assert_eq!(shrunk(|till| till.context().cents > 0), r#"[{"put":{"cents":1}}]"#);
    assert_eq!(
        shrunk(|till| till.context().cents > 0 && matches!(till.state(), till::State::Closed(_))),
        r#"[{"put":{"cents":1}}, {"close":{}}]"#
    );
    assert_eq!(
        shrunk(|till| till.context().refused > 1),
        r#"[{"take":{"cents":1}}, {"take":{"cents":1}}]"#
    );
}

#[test]
fn a_sequence_has_legal_events_alone_also_when_it_shrinks() {
    use leverframe::testing::proptest::strategy::{Strategy, ValueTree};

    let mut runner = TestRunner::deterministic();
    let strategy = sequences(open, Events::generated(), 5..=40);
    for turn in 0..50 {
        let mut tree = strategy.new_tree(&mut runner).unwrap();
        for step in 0..200 {
            let sequence = tree.current();
            let mut till = open();
            for event in &sequence {
                assert!(till.legal().any(|legal| legal == event.name()), "{sequence:?}");
                till.apply(event.clone()).ok();
            }
            let goes_on = if (turn + step) % 3 == 0 { tree.complicate() } else { tree.simplify() };
            if !goes_on && !tree.simplify() {
                break;
            }
        }
    }
}

proptest! {
    #[test]
    fn a_sequence_is_as_long_as_it_says(sequence in sequences(open, Events::generated().without(till::EventName::Close), 3..=9)) {
        prop_assert!((3..=9).contains(&sequence.len()));
        prop_assert!(!sequence.is_empty());
    }
}

#[test]
fn a_strategy_of_another_event_is_reported() {
    let events =
        Events::none().with(turnstile::EventName::Pay, Just(()), |()| turnstile::events::Push);
    let start = || Turnstile::new(turnstile::Coins { most: 9, ..Default::default() }).into();
    let text = panics(|| drop(Walks::<Turnstile>::new(start, events).run()));
    assert_eq!(text, "the strategy of `pay` makes the event `push`");
}

/// Who sleeps is woken by the clock alone.
#[tokio::test]
async fn a_clock_wakes_who_sleeps() {
    let clock = Arc::new(ManualClock::default());
    let (begin, hour) = (clock.now(), Duration::from_secs(3600));
    let sleeper = tokio::spawn({
        let clock = clock.clone();
        async move { clock.sleep_until(begin + 2 * hour).await }
    });
    clock.advance(hour);
    tokio::task::yield_now().await;
    assert!(!sleeper.is_finished());
    clock.advance(hour);
    sleeper.await.unwrap();
    assert_eq!(clock.now(), begin + 2 * hour);
    clock.set(begin);
    assert_eq!(clock.now(), begin);
}
