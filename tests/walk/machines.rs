//! The samplers of the repository's machines.

use leverframe::orchestrator::{self, Orchestrator, Workspace};
use leverframe::{Machine, Parts, Refused};
use serde_json::to_string;

use super::{Samples, check};

#[path = "../../examples/expense.rs"]
#[expect(dead_code, reason = "the example's `main` is not called here")]
mod example;
use example::expense::{self, Expense};

/// The way over the typed machine and back.
macro_rules! by_types {
    () => {
        |machine, event| match machine.into_typed().fire(event) {
            Ok(typed) => Ok(typed.into()),
            Err(Refused { machine, refusal }) => Err(Refused { machine: machine.into(), refusal }),
        }
    };
}

/// Walks them all; each with its module's name and the number of legal pairs.
pub(super) fn all() -> [(&'static str, usize); 3] {
    [
        ("machine", check(&orchestrator())),
        ("expense", check(&expense())),
        ("vault", check(&vault())),
    ]
}

fn orchestrator() -> Samples<Orchestrator> {
    use orchestrator::{
        Error, Event, Executing, Idle, Planning, Researching, Reviewing, State, events,
    };
    fn texts() -> [Option<String>; 2] {
        [None, Some("calendar".into())]
    }
    Samples {
        machines: || {
            let states: [State; 6] = [
                Idle.into(),
                Planning.into(),
                Researching.into(),
                Executing.into(),
                Reviewing.into(),
                Error.into(),
            ];
            let context = || {
                let mut workspace = Workspace::default();
                workspace.task_data.insert("task_description".into(), "newsletter".into());
                workspace
            };
            states.map(|state| Parts { state, context: context(), history: () }.into()).into()
        },
        events: || {
            let mut all: Vec<Event> = vec![events::Rest.into(), events::Review.into()];
            for text in texts() {
                all.push(events::Plan { task_description: text.clone() }.into());
                all.push(events::Research { research_topic: text.clone() }.into());
                all.push(events::Execute { action_plan: text.clone() }.into());
                all.push(events::Fail { error_description: text }.into());
            }
            for text in ["", "first of May"] {
                let text = || text.to_owned();
                all.push(events::AddUserMessage { message: text() }.into());
                all.push(events::AddAssistantMessage { message: text() }.into());
                all.push(events::AddSystemMessage { message: text() }.into());
                all.push(events::StoreTaskData { key: text(), value: text() }.into());
                all.push(events::StoreKnowledge { key: text(), value: text() }.into());
            }
            all
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

fn expense() -> Samples<Expense> {
    use expense::{Claim, Draft, Event, Paid, Submitted, events};
    Samples {
        machines: || {
            let draft = expense::Expense::new(Claim::default());
            let mut full = expense::Expense::new(Claim::default());
            full.add_item("train".into(), 2_000).expect("it costs something");
            let submitted = full.submit("fair".into());
            vec![
                draft.into(),
                submitted.into(),
                Parts { state: Paid.into(), context: Claim::default(), history: () }.into(),
                Parts {
                    state: Submitted(String::new()).into(),
                    context: Claim::default(),
                    history: (),
                }
                .into(),
                Parts { state: Draft.into(), context: Claim::default(), history: () }.into(),
            ]
        },
        events: || {
            let all: [Event; 7] = [
                events::AddItem { what: "hotel".into(), cents: 9_000 }.into(),
                events::AddItem { what: "air".into(), cents: 0 }.into(),
                events::Submit { purpose: "fair".into() }.into(),
                events::Submit { purpose: String::new() }.into(),
                events::SendBack.into(),
                events::Pay { budget: 1_999 }.into(),
                events::Pay { budget: 2_000 }.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| to_string(machine.parts()).expect("JSON"),
    }
}

/// A machine without a wire form and without a context: clauses of one event, a source with data, a self-transition,
/// all four kinds of handlers.
#[leverframe::machine]
mod vault {
    /// Locked; so many wrong codes were tried.
    #[state(initial)]
    #[derive(Debug, Default)]
    pub(super) struct Locked {
        pub(super) tries: u8,
    }
    /// Open.
    #[state]
    #[derive(Debug)]
    pub(super) struct Open;
    /// Locked for good.
    #[state(final)]
    #[derive(Debug)]
    pub(super) struct Sealed;

    #[transition(from = Locked)]
    fn enter(locked: &mut Locked, code: u16) -> Result<Open, u8> {
        if code == 4_711 {
            return Ok(Open);
        }
        locked.tries += 1;
        Err(locked.tries)
    }
    #[transition(from = Open)]
    fn turn() -> Locked {
        Locked { tries: 0 }
    }
    #[transition(from = Locked)]
    fn turn(locked: &Locked) -> Locked {
        Locked { tries: locked.tries / 2 }
    }
    #[transition(from = Locked)]
    fn knock(locked: &mut Locked) {
        locked.tries = locked.tries.saturating_add(1);
    }
    #[transition(from = [Locked, Open])]
    fn listen(patience: bool) -> Result<(), &'static str> {
        if patience { Ok(()) } else { Err("nothing is heard") }
    }
    #[transition(from = _)]
    fn seal() -> Sealed {
        Sealed
    }
}

fn vault() -> Samples<vault::Vault> {
    use vault::{Event, Locked, Open, Sealed, State, events};
    Samples {
        machines: || {
            let states: [State; 4] = [
                Locked { tries: 0 }.into(),
                Locked { tries: 7 }.into(),
                Open.into(),
                Sealed.into(),
            ];
            states.map(|state| Parts { state, context: (), history: () }.into()).into()
        },
        events: || {
            let all: [Event; 7] = [
                events::Enter { code: 4_711 }.into(),
                events::Enter { code: 1 }.into(),
                events::Turn.into(),
                events::Knock.into(),
                events::Listen { patience: true }.into(),
                events::Listen { patience: false }.into(),
                events::Seal.into(),
            ];
            all.into()
        },
        typed: by_types!(),
        value: |machine| match machine.state() {
            State::Locked(locked) => format!("{locked:?}"),
            State::Open(open) => format!("{open:?}"),
            State::Sealed(sealed) => format!("{sealed:?}"),
        },
    }
}
