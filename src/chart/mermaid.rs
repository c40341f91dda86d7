//! A chart as a Mermaid state diagram.

use core::fmt::{self, Display, Formatter};

use super::words::{self, everywhere_words, signature};
use super::{Chart, Clause, State, Target, Trail};

impl Chart {
    /// The chart as a Mermaid `stateDiagram-v2`, without a line break at its end.
    #[must_use]
    pub fn mermaid(&self) -> Mermaid<'_> {
        Mermaid { chart: self, trail: None }
    }
}

/// Displays a chart as a Mermaid state diagram.
#[derive(Debug, Clone, Copy)]
pub struct Mermaid<'a> {
    chart: &'a Chart,
    trail: Option<&'a Trail>,
}

impl<'a> Mermaid<'a> {
    /// Marks a run: its present state has the class `present`, the other states of its path have `visited`, and the labels of
    /// the arrows it took begin with `✓`. Mermaid gives no class to arrows of state diagrams, nor to superstates.
    #[must_use]
    pub fn with_trail(self, trail: impl Into<Option<&'a Trail>>) -> Self {
        Self { trail: trail.into(), ..self }
    }
}

impl Display for Mermaid<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let chart = self.chart;
        write!(f, "---\ntitle: {}\n---\nstateDiagram-v2", chart.name())?;
        self.states(f, None, 1)?;
        write!(f, "\n    [*] --> {}", Id(chart.initial()))?;
        for (number, event) in (0..).zip(chart.events()) {
            if event.is_internal() {
                continue;
            }
            for clause in event.clauses() {
                for from in clause.from() {
                    self.arrows(f, number, clause, *from)?;
                }
            }
        }
        for state in chart.states().iter().filter(|state| state.is_final()) {
            write!(f, "\n    {} --> [*]", Id(state))?;
        }
        self.notes(f)?;
        self.classes(f)
    }
}

impl Mermaid<'_> {
    /// The states and superstates directly within `parent`.
    fn states(self, f: &mut Formatter<'_>, parent: Option<u16>, depth: usize) -> fmt::Result {
        let chart = self.chart;
        let margin = "    ".repeat(depth);
        let count = chart.states().len();
        for (number, state) in (0..).zip(chart.states().iter().chain(chart.superstates())) {
            if state.parent() != parent {
                continue;
            }
            if usize::from(number) < count {
                self.describe(f, &margin, number, state)?;
            } else {
                write!(f, "\n{margin}state \"{}\" as {} {{", self.title(number, state), Id(state))?;
                self.states(f, Some(number), depth + 1)?;
                write!(f, "\n{margin}}}")?;
            }
        }
        Ok(())
    }

    fn describe(
        self,
        f: &mut Formatter<'_>,
        margin: &str,
        number: u16,
        state: &State,
    ) -> fmt::Result {
        let id = Id(state);
        write!(f, "\n{margin}state \"{}\" as {id}", state.wire())?;
        let docs = summary(state.docs());
        if !docs.is_empty() {
            write!(f, "\n{margin}{id}: {docs}")?;
        }
        for task in self.tasks(number) {
            write!(f, "\n{margin}{id}: {task}")?;
        }
        Ok(())
    }

    /// The title of a superstate, which has no lines of its own.
    fn title(self, number: u16, state: &State) -> String {
        let mut lines = vec![summary(state.docs())];
        lines.extend(self.tasks(number));
        lines.retain(|line| !line.is_empty());
        if lines.is_empty() {
            state.wire().to_owned()
        } else {
            format!("{}#58; {}", state.wire(), lines.join(" / "))
        }
    }

    fn tasks(self, number: u16) -> impl Iterator<Item = String> {
        let chart = self.chart;
        chart.tasks_of(number).map(|task| escaped(&format!("does {}", chart.task_words(task))))
    }

    fn arrows(self, f: &mut Formatter<'_>, number: u16, clause: &Clause, from: u16) -> fmt::Result {
        let chart = self.chart;
        let Some(event) = chart.events().get(usize::from(number)) else { return Ok(()) };
        let id = Id(chart.state(from));
        let label = escaped(&words::label(event, clause));
        let mark = |target| {
            let trail = self.trail.filter(|trail| trail.takes(chart, number, clause, from, target));
            if trail.is_some() { "✓ " } else { "" }
        };
        if clause.is_internal() {
            write!(f, "\n    {id} --> {id}: {}{label} (stays)", mark(None))?;
        }
        for target in clause.to() {
            let (to, kind) = match target {
                Target::State(to) => (to, ""),
                Target::History(to) => (to, " (history)"),
            };
            let to = Id(chart.state(*to));
            write!(f, "\n    {id} --> {to}: {}{label}{kind}", mark(Some(*target)))?;
        }
        Ok(())
    }

    /// The internal transitions, in a note at the initial state where they hold in each state, else at their own.
    fn notes(self, f: &mut Formatter<'_>) -> fmt::Result {
        let chart = self.chart;
        let everywhere: Vec<_> =
            chart.everywhere().map(|event| escaped(&signature(event))).collect();
        if !everywhere.is_empty() {
            write!(f, "\n    note right of {}", Id(chart.initial()))?;
            let states = everywhere_words(chart);
            write!(f, "\n        In {states}: {}", everywhere.join(", "))?;
            write!(f, "\n    end note")?;
        }
        for (leaf, state) in chart.open_leaves() {
            let own = chart.staying_in(leaf);
            let own: Vec<_> =
                own.map(|(event, clause)| escaped(&words::label(event, clause))).collect();
            if !own.is_empty() {
                write!(f, "\n    note left of {}", Id(state))?;
                write!(f, "\n        Here: {}", own.join(", "))?;
                write!(f, "\n    end note")?;
            }
        }
        Ok(())
    }

    /// The classes of the states of a run.
    fn classes(self, f: &mut Formatter<'_>) -> fmt::Result {
        let Some(trail) = self.trail else { return Ok(()) };
        f.write_str(
            "\n    classDef present fill:#bfdbfe,stroke:#1d4ed8,stroke-width:3px,color:#0f172a",
        )?;
        f.write_str("\n    classDef visited stroke:#1d4ed8,stroke-width:2px")?;
        for (number, state) in (0..).zip(self.chart.states()) {
            let Some(class) = trail.mark(self.chart, number) else { continue };
            write!(f, "\n    class {} {class}", Id(state))?;
        }
        Ok(())
    }
}

/// Keywords of Mermaid, in any case, which cannot be the id of a state.
const RESERVED: [&str; 12] = [
    "ACCDESCR",
    "ACCTITLE",
    "CLASS",
    "CLASSDEF",
    "CLICK",
    "DEFAULT",
    "HREF",
    "NOTE",
    "SCALE",
    "STATE",
    "STATEDIAGRAM",
    "STYLE",
];

/// The id of a state.
struct Id<'a>(&'a State);

impl Display for Id<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let name = self.0.wire();
        let apart = if RESERVED.contains(&name) { "_" } else { "" };
        write!(f, "{name}{apart}")
    }
}

/// The first paragraph, on one line.
fn summary(docs: &str) -> String {
    escaped(&words::summary(docs))
}

/// A text in which nothing is Mermaid's: what would be is written as an entity.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut last = ' ';
    for (place, c) in text.char_indices() {
        match c {
            '"' | '#' | ';' | ':' | '<' | '>' | '{' | '}' | '%' | '\\' => entity(&mut escaped, c),
            '[' if last == '[' => entity(&mut escaped, c),
            _ if begins_direction(text, place) => entity(&mut escaped, c),
            '\n' | '\r' => escaped.push(' '),
            c => escaped.push(c),
        }
        last = c;
    }
    escaped
}

fn entity(escaped: &mut String, c: char) {
    escaped.extend(["#", &u32::from(c).to_string(), ";"]);
}

/// Whether the text has there the words `direction LR`, or of another direction: Mermaid takes them for a statement anywhere
/// in a line.
fn begins_direction(text: &str, place: usize) -> bool {
    const WORD: &str = "direction";
    let Some(rest) = text.get(place..) else { return false };
    if !rest.get(..WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD)) {
        return false;
    }
    let after = rest.get(WORD.len()..).unwrap_or_default().trim_start();
    let is_at = |name: &&str| after.get(..2).is_some_and(|word| word.eq_ignore_ascii_case(name));
    ["TB", "BT", "RL", "LR"].iter().any(is_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Event, Parameter};

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
            Event::new("close", "", &[], &[Clause::new(&[3], &[Target::State(2)]).by_human(1)]),
            Event::new("end", "", &[], &[Clause::new(&[3], &[Target::State(2)]).by_human(2)]),
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
    IN_REVIEW --> DEFAULT_: close() by human
    IN_REVIEW --> DEFAULT_: end() by human ×2
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
