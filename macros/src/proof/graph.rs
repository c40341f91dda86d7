//! A machine's graph and its properties, as the engine takes them, and what it answers.

/// A leaf by its place among the leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Leaf(pub(crate) usize);

/// An event; equal numbers are one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Event(pub(crate) usize);

/// A clause of an event: what a violation blames.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Clause(pub(crate) usize);

/// A history by its place in [`Graph::histories`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct HistoryId(pub(crate) usize);

/// The graph of a machine. Every number in it is a place in its own lists, else the engine panics.
#[derive(Debug, Clone)]
pub(crate) struct Graph {
    /// The leaf in which a machine starts.
    pub(crate) initial: Leaf,
    /// For each leaf, whether it is final.
    pub(crate) is_final: Vec<bool>,
    /// The superstates that some transition targets by history.
    pub(crate) histories: Vec<History>,
    pub(crate) transitions: Vec<Transition>,
}

/// What a superstate remembers: the leaf from which it was last left, by a transition from a leaf inside to one outside.
/// Coming back by history clears the memory; entering the superstate in another way does not change it.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// All leaves inside, at any depth.
    pub(crate) leaves: Vec<Leaf>,
    /// Where history leads while nothing is remembered.
    pub(crate) default: Leaf,
}

/// What one event does in one leaf.
#[derive(Debug, Clone)]
pub(crate) struct Transition {
    pub(crate) from: Leaf,
    pub(crate) event: Event,
    pub(crate) clause: Clause,
    /// One target, or each branch of a choice. None where the transition is internal: that leads nowhere.
    pub(crate) targets: Vec<Target>,
    /// Whether a guard, a `Result` or a gate may refuse it.
    pub(crate) refusable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Leaf(Leaf),
    History(HistoryId),
}

/// A claim about the graph. A superstate is given as the leaves inside.
#[derive(Debug, Clone)]
pub(crate) enum Property {
    /// Each path to `to` takes the event, or visits the state, its two ends included.
    ///
    /// Paths begin in the initial state, and the path of no step is one of them; or they begin with a step from `from`
    /// wherever that is reached, so that `from` and `to` may share leaves.
    Through { from: Option<Vec<Leaf>>, to: Vec<Leaf>, through: Through },
    /// No path of one step or more leads from `from` to `to`.
    Never { from: Vec<Leaf>, to: Vec<Leaf> },
    /// From each reachable state that is not final `to` can be reached by transitions that are not refusable, whatever
    /// their choices choose.
    AlwaysReachable { to: Vec<Leaf> },
}

#[derive(Debug, Clone)]
pub(crate) enum Through {
    Event(Event),
    States(Vec<Leaf>),
}

/// How a property is violated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The shortest path from the initial state that shows it, the first in the order of the declaration: to the end of the
    /// path that is forbidden, or to the state from which there is no way.
    ///
    /// It is empty where the initial state itself is at fault.
    pub(crate) path: Vec<Step>,
    /// The clause to blame, one of the path's; `None` where the path is empty.
    ///
    /// It is the one without which the property would hold; of several such the one without which the fewest leaves would
    /// be unreachable, and of those the last. Where no single clause repairs the property it is the path's last.
    pub(crate) blame: Option<Clause>,
}

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) from: Leaf,
    pub(crate) event: Event,
    pub(crate) clause: Clause,
    pub(crate) to: Leaf,
}
