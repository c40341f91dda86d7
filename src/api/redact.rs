//! Values that are marked `#[sensitive]`, kept out of whatever is shown.
//!
//! The records of a store keep the true values: the hashes cover them, and replaying needs them. What is shown is a copy.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::chart::{Chart, Event, Parameter, State};
use crate::record::{Entry, Record};

/// What stands in the place of a sensitive value.
pub(crate) const REDACTED: &str = "[redacted]";

/// Redacts the data of a state, an object.
pub(crate) fn data(state: &State, value: &mut Value) {
    named(state.sensitive(), value);
}

/// Redacts a context, an object.
pub(crate) fn context(chart: &Chart, value: &mut Value) {
    named(chart.sensitive_context(), value);
}

/// The payload of an event as it is written, the object of its arguments, without sensitive values.
pub(crate) fn payload<'w>(event: &Event, written: &'w RawValue) -> Cow<'w, RawValue> {
    if is_sensitive(event) {
        Cow::Owned(raw_fields(written, |name| is_hidden(event, name)))
    } else {
        Cow::Borrowed(written)
    }
}

/// Redacts the value of a run: state, context and history memory.
pub(crate) fn value(chart: &Chart, value: &mut Value) {
    let Value::Object(parts) = value else { return };
    for (part, value) in parts {
        match (part.as_str(), value) {
            ("context", value) => context(chart, value),
            ("state", value) => tagged(chart, value),
            ("history", Value::Object(memory)) => {
                memory.values_mut().for_each(|value| tagged(chart, value));
            }
            _ => {}
        }
    }
}

/// A record without sensitive values. Other values keep the text in which they were written.
///
/// A record of an earlier program may hold events and arguments that this program does not know. If the machine has any
/// sensitive argument, those are redacted too, since nobody can tell whether they are sensitive.
pub(crate) fn record<'r>(chart: &Chart, record: &'r Record) -> Cow<'r, Record> {
    let redacted = match &record.entry {
        Entry::Started { context, .. } => {
            let hidden = chart.sensitive_context();
            (!hidden.is_empty()).then(|| raw_fields(context, |name| hidden.contains(&name)))
        }
        Entry::Forked { value, .. } => chart.has_sensitive().then(|| raw_value(chart, value)),
        Entry::Applied { event, .. } => self::event(chart, event),
    };
    let Some(redacted) = redacted else { return Cow::Borrowed(record) };
    let mut record = record.clone();
    match &mut record.entry {
        Entry::Started { context: raw, .. }
        | Entry::Forked { value: raw, .. }
        | Entry::Applied { event: raw, .. } => *raw = redacted,
    }
    Cow::Owned(record)
}

/// An event as it is written, `{"submit": {…}}`, without sensitive values; `None` if it has none.
pub(crate) fn event(chart: &Chart, written: &RawValue) -> Option<Box<RawValue>> {
    if !chart.events().iter().any(is_sensitive) {
        return None;
    }
    let parts = members(written)?;
    let redacted = parts.into_iter().map(|(name, arguments)| {
        let known = chart.events().iter().find(|event| event.name() == name);
        let arguments = match known {
            Some(event) => payload(event, arguments),
            None => Cow::Owned(raw_fields(arguments, |_| true)),
        };
        (name, arguments)
    });
    let redacted: BTreeMap<_, _> = redacted.collect();
    Some(to_raw_value(&redacted).expect("all keys are texts"))
}

/// Whether the event has a sensitive argument.
fn is_sensitive(event: &Event) -> bool {
    event.payload().iter().any(Parameter::is_sensitive)
}

/// Whether an argument of an event that has a sensitive one is hidden. One that this program does not know is.
fn is_hidden(event: &Event, name: &str) -> bool {
    let known = event.payload().iter().find(|parameter| parameter.name() == name);
    known.is_none_or(Parameter::is_sensitive)
}

/// A state as it is written, `{"READING": {…}}`.
fn tagged(chart: &Chart, value: &mut Value) {
    let Value::Object(states) = value else { return };
    for (name, value) in states {
        if let Some(state) = chart.states().iter().find(|state| state.wire() == name) {
            data(state, value);
        }
    }
}

fn named(hidden: &[&str], value: &mut Value) {
    if !hidden.is_empty() {
        fields(value, |name| hidden.contains(&name));
    }
}

/// Redacts fields of an object. What is no object has no fields to tell apart, and is redacted as a whole.
fn fields(value: &mut Value, is_hidden: impl Fn(&str) -> bool) {
    let Value::Object(object) = value else {
        *value = REDACTED.into();
        return;
    };
    for (_, value) in object.iter_mut().filter(|(name, _)| is_hidden(name)) {
        *value = REDACTED.into();
    }
}

/// As [`fields`], with the other values as they were written.
fn raw_fields(written: &RawValue, is_hidden: impl Fn(&str) -> bool) -> Box<RawValue> {
    let redacted = || to_raw_value(REDACTED).expect("a text");
    let Some(members) = members(written) else { return redacted() };
    let members = members.into_iter().map(|(name, value)| {
        let value = if is_hidden(&name) { redacted() } else { value.to_owned() };
        (name, value)
    });
    let members: BTreeMap<_, _> = members.collect();
    to_raw_value(&members).expect("all keys are texts")
}

/// As [`value`], with the other values as they were written.
fn raw_value(chart: &Chart, written: &RawValue) -> Box<RawValue> {
    raw_members(written, |part, value| match part {
        "context" => {
            let hidden = chart.sensitive_context();
            if hidden.is_empty() {
                value.to_owned()
            } else {
                raw_fields(value, |name| hidden.contains(&name))
            }
        }
        "state" => raw_tagged(chart, value),
        "history" => raw_members(value, |_, value| raw_tagged(chart, value)),
        _ => value.to_owned(),
    })
}

/// As [`tagged`], with the other values as they were written. The data of a state that this program does not know is
/// redacted.
fn raw_tagged(chart: &Chart, written: &RawValue) -> Box<RawValue> {
    raw_members(written, |name, data| {
        match chart.states().iter().find(|state| state.wire() == name) {
            Some(state) if state.sensitive().is_empty() => data.to_owned(),
            Some(state) => raw_fields(data, |name| state.sensitive().contains(&name)),
            None => raw_fields(data, |_| true),
        }
    })
}

/// An object with changed members. What is no object has none.
fn raw_members(
    written: &RawValue,
    change: impl Fn(&str, &RawValue) -> Box<RawValue>,
) -> Box<RawValue> {
    let Some(members) = members(written) else { return written.to_owned() };
    let members: BTreeMap<_, _> = members
        .into_iter()
        .map(|(name, value)| {
            let value = change(&name, value);
            (name, value)
        })
        .collect();
    to_raw_value(&members).expect("all keys are texts")
}

fn members(object: &RawValue) -> Option<BTreeMap<String, &RawValue>> {
    serde_json::from_str(object.get()).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chart::Clause;

    const PAY: Event = Event::new(
        "pay",
        "",
        &[Parameter::new("card", "String", "").sensitive(), Parameter::new("cents", "u128", "")],
        &[Clause::new(&[0], &[])],
    );
    const REST: Event = Event::new("rest", "", &[Parameter::new("card", "u8", "")], &[]);
    const PAID: State = State::new("Paid", "PAID", "").with_sensitive(&["cardNo"]);
    const CHART: Chart = Chart::new("Shop", "", 0)
        .with_states(&[PAID, State::new("Open", "OPEN", "")], &[])
        .with_sensitive_context(&["token"])
        .with_events(&[PAY, REST]);

    fn redacted(event: &str) -> String {
        let event: Box<RawValue> = serde_json::from_str(event).expect("JSON");
        super::event(&CHART, &event).expect("the machine has sensitive values").get().to_owned()
    }

    #[test]
    fn an_event_keeps_its_other_arguments_to_the_letter() {
        for (event, expected) in [
            (
                r#"{"pay":{"card":"4242","cents":340282366920938463463374607431768211455}}"#,
                r#"{"pay":{"card":"[redacted]","cents":340282366920938463463374607431768211455}}"#,
            ),
            (r#"{"pay":{"card":null}}"#, r#"{"pay":{"card":"[redacted]"}}"#),
            (r#"{"rest":{"card": 1.50}}"#, r#"{"rest":{"card": 1.50}}"#),
        ] {
            assert_eq!(redacted(event), expected);
        }
    }

    #[test]
    fn what_the_program_does_not_know_is_redacted() {
        assert_eq!(redacted(r#"{"pay":{"number":"4242"}}"#), r#"{"pay":{"number":"[redacted]"}}"#);
        assert_eq!(redacted(r#"{"buy":{"number":"4242"}}"#), r#"{"buy":{"number":"[redacted]"}}"#);
        assert_eq!(redacted(r#"{"pay":"4242"}"#), r#"{"pay":"[redacted]"}"#);
    }

    #[test]
    fn a_value_is_redacted_in_all_its_parts() {
        let paid = || json!({"PAID": {"cardNo": 4242, "cents": 5}});
        let mut value = json!({
            "state": paid(), "context": {"token": "t", "open": 1}, "history": {"last_busy": paid(), "last": null},
        });
        super::value(&CHART, &mut value);
        let paid = json!({"PAID": {"cardNo": REDACTED, "cents": 5}});
        let expected = json!({
            "state": paid, "context": {"token": REDACTED, "open": 1}, "history": {"last_busy": paid, "last": null},
        });
        assert_eq!(value, expected);
    }

    #[test]
    fn the_value_of_a_fork_keeps_its_other_parts_to_the_letter() {
        for (value, expected) in [
            (
                r#"{"context":{"token":"t","open": 1.50},"history":{"busy":null},"state":{"PAID":{"cardNo":4242,"cents":5}}}"#,
                r#"{"context":{"open":1.50,"token":"[redacted]"},"history":{"busy":null},"state":{"PAID":{"cardNo":"[redacted]","cents":5}}}"#,
            ),
            (
                r#"{"context":{},"history":{"busy":{"PAID":{"cardNo":1}}},"state":"OPEN"}"#,
                r#"{"context":{},"history":{"busy":{"PAID":{"cardNo":"[redacted]"}}},"state":"OPEN"}"#,
            ),
            (r#"{"state":{"SOLD":{"iban":"x"}}}"#, r#"{"state":{"SOLD":{"iban":"[redacted]"}}}"#),
        ] {
            let value: Box<RawValue> = serde_json::from_str(value).expect("JSON");
            assert_eq!(raw_value(&CHART, &value).get(), expected);
        }
    }

    #[test]
    fn what_is_no_object_is_redacted_as_a_whole() {
        let mut whole = json!("4242");
        data(&PAID, &mut whole);
        assert_eq!(whole, REDACTED);
    }
}
