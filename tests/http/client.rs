//! A connection of HTTP/1.1, written and read by hand.

use std::fmt::Write;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::PATIENCE;

/// The headers that a client of MCP sends with each request.
pub(super) fn json_headers() -> Vec<(&'static str, String)> {
    vec![
        ("content-type", "application/json".into()),
        ("accept", "application/json, text/event-stream".into()),
    ]
}

pub(super) trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Socket for S {}

pub(super) struct Connection {
    stream: BufReader<Box<dyn Socket>>,
    host: String,
    /// Where to connect again.
    address: Option<SocketAddr>,
    /// Whether the server has said that it closes the connection.
    is_over: bool,
}

/// What a server answers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { address: Some(address), ..Self::over(stream, &address.to_string()) }
    }

    pub(super) fn over(stream: impl Socket + 'static, host: &str) -> Self {
        let stream: Box<dyn Socket> = Box::new(stream);
        let (stream, host) = (BufReader::new(stream), host.to_owned());
        Self { stream, host, address: None, is_over: false }
    }

    /// Whether the server has said that it closes the connection.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// Writes bytes as they are.
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
        self.stream.flush().await.unwrap();
    }

    /// Writes bytes as far as the server takes them, which may be gone before.
    #[cfg(target_os = "linux")]
    pub(super) async fn write_what_it_takes(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    /// Writes a request, on a new connection if the server has closed the last. A `host` among the headers replaces the
    /// right one.
    pub(super) async fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: &[u8],
    ) {
        if let (true, Some(address)) = (self.is_over, self.address) {
            *self = Self::open(address).await;
        }
        let mut text = format!("{method} {path} HTTP/1.1\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            write!(text, "host: {}\r\n", self.host).unwrap();
        }
        for (name, value) in headers {
            write!(text, "{name}: {value}\r\n").unwrap();
        }
        if !headers.iter().any(|(name, _)| *name == "content-length") {
            write!(text, "content-length: {}\r\n", body.len()).unwrap();
        }
        let bytes = [text.as_bytes(), b"\r\n", body].concat();
        self.write(&bytes).await;
    }

    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[], b"").await;
        self.answer().await
    }

    /// The next answer, whole.
    pub(super) async fn answer(&mut self) -> Answer {
        timeout(PATIENCE, self.read()).await.expect("an answer").expect("a whole answer")
    }

    /// The next answer; nothing if the connection ends before its end.
    pub(super) async fn read(&mut self) -> Option<Answer> {
        let (status, headers) = self.head().await?;
        let mut answer = Answer { status, headers, body: Vec::new() };
        if answer.header("transfer-encoding") == Some("chunked") {
            while let Some(chunk) = self.chunk().await? {
                answer.body.extend(chunk);
            }
        } else {
            let length =
                answer.header("content-length").map_or(0, |length| length.parse().unwrap());
            answer.body.resize(length, 0);
            self.stream.read_exact(&mut answer.body).await.ok()?;
        }
        self.is_over = answer.header("connection") == Some("close");
        Some(answer)
    }

    /// The status and the headers of the next answer.
    pub(super) async fn head(&mut self) -> Option<(u16, Vec<(String, String)>)> {
        let line = self.line().await?;
        let status = line.split(' ').nth(1)?.parse().ok()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().await?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        Some((status, headers))
    }

    /// The next part of an answer that comes in parts; the inner is nothing at its end.
    pub(super) async fn chunk(&mut self) -> Option<Option<Vec<u8>>> {
        let length = usize::from_str_radix(&self.line().await?, 16).ok()?;
        let mut chunk = vec![0; length];
        self.stream.read_exact(&mut chunk).await.ok()?;
        self.line().await?;
        Some((length > 0).then_some(chunk))
    }

    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.stream.read_line(&mut line).await.ok()?;
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// Whether the server ends the connection, without another answer.
    pub(super) async fn ends(&mut self) -> bool {
        let mut rest = Vec::new();
        let read = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await;
        // A reset is an end too.
        read.is_ok() && rest.is_empty()
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// All messages of the answer; none where it is text.
    #[cfg(target_os = "linux")]
    pub(super) fn messages(&self) -> Vec<Value> {
        let text = self.text();
        let parse = |text: &str| serde_json::from_str(text).expect("messages alone");
        match self.header("content-type") {
            Some("text/event-stream") => {
                let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
                data.map(str::trim).filter(|data| !data.is_empty()).map(parse).collect()
            }
            Some(json) if json.starts_with("application/json") => vec![parse(&text)],
            _ => Vec::new(),
        }
    }

    /// The one message of the answer, whether it comes alone or as an event of a stream.
    pub(super) fn message(&self) -> Value {
        let text = self.text();
        let message = match self.header("content-type") {
            Some("text/event-stream") => {
                let data = text.lines().filter_map(|line| line.strip_prefix("data:"));
                let data: Vec<&str> = data.map(str::trim).filter(|data| !data.is_empty()).collect();
                assert_eq!(data.len(), 1, "{text}");
                serde_json::from_str(data[0])
            }
            _ => serde_json::from_str(&text),
        };
        message.unwrap_or_else(|error| panic!("{error}: {} {text}", self.status))
    }
}
