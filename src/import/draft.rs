//! A chart as its author wrote it, in one form for all formats.

use super::ImportError;

/// The most states that a chart may have, superstates and histories included.
const MAX_STATES: usize = 2_000;
/// The most transitions that a chart may have.
const MAX_TRANSITIONS: usize = 10_000;
/// The deepest nesting of states.
const MAX_DEPTH: usize = 60;

/// A chart. State 0 is the machine itself, around all others.
pub(super) struct Draft {
    pub(super) format: &'static str,
    pub(super) name: String,
    pub(super) docs: String,
    pub(super) notes: Vec<String>,
    pub(super) states: Vec<State>,
    /// The number of transitions.
    transitions: usize,
    /// Whether a superstate's transition is taken where the conditions of a state's own are false.
    pub(super) falls_back: bool,
}

/// A state with its place in the tree.
pub(super) struct State {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) parent: usize,
    pub(super) depth: usize,
    pub(super) children: Vec<usize>,
    /// Where the state is entered, if it says so.
    pub(super) initial: Option<usize>,
    pub(super) docs: String,
    /// What a machine cannot have of it.
    pub(super) notes: Vec<String>,
    pub(super) transitions: Vec<Transition>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A state, with or without states inside.
    Plain,
    Parallel,
    Final,
    History {
        deep: bool,
        default: Option<usize>,
    },
}

#[derive(Clone)]
pub(super) struct Transition {
    pub(super) trigger: Trigger,
    /// None for an internal transition, several into a parallel state.
    pub(super) targets: Vec<usize>,
    pub(super) guards: Vec<String>,
    pub(super) payload: Vec<Payload>,
    pub(super) approvals: u8,
    pub(super) fallible: bool,
    pub(super) docs: String,
    pub(super) notes: Vec<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum Trigger {
    Event(String),
    /// A timeout, in milliseconds.
    After(String, u64),
    /// Taken as soon as its state is entered.
    Always,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct Payload {
    pub(super) name: String,
    pub(super) ty: String,
    pub(super) docs: String,
    pub(super) sensitive: bool,
}

impl Transition {
    pub(super) fn new(trigger: Trigger) -> Self {
        Self {
            trigger,
            targets: Vec::new(),
            guards: Vec::new(),
            payload: Vec::new(),
            approvals: 0,
            fallible: false,
            docs: String::new(),
            notes: Vec::new(),
        }
    }
}

impl Draft {
    /// A chart with no states yet.
    pub(super) fn new(format: &'static str, name: &str) -> Self {
        let root = State {
            id: name.to_owned(),
            kind: Kind::Plain,
            parent: 0,
            depth: 0,
            children: Vec::new(),
            initial: None,
            docs: String::new(),
            notes: Vec::new(),
            transitions: Vec::new(),
        };
        Self {
            format,
            name: name.to_owned(),
            docs: String::new(),
            notes: Vec::new(),
            states: vec![root],
            transitions: 0,
            falls_back: true,
        }
    }

    /// Adds a state inside `parent`.
    pub(super) fn add(
        &mut self,
        parent: usize,
        id: &str,
        kind: Kind,
        place: impl Fn() -> String,
    ) -> Result<usize, ImportError> {
        let number = self.states.len();
        if number > MAX_STATES {
            let reason = format!("the chart has more than {MAX_STATES} states: split it");
            return Err(ImportError::at(place(), reason));
        }
        let depth = self.state(parent).depth + 1;
        if depth > MAX_DEPTH {
            let reason = format!("the states are nested more than {MAX_DEPTH} deep: flatten them");
            return Err(ImportError::at(place(), reason));
        }
        self.states.push(State {
            id: id.to_owned(),
            kind,
            parent,
            depth,
            children: Vec::new(),
            initial: None,
            docs: String::new(),
            notes: Vec::new(),
            transitions: Vec::new(),
        });
        self.state_mut(parent).children.push(number);
        Ok(number)
    }

    /// Adds a transition to a state.
    pub(super) fn push(
        &mut self,
        state: usize,
        transition: Transition,
        place: impl Fn() -> String,
    ) -> Result<(), ImportError> {
        self.transitions += 1;
        if self.transitions > MAX_TRANSITIONS {
            let reason = format!("the chart has more than {MAX_TRANSITIONS} transitions: split it");
            return Err(ImportError::at(place(), reason));
        }
        self.state_mut(state).transitions.push(transition);
        Ok(())
    }

    #[expect(clippy::indexing_slicing, reason = "a number is made by `add`, or is 0")]
    pub(super) fn state(&self, number: usize) -> &State {
        &self.states[number]
    }

    #[expect(clippy::indexing_slicing, reason = "a number is made by `add`, or is 0")]
    pub(super) fn state_mut(&mut self, number: usize) -> &mut State {
        &mut self.states[number]
    }

    /// The state and all around it, the machine last.
    pub(super) fn around(&self, number: usize) -> impl Iterator<Item = usize> {
        let outwards = |state: &usize| (*state != 0).then(|| self.state(*state).parent);
        std::iter::successors(Some(number), outwards)
    }

    /// Whether `inner` is `outer`, or inside of it.
    pub(super) fn is_within(&self, inner: usize, outer: usize) -> bool {
        self.around(inner).any(|state| state == outer)
    }

    /// The history of a superstate, if it has one.
    pub(super) fn history(&self, superstate: usize) -> Option<usize> {
        let is_history = |child: &usize| matches!(self.state(*child).kind, Kind::History { .. });
        self.state(superstate).children.iter().copied().find(is_history)
    }

    /// The states inside that are no histories.
    pub(super) fn substates(&self, number: usize) -> impl Iterator<Item = usize> {
        let children = self.state(number).children.iter().copied();
        children.filter(|child| !matches!(self.state(*child).kind, Kind::History { .. }))
    }

    /// The state and what is in it, as lines of text.
    pub(super) fn outline(&self, number: usize) -> Vec<String> {
        let mut lines = Vec::new();
        let mut open = vec![(number, 0)];
        while let Some((number, depth)) = open.pop() {
            let state = self.state(number);
            let margin = "  ".repeat(depth);
            let kind = match state.kind {
                Kind::Plain => "state",
                Kind::Parallel => "parallel state",
                Kind::Final => "final state",
                Kind::History { .. } => "history",
            };
            lines.push(format!("{margin}{kind} `{}`", state.id));
            lines.extend(state.notes.iter().map(|note| format!("{margin}  {note}")));
            let transitions = state.transitions.iter();
            lines.extend(transitions.map(|one| format!("{margin}  {}", self.described(one))));
            open.extend(state.children.iter().rev().map(|child| (*child, depth + 1)));
        }
        lines
    }

    /// A transition in words.
    pub(super) fn words(&self, transition: &Transition) -> String {
        let trigger = match &transition.trigger {
            Trigger::Event(event) => format!("`{event}`"),
            Trigger::After(event, milliseconds) => {
                format!("`{event}` after {}", super::span::span(*milliseconds))
            }
            Trigger::Always => "at once".to_owned(),
        };
        let guards: Vec<_> =
            transition.guards.iter().map(|guard| format!(" if `{guard}`")).collect();
        let targets: Vec<_> =
            transition.targets.iter().map(|to| format!("`{}`", self.state(*to).id)).collect();
        let targets =
            if targets.is_empty() { String::new() } else { format!(" -> {}", targets.join(", ")) };
        format!("{trigger}{}{targets}", guards.join(""))
    }

    /// A transition in words, with what a machine cannot have of it.
    pub(super) fn described(&self, transition: &Transition) -> String {
        let notes: Vec<_> = transition.notes.iter().map(|note| format!("; {note}")).collect();
        format!("{}{}", self.words(transition), notes.join(""))
    }
}
