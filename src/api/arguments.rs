//! What a caller gives to a tool, checked against what the tool takes.

use rmcp::model::JsonObject;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::nearest::hint;
use super::schema::Signature;

/// What is wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    /// The argument.
    pub(crate) argument: String,
    /// What is wrong, and what was expected.
    pub(crate) reason: String,
}

impl Problem {
    pub(crate) fn new(argument: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { argument: argument.into(), reason: reason.into() }
    }

    /// The same within the argument `outer`.
    pub(crate) fn within(self, outer: &str) -> Self {
        Self { argument: format!("{outer}.{}", self.argument), ..self }
    }
}

/// Arguments, all of which the tool takes, and none of which is missing.
pub(crate) struct Arguments(JsonObject);

impl Arguments {
    /// Checks the names, and the types as far as the schemas tell them.
    ///
    /// # Errors
    ///
    /// All that are unknown, mistyped or missing.
    pub(crate) fn new(given: JsonObject, signature: &Signature) -> Result<Self, Vec<Problem>> {
        let properties = signature.properties();
        let names = properties.keys().map(String::as_str);
        let wrong = given.iter().filter_map(|(name, value)| match properties.get(name) {
            None => {
                Some(Problem::new(name, format!("no such argument; {}", hint(name, names.clone()))))
            }
            Some(schema) if fits(value, schema) => None,
            Some(schema) => {
                let reason = format!("it is {}; expected {}", shown(value), described(schema));
                Some(Problem::new(name, reason))
            }
        });
        let missing =
            signature.needed().iter().filter(|name| !given.contains_key(**name)).map(|name| {
                let expected = properties.get(*name).map(described).unwrap_or_default();
                Problem::new(*name, format!("it is missing; expected {expected}"))
            });
        let problems: Vec<_> = wrong.chain(missing).collect();
        if problems.is_empty() { Ok(Self(given)) } else { Err(problems) }
    }

    /// Takes out one argument.
    ///
    /// # Errors
    ///
    /// The problem, where it is of another type.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.0.remove(name).map(|value| read(value, name, 0)).transpose()
    }

    /// Reads what is left as the payload of the variant `name` of `T`.
    ///
    /// # Errors
    ///
    /// The problem, where an argument is of another type.
    pub(crate) fn payload<T: DeserializeOwned>(self, name: &str) -> Result<T, Problem> {
        let variant = JsonObject::from_iter([(name.to_owned(), Value::Object(self.0))]);
        read(Value::Object(variant), name, 1)
    }
}

/// Reads a value; where that fails, the path to the fault begins after `outer` segments.
fn read<T: DeserializeOwned>(value: Value, name: &str, outer: usize) -> Result<T, Problem> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let mut argument = if outer == 0 { name.to_owned() } else { String::new() };
        for segment in error.path().iter().skip(outer) {
            match segment {
                Segment::Seq { index } => argument = format!("{argument}[{index}]"),
                Segment::Map { key } | Segment::Enum { variant: key } => {
                    let dot = if argument.is_empty() { "" } else { "." };
                    argument = format!("{argument}{dot}{key}");
                }
                Segment::Unknown => {}
            }
        }
        Problem::new(argument, error.into_inner().to_string())
    })
}

/// Whether a value is of the type, and within the bounds, that a schema names. What it says beyond that is told by
/// reading the value.
fn fits(value: &Value, schema: &Value) -> bool {
    let of_type = match schema.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        _ => true,
    };
    let bound = |key| schema.get(key).and_then(Value::as_f64);
    let within = value.as_f64().is_none_or(|number| {
        bound("minimum").is_none_or(|least| number >= least)
            && bound("maximum").is_none_or(|most| number <= most)
    });
    of_type && within
}

/// A value in a few words.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null, which is left out instead".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A schema in a few words.
fn described(schema: &Value) -> String {
    let ty = schema.get("type").and_then(Value::as_str);
    let ty = match ty {
        Some(ty) if ty.starts_with(['a', 'i', 'o']) => format!("an {ty}"),
        Some(ty) => format!("a {ty}"),
        None => "a value".to_owned(),
    };
    let text = match (schema.get("minimum"), schema.get("maximum")) {
        (Some(least), Some(most)) => format!("{ty} from {least} to {most}"),
        (Some(least), None) => format!("{ty} from {least} up"),
        (None, Some(most)) => format!("{ty} up to {most}"),
        (None, None) => ty,
    };
    match schema.get("description").and_then(Value::as_str) {
        Some(description) => format!("{text} ({})", description.trim_end_matches('.')),
        None => text,
    }
}
