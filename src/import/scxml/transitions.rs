//! Transitions in SCXML.

use roxmltree::Node;

use super::super::ImportError;
use super::super::draft::{Payload, Transition, Trigger};
use super::super::span::milliseconds;
use super::{Reader, own, place};

impl<'a> Reader<'a> {
    /// Adds a transition; one for each of the events that it names.
    pub(super) fn transition(
        &mut self,
        number: usize,
        element: Node<'a, 'a>,
    ) -> Result<(), ImportError> {
        let targets = self.targets(element, element.attribute("target").unwrap_or_default())?;
        // Recalled inside its superstate, a history is written as a target for each leaf.
        let recalled = own(element, "history").and_then(|id| self.ids.get(id));
        let history = recalled.and_then(|superstate| self.draft.history(*superstate));
        let targets = history.map_or(targets, |history| vec![history]);
        let mut transition = Transition::new(Trigger::Always);
        transition.targets = targets;
        transition.guards = self.guards(element);
        transition.payload = payload(element);
        transition.approvals =
            own(element, "approvals").and_then(|people| people.parse().ok()).unwrap_or_default();
        transition.fallible = own(element, "fallible").is_some();
        own(element, "docs").unwrap_or_default().clone_into(&mut transition.docs);
        for child in element.children().filter(Node::is_element) {
            transition.notes.push(self.source(child));
        }
        let after = own(element, "after").and_then(milliseconds);
        let events = element.attribute("event").unwrap_or_default();
        let mut triggers: Vec<_> = events
            .split_ascii_whitespace()
            .map(|event| match after {
                Some(after) => Trigger::After(event.to_owned(), after),
                None => Trigger::Event(pattern(event).to_owned()),
            })
            .collect();
        if triggers.is_empty() {
            triggers.push(Trigger::Always);
        }
        for trigger in triggers {
            if trigger == Trigger::Event("*".to_owned()) {
                let note = "the original takes every event here that no other transition takes";
                transition.notes.push(note.to_owned());
            }
            let one = Transition { trigger, ..transition.clone() };
            self.draft.push(number, one, || place(element))?;
        }
        Ok(())
    }

    /// The conditions. `chart --format scxml` joins the names of guards, and says of an open target what the handler decides.
    fn guards(&self, element: Node<'_, '_>) -> Vec<String> {
        let Some(condition) = element.attribute("cond") else { return Vec::new() };
        if self.draft.falls_back {
            return vec![condition.trim().to_owned()];
        }
        let parts = condition.split(" && ").map(str::trim);
        parts.filter(|part| !part.starts_with("_event.data.to ==")).map(str::to_owned).collect()
    }
}

/// An event without the `.*` at its end, which means the same.
fn pattern(event: &str) -> &str {
    let event = event.strip_suffix(".*").or(event.strip_suffix('.')).unwrap_or(event);
    if event.is_empty() { "*" } else { event }
}

/// The payload that `chart --format scxml` writes: `summary: String, to: Option<u8>`.
fn payload(element: Node<'_, '_>) -> Vec<Payload> {
    let mut parts: Vec<String> = Vec::new();
    let mut depth = 0_i32;
    for c in own(element, "payload").unwrap_or_default().chars() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            match parts.last_mut() {
                Some(part) => part.push(c),
                None => parts.push(c.into()),
            }
        }
    }
    let parameter = |part: &String| {
        let (name, ty) = part.split_once(':')?;
        let (name, ty) = (name.trim().to_owned(), ty.trim().to_owned());
        Some(Payload { name, ty, docs: String::new(), sensitive: false })
    };
    parts.iter().filter_map(parameter).collect()
}
