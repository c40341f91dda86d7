//! A state machine as lines of text, in which a macro hands it to another.
//!
//! A line is a word and its fields, with tabulators between them; commas separate the items of a field.

use core::fmt::{self, Display, Formatter};
use core::str::FromStr;
use core::time::Duration;

use super::{State, Statechart, Target, Task, Transition};

impl Display for Statechart {
    /// Writes the machine, without what a run has done.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "machine\t{}\t{}", Field(&self.name), self.initial)?;
        for State { name, docs, parent, is_superstate, is_final } in &self.states {
            let kind = match (is_superstate, is_final) {
                (true, _) => "superstate",
                (_, true) => "final",
                _ => "state",
            };
            let parent = parent.map(|parent| parent.to_string()).unwrap_or_default();
            write!(f, "\n{kind}\t{}\t{parent}\t{}", Field(name), Field(docs))?;
        }
        for one in &self.transitions {
            let from: Vec<String> = one.from.iter().map(usize::to_string).collect();
            let to: Vec<String> = one.to.iter().map(target).collect();
            write!(f, "\non\t{}\t{}", Field(&one.event), from.join(","))?;
            let after = one.after.map(|after| after.as_millis().to_string()).unwrap_or_default();
            write!(f, "\t{}\t{}\t{after}", to.join(","), one.approvals)?;
            write!(f, "\t{}\t{}", List(&one.guards), List(&one.payload))?;
            write!(f, "\t{}", Field(&one.docs))?;
        }
        for Task { name, state, outcomes } in &self.tasks {
            write!(f, "\ntask\t{}\t{state}\t{}", Field(name), List(outcomes))?;
        }
        Ok(())
    }
}

fn target(target: &Target) -> String {
    match target {
        Target::State(state) => state.to_string(),
        Target::History(superstate) => format!("H{superstate}"),
    }
}

struct List<'a>(&'a [String]);

impl Display for List<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, item) in self.0.iter().enumerate() {
            let apart = if number == 0 { "" } else { "," };
            write!(f, "{apart}{}", Field(item))?;
        }
        Ok(())
    }
}

/// A text in which nothing ends a field.
struct Field<'a>(&'a str);

impl Display for Field<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '\\' => f.write_str("\\\\")?,
                '\t' => f.write_str("\\t")?,
                '\n' => f.write_str("\\n")?,
                ',' => f.write_str("\\c")?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

fn plain(field: &str) -> String {
    let mut plain = String::with_capacity(field.len());
    let mut letters = field.chars();
    while let Some(c) = letters.next() {
        plain.push(match (c, c == '\\') {
            (c, false) => c,
            _ => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('c') => ',',
                Some(c) => c,
                None => '\\',
            },
        });
    }
    plain
}

fn list(field: &str) -> Vec<String> {
    field.split(',').filter(|item| !item.is_empty()).map(plain).collect()
}

/// A line that describes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescriptionError {
    line: usize,
}

impl Display for DescriptionError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { line } = self;
        write!(
            f,
            "line {line} describes no part of a machine; write the text with `Statechart`'s `Display`"
        )
    }
}

impl core::error::Error for DescriptionError {}

impl FromStr for Statechart {
    type Err = DescriptionError;

    /// Reads what `Display` has written.
    fn from_str(text: &str) -> Result<Self, DescriptionError> {
        let mut chart = Self::default();
        for (number, line) in text.lines().enumerate() {
            chart.read(line).ok_or(DescriptionError { line: number + 1 })?;
        }
        let count = chart.states.len();
        let known = |place: &usize| *place < count;
        let is_whole = chart.initial <= count
            && chart.states.iter().filter_map(|state| state.parent).all(|parent| known(&parent))
            && chart.tasks.iter().all(|task| known(&task.state))
            && chart.transitions.iter().all(|one| {
                one.from.iter().all(known)
                    && one.to.iter().all(|target| match target {
                        Target::State(place) | Target::History(place) => known(place),
                    })
            });
        if is_whole { Ok(chart) } else { Err(DescriptionError { line: 1 }) }
    }
}

impl Statechart {
    fn read(&mut self, line: &str) -> Option<()> {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields[..] {
            ["machine", name, initial] => {
                self.name = plain(name);
                self.initial = initial.parse().ok()?;
            }
            [kind @ ("state" | "final" | "superstate"), name, parent, docs] => {
                let parent = if parent.is_empty() { None } else { Some(parent.parse().ok()?) };
                self.states.push(State {
                    name: plain(name),
                    docs: plain(docs),
                    parent,
                    is_superstate: kind == "superstate",
                    is_final: kind == "final",
                });
            }
            ["on", event, from, to, approvals, after, guards, payload, docs] => {
                let places = from.split(',').filter(|place| !place.is_empty());
                let targets = to.split(',').filter(|target| !target.is_empty());
                self.transitions.push(Transition {
                    event: plain(event),
                    docs: plain(docs),
                    payload: list(payload),
                    from: places.map(|place| place.parse().ok()).collect::<Option<_>>()?,
                    to: targets.map(read_target).collect::<Option<_>>()?,
                    guards: list(guards),
                    approvals: approvals.parse().ok()?,
                    after: match after {
                        "" => None,
                        milliseconds => Some(Duration::from_millis(milliseconds.parse().ok()?)),
                    },
                });
            }
            ["task", name, state, outcomes] => self.tasks.push(Task {
                name: plain(name),
                state: state.parse().ok()?,
                outcomes: list(outcomes),
            }),
            _ => return None,
        }
        Some(())
    }
}

fn read_target(text: &str) -> Option<Target> {
    match text.strip_prefix('H') {
        Some(place) => Some(Target::History(place.parse().ok()?)),
        None => Some(Target::State(text.parse().ok()?)),
    }
}
