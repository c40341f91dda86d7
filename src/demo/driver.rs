//! Drives the server of the demo, and checks each answer.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value, json};
use tokio::process::Command;

use crate::mcp::client::{Client, ClientError, Offer, ToolAnswer};

/// The maximum time that the server may take to end.
const END: Duration = Duration::from_secs(10);

/// A client of this program, which runs as its server.
pub(super) struct Driver {
    client: Client,
}

impl Driver {
    pub(super) async fn start(store: &Folder) -> Result<Self, DemoError> {
        let mut server = Command::new(std::env::current_exe().map_err(DemoError::Start)?);
        server.args(["serve", "--store"]).arg(store.0.join("demo.db"));
        Ok(Self { client: Client::start(server).await? })
    }

    pub(super) async fn offer(&self) -> Result<Offer, DemoError> {
        Ok(self.client.offer().await?)
    }

    /// Goes to a state, which must be possible.
    pub(super) async fn go(&self, state: &str, arguments: Value) -> Result<Value, DemoError> {
        let arguments = json!({"new_state": state, "arguments": arguments});
        let answer = self.done("transition_state", arguments).await?;
        expect("the state", at(&answer, "/state"), &json!(state))?;
        Ok(answer)
    }

    /// Calls a tool that must accept the call.
    pub(super) async fn done(&self, tool: &str, arguments: Value) -> Result<Value, DemoError> {
        self.call(tool, arguments, false).await
    }

    /// Calls a tool that must refuse the call.
    pub(super) async fn refused(&self, tool: &str, arguments: Value) -> Result<Value, DemoError> {
        self.call(tool, arguments, true).await
    }

    async fn call(&self, tool: &str, arguments: Value, refuses: bool) -> Result<Value, DemoError> {
        let ToolAnswer { value, is_error } = self.client.call(tool, object(arguments)).await?;
        if is_error == refuses {
            return Ok(value);
        }
        let expected = if refuses { "a refusal" } else { "no refusal" };
        Err(unexpected(&format!("{expected} by `{tool}`"), &value))
    }

    pub(super) async fn prompt(&self, name: &str, arguments: Value) -> Result<String, DemoError> {
        Ok(self.client.prompt(name, object(arguments)).await?)
    }

    pub(super) async fn resource(&self, uri: &str) -> Result<String, DemoError> {
        Ok(self.client.resource(uri).await?)
    }

    /// Ends the connection. The server must end with success.
    pub(super) async fn stop(self) -> Result<(), DemoError> {
        let status = self.client.stop(END).await?;
        if status.success() {
            Ok(())
        } else {
            Err(unexpected("success of the server", &json!(status.to_string())))
        }
    }
}

/// A folder for the demo's store, which is removed with its value.
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new() -> Result<Self, DemoError> {
        let name = format!("leverframe-demo-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).map_err(DemoError::Start)?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder for temporary files may keep the rest.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The value at a place of an answer, or null.
pub(super) fn at<'a>(answer: &'a Value, place: &str) -> &'a Value {
    answer.pointer(place).unwrap_or(&Value::Null)
}

/// Checks a value.
pub(super) fn expect(what: &str, found: &Value, expected: &Value) -> Result<(), DemoError> {
    let same = found == expected;
    if same { Ok(()) } else { Err(unexpected(&format!("{what} to be {expected}"), found)) }
}

/// Checks that a text contains a part.
pub(super) fn expect_text(what: &str, found: &str, part: &str) -> Result<(), DemoError> {
    let holds = found.contains(part);
    if holds { Ok(()) } else { Err(unexpected(&format!("{what} to name `{part}`"), &json!(found))) }
}

pub(super) fn unexpected(expected: &str, found: &Value) -> DemoError {
    DemoError::Unexpected { expected: expected.to_owned(), found: found.to_string() }
}

/// Why the demo did not reach its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// The program cannot start itself as a server.
    #[error("the server cannot be started")]
    Start(#[source] io::Error),
    /// A call had no answer.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// An answer differs from what it must be.
    #[error("the demo expected {expected}, and found {found}")]
    Unexpected { expected: String, found: String },
    /// Standard output cannot be written to.
    #[error("standard output cannot be written to")]
    Show(#[from] io::Error),
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}
