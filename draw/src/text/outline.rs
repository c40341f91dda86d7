//! A graph as an outline, where a drawing would be too wide.

use super::canvas::{Ink, styled};
use super::ink;
use crate::graph::{Graph, NodeKind};

/// Each state with the arrows that leave it.
pub(super) fn outline(graph: &Graph, has_colours: bool) -> String {
    let mut lines = vec![styled(&graph.title, Ink::Bold, has_colours)];
    lines.extend(graph.notes.iter().map(|note| styled(note, Ink::Faint, has_colours)));
    lines.push(String::new());
    level(graph, None, "", has_colours, &mut lines);
    lines.join("\n")
}

/// The states directly inside `parent`.
fn level(
    graph: &Graph,
    parent: Option<usize>,
    margin: &str,
    has_colours: bool,
    out: &mut Vec<String>,
) {
    for (number, node) in graph.nodes.iter().enumerate() {
        let is_mark = matches!(node.kind, NodeKind::Initial | NodeKind::History);
        if node.parent != parent || is_mark {
            continue;
        }
        let texts: Vec<&str> = node.lines.iter().map(|line| line.text.as_str()).collect();
        let (name, details) =
            texts.split_first().map_or(("", &[][..]), |(name, rest)| (*name, rest));
        let is_initial = graph.edges.iter().any(|edge| {
            edge.to == number
                && graph.nodes.get(edge.from).is_some_and(|from| from.kind == NodeKind::Initial)
        });
        let sign = match node.kind {
            _ if node.is_present => "▶ ",
            NodeKind::Final => "◎ ",
            NodeKind::Superstate => "▣ ",
            _ if is_initial => "● ",
            _ => "○ ",
        };
        let own = if node.is_present { Ink::Marked } else { Ink::Bold };
        out.push(format!("{margin}{sign}{}", styled(name, own, has_colours)));
        let details = details.iter().map(|detail| styled(detail, Ink::Faint, has_colours));
        out.extend(details.map(|detail| format!("{margin}  {detail}")));
        for edge in graph.edges.iter().filter(|edge| edge.from == number) {
            let words: Vec<&str> = edge.lines.iter().map(|line| line.text.as_str()).collect();
            let taken = if edge.is_taken { "✓ " } else { "" };
            let label = styled(&format!("{taken}{}", words.join(" ")), ink(edge), has_colours);
            out.push(format!("{margin}  {label} → {}", target(graph, edge.to)));
        }
        if node.kind == NodeKind::Superstate {
            level(graph, Some(number), &format!("{margin}  "), has_colours, out);
        }
    }
}

/// The name of a state, or of the superstate whose history is recalled.
fn target(graph: &Graph, node: usize) -> String {
    let name = |node: usize| {
        let line = graph.nodes.get(node).and_then(|node| node.lines.first());
        line.map_or("", |line| line.text.as_str())
    };
    match graph.nodes.get(node) {
        Some(mark) if mark.kind == NodeKind::History => {
            format!("{} (history)", mark.parent.map_or("", name))
        }
        _ => name(node).to_owned(),
    }
}
