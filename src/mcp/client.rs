//! A client whose server is a child process.

use std::error::Error;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, GetPromptRequestParams, ProtocolVersion, ReadResourceRequestParams,
    ResourceContents,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use serde_json::{Map, Value};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A client with a server of its own.
pub(crate) struct Client {
    service: RunningService<RoleClient, ()>,
    server: Child,
}

/// How many things of each kind a server offers, and the protocol's revision.
pub(crate) struct Offer {
    pub(crate) protocol: String,
    pub(crate) tools: usize,
    pub(crate) prompts: usize,
    pub(crate) resources: usize,
}

/// What a tool has answered.
pub(crate) struct ToolAnswer {
    pub(crate) value: Value,
    pub(crate) is_error: bool,
}

impl Client {
    /// Starts the server and connects to it by its standard input and output, in the newest revision.
    pub(crate) async fn start(mut server: Command) -> Result<Self, ClientError> {
        let start = |source| ClientError::new("the server cannot be started", source);
        server.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut server = server.spawn().map_err(start)?;
        let pipes = server.stdout.take().zip(server.stdin.take());
        let pipes = pipes.ok_or_else(|| start(io::ErrorKind::BrokenPipe.into()))?;
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        let lifecycle = ClientLifecycleMode::Discover { preferred_versions };
        let service = ().serve_with_lifecycle(pipes, lifecycle).await;
        let service =
            service.map_err(|source| ClientError::new("the client cannot connect", source))?;
        Ok(Self { service, server })
    }

    /// What the server offers.
    pub(crate) async fn offer(&self) -> Result<Offer, ClientError> {
        let failed = |source| ClientError::new("the server's lists cannot be read", source);
        let info = self.service.peer_info();
        Ok(Offer {
            protocol: info.map(|info| info.protocol_version.to_string()).unwrap_or_default(),
            tools: self.service.list_all_tools().await.map_err(failed)?.len(),
            prompts: self.service.list_all_prompts().await.map_err(failed)?.len(),
            resources: self.service.list_all_resources().await.map_err(failed)?.len(),
        })
    }

    /// Calls a tool.
    pub(crate) async fn call(
        &self,
        tool: &str,
        arguments: Map<String, Value>,
    ) -> Result<ToolAnswer, ClientError> {
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
        let result = self.service.call_tool(call).await;
        let result = result.map_err(|source| ClientError::unanswered(tool, source))?;
        let is_error = result.is_error == Some(true);
        Ok(ToolAnswer { value: result.structured_content.unwrap_or_default(), is_error })
    }

    /// The text of a prompt, empty if it has none.
    pub(crate) async fn prompt(
        &self,
        name: &str,
        arguments: Map<String, Value>,
    ) -> Result<String, ClientError> {
        let prompt = GetPromptRequestParams::new(name).with_arguments(arguments);
        let prompt = self.service.get_prompt(prompt).await;
        let prompt = prompt.map_err(|source| ClientError::unanswered(name, source))?;
        let text = prompt.messages.first().and_then(|message| message.content.as_text());
        Ok(text.map(|text| text.text.clone()).unwrap_or_default())
    }

    /// The text of a resource, empty if it has none.
    pub(crate) async fn resource(&self, uri: &str) -> Result<String, ClientError> {
        let read = self.service.read_resource(ReadResourceRequestParams::new(uri)).await;
        let read = read.map_err(|source| ClientError::unanswered(uri, source))?;
        match read.contents.into_iter().next() {
            Some(ResourceContents::TextResourceContents { text, .. }) => Ok(text),
            _ => Ok(String::new()),
        }
    }

    /// Closes the server's input, and waits at most `patience` for the server to end.
    pub(crate) async fn stop(mut self, patience: Duration) -> Result<ExitStatus, ClientError> {
        let failed = |source| ClientError::new("the server does not end", source);
        self.service.close().await.map_err(|source| failed(source.into()))?;
        let ended = timeout(patience, self.server.wait()).await;
        ended.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(failed)
    }
}

/// Why a client has no answer.
#[derive(Debug, thiserror::Error)]
#[error("{failed}")]
pub(crate) struct ClientError {
    failed: String,
    source: Box<dyn Error + Send + Sync>,
}

impl ClientError {
    fn new(failed: impl Into<String>, source: impl Error + Send + Sync + 'static) -> Self {
        Self { failed: failed.into(), source: Box::new(source) }
    }

    fn unanswered(name: &str, source: impl Error + Send + Sync + 'static) -> Self {
        Self::new(format!("`{name}` was not answered"), source)
    }
}
