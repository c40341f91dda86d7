//! Tools that answer with each kind of content.

use leverframe::mcp::Server;
use leverframe::mcp::rmcp::handler::server::router::tool::{ToolRoute, ToolRouter};
use leverframe::mcp::rmcp::model::{CallToolResult, ContentBlock, Tool};
use serde_json::{Map, Value, json};

use crate::entrance::door::Door;
use crate::fixture::{PNG, argument, content, text, tool};

/// A sound without samples.
const WAV: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=";

pub(crate) fn tools() -> ToolRouter<Server<Door>> {
    let image = json!({"type": "image", "data": PNG, "mimeType": "image/png"});
    let resource = |uri: &str, mime_type: &str, text: &str| json!({"type": "resource", "resource": {"uri": uri, "mimeType": mime_type, "text": text}});
    let plain = json!([{"type": "text", "text": "This is a simple text response for testing."}]);
    let embedded = "This is an embedded resource content.";
    let mixed = r#"{"test":"data","value":123}"#;
    ToolRouter::new()
        .with_route(constant("test_simple_text", "Answers with a text.", plain))
        .with_route(constant("test_image_content", "Answers with an image.", json!([image])))
        .with_route(constant(
            "test_audio_content",
            "Answers with a sound.",
            json!([{"type": "audio", "data": WAV, "mimeType": "audio/wav"}]),
        ))
        .with_route(constant(
            "test_embedded_resource",
            "Answers with a resource.",
            json!([resource("test://embedded-resource", "text/plain", embedded)]),
        ))
        .with_route(constant(
            "test_multiple_content_types",
            "Answers with a text, an image and a resource.",
            json!([
                {"type": "text", "text": "Multiple content types test:"},
                image,
                resource("test://mixed-content-resource", "application/json", mixed),
            ]),
        ))
        .with_route(tool("test_error_handling", "Fails.", &[], |_| {
            let text = ContentBlock::text("This tool intentionally returns an error for testing");
            Box::pin(async { Ok(CallToolResult::error(vec![text]).into()) })
        }))
        .with_route(schema())
        .with_route(header())
}

fn constant(name: &'static str, docs: &'static str, value: Value) -> ToolRoute<Server<Door>> {
    tool(name, docs, &[], move |_| {
        let value = value.clone();
        Box::pin(async { content(value) })
    })
}

/// A tool with an argument that clients of 2026-07-28 repeat in a header.
fn header() -> ToolRoute<Server<Door>> {
    let region = json!({"type": "string", "x-mcp-header": "Region"});
    let schema = json!({"type": "object", "properties": {"region": region}});
    let schema = schema.as_object().cloned().unwrap_or_default();
    ToolRoute::new_dyn(Tool::new("test_custom_headers", "Has a header.", schema), |call| {
        Box::pin(async move { text(argument(call.arguments.as_ref(), "region")?) })
    })
}

/// A tool whose schema has the keywords of JSON Schema 2020-12.
fn schema() -> ToolRoute<Server<Door>> {
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
            "address": {
                "$anchor": "addressDef",
                "type": "object",
                "properties": {"street": {"type": "string"}, "city": {"type": "string"}},
            },
        },
        "properties": {
            "name": {"type": "string"},
            "address": {"$ref": "#/$defs/address"},
            "contactMethod": {"type": "string", "enum": ["phone", "email"]},
            "phone": {"type": "string"},
            "email": {"type": "string"},
        },
        "allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
        "if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
        "then": {"required": ["phone"]},
        "else": {"required": ["email"]},
        "additionalProperties": false,
    });
    let schema = schema.as_object().cloned().unwrap_or_default();
    let docs = "Has a schema with the keywords of JSON Schema 2020-12.";
    ToolRoute::new_dyn(Tool::new("json_schema_2020_12_tool", docs, schema), |call| {
        let arguments = Value::Object(call.arguments.unwrap_or_else(Map::new));
        Box::pin(async move { text(arguments.to_string()) })
    })
}
