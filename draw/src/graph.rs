//! What is drawn: states within states, and arrows between them.

/// A graph of states. Its parts refer to each other by their places in the lists.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Graph {
    /// The heading, of the machine's name.
    pub title: String,
    /// Remarks below the heading: what holds in every state.
    pub notes: Vec<String>,
    /// The states, and the marks that are drawn like states.
    pub nodes: Vec<Node>,
    /// The arrows.
    pub edges: Vec<Edge>,
}

/// A state or a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is, which is how it is drawn.
    pub kind: NodeKind,
    /// The place of the superstate around it.
    pub parent: Option<usize>,
    /// Its text: first the name, then details.
    pub lines: Vec<Line>,
    /// What a pointer over it shows.
    pub tooltip: String,
    /// Whether the run that is drawn is in this state.
    pub is_present: bool,
}

/// Kinds of nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// The dot from which the arrow to the initial state starts.
    Initial,
    /// The mark of a superstate's history, to which arrows lead.
    History,
    /// A state.
    State,
    /// A final state, with a double border.
    Final,
    /// A superstate, with its states inside.
    Superstate,
}

/// An arrow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The place of the node from which it starts.
    pub from: usize,
    /// The place of the node to which it leads.
    pub to: usize,
    /// What causes the transition.
    pub kind: EdgeKind,
    /// Its label, which is empty for the arrow of the initial state.
    pub lines: Vec<Line>,
    /// What a pointer over it shows.
    pub tooltip: String,
    /// Whether the run that is drawn took this transition.
    pub is_taken: bool,
}

/// Kinds of arrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EdgeKind {
    /// The arrow to the initial state.
    Start,
    /// An event that a caller causes.
    Event,
    /// An event about which people decide.
    Gate,
    /// A timeout.
    Timeout,
    /// The end of a task.
    Outcome,
}

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The text.
    pub text: String,
    /// Its weight.
    pub style: Style,
}

/// Weights of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// The machine's name.
    Title,
    /// The name of a state.
    Name,
    /// The name of an event.
    Event,
    /// What is said in addition: guards, times, tasks.
    Detail,
}

impl Line {
    /// A line in this style.
    #[must_use]
    pub fn new(style: Style, text: impl Into<String>) -> Self {
        Self { text: text.into(), style }
    }
}

impl Graph {
    /// What the picture shows, in words: each arrow on its own.
    pub(crate) fn summary(&self) -> String {
        let name = |node: usize| {
            let line = self.nodes.get(node).and_then(|node| node.lines.first());
            line.map_or("start", |line| line.text.as_str())
        };
        let arrows = self.edges.iter().map(|edge| {
            let words: Vec<&str> = edge.lines.iter().map(|line| line.text.as_str()).collect();
            let by =
                if words.is_empty() { String::new() } else { format!(" by {}", words.join(" ")) };
            format!("{} to {}{by}.", name(edge.from), name(edge.to))
        });
        arrows.collect::<Vec<_>>().join(" ")
    }

    /// The superstates around a node, from the inside out.
    pub(crate) fn around(&self, node: usize) -> impl Iterator<Item = usize> + '_ {
        core::iter::successors(self.parent(node), |outer| self.parent(*outer))
    }

    fn parent(&self, node: usize) -> Option<usize> {
        self.nodes.get(node)?.parent
    }
}
