//! A client over HTTP: each caller has a connection of its own, and in 2025-11-25 a session.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use futures::future::join_all;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::Done;
use super::measured::{Measured, memory};
use super::mix::{Era, arguments};
use super::rate::Rate;

pub(crate) struct Client {
    child: Child,
    runtime: Runtime,
    callers: Vec<Caller>,
}

/// One who calls and waits, on a run of its own.
struct Caller {
    stream: tokio::io::BufReader<TcpStream>,
    era: Era,
    session: Option<String>,
    run: String,
    step: usize,
    /// The body of the last answer.
    body: Vec<u8>,
}

impl Client {
    /// Starts a server, and a run for each caller. The server says on its standard error where it listens.
    pub(crate) fn start(mut command: Command, era: Era, callers: usize) -> Done<Self> {
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stderr.take().ok_or("no standard error")?).read_line(&mut line)?;
        let address = line.split("//").nth(1).and_then(|rest| rest.split('/').next());
        let address: SocketAddr = address.ok_or_else(|| line.clone())?.parse()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let callers = runtime.block_on(async {
            let mut connected = vec![Caller::connect(address, era, 0).await?];
            for place in 1..callers {
                connected.push(Caller::connect(address, era, place).await?);
            }
            for caller in connected.iter_mut().take(callers) {
                caller.start().await?;
            }
            Done::Ok(connected)
        })?;
        Ok(Self { child, runtime, callers })
    }
}

impl Measured for Client {
    fn measure(&mut self, span: Duration) -> Done<Rate> {
        let begin = Instant::now();
        let calling = self.callers.iter_mut().map(async |caller| -> Done<Vec<Duration>> {
            let mut times = Vec::new();
            while begin.elapsed() < span {
                let sent = Instant::now();
                caller.call().await?;
                times.push(sent.elapsed());
            }
            Ok(times)
        });
        let times = self.runtime.block_on(join_all(calling));
        Ok(Rate::of(times.into_iter().collect::<Done<Vec<_>>>()?.concat(), begin.elapsed()))
    }

    fn memory(&self, name: &str) -> Option<f64> {
        memory(&self.child, name)
    }

    fn end(self: Box<Self>) -> Done<()> {
        let Self { mut child, callers, .. } = *self;
        drop(callers);
        child.kill()?;
        child.wait()?;
        Ok(())
    }
}

impl Caller {
    async fn connect(address: SocketAddr, era: Era, place: usize) -> Done<Self> {
        let run = format!("r{place}");
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let stream = tokio::io::BufReader::new(stream);
        let mut caller = Self { stream, era, session: None, run, step: 0, body: Vec::new() };
        caller.post(&era.first(), era.first_method(), "").await?;
        Ok(caller)
    }

    async fn start(&mut self) -> Done<()> {
        if self.era == Era::Legacy {
            let method = "notifications/initialized";
            let message = json!({"jsonrpc": "2.0", "method": method});
            self.post(&message.to_string(), method, "").await?;
        }
        let params = json!({"name": "start_run", "arguments": {"run": self.run}});
        let message = self.era.request(1, "tools/call", params);
        self.post(&message, "tools/call", "start_run").await
    }

    async fn call(&mut self) -> Done<()> {
        let (tool, _) = arguments(&self.run, self.step);
        let message = self.era.call(self.step as u64, &self.run, self.step);
        self.post(&message, "tools/call", tool).await?;
        self.step += 1;
        let is_done = self.body.windows(15).any(|bytes| bytes == br#""isError":false"#);
        if is_done { Ok(()) } else { Err(String::from_utf8_lossy(&self.body).into()) }
    }

    /// Sends a message, and reads the answer.
    async fn post(&mut self, message: &str, method: &str, name: &str) -> Done<()> {
        let message = message.trim_end();
        let session = self.session.as_deref().map(|id| format!("mcp-session-id: {id}\r\n"));
        let name = if name.is_empty() { String::new() } else { format!("mcp-name: {name}\r\n") };
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\naccept: \
             application/json, text/event-stream\r\nmcp-protocol-version: {}\r\nmcp-method: \
             {method}\r\n{name}{}content-length: {}\r\n\r\n{message}",
            self.era,
            session.unwrap_or_default(),
            message.len(),
        );
        self.stream.get_mut().write_all(request.as_bytes()).await?;
        self.answer().await
    }

    async fn answer(&mut self) -> Done<()> {
        let status = self.line().await?;
        let (mut length, mut is_chunked) = (0, false);
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse()?,
                "transfer-encoding" => is_chunked = value.trim() == "chunked",
                "mcp-session-id" => self.session = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        self.body.clear();
        if is_chunked {
            loop {
                let length = usize::from_str_radix(self.line().await?.trim(), 16)?;
                self.take(length).await?;
                self.line().await?;
                if length == 0 {
                    break;
                }
            }
        } else {
            self.take(length).await?;
        }
        let is_success = status.split(' ').nth(1).is_some_and(|status| status.starts_with('2'));
        let failed = || format!("{status}: {}", String::from_utf8_lossy(&self.body));
        if is_success { Ok(()) } else { Err(failed().into()) }
    }

    async fn line(&mut self) -> Done<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await? {
            0 => Err("the server has closed the connection".into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    /// Takes so many bytes of the body.
    async fn take(&mut self, length: usize) -> Done<()> {
        let before = self.body.len();
        self.body.resize(before + length, 0);
        self.stream.read_exact(self.body.get_mut(before..).unwrap_or_default()).await?;
        Ok(())
    }
}
