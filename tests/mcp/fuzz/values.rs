//! Values: such as fit a schema, and such as an attacker sends.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// Names that runs may have, and by which a client names its own.
pub(crate) const RUNS: [&str; 6] = ["main", "a", "b-1", "c.2", "local/a", "local/main"];

/// Texts that are no name, or are the name of something else.
const TEXTS: [&str; 30] = [
    "",
    " ",
    "/",
    "..",
    "../../etc/passwd",
    "a/b/c",
    "bob/main",
    "bob/",
    "/main",
    "clock/main",
    "system/a",
    "local//a",
    "run://main/state",
    "a\0b",
    "a\nb",
    "a\r\n{\"jsonrpc\":\"2.0\"}",
    "\u{1b}[2J\u{1b}[31m",
    "\u{9b}2J",
    "\u{202e}niam",
    "\u{feff}main",
    "ｍａｉｎ",
    "😀",
    "main\u{301}",
    "MAIN",
    "%6d%61%69%6e",
    "{{}}",
    "'; DROP TABLE records; --",
    "null",
    "0",
    "-1",
];

pub(crate) fn text(rng: &mut Rng) -> String {
    match rng.u8(..20) {
        0 => "x".repeat(rng.usize(60..300)),
        1 => TEXTS[rng.usize(..TEXTS.len())].repeat(rng.usize(1..60)),
        2 => std::iter::repeat_with(|| rng.char(..)).take(8).collect(),
        3..8 => TEXTS[rng.usize(..TEXTS.len())].to_owned(),
        _ => word(rng),
    }
}

/// A text that anybody might write.
pub(crate) fn word(rng: &mut Rng) -> String {
    let length = rng.usize(1..12);
    std::iter::repeat_with(|| rng.alphanumeric()).take(length).collect()
}

/// Any value of JSON.
pub(crate) fn hostile(rng: &mut Rng) -> Value {
    match rng.u8(..16) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!([i64::MIN, -1, 0, 256, 1 << 32, i64::MAX][rng.usize(..6)]),
        3 => json!(u64::MAX - u64::from(rng.u8(..))),
        4 => json!([-0.0, 0.5, 1.0, 1e300, f64::MIN_POSITIVE][rng.usize(..5)]),
        5 => nested(rng.usize(1..60)),
        6 => Value::Array(std::iter::repeat_with(|| hostile(rng)).take(3).collect()),
        7 => object(rng),
        8 => json!("y".repeat(rng.usize(1..20_000))),
        _ => json!(text(rng)),
    }
}

pub(crate) fn object(rng: &mut Rng) -> Value {
    let count = rng.usize(..4);
    Value::Object(std::iter::repeat_with(|| (text(rng), json!(rng.u32(..)))).take(count).collect())
}

/// Arrays in arrays.
fn nested(depth: usize) -> Value {
    (0..depth).fold(json!([]), |inner, _| json!([inner]))
}

/// A value that fits a schema, as far as the schema says.
pub(crate) fn fitting(rng: &mut Rng, schema: &Value) -> Value {
    if let Some(choices) = schema["enum"].as_array() {
        return choices[rng.usize(..choices.len())].clone();
    }
    match schema["type"].as_str() {
        Some("object") => Value::Object(members(rng, schema)),
        Some("array") => {
            let count = rng.usize(..3);
            std::iter::repeat_with(|| fitting(rng, &schema["items"])).take(count).collect()
        }
        Some("integer" | "number") => {
            let most = schema["maximum"].as_u64().unwrap_or(u64::from(u32::MAX));
            json!(rng.u64(schema["minimum"].as_u64().unwrap_or(0)..=most))
        }
        Some("boolean") => json!(rng.bool()),
        _ => json!(word(rng)),
    }
}

/// What a schema requires, and some of what may be left out.
pub(crate) fn members(rng: &mut Rng, schema: &Value) -> Map<String, Value> {
    let is_required = |name: &String| {
        schema["required"].as_array().is_some_and(|names| names.contains(&json!(name)))
    };
    let mut given = Map::new();
    for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
        if is_required(name) || rng.u8(..3) == 0 {
            given.insert(name.clone(), fitting(rng, schema));
        }
    }
    given
}
