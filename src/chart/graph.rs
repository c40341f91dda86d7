//! States, events, and the clauses that join them.

use core::time::Duration;

use super::Parameter;

/// A leaf or a superstate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    name: &'static str,
    wire: &'static str,
    docs: &'static str,
    parent: Option<u16>,
    default: Option<u16>,
    is_final: bool,
    sensitive: &'static [&'static str],
}

impl State {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, wire: &'static str, docs: &'static str) -> Self {
        Self { name, wire, docs, parent: None, default: None, is_final: false, sensitive: &[] }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_parent(mut self, parent: u16) -> Self {
        self.parent = Some(parent);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_default(mut self, leaf: u16) -> Self {
        self.default = Some(leaf);
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn final_state(mut self) -> Self {
        self.is_final = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_sensitive(mut self, fields: &'static [&'static str]) -> Self {
        self.sensitive = fields;
        self
    }

    /// The name in Rust: `InReview`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name on the wire: `IN_REVIEW`.
    #[must_use]
    pub const fn wire(&self) -> &'static str {
        self.wire
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The number of the superstate around this state.
    #[must_use]
    pub const fn parent(&self) -> Option<u16> {
        self.parent
    }

    /// For a superstate with a `default`, the number of the leaf to which `History` leads while no leaf inside was left.
    #[must_use]
    pub const fn default_leaf(&self) -> Option<u16> {
        self.default
    }

    /// Whether a machine in this state has ended.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        self.is_final
    }

    /// The fields of the state's data that are marked `#[sensitive]`, by their names on the wire. Their values are recorded,
    /// and shown nowhere.
    #[must_use]
    pub const fn sensitive(&self) -> &'static [&'static str] {
        self.sensitive
    }
}

/// An event, with all of its clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    name: &'static str,
    docs: &'static str,
    payload: &'static [Parameter],
    clauses: &'static [Clause],
}

impl Event {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        payload: &'static [Parameter],
        clauses: &'static [Clause],
    ) -> Self {
        Self { name, docs, payload, clauses }
    }

    /// The name, as in Rust and on the wire: `submit`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The documentation, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The payload.
    #[must_use]
    pub const fn payload(&self) -> &'static [Parameter] {
        self.payload
    }

    /// What the event does, by source. The sources of two clauses do not overlap, except that a child's clause overrides
    /// that of its superstate.
    #[must_use]
    pub const fn clauses(&self) -> &'static [Clause] {
        self.clauses
    }

    /// Whether every clause is internal, so that the event never leaves a state.
    #[must_use]
    pub fn is_internal(&self) -> bool {
        self.clauses.iter().all(Clause::is_internal)
    }
}

/// What one event does in some of the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clause {
    docs: &'static str,
    from: &'static [u16],
    to: &'static [Target],
    guards: &'static [&'static str],
    fallible: bool,
    approvals: u8,
    after: Option<Duration>,
}

impl Clause {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(from: &'static [u16], to: &'static [Target]) -> Self {
        Self { docs: "", from, to, guards: &[], fallible: false, approvals: 0, after: None }
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn fallible(mut self) -> Self {
        self.fallible = true;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_docs(mut self, docs: &'static str) -> Self {
        self.docs = docs;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn with_guards(mut self, guards: &'static [&'static str]) -> Self {
        self.guards = guards;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn by_human(mut self, approvals: u8) -> Self {
        self.approvals = approvals;
        self
    }

    #[doc(hidden)]
    #[must_use]
    pub const fn after_milliseconds(mut self, milliseconds: u64) -> Self {
        self.after = Some(Duration::from_millis(milliseconds));
        self
    }

    /// What the clause's own documentation adds to that of the event, or the empty string.
    #[must_use]
    pub const fn docs(&self) -> &'static str {
        self.docs
    }

    /// The numbers of the states and superstates in which the clause holds.
    #[must_use]
    pub const fn from(&self) -> &'static [u16] {
        self.from
    }

    /// The targets; none for an internal transition.
    #[must_use]
    pub const fn to(&self) -> &'static [Target] {
        self.to
    }

    /// The names of the guards, each of which must agree.
    #[must_use]
    pub const fn guards(&self) -> &'static [&'static str] {
        self.guards
    }

    /// Whether the handler may fail, so that the machine stays where it is.
    #[must_use]
    pub const fn is_fallible(&self) -> bool {
        self.fallible
    }

    /// Whether the machine stays in its state: no exit, no entry.
    #[must_use]
    pub const fn is_internal(&self) -> bool {
        self.to.is_empty()
    }

    /// Who may cause the transition.
    #[must_use]
    pub const fn by(&self) -> Initiator {
        if self.approvals == 0 { Initiator::Anyone } else { Initiator::Human }
    }

    /// How many different people have to approve: 1 for `by = human`, 2 for `by = human(2)`, 0 where anyone may cause the
    /// transition.
    #[must_use]
    pub const fn approvals(&self) -> u8 {
        self.approvals
    }

    /// For a timeout, how long after the entry of its source it falls due.
    #[must_use]
    pub const fn after(&self) -> Option<Duration> {
        self.after
    }
}

/// Where a clause leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// The leaf with this number.
    State(u16),
    /// The leaf of the superstate with this number that was last left.
    History(u16),
}

/// Who may cause a transition. The chart declares it; a run enforces it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Initiator {
    /// Any caller.
    #[default]
    Anyone,
    /// A person.
    Human,
}
