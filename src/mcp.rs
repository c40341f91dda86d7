//! Machines over the Model Context Protocol.
//!
//! A [`Server`] offers the runs of one machine to clients: tools that change and query a run, resources, prompts. Its
//! lists never change. Every answer names the legal moves, and a refusal says what may be done instead.
//!
//! This is the only module that names types of [`rmcp`]. It exports the crate for authors who add tools and prompts of
//! their own.

mod added;
mod caller;
pub(crate) mod client;
mod completion;
mod convert;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzzing;
mod gates;
mod handler;
#[cfg(feature = "http")]
mod http;
mod logging;
mod resources;
mod stdio;
mod subscriptions;
mod template;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
pub use rmcp;
use rmcp::handler::server::router::prompt::PromptRouter;
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::model::{Implementation, Prompt, ServerCapabilities, ServerConfig, Tool};

use self::added::Added;
pub use self::added::{AddedResource, ResourceContent, ResourceError};
pub use self::caller::caller_of;
use self::gates::Asking;
pub use self::gates::{Gates, Unseedable};
#[cfg(feature = "http")]
pub use self::http::{HttpService, closing};
#[cfg(feature = "http")]
pub(crate) use self::stdio::Signals;
pub use self::stdio::{ServeError, StdioLimits, serve_stdio};
pub(crate) use self::subscriptions::MAX_SUBSCRIPTIONS;
use self::subscriptions::{Client, Ending, Subscriptions};
use self::template::Template;
pub use self::template::TemplateValues;
use crate::api::{Api, ApiLimits, OperationsError, Style, words};
use crate::caller::Caller;
use crate::portable::Portable;
use crate::runs::Runs;
use crate::text;

/// What is logged by default. A client learns its own errors from their answers.
pub(crate) const LOG_FILTER: &str = "warn,rmcp=error";

/// The runs of the machine `M`, for clients that speak the Model Context Protocol.
///
/// It is cheap to clone. All clones serve the same runs.
///
/// ```
/// use std::sync::Arc;
///
/// use leverframe::mcp::Server;
/// use leverframe::orchestrator::Orchestrator;
/// use leverframe::runs::Runs;
/// use leverframe::store::memory::MemoryStore;
///
/// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
/// let server = Server::builder(runs).with_transition_tool().build()?;
/// assert!(server.tools().iter().any(|tool| tool.name == "transition_state"));
/// # Ok::<_, leverframe::mcp::BuildError>(())
/// ```
pub struct Server<M>(Arc<Shared<M>>, Arc<Client>);

struct Shared<M> {
    api: Api<M>,
    tools: Vec<Tool>,
    prompts: Vec<Prompt>,
    added: Added<M>,
    config: ServerConfig,
    subscriptions: Arc<Subscriptions>,
    asking: Asking,
}

impl<M: Portable<Context: Default>> Server<M> {
    /// A server for these runs, with one tool for each event.
    pub fn builder(runs: Runs<M>) -> Builder<M> {
        let name = Implementation::new(M::CHART.name(), env!("CARGO_PKG_VERSION"));
        let (style, limits) = (Style::default(), ApiLimits::default());
        let (added, max_subscriptions) = (Added::default(), MAX_SUBSCRIPTIONS);
        let (gates, patience) = (None, PATIENCE);
        Builder { runs, style, limits, added, name, max_subscriptions, gates, patience }
    }

    /// The runs.
    #[must_use]
    pub fn runs(&self) -> &Runs<M> {
        self.0.api.runs()
    }

    /// The operations on the runs.
    #[must_use]
    pub fn api(&self) -> &Api<M> {
        &self.0.api
    }

    /// The same server for another client.
    pub(crate) fn for_client(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::default())
    }

    /// Set to end the streams of this client.
    pub(crate) fn ending(&self) -> &Ending {
        self.1.ending()
    }

    /// The tools as they are listed, those of the machine before those of the author.
    #[must_use]
    pub fn tools(&self) -> Vec<Tool> {
        self.0.tools.iter().cloned().chain(self.0.added.tools.list_all()).collect()
    }

    /// What of the machine has no words: states, events, queries and arguments. A model that is to use the machine lacks
    /// them.
    #[must_use]
    pub fn undocumented(&self) -> Vec<String> {
        words::lacking(M::CHART)
    }

    /// The prompts as they are listed, those of the machine before those of the author.
    #[must_use]
    pub fn prompts(&self) -> Vec<Prompt> {
        self.0.prompts.iter().cloned().chain(self.0.added.prompts.list_all()).collect()
    }
}

/// The parts of a [`Server`].
pub struct Builder<M> {
    runs: Runs<M>,
    style: Style,
    limits: ApiLimits,
    added: Added<M>,
    name: Implementation,
    max_subscriptions: usize,
    gates: Option<Gates>,
    patience: Duration,
}

impl<M: Portable<Context: Default>> Builder<M> {
    /// Offers the one tool `transition_state`, which takes the target, instead of a tool for each event that leaves its
    /// state.
    #[must_use]
    pub fn with_transition_tool(self) -> Self {
        Self { style: Style::Target, ..self }
    }

    /// Sets the sizes of arguments and answers, instead of [`ApiLimits::default`].
    #[must_use]
    pub fn with_limits(self, limits: ApiLimits) -> Self {
        Self { limits, ..self }
    }

    /// Sets how many subscriptions one client may have, instead of 100. The clients of one principal count as one.
    #[must_use]
    pub fn with_max_subscriptions(self, max_subscriptions: usize) -> Self {
        Self { max_subscriptions, ..self }
    }

    /// Sets who decides at gates. By default it is [`Gates::Elicit`] for clients over standard input and output, and
    /// [`Gates::External`] over HTTP.
    #[must_use]
    pub fn with_gates(self, gates: Gates) -> Self {
        Self { gates: Some(gates), ..self }
    }

    /// Sets how long a question to the user of a client can be answered, instead of ten minutes. The event waits longer:
    /// it is asked about again at the next call, and can be decided otherwise.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sets the name and the version that clients show, instead of the machine's name and this library's version.
    #[must_use]
    pub fn named(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { name: Implementation::new(name, version), ..self }
    }

    /// Adds tools. They reach the runs by [`Server::runs`] and the caller by [`caller_of`], and may be slow and do input
    /// and output.
    #[must_use]
    pub fn with_tools(mut self, tools: ToolRouter<Server<M>>) -> Self {
        self.added.tools.merge(tools);
        self
    }

    /// Adds prompts. They find the whole request, with the answers of a client that was asked for input, as a
    /// [`GetPromptRequestParams`](rmcp::model::GetPromptRequestParams) in the extensions of their context.
    #[must_use]
    pub fn with_prompts(mut self, prompts: PromptRouter<Server<M>>) -> Self {
        self.added.prompts.merge(prompts);
        self
    }

    /// Adds a resource, and the way to read it for a caller. Its subscribers are notified of each record of their default
    /// run.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use leverframe::orchestrator::Orchestrator;
    /// # use leverframe::runs::Runs;
    /// # use leverframe::store::memory::MemoryStore;
    /// use leverframe::mcp::{Server, AddedResource};
    ///
    /// # let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    /// let count = AddedResource::new("task://messages", "messages");
    /// let server = Server::builder(runs).with_resource(count, |server, caller| {
    ///     Box::pin(async move {
    ///         let run = server.api().run_of(caller, None);
    ///         let count = server.runs().read(&run, |run| run.context().messages.len());
    ///         Ok(count.await?.to_string().into())
    ///     })
    /// });
    /// # server.build()?;
    /// # Ok::<_, leverframe::mcp::BuildError>(())
    /// ```
    #[must_use]
    pub fn with_resource<F>(mut self, resource: AddedResource, read: F) -> Self
    where
        F: for<'a> Fn(
                &'a Server<M>,
                &'a Caller,
            ) -> BoxFuture<'a, Result<ResourceContent, ResourceError>>
            + Send
            + Sync
            + 'static,
    {
        self.added.resources.push((resource, Box::new(read)));
        self
    }

    /// Adds resources at all addresses of a form, such as `orders://{id}/invoice`, and the way to read one for a caller.
    /// A variable stands for anything but a slash.
    ///
    /// # Errors
    ///
    /// [`BuildError::Template`] if the address has no variables, or cannot be read back into their values.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use leverframe::orchestrator::Orchestrator;
    /// # use leverframe::runs::Runs;
    /// # use leverframe::store::memory::MemoryStore;
    /// use leverframe::mcp::{AddedResource, Server};
    ///
    /// # let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    /// let greeting = AddedResource::new("greeting://{name}", "greeting");
    /// let server = Server::builder(runs).with_template(greeting, |_, _, values| {
    ///     Box::pin(async move { Ok(format!("Hello, {}!", values["name"]).into()) })
    /// })?;
    /// # server.build()?;
    /// # Ok::<_, leverframe::mcp::BuildError>(())
    /// ```
    pub fn with_template<F>(mut self, resource: AddedResource, read: F) -> Result<Self, BuildError>
    where
        F: for<'a> Fn(
                &'a Server<M>,
                &'a Caller,
                TemplateValues,
            ) -> BoxFuture<'a, Result<ResourceContent, ResourceError>>
            + Send
            + Sync
            + 'static,
    {
        let Some(template) = Template::parse(&resource.uri) else {
            return Err(BuildError::Template(resource.uri));
        };
        self.added.templates.push((resource, template, Box::new(read)));
        Ok(self)
    }

    /// Makes the server.
    ///
    /// # Errors
    ///
    /// [`BuildError`] if the machine cannot be served in this way.
    pub fn build(self) -> Result<Server<M>, BuildError> {
        let Self { runs, style, limits, added, name, max_subscriptions, gates, patience } = self;
        let asking = Asking::new(gates, patience)?;
        let subscriptions = Subscriptions::new(Arc::clone(runs.store()), max_subscriptions);
        let api = Api::new(runs, style, limits)?;
        let lacking = words::lacking(M::CHART);
        if !lacking.is_empty() {
            let lacking = text::listed(lacking.iter().map(String::as_str));
            let machine = M::CHART.name();
            tracing::warn!(machine, %lacking, "a model that uses the machine lacks words; document these by `///`");
        }
        let tools: Vec<_> = api.operations().iter().map(convert::tool).collect();
        if let Some(tool) = tools.iter().find(|tool| added.tools.has_route(&tool.name)) {
            return Err(BuildError::TwoTools(tool.name.to_string()));
        }
        let prompts: Vec<_> = api.prompts().iter().map(convert::prompt).collect();
        if let Some(prompt) = prompts.iter().find(|prompt| added.prompts.has_route(&prompt.name)) {
            return Err(BuildError::TwoPrompts(prompt.name.clone()));
        }
        #[expect(deprecated, reason = "clients before 2026-07-28 set the level of log messages")]
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_completions()
            .enable_resources()
            .enable_resources_subscribe()
            .enable_logging()
            .build();
        let config = ServerConfig::new(capabilities)
            .with_server_info(name)
            .with_instructions(words::instructions(M::CHART, api.runs().default_run().as_str()));
        let shared = Shared { api, tools, prompts, added, config, subscriptions, asking };
        Ok(Server(Arc::new(shared), Arc::default()))
    }
}

/// How long a question to the user of a client can be answered.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// Why a machine cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The machine's operations cannot be offered in this style.
    #[error(transparent)]
    Operations(#[from] OperationsError),
    /// A tool of the author has the name of one of the machine's.
    #[error("two tools are named `{0}`; rename the event, the query or the added tool")]
    TwoTools(String),
    /// A prompt of the author has the name of one of the machine's.
    #[error("two prompts are named `{0}`; rename one of them")]
    TwoPrompts(String),
    /// The address of a template has no variables, or cannot be read back into their values.
    #[error(
        "`{0}` is no template of addresses; name each variable once in braces, with text between two, as in \
         `orders://{{id}}/invoice`"
    )]
    Template(String),
    /// The operating system gives no random numbers.
    #[error(transparent)]
    Random(#[from] Unseedable),
}

impl<M> Clone for Server<M> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), Arc::clone(&self.1))
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
