//! The example `checkout` as a process, with an agent as its client.

use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tokio::time::timeout;

use super::{PATIENCE, Payments};
use crate::mcp::timeouts::example;
use crate::mcp::{Client, STYLES};

/// The example, serving.
pub(super) struct Program {
    agent: Client,
}

impl Program {
    /// Begins to serve; the leases of its tasks take one second.
    pub(super) async fn start(store: &str, payments: &Payments) -> Self {
        Self::leasing(store, payments, 1).await
    }

    /// Begins to serve; the leases of its tasks take so many seconds.
    pub(super) async fn leasing(store: &str, payments: &Payments, seconds: u64) -> Self {
        let mut command = tokio::process::Command::new(example("checkout"));
        command.args(["serve", "--store", store, "--task-lease", &seconds.to_string()]);
        command.env("PAYMENTS", payments.address.to_string()).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        Self { agent: Client::of(command, STYLES[0]()).await }
    }

    pub(super) async fn ok(&self, tool: &str, arguments: Value) -> Value {
        self.agent.ok(tool, arguments).await
    }

    pub(super) async fn error(&self, tool: &str, arguments: Value) -> Value {
        self.agent.error(tool, arguments).await
    }

    /// Ends it by `kill -9`.
    pub(super) async fn kill(mut self) {
        self.agent.server.kill().await.unwrap();
    }

    /// Waits for its end.
    pub(super) async fn ended(mut self) {
        timeout(PATIENCE, self.agent.server.wait()).await.expect("it ends").unwrap();
    }

    /// Sends a signal, by its name.
    pub(super) fn signal(&self, name: &str) {
        let id = self.agent.server.id().expect("the server runs").to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }
}

/// What the example's command line prints about the store.
pub(super) fn command(store: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(example("checkout"));
    let Output { status, stdout, stderr } =
        command.args(arguments).args(["--store", store]).output().unwrap();
    assert!(status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}
