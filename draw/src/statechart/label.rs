//! The words at arrows and in states.

use super::Transition;
use crate::graph::{Line, Style};

/// The label of an arrow: the event, then what else has to hold.
pub(super) fn lines(transition: &Transition) -> Vec<Line> {
    let mut lines = vec![Line::new(Style::Event, &transition.event)];
    lines.extend(conditions(transition).into_iter().map(|text| Line::new(Style::Detail, text)));
    lines
}

/// A transition that stays in its state, on one line.
pub(super) fn within(transition: &Transition) -> String {
    let conditions = conditions(transition);
    if conditions.is_empty() {
        transition.event.clone()
    } else {
        format!("{} {}", transition.event, conditions.join(" "))
    }
}

fn conditions(transition: &Transition) -> Vec<String> {
    let mut conditions = Vec::new();
    if !transition.after.is_empty() {
        conditions.push(format!("after {}", transition.after));
    }
    match transition.approvals {
        0 => {}
        1 => conditions.push("by human".to_owned()),
        people => conditions.push(format!("by {people} humans")),
    }
    conditions.extend(transition.guards.iter().map(|guard| format!("[{guard}]")));
    conditions
}

/// The event with what it carries.
pub(super) fn signature(transition: &Transition) -> String {
    format!("{}({})", transition.event, transition.payload.join(", "))
}

/// A name with the first paragraph of its documentation.
pub(super) fn tooltip(name: &str, docs: &str) -> String {
    let lines = docs.trim().lines().take_while(|line| !line.trim().is_empty());
    let summary = lines.map(str::trim).collect::<Vec<_>>().join(" ");
    if summary.is_empty() { name.to_owned() } else { format!("{name}: {summary}") }
}
