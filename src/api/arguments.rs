//! What a caller gives to an operation, checked against what the operation takes.

use std::fmt::{self, Display, Formatter};
use std::io;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::Segment;

use super::limits;
use super::schema::Signature;
use crate::text;

/// What is wrong with one argument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// The argument, or the path to a part of it: `arguments.days[0]`.
    pub argument: String,
    /// What is wrong, and what is expected.
    pub reason: String,
}

impl Problem {
    pub(crate) fn new(argument: &str, reason: &str) -> Self {
        Self { argument: text::shortened(argument), reason: limits::reason(reason) }
    }

    /// The same problem. If it is with a sensitive argument, or with what may be one, it says nothing about the value.
    fn redacted(self, sensitive: &[&'static str]) -> Self {
        let end = self.argument.find(['.', '[']).unwrap_or(self.argument.len());
        let argument = self.argument.get(..end).unwrap_or_default();
        let may_repeat =
            sensitive.contains(&argument) || (argument.is_empty() && !sensitive.is_empty());
        if may_repeat { Self::new(argument, UNFIT) } else { self }
    }

    /// The same problem within the argument `outer`.
    pub(crate) fn within(self, outer: &str) -> Self {
        Self { argument: format!("{outer}.{}", self.argument), ..self }
    }
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.argument, self.reason)
    }
}

/// Why a sensitive argument is not taken.
const UNFIT: &str = "the value does not fit; it is sensitive, and no answer repeats it";

/// Arguments that the operation takes. None is missing, and none is too large.
pub(crate) struct Arguments {
    given: Map<String, Value>,
    /// The arguments whose values no answer may repeat.
    sensitive: Vec<&'static str>,
}

impl Arguments {
    /// Checks names and sizes, and types as far as the schemas state them. `limit` is the maximum length of one argument
    /// as JSON, in bytes.
    ///
    /// # Errors
    ///
    /// The arguments that are unknown, too large, mistyped or missing, at most twenty.
    pub(crate) fn new(
        given: Map<String, Value>,
        signature: &Signature,
        limit: usize,
    ) -> Result<Self, Vec<Problem>> {
        let properties = signature.properties();
        let names = properties.keys().map(String::as_str);
        let wrong = given.iter().filter_map(|(name, value)| {
            let reason = match properties.get(name) {
                None => format!("no such argument; {}", text::hint(name, names.clone())),
                Some(schema) => {
                    let reason = unfit(value, schema, limit)?;
                    if signature.sensitive_names().contains(&name.as_str()) {
                        format!("{UNFIT}; expected {}", described(schema))
                    } else {
                        reason
                    }
                }
            };
            Some(Problem::new(name, &reason))
        });
        let missing = signature.required_names().iter().filter_map(|name| {
            let expected = properties.get(*name).map(described).unwrap_or_default();
            let problem = || Problem::new(name, &format!("it is missing; expected {expected}"));
            (!given.contains_key(*name)).then(problem)
        });
        let problems: Vec<_> = wrong.chain(missing).take(text::NAMES).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self { given, sensitive: signature.sensitive_names().to_vec() })
    }

    /// Takes out one argument.
    ///
    /// # Errors
    ///
    /// It is of another type.
    pub(crate) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        self.given.remove(name).map(|value| read(value, name, 0)).transpose()
    }

    /// Takes out one argument that is made from text.
    ///
    /// # Errors
    ///
    /// It is no text, or nothing can be made from it.
    pub(crate) fn take_text<T: TryFrom<String, Error: Display>>(
        &mut self,
        name: &str,
    ) -> Result<Option<T>, Problem> {
        let made = |text: String| {
            T::try_from(text).map_err(|error| Problem::new(name, &error.to_string()))
        };
        self.take::<String>(name)?.map(made).transpose()
    }

    /// Reads the arguments that are left as the payload of the variant `name` of `T`.
    ///
    /// # Errors
    ///
    /// An argument is of another type.
    pub(crate) fn payload<T: DeserializeOwned>(self, name: &str) -> Result<T, Problem> {
        let Self { given, sensitive } = self;
        let variant = Map::from_iter([(name.to_owned(), Value::Object(given))]);
        read(Value::Object(variant), name, 1).map_err(|problem| problem.redacted(&sensitive))
    }
}

/// Reads a value. In a problem, the path begins after `outer` segments.
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
        Problem::new(&argument, &bounded(&error.into_inner().to_string()))
    })
}

/// A message of serde, which repeats the value and may list all names that are expected, with both cut.
fn bounded(message: &str) -> String {
    /// How many characters are repeated, so that what is expected has a place beside them.
    const ECHOED: usize = 100;
    const LIST: &str = "one of ";
    let Some((found, expected)) = message.rsplit_once(", expected ") else {
        return text::shortened(message);
    };
    let found = match found.char_indices().nth(ECHOED) {
        Some((end, _)) => format!("{}…", found.get(..end).unwrap_or_default()),
        None => found.to_owned(),
    };
    match expected.strip_prefix(LIST) {
        Some(names) => {
            let names = names.split(", ").map(|name| name.trim_matches('`'));
            format!("{found}, expected {LIST}{}", text::listed(names))
        }
        None => format!("{found}, expected {}", text::shortened(expected)),
    }
}

/// Why a value does not fit a schema. What a schema says beyond type and bounds is found when the value is read.
fn unfit(value: &Value, schema: &Value, limit: usize) -> Option<String> {
    let size = json_length(value);
    if size > limit {
        return Some(format!(
            "it has {size} bytes as JSON, and at most {limit} are allowed (`argument_bytes`)"
        ));
    }
    (!fits(value, schema))
        .then(|| format!("it is {}; expected {}", shown(value), described(schema)))
}

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

fn json_length(value: &Value) -> usize {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value).expect("counting cannot fail");
    counter.0
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
    let ty = match schema.get("type").and_then(Value::as_str) {
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Tone {
        Warm,
        Cool,
        Dry,
    }

    #[test]
    fn messages_of_serde_are_cut() {
        fn check<T: DeserializeOwned + std::fmt::Debug>(value: Value, end: &str) -> Problem {
            let problem = read::<T>(value, "x", 0).expect_err("a value of another type");
            assert_eq!(problem.argument, "x");
            assert!(problem.reason.len() < 2000, "{problem}");
            assert!(!problem.reason.contains(['\u{9b}', '\u{202e}']), "{problem}");
            assert!(problem.reason.ends_with(end), "{problem}");
            problem
        }
        let problem = check::<u8>(json!({"a": 1}), "expected u8");
        assert_eq!(problem.reason, "invalid type: map, expected u8");
        check::<u8>(json!("\u{9b}".repeat(5000)), "expected u8");
        let hostile = format!("`, expected one of `a`{}", "\u{202e}".repeat(500));
        check::<Tone>(json!(hostile), "expected one of `warm`, `cool`, `dry`");
    }

    #[test]
    fn nothing_is_said_about_a_sensitive_value() {
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[expect(dead_code, reason = "it is only read")]
        enum Event {
            Pay { card: Vec<u8>, pin: u8, tone: Option<Tone>, codes: BTreeMap<String, Tone> },
        }
        fn check(given: Value, expected: &str) {
            let Value::Object(given) = given else { panic!("an object") };
            let integer = || json!({"type": "integer", "maximum": 255});
            let signature = Signature::default()
                .required("card", json!({}))
                .required("pin", integer())
                .optional("tone", json!({}))
                .required("codes", json!({}));
            let signature = signature.sensitive("card").sensitive("pin").sensitive("codes");
            let read = Arguments::new(given, &signature, 100)
                .and_then(|given| given.payload::<Event>("pay").map_err(|problem| vec![problem]));
            let problems = read.expect_err("a value of another type");
            assert_eq!(problems[0].to_string(), expected);
        }
        let unfit = |name: &str| format!("`{name}`: {UNFIT}");
        check(json!({"card": ["4242"], "pin": 1, "codes": {}}), &unfit("card"));
        check(json!({"card": "4242", "pin": 1, "codes": {}}), &unfit("card"));
        check(
            json!({"card": [], "pin": 4242, "codes": {}}),
            &format!("{}; expected an integer up to 255", unfit("pin")),
        );
        check(json!({"card": [], "pin": 1, "codes": {"4242": "4242"}}), &unfit("codes"));
        check(
            json!({"card": [], "pin": 1, "tone": "wet", "codes": {}}),
            "`tone`: unknown variant `wet`, expected one of `warm`, `cool`, `dry`",
        );
        let unattributed = Problem::new("", "4242").redacted(&["card"]);
        assert_eq!(unattributed, Problem::new("", UNFIT));
    }
}
