//! Operations, prompts, answers and errors as types of the protocol.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rmcp::ErrorData;
use rmcp::model::{
    CallToolResult, ContentBlock, GetPromptResult, Prompt, PromptArgument, PromptMessage,
    ResourceContents, Role, Tool, ToolAnnotations,
};
use serde_json::{Value, json};

use super::added::{ResourceContent, ResourceError};
use crate::api::{Answer, CallError, Operation, words};
use crate::chart;
use crate::guarded::Panic;
use crate::runs::RunsError;
use crate::text;

/// The length from which an answer is parsed on another thread, in bytes.
const LARGE: usize = 64 << 10;

/// An operation as a tool.
pub(super) fn tool(operation: &Operation) -> Tool {
    let annotations = ToolAnnotations::new().open_world(false);
    let annotations = if operation.is_read_only() {
        annotations.read_only(true)
    } else {
        annotations.destructive(operation.is_destructive())
    };
    let docs = operation.docs().to_owned();
    Tool::new(operation.name(), docs, operation.schema())
        .with_title(operation.title())
        .with_raw_output_schema(operation.answer_schema().into())
        .with_annotations(annotations)
}

/// A prompt as it is listed.
pub(super) fn prompt(prompt: &chart::Prompt) -> Prompt {
    let arguments = prompt.parameters().iter().map(|parameter| {
        let argument = PromptArgument::new(parameter.name());
        let argument = match parameter.docs().trim() {
            "" => argument,
            docs => argument.with_description(docs),
        };
        argument.with_required(!parameter.is_optional())
    });
    let arguments: Vec<_> = arguments.collect();
    let arguments = (!arguments.is_empty()).then_some(arguments);
    Prompt::new(prompt.name(), Some(words::prompt(prompt)), arguments)
        .with_title(words::title(prompt.name()))
}

/// The text of a prompt as the message of a user.
pub(super) fn message(text: String) -> GetPromptResult {
    GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
}

/// The content of an author's resource.
pub(super) fn contents(content: ResourceContent, uri: &str) -> ResourceContents {
    match content {
        ResourceContent::Text(text) => ResourceContents::text(text, uri),
        ResourceContent::Bytes(bytes) => ResourceContents::blob(STANDARD.encode(bytes), uri),
    }
}

/// An answer as text and, with the same content, as structure. A large one is parsed on a thread that may block.
pub(super) async fn result(answer: Answer) -> CallToolResult {
    let make = if answer.is_refusal() { CallToolResult::error } else { CallToolResult::success };
    let text = answer.into_text();
    let parsed = |text: String| {
        let structure: Option<Value> = serde_json::from_str(&text).ok();
        (text, structure)
    };
    let (text, structure) = if text.len() < LARGE {
        parsed(text)
    } else {
        match tokio::task::spawn_blocking(move || parsed(text)).await {
            Ok(parsed) => parsed,
            Err(error) => return failure(format!("the answer cannot be made: {error}")),
        }
    };
    let mut result = make(vec![ContentBlock::text(text)]);
    result.structured_content = structure;
    result
}

/// The answer of a tool that failed.
pub(super) fn failure(reason: String) -> CallToolResult {
    CallToolResult::error(vec![ContentBlock::text(reason)])
}

/// Why a prompt is not given.
pub(super) fn prompt_error(error: CallError) -> ErrorData {
    match error {
        CallError::Run(error) => error.into(),
        error => ErrorData::invalid_params(error.reason(), None),
    }
}

/// Why there is nothing to read at an address.
pub(super) fn no_resource(reason: String, uri: &str) -> ErrorData {
    ErrorData::resource_not_found(reason, Some(json!({"uri": uri})))
}

/// Why a resource of the machine is not read.
pub(super) fn resource_error(error: CallError, uri: &str) -> ErrorData {
    match error {
        CallError::Run(error) => error.into(),
        CallError::Unanswered(_) => ErrorData::internal_error(error.reason(), None),
        error => no_resource(error.reason(), uri),
    }
}

pub(super) fn panicked(panic: &Panic) -> ErrorData {
    ErrorData::internal_error(text::shortened(&panic.to_string()), None)
}

impl From<RunsError> for ErrorData {
    fn from(error: RunsError) -> Self {
        let make = match error {
            RunsError::NeverStarted { .. } => Self::resource_not_found,
            RunsError::Refused(_)
            | RunsError::Waiting(_)
            | RunsError::NoRequest { .. }
            | RunsError::MayNotDecide(_)
            | RunsError::KeyReused { .. }
            | RunsError::Contended(_)
            | RunsError::AlreadyStarted(_)
            | RunsError::TooManyRuns { .. } => Self::invalid_params,
            _ => {
                let source = &error as &dyn std::error::Error;
                tracing::error!(error = source, "a request failed");
                Self::internal_error
            }
        };
        make(CallError::from(error).reason(), None)
    }
}

impl From<ResourceError> for ErrorData {
    fn from(error: ResourceError) -> Self {
        match error {
            ResourceError::Run(error) => error.into(),
            ResourceError::Failed(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a resource failed");
                Self::internal_error(text::shortened(&text::chain(&error)), None)
            }
        }
    }
}
