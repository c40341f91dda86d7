//! Tools of 2026-07-28 that need input: they answer with what they need, and are called again with it.

use std::sync::LazyLock;

use leverframe::mcp::Server;
use leverframe::mcp::rmcp::ErrorData;
use leverframe::mcp::rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use leverframe::mcp::rmcp::model::{
    CallToolResponse, InputRequiredResult, InputResponses, RequestStateCodec,
};
use serde_json::{Value, json};

use crate::entrance::door::Door;
use crate::fixture::{Answer, Call, failed, model, text, tool};

/// Seals what comes back. The key is of this example alone: a program draws one at random, or keeps it secret.
static SEAL: LazyLock<RequestStateCodec> = LazyLock::new(|| {
    RequestStateCodec::try_new(*b"a key that everybody can read....")
        .expect("the key is long enough")
});

pub(crate) fn tools() -> ToolRouter<Server<Door>> {
    ToolRouter::new()
        .with_route(asking("test_input_required_result_elicitation", "Asks for a name.", greet))
        .with_route(asking("test_streaming_elicitation", "Asks for a name.", greet))
        .with_route(asking("test_input_required_result_sampling", "Asks the model.", |call| {
            answered(call, &json!({"capital_question": sample("What is the capital of France?")}))
        }))
        .with_route(asking("test_input_required_result_list_roots", "Asks for folders.", |call| {
            answered(call, &json!({"client_roots": roots()}))
        }))
        .with_route(asking("test_input_required_result_request_state", "Seals a state.", confirm))
        .with_route(asking("test_input_required_result_tampered_state", "Seals a state.", confirm))
        .with_route(asking("test_input_required_result_multiple_inputs", "Asks for much.", many))
        .with_route(asking("test_input_required_result_multi_round", "Asks twice.", twice))
        .with_route(asking("test_input_required_result_capabilities", "Asks as it can.", capable))
}

fn asking(
    name: &'static str,
    docs: &'static str,
    answer: fn(&Call<'_>) -> Answer,
) -> ToolRoute<Server<Door>> {
    tool(name, docs, &[], move |call| Box::pin(async move { answer(&call) }))
}

fn greet(call: &Call<'_>) -> Answer {
    match accepted(call.input_responses.as_ref(), "user_name", "name") {
        Some(name) => text(format!("Hello, {name}!")),
        None => ask(&json!({"user_name": elicit("What is your name?", "name", "string")}), None),
    }
}

/// Asks what is not answered yet, and shows the answers.
fn answered(call: &Call<'_>, questions: &Value) -> Answer {
    let given = call.input_responses.as_ref();
    let mut keys = questions.as_object().into_iter().flat_map(|questions| questions.keys());
    let is_answered = |key: &String| given.is_some_and(|given| given.contains_key(key));
    if keys.all(is_answered) {
        text(format!("answers: {}", json!(given)))
    } else {
        ask(questions, None)
    }
}

fn confirm(call: &Call<'_>) -> Answer {
    match &call.request_state {
        Some(state) => {
            opened(state)?;
            text("state-ok")
        }
        None => {
            ask(&json!({"confirm": elicit("Please confirm", "ok", "boolean")}), Some("confirm"))
        }
    }
}

fn many(call: &Call<'_>) -> Answer {
    if let Some(state) = &call.request_state {
        opened(state)?;
        return text(format!("answers: {}", json!(call.input_responses)));
    }
    let questions = json!({
        "user_name": elicit("What is your name?", "name", "string"),
        "greeting": sample("Generate a greeting"),
        "client_roots": roots(),
    });
    ask(&questions, Some("many"))
}

fn twice(call: &Call<'_>) -> Answer {
    let first = json!({"step1": elicit("Step 1: What is your name?", "name", "string")});
    let Some(state) = &call.request_state else {
        return ask(&first, Some("step1"));
    };
    if opened(state)? == "step1" {
        let second = elicit("Step 2: What is your favorite color?", "color", "string");
        return ask(&json!({"step2": second}), Some("step2"));
    }
    text("Both steps are done.")
}

/// Asks in the way that the client is capable of.
fn capable(call: &Call<'_>) -> Answer {
    let capabilities = call.request_context.client_capabilities().unwrap_or_default();
    if call.input_responses.is_some() {
        text("The client has answered.")
    } else if capabilities.elicitation.is_some() {
        ask(&json!({"user_name": elicit("What is your name?", "name", "string")}), None)
    } else if capabilities.sampling.is_some() {
        ask(&json!({"greeting": sample("Generate a greeting")}), None)
    } else {
        text("The client cannot be asked.")
    }
}

/// The field of an answer, if the user has accepted and given it.
pub(crate) fn accepted(
    answers: Option<&InputResponses>,
    question: &str,
    field: &str,
) -> Option<String> {
    let answer = answers?.get(question)?;
    let is_accepted = answer.get("action").and_then(Value::as_str) == Some("accept");
    let field = answer.get("content")?.get(field)?.as_str()?;
    is_accepted.then(|| field.to_owned())
}

fn ask(questions: &Value, state: Option<&str>) -> Answer {
    Ok(CallToolResponse::InputRequired(needed(questions, state)?))
}

/// What is needed before a request can be answered.
pub(crate) fn needed(
    questions: &Value,
    state: Option<&str>,
) -> Result<InputRequiredResult, ErrorData> {
    let state = state.map(|state| SEAL.seal(state.as_bytes()));
    let result = json!({
        "resultType": "input_required",
        "inputRequests": questions,
        "requestState": state,
    });
    model(result)
}

fn opened(state: &str) -> Result<String, ErrorData> {
    let opened = SEAL.open(state);
    let opened =
        opened.map_err(|_| ErrorData::invalid_params("the request state is not ours", None))?;
    String::from_utf8(opened).map_err(failed)
}

/// A question to the user, with one field.
pub(crate) fn elicit(message: &str, field: &str, kind: &str) -> Value {
    let schema =
        json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
    let params = json!({"mode": "form", "message": message, "requestedSchema": schema});
    json!({"method": "elicitation/create", "params": params})
}

fn sample(question: &str) -> Value {
    let message = json!({"role": "user", "content": {"type": "text", "text": question}});
    json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}})
}

fn roots() -> Value {
    json!({"method": "roots/list", "params": {}})
}
