//! A chart in the language of Graphviz.

use core::fmt::{self, Display, Formatter};

use super::words::{everywhere_words, label, signature, summary};
use super::{Chart, Clause, State, Target, Trail};

impl Chart {
    /// The chart in DOT, the language of Graphviz, without a line break at its end. A superstate is a cluster.
    #[must_use]
    pub fn dot(&self) -> Dot<'_> {
        Dot { chart: self, trail: None }
    }
}

/// Displays a chart in DOT.
#[derive(Debug, Clone, Copy)]
pub struct Dot<'a> {
    chart: &'a Chart,
    trail: Option<&'a Trail>,
}

impl<'a> Dot<'a> {
    /// Marks a run: its present state is filled, the states and arrows of its path are blue and thick.
    #[must_use]
    pub fn with_trail(self, trail: impl Into<Option<&'a Trail>>) -> Self {
        Self { trail: trail.into(), ..self }
    }
}

const MARK: &str = "#1d4ed8";

/// How the graph, its nodes and its arrows look.
const LOOKS: &str = r##"
    compound=true; fontname="Helvetica"; labelloc=t; nodesep=0.5; ranksep=0.6;
    node [shape=box, style="rounded,filled", fillcolor="#f8fafc", color="#475569", fontname="Helvetica"];
    edge [color="#475569", fontname="Helvetica", fontsize=11];
    "*" [shape=circle, style=filled, fillcolor="#475569", label="", width=0.2];"##;

impl Display for Dot<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let chart = self.chart;
        write!(f, "digraph {} {{\n    label={};", Quoted(chart.name()), Html(self.title()))?;
        f.write_str(LOOKS)?;
        self.states(f, None, 1)?;
        write!(f, "\n    \"*\" -> {};", Quoted(chart.initial().wire()))?;
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
        f.write_str("\n}")
    }
}

impl Dot<'_> {
    fn title(&self) -> Vec<String> {
        let mut lines = vec![bold(self.chart.name()), small(&summary(self.chart.docs()))];
        let everywhere: Vec<_> = self.chart.everywhere().map(signature).collect();
        if !everywhere.is_empty() {
            let words = everywhere_words(self.chart);
            lines.push(small(&format!("In {words}: {}", everywhere.join(", "))));
        }
        lines
    }

    /// The states and superstates directly within `parent`.
    fn states(&self, f: &mut Formatter<'_>, parent: Option<u16>, depth: usize) -> fmt::Result {
        let chart = self.chart;
        let margin = "    ".repeat(depth);
        let count = chart.states().len();
        for (number, state) in (0..).zip(chart.states().iter().chain(chart.superstates())) {
            if state.parent() != parent {
                continue;
            }
            if usize::from(number) < count {
                let looks = self.looks(number, state);
                let label = Html(self.lines(number, state));
                write!(f, "\n{margin}{} [label={label}{looks}];", Quoted(state.wire()))?;
            } else {
                self.cluster(f, number, state, depth)?;
            }
        }
        Ok(())
    }

    fn cluster(
        &self,
        f: &mut Formatter<'_>,
        number: u16,
        state: &State,
        depth: usize,
    ) -> fmt::Result {
        let margin = "    ".repeat(depth);
        write!(f, "\n{margin}subgraph {} {{", Quoted(&cluster(state)))?;
        let label = Html(self.lines(number, state));
        let looks = match self.trail {
            Some(trail) if trail.visits(self.chart, number) => {
                format!("color=\"{MARK}\"; penwidth=2;")
            }
            _ => "color=\"#94a3b8\"; penwidth=1;".to_owned(),
        };
        write!(f, "\n{margin}    label={label}; style=rounded; {looks}")?;
        let is_source = |clause: &Clause| clause.from().contains(&number);
        let mut clauses = self.chart.events().iter().filter(|event| !event.is_internal());
        if clauses.any(|event| event.clauses().iter().any(is_source)) {
            let looks = "shape=point, width=0.06, xlabel=\"\"";
            write!(f, "\n{margin}    {} [{looks}];", Quoted(&anchor(state)))?;
        }
        if self.chart.has_history(number) {
            let looks = "shape=circle, label=\"H*\", fontsize=10, width=0.3, fixedsize=true";
            write!(f, "\n{margin}    {} [{looks}];", Quoted(&history(state)))?;
        }
        self.states(f, Some(number), depth + 1)?;
        write!(f, "\n{margin}}}")
    }

    /// What stands in a state: name, documentation, tasks, internal events.
    fn lines(&self, number: u16, state: &State) -> Vec<String> {
        let chart = self.chart;
        let mut lines = vec![bold(state.wire()), small(&summary(state.docs()))];
        lines.extend(
            chart.tasks_of(number).map(|task| small(&format!("does {}", chart.task_words(task)))),
        );
        let is_leaf = usize::from(number) < chart.states().len();
        let staying = is_leaf.then(|| chart.staying_in(number)).into_iter().flatten();
        lines.extend(staying.map(|(event, clause)| small(&label(event, clause))));
        lines
    }

    fn looks(&self, number: u16, state: &State) -> String {
        let finals = if state.is_final() { ", peripheries=2" } else { "" };
        let mark = match self.trail {
            Some(trail) if trail.is_at(self.chart, number) => {
                format!(", fillcolor=\"#bfdbfe\", color=\"{MARK}\", penwidth=3")
            }
            Some(trail) if trail.visits(self.chart, number) => {
                format!(", color=\"{MARK}\", penwidth=2")
            }
            _ => String::new(),
        };
        format!("{finals}{mark}")
    }

    fn arrows(
        &self,
        f: &mut Formatter<'_>,
        number: u16,
        clause: &Clause,
        from: u16,
    ) -> fmt::Result {
        let chart = self.chart;
        let Some(event) = chart.events().get(usize::from(number)) else { return Ok(()) };
        let words = label(event, clause);
        if clause.is_internal() {
            let to = self.node(from);
            return self.arrow(f, (number, clause, from, None), &to, &format!("{words} (stays)"));
        }
        for target in clause.to() {
            let to = match target {
                Target::State(to) => chart.state(*to).wire().to_owned(),
                Target::History(to) => history(chart.state(*to)),
            };
            self.arrow(f, (number, clause, from, Some(*target)), &to, &words)?;
        }
        Ok(())
    }

    fn arrow(
        &self,
        f: &mut Formatter<'_>,
        (event, clause, from, target): (u16, &Clause, u16, Option<Target>),
        to: &str,
        words: &str,
    ) -> fmt::Result {
        write!(f, "\n    {} -> {} [label={}", Quoted(&self.node(from)), Quoted(to), Quoted(words))?;
        let chart = self.chart;
        if usize::from(from) >= chart.states().len()
            && !target.is_none_or(|to| chart.is_within(to, from))
        {
            write!(f, ", ltail={}", Quoted(&cluster(chart.state(from))))?;
        }
        if clause.after().is_some() {
            f.write_str(", style=dashed")?;
        }
        if self.trail.is_some_and(|trail| trail.takes(chart, event, clause, from, target)) {
            write!(f, ", color=\"{MARK}\", fontcolor=\"{MARK}\", penwidth=3")?;
        }
        f.write_str("];")
    }

    /// The node from which the arrows of a state or superstate go out.
    fn node(&self, number: u16) -> String {
        let state = self.chart.state(number);
        if usize::from(number) < self.chart.states().len() {
            state.wire().to_owned()
        } else {
            anchor(state)
        }
    }
}

fn cluster(state: &State) -> String {
    format!("cluster_{}", state.wire())
}

fn anchor(state: &State) -> String {
    format!("{}.any", state.wire())
}

fn history(state: &State) -> String {
    format!("{}.history", state.wire())
}

fn bold(text: &str) -> String {
    format!("<b>{}</b>", escaped(text))
}

/// A line of smaller text, broken where it would be wide.
fn small(text: &str) -> String {
    const WIDTH: usize = 44;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line)
                if line.chars().count() + word.chars().count() < WIDTH || line.is_empty() =>
            {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if text.trim().is_empty() {
        return String::new();
    }
    let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    format!("<font point-size=\"10\">{}</font>", lines.join("<br/>"))
}

/// A label of several lines, those that are not empty.
struct Html(Vec<String>);

impl Display for Html {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> =
            self.0.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
        write!(f, "<{}>", lines.join("<br/>"))
    }
}

/// A text in quotes.
struct Quoted<'a>(&'a str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// A text in which nothing is HTML's.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
