//! Why a line is not taken for a message, and what is answered then.

#[cfg(feature = "http")]
use rmcp::ErrorData;
use rmcp::model::{CustomRequest, ErrorCode, ProtocolVersion};
use serde_json::error::Category;
use serde_json::{Value, json};

use super::id::{Envelope, Id, LONGEST_ID};
use crate::text::shortened;

/// How deep the arrays and objects of a line may lie in each other: the bound of `serde_json`.
const DEEPEST: u64 = 127;

/// The methods that 2026-07-28 no longer has.
const GONE: [&str; 5] =
    ["initialize", "ping", "resources/subscribe", "resources/unsubscribe", "logging/setLevel"];

/// The answer to a line that is not taken.
#[derive(Debug)]
pub(super) struct Refusal {
    code: ErrorCode,
    reason: String,
}

impl Refusal {
    fn new(code: ErrorCode, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }

    /// The answer as a line, with its break.
    pub(super) fn line(&self, id: &Id) -> String {
        let error = json!({"code": self.code, "message": self.reason});
        format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"error\":{error}}}\n")
    }

    /// The refusal as rmcp answers it.
    #[cfg(feature = "http")]
    pub(super) fn into_error(self) -> ErrorData {
        ErrorData::new(self.code, self.reason, None)
    }

    /// A line that is longer than one may be.
    pub(super) fn overlong(length: u64, limit: usize) -> Self {
        let reason = format!("the line has {length} bytes; `line_bytes` allows {limit}");
        Self::new(ErrorCode::INVALID_REQUEST, reason)
    }

    /// A request whose id is longer than one may be.
    pub(super) fn long_id() -> Self {
        let reason = format!("`id` is too long; expected at most {LONGEST_ID} bytes");
        Self::new(ErrorCode::INVALID_REQUEST, reason)
    }

    /// A line that cannot be read as a message, as serde has it.
    pub(super) fn unreadable(line: &[u8], envelope: &Envelope, error: &serde_json::Error) -> Self {
        if error.classify() == Category::Data
            && let Ok(message) = serde_json::from_slice(line)
        {
            return Self::new(ErrorCode::INVALID_REQUEST, not_a_request(&message));
        }
        let reason = if envelope.depth > DEEPEST {
            format!("the line nests {} deep; expected at most {DEEPEST}", envelope.depth)
        } else {
            format!("the line is not JSON: {error}")
        };
        Self::new(ErrorCode::PARSE_ERROR, reason)
    }

    /// A request that rmcp has not recognized: for its parameters, or for its method.
    pub(super) fn unrecognized(request: &CustomRequest, version: Option<&ProtocolVersion>) -> Self {
        let CustomRequest { method, params, .. } = request;
        match misfit(method, params.as_ref()).filter(|_| !is_gone(method, version)) {
            None => {
                let reason = format!("the method `{}` is unknown", shortened(method));
                Self::new(ErrorCode::METHOD_NOT_FOUND, reason)
            }
            Some(misfit) => {
                let reason = format!("`{method}` has wrong parameters: {}", shortened(&misfit));
                Self::new(ErrorCode::INVALID_PARAMS, reason)
            }
        }
    }
}

/// Whether a revision has a method no more.
fn is_gone(method: &str, version: Option<&ProtocolVersion>) -> bool {
    GONE.contains(&method)
        && version.is_some_and(|version| *version >= ProtocolVersion::V_2026_07_28)
}

/// What keeps JSON from being a request.
fn not_a_request(message: &Value) -> String {
    let message = match message {
        Value::Object(message) => message,
        Value::Array(_) => {
            return "a batch is not taken; send each message in a line of its own".to_owned();
        }
        other => return format!("the message is {}; expected an object", kind(other)),
    };
    let member = |name| message.get(name);
    let is_object = |value: &Value| value.is_object();
    let expected = |name: &str, value: Option<&Value>, expected: &str| {
        format!("`{name}` is {}; expected {expected}", value.map_or("missing", kind))
    };
    if member("jsonrpc").is_none_or(|version| version != "2.0") {
        return match member("jsonrpc") {
            Some(Value::String(version)) => {
                format!("`jsonrpc` is `{}`; expected `2.0`", shortened(version))
            }
            other => expected("jsonrpc", other, "`2.0`"),
        };
    }
    let is_whole = |id: &Value| id.is_f64() && id.as_f64().is_some_and(|id| id.fract() == 0.0);
    let is_id = |id: &Value| id.is_string() || id.is_i64() || is_whole(id);
    if member("id").is_some_and(|id| !is_id(id)) {
        return "`id` is not usable; expected a string or an integer of 64 bits".to_owned();
    }
    if !member("method").is_some_and(Value::is_string) {
        return expected("method", member("method"), "a string");
    }
    if let Some(params) = member("params").filter(|params| !is_object(params)) {
        return expected("params", Some(params), "an object");
    }
    let meta = member("params").and_then(|params| params.get("_meta"));
    if let Some(meta) = meta.filter(|meta| !is_object(meta)) {
        return expected("params._meta", Some(meta), "an object");
    }
    for name in ["result", "error"] {
        if member(name).is_some() {
            return format!("a request has no `{name}`; leave it out");
        }
    }
    "the message is no request of JSON-RPC; look for a member that stands twice".to_owned()
}

/// Why these are not the parameters of the method; nothing where there is no such method.
fn misfit(method: &str, params: Option<&Value>) -> Option<String> {
    let fields = fields(method)?;
    let Some(params) = params else {
        return Some("`params` is missing; expected an object".into());
    };
    let misfit = fields.iter().find_map(|(name, expected, is_needed)| match params.get(name) {
        None if *is_needed => Some(format!("`{name}` is missing; expected {expected}")),
        Some(value) if kind(value) != *expected && (*is_needed || !value.is_null()) => {
            Some(format!("`{name}` is {}; expected {expected}", kind(value)))
        }
        _ => None,
    });
    Some(misfit.unwrap_or_else(|| "one of them is missing or of a wrong kind".to_owned()))
}

/// Parameters of a method: the name and the kind of each, and whether it may not be left out.
fn fields(method: &str) -> Option<&'static [(&'static str, &'static str, bool)]> {
    Some(match method {
        "initialize" => &[
            ("protocolVersion", "a string", true),
            ("capabilities", "an object", true),
            ("clientInfo", "an object", true),
        ],
        "tools/call" | "prompts/get" => {
            &[("name", "a string", true), ("arguments", "an object", false)]
        }
        "resources/read" | "resources/subscribe" | "resources/unsubscribe" => {
            &[("uri", "a string", true)]
        }
        "completion/complete" => &[("ref", "an object", true), ("argument", "an object", true)],
        "subscriptions/listen" => &[("notifications", "an object", true)],
        _ => return None,
    })
}

/// A value in a few words.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;
    use rmcp::model::{CustomRequest, ErrorCode, ProtocolVersion};
    use serde_json::json;

    #[test]
    fn a_method_is_gone_in_the_revisions_without_it() {
        let check = |method: &str, version: ProtocolVersion, expected: ErrorCode| {
            let request = CustomRequest::new(method, Some(json!({})));
            let refusal = Refusal::unrecognized(&request, Some(&version));
            assert_eq!(refusal.code, expected, "{method} {version}");
        };
        check("initialize", ProtocolVersion::V_2026_07_28, ErrorCode::METHOD_NOT_FOUND);
        check("resources/subscribe", ProtocolVersion::V_2026_07_28, ErrorCode::METHOD_NOT_FOUND);
        check("resources/subscribe", ProtocolVersion::V_2025_11_25, ErrorCode::INVALID_PARAMS);
        check("tools/call", ProtocolVersion::V_2026_07_28, ErrorCode::INVALID_PARAMS);
        check("tools/cal", ProtocolVersion::V_2025_11_25, ErrorCode::METHOD_NOT_FOUND);
    }
}
