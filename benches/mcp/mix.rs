//! The calls that are made, as JSON-RPC.

use std::fmt::{self, Display, Formatter};

use serde_json::{Value, json};

/// The revision of the protocol that a client speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// 2026-07-28, in which each request says so.
    Modern,
    /// 2025-11-25, which begins with `initialize`.
    Legacy,
}

/// Seven calls, after which they can be made again: three are recorded, four read.
pub(crate) const STEPS: [(&str, &[(&str, &str)]); 7] = [
    ("transition_state", &[("new_state", "PLANNING")]),
    ("get_current_state", &[]),
    ("store_task_data", &[("key", "plan"), ("value", "Read, then write, then read again.")]),
    ("get_task_data", &[("key", "plan")]),
    ("transition_state", &[("new_state", "RESEARCHING")]),
    ("list_task_data_keys", &[]),
    ("get_current_state", &[]),
];

/// How many of them are recorded.
pub(crate) const RECORDED: u64 = 3;

impl Display for Era {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Modern => "2026-07-28",
            Self::Legacy => "2025-11-25",
        })
    }
}

impl Era {
    /// A request as one line, with its break.
    pub(crate) fn request(self, id: u64, method: &str, mut params: Value) -> String {
        if let (Self::Modern, Value::Object(params)) = (self, &mut params) {
            let meta = json!({
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"},
                "io.modelcontextprotocol/clientCapabilities": {},
            });
            params.insert("_meta".to_owned(), meta);
        }
        let message = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        format!("{message}\n")
    }

    /// What a client says first.
    pub(crate) fn first(self) -> String {
        match self {
            Self::Modern => self.request(0, "server/discover", json!({})),
            Self::Legacy => {
                let client = json!({
                    "protocolVersion": "2025-11-25",
                    "capabilities": {},
                    "clientInfo": {"name": "bench", "version": "1"},
                });
                self.request(0, "initialize", client)
            }
        }
    }

    /// One of the calls, for a run.
    pub(crate) fn call(self, id: u64, run: &str, step: usize) -> String {
        let (tool, arguments) = arguments(run, step);
        self.request(id, "tools/call", json!({"name": tool, "arguments": arguments}))
    }
}

/// The tool of a step, and its arguments.
pub(crate) fn arguments(run: &str, step: usize) -> (&'static str, Value) {
    let (tool, given) = STEPS.get(step % STEPS.len()).copied().unwrap_or_default();
    let run = [("run", run)].into_iter();
    let arguments =
        run.chain(given.iter().copied()).map(|(name, value)| (name.to_owned(), json!(value)));
    (tool, Value::Object(arguments.collect()))
}
