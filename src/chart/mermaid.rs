//! A chart as a Mermaid state diagram.

use core::fmt::{self, Display, Formatter};

use super::{Chart, Clause, Event, State, Target};

impl Chart {
    /// The chart as a Mermaid `stateDiagram-v2`, without a line break at its end.
    #[must_use]
    pub fn mermaid(&self) -> Mermaid<'_> {
        Mermaid(self)
    }
}

/// Displays a chart as a Mermaid state diagram.
#[derive(Debug, Clone, Copy)]
pub struct Mermaid<'a>(&'a Chart);

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(chart) = *self;
        write!(f, "---\ntitle: {}\n---\nstateDiagram-v2", chart.name())?;
        self.states(f, None, 1)?;
        write!(f, "\n    [*] --> {}", Id(chart.initial()))?;
        for event in chart.events().iter().filter(|event| !event.is_internal()) {
            for clause in event.clauses() {
                for from in clause.from() {
                    self.arrows(f, event, clause, *from)?;
                }
            }
        }
        for state in chart.states().iter().filter(|state| state.is_final()) {
            write!(f, "\n    {} --> [*]", Id(state))?;
        }
        self.notes(f)
    }
}

impl Mermaid<'_> {
    /// The states and superstates directly within `parent`.
    fn states(self, f: &mut Formatter<'_>, parent: Option<u16>, depth: usize) -> fmt::Result {
        let Self(chart) = self;
        let margin = "    ".repeat(depth);
        let count = chart.states().len();
        for (number, state) in (0..).zip(chart.states().iter().chain(chart.superstates())) {
            if state.parent() != parent {
                continue;
            }
            if usize::from(number) < count {
                describe(f, &margin, state)?;
            } else {
                write!(f, "\n{margin}state \"{}\" as {} {{", title(state), Id(state))?;
                self.states(f, Some(number), depth + 1)?;
                write!(f, "\n{margin}}}")?;
            }
        }
        Ok(())
    }

    fn arrows(
        self,
        f: &mut Formatter<'_>,
        event: &Event,
        clause: &Clause,
        from: u16,
    ) -> fmt::Result {
        let Self(chart) = self;
        let from = Id(chart.state(from));
        let label = label(event, clause);
        if clause.is_internal() {
            write!(f, "\n    {from} --> {from}: {label} (stays)")?;
        }
        for target in clause.to() {
            match target {
                Target::State(to) => {
                    write!(f, "\n    {from} --> {}: {label}", Id(chart.state(*to)))?;
                }
                Target::History(to) => {
                    write!(f, "\n    {from} --> {}: {label} (history)", Id(chart.state(*to)))?;
                }
            }
        }
        Ok(())
    }

    /// The internal transitions, in a note at the initial state where they hold in each state, else at their own.
    fn notes(self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(chart) = self;
        let open = || (0..).zip(chart.states()).filter(|(_, state)| !state.is_final());
        let internal = || chart.events().iter().filter(|event| event.is_internal());
        let everywhere =
            |event: &&Event| open().all(|(number, _)| chart.clause(number, event).is_some());
        let holds: Vec<String> = internal().filter(everywhere).map(signature).collect();
        if !holds.is_empty() {
            write!(f, "\n    note right of {}", Id(chart.initial()))?;
            let ends = chart.states().iter().any(State::is_final);
            let states = if ends { "every state that is not final" } else { "every state" };
            write!(f, "\n        In {states}: {}", holds.join(", "))?;
            write!(f, "\n    end note")?;
        }
        for (number, state) in open() {
            let own = internal().filter(|event| !everywhere(event));
            let own = own.filter(|event| chart.clause(number, event).is_some());
            let own: Vec<String> = own.map(signature).collect();
            if !own.is_empty() {
                write!(f, "\n    note left of {}", Id(state))?;
                write!(f, "\n        Here: {}", own.join(", "))?;
                write!(f, "\n    end note")?;
            }
        }
        Ok(())
    }
}

/// Keywords of Mermaid, in any case, which cannot be the id of a state.
const RESERVED: [&str; 8] =
    ["CLASS", "CLASSDEF", "CLICK", "DEFAULT", "NOTE", "SCALE", "STATE", "STYLE"];

/// The id of a state.
struct Id<'a>(&'a State);

impl Display for Id<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.wire();
        let apart = if RESERVED.contains(&name) { "_" } else { "" };
        write!(f, "{name}{apart}")
    }
}

fn describe(f: &mut Formatter<'_>, margin: &str, state: &State) -> fmt::Result {
    let (name, id) = (state.wire(), Id(state));
    write!(f, "\n{margin}state \"{name}\" as {id}")?;
    let docs = summary(state.docs());
    if docs.is_empty() { Ok(()) } else { write!(f, "\n{margin}{id}: {docs}") }
}

fn title(state: &State) -> String {
    let docs = summary(state.docs());
    if docs.is_empty() { state.wire().to_owned() } else { format!("{}#58; {docs}", state.wire()) }
}

fn label(event: &Event, clause: &Clause) -> String {
    let mut label = signature(event);
    if !clause.guards().is_empty() {
        label = format!("{label} [{}]", clause.guards().join(", "));
    }
    match clause.approvals() {
        0 => {}
        1 => label.push_str(" by human"),
        people => label = format!("{label} by human ×{people}"),
    }
    if let Some(after) = clause.after() {
        label = format!("{label} after {after:?}");
    }
    escaped(&label)
}

fn signature(event: &Event) -> String {
    let payload: Vec<_> = event
        .payload()
        .iter()
        .map(|one| format!("{}{}", one.name(), if one.is_optional() { "?" } else { "" }))
        .collect();
    format!("{}({})", event.name(), payload.join(", "))
}

/// The first paragraph, on one line.
fn summary(docs: &str) -> String {
    let lines = docs.trim().lines().take_while(|line| !line.trim().is_empty());
    escaped(&lines.map(str::trim).collect::<Vec<_>>().join(" "))
}

/// A text in which nothing is Mermaid's: what would be is written as an entity.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | ';' | ':' | '<' | '>' | '{' | '}' | '%' | '\\' => {
                escaped.extend(["#", &u32::from(c).to_string(), ";"]);
            }
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Parameter;

    const CHART: Chart = Chart::new("Release", "", 0)
        .with_states(
            &[
                State::new("Draft", "DRAFT", "Say \"hi\"; then\nwait.\n\nMore."),
                State::new("Reading", "READING", "").with_parent(3),
                State::new("Default", "DEFAULT", "").final_state(),
            ],
            &[State::new("InReview", "IN_REVIEW", "Someone looks.")],
        )
        .with_events(&[
            Event::new(
                "submit",
                "",
                &[
                    Parameter::new("summary", "String", ""),
                    Parameter::new("to", "u8", "").optional(),
                ],
                &[Clause::new(&[0], &[Target::State(1)])],
            ),
            Event::new("back", "", &[], &[Clause::new(&[2], &[Target::History(3)])]),
            Event::new("drop", "", &[], &[Clause::new(&[0, 3], &[Target::State(2)])]),
            Event::new("remark", "", &[], &[Clause::new(&[3], &[])]),
            Event::new("log", "", &[], &[Clause::new(&[0, 1], &[])]),
        ]);

    #[test]
    fn a_diagram() {
        let expected = "\
---
title: Release
---
stateDiagram-v2
    state \"DRAFT\" as DRAFT
    DRAFT: Say #34;hi#34;#59; then wait.
    state \"DEFAULT\" as DEFAULT_
    state \"IN_REVIEW#58; Someone looks.\" as IN_REVIEW {
        state \"READING\" as READING
    }
    [*] --> DRAFT
    DRAFT --> READING: submit(summary, to?)
    DEFAULT_ --> IN_REVIEW: back() (history)
    DRAFT --> DEFAULT_: drop()
    IN_REVIEW --> DEFAULT_: drop()
    DEFAULT_ --> [*]
    note right of DRAFT
        In every state that is not final: log()
    end note
    note left of READING
        Here: remark()
    end note";
        assert_eq!(CHART.mermaid().to_string(), expected);
    }
}
