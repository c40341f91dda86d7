//! One client, which makes one request after another on its connection.

use fastrand::Rng;
use serde_json::{Value, json};

use super::super::client::json_headers;
use super::super::{Answer, Connection, Program, initialize, meta};
use crate::mcp::fuzz::input::{Awaited, Input, Line};
use crate::mcp::fuzz::witness::Witness;

/// What a server may answer: success, the client's fault, or that a limit is reached.
const STATUSES: [u16; 14] = [200, 202, 204, 400, 403, 404, 405, 406, 408, 413, 415, 422, 431, 503];

pub(super) struct Attacker<'a> {
    program: &'a Program,
    witness: &'a Witness,
    connection: Connection,
    input: Input,
    rng: Rng,
    session: Option<String>,
    /// Connections on which a part of a request was sent.
    half_open: Vec<Connection>,
}

/// The headers of a request, and whether they are as they have to be.
struct Headers {
    list: Vec<(&'static str, String)>,
    are_right: bool,
}

impl<'a> Attacker<'a> {
    pub(super) async fn new(program: &'a Program, seed: u64, witness: &'a Witness) -> Self {
        let mut rng = Rng::with_seed(seed);
        let (input, connection) = (Input::new(rng.u64(..), rng.bool()), program.connect().await);
        Self { program, witness, connection, input, rng, session: None, half_open: Vec::new() }
    }

    pub(super) async fn run(mut self, calls: usize) {
        self.begin().await;
        let mut left = calls;
        while left > 0 {
            let count = match self.rng.u8(..60) {
                0 => self.flood(left.min(60)).await,
                1 => self.half_open().await,
                2 => self.deaf().await,
                3 => self.no_http().await,
                4 => self.elsewhere().await,
                _ => {
                    let line = self.input.line();
                    self.post(line).await;
                    1
                }
            };
            left = left.saturating_sub(count);
        }
    }

    async fn begin(&mut self) {
        let mut list = json!({});
        if self.input.is_modern {
            list["_meta"] = meta();
        } else {
            let line = self.input.asking("initialize", initialize());
            let (bytes, headers) = (line.bytes.clone(), self.headers(&line.bytes));
            self.connection.request("POST", "/mcp", &headers, &bytes).await;
            let answer = self.connection.answer().await;
            self.session = answer.header("mcp-session-id").map(str::to_owned);
            assert!(self.session.is_some(), "{}", answer.text());
        }
        let line = self.input.asking("tools/list", list);
        let headers = self.headers(&line.bytes);
        self.connection.request("POST", "/mcp", &headers, &line.bytes).await;
        let answer = self.connection.answer().await;
        self.judge(&line, true, &answer);
        assert!(!self.input.heard.tools.is_empty(), "{}", answer.text());
    }

    /// The headers that belong to a body.
    fn headers(&self, body: &[u8]) -> Vec<(&'static str, String)> {
        let mut headers = json_headers();
        let version = if self.input.is_modern { "2026-07-28" } else { "2025-11-25" };
        headers.push(("mcp-protocol-version", version.to_owned()));
        headers.extend(self.session.clone().map(|session| ("mcp-session-id", session)));
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let printable =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let params = &body["params"];
        let name = params["name"].as_str().or(params["uri"].as_str());
        for (header, value) in [("mcp-method", body["method"].as_str()), ("mcp-name", name)] {
            if let Some(value) = value.filter(|value| printable(value) && self.input.is_modern) {
                headers.push((header, value.to_owned()));
            }
        }
        headers
    }

    /// The same, sometimes with a wrong one.
    fn disturbed(&mut self, body: &[u8]) -> Headers {
        const WRONG: [(&str, &str); 9] = [
            ("host", "evil.example"),
            ("origin", "https://evil.example"),
            ("content-type", "text/html"),
            ("accept", "image/png"),
            ("mcp-session-id", "00000000-0000-0000-0000-000000000000"),
            ("mcp-protocol-version", "1999-01-01"),
            ("mcp-method", "tools/list"),
            ("mcp-name", "start_run"),
            ("authorization", "Bearer nobody"),
        ];
        let mut list = self.headers(body);
        if self.rng.u8(..8) > 0 {
            return Headers { list, are_right: true };
        }
        let (name, value) = WRONG[self.rng.usize(..WRONG.len())];
        list.retain(|(known, _)| *known != name);
        if self.rng.u8(..4) > 0 {
            list.push((name, value.to_owned()));
        }
        Headers { list, are_right: false }
    }

    async fn post(&mut self, line: Line) {
        let headers = self.disturbed(&line.bytes);
        self.connection.request("POST", "/mcp", &headers.list, &line.bytes).await;
        // A body that is too large may be cut off.
        match self.connection.read().await {
            Some(answer) => self.judge(&line, headers.are_right, &answer),
            None => self.reconnect().await,
        }
        if line.bytes.len() > 1 << 20 {
            self.reconnect().await;
        }
    }

    /// Checks an answer.
    fn judge(&mut self, line: &Line, is_right: bool, answer: &Answer) {
        let sent =
            || String::from_utf8_lossy(&line.bytes[..line.bytes.len().min(500)]).into_owned();
        let text = answer.text();
        let context = || format!("{} {text}\n{}", answer.status, sent());
        assert!(STATUSES.contains(&answer.status), "{}", context());
        let mut answers = answer.messages();
        answers.retain(|message| message.get("method").is_none());
        assert!(answers.len() <= 1, "{}", context());
        match answers.pop() {
            None => {
                let is_over_a_limit = [413, 503].contains(&answer.status);
                let is_needed = is_right && matches!(line.awaited, Awaited::One(_));
                assert!(is_over_a_limit || !is_needed, "{}", context());
                assert!(answer.status < 400 || !text.trim().is_empty(), "{}", context());
            }
            Some(mut message) => {
                if answer.status >= 400 && message.get("id").is_none() {
                    message["id"] = Value::Null;
                }
                let id = message["id"].to_string();
                let is_expected = match &line.awaited {
                    Awaited::One(mine) => *mine == id || id == "null",
                    Awaited::Null | Awaited::Nothing => id == "null",
                    Awaited::AtMostOne => true,
                };
                assert!(is_expected || !is_right, "{}", context());
                self.witness.hear(&message, line.payload.clone(), &mut self.input.heard);
            }
        }
    }

    async fn reconnect(&mut self) {
        self.connection = self.program.connect().await;
    }

    /// Sends many requests before it reads an answer.
    async fn flood(&mut self, count: usize) -> usize {
        self.witness.floods();
        let mut sent = Vec::new();
        for _ in 0..count {
            let line = self.input.line();
            if matches!(line.awaited, Awaited::One(_)) && line.bytes.len() < 1 << 14 {
                let headers = self.headers(&line.bytes);
                self.connection.request("POST", "/mcp", &headers, &line.bytes).await;
                sent.push(line);
            }
        }
        for line in &sent {
            let answer = self.connection.answer().await;
            self.judge(line, true, &answer);
        }
        sent.len()
    }

    /// Sends a part of a request, and leaves the connection to itself or ends it.
    async fn half_open(&mut self) -> usize {
        let line = self.input.line();
        let length = line.bytes.len() + 1;
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: \
             application/json, text/event-stream\r\ncontent-length: {length}\r\n\r\n"
        );
        let request = [head.as_bytes(), &line.bytes].concat();
        let end = self.rng.usize(1..=request.len());
        self.connection.write(&request[..end]).await;
        let left = std::mem::replace(&mut self.connection, self.program.connect().await);
        if self.rng.bool() {
            self.half_open.push(left);
        }
        1
    }

    /// Ends the connection behind a request.
    async fn deaf(&mut self) -> usize {
        self.witness.is_partial();
        let line = self.input.line();
        let headers = self.headers(&line.bytes);
        self.connection.request("POST", "/mcp", &headers, &line.bytes).await;
        self.reconnect().await;
        1
    }

    async fn no_http(&mut self) -> usize {
        let text = match self.rng.u8(..5) {
            0 => "GET\r\n\r\n".to_owned(),
            1 => format!(
                "GET /mcp HTTP/1.1\r\nhost: localhost\r\nx: {}\r\n\r\n",
                "y".repeat(1 << 20)
            ),
            2 => {
                "POST /mcp HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"
                    .to_owned()
            }
            3 => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0".to_owned(),
            _ => std::iter::repeat_with(|| self.rng.char(..)).take(200).collect(),
        };
        self.connection.write_what_it_takes(text.as_bytes()).await;
        self.reconnect().await;
        1
    }

    /// Requests of other methods and paths.
    async fn elsewhere(&mut self) -> usize {
        let method = ["GET", "PUT", "DELETE", "OPTIONS", "HEAD"][self.rng.usize(..5)];
        let path =
            ["/mcp", "/", "/healthz", "/readyz", "/%00", "/mcp/../operate"][self.rng.usize(..6)];
        self.connection.request(method, path, &[], b"").await;
        if method == "HEAD" {
            self.reconnect().await;
            return 1;
        }
        let answer = self.connection.answer().await;
        assert!(STATUSES.contains(&answer.status), "{method} {path}: {}", answer.status);
        1
    }
}
