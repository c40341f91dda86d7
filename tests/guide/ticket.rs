use std::sync::Arc;
use std::time::Duration;

use leverframe::caller::{Caller, Principal, Way};
use leverframe::record::RunId;
use leverframe::runs::{Durable, Runs};
use leverframe::testing::proptest::prelude::*;
use leverframe::testing::{Events, ManualClock, Walks, sequences};

use ticket::{Event, EventName, Log, State, Ticket, events};

/// A ticket of a help desk.
#[leverframe::machine(serde)]
pub mod ticket {
    #[context]
    #[derive(Default, serde::Serialize, serde::Deserialize)]
    pub struct Log {
        pub lines: Vec<String>,
        pub reopened: u32,
    }

    #[state(initial)]
    pub struct New;
    #[state]
    pub struct Assigned {
        pub to: String,
    }
    #[state]
    pub struct Solved;
    #[state(final)]
    pub struct Closed;

    #[transition(from = New)]
    fn assign(to: String) -> Result<Assigned, &'static str> {
        if to.is_empty() { Err("assign it to somebody") } else { Ok(Assigned { to }) }
    }
    #[transition(from = [New, Assigned])]
    fn note(log: &mut Log, line: String) {
        log.lines.push(line);
    }
    #[transition(from = Assigned)]
    fn solve() -> Solved {
        Solved
    }

    /// It was reopened three times: open a new ticket.
    #[guard]
    fn may_reopen(log: &Log) -> bool {
        log.reopened < 3
    }
    #[transition(from = Solved, guard = may_reopen)]
    fn reopen(log: &mut Log) -> New {
        log.reopened += 1;
        New
    }
    #[transition(from = Solved, after = "14d")]
    fn close() -> Closed {
        Closed
    }
}

fn start() -> Ticket {
    Ticket::new(Log::default()).into()
}

#[test]
fn a_solved_ticket_can_be_reopened() {
    let solved = Ticket::new(Log::default()).assign("Ada".into()).unwrap().solve();
    let new = solved.reopen().unwrap();
    assert_eq!(new.context().reopened, 1);
}

#[test]
fn whoever_has_a_ticket_has_a_name() {
    let coverage = Walks::<Ticket>::new(start, Events::generated()).check(|ticket| {
        assert!(ticket.context().reopened <= 3);
        if let State::Assigned(assigned) = ticket.state() {
            assert!(!assigned.to.is_empty());
        }
    });
    coverage.assert_complete();
}

#[test]
fn names_are_words() {
    let words =
        Events::generated().with(EventName::Assign, "[A-Z][a-z]{1,8}", |to| events::Assign { to });
    Walks::<Ticket>::new(start, words).seed(7).number(20).steps(50).run().assert_complete();
}

proptest! {
    #[test]
    fn a_ticket_has_as_many_lines_as_notes(sequence in sequences(start, Events::generated(), 0..40)) {
        let mut ticket = start();
        let mut notes = 0;
        for event in sequence {
            let is_note = matches!(event, Event::Note(_));
            if ticket.apply(event).is_ok() && is_note {
                notes += 1;
            }
        }
        prop_assert_eq!(ticket.context().lines.len(), notes);
    }
}

#[tokio::test]
async fn a_solved_ticket_closes_after_two_weeks() {
    let clock = Arc::new(ManualClock::default());
    let runs = Arc::new(Runs::<Ticket>::in_memory().with_clock(clock.clone()));
    let me = Caller::new(Principal::LOCAL, Way::Program);
    let id = RunId::new(Principal::LOCAL, "tea".parse().unwrap());
    let new = Durable::start(&runs, &me, &id, Log::default()).await.unwrap();
    let assigned = new.fire(events::Assign { to: "Ada".into() }).await.unwrap();
    drop(assigned.fire(events::Solve).await.unwrap());

    clock.advance(Duration::from_secs(14 * 24 * 60 * 60));
    assert_eq!(runs.status(&id).await.unwrap().state.name(), "Closed");
}
