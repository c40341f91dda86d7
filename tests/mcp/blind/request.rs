//! Calls that are made from the list of tools and from answers.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// The input schema of each tool, and whether the tool changes nothing.
pub(super) struct Tools(pub(super) BTreeMap<String, (Value, bool)>);

/// A call, and the event that it asks for, if it asks for one.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) tool: String,
    pub(super) arguments: Value,
    pub(super) event: String,
}

/// How often a move was made, and how often the author's code failed it, which asks for a larger number.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Turn {
    pub(super) made: usize,
    pub(super) failed: usize,
}

impl Tools {
    fn schema(&self, tool: &str) -> &Value {
        self.0.get(tool).map_or(&Value::Null, |(schema, _)| schema)
    }

    pub(super) fn has(&self, tool: &str) -> bool {
        self.0.contains_key(tool)
    }

    /// The tools that read, or those that change a run.
    pub(super) fn that(&self, read: bool) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(_, (_, reads))| *reads == read).map(|(name, _)| name.as_str())
    }

    /// A call with what the tool needs.
    pub(super) fn request(&self, tool: &str, turn: Turn) -> Request {
        let arguments = sample(self.schema(tool), turn);
        Request { tool: tool.to_owned(), arguments, event: tool.to_owned() }
    }

    /// The call for an entry of `legal`: the event's own tool, or else the one that takes the target.
    pub(super) fn for_move(&self, legal: &Value, turn: Turn) -> Request {
        let event = legal["event"].as_str().unwrap();
        if self.has(event) {
            return self.request(event, turn);
        }
        let targets = legal["to"].as_array().expect("a move without a tool of its own has targets");
        let schema = signature(legal);
        let mut arguments = json!({"new_state": targets[turn.made % targets.len()]});
        let inner = sample(&schema, turn);
        if inner != json!({}) {
            arguments["arguments"] = inner;
        }
        Request { tool: "transition_state".to_owned(), arguments, event: event.to_owned() }
    }
}

/// The schema of a move's arguments: `?` follows the names of those that may be left out, and a text is a type, or the
/// texts that the argument takes.
fn signature(legal: &Value) -> Value {
    let (mut properties, mut required) = (json!({}), Vec::new());
    for (name, schema) in legal["arguments"].as_object().into_iter().flatten() {
        let plain = name.trim_end_matches('?');
        if plain == name {
            required.push(plain);
        }
        properties[plain] = match schema.as_str() {
            Some(ty @ ("string" | "integer" | "number" | "boolean")) => json!({"type": ty}),
            Some(texts) => json!({"enum": texts.split(" | ").collect::<Vec<_>>()}),
            None => schema.clone(),
        };
    }
    json!({"type": "object", "properties": properties, "required": required})
}

impl Request {
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.arguments[name] = value.into();
        self
    }

    /// The arguments of the event: for `transition_state` those within its `arguments`.
    pub(super) fn payload(&mut self) -> &mut Map<String, Value> {
        let payload = match self.tool.as_str() {
            "transition_state" => &mut self.arguments["arguments"],
            _ => &mut self.arguments,
        };
        if payload.is_null() {
            *payload = json!({});
        }
        payload.as_object_mut().unwrap()
    }

    /// The call with each argument that a refusal names as it is in `right`, or as the refusal expects it.
    pub(super) fn corrected(mut self, refusal: &Value, right: &Self) -> Self {
        for problem in refusal["invalid"].as_array().unwrap() {
            let path = problem["argument"].as_str().unwrap().split('[').next().unwrap();
            let (outer, name) = path.rsplit_once('.').unwrap_or(("", path));
            let within = |arguments: &Value| match outer {
                "" => arguments.get(name).cloned(),
                outer => arguments.get(outer)?.get(name).cloned(),
            };
            let place = match outer {
                "" => &mut self.arguments,
                outer => &mut self.arguments[outer],
            };
            match within(&right.arguments).or_else(|| expected(problem["reason"].as_str().unwrap()))
            {
                Some(right) => place[name] = right,
                None => drop(place.as_object_mut().unwrap().remove(name)),
            }
        }
        self
    }
}

/// What a refusal says about a missing argument: a value of the type that it expects.
fn expected(reason: &str) -> Option<Value> {
    let (_, expected) = reason.strip_prefix("it is missing")?.split_once("expected a")?;
    let ty = expected.trim_start_matches('n').split_whitespace().next()?;
    Some(sample(&json!({"type": ty}), Turn::default()))
}

/// A value that fits a schema, another one each turn, with nothing that may be left out.
fn sample(schema: &Value, turn: Turn) -> Value {
    if let Some(choices) = schema["enum"].as_array() {
        return choices[turn.made % choices.len()].clone();
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        return sample(&choices[turn.made % choices.len()], turn);
    }
    match schema["type"].as_str() {
        Some("object") => {
            let names = schema["required"].as_array().into_iter().flatten();
            let names = names.map(|name| name.as_str().unwrap());
            let given =
                names.map(|name| (name.to_owned(), sample(&schema["properties"][name], turn)));
            Value::Object(given.collect())
        }
        Some("array") => json!([sample(&schema["items"], turn)]),
        Some("integer" | "number") => {
            let most = schema["maximum"].as_u64().unwrap_or(u64::MAX);
            let scale = 1000_u64.saturating_pow(u32::try_from(turn.failed).unwrap());
            json!(scale.saturating_mul(1 + turn.made as u64).min(most))
        }
        Some("boolean") => json!(turn.made.is_multiple_of(2)),
        _ if schema["pattern"].is_string() => json!(format!("text-{}", turn.made)),
        _ => json!(format!("text {}", turn.made)),
    }
}
