//! The form that a client shows to its user.

use std::fmt::Write;

use rmcp::model::{
    ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, EnumSchema,
};
use serde_json::value::to_raw_value;
use serde_json::{Map, Value};

use crate::api::redact;
use crate::portable::Portable;
use crate::runs::GateRequest;
use crate::text;

const FIELD: &str = "decision";
const APPROVE: &str = "approve";
const DENY: &str = "deny";

/// How much of an argument is shown, in characters.
const VALUE: usize = 2_000;

/// What the user has done with the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Approve,
    Deny,
    /// The form was closed, or its answer cannot be read.
    None,
}

/// The question whether a request is approved.
pub(super) fn form<M: Portable>(request: &GateRequest) -> ElicitRequestParams {
    let choices = EnumSchema::builder(vec![APPROVE.to_owned(), DENY.to_owned()]);
    let choices = choices.title("Decision").build();
    let schema = ElicitationSchema::builder().required_enum_schema(FIELD, choices).build();
    let requested_schema = schema.expect("the required field is there");
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: message::<M>(request),
        requested_schema,
    }
}

/// The request as plain text. What others have written stands on indented lines of its own, escaped, so that it is shown
/// as it is and cannot pass for the words of the server.
fn message<M: Portable>(request: &GateRequest) -> String {
    let GateRequest { event, run, version, asker, .. } = request;
    let docs = event.docs().trim();
    let mut message = format!(
        "`{}` of {} needs the approval of a person. It happens only if you approve it.\n",
        event.name(),
        M::CHART.name()
    );
    if !docs.is_empty() {
        let _ = writeln!(message, "{docs}");
    }
    let run = text::escaped(&run.to_string());
    let asker = text::escaped(asker.as_str());
    let _ =
        write!(message, "\n    run: {run}\n    version: {version}\n    requested by: {asker}\n");
    let payload = to_raw_value(&request.payload).expect("all keys are texts");
    let payload = redact::payload(event, &payload);
    let arguments: Map<String, Value> = serde_json::from_str(payload.get()).unwrap_or_default();
    if !arguments.is_empty() {
        message.push_str("\nArguments:\n\n");
    }
    for (name, value) in arguments {
        let value = shown(&value);
        let _ = writeln!(message, "    {name}: {value}");
    }
    message
}

/// An argument as JSON, escaped, on one line. A long one says how much is left out.
fn shown(value: &Value) -> String {
    let whole = text::escaped(&value.to_string());
    let length = whole.chars().count();
    if length <= VALUE {
        return whole;
    }
    let cut: String = whole.chars().take(VALUE).collect();
    format!("{cut}… and {} more characters", length - VALUE)
}

/// What the user has done with the form.
pub(super) fn reply(result: ElicitResult) -> Reply {
    let decision = result.content.as_ref().and_then(|content| content.get(FIELD));
    match (result.action, decision.and_then(Value::as_str)) {
        (ElicitationAction::Accept, Some(APPROVE)) => Reply::Approve,
        (ElicitationAction::Accept, Some(DENY)) | (ElicitationAction::Decline, _) => Reply::Deny,
        _ => Reply::None,
    }
}

/// As [`reply`], for an answer as JSON.
pub(super) fn written(result: &Value) -> Reply {
    serde_json::from_value(result.clone()).map_or(Reply::None, reply)
}
