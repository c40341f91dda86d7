//! The demo's client: a real one, whose server is this program as a child process.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rmcp::model::{
    CallToolRequestParams, CallToolResult, GetPromptRequestParams, JsonObject, ProtocolVersion,
    ReadResourceRequestParams, ResourceContents,
};
use rmcp::service::{
    ClientInitializeError, ClientLifecycleMode, ClientServiceExt, RunningService, ServiceError,
};
use rmcp::{RoleClient, ServiceError as CallError};
use serde_json::{Value, json};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::at;
use crate::server::rmcp;

/// How long the server may take to end once the client has gone.
const END: Duration = Duration::from_secs(2);

/// A client with a server of its own.
pub(super) struct Client {
    service: RunningService<RoleClient, ()>,
    server: Child,
}

/// What a server offers.
pub(super) struct Lists {
    pub(super) protocol: String,
    pub(super) tools: usize,
    pub(super) prompts: usize,
    pub(super) resources: usize,
}

impl Client {
    pub(super) async fn start(store: &Store) -> Result<Self, DemoError> {
        let program = std::env::current_exe().map_err(DemoError::Start)?;
        let mut server = Command::new(program)
            .args(["serve", "--store"])
            .arg(store.0.join("demo.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(DemoError::Start)?;
        let pipes = server.stdout.take().zip(server.stdin.take());
        let pipes = pipes.ok_or_else(|| DemoError::Start(io::ErrorKind::BrokenPipe.into()))?;
        let newest = vec![ProtocolVersion::V_2026_07_28];
        let lifecycle = ClientLifecycleMode::Discover { preferred_versions: newest };
        let service = ().serve_with_lifecycle(pipes, lifecycle).await;
        let service = service.map_err(|error| DemoError::Connect(Box::new(error)))?;
        Ok(Self { service, server })
    }

    pub(super) async fn lists(&self) -> Result<Lists, DemoError> {
        let failed = |error| DemoError::Call { name: "a list".to_owned(), source: Box::new(error) };
        let info = self.service.peer_info();
        Ok(Lists {
            protocol: info.map(|info| info.protocol_version.to_string()).unwrap_or_default(),
            tools: self.service.list_all_tools().await.map_err(failed)?.len(),
            prompts: self.service.list_all_prompts().await.map_err(failed)?.len(),
            resources: self.service.list_all_resources().await.map_err(failed)?.len(),
        })
    }

    /// Goes to a state, which has to be allowed.
    pub(super) async fn go(&self, state: &str, arguments: Value) -> Result<Value, DemoError> {
        let arguments = json!({"new_state": state, "arguments": arguments});
        let answer = self.done("transition_state", arguments).await?;
        expect("the state", at(&answer, "/state"), &json!(state))?;
        Ok(answer)
    }

    /// Calls a tool that has to do what it is asked.
    pub(super) async fn done(&self, tool: &str, arguments: Value) -> Result<Value, DemoError> {
        self.call(tool, arguments, false).await
    }

    /// Calls a tool that has to refuse.
    pub(super) async fn refused(&self, tool: &str, arguments: Value) -> Result<Value, DemoError> {
        self.call(tool, arguments, true).await
    }

    async fn call(&self, tool: &str, arguments: Value, refuses: bool) -> Result<Value, DemoError> {
        let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(object(arguments));
        let result: CallToolResult =
            self.service.call_tool(call).await.map_err(|error| failed(tool, error))?;
        let answer = result.structured_content.unwrap_or_default();
        if result.is_error == Some(refuses) {
            return Ok(answer);
        }
        let expected = if refuses { "a refusal" } else { "no refusal" };
        Err(unexpected(&format!("{expected} by `{tool}`"), &answer))
    }

    pub(super) async fn prompt(&self, name: &str, arguments: Value) -> Result<String, DemoError> {
        let prompt = GetPromptRequestParams::new(name).with_arguments(object(arguments));
        let prompt = self.service.get_prompt(prompt).await.map_err(|error| failed(name, error))?;
        let text = prompt.messages.first().and_then(|message| message.content.as_text());
        Ok(text.map(|text| text.text.clone()).unwrap_or_default())
    }

    pub(super) async fn resource(&self, uri: &str) -> Result<String, DemoError> {
        let read = self.service.read_resource(ReadResourceRequestParams::new(uri)).await;
        match read.map_err(|error| failed(uri, error))?.contents.into_iter().next() {
            Some(ResourceContents::TextResourceContents { text, .. }) => Ok(text),
            _ => Err(unexpected(&format!("a text at `{uri}`"), &Value::Null)),
        }
    }

    /// Hangs up, upon which the server has to end well.
    pub(super) async fn stop(mut self) -> Result<(), DemoError> {
        let closed = self.service.close().await;
        closed.map_err(|error| DemoError::Start(error.into()))?;
        match timeout(END, self.server.wait()).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(unexpected("the server to end well", &json!(status.to_string()))),
            Ok(Err(error)) => Err(DemoError::Start(error)),
            Err(_) => Err(unexpected("the server to end", &json!("it goes on"))),
        }
    }
}

/// A folder for the demo's store, which goes with it.
pub(super) struct Store(PathBuf);

impl Store {
    pub(super) fn new() -> Result<Self, DemoError> {
        let name = format!("leverframe-demo-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir(&folder).map_err(DemoError::Start)?;
        Ok(Self(folder))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // What is left in the folder for temporary files does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Checks one thing.
pub(super) fn expect(what: &str, found: &Value, expected: &Value) -> Result<(), DemoError> {
    let same = found == expected;
    if same { Ok(()) } else { Err(unexpected(&format!("{what} to be {expected}"), found)) }
}

/// Checks that a text has a part.
pub(super) fn expect_text(what: &str, found: &str, part: &str) -> Result<(), DemoError> {
    let holds = found.contains(part);
    if holds { Ok(()) } else { Err(unexpected(&format!("{what} to name `{part}`"), &json!(found))) }
}

pub(super) fn unexpected(expected: &str, found: &Value) -> DemoError {
    DemoError::Unexpected { expected: expected.to_owned(), found: found.to_string() }
}

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DemoError {
    /// The server could not be started.
    #[error("the server cannot be started")]
    Start(#[source] io::Error),
    /// The server is there and does not speak the protocol.
    #[error("the client cannot connect")]
    Connect(#[source] Box<ClientInitializeError>),
    /// A call had no answer.
    #[error("calling `{name}` failed")]
    Call {
        /// What was called.
        name: String,
        /// Why there was no answer.
        source: Box<ServiceError>,
    },
    /// The server answered otherwise than it has to.
    #[error("the demo expected {expected}, and found {found}")]
    Unexpected {
        /// What was expected.
        expected: String,
        /// What came.
        found: String,
    },
    /// Standard output cannot be written to.
    #[error("standard output cannot be written to")]
    Show(#[from] io::Error),
}

fn failed(name: &str, source: CallError) -> DemoError {
    DemoError::Call { name: name.to_owned(), source: Box::new(source) }
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        _ => JsonObject::new(),
    }
}
