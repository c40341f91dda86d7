//! One machine of any number of states, declared and written by hand.
//!
//! Every event leads to a state of its own, from as many others as [`SOURCES`] says, and counts in the context.

use std::fmt::Write;

/// So many states take each event.
pub(crate) const SOURCES: usize = 4;

/// The states that take the event of this number; it leads to the state of that number.
fn sources_of(event: usize, states: usize) -> impl Iterator<Item = usize> {
    (1..=SOURCES).map(move |distance| (event + states - distance) % states)
}

/// The same machine in each way of writing it; by hand first.
pub(crate) fn sources(states: usize) -> [(&'static str, String); 3] {
    [
        ("by hand", by_hand(states)),
        ("machine", declared(states, "")),
        ("machine(serde)", declared(states, "(serde)")),
    ]
}

fn declared(states: usize, options: &str) -> String {
    let derives = if options.is_empty() { "" } else { ", serde::Serialize, serde::Deserialize" };
    let mut text = format!(
        "#[leverframe::machine{options}]\npub mod ring {{\n#[context]\n#[derive(Default{derives})]\npub struct Count(pub u64);\n"
    );
    for state in 0..states {
        let initial = if state == 0 { "(initial)" } else { "" };
        line(&mut text, &format!("#[state{initial}]\npub struct S{state};"));
    }
    for event in 0..states {
        let from: Vec<_> = sources_of(event, states).map(|state| format!("S{state}")).collect();
        let from = from.join(", ");
        line(
            &mut text,
            &format!(
                "#[transition(from = [{from}])]\nfn to{event}(count: &mut Count, n: u64) -> S{event} {{ count.0 += n; S{event} }}"
            ),
        );
    }
    text.push('}');
    text
}

/// A typestate, an enum of states, an enum of events and a `match`: what an author needs for the same two machines.
fn by_hand(states: usize) -> String {
    let mut text =
        "#[derive(Default)]\npub struct Count(pub u64);\npub struct Ring<S>(pub S, pub Count);\n"
            .to_owned();
    for state in 0..states {
        line(&mut text, &format!("pub struct S{state};"));
        line(&mut text, &format!("impl Ring<S{state}> {{"));
        for event in (0..states).filter(|event| sources_of(*event, states).any(|s| s == state)) {
            line(
                &mut text,
                &format!(
                    "pub fn to{event}(mut self, n: u64) -> Ring<S{event}> {{ self.1.0 += n; Ring(S{event}, self.1) }}"
                ),
            );
        }
        line(&mut text, "}");
    }
    let list = |form: fn(usize) -> String| (0..states).map(form).collect::<Vec<_>>().join(", ");
    line(&mut text, &format!("pub enum State {{ {} }}", list(|n| format!("S{n}(S{n})"))));
    line(&mut text, &format!("pub enum Event {{ {} }}", list(|n| format!("To{n} {{ n: u64 }}"))));
    line(&mut text, "impl Ring<State> {\npub fn apply(&mut self, event: Event) -> bool {");
    line(&mut text, "self.0 = match (&self.0, event) {");
    for event in 0..states {
        let from: Vec<_> =
            sources_of(event, states).map(|state| format!("State::S{state}(_)")).collect();
        let from = from.join(" | ");
        line(
            &mut text,
            &format!(
                "({from}, Event::To{event} {{ n }}) => {{ self.1.0 += n; State::S{event}(S{event}) }}"
            ),
        );
    }
    line(&mut text, "_ => return false,\n};\ntrue\n}\n}");
    text
}

fn line(text: &mut String, line: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}
