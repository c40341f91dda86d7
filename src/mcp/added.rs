//! What an author adds to the machine's own tools, prompts and resources.

use std::error::Error;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::handler::server::router::prompt::PromptRouter;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::Resource;

use super::Server;
use crate::caller::Caller;
use crate::guarded::Panic;
use crate::runs::RunsError;

pub(super) struct Added<M> {
    pub(super) tools: ToolRouter<Server<M>>,
    pub(super) prompts: PromptRouter<Server<M>>,
    pub(super) resources: Vec<(TextResource, Box<ReadResource<M>>)>,
}

pub(super) type ReadResource<M> = dyn for<'a> Fn(&'a Server<M>, &'a Caller) -> BoxFuture<'a, Result<String, ResourceError>>
    + Send
    + Sync;

impl<M: Send + Sync + 'static> Default for Added<M> {
    fn default() -> Self {
        Self { tools: ToolRouter::new(), prompts: PromptRouter::new(), resources: Vec::new() }
    }
}

/// A text that clients can read at an address.
///
/// ```
/// use leverframe::mcp::TextResource;
///
/// let resource = TextResource::new("task://summary", "summary")
///     .with_description("The task in one sentence.")
///     .with_mime_type("text/markdown");
/// ```
#[derive(Debug, Clone)]
pub struct TextResource {
    pub(super) uri: String,
    name: String,
    description: Option<String>,
    pub(super) mime_type: String,
}

impl TextResource {
    /// A resource of the type `text/plain`.
    #[must_use]
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        let (uri, name, mime_type) = (uri.into(), name.into(), "text/plain".to_owned());
        Self { uri, name, description: None, mime_type }
    }

    /// Says what the text is.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }

    /// Sets the type of the text.
    #[must_use]
    pub fn with_mime_type(self, mime_type: impl Into<String>) -> Self {
        Self { mime_type: mime_type.into(), ..self }
    }

    /// The resource as it is listed.
    pub(super) fn listed(&self) -> Resource {
        let mut resource = Resource::new(&self.uri, &self.name).with_mime_type(&self.mime_type);
        resource.description.clone_from(&self.description);
        resource
    }
}

/// Why a resource of the author cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResourceError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunsError),
    /// The author's code failed.
    #[error("the resource cannot be read")]
    Failed(#[source] Box<dyn Error + Send + Sync>),
}

impl ResourceError {
    /// The author's code failed, for this reason.
    pub fn failed(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Failed(source.into())
    }
}

/// Runs the author's code, which may panic. A call that a panic drops would never be answered.
pub(super) async fn settled<T>(call: impl Future<Output = T>) -> Result<T, Panic> {
    AssertUnwindSafe(call).catch_unwind().await.map_err(Panic::from)
}
