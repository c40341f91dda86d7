//! Charts and random sequences of events for the tools that other people wrote.
//!
//! `LEVERFRAME_CHARTS=FOLDER cargo test --test it walk::sequences` writes the charts of all machines in every format into that
//! folder, and beside them what the real machine did with each sequence. `.ci/charts` lets the tools do the same.

use std::fmt::Debug;
use std::path::PathBuf;
use std::{env, fs};

use fastrand::Rng;
use leverframe::chart::{
    Chart, Clause, Document, Event, Parameter, State, Step, Target, Task, Trail,
};
use leverframe::{Machine, Name, Named, Reason};
use serde_json::{Value, json};

use super::{Samples, Visitor, machines};

/// The sequences for each machine.
const SEQUENCES: usize = 300;

/// The longest sequence.
const STEPS: usize = 24;

#[test]
fn the_charts_and_sequences_for_foreign_tools() {
    let folder = env::var_os("LEVERFRAME_CHARTS").map(PathBuf::from);
    machines::visit(&mut Dump { folder: folder.clone() });
    if let Some(folder) = folder {
        let trail = Trail { present: Some(1), taken: vec![Step { from: 0, event: 0, to: 1 }] };
        write(&folder, "hostile", &HOSTILE, &trail);
    }
}

#[test]
fn the_published_schema_is_that_of_documents() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/chart.schema.json");
    let present = format!("{:#}\n", Document::schema().to_value());
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &present).expect("the schema can be written");
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        published, present,
        "write it anew: UPDATE_EXPECT=1 cargo test --test it walk::sequences"
    );
}

struct Dump {
    folder: Option<PathBuf>,
}

impl Visitor for Dump {
    fn visit<M: Machine + Debug>(&mut self, module: &'static str, samples: &Samples<M>) {
        let mut rng = Rng::with_seed(11);
        let walks: Vec<Walk<M>> = (0..SEQUENCES).map(|_| Walk::new(samples, &mut rng)).collect();
        let steps = || walks.iter().flat_map(|walk| &walk.steps);
        assert!(steps().any(|step| step["accepted"] == true), "{module} accepts nothing");
        assert!(steps().any(|step| step["accepted"] == false), "{module} refuses nothing");
        let Some(folder) = &self.folder else { return };
        let longest = walks.iter().max_by_key(|walk| walk.trail.taken.len());
        write(folder, module, M::CHART, &longest.expect("a walk").trail);
        let sequences: Vec<_> =
            walks.iter().map(|walk| json!({ "start": walk.start, "steps": walk.steps })).collect();
        let path = folder.join(format!("{module}.sequences.json"));
        fs::write(path, Value::from(sequences).to_string()).expect("the folder can be written");
    }
}

/// Writes a chart in every format, as it is and with the marks of a run.
fn write(folder: &std::path::Path, name: &str, chart: &Chart, trail: &Trail) {
    let put = |format: &str, text: String| {
        fs::write(folder.join(format!("{name}.{format}")), text)
            .expect("the folder can be written");
    };
    for (trail, mark) in [(None, ""), (Some(trail), "marked.")] {
        put(&format!("{mark}mmd"), chart.mermaid().with_trail(trail).to_string());
        put(&format!("{mark}dot"), chart.dot().with_trail(trail).to_string());
        put(&format!("{mark}scxml"), chart.scxml().with_trail(trail).to_string());
        put(&format!("{mark}xstate.json"), chart.xstate().with_trail(trail).to_string());
        let document = Document::of(chart).with_trail(chart, trail);
        put(&format!("{mark}json"), serde_json::to_string_pretty(&document).expect("JSON"));
    }
}

/// A random walk: what each event did to the real machine.
struct Walk<M: Machine> {
    machine: M,
    start: Value,
    steps: Vec<Value>,
    trail: Trail,
}

impl<M: Machine + Debug> Walk<M> {
    fn new(samples: &Samples<M>, rng: &mut Rng) -> Self {
        let initial = M::initial().name();
        let mut machines = (samples.machines)().into_iter();
        let machine = machines.find(|machine| machine.parts().state.name() == initial);
        let machine = machine.expect("a sample stands in the initial state");
        let start = situation(&machine);
        let mut walk = Self { machine, start, steps: Vec::new(), trail: Trail::default() };
        for _ in 0..STEPS {
            walk.step(samples, rng);
        }
        walk.trail.present = Some(walk.leaf());
        walk
    }

    fn leaf(&self) -> u16 {
        self.machine.parts().state.name().number()
    }

    /// Lets the machine take a random event, three times of four one that the graph allows.
    fn step(&mut self, samples: &Samples<M>, rng: &mut Rng) {
        let mut events = (samples.events)();
        if rng.u8(..4) > 0 {
            let allowed: Vec<_> = self.machine.allowed().collect();
            let is_allowed = |event: &M::Event| allowed.contains(&event.name());
            if events.iter().any(is_allowed) {
                events.retain(is_allowed);
            }
        }
        let event = events.swap_remove(rng.usize(..events.len()));
        let name = event.name();
        let declared = &M::CHART.events()[usize::from(name.number())];
        let from = self.leaf();
        let clause = M::CHART.clause(from, declared);
        let verdict = self.machine.guards(name).is_ok();
        let done = self.machine.apply(event);
        let to = match (&done, clause) {
            (Ok(_), Some(clause)) => Some(landing(M::CHART, clause, from, self.leaf())),
            (Err(refusal), _) if matches!(refusal.reason, Reason::Failed(_)) => None,
            // Whatever an event says of its target, it is refused.
            _ => {
                let mut known = landings(M::CHART, declared);
                Some(known.swap_remove(rng.usize(..known.len())))
            }
        };
        let own = clause.map(Clause::guards).unwrap_or_default();
        let guards = guards_of(M::CHART).into_iter().map(|guard| {
            let holds = if own.contains(&guard) { verdict } else { rng.bool() };
            (guard.to_owned(), Value::from(holds))
        });
        let guards: serde_json::Map<_, _> = guards.collect();
        self.steps.push(json!({
            "event": name.as_str(),
            "to": to,
            "guards": guards,
            "is_timeout": clause.is_some_and(|clause| clause.after().is_some()),
            "accepted": done.is_ok(),
            "entered": match &done {
                Ok(applied) if !applied.internal => entered(M::CHART, from, self.leaf()),
                _ => Vec::new(),
            },
            "after": situation(&self.machine),
        }));
        if done.is_ok() {
            let event = name.number();
            self.trail.taken.push(Step { from, event, to: self.leaf() });
        }
    }
}

/// Where a machine is: what a tool has to show as well.
fn situation<M: Machine>(machine: &M) -> Value {
    let chart = M::CHART;
    let leaf = machine.parts().state.name().number();
    let active = |node: u16| chart.ancestors(leaf).any(|around| around == node);
    let tasks: Vec<_> =
        chart.tasks().iter().filter(|task| active(task.state())).map(Task::name).collect();
    let timeouts: Vec<_> = machine
        .timeouts()
        .map(|timeout| [timeout.event.as_str(), chart.state(timeout.source).wire()])
        .collect();
    let state = chart.state(leaf);
    json!({
        "state": state.wire(),
        "ended": state.is_final() && state.parent().is_none(),
        "tasks": tasks,
        "timeouts": timeouts,
    })
}

/// What a transition from one leaf to another enters: all below the nearest superstate around both.
fn entered(chart: &Chart, from: u16, to: u16) -> Vec<&'static str> {
    let is_common = |node: &u16| chart.ancestors(from).skip(1).any(|around| around == *node);
    let inner = chart.ancestors(to).skip(1).take_while(|node| !is_common(node));
    std::iter::once(to).chain(inner).map(|node| chart.state(node).wire()).collect()
}

/// What the data of an event say after a clause has led to a leaf.
fn landing(chart: &Chart, clause: &Clause, from: u16, to: u16) -> String {
    let is_inside = |superstate| chart.ancestors(from).any(|node| node == superstate);
    if matches!(clause.to(), [Target::History(superstate)] if is_inside(*superstate)) {
        return chart.state(to).wire().to_owned();
    }
    let targets = clause.to().iter();
    let reached = targets.filter(|target| match target {
        Target::State(leaf) => *leaf == to,
        _ => true,
    });
    reached.copied().next().map_or_else(|| "stays".to_owned(), |target| word(chart, target))
}

fn landings(chart: &Chart, event: &Event) -> Vec<String> {
    let targets = event.clauses().iter().flat_map(Clause::to);
    let mut words: Vec<_> = targets.map(|target| word(chart, *target)).collect();
    words.push("stays".to_owned());
    words
}

fn word(chart: &Chart, target: Target) -> String {
    match target {
        Target::State(leaf) => chart.state(leaf).wire().to_owned(),
        Target::History(superstate) => format!("{}.history", chart.state(superstate).wire()),
        other => panic!("a target of an unknown kind: {other:?}"),
    }
}

fn guards_of(chart: &Chart) -> Vec<&'static str> {
    let clauses = chart.events().iter().flat_map(Event::clauses);
    let mut guards: Vec<_> = clauses.flat_map(Clause::guards).copied().collect();
    guards.sort_unstable();
    guards.dedup();
    guards
}

/// Names and texts that some format could take for its own.
const HOSTILE: Chart = Chart::new(
    "Hostile",
    "A \"chart\" -- <b>&amp;</b> {of} %% [words]; :::x\n\n# More \\ --> *",
    0,
)
.with_states(
    &[
        State::new("End", "END", "Ends: \"it\" #1; {really} <br/> `x` \\n"),
        State::new("State", "STATE", "--> [*]").with_parent(7),
        State::new("Note", "NOTE", "note right of X").with_parent(8),
        State::new("Default", "DEFAULT", "]]> <!-- -->"),
        State::new("Graph", "GRAPH", "It has Direction  lr, [[fork]] and <<choice>>.")
            .final_state(),
        State::new("Node", "NODE", "").with_parent(8),
        State::new("Fork", "FORK", "état ☃ 状態").with_parent(7),
    ],
    &[
        State::new("Class", "CLASS", "a {brace}, [[join]], direction TB and \"quotes\"")
            .with_default(6),
        State::new("Direction", "DIRECTION", "").with_parent(7).with_default(5),
    ],
)
.with_events(&[
    Event::new(
        "state",
        "x --> y: z",
        &[Parameter::new("note", "HashMap<String, &'static str>", "").optional()],
        &[
            Clause::new(&[0], &[Target::State(1), Target::State(2)]).by_human(2),
            Clause::new(&[7], &[Target::State(0)]).with_guards(&["is_set", "has_more"]),
        ],
    ),
    Event::new(
        "end",
        "",
        &[],
        &[Clause::new(&[1, 8], &[Target::State(4)]).with_guards(&["is_set"])],
    ),
    Event::new("note", "", &[], &[Clause::new(&[0], &[Target::History(8)]).fallible()]),
    Event::new("class", "", &[], &[Clause::new(&[3, 7], &[]).after_milliseconds(1_500)]),
    Event::new(
        "click",
        "",
        &[],
        &[Clause::new(&[8, 0], &[Target::State(3)]).after_milliseconds(1_500)],
    ),
    Event::new("edge", "", &[], &[Clause::new(&[8], &[Target::State(5)])]),
])
.with_tasks(&[Task::new("style", "\"<&>\"", 7).ending_in(&[5], 4).tried(3, 1_000, 60_000)]);
