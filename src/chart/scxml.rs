//! A chart in SCXML, the W3C's state chart XML.

use core::fmt::{self, Display, Formatter};

use super::placement::Placed;
use super::span::Span;
use super::words::{parameters, plain};
use super::{Chart, Clause, Target, Trail};

impl Chart {
    /// The chart in SCXML, without a line break at its end.
    ///
    /// A guard is a variable of the data model, `true` unless the program around it says otherwise. Where the handler decides,
    /// because it may fail or choose, the data of the event name the target: `_event.data.to`. What SCXML has no word for stands
    /// in attributes of the namespace `urn:leverframe:chart`.
    #[must_use]
    pub fn scxml(&self) -> Scxml<'_> {
        Scxml { chart: self, trail: None }
    }
}

/// Displays a chart in SCXML.
#[derive(Debug, Clone, Copy)]
pub struct Scxml<'a> {
    chart: &'a Chart,
    trail: Option<&'a Trail>,
}

impl<'a> Scxml<'a> {
    /// Marks a run: its present state has `lf:mark="present"`, the other states of its path have `lf:mark="visited"`, and the
    /// transitions it took have `lf:taken="true"`.
    #[must_use]
    pub fn with_trail(self, trail: impl Into<Option<&'a Trail>>) -> Self {
        Self { trail: trail.into(), ..self }
    }
}

impl Display for Scxml<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let chart = self.chart;
        let name = chart.name();
        let initial = chart.first_child(None).map_or("", |child| chart.state(child).wire());
        f.write_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<scxml")?;
        f.write_str(
            " xmlns=\"http://www.w3.org/2005/07/scxml\" xmlns:lf=\"urn:leverframe:chart\"",
        )?;
        write!(
            f,
            " version=\"1.0\" datamodel=\"ecmascript\" name=\"{name}\" initial=\"{initial}\""
        )?;
        write!(f, " lf:machine-version=\"{}\"", chart.version())?;
        write!(f, "{}>", Attribute("docs", chart.docs()))?;
        self.guards(f)?;
        let placed = chart.placements();
        for child in chart.children(None) {
            self.state(f, child, 1, &placed)?;
        }
        f.write_str("\n</scxml>")
    }
}

impl Scxml<'_> {
    fn guards(self, f: &mut Formatter<'_>) -> fmt::Result {
        let guards = self.chart.guards();
        if guards.is_empty() {
            return Ok(());
        }
        f.write_str("\n    <datamodel>")?;
        for guard in guards {
            write!(f, "\n        <data id=\"{guard}\" expr=\"true\"/>")?;
        }
        f.write_str("\n    </datamodel>")
    }

    fn state(
        self,
        f: &mut Formatter<'_>,
        number: u16,
        depth: usize,
        placed: &[Placed],
    ) -> fmt::Result {
        let chart = self.chart;
        let state = chart.state(number);
        let margin = "    ".repeat(depth);
        let tag = if state.is_final() { "final" } else { "state" };
        write!(f, "\n{margin}<{tag} id=\"{}\"", state.wire())?;
        if let Some(first) = chart.first_child(Some(number)) {
            write!(f, " initial=\"{}\"", chart.state(first).wire())?;
        }
        write!(f, "{}", Attribute("docs", state.docs()))?;
        if let Some(mark) = self.trail.and_then(|trail| trail.mark(chart, number)) {
            write!(f, " lf:mark=\"{mark}\"")?;
        }
        f.write_str(">")?;
        self.history(f, number, &margin)?;
        self.timers(f, number, &margin)?;
        self.tasks(f, number, &margin)?;
        for one in placed.iter().filter(|one| one.node == number) {
            self.transitions(f, one, &margin)?;
        }
        for child in chart.children(Some(number)) {
            self.state(f, child, depth + 1, placed)?;
        }
        write!(f, "\n{margin}</{tag}>")
    }

    fn history(self, f: &mut Formatter<'_>, number: u16, margin: &str) -> fmt::Result {
        let chart = self.chart;
        let state = chart.state(number);
        let Some(default) = state.default_leaf().filter(|_| chart.has_history(number)) else {
            return Ok(());
        };
        let (id, default) = (state.wire(), chart.state(default).wire());
        write!(f, "\n{margin}    <history id=\"{id}.history\" type=\"deep\">")?;
        write!(f, "<transition target=\"{default}\"/></history>")
    }

    /// A timeout is an event that is sent on entry of its source, late, and cancelled on exit.
    fn timers(self, f: &mut Formatter<'_>, number: u16, margin: &str) -> fmt::Result {
        let id = self.chart.state(number).wire();
        let timeouts: Vec<_> = self.chart.timeouts_of(number).collect();
        if timeouts.is_empty() {
            return Ok(());
        }
        write!(f, "\n{margin}    <onentry>")?;
        for (_, event, clause) in &timeouts {
            let (name, after) = (event.name(), clause.after().unwrap_or_default());
            write!(f, "<send event=\"{name}\" id=\"{id}.{name}\"")?;
            write!(f, " delay=\"{}\" lf:after=\"{}\"/>", Delay(after), Span(after))?;
        }
        write!(f, "</onentry>\n{margin}    <onexit>")?;
        for (_, event, _) in &timeouts {
            write!(f, "<cancel sendid=\"{id}.{}\"/>", event.name())?;
        }
        f.write_str("</onexit>")
    }

    fn tasks(self, f: &mut Formatter<'_>, number: u16, margin: &str) -> fmt::Result {
        for task in self.chart.tasks_of(number) {
            let outcomes: Vec<_> =
                task.outcomes().iter().map(|event| self.chart.event_name(*event)).collect();
            write!(f, "\n{margin}    <invoke type=\"urn:leverframe:task\" id=\"{}\"", task.name())?;
            write!(f, " lf:outcomes=\"{}\"", outcomes.join(" "))?;
            write!(f, " lf:failure=\"{}\"", self.chart.event_name(task.failure()))?;
            write!(f, " lf:attempts=\"{}\"", task.attempts())?;
            write!(f, " lf:backoff=\"{}\"", Span(task.backoff()))?;
            write!(f, " lf:limit=\"{}\"{}/>", Span(task.limit()), Attribute("docs", task.docs()))?;
        }
        Ok(())
    }

    fn transitions(self, f: &mut Formatter<'_>, placed: &Placed, margin: &str) -> fmt::Result {
        let chart = self.chart;
        for target in placed.targets(chart) {
            write!(f, "\n{margin}    <transition event=\"{}\"", placed.event.name())?;
            if target.is_some() {
                write!(f, " target=\"{}\"", chart.landing(target))?;
            }
            // A transition of a superstate that leads inside does not exit the superstate.
            let inside = |to| !chart.is_leaf(placed.node) && chart.is_within(to, placed.node);
            if target.is_some_and(inside) {
                f.write_str(" type=\"internal\"")?;
            }
            let cond = self.condition(placed, target);
            if !cond.is_empty() {
                write!(f, " cond=\"{}\"", Escaped(&cond))?;
            }
            self.remarks(f, placed)?;
            if self.trail.is_some_and(|trail| placed.is_taken(chart, trail, target)) {
                f.write_str(" lf:taken=\"true\"")?;
            }
            f.write_str("/>")?;
        }
        Ok(())
    }

    fn condition(self, placed: &Placed, target: Option<Target>) -> String {
        let mut all: Vec<String> =
            placed.clause.guards().iter().map(|guard| (*guard).to_owned()).collect();
        if placed.is_open(self.chart) {
            all.push(format!("_event.data.to == '{}'", self.chart.landing(target)));
        }
        all.join(" && ")
    }

    /// What SCXML has no word for.
    fn remarks(self, f: &mut Formatter<'_>, placed: &Placed) -> fmt::Result {
        let Placed { clause, event, .. } = placed;
        if placed.source != placed.node {
            write!(f, " lf:from=\"{}\"", self.chart.state(placed.source).wire())?;
        }
        if let Some(superstate) = placed.recalled(self.chart) {
            write!(f, " lf:history=\"{}\"", self.chart.state(superstate).wire())?;
        }
        if clause.approvals() > 0 {
            write!(f, " lf:by=\"human\" lf:approvals=\"{}\"", clause.approvals())?;
        }
        if let Some(after) = clause.after() {
            write!(f, " lf:after=\"{}\"", Span(after))?;
        }
        if clause.is_fallible() {
            f.write_str(" lf:fallible=\"true\"")?;
        }
        write!(f, "{}", Attribute("payload", &parameters(event.payload())))?;
        write!(f, "{}", Attribute("docs", &clause_docs(event.docs(), clause)))
    }
}

/// The documentation of an event, and what the clause adds.
fn clause_docs(docs: &str, clause: &Clause) -> String {
    let mut all = vec![plain(docs), plain(clause.docs())];
    all.retain(|docs| !docs.is_empty());
    all.join("\n\n")
}

/// A delay as CSS has it, in seconds or milliseconds.
struct Delay(core::time::Duration);

impl Display for Delay {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            whole if whole.is_multiple_of(1000) => write!(f, "{}s", whole / 1000),
            milliseconds => write!(f, "{milliseconds}ms"),
        }
    }
}

/// An attribute of our own; nothing where its value is empty.
struct Attribute<'a>(&'a str, &'a str);

impl Display for Attribute<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name, value) = self;
        let value = plain(value);
        if value.is_empty() { Ok(()) } else { write!(f, " lf:{name}=\"{}\"", Escaped(&value)) }
    }
}

/// A text as the value of an attribute.
struct Escaped<'a>(&'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\n' => f.write_str("&#10;"),
            // XML has no other control characters.
            c if c.is_control() => f.write_str(" "),
            '\u{fffe}' | '\u{ffff}' => f.write_str(" "),
            c => write!(f, "{c}"),
        })
    }
}
