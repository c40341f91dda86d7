//! What an author adds to the machine's own tools, prompts and resources.

use std::error::Error;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::handler::server::router::prompt::PromptRouter;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{Resource, ResourceTemplate};

use super::Server;
use super::template::{Template, TemplateValues};
use crate::caller::Caller;
use crate::guarded::Panic;
use crate::portable::Portable;
use crate::runs::RunsError;

pub(super) struct Added<M> {
    pub(super) tools: ToolRouter<Server<M>>,
    pub(super) prompts: PromptRouter<Server<M>>,
    pub(super) resources: Vec<(AddedResource, Box<ReadResource<M>>)>,
    pub(super) templates: Vec<(AddedResource, Template, Box<ReadTemplate<M>>)>,
}

type Reading<'a> = BoxFuture<'a, Result<ResourceContent, ResourceError>>;

pub(super) type ReadResource<M> =
    dyn for<'a> Fn(&'a Server<M>, &'a Caller) -> Reading<'a> + Send + Sync;

pub(super) type ReadTemplate<M> =
    dyn for<'a> Fn(&'a Server<M>, &'a Caller, TemplateValues) -> Reading<'a> + Send + Sync;

impl<M: Portable<Context: Default>> Added<M> {
    /// Whether the author has added a resource at this very address.
    pub(super) fn has_resource(&self, uri: &str) -> bool {
        self.resources.iter().any(|(resource, _)| resource.uri == uri)
    }

    /// Whether the author has added a template of this very form.
    pub(super) fn has_template(&self, uri: &str) -> bool {
        self.templates.iter().any(|(resource, ..)| resource.uri == uri)
    }

    /// Reads the resource at an address, if the author has added one.
    pub(super) async fn read(
        &self,
        server: &Server<M>,
        caller: &Caller,
        uri: &str,
    ) -> Option<(Result<Result<ResourceContent, ResourceError>, Panic>, &str)> {
        let mut resources = self.resources.iter();
        if let Some((resource, read)) = resources.find(|(resource, _)| resource.uri == uri) {
            let content = settled(async { read(server, caller).await }).await;
            return Some((content, &resource.mime_type));
        }
        let mut templates = self.templates.iter();
        let (resource, read, values) = templates
            .find_map(|(resource, template, read)| Some((resource, read, template.values(uri)?)))?;
        let content = settled(async { read(server, caller, values).await }).await;
        Some((content, &resource.mime_type))
    }
}

impl<M: Send + Sync + 'static> Default for Added<M> {
    fn default() -> Self {
        Self {
            tools: ToolRouter::new(),
            prompts: PromptRouter::new(),
            resources: Vec::new(),
            templates: Vec::new(),
        }
    }
}

/// What an author adds for clients to read, at one address or, with names in braces, at many.
///
/// ```
/// use leverframe::mcp::AddedResource;
///
/// let resource = AddedResource::new("task://summary", "summary")
///     .with_description("The task in one sentence.")
///     .with_mime_type("text/markdown");
/// let template = AddedResource::new("task://{day}/summary", "summary_of_a_day");
/// ```
#[derive(Debug, Clone)]
pub struct AddedResource {
    pub(super) uri: String,
    name: String,
    description: Option<String>,
    pub(super) mime_type: String,
}

impl AddedResource {
    /// A resource of the type `text/plain`.
    #[must_use]
    pub fn new(uri: impl Into<String>, name: impl Into<String>) -> Self {
        let (uri, name, mime_type) = (uri.into(), name.into(), "text/plain".to_owned());
        Self { uri, name, description: None, mime_type }
    }

    /// Says what the content is.
    #[must_use]
    pub fn with_description(self, description: impl Into<String>) -> Self {
        Self { description: Some(description.into()), ..self }
    }

    /// Sets the type of the content.
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

    /// The template as it is listed.
    pub(super) fn listed_template(&self) -> ResourceTemplate {
        let mut template =
            ResourceTemplate::new(&self.uri, &self.name).with_mime_type(&self.mime_type);
        template.description.clone_from(&self.description);
        template
    }
}

/// The content of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceContent {
    /// Text.
    Text(String),
    /// Anything else, such as an image.
    Bytes(Vec<u8>),
}

impl From<String> for ResourceContent {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for ResourceContent {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<u8>> for ResourceContent {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
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
