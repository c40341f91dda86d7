//! What all fixtures share.

use futures::future::BoxFuture;
use leverframe::mcp::Server;
use leverframe::mcp::rmcp::ErrorData;
use leverframe::mcp::rmcp::handler::server::router::tool::ToolRoute;
use leverframe::mcp::rmcp::handler::server::tool::ToolCallContext;
use leverframe::mcp::rmcp::model::{CallToolResponse, CallToolResult, Tool};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::entrance::door::Door;

pub(crate) type Call<'a> = ToolCallContext<'a, Server<Door>>;
pub(crate) type Answer = Result<CallToolResponse, ErrorData>;

/// An image of one red point.
pub(crate) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

/// A tool whose arguments are these texts.
pub(crate) fn tool<C>(
    name: &'static str,
    docs: &'static str,
    arguments: &[&str],
    call: C,
) -> ToolRoute<Server<Door>>
where
    C: for<'a> Fn(Call<'a>) -> BoxFuture<'a, Answer> + Send + Sync + 'static,
{
    let properties: Map<_, _> =
        arguments.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), properties.into());
    schema.insert("required".to_owned(), json!(arguments));
    ToolRoute::new_dyn(Tool::new(name, docs, schema), call)
}

/// The text of an argument.
pub(crate) fn argument(
    arguments: Option<&Map<String, Value>>,
    name: &str,
) -> Result<String, ErrorData> {
    let text = arguments.and_then(|arguments| arguments.get(name)?.as_str().map(str::to_owned));
    text.ok_or_else(|| ErrorData::invalid_params(format!("`{name}` is missing; give a text"), None))
}

/// A value of the protocol, from its JSON.
pub(crate) fn model<T: DeserializeOwned>(value: Value) -> Result<T, ErrorData> {
    serde_json::from_value(value).map_err(failed)
}

/// What a tool answers, from the JSON of its content.
pub(crate) fn content(content: Value) -> Answer {
    Ok(CallToolResult::success(model(content)?).into())
}

/// A tool's answer of one text.
pub(crate) fn text(text: impl Into<String>) -> Answer {
    content(json!([{"type": "text", "text": text.into()}]))
}

/// An error of this server.
pub(crate) fn failed(error: impl std::fmt::Display) -> ErrorData {
    ErrorData::internal_error(error.to_string(), None)
}
