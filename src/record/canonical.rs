//! JSON of one form for each value.

use serde::Serialize;
use serde_json::Value;

/// A value as JSON without spaces, the keys of each object in the order of their bytes. Equal values have equal texts.
///
/// # Errors
///
/// The value's own `Serialize` fails, or a key of a map is not text.
pub(crate) fn canonical(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut text = String::new();
    write(&serde_json::to_value(value)?, &mut text);
    Ok(text)
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            // A map of `serde_json` keeps another order if any crate of the program asks for it.
            let mut members: Vec<_> = object.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            text.push('{');
            for (place, (name, value)) in members.into_iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(name.as_str()).to_string());
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(array) => {
            text.push('[');
            for (place, value) in array.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}
