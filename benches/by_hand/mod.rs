//! The orchestrator's moves as a careful author writes them without leverframe: a `match`, a typestate, a statig machine.
//! They take the same events with the same payloads, and store the same task data.

use leverframe::orchestrator::{Event, Workspace};
use statig::Outcome;
use statig::blocking::{self, IntoStateMachine, IntoStateMachineExt, StateMachine};

fn keep(workspace: &mut Workspace, key: &str, value: Option<String>) {
    if let Some(value) = value {
        workspace.task_data.insert(key.to_owned(), value);
    }
}

#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum State {
    #[default]
    Idle,
    Planning,
    Researching,
    Executing,
    Reviewing,
    Error,
}

/// A state, a context, and a `match`.
#[derive(Default)]
pub(crate) struct Match {
    state: State,
    workspace: Workspace,
}

impl Match {
    /// Whether the event was taken.
    pub(crate) fn take(&mut self, event: Event) -> bool {
        use State::{Error, Executing, Idle, Planning, Researching, Reviewing};
        let Self { state, workspace } = self;
        *state = match event {
            Event::Rest(_) if matches!(state, Planning | Reviewing | Error) => Idle,
            Event::Plan(event) if matches!(state, Idle | Researching | Reviewing | Error) => {
                keep(workspace, "task_description", event.task_description);
                Planning
            }
            Event::Research(event) if matches!(state, Idle | Planning | Error) => {
                keep(workspace, "research_topic", event.research_topic);
                Researching
            }
            Event::Execute(event) if !matches!(state, Executing) => {
                keep(workspace, "action_plan", event.action_plan);
                Executing
            }
            Event::Review(_) if matches!(state, Researching | Executing) => Reviewing,
            Event::Fail(event) if !matches!(state, Error) => {
                keep(workspace, "error_description", event.error_description);
                Error
            }
            _ => return false,
        };
        true
    }
}

/// A statig machine whose context says whether the event was taken.
pub(crate) struct Statig(StateMachine<Shared>);

/// A statig machine in its initial state.
pub(crate) fn statig() -> Statig {
    Statig(Shared::default().state_machine())
}

impl Statig {
    /// Whether the event was taken.
    pub(crate) fn take(&mut self, event: Event) -> bool {
        let mut call = Call { event: Some(event), taken: false };
        self.0.handle_with_context(&(), &mut call);
        call.taken
    }
}

#[derive(Default)]
pub(crate) struct Shared {
    workspace: Workspace,
}

pub(crate) struct Call {
    event: Option<Event>,
    taken: bool,
}

impl IntoStateMachine for Shared {
    type Event<'evt> = ();
    type Context<'ctx> = Call;
    type State = State;
    type Superstate<'sub> = ();

    fn initial() -> State {
        State::Idle
    }
}

impl blocking::State<Shared> for State {
    fn call_handler(&mut self, shared: &mut Shared, (): &(), call: &mut Call) -> Outcome<State> {
        use State::{Error, Executing, Idle, Planning, Researching, Reviewing};
        let Some(event) = call.event.take() else { return Outcome::Super };
        let workspace = &mut shared.workspace;
        let target = match (*self, event) {
            (Planning | Reviewing | Error, Event::Rest(_)) => Idle,
            (Idle | Researching | Reviewing | Error, Event::Plan(event)) => {
                keep(workspace, "task_description", event.task_description);
                Planning
            }
            (Idle | Planning | Error, Event::Research(event)) => {
                keep(workspace, "research_topic", event.research_topic);
                Researching
            }
            (Idle | Planning | Researching | Reviewing | Error, Event::Execute(event)) => {
                keep(workspace, "action_plan", event.action_plan);
                Executing
            }
            (Researching | Executing, Event::Review(_)) => Reviewing,
            (Idle | Planning | Researching | Executing | Reviewing, Event::Fail(event)) => {
                keep(workspace, "error_description", event.error_description);
                Error
            }
            _ => return Outcome::Super,
        };
        call.taken = true;
        Outcome::Transition(target)
    }
}

/// A typestate: the state is a type, a move takes the machine and gives the next.
#[derive(Default)]
pub(crate) struct Typestate<S> {
    state: S,
    workspace: Workspace,
}

#[derive(Default)]
pub(crate) struct Idle;
pub(crate) struct Planning;
pub(crate) struct Researching;
pub(crate) struct Executing;
pub(crate) struct Reviewing;

impl Typestate<Idle> {
    pub(crate) fn plan(mut self, task_description: Option<String>) -> Typestate<Planning> {
        keep(&mut self.workspace, "task_description", task_description);
        let Self { state: Idle, workspace } = self;
        Typestate { state: Planning, workspace }
    }
}

impl Typestate<Planning> {
    pub(crate) fn research(mut self, research_topic: Option<String>) -> Typestate<Researching> {
        keep(&mut self.workspace, "research_topic", research_topic);
        let Self { state: Planning, workspace } = self;
        Typestate { state: Researching, workspace }
    }
}

impl Typestate<Researching> {
    pub(crate) fn execute(mut self, action_plan: Option<String>) -> Typestate<Executing> {
        keep(&mut self.workspace, "action_plan", action_plan);
        let Self { state: Researching, workspace } = self;
        Typestate { state: Executing, workspace }
    }
}

impl Typestate<Executing> {
    pub(crate) fn review(self) -> Typestate<Reviewing> {
        let Self { state: Executing, workspace } = self;
        Typestate { state: Reviewing, workspace }
    }
}

impl Typestate<Reviewing> {
    pub(crate) fn rest(self) -> Typestate<Idle> {
        let Self { state: Reviewing, workspace } = self;
        Typestate { state: Idle, workspace }
    }
}
