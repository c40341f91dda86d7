//! A chart as a picture.

use leverframe_draw::{Place, State, Statechart, Step, Svg, Target, Task, Text, Transition};
#[cfg(feature = "png")]
pub use leverframe_draw::{PngError, Theme};

use super::{Chart, Clause, Event, Trail};
use crate::chart;

impl Chart {
    /// The chart as a picture: SVG, text for a terminal, or pixels.
    ///
    /// The same chart always gives the same bytes.
    #[must_use]
    pub fn picture(&self) -> Picture {
        Picture { statechart: statechart(self), chart: *self }
    }
}

/// A chart as a picture.
#[derive(Debug, Clone)]
pub struct Picture {
    statechart: Statechart,
    chart: Chart,
}

impl Picture {
    /// Marks a run, if there is one: its present state is filled, the arrows of its path are blue and thick.
    #[must_use]
    pub fn with_trail(mut self, trail: Option<&Trail>) -> Self {
        let Some(trail) = trail else { return self };
        let name = |event: u16| self.chart.events().get(usize::from(event)).map_or("", Event::name);
        self.statechart.present = trail.present.map(usize::from);
        let steps = trail.taken.iter().map(|step| Step {
            from: usize::from(step.from),
            event: name(step.event).to_owned(),
            to: usize::from(step.to),
        });
        self.statechart.taken = steps.collect();
        self
    }

    /// Displays the picture as SVG, for a file of its own: it brings its background, and follows the viewer's choice of light
    /// or dark.
    #[must_use]
    pub fn svg(&self) -> Svg {
        Svg::new(&self.statechart.graph(), Place::File)
    }

    /// Displays the picture as SVG on one line, for a page in HTML or Markdown, whose colour of text it takes.
    #[must_use]
    pub fn svg_of_page(&self) -> Svg {
        Svg::new(&self.statechart.graph(), Place::Page)
    }

    /// Displays the picture in characters, for a terminal of this width: as an outline, if a drawing would be wider. With
    /// colours, it has escape sequences.
    #[must_use]
    pub fn text(&self, columns: usize, has_colours: bool) -> Text {
        Text::new(&self.statechart.graph(), columns, has_colours)
    }

    /// What is wrong with the picture: labels, states and lines that collide. Tests find nothing.
    #[doc(hidden)]
    #[must_use]
    pub fn flaws(&self) -> Vec<String> {
        leverframe_draw::flaws::flaws(&self.statechart.graph())
    }

    /// The bytes of the picture as PNG, with `scale` pixels for each pixel of the SVG.
    ///
    /// # Errors
    ///
    /// If the picture would be too large.
    #[cfg(feature = "png")]
    pub fn png(&self, theme: Theme, scale: u8) -> Result<Vec<u8>, PngError> {
        leverframe_draw::png(&self.statechart.graph(), theme, scale)
    }
}

fn statechart(chart: &Chart) -> Statechart {
    let leaves = chart.states().iter().map(|state| (false, state));
    let superstates = chart.superstates().iter().map(|state| (true, state));
    let state = |(is_superstate, state): (bool, &chart::State)| State {
        name: state.wire().to_owned(),
        docs: state.docs().to_owned(),
        parent: state.parent().map(usize::from),
        is_superstate,
        is_final: state.is_final(),
    };
    let initial = chart.initial().wire();
    Statechart {
        name: chart.name().to_owned(),
        states: leaves.chain(superstates).map(state).collect(),
        initial: chart.states().iter().position(|state| state.wire() == initial).unwrap_or(0),
        transitions: chart
            .events()
            .iter()
            .flat_map(|event| event.clauses().iter().map(|clause| transition(event, clause)))
            .collect(),
        tasks: chart.tasks().iter().map(|one| task(chart, one)).collect(),
        present: None,
        taken: Vec::<Step>::new(),
    }
}

fn transition(event: &Event, clause: &Clause) -> Transition {
    let name = |one: &chart::Parameter| {
        format!("{}{}", one.name(), if one.is_optional() { "?" } else { "" })
    };
    Transition {
        event: event.name().to_owned(),
        docs: event.docs().to_owned(),
        payload: event.payload().iter().map(name).collect(),
        from: clause.from().iter().copied().map(usize::from).collect(),
        to: clause.to().iter().map(|target| self::target(*target)).collect(),
        guards: clause.guards().iter().map(|guard| (*guard).to_owned()).collect(),
        approvals: clause.approvals(),
        after: clause.after(),
    }
}

fn target(target: chart::Target) -> Target {
    match target {
        chart::Target::State(state) => Target::State(usize::from(state)),
        chart::Target::History(superstate) => Target::History(usize::from(superstate)),
    }
}

fn task(chart: &Chart, task: &chart::Task) -> Task {
    let name =
        |event: u16| chart.events().get(usize::from(event)).map(|event| event.name().to_owned());
    let outcomes = task.outcomes().iter().copied().chain([task.failure()]);
    Task {
        name: task.name().to_owned(),
        state: usize::from(task.state()),
        outcomes: outcomes.filter_map(name).collect(),
    }
}
