//! Reads a machine of XState: version 5, what version 4 has in common with it, and what Stately Studio exports.

mod targets;
mod transitions;

use std::collections::HashMap;

use super::ImportError;
use super::draft::{Draft, Kind};
use super::json::Json;

/// The keys of a state that are read elsewhere, or that `JSON.stringify` repeats from elsewhere.
const READ: [&str; 19] = [
    "id",
    "key",
    "type",
    "parallel",
    "initial",
    "states",
    "description",
    "on",
    "always",
    "after",
    "onDone",
    "invoke",
    "history",
    "target",
    "order",
    "transitions",
    "historyValue",
    "version",
    "delimiter",
];

/// Reads a machine.
pub(super) fn read(machine: &Json) -> Result<Draft, ImportError> {
    let is_machine = machine.get("states").is_some_and(|states| !states.entries().is_empty());
    if !is_machine {
        let reason = "this is neither a machine of XState nor a chart of `chart --format json`: it has no `states`";
        return Err(ImportError::at("the JSON", reason));
    }
    let name = machine.text("id").or(machine.text("key")).unwrap_or("machine");
    let mut reader = Reader {
        draft: Draft::new("XState", name),
        values: vec![machine],
        paths: HashMap::from([(name.to_owned(), 0)]),
        ids: HashMap::from([(name.to_owned(), 0)]),
        keys: vec![name.to_owned()],
    };
    machine.text("description").unwrap_or_default().clone_into(&mut reader.draft.docs);
    reader.states(machine, 0)?;
    for number in 0..reader.values.len() {
        reader.content(number)?;
    }
    Ok(reader.draft)
}

/// What is read, with the value of each state.
struct Reader<'a> {
    draft: Draft,
    values: Vec<&'a Json>,
    /// The states by their path from the machine: `light.red.walk`.
    paths: HashMap<String, usize>,
    /// The states that have an id of their own.
    ids: HashMap<String, usize>,
    /// The path of each state.
    keys: Vec<String>,
}

impl<'a> Reader<'a> {
    /// Adds the states inside a value.
    fn states(&mut self, value: &'a Json, parent: usize) -> Result<(), ImportError> {
        let Some(states) = value.get("states") else { return Ok(()) };
        for (key, state) in states.entries() {
            let path = format!("{}.{key}", self.path(parent));
            let kind = match state.text("type") {
                Some("parallel") => Kind::Parallel,
                Some("final") => Kind::Final,
                Some("history") => history(state),
                _ if matches!(state.get("parallel"), Some(Json::Bool(true))) => Kind::Parallel,
                _ => Kind::Plain,
            };
            let number = self.draft.add(parent, key, kind, || path.clone())?;
            let docs = &mut self.draft.state_mut(number).docs;
            state.text("description").unwrap_or_default().clone_into(docs);
            if let Some(id) = state.text("id") {
                self.ids.insert(id.to_owned(), number);
            }
            self.values.push(state);
            self.paths.insert(path.clone(), number);
            self.keys.push(path);
            self.states(state, number)?;
        }
        Ok(())
    }

    /// Reads what is in a state beside other states.
    fn content(&mut self, number: usize) -> Result<(), ImportError> {
        let Some(value) = self.values.get(number).copied() else { return Ok(()) };
        if number == 0 && is_parallel(value) {
            self.draft.state_mut(0).kind = Kind::Parallel;
        }
        if let Some(initial) = value.get("initial").filter(|initial| !initial.is_empty()) {
            self.initial(number, initial)?;
        }
        if let Kind::History { deep, .. } = self.draft.state(number).kind
            && let Some(target) = value.get("target").filter(|target| !target.is_empty())
        {
            let targets = self.targets(self.draft.state(number).parent, number, target)?;
            let default = targets.first().copied();
            self.draft.state_mut(number).kind = Kind::History { deep, default };
        }
        for (key, part) in value.entries() {
            match key.as_str() {
                "on" => self.on(number, part)?,
                "always" => self.always(number, part)?,
                "after" => self.after(number, part)?,
                "onDone" => self.done(number, part)?,
                "invoke" => self.invoke(number, part)?,
                key if READ.contains(&key) || part.is_empty() => {}
                "meta" if is_own(part) => {}
                "entry" | "onEntry" => self.noted(number, "on entry: ", part),
                "exit" | "onExit" => self.noted(number, "on exit: ", part),
                key => self.noted(number, &format!("`{key}`: "), part),
            }
        }
        if number == 0 && value.text("version").is_some_and(|version| version != "1") {
            let version = value.text("version").unwrap_or_default();
            self.draft.notes.push(format!("version {version} of the machine"));
        }
        Ok(())
    }

    fn initial(&mut self, number: usize, initial: &Json) -> Result<(), ImportError> {
        let target = initial.get("target").unwrap_or(initial);
        // The name of a state inside, without a dot before it.
        let inside = |text: &str| {
            let relative = text.strip_prefix('.').unwrap_or(text);
            self.paths.get(&format!("{}.{relative}", self.path(number))).copied()
        };
        let found = match target {
            Json::Text(text) => inside(text),
            _ => None,
        };
        let entered = match found {
            Some(found) => Some(found),
            None => self.targets(number, number, target)?.first().copied(),
        };
        self.draft.state_mut(number).initial = entered;
        if let Some(actions) = initial.get("actions").filter(|actions| !actions.is_empty()) {
            self.noted(number, "on the initial transition: ", actions);
        }
        Ok(())
    }

    fn noted(&mut self, number: usize, what: &str, part: &Json) {
        self.note(number, format!("{what}{part}"));
    }

    fn note(&mut self, number: usize, note: String) {
        let notes = match number {
            0 => &mut self.draft.notes,
            _ => &mut self.draft.state_mut(number).notes,
        };
        notes.push(note);
    }

    /// The path of a state, for errors and for names relative to it.
    fn path(&self, number: usize) -> &str {
        self.keys.get(number).map_or("", String::as_str)
    }
}

fn is_parallel(value: &Json) -> bool {
    value.text("type") == Some("parallel")
        || matches!(value.get("parallel"), Some(Json::Bool(true)))
}

/// Whether `chart --format xstate` wrote this `meta`.
fn is_own(meta: &Json) -> bool {
    meta.entries().iter().all(|(key, _)| key == "mark")
}

fn history(state: &Json) -> Kind {
    let deep = match state.get("history") {
        Some(Json::Text(history)) => history == "deep",
        _ => false,
    };
    Kind::History { deep, default: None }
}
