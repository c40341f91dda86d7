//! Resources.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use leverframe::mcp::{AddedResource, Builder, ResourceError};
use serde_json::json;

use crate::entrance::door::Door;
use crate::fixture::PNG;

pub(crate) fn add(server: Builder<Door>) -> Builder<Door> {
    let text = AddedResource::new("test://static-text", "static_text").with_description("A text.");
    let watched = AddedResource::new("test://watched-resource", "watched_resource")
        .with_description("A text that clients subscribe to.");
    let binary = AddedResource::new("test://static-binary", "static_binary")
        .with_description("An image.")
        .with_mime_type("image/png");
    let template = AddedResource::new("test://template/{id}/data", "data_by_id")
        .with_description("What is known by an id.")
        .with_mime_type("application/json");
    server
        .with_resource(text, |_, _| {
            Box::pin(async { Ok("This is the content of the static text resource.".into()) })
        })
        .with_resource(watched, |_, _| Box::pin(async { Ok("Nothing has changed.".into()) }))
        .with_resource(binary, |_, _| {
            Box::pin(async { Ok(STANDARD.decode(PNG).map_err(ResourceError::failed)?.into()) })
        })
        .with_template(template, |_, _, values| {
            Box::pin(async move {
                let id = values.get("id").map(String::as_str).unwrap_or_default();
                let data =
                    json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
                Ok(data.to_string().into())
            })
        })
        .expect("the address names its variable once")
}
