//! Transitions in XState.

use super::super::ImportError;
use super::super::draft::{Payload, Transition, Trigger};
use super::super::json::Json;
use super::super::span::{milliseconds, span};
use super::Reader;

/// The keys of a transition that are read, or that `JSON.stringify` repeats from elsewhere.
const READ: [&str; 11] = [
    "target",
    "guard",
    "cond",
    "description",
    "event",
    "eventType",
    "delay",
    "source",
    "reenter",
    "internal",
    "meta",
];

impl Reader<'_> {
    /// `on`: transitions by event.
    pub(super) fn on(&mut self, number: usize, on: &Json) -> Result<(), ImportError> {
        if let Json::List(list) = on {
            for one in list {
                let event = one.text("event").unwrap_or("*").to_owned();
                self.all(number, &trigger(&event), one)?;
            }
        }
        for (event, transitions) in on.entries() {
            if matches!(transitions, Json::Null) {
                let mut forbidden = Transition::new(trigger(event));
                forbidden.notes.push("the original ignores the event here".to_owned());
                self.push(number, forbidden)?;
            }
            self.all(number, &trigger(event), transitions)?;
        }
        Ok(())
    }

    /// `always`: transitions without an event.
    pub(super) fn always(&mut self, number: usize, always: &Json) -> Result<(), ImportError> {
        self.all(number, &Trigger::Always, always)
    }

    /// `after`: transitions by delay, which is a number of milliseconds, or the name of one that is elsewhere.
    pub(super) fn after(&mut self, number: usize, after: &Json) -> Result<(), ImportError> {
        let mut delayed: Vec<(String, &Json)> = Vec::new();
        if let Json::List(list) = after {
            let delay = |one: &Json| one.get("delay").map(ToString::to_string).unwrap_or_default();
            delayed.extend(list.iter().map(|one| (delay(one), one)));
        }
        delayed.extend(after.entries().iter().map(|(delay, one)| (delay.clone(), one)));
        for (delay, transitions) in delayed {
            let delay = delay.trim_matches('"');
            let milliseconds = match delay.parse::<u64>() {
                Ok(whole) => Some(whole.max(1)),
                Err(_) => None,
            };
            match milliseconds {
                Some(milliseconds) => {
                    let name = format!("after_{}", span(milliseconds));
                    self.all(number, &Trigger::After(name, milliseconds), transitions)?;
                }
                None => {
                    let before = self.draft.state(number).transitions.len();
                    let event = Trigger::Event(format!("after_{delay}"));
                    self.all(number, &event, transitions)?;
                    for one in self.draft.state_mut(number).transitions.iter_mut().skip(before) {
                        one.notes.push(format!("the delay `{delay}`, after which the original takes this by itself: add `after = \"…\"`"));
                    }
                }
            }
        }
        Ok(())
    }

    /// `onDone` of a state with states inside.
    pub(super) fn done(&mut self, number: usize, done: &Json) -> Result<(), ImportError> {
        let event = format!("done_{}", self.draft.state(number).id);
        let note = "the original takes this by itself when a final state inside is reached";
        self.by_itself(number, &event, note, done)
    }

    /// `invoke`: work or another machine, with its outcomes.
    pub(super) fn invoke(&mut self, number: usize, invoke: &Json) -> Result<(), ImportError> {
        let all: Vec<_> = match invoke {
            Json::List(list) => list.iter().collect(),
            one => vec![one],
        };
        for one in all.into_iter().filter(|one| !one.is_empty()) {
            let state = self.draft.state(number).id.clone();
            let source = one.text("src").or(one.get("src").and_then(|src| src.text("type")));
            let name = one.text("id").or(source).or(one.as_text()).unwrap_or(&state).to_owned();
            let mut note = format!("invokes `{name}`");
            for (key, part) in one.entries() {
                let outcome = match key.as_str() {
                    "onDone" => format!("done_{name}"),
                    "onError" => format!("error_{name}"),
                    "onSnapshot" => format!("snapshot_{name}"),
                    _ if part.is_empty() => continue,
                    _ => {
                        note = format!("{note}, `{key}`: {part}");
                        continue;
                    }
                };
                let by = format!("the original takes this by itself at an outcome of `{name}`");
                self.by_itself(number, &outcome, &by, part)?;
            }
            self.note(number, note);
        }
        Ok(())
    }

    fn by_itself(
        &mut self,
        number: usize,
        event: &str,
        note: &str,
        transitions: &Json,
    ) -> Result<(), ImportError> {
        let before = self.draft.state(number).transitions.len();
        self.all(number, &Trigger::Event(event.to_owned()), transitions)?;
        for one in self.draft.state_mut(number).transitions.iter_mut().skip(before) {
            one.notes.push(note.to_owned());
        }
        Ok(())
    }

    /// Adds one transition or a list of them: a text is a target.
    fn all(
        &mut self,
        number: usize,
        trigger: &Trigger,
        transitions: &Json,
    ) -> Result<(), ImportError> {
        match transitions {
            Json::List(list) => list.iter().try_for_each(|one| self.all(number, trigger, one)),
            Json::Text(_) | Json::Object(_) => self.one(number, trigger, transitions),
            _ => Ok(()),
        }
    }

    fn one(&mut self, number: usize, trigger: &Trigger, value: &Json) -> Result<(), ImportError> {
        let mut transition = Transition::new(trigger.clone());
        let target = value.get("target").unwrap_or(value);
        transition.targets = self.targets(number, number, target)?;
        value.text("description").unwrap_or_default().clone_into(&mut transition.docs);
        for guard in ["guard", "cond"].iter().filter_map(|key| value.get(key)) {
            guards(guard, &mut transition.guards);
        }
        let meta = value.get("meta").filter(|meta| meta.text("event").is_some());
        if let Some(meta) = meta {
            self.draft.falls_back = false;
            own(meta, &mut transition);
            // Recalled inside its superstate, a history is written as a target for each leaf.
            let recalled = meta.text("history").and_then(|id| self.ids.get(id));
            if let Some(history) = recalled.and_then(|state| self.draft.history(*state)) {
                transition.targets = vec![history];
            }
        }
        for (key, part) in value.entries() {
            let is_read = READ.contains(&key.as_str()) && (key != "meta" || meta.is_some());
            // Our own export names the handler of an internal transition as its action.
            let is_handler = meta.is_some() && key == "actions";
            if !is_read && !is_handler && !part.is_empty() {
                transition.notes.push(format!("`{key}`: {part}"));
            }
        }
        self.push(number, transition)
    }

    fn push(&mut self, number: usize, transition: Transition) -> Result<(), ImportError> {
        let path = self.path(number).to_owned();
        self.draft.push(number, transition, || path.clone())
    }
}

fn trigger(event: &str) -> Trigger {
    match event {
        "" => Trigger::Always,
        event => Trigger::Event(event.strip_suffix(".*").unwrap_or(event).to_owned()),
    }
}

/// The names of guards. Those that `chart --format xstate` adds for what the handler decides are none.
fn guards(guard: &Json, found: &mut Vec<String>) {
    let name = guard.as_text().or(guard.text("type").or(guard.text("name")));
    let params = guard.get("params");
    match name {
        Some("leads to" | "all of") => {
            if let Some(Json::List(list)) = params.and_then(|params| params.get("guards")) {
                found.extend(list.iter().filter_map(Json::as_text).map(str::to_owned));
            }
        }
        Some(name)
            if guard
                .entries()
                .iter()
                .all(|(key, part)| matches!(key.as_str(), "type" | "name") || part.is_empty()) =>
        {
            found.push(name.to_owned());
        }
        _ if guard.is_empty() => {}
        _ => found.push(guard.to_string()),
    }
}

/// What `chart --format xstate` says that XState has no word for.
fn own(meta: &Json, transition: &mut Transition) {
    let name = meta.text("event").unwrap_or_default().to_owned();
    transition.trigger = match meta.text("after").and_then(milliseconds) {
        Some(after) => Trigger::After(name, after),
        None => Trigger::Event(name),
    };
    let payload = meta.get("payload").map_or(&[][..], Json::entries);
    transition.payload.extend(payload.iter().map(|(name, ty)| Payload {
        name: name.clone(),
        ty: ty.as_text().unwrap_or("String").to_owned(),
        docs: String::new(),
        sensitive: false,
    }));
    if let Some(Json::Number(people)) = meta.get("approvals") {
        transition.approvals =
            people.as_u64().and_then(|people| people.try_into().ok()).unwrap_or_default();
    }
    transition.fallible = matches!(meta.get("fallible"), Some(Json::Bool(true)));
    if let Some(docs) = meta.text("docs") {
        docs.clone_into(&mut transition.docs);
    }
}
