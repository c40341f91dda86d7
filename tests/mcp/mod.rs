//! The server at its boundary: what clients send and get.

mod additions;
mod answers;
mod archives;
mod blind;
mod bounds;
mod callers;
mod cancellations;
mod charts;
mod checked;
mod command_line;
pub(crate) mod completions;
mod elicitation;
mod endings;
#[cfg(target_os = "linux")]
pub(crate) mod fuzz;
mod gates;
mod histories;
pub(crate) mod inputs;
mod large;
mod lists;
pub(crate) mod own_machine;
mod refusals;
pub(crate) mod restarts;
mod sensitive;
mod strictness;
mod styles;
mod subscriptions;
pub(crate) mod timeouts;
mod wire;

use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use leverframe::caller::{Caller, Principal, Way};
use leverframe::mcp::rmcp::{self, RoleClient};
use leverframe::record::{RunId, RunName};
use rmcp::model::{CallToolRequestParams, CallToolResult, JsonObject, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RunningService};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// How a client begins: each of the two ways.
pub(crate) const STYLES: [fn() -> ClientLifecycleMode; 2] = [
    || ClientLifecycleMode::Discover { preferred_versions: vec![ProtocolVersion::V_2026_07_28] },
    || ClientLifecycleMode::Initialize,
];

/// The user of a server without authentication.
pub(crate) fn local() -> Caller {
    Caller::new(Principal::LOCAL, Way::Program)
}

/// The user's run with this name.
pub(crate) fn run(name: &str) -> RunId {
    RunId::new(Principal::LOCAL, name.parse().unwrap())
}

/// The user's default run.
pub(crate) fn main_run() -> RunId {
    RunId::new(Principal::LOCAL, RunName::main())
}

/// The program, about to be started, with pipes.
fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
    command.args(arguments);
    if arguments.contains(&"serve") && !arguments.contains(&"--store") {
        command.args(["--store", "memory"]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    command
}

/// A client of the library, with the program as its server.
pub(crate) struct Client {
    service: RunningService<RoleClient, ()>,
    pub(crate) server: Child,
}

impl Client {
    async fn start() -> Self {
        Self::begin(STYLES[0]()).await
    }

    async fn begin(style: ClientLifecycleMode) -> Self {
        Self::of(program(&["serve"]), style).await
    }

    pub(crate) async fn of(mut program: Command, style: ClientLifecycleMode) -> Self {
        let mut server = program.spawn().unwrap();
        let pipes = (server.stdout.take().unwrap(), server.stdin.take().unwrap());
        let service = timeout(PATIENCE, ().serve_with_lifecycle(pipes, style)).await;
        Self { service: service.expect("the server answers").unwrap(), server }
    }

    async fn call(&self, tool: &str, arguments: Value) -> CallToolResult {
        call(&self.service, tool, arguments).await
    }

    /// The answer of a tool that does what is requested.
    pub(crate) async fn ok(&self, tool: &str, arguments: Value) -> Value {
        ok(&self.service, tool, arguments).await
    }

    /// The answer of a tool that refuses or fails.
    pub(crate) async fn error(&self, tool: &str, arguments: Value) -> Value {
        error(&self.service, tool, arguments).await
    }

    async fn go(&self, state: &str) -> Value {
        self.ok("transition_state", json!({"new_state": state})).await
    }
}

async fn call(
    service: &RunningService<RoleClient, ()>,
    tool: &str,
    arguments: Value,
) -> CallToolResult {
    let call = CallToolRequestParams::new(tool.to_owned()).with_arguments(object(arguments));
    let result = timeout(PATIENCE, service.call_tool(call)).await.expect("an answer").unwrap();
    let text = result.content[0].as_text().expect("a text").text.clone();
    let same: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(Some(same), result.structured_content, "text and structure say the same");
    result
}

async fn ok(service: &RunningService<RoleClient, ()>, tool: &str, arguments: Value) -> Value {
    let result = call(service, tool, arguments).await;
    assert_eq!(result.is_error, Some(false), "{tool}: {:?}", result.structured_content);
    result.structured_content.unwrap()
}

async fn error(service: &RunningService<RoleClient, ()>, tool: &str, arguments: Value) -> Value {
    let result = call(service, tool, arguments).await;
    assert_eq!(result.is_error, Some(true), "{tool}: {:?}", result.structured_content);
    result.structured_content.unwrap()
}

/// A client that writes and reads lines of JSON itself.
struct Raw {
    server: Child,
    input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    last: u64,
}

impl Raw {
    fn start(arguments: &[&str]) -> Self {
        Self::of(program(arguments))
    }

    fn of(mut command: Command) -> Self {
        let mut server = command.spawn().unwrap();
        let output = server.stdout.take().map(|output| BufReader::new(output).lines());
        Self { input: server.stdin.take(), output, server, last: 0 }
    }

    async fn send(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.input.as_mut().unwrap().write_all(line.as_bytes()).await.unwrap();
    }

    /// The next line of output, which has to be a message.
    async fn receive(&mut self) -> Value {
        let line = timeout(PATIENCE, self.output.as_mut().unwrap().next_line()).await;
        let line = line.expect("an answer").unwrap().expect("a line");
        let message: Value = serde_json::from_str(&line).expect("nothing but messages on stdout");
        assert_eq!(message["jsonrpc"], "2.0");
        message
    }

    /// Asks in the style of 2026-07-28.
    async fn ask(&mut self, method: &str, mut params: Value) -> Value {
        self.last += 1;
        params["_meta"] = meta();
        self.send(&json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}))
            .await;
        let answer = self.receive().await;
        assert_eq!(answer["id"], self.last);
        answer
    }

    /// Asks in the style of 2025-11-25.
    async fn ask_legacy(&mut self, method: &str, params: Value) -> Value {
        self.last += 1;
        self.send(&json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}))
            .await;
        let answer = self.receive().await;
        assert_eq!(answer["id"], self.last);
        answer
    }

    async fn initialize(&mut self) {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        let answer = self.ask_legacy("initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
        self.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await;
    }

    /// Sends a signal, by its name.
    async fn signal(&self, name: &str) {
        let id = self.server.id().expect("the server runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the program, which has to come within a second.
    async fn ends(&mut self) -> ExitStatus {
        let ended = timeout(Duration::from_secs(1), self.server.wait()).await;
        ended.expect("the server ends within a second").unwrap()
    }
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}

fn object(value: Value) -> JsonObject {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// The values under one key of each element.
fn each<'a>(list: &'a Value, key: &str) -> Vec<&'a str> {
    list.as_array().unwrap().iter().map(|element| element[key].as_str().unwrap()).collect()
}
