//! Tools that notify the client while they work, and that ask clients of older revisions.

use std::time::Duration;

use leverframe::mcp::Server;
use leverframe::mcp::rmcp::ErrorData;
use leverframe::mcp::rmcp::handler::server::router::tool::ToolRouter;
use leverframe::mcp::rmcp::model::{
    ClientCapabilities, ProgressNotificationParam, SamplingCapability,
};
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::entrance::door::Door;
use crate::fixture::{Answer, Call, argument, failed, model, text, tool};

const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn tools() -> ToolRouter<Server<Door>> {
    ToolRouter::new()
        .with_route(tool("test_tool_with_logging", "Logs while it works.", &[], |call| {
            Box::pin(logging(call))
        }))
        .with_route(tool("test_logging_tool", "Logs if the client asks for it.", &[], |call| {
            Box::pin(logging(call))
        }))
        .with_route(tool("test_tool_with_progress", "Reports progress.", &[], |call| {
            Box::pin(progress(call))
        }))
        .with_route(tool("test_sampling", "Asks the client's model.", &["prompt"], |call| {
            Box::pin(sampling(call))
        }))
        .with_route(tool("test_missing_capability", "Needs sampling.", &[], |call| {
            Box::pin(async move {
                needs_sampling(&call)?;
                text("The client can sample.")
            })
        }))
        .with_route(tool("test_elicitation", "Asks the user.", &["message"], |call| {
            Box::pin(async move {
                let message = argument(call.arguments.as_ref(), "message")?;
                elicit(&call, "User response: ", &message, user()).await
            })
        }))
        .with_route(tool("test_elicitation_sep1034_defaults", "Asks with defaults.", &[], |call| {
            Box::pin(async move {
                elicit(&call, "Elicitation completed: ", "Please complete the form", defaults())
                    .await
            })
        }))
        .with_route(tool("test_elicitation_sep1330_enums", "Asks for choices.", &[], |call| {
            Box::pin(async move {
                elicit(&call, "Elicitation completed: ", "Please choose", choices()).await
            })
        }))
}

/// Logs three messages, if the client wants them.
async fn logging(call: Call<'_>) -> Answer {
    for message in ["Tool execution started", "Tool processing data", "Tool execution completed"] {
        #[expect(deprecated, reason = "the suite tests it as long as older revisions have it")]
        let sent = call.service.log(
            &call.request_context,
            leverframe::mcp::rmcp::model::LoggingLevel::Info,
            message,
        );
        sent.await.map_err(failed)?;
        sleep(PAUSE).await;
    }
    text("The tool has logged.")
}

async fn progress(call: Call<'_>) -> Answer {
    let context = &call.request_context;
    let token = context.meta.get_progress_token();
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = &token {
            let progress = ProgressNotificationParam::new(token.clone(), done).with_total(100.0);
            context.peer.notify_progress(progress).await.map_err(failed)?;
        }
        sleep(PAUSE).await;
    }
    text("The tool has worked.")
}

async fn sampling(call: Call<'_>) -> Answer {
    needs_sampling(&call)?;
    let prompt = argument(call.arguments.as_ref(), "prompt")?;
    let message = json!({"role": "user", "content": {"type": "text", "text": prompt}});
    let request = model(json!({"messages": [message], "maxTokens": 100}))?;
    #[expect(deprecated, reason = "the suite tests it as long as older revisions have it")]
    let answer = call.request_context.peer.create_message(request).await.map_err(failed)?;
    let answer = serde_json::to_value(answer).map_err(failed)?;
    let said = answer.pointer("/content/text").and_then(Value::as_str).unwrap_or_default();
    text(format!("LLM response: {said}"))
}

fn needs_sampling(call: &Call<'_>) -> Result<(), ErrorData> {
    let capabilities = call.request_context.client_capabilities().unwrap_or_default();
    if capabilities.sampling.is_some() {
        return Ok(());
    }
    let mut needed = ClientCapabilities::default();
    needed.sampling = Some(SamplingCapability::default());
    Err(ErrorData::missing_required_client_capability(needed))
}

async fn elicit(call: &Call<'_>, answered: &str, message: &str, schema: Value) -> Answer {
    let request = json!({"mode": "form", "message": message, "requestedSchema": schema});
    let answer = call.request_context.peer.create_elicitation(model(request)?).await;
    let answer = serde_json::to_value(answer.map_err(failed)?).map_err(failed)?;
    let action = answer.get("action").and_then(Value::as_str).unwrap_or_default();
    let content = answer.get("content").unwrap_or(&Value::Null);
    text(format!("{answered}action={action}, content={content}"))
}

fn user() -> Value {
    json!({
        "type": "object",
        "properties": {
            "username": {"type": "string", "description": "User's response"},
            "email": {"type": "string", "description": "User's email address"},
        },
        "required": ["username", "email"],
    })
}

fn defaults() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "default": "John Doe"},
            "age": {"type": "integer", "default": 30},
            "score": {"type": "number", "default": 95.5},
            "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
            "verified": {"type": "boolean", "default": true},
        },
    })
}

fn choices() -> Value {
    let titled = json!([
        {"const": "value1", "title": "First Option"},
        {"const": "value2", "title": "Second Option"},
        {"const": "value3", "title": "Third Option"},
    ]);
    let plain = json!(["option1", "option2", "option3"]);
    json!({
        "type": "object",
        "properties": {
            "untitledSingle": {"type": "string", "enum": plain},
            "titledSingle": {"type": "string", "oneOf": titled},
            "legacyEnum": {
                "type": "string",
                "enum": ["opt1", "opt2", "opt3"],
                "enumNames": ["Option One", "Option Two", "Option Three"],
            },
            "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
            "titledMulti": {"type": "array", "items": {"anyOf": titled}},
        },
    })
}
