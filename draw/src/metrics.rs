//! Lengths of a drawing: pixels of a picture, or cells of a terminal.

use crate::graph::Line;

/// All lengths that the layout needs, in one unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Metrics {
    /// Width and height of a line of text.
    pub(crate) line: fn(&Line) -> (i32, i32),
    /// Between the border of a state and its text.
    pub(crate) padding: (i32, i32),
    /// Between the border of a superstate and what is inside.
    pub(crate) margin: (i32, i32),
    /// Size of the initial dot.
    pub(crate) dot: (i32, i32),
    /// Size of the mark of a history.
    pub(crate) history: (i32, i32),
    /// Least width of a state.
    pub(crate) least_width: i32,
    /// Between two arrows at one side of a state, at least.
    pub(crate) ports: i32,
    /// Free space beside a node, a label, and a line; between two, the larger.
    pub(crate) around: Around,
    /// Between two horizontal lines.
    pub(crate) track: i32,
    /// From a node down to the first horizontal line.
    pub(crate) leave: i32,
    /// From the last horizontal line down to a node.
    pub(crate) arrive: i32,
    /// Between layers that no horizontal line separates.
    pub(crate) channel: i32,
    /// From the side of a node to the line of a self-transition.
    pub(crate) loops: i32,
    /// From the line of a self-transition to its label.
    pub(crate) loop_label: i32,
}

/// Free space beside things.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around {
    pub(crate) node: i32,
    pub(crate) label: i32,
    pub(crate) line: i32,
}

impl Metrics {
    /// Width and height of some lines, one below the other.
    pub(crate) fn lines(&self, lines: &[Line]) -> (i32, i32) {
        lines.iter().map(self.line).fold((0, 0), |(w, h), line| (w.max(line.0), h + line.1))
    }
}

/// A count as a length.
pub(crate) fn int(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
