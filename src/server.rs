//! Machines over the Model Context Protocol.
//!
//! A [`Server`] offers the runs of one machine to clients: tools that change and ask a run, resources, prompts. Its
//! lists never change; what is legal is told by every answer, and a refusal says what may be done instead.
//!
//! The library names types of [`rmcp`] nowhere else. It is exported for those who add tools, prompts and resources of
//! their own.

mod answer;
mod arguments;
mod calls;
mod catalogue;
mod moves;
mod nearest;
mod prompts;
mod reads;
mod resources;
mod schema;
mod stdio;

use std::borrow::Cow;
use std::fmt::{self, Debug, Formatter};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use rmcp::handler::server::prompt::PromptContext;
use rmcp::handler::server::router::prompt::PromptRouter;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::tool::ToolCallContext;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock,
    GetPromptRequestParams, GetPromptResponse, Implementation, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse, Resource, ServerCapabilities,
    ServerConfig, Tool,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};

pub(crate) use calls::chain;
pub use rmcp;
pub use stdio::{ServeError, StdioLimits, serve_stdio};

use self::catalogue::{Catalogue, Style};
use self::moves::Moves;
use self::prompts::Prompts;
use self::schema::Payloads;
use crate::portable::Portable;
use crate::run::Panic;
use crate::runs::Runs;

/// How long a client may keep the lists, which never change while the server lives.
const LISTS_LAST: u64 = 300_000;

/// The runs of the machine `M`, for clients that speak the Model Context Protocol.
///
/// It is cheap to clone; all clones serve the same runs.
///
/// ```
/// use std::sync::Arc;
///
/// use leverframe::orchestrator::Orchestrator;
/// use leverframe::runs::Runs;
/// use leverframe::server::Server;
/// use leverframe::store::memory::MemoryStore;
///
/// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
/// let server = Server::builder(runs).with_transition_tool().build()?;
/// assert!(server.tools().iter().any(|tool| tool.name == "transition_state"));
/// # Ok::<_, leverframe::server::BuildError>(())
/// ```
pub struct Server<M>(Arc<Shared<M>>);

struct Shared<M> {
    runs: Runs<M>,
    moves: Moves,
    catalogue: Catalogue,
    prompts: Prompts,
    more: More<M>,
    config: ServerConfig,
}

/// What the author has added.
struct More<M> {
    tools: ToolRouter<Server<M>>,
    prompts: PromptRouter<Server<M>>,
    resources: Vec<(Resource, Box<ReadResource<M>>)>,
}

type ReadResource<M> =
    dyn for<'a> Fn(&'a Server<M>) -> BoxFuture<'a, Result<String, ErrorData>> + Send + Sync;

impl<M: Portable<Context: Default>> Server<M> {
    /// A server for these runs, with one tool for each event.
    pub fn builder(runs: Runs<M>) -> Builder<M> {
        let more =
            More { tools: ToolRouter::new(), prompts: PromptRouter::new(), resources: Vec::new() };
        let name = Implementation::new(M::CHART.name(), env!("CARGO_PKG_VERSION"));
        Builder { runs, style: Style::default(), more, name }
    }

    /// The runs that are served.
    #[must_use]
    pub fn runs(&self) -> &Runs<M> {
        &self.0.runs
    }

    /// The tools as they are listed, the machine's before the author's.
    #[must_use]
    pub fn tools(&self) -> Vec<Tool> {
        self.0.catalogue.tools().cloned().chain(self.0.more.tools.list_all()).collect()
    }
}

/// A server in the making.
pub struct Builder<M> {
    runs: Runs<M>,
    style: Style,
    more: More<M>,
    name: Implementation,
}

impl<M: Portable<Context: Default>> Builder<M> {
    /// Gives clients the one tool `transition_state`, which takes the state to go to, instead of a tool for each
    /// event that leaves its state.
    #[must_use]
    pub fn with_transition_tool(self) -> Self {
        Self { style: Style::Target, ..self }
    }

    /// Says who serves: a name and a version, for people.
    #[must_use]
    pub fn named(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: Implementation::new(name, version), ..self }
    }

    /// Adds tools. They reach the runs by [`Server::runs`], and may be slow and do input and output.
    #[must_use]
    pub fn with_tools(mut self, tools: ToolRouter<Server<M>>) -> Self {
        self.more.tools.merge(tools);
        self
    }

    /// Adds prompts.
    #[must_use]
    pub fn with_prompts(mut self, prompts: PromptRouter<Server<M>>) -> Self {
        self.more.prompts.merge(prompts);
        self
    }

    /// Adds a resource and the way to read its text.
    #[must_use]
    pub fn with_resource<F>(mut self, resource: Resource, read: F) -> Self
    where
        F: for<'a> Fn(&'a Server<M>) -> BoxFuture<'a, Result<String, ErrorData>>
            + Send
            + Sync
            + 'static,
    {
        self.more.resources.push((resource, Box::new(read)));
        self
    }

    /// The server.
    ///
    /// # Errors
    ///
    /// [`BuildError`], where the machine cannot be served so.
    pub fn build(self) -> Result<Server<M>, BuildError> {
        let Self { runs, style, more, name } = self;
        let moves = Moves::new(M::CHART, &Payloads::of::<M::Event>(), style == Style::Events);
        let catalogue = Catalogue::of::<M>(&moves, runs.unnamed(), style)?;
        if let Some(tool) = catalogue.tools().find(|tool| more.tools.has_route(&tool.name)) {
            return Err(BuildError::TwoTools(tool.name.to_string()));
        }
        let prompts = Prompts::of::<M>();
        if let Some(prompt) = prompts.list().find(|prompt| more.prompts.has_route(&prompt.name)) {
            return Err(BuildError::TwoPrompts(prompt.name.clone()));
        }
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .build();
        let config = ServerConfig::new(capabilities)
            .with_server_info(name)
            .with_instructions(instructions::<M>());
        Ok(Server(Arc::new(Shared { runs, moves, catalogue, prompts, more, config })))
    }
}

/// Why a machine cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The tool `transition_state` would not know which event is meant.
    #[error(
        "`{first}` and `{second}` both lead from {from} to {to}, so that `transition_state` cannot tell them \
         apart; give clients a tool for each event, or merge the two"
    )]
    AmbiguousTarget {
        /// The state from which both lead.
        from: &'static str,
        /// The state to which both lead.
        to: &'static str,
        /// One event.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// Two tools bear one name.
    #[error("two tools are named `{0}`; rename the event, the query or the tool of your own")]
    TwoTools(String),
    /// Two prompts bear one name.
    #[error("two prompts are named `{0}`; rename one")]
    TwoPrompts(String),
}

fn instructions<M: Portable>() -> String {
    let docs = M::CHART.docs().trim();
    format!(
        "{docs}\nThis is a state machine. `get_current_state` tells the state, the moves that are `legal` now, and \
         their arguments. A call that is refused changes nothing and tells the same. Each tool takes a `run`; runs \
         are separate from each other."
    )
}

impl<M: Portable<Context: Default>> ServerHandler for Server<M> {
    fn get_info(&self) -> ServerConfig {
        self.0.config.clone()
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        only_page(request)?;
        let mut list = ListToolsResult::with_all_items(self.tools());
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        let own = self.0.catalogue.find(name).map(|entry| &entry.tool);
        own.or(self.0.more.tools.get(name)).cloned()
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if let Some(entry) = self.0.catalogue.find(&request.name) {
            let result = self.0.call(entry, request.arguments.unwrap_or_default()).await;
            return Ok(result.into());
        }
        if self.0.more.tools.has_route(&request.name) {
            let name = request.name.clone();
            let call = self.0.more.tools.call(ToolCallContext::new(self, request, context));
            return settled(call).await.unwrap_or_else(|panic| {
                let text = ContentBlock::text(format!("`{name}` failed: {panic}"));
                Ok(CallToolResult::error(vec![text]).into())
            });
        }
        let tools = self.tools();
        let message = catalogue::unknown(&request.name, tools.iter());
        Err(ErrorData::invalid_params(message, None))
    }

    async fn list_prompts(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        only_page(request)?;
        let prompts = self.0.prompts.list().cloned().chain(self.0.more.prompts.list_all());
        let mut list = ListPromptsResult::with_all_items(prompts.collect());
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        if self.0.more.prompts.has_route(&request.name) {
            let GetPromptRequestParams { name, arguments, .. } = request;
            let context = PromptContext::new(self, name, arguments, context);
            let prompt = settled(self.0.more.prompts.get_prompt(context)).await;
            return prompt.unwrap_or_else(|panic| Err(internal(&panic)));
        }
        Ok(self.0.prompt(&request.name, request.arguments).await?.into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        only_page(request)?;
        let more = self.0.more.resources.iter().map(|(resource, _)| resource.clone());
        let resources = resources::resources().into_iter().chain(more).collect();
        let mut list = ListResourcesResult::with_all_items(resources);
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn list_resource_templates(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        only_page(request)?;
        let mut list = ListResourceTemplatesResult::with_all_items(resources::templates());
        (list.ttl_ms, list.cache_scope) = lasting(&context);
        Ok(list)
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        Ok(self.read(&request.uri).await?.into())
    }

    fn supported_protocol_versions(&self) -> Cow<'static, [ProtocolVersion]> {
        Cow::Borrowed(ProtocolVersion::KNOWN_VERSIONS)
    }
}

/// Refuses the cursor of a page that was never told of: the lists have but one.
fn only_page(request: Option<PaginatedRequestParams>) -> Result<(), ErrorData> {
    match request.and_then(|request| request.cursor) {
        None => Ok(()),
        Some(cursor) => Err(ErrorData::invalid_params(
            format!("`{cursor}` is no cursor; the list has one page"),
            None,
        )),
    }
}

/// Runs what the author has added, which may panic. A call that is dropped by a panic would never be answered.
async fn settled<T>(call: impl Future<Output = T>) -> Result<T, Panic> {
    AssertUnwindSafe(call).catch_unwind().await.map_err(Panic::from)
}

fn internal(panic: &Panic) -> ErrorData {
    ErrorData::internal_error(panic.to_string(), None)
}

/// How long a list may be kept, for clients that know of it.
fn lasting(context: &RequestContext<RoleServer>) -> (Option<u64>, Option<CacheScope>) {
    let known =
        context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
    if known { (Some(LISTS_LAST), Some(CacheScope::Public)) } else { (None, None) }
}

impl<M> Clone for Server<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<M> Debug for Server<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("name", &self.0.config.server_info.name)
            .finish_non_exhaustive()
    }
}

impl<M> Debug for Builder<M> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("name", &self.name.name).finish_non_exhaustive()
    }
}
