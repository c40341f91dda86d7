//! The lines of a hostile client, which follow from a seed and from what it was answered.

mod broken;

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::super::meta;
use super::values::{RUNS, fitting, hostile, members, object, text, word};

/// What comes back for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Awaited {
    /// One answer with this id, as JSON.
    One(String),
    /// One answer with the id `null`.
    Null,
    /// Nothing.
    Nothing,
    /// At most one answer. Whoever damages a line by chance does not know what it has become.
    AtMostOne,
}

pub(crate) struct Line {
    pub(crate) bytes: Vec<u8>,
    pub(crate) awaited: Awaited,
    /// The arguments of a call of a tool that are the event's own.
    pub(crate) payload: Option<Map<String, Value>>,
}

/// What a client has heard, to send it again.
#[derive(Default)]
pub(crate) struct Heard {
    pub(crate) tools: Vec<(String, Value)>,
    /// The versions of runs.
    pub(crate) versions: Vec<u64>,
    /// Cursors, and whatever else only the server can read.
    pub(crate) tokens: Vec<String>,
}

impl Heard {
    /// Takes from the result of a request what can be sent again.
    pub(crate) fn learn(&mut self, result: &Value) {
        /// How many of a kind are kept.
        const KEPT: usize = 16;
        for tool in result["tools"].as_array().into_iter().flatten() {
            let name = tool["name"].as_str().unwrap();
            if !self.tools.iter().any(|(known, _)| known == name) {
                self.tools.push((name.to_owned(), tool["inputSchema"].clone()));
            }
        }
        let said = &result["structuredContent"];
        self.versions.extend(said["version"].as_u64());
        let tokens = [&said["next_cursor"], &result["nextCursor"], &result["requestState"]];
        self.tokens.extend(tokens.into_iter().filter_map(Value::as_str).map(str::to_owned));
        self.versions.drain(..self.versions.len().saturating_sub(KEPT));
        self.tokens.drain(..self.tokens.len().saturating_sub(KEPT));
    }
}

pub(crate) struct Input {
    pub(crate) rng: Rng,
    pub(crate) heard: Heard,
    /// Whether each request names its revision of the protocol.
    pub(crate) is_modern: bool,
    is_damaging: bool,
    last: u64,
}

const URIS: [&str; 16] = [
    "state://current",
    "machine://chart",
    "orchestration://history",
    "run://main/state",
    "run://a/history",
    "run://local%2Fa/state",
    "run://bob%2Fmain/history",
    "run://%00/state",
    "run://%/state",
    "run:///state",
    "run://main/prompt/IDLE",
    "state://idle/prompt",
    "state://\u{1b}[2J/prompt",
    "RUN://main/state",
    "file:///etc/passwd",
    "",
];

/// The arguments of the orchestrator's moves.
const PAYLOADS: [&str; 4] =
    ["task_description", "research_topic", "action_plan", "error_description"];

impl Input {
    pub(crate) fn new(seed: u64, is_modern: bool) -> Self {
        Self {
            rng: Rng::with_seed(seed),
            heard: Heard::default(),
            is_modern,
            is_damaging: false,
            last: 0,
        }
    }

    /// The next line, without its break.
    pub(crate) fn line(&mut self) -> Line {
        match self.rng.u8(..100) {
            0..65 => self.call(),
            65..82 => self.request(),
            82..86 => self.notification(),
            _ => self.broken(),
        }
    }

    /// A request, with an id of its own.
    pub(crate) fn asking(&mut self, method: &str, mut params: Value) -> Line {
        if self.is_modern && params.is_object() && params.get("_meta").is_none() {
            params["_meta"] = self.meta();
        }
        let id = self.id();
        let method = json!(method);
        let message = if self.rng.bool() {
            format!(r#"{{"jsonrpc":"2.0","id":{id},"method":{method},"params":{params}}}"#)
        } else {
            // As the SDK in TypeScript orders it.
            format!(r#"{{"method":{method},"params":{params},"jsonrpc":"2.0","id":{id}}}"#)
        };
        Line { bytes: message.into_bytes(), awaited: Awaited::One(id), payload: None }
    }

    fn id(&mut self) -> String {
        self.last += 1;
        if self.is_damaging {
            // What is left of such an id is hardly another's.
            return format!("\"damaged-{}-damaged\"", self.last);
        }
        match self.rng.u8(..4) {
            0 => json!(format!("{}-{}", word(&mut self.rng), self.last)).to_string(),
            1 => format!("-{}", self.last),
            _ => self.last.to_string(),
        }
    }

    fn meta(&mut self) -> Value {
        let mut meta = meta();
        if self.rng.u8(..50) == 0 {
            let names: Vec<_> =
                meta.as_object().into_iter().flatten().map(|(key, _)| key).collect();
            let name = names[self.rng.usize(..names.len())].clone();
            meta[name] = hostile(&mut self.rng);
        }
        if self.rng.u8(..20) == 0 {
            meta["progressToken"] = hostile(&mut self.rng);
        }
        meta
    }

    /// A call of a tool, mostly one that makes sense.
    fn call(&mut self) -> Line {
        let place = self.rng.usize(..self.heard.tools.len());
        let (tool, schema) = self.heard.tools[place].clone();
        let mut arguments = members(&mut self.rng, &schema);
        self.common(&mut arguments);
        if tool == "transition_state" {
            arguments.remove("arguments");
            let states = schema["properties"]["new_state"].to_string();
            let states: Vec<_> = states
                .split(|c: char| !c.is_ascii_uppercase())
                .filter(|state| state.len() > 3)
                .collect();
            let state = states[self.rng.usize(..states.len())];
            arguments.insert("new_state".to_owned(), json!(state));
            if self.rng.bool() {
                let name = PAYLOADS[self.rng.usize(..PAYLOADS.len())];
                arguments.insert("arguments".to_owned(), json!({name: word(&mut self.rng)}));
            }
        }
        if self.rng.u8(..4) == 0 {
            self.spoil(&mut arguments);
        }
        let mut params = json!({"name": tool, "arguments": arguments});
        let mut payload = match arguments.remove("arguments") {
            Some(Value::Object(inner)) => inner,
            _ => arguments,
        };
        for name in ["run", "expected_version", "request_key", "new_state"] {
            payload.remove(name);
        }
        let mut payload = Some(payload);
        if self.rng.u8(..30) == 0 {
            let name = ["name", "arguments", "requestState", "inputResponses", "task"];
            params[name[self.rng.usize(..5)]] = self.token();
            payload = None;
        }
        Line { payload, ..self.asking("tools/call", params) }
    }

    /// Fills in the arguments that most tools take.
    fn common(&mut self, arguments: &mut Map<String, Value>) {
        for name in ["run", "expected_version", "request_key", "cursor"] {
            if !arguments.contains_key(name) {
                continue;
            }
            if matches!(name, "expected_version" | "request_key") && self.rng.u8(..4) > 0 {
                arguments.remove(name);
                continue;
            }
            let value = match name {
                "run" if self.rng.bool() => json!(format!("run-{}", self.rng.u8(..12))),
                "run" => json!(RUNS[self.rng.usize(..RUNS.len())]),
                "request_key" => json!(format!("key-{}", self.rng.u8(..8))),
                "cursor" => self.token(),
                _ => match self.heard.versions.len() {
                    0 => json!(self.rng.u64(..3)),
                    heard => json!(self.heard.versions[self.rng.usize(..heard)]),
                },
            };
            arguments.insert(name.to_owned(), value);
        }
    }

    /// Makes one argument or two wrong.
    fn spoil(&mut self, arguments: &mut Map<String, Value>) {
        for _ in 0..=self.rng.u8(..2) {
            let names: Vec<_> = arguments.keys().cloned().collect();
            match self.rng.u8(..4) {
                0 => drop(arguments.insert(text(&mut self.rng), hostile(&mut self.rng))),
                1 => drop(arguments.insert("run".to_owned(), json!(text(&mut self.rng)))),
                _ if names.is_empty() => {}
                2 => drop(arguments.remove(&names[self.rng.usize(..names.len())])),
                _ => {
                    let name = names[self.rng.usize(..names.len())].clone();
                    arguments.insert(name, hostile(&mut self.rng));
                }
            }
        }
    }

    /// Something that only the server can have made: heard before, changed, or invented.
    fn token(&mut self) -> Value {
        let heard = self.heard.tokens.len();
        match self.rng.u8(..6) {
            0..3 if heard > 0 => {
                let mut token = self.heard.tokens[self.rng.usize(..heard)].clone();
                if self.rng.bool() && !token.is_empty() {
                    let place = self.rng.usize(..token.chars().count());
                    let other = self.rng.alphanumeric();
                    let changed = token.chars().enumerate();
                    token = changed.map(|(at, c)| if at == place { other } else { c }).collect();
                }
                json!(token)
            }
            0..4 => json!(word(&mut self.rng)),
            _ => hostile(&mut self.rng),
        }
    }

    /// A request that is no call of a tool that there is.
    fn request(&mut self) -> Line {
        let listed = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];
        let (method, params) = match self.rng.u8(..12) {
            0 => ("ping", json!({})),
            1 => ("server/discover", object(&mut self.rng)),
            2 => (listed[self.rng.usize(..4)], json!({"cursor": self.token()})),
            3 => (
                "tools/call",
                json!({"name": text(&mut self.rng), "arguments": object(&mut self.rng)}),
            ),
            4 => ("tools/call", object(&mut self.rng)),
            5..7 => {
                let uri = match self.rng.u8(..4) {
                    0 => json!(format!("run://{}/state", text(&mut self.rng))),
                    1 => hostile(&mut self.rng),
                    _ => json!(URIS[self.rng.usize(..URIS.len())]),
                };
                ("resources/read", json!({"uri": uri}))
            }
            7 => {
                let name = ["planning_prompt", "idle_prompt", "decide", ""][self.rng.usize(..4)];
                let given = fitting(
                    &mut self.rng,
                    &json!({"type": "object", "properties": {
                    "task_description": {}, "budget": {}, "bogus": {}}}),
                );
                ("prompts/get", json!({"name": name, "arguments": given}))
            }
            8 => (
                "completion/complete",
                json!({
                    "ref": {"type": "ref/prompt", "name": text(&mut self.rng)},
                    "argument": {"name": text(&mut self.rng), "value": text(&mut self.rng)},
                }),
            ),
            9 => {
                let method = ["resources/subscribe", "resources/unsubscribe"][self.rng.usize(..2)];
                (method, json!({"uri": URIS[self.rng.usize(..URIS.len())]}))
            }
            10 => ("logging/setLevel", json!({"level": self.token()})),
            _ => {
                let method = text(&mut self.rng);
                let params = hostile_params(&mut self.rng);
                return self.asking(&method, params);
            }
        };
        self.asking(method, params)
    }

    fn notification(&mut self) -> Line {
        let method = match self.rng.u8(..5) {
            0 => "notifications/initialized",
            1 => "notifications/progress",
            2 => "notifications/roots/list_changed",
            3 => "tools/call",
            _ => "notifications/cancelled",
        };
        let params = if self.rng.bool() {
            // No request has such an id.
            let id = format!("none-{}", self.rng.u32(..));
            json!({"requestId": id, "reason": text(&mut self.rng)})
        } else {
            object(&mut self.rng)
        };
        let message = json!({"jsonrpc": "2.0", "method": method, "params": params});
        Line { bytes: message.to_string().into_bytes(), awaited: Awaited::Nothing, payload: None }
    }
}

fn hostile_params(rng: &mut Rng) -> Value {
    match rng.u8(..3) {
        0 => object(rng),
        _ => hostile(rng),
    }
}
