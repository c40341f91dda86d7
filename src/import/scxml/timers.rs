//! Timeouts in SCXML: events that are sent late on entry.

use roxmltree::Node;

use super::super::draft::Trigger;
use super::super::span::milliseconds;
use super::Reader;

/// An event that a state sends to itself later.
pub(super) struct Timer<'a> {
    state: usize,
    event: &'a str,
    after: u64,
    id: Option<&'a str>,
    source: String,
}

impl<'a> Reader<'a> {
    /// Reads `<onentry>` or `<onexit>`. What may be a timeout is kept until all transitions are known.
    pub(super) fn actions(&mut self, number: usize, element: Node<'a, 'a>, name: &str) {
        let when = if name == "onentry" { "on entry" } else { "on exit" };
        for child in element.children().filter(Node::is_element) {
            let source = format!("{when}: {}", self.source(child));
            let timer = (name == "onentry").then(|| timer(number, child, &source)).flatten();
            match timer {
                Some(timer) => self.timers.push(timer),
                None if self.cancels(number, child) => {}
                None => self.note(number, &source),
            }
        }
    }

    /// Whether the element cancels a timeout of the state, as leaving a state always does.
    fn cancels(&self, number: usize, element: Node<'_, '_>) -> bool {
        let id = element.attribute("sendid");
        element.tag_name().name() == "cancel"
            && id.is_some()
            && self.timers.iter().any(|timer| timer.state == number && timer.id == id)
    }

    /// Makes timeouts of the transitions that a delayed event of their own state triggers.
    pub(super) fn start_timers(&mut self) {
        for timer in std::mem::take(&mut self.timers) {
            let mut started = false;
            for transition in &mut self.draft.state_mut(timer.state).transitions {
                if transition.trigger == Trigger::Event(timer.event.to_owned()) {
                    transition.trigger = Trigger::After(timer.event.to_owned(), timer.after);
                    started = true;
                }
            }
            let inside = self.draft.states.iter().enumerate().any(|(number, state)| {
                let is_own = |trigger: &Trigger| {
                    matches!(trigger, Trigger::After(event, _) if event == timer.event)
                };
                self.draft.is_within(number, timer.state)
                    && state.transitions.iter().any(|one| is_own(&one.trigger))
            });
            if !started && !inside {
                self.note(timer.state, &timer.source);
            }
        }
    }
}

/// A delayed `<send>` with nothing but an event.
fn timer<'a>(state: usize, element: Node<'a, 'a>, source: &str) -> Option<Timer<'a>> {
    const PLAIN: [&str; 3] = ["event", "delay", "id"];
    let is_plain = element
        .attributes()
        .all(|attribute| attribute.namespace().is_some() || PLAIN.contains(&attribute.name()));
    let is_send = element.tag_name().name() == "send" && !element.has_children() && is_plain;
    let event = element.attribute("event").filter(|_| is_send)?;
    let after = milliseconds(element.attribute("delay")?)?;
    let id = element.attribute("id");
    Some(Timer { state, event, after, id, source: source.to_owned() })
}
