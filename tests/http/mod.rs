//! The server over HTTP, at its boundary: a client that writes requests itself, against the real program.

mod auth;
mod callers;
mod client;
pub(crate) mod embedded;
mod endings;
mod eras;
#[cfg(target_os = "linux")]
mod fuzz;
mod issuer;
mod metrics;
mod operate;
mod refusals;
mod slow;
mod subscriptions;
mod tls;

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use self::client::{Answer, Connection};

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, serving over HTTP.
struct Program {
    process: Child,
    errors: Lines<BufReader<ChildStderr>>,
    address: SocketAddr,
}

impl Program {
    async fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leverframe"));
        command.args(["serve", "--http", "127.0.0.1:0"]).args(arguments);
        if !arguments.contains(&"--store") {
            command.args(["--store", "memory"]);
        }
        Self::of(command).await
    }

    async fn of(mut command: Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut process = command.spawn().unwrap();
        let mut errors = BufReader::new(process.stderr.take().unwrap()).lines();
        let line = loop {
            let line = timeout(PATIENCE, errors.next_line()).await.expect("a line");
            let line = line.unwrap().unwrap();
            if line.contains("://") {
                break line;
            }
        };
        let address = line.split("//").nth(1).and_then(|rest| rest.split('/').next()).unwrap();
        Self { process, errors, address: address.parse().expect(&line) }
    }

    async fn connect(&self) -> Connection {
        Connection::open(self.address).await
    }

    /// Sends a signal, by its name.
    async fn signal(&self, name: &str) {
        let id = self.process.id().expect("the server runs").to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().await.unwrap();
        assert!(sent.success());
    }

    /// Waits for the end of the program. The answer includes what it has printed to standard error.
    async fn ends(&mut self) -> (ExitStatus, String) {
        let ended = async {
            let mut printed = String::new();
            while let Some(line) = self.errors.next_line().await.unwrap() {
                printed.push_str(&line);
                printed.push('\n');
            }
            (self.process.wait().await.unwrap(), printed)
        };
        timeout(PATIENCE, ended).await.expect("the server ends")
    }
}

/// The revision in which a client speaks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Era {
    /// 2026-07-28, without sessions.
    Modern,
    /// 2025-11-25, with sessions.
    Legacy,
}

/// A client that makes one request after another.
struct Client {
    connection: Connection,
    path: &'static str,
    era: Era,
    /// A header that says who calls.
    proof: Option<(&'static str, String)>,
    session: Option<String>,
    last: u64,
}

impl Client {
    async fn begin(program: &Program, era: Era) -> Self {
        Self::at("/mcp", program.connect().await, era).await
    }

    async fn at(path: &'static str, connection: Connection, era: Era) -> Self {
        Self { connection, path, era, proof: None, session: None, last: 0 }.begun().await
    }

    async fn of(user: &'static str, connection: Connection, era: Era) -> Self {
        Self::proving(("x-user", user.to_owned()), connection, era).await
    }

    async fn bearing(token: &str, program: &Program, era: Era) -> Self {
        let proof = ("authorization", format!("Bearer {token}"));
        Self::proving(proof, program.connect().await, era).await
    }

    async fn proving(proof: (&'static str, String), connection: Connection, era: Era) -> Self {
        let (path, proof) = ("/mcp", Some(proof));
        Self { connection, path, era, proof, session: None, last: 0 }.begun().await
    }

    async fn begun(mut self) -> Self {
        let client = &mut self;
        if client.era == Era::Legacy {
            let answer = client.post("initialize", initialize()).await;
            assert_eq!(answer.message()["result"]["protocolVersion"], "2025-11-25");
            client.session = Some(answer.header("mcp-session-id").expect("a session").to_owned());
            let done = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
            let answer = client.send(&done.to_string(), "notifications/initialized").await;
            assert_eq!(answer.status, 202);
        }
        self
    }

    /// Sends a body with the headers of the era.
    async fn send(&mut self, body: &str, method: &str) -> Answer {
        let headers = self.headers(method, body);
        self.connection.request("POST", self.path, &headers, body.as_bytes()).await;
        self.connection.answer().await
    }

    fn headers(&self, method: &str, body: &str) -> Vec<(&'static str, String)> {
        let mut headers = client::json_headers();
        match self.era {
            Era::Modern => {
                headers.push(("mcp-protocol-version", "2026-07-28".into()));
                headers.push(("mcp-method", method.into()));
                let body: Value = serde_json::from_str(body).unwrap_or_default();
                let params = &body["params"];
                if let Some(name) = params["name"].as_str().or(params["uri"].as_str()) {
                    headers.push(("mcp-name", name.into()));
                }
            }
            Era::Legacy => headers.push(("mcp-protocol-version", "2025-11-25".into())),
        }
        headers.extend(self.proof.clone());
        headers.extend(self.session.clone().map(|session| ("mcp-session-id", session)));
        headers
    }

    /// A request with the next id, as text.
    fn text(&mut self, method: &str, mut params: Value) -> String {
        self.last += 1;
        if self.era == Era::Modern {
            params["_meta"] = meta();
        }
        json!({"jsonrpc": "2.0", "id": self.last, "method": method, "params": params}).to_string()
    }

    async fn post(&mut self, method: &str, params: Value) -> Answer {
        let text = self.text(method, params);
        self.send(&text, method).await
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        let answer = self.post(method, params).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let message = answer.message();
        assert_eq!(message["id"], self.last);
        message
    }

    /// Calls a tool. The answer is its structured content.
    async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({"name": tool, "arguments": arguments})).await;
        let content = answer["result"]["structuredContent"].clone();
        assert!(content.is_object(), "{answer}");
        content
    }

    async fn go(&mut self, state: &str) -> Value {
        self.call("transition_state", json!({"new_state": state})).await
    }
}

fn initialize() -> Value {
    json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "1"},
    })
}

fn meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
        "io.modelcontextprotocol/clientCapabilities": {},
    })
}
