//! The description of a machine as constant data.
//!
//! `#[machine]` emits one [`Chart`] for each machine, the constant `CHART`. It is the one source for everything that is
//! derived from a machine without running it: diagrams, lists of tools, refusals, documentation.
//!
//! States and superstates share one numbering: the leaves first, in the order of their declaration, so that a
//! leaf's number is its place in the generated `StateName`, then the superstates.

#[cfg(feature = "server")]
pub mod dot;
#[cfg(feature = "server")]
pub mod mermaid;
#[cfg(feature = "server")]
pub mod picture;
#[cfg(feature = "server")]
pub mod scxml;
#[cfg(feature = "server")]
pub mod xstate;

#[cfg(feature = "serde")]
mod diff;
#[cfg(feature = "serde")]
mod document;
mod fingerprint;
mod graph;
#[cfg(feature = "server")]
mod placement;
mod questions;
#[cfg(feature = "serde")]
mod span;
mod task;
#[cfg(feature = "serde")]
mod trail;
#[cfg(feature = "server")]
mod words;

#[cfg(feature = "serde")]
pub use self::diff::{ChangeKind, ChartChange, ChartDiff};
#[cfg(feature = "serde")]
pub use self::document::{
    ClauseDocument, Document, EventDocument, ParameterDocument, QuestionDocument, StateDocument,
    StepDocument, TaskDocument, TrailDocument,
};
pub use self::graph::{Clause, Event, Initiator, State, Target};
pub use self::questions::{Parameter, Prompt, Query};
pub use self::task::Task;
#[cfg(feature = "serde")]
pub use self::trail::{Step, Trail};

/// A machine: its states, events, queries and prompts, in the order of their declaration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    name: &'static str,
    docs: &'static str,
    initial: u16,
    version: u32,
    declaration: &'static [u8; 32],
    sensitive_context: &'static [&'static str],
    states: &'static [State],
    superstates: &'static [State],
    events: &'static [Event],
    queries: &'static [Query],
    prompts: &'static [Prompt],
    tasks: &'static [Task],
    inputs: &'static [Parameter],
}

impl Chart {
    /// A machine that starts in the leaf `initial`.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, docs: &'static str, initial: u16) -> Self {
        Self {
            name,
            docs,
            initial,
            version: 1,
            declaration: &[0; 32],
            sensitive_context: &[],
            states: &[],
            superstates: &[],
            events: &[],
            queries: &[],
            prompts: &[],
            tasks: &[],
            inputs: &[],
        }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_declaration(mut self, hash: &'static [u8; 32]) -> Self {
        self.declaration = hash;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_sensitive_context(mut self, fields: &'static [&'static str]) -> Self {
        self.sensitive_context = fields;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_states(
        mut self,
        leaves: &'static [State],
        superstates: &'static [State],
    ) -> Self {
        self.states = leaves;
        self.superstates = superstates;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_events(mut self, events: &'static [Event]) -> Self {
        self.events = events;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_queries(mut self, queries: &'static [Query]) -> Self {
        self.queries = queries;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_prompts(mut self, prompts: &'static [Prompt]) -> Self {
        self.prompts = prompts;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_tasks(mut self, tasks: &'static [Task]) -> Self {
        self.tasks = tasks;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_inputs(mut self, inputs: &'static [Parameter]) -> Self {
        self.inputs = inputs;
        self
    }

    /// The machine's name, as in Rust: `Release`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The documentation of the machine's module, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The version of the machine, `#[machine(version = 3)]`; 1 if none is declared. Records keep it, and upgrades name it.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    /// The SHA-256 hash of the declaration: of the arguments of `#[machine]` and of all tokens in its module, bodies of
    /// functions included.
    ///
    /// Whitespace, comments and documentation do not count. Two machines with the same hash have the same code, as far
    /// as it is in the module: a function outside that a handler calls is not covered.
    ///
    /// ```
    /// #[leverframe::machine]
    /// pub mod counter {
    ///     #[context]
    ///     pub struct Total(pub u32);
    ///     #[state(initial)]
    ///     pub struct Counting;
    ///     #[state(final)]
    ///     pub struct Done;
    ///     #[transition(from = Counting)]
    ///     fn add(total: &mut Total) {
    ///         total.0 += 1;
    ///     }
    ///     #[transition(from = Counting)]
    ///     fn stop() -> Done {
    ///         Done
    ///     }
    /// }
    /// // Another hash, if `add` added 2.
    /// let hash: &[u8; 32] = counter::CHART.declaration();
    /// # assert_ne!(hash, &[0; 32]);
    /// ```
    #[must_use]
    pub const fn declaration(&self) -> &'static [u8; 32] {
        self.declaration
    }

    /// The fields of the context that are marked `#[sensitive]`, by their names on the wire. Their values are recorded, and
    /// shown nowhere.
    #[must_use]
    pub const fn sensitive_context(&self) -> &'static [&'static str] {
        self.sensitive_context
    }

    /// Whether anything is marked `#[sensitive]`: an argument of an event, a field of a state or of the context.
    #[must_use]
    pub fn has_sensitive(&self) -> bool {
        let mut parameters = self.events.iter().flat_map(Event::payload);
        !self.sensitive_context.is_empty()
            || self.states.iter().any(|state| !state.sensitive().is_empty())
            || parameters.any(Parameter::is_sensitive)
    }

    /// The leaf in which a new machine is.
    ///
    /// # Panics
    ///
    /// Never for a chart that `#[machine]` emitted.
    #[must_use]
    pub const fn initial(&self) -> &'static State {
        self.state(self.initial)
    }

    /// The leaves, in the order of the generated `StateName`.
    #[must_use]
    pub const fn states(&self) -> &'static [State] {
        self.states
    }

    /// The superstates.
    #[must_use]
    pub const fn superstates(&self) -> &'static [State] {
        self.superstates
    }

    /// The state or superstate with this number.
    ///
    /// # Panics
    ///
    /// Where the number is not one of this chart's.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "the panic is the contract")]
    pub const fn state(&self, number: u16) -> &'static State {
        let number = number as usize;
        if number < self.states.len() {
            &self.states[number]
        } else {
            &self.superstates[number - self.states.len()]
        }
    }

    /// The leaf that bears this name in any spelling: `InReview`, `IN_REVIEW`, `in-review`.
    #[must_use]
    pub fn state_named(&self, name: &str) -> Option<(u16, &'static State)> {
        (0..).zip(self.states).find(|(_, state)| same_name(state.name(), name))
    }

    /// The events, in the order of the generated `EventName`.
    #[must_use]
    pub const fn events(&self) -> &'static [Event] {
        self.events
    }

    /// The event that bears this name in any spelling.
    #[must_use]
    pub fn event_named(&self, name: &str) -> Option<(u16, &'static Event)> {
        (0..).zip(self.events).find(|(_, event)| same_name(event.name(), name))
    }

    /// The queries.
    #[must_use]
    pub const fn queries(&self) -> &'static [Query] {
        self.queries
    }

    /// The prompts.
    #[must_use]
    pub const fn prompts(&self) -> &'static [Prompt] {
        self.prompts
    }

    /// The tasks.
    #[must_use]
    pub const fn tasks(&self) -> &'static [Task] {
        self.tasks
    }

    /// What a run is started with: the fields of the context that are marked `#[input]`.
    #[must_use]
    pub const fn inputs(&self) -> &'static [Parameter] {
        self.inputs
    }

    /// Whether a run cannot be started without an input.
    #[must_use]
    pub fn requires_input(&self) -> bool {
        self.inputs.iter().any(|input| !input.is_optional())
    }

    /// The task with this name.
    #[must_use]
    pub fn task_named(&self, name: &str) -> Option<&'static Task> {
        self.tasks.iter().find(|task| task.name() == name)
    }

    /// Whether a caller may cause `event` while the machine is in the leaf `state`: the graph has it there, and it is neither
    /// a timeout nor the end of a task.
    #[must_use]
    pub fn is_move(&self, state: u16, event: &Event) -> bool {
        self.clause(state, event).is_some_and(|clause| clause.after().is_none())
            && self.task_ending_in(state, event).is_none()
    }

    /// Whether a caller may cause `event` in some leaf.
    #[must_use]
    pub fn has_move(&self, event: &Event) -> bool {
        (0..).zip(self.states).any(|(leaf, _)| self.is_move(leaf, event))
    }

    /// The task that may end in `event` while the machine is in the leaf `state`.
    #[must_use]
    pub fn task_ending_in(&self, state: u16, event: &Event) -> Option<&'static Task> {
        if self.tasks.is_empty() {
            return None;
        }
        let (number, _) = (0..).zip(self.events).find(|(_, known)| known.name() == event.name())?;
        let is_active = |task: &&Task| self.ancestors(state).any(|node| node == task.state());
        self.tasks.iter().filter(|task| task.ends_in(number)).find(is_active)
    }

    /// The clause by which `event` is handled in the leaf `state`: its own, else that of its nearest superstate.
    ///
    /// ```
    /// # use leverframe::chart::{Chart, Clause, Event, State, Target};
    /// # const CHART: Chart = Chart::new("Lamp", "", 0)
    /// #     .with_states(&[State::new("Off", "OFF", ""), State::new("On", "ON", "")], &[])
    /// #     .with_events(&[Event::new("press", "", &[], &[Clause::new(&[0], &[Target::State(1)])])]);
    /// assert!(CHART.clause(0, &CHART.events()[0]).is_some());
    /// assert!(CHART.clause(1, &CHART.events()[0]).is_none());
    /// ```
    #[must_use]
    pub fn clause(&self, state: u16, event: &Event) -> Option<&'static Clause> {
        self.ancestors(state).find_map(|number| {
            event.clauses().iter().find(|clause| clause.from().contains(&number))
        })
    }

    /// Whether some events are timeouts.
    #[must_use]
    pub fn has_timeouts(&self) -> bool {
        self.events.iter().flat_map(Event::clauses).any(|clause| clause.after().is_some())
    }

    /// Whether people have to decide about some events.
    #[must_use]
    pub fn has_gates(&self) -> bool {
        self.events.iter().flat_map(Event::clauses).any(|clause| clause.approvals() > 0)
    }

    /// The state or superstate in whose name a clause that holds in the leaf `state` is declared: its source.
    pub(crate) fn source(&self, state: u16, clause: &Clause) -> Option<u16> {
        self.ancestors(state).find(|node| clause.from().contains(node))
    }

    /// The name of the event with this number.
    #[cfg(feature = "serde")]
    fn event_name(&self, event: u16) -> &'static str {
        self.events.get(usize::from(event)).map_or("", Event::name)
    }

    /// Whether a clause leads to where the superstate with this number was last left.
    #[cfg(feature = "server")]
    fn has_history(&self, superstate: u16) -> bool {
        let mut targets = self.events.iter().flat_map(Event::clauses).flat_map(Clause::to);
        targets.any(|target| *target == Target::History(superstate))
    }

    /// Whether a target is the superstate `around`, or inside it.
    #[cfg(feature = "server")]
    fn is_within(&self, target: Target, around: u16) -> bool {
        let (Target::State(number) | Target::History(number)) = target;
        self.ancestors(number).any(|node| node == around)
    }

    /// The number of a leaf, then those of its superstates, from the inside out.
    pub fn ancestors(&self, state: u16) -> impl Iterator<Item = u16> + use<> {
        let chart = *self;
        core::iter::successors(Some(state), move |number| chart.state(*number).parent())
    }

    /// The events that the graph allows in the leaf `state`, with the clause of each; guards are not checked.
    pub fn allowed(
        &self,
        state: u16,
    ) -> impl Iterator<Item = (u16, &'static Event, &'static Clause)> {
        (0..).zip(self.events).filter_map(move |(number, event)| {
            self.clause(state, event).map(|clause| (number, event, clause))
        })
    }
}

/// Whether two spellings are one name: letter case, `_` and `-` do not count.
///
/// ```
/// assert!(leverframe::chart::same_name("InReview", "IN_REVIEW"));
/// assert!(!leverframe::chart::same_name("InReview", "Reviewing"));
/// ```
#[must_use]
pub fn same_name(a: &str, b: &str) -> bool {
    fn letters(name: &str) -> impl Iterator<Item = char> {
        name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase)
    }
    letters(a).eq(letters(b))
}
