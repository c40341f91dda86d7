//! A chart as a machine of XState.

use core::fmt::{self, Display, Formatter};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Map, Value, json};

use super::placement::Placed;
use super::span::Span;
use super::words::plain;
use super::{Chart, Target, Task, Trail};

impl Chart {
    /// The chart as a machine of XState 5, in JSON, without a line break at its end: what `createMachine(JSON.parse(text))` takes.
    ///
    /// Guards are names, to be provided by `machine.provide`. Where the handler decides, because it may fail or choose, or where
    /// there are several guards, the guard is `leads to` or `all of`, with parameters.
    #[must_use]
    pub fn xstate(&self) -> XState<'_> {
        XState { chart: self, trail: None }
    }
}

/// Displays a chart as a machine of XState, and serializes as one.
#[derive(Debug, Clone, Copy)]
pub struct XState<'a> {
    chart: &'a Chart,
    trail: Option<&'a Trail>,
}

impl<'a> XState<'a> {
    /// Marks a run: the `meta` of its present state has `"mark": "present"`, that of the other states of its path has `"mark":
    /// "visited"`, and that of the transitions it took has `"taken": true`.
    #[must_use]
    pub fn with_trail(self, trail: impl Into<Option<&'a Trail>>) -> Self {
        Self { trail: trail.into(), ..self }
    }
}

impl Display for XState<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Serialize for XState<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chart = self.chart;
        let mut machine = Object::new();
        machine.put("id", chart.name());
        machine.put("version", chart.version().to_string());
        machine.put_text("description", chart.docs());
        let placed = chart.placements();
        self.inside(&mut machine, None, &placed);
        machine.serialize(serializer)
    }
}

/// An object whose entries keep their order.
struct Object(Vec<(String, Entry)>);

enum Entry {
    Value(Value),
    Object(Object),
    List(Vec<Object>),
}

impl Object {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0.push((key.to_owned(), Entry::Value(value.into())));
    }

    /// Puts a documentation, if there is one.
    fn put_text(&mut self, key: &str, docs: &str) {
        let docs = plain(docs);
        if !docs.is_empty() {
            self.put(key, docs);
        }
    }

    /// Puts an object, if it has entries.
    fn put_object(&mut self, key: &str, object: Self) {
        if !object.0.is_empty() {
            self.0.push((key.to_owned(), Entry::Object(object)));
        }
    }

    /// Adds to the list at `key`.
    fn push(&mut self, key: &str, item: Self) {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, Entry::List(list))) => list.push(item),
            _ => self.0.push((key.to_owned(), Entry::List(vec![item]))),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, entry) in &self.0 {
            match entry {
                Entry::Value(value) => map.serialize_entry(key, value)?,
                Entry::Object(object) => map.serialize_entry(key, object)?,
                Entry::List(list) => map.serialize_entry(key, list)?,
            }
        }
        map.end()
    }
}

impl XState<'_> {
    /// The children of a superstate, or of the machine.
    fn inside(self, of: &mut Object, parent: Option<u16>, placed: &[Placed]) {
        let chart = self.chart;
        if let Some(first) = chart.first_child(parent) {
            of.put("initial", chart.state(first).wire());
        }
        let mut states = Object::new();
        for child in chart.children(parent) {
            let state = Entry::Object(self.state(child, placed));
            states.0.push((chart.state(child).wire().to_owned(), state));
        }
        let remembering = parent.filter(|parent| chart.has_history(*parent));
        if let Some(default) = remembering.and_then(|parent| chart.state(parent).default_leaf()) {
            let mut history = Object::new();
            history.put("type", "history");
            history.put("history", "deep");
            history.put("target", format!("#{}", chart.state(default).wire()));
            states.put_object("history", history);
        }
        of.put_object("states", states);
    }

    fn state(self, number: u16, placed: &[Placed]) -> Object {
        let chart = self.chart;
        let state = chart.state(number);
        let mut object = Object::new();
        object.put("id", state.wire());
        if state.is_final() {
            object.put("type", "final");
        }
        object.put_text("description", state.docs());
        if let Some(mark) = self.trail.and_then(|trail| trail.mark(chart, number)) {
            object.put("meta", json!({ "mark": mark }));
        }
        let (mut on, mut after) = (Object::new(), Object::new());
        for (event, delay) in self.delays(number) {
            // The transition itself may stand further inside.
            let is_here = |one: &&Placed| one.number == event && one.node == number;
            match placed.iter().find(is_here) {
                Some(one) => self.transitions(&mut after, &delay.to_string(), one),
                None => after.0.push((delay.to_string(), Entry::List(Vec::new()))),
            }
        }
        for one in placed.iter().filter(|one| one.node == number) {
            if one.clause.after().is_none() {
                self.transitions(&mut on, one.event.name(), one);
            } else if one.source != number {
                let source = chart.state(one.source).wire();
                let delay =
                    self.delays(one.source).into_iter().find(|(event, _)| *event == one.number);
                let delay = delay.map_or(0, |(_, delay)| delay);
                self.transitions(&mut on, &format!("xstate.after.{delay}.{source}"), one);
            }
        }
        for task in chart.tasks_of(number) {
            object.push("invoke", self.task(task));
        }
        object.put_object("on", on);
        object.put_object("after", after);
        if !chart.is_leaf(number) {
            self.inside(&mut object, Some(number), placed);
        }
        object
    }

    /// The timeouts of a source in milliseconds. XState names a timeout by its delay, so that no two may be equal: of equal ones,
    /// the later has one millisecond more.
    fn delays(self, source: u16) -> Vec<(u16, u128)> {
        let mut delays: Vec<(u16, u128)> = Vec::new();
        for (number, _, clause) in self.chart.timeouts_of(source) {
            let mut delay = clause.after().unwrap_or_default().as_millis();
            while delays.iter().any(|(_, known)| *known == delay) {
                delay += 1;
            }
            delays.push((number, delay));
        }
        delays
    }

    fn transitions(self, on: &mut Object, key: &str, placed: &Placed) {
        for target in placed.targets(self.chart) {
            on.push(key, self.transition(placed, target));
        }
    }

    fn transition(self, placed: &Placed, target: Option<Target>) -> Object {
        let chart = self.chart;
        let mut object = Object::new();
        match target {
            Some(to) => {
                object.put("target", format!("#{}", chart.landing(target)));
                let (Target::State(number) | Target::History(number)) = to;
                let own = chart.ancestors(placed.node).any(|node| node == number);
                // A leaf is left and entered again by a transition that leads to itself.
                if chart.is_leaf(placed.node) && own {
                    object.put("reenter", true);
                }
            }
            // The handler runs, and the state stays.
            None => object.put("actions", placed.event.name()),
        }
        if let Some(guard) = self.guard(placed, target) {
            object.put("guard", guard);
        }
        object.put_text("description", placed.event.docs());
        object.put("meta", self.meta(placed, target));
        object
    }

    fn guard(self, placed: &Placed, target: Option<Target>) -> Option<Value> {
        let guards = placed.clause.guards();
        let to = || self.chart.landing(target);
        match (guards, placed.is_open(self.chart)) {
            ([], false) => None,
            ([guard], false) => Some(json!(guard)),
            (guards, false) => Some(json!({ "type": "all of", "params": { "guards": guards } })),
            ([], true) => Some(json!({ "type": "leads to", "params": { "to": to() } })),
            (guards, true) => {
                Some(json!({ "type": "leads to", "params": { "to": to(), "guards": guards } }))
            }
        }
    }

    /// What XState has no word for.
    fn meta(self, placed: &Placed, target: Option<Target>) -> Value {
        let Placed { clause, event, .. } = placed;
        let mut meta = Map::new();
        meta.insert("event".to_owned(), json!(event.name()));
        if placed.source != placed.node {
            meta.insert("from".to_owned(), json!(self.chart.state(placed.source).wire()));
        }
        let payload: Map<String, Value> =
            event.payload().iter().map(|one| (one.name().to_owned(), json!(one.ty()))).collect();
        if !payload.is_empty() {
            meta.insert("payload".to_owned(), Value::Object(payload));
        }
        if let Some(superstate) = placed.recalled(self.chart) {
            meta.insert("history".to_owned(), json!(self.chart.state(superstate).wire()));
        }
        if clause.approvals() > 0 {
            meta.insert("by".to_owned(), json!("human"));
            meta.insert("approvals".to_owned(), json!(clause.approvals()));
        }
        if let Some(after) = clause.after() {
            meta.insert("after".to_owned(), json!(Span(after).to_string()));
        }
        if clause.is_fallible() {
            meta.insert("fallible".to_owned(), json!(true));
        }
        let docs = plain(clause.docs());
        if !docs.is_empty() {
            meta.insert("docs".to_owned(), json!(docs));
        }
        if self.trail.is_some_and(|trail| placed.is_taken(self.chart, trail, target)) {
            meta.insert("taken".to_owned(), json!(true));
        }
        Value::Object(meta)
    }

    /// A task is an actor that sends its outcome as an event.
    fn task(self, task: &Task) -> Object {
        let name = |event: &u16| self.chart.event_name(*event);
        let outcomes: Vec<_> = task.outcomes().iter().map(name).collect();
        let mut object = Object::new();
        object.put("id", task.name());
        object.put("src", task.name());
        let mut input = Object::new();
        input.put_text("description", task.docs());
        input.put("outcomes", outcomes);
        input.put("failure", name(&task.failure()));
        input.put("attempts", task.attempts());
        input.put("backoff", Span(task.backoff()).to_string());
        input.put("limit", Span(task.limit()).to_string());
        object.put_object("input", input);
        object
    }
}
