//! One client and its server, from the start of the process to its end.

use std::collections::HashMap;
use std::fs::File;
use std::process::Stdio;

use fastrand::Rng;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::Subject;
use super::input::{Awaited, Input, Line};
use super::witness::Witness;
use crate::mcp::wire::rests;
use crate::mcp::{PATIENCE, meta};

/// How a client leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// It closes the input, and reads all answers.
    Closed,
    /// The same, in the middle of a line.
    Torn,
    /// It reads no more, and then closes the input.
    Deaf,
    /// The server is killed with calls under way.
    Killed,
}

/// What is awaited for the lines that were sent.
#[derive(Default)]
struct Open {
    /// By id, with the arguments of a call.
    ones: HashMap<String, Option<Map<String, Value>>>,
    nulls: usize,
    /// Answers that may come or not.
    loose: usize,
}

pub(crate) struct Session<'a> {
    witness: &'a Witness,
    input: Input,
    server: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<BufReader<ChildStdout>>,
    log: String,
    open: Open,
}

impl<'a> Session<'a> {
    pub(crate) fn start(subject: &Subject, store: &str, seed: u64, witness: &'a Witness) -> Self {
        let mut rng = Rng::with_seed(seed);
        let log = format!("{store}-{seed}.log");
        let mut server = Command::new((subject.program)())
            .args(["serve", "--store", store])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        // A slow reader takes a few bytes at a time.
        let capacity = if rng.u8(..8) == 0 { 48 } else { 1 << 16 };
        let stdout = server.stdout.take().unwrap();
        Self {
            witness,
            input: Input::new(rng.u64(..), rng.bool()),
            stdin: server.stdin.take(),
            stdout: Some(BufReader::with_capacity(capacity, stdout)),
            server,
            log,
            open: Open::default(),
        }
    }

    /// Sends so many lines, and leaves.
    pub(crate) async fn run(mut self, calls: usize) {
        self.begin().await;
        let mut left = calls;
        while left > 0 {
            let most = if self.input.rng.u8(..4) == 0 { 400 } else { 60 };
            let count = self.input.rng.usize(1..=most).min(left);
            left -= count;
            let is_flood = count > 200 && self.input.rng.u8(..4) == 0;
            self.round(count, is_flood).await;
        }
        self.leave().await;
    }

    async fn begin(&mut self) {
        let mut list = json!({});
        if self.input.is_modern {
            list["_meta"] = meta();
        } else {
            let client = json!({
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": {"name": "fuzz", "version": "1"},
            });
            let line = self.input.asking("initialize", client);
            self.exchange(vec![line], false).await;
        }
        let line = self.input.asking("tools/list", list);
        self.exchange(vec![line], false).await;
        assert!(!self.input.heard.tools.is_empty());
    }

    async fn round(&mut self, count: usize, is_flood: bool) {
        let lines = (0..count).map(|_| self.input.line()).collect();
        self.exchange(lines, is_flood).await;
    }

    /// Sends lines, and reads until each has the answer that it surely gets. In a flood, nothing is read until the server
    /// rests.
    async fn exchange(&mut self, lines: Vec<Line>, is_flood: bool) {
        let bytes = self.announce(lines);
        let mut stdin = self.stdin.take().unwrap();
        let write = async {
            stdin.write_all(&bytes).await.unwrap();
            stdin
        };
        let read = async {
            if is_flood {
                self.witness.floods();
                rests(&self.server).await;
            }
            while !self.open.ones.is_empty() {
                let line = self.next().await.expect("an answer before the end");
                self.hear(&line);
            }
        };
        let (stdin, ()) = tokio::join!(write, read);
        self.stdin = Some(stdin);
    }

    /// Notes what is awaited for lines, and gives their bytes.
    fn announce(&mut self, lines: Vec<Line>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend(line.bytes);
            bytes.push(b'\n');
            match line.awaited {
                Awaited::One(id) => drop(self.open.ones.insert(id, line.payload)),
                Awaited::Null => self.open.nulls += 1,
                Awaited::Nothing => {}
                Awaited::AtMostOne => self.open.loose += 1,
            }
        }
        bytes
    }

    /// The next line of output, or nothing at its end.
    async fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        let read = self.stdout.as_mut().unwrap().read_until(b'\n', &mut line);
        let read = timeout(3 * PATIENCE, read).await;
        let awaited = || self.open.ones.keys().take(5).collect::<Vec<_>>();
        read.unwrap_or_else(|_| panic!("no answer to {:?}", awaited())).unwrap();
        (!line.is_empty()).then_some(line)
    }

    fn hear(&mut self, line: &[u8]) {
        assert_eq!(line.last(), Some(&b'\n'), "a torn line: {}", String::from_utf8_lossy(line));
        let answer: Value = serde_json::from_slice(line).expect("messages alone");
        if answer.get("method").is_some() {
            assert_eq!(answer["jsonrpc"], "2.0", "{answer}");
            return;
        }
        let id = answer["id"].to_string();
        let payload = match self.open.ones.remove(&id) {
            Some(payload) => payload,
            None if id == "null" && self.open.nulls > 0 => {
                self.open.nulls -= 1;
                None
            }
            None => {
                let left = self.open.loose.checked_sub(1);
                self.open.loose = left.unwrap_or_else(|| panic!("nobody asked for {answer}"));
                None
            }
        };
        self.witness.hear(&answer, payload, &mut self.input.heard);
    }

    async fn leave(mut self) {
        let end = match self.input.rng.u8(..8) {
            0 => End::Torn,
            1 => End::Deaf,
            2 => End::Killed,
            _ => End::Closed,
        };
        let lines: Vec<_> = (0..30).map(|_| self.input.line()).collect();
        let mut bytes = self.announce(lines);
        if end == End::Torn {
            bytes.extend(br#"{"jsonrpc":"2.0","id":"torn","method":"tools/call","params":{"#);
            self.open.loose += 1;
        }
        self.witness.weigh(&self.server);
        let mut stdin = self.stdin.take().unwrap();
        match end {
            End::Closed | End::Torn => {
                let write = async {
                    stdin.write_all(&bytes).await.unwrap();
                    drop(stdin);
                };
                let read = async {
                    while let Some(line) = self.next().await {
                        self.hear(&line);
                    }
                };
                tokio::join!(write, read);
                let Open { ones, nulls, .. } = &self.open;
                assert!(ones.is_empty() && *nulls == 0, "unanswered: {ones:?}, {nulls}");
            }
            End::Deaf => {
                self.stdout = None;
                // The server may be gone before it has read all.
                let _ = stdin.write_all(&bytes).await;
                drop(stdin);
                self.witness.is_partial();
            }
            End::Killed => {
                let _ = stdin.write_all(&bytes).await;
                self.server.start_kill().unwrap();
                self.witness.is_partial();
            }
        }
        let status = timeout(PATIENCE, self.server.wait()).await.expect("an end").unwrap();
        let log = std::fs::read_to_string(&self.log).unwrap();
        assert!(!log.contains("panicked"), "{log}");
        if end != End::Killed {
            assert!(status.code().is_some_and(|code| code < 2), "{end:?}: {status}: {log}");
        }
        if matches!(end, End::Closed | End::Torn) {
            assert!(status.success(), "{end:?}: {status}: {log}");
        }
    }
}
