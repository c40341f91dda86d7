//! The words at arrows and in states.

use core::time::Duration;

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

/// What has to hold besides the event.
pub(super) fn conditions(transition: &Transition) -> Vec<String> {
    let mut conditions = Vec::new();
    if let Some(after) = transition.after {
        conditions.push(format!("after {}", span(after)));
    }
    match transition.approvals {
        0 => {}
        1 => conditions.push("by human".to_owned()),
        people => conditions.push(format!("by human ×{people}")),
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

/// A duration as a person writes it, in the largest unit that gives a whole number: `14d`, `36h`, `90s`.
fn span(duration: Duration) -> String {
    const UNITS: [(u128, &str); 4] =
        [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")];
    let milliseconds = duration.as_millis();
    let is_whole =
        |(unit, _): &&(u128, &str)| milliseconds > 0 && milliseconds.is_multiple_of(*unit);
    let (unit, sign) = UNITS.iter().find(is_whole).copied().unwrap_or((1, "ms"));
    format!("{}{sign}", milliseconds / unit)
}

/// Names after a heading, on lines of a moderate width.
pub(super) fn wrapped(heading: &str, names: &[&str]) -> Vec<String> {
    const WIDTH: usize = 88;
    let mut lines = vec![heading.to_owned()];
    for (number, name) in names.iter().enumerate() {
        let comma = if number + 1 < names.len() { "," } else { "" };
        if let Some(line) = lines.last_mut() {
            if line.len() + name.len() < WIDTH {
                let apart = if line.ends_with(' ') { "" } else { " " };
                *line = format!("{line}{apart}{name}{comma}");
            } else {
                lines.push(format!("{name}{comma}"));
            }
        }
    }
    lines
}
