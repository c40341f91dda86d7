//! The transport that rmcp reads requests from and hands answers to.

use std::borrow::Cow;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

#[cfg(feature = "http")]
use rmcp::ErrorData;
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequest, ClientJsonRpcMessage, ClientNotification, ClientRequest, GetExtensions,
    JsonRpcMessage, JsonRpcRequest, ReadResourceRequest, RequestId, RequestMetaObject,
    ServerJsonRpcMessage,
};
#[cfg(feature = "http")]
use rmcp::model::{CustomRequest, ProtocolVersion};
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::exchange::{Exchange, answered};
use super::id::{Envelope, Id, LONGEST_ID, MARK, Scanner};
use super::lines::{Line, Lines};
use super::refusal::Refusal;
use super::turns::Turns;
use crate::caller::Principal;
use crate::mcp::resources::Address;

/// Reads one request a line, within the bounds of an [`Exchange`], and leaves the writing to [`write`].
pub(super) struct StdioTransport<R> {
    input: R,
    lines: Lines,
    has_ended: bool,
    /// A request that has to wait for others to be answered, and its length. Notifications in front of it are read.
    held: Option<(JsonRpcRequest<ClientRequest>, usize)>,
    exchange: Arc<Exchange>,
    turns: Turns,
    default_run: String,
}

impl<R: AsyncRead + Send + Unpin> StdioTransport<R> {
    /// Reads `input`. A call that names no run is one for `default_run`.
    pub(super) fn new(input: R, exchange: Arc<Exchange>, default_run: String) -> Self {
        let lines = Lines::new(exchange.limits().line_bytes);
        let turns = Turns::default();
        Self { input, lines, has_ended: false, held: None, exchange, turns, default_run }
    }

    /// The next message, or the end once all that was read is answered and the answers are written.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Option<ClientJsonRpcMessage>> {
        loop {
            let next = self.poll_next(cx);
            if let Poll::Ready(Some(message)) = next {
                return Poll::Ready(Some(message));
            }
            if self.has_ended {
                let is_over = next.is_ready() && self.exchange.is_idle(cx);
                self.exchange.will_read(self.lines.left() + usize::from(self.held.is_some()));
                return if is_over { Poll::Ready(None) } else { Poll::Pending };
            }
            // While the bounds hold up the lines, some are read ahead, so that the end of the input is seen in time.
            if next.is_pending() && self.lines.is_ample() {
                return Poll::Pending;
            }
            ready!(self.poll_fill(cx));
        }
    }

    /// The next message among what was read, once the bounds allow one; nothing where there is no whole line.
    fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<ClientJsonRpcMessage>> {
        loop {
            if let Some((request, bytes)) = self.held.take() {
                return self.poll_admit(request, bytes, cx).map(Some);
            }
            if !self.exchange.has_room(cx) {
                return Poll::Pending;
            }
            let Some(line) = self.lines.next() else { return Poll::Ready(None) };
            match read(line, &self.exchange) {
                None => {}
                Some((JsonRpcMessage::Request(request), bytes)) => {
                    self.held = Some((request, bytes));
                }
                Some((message, _)) if self.exchange.has_begun() => {
                    if let Some(id) = cancels(&message) {
                        self.exchange.cancelled(id);
                    }
                    return Poll::Ready(Some(message));
                }
                Some(_) => tracing::debug!("ignoring what is no request before the first request"),
            }
        }
    }

    fn poll_admit(
        &mut self,
        mut request: JsonRpcRequest<ClientRequest>,
        bytes: usize,
        cx: &Context<'_>,
    ) -> Poll<ClientJsonRpcMessage> {
        let turn = || run_of(&request.request, &self.default_run).map(|run| self.turns.next(&run));
        let Some(ticket) = self.exchange.admit(&request.id, bytes, turn, cx) else {
            self.held = Some((request, bytes));
            return Poll::Pending;
        };
        request.request.extensions_mut().insert(ticket);
        Poll::Ready(JsonRpcMessage::Request(request))
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.exchange.is_stopping() {
            self.has_ended = true;
            return Poll::Ready(());
        }
        let mut room = ReadBuf::new(self.lines.room());
        let read = ready!(Pin::new(&mut self.input).poll_read(cx, &mut room));
        let bytes = room.filled().len();
        if let Err(error) = &read {
            tracing::warn!(%error, "standard input cannot be read");
        }
        if bytes == 0 {
            self.lines.finish();
            self.has_ended = true;
            self.exchange.stop();
        }
        self.lines.filled(bytes);
        Poll::Ready(())
    }
}

impl<R: AsyncRead + Send + Unpin> Transport<RoleServer> for StdioTransport<R> {
    type Error = Infallible;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Infallible>> + Send + 'static {
        let id = answered(&message);
        let is_answer = id.is_some() || matches!(message, JsonRpcMessage::Error(_));
        if is_answer {
            self.exchange.answer(id, &message);
        }
        let later = (!is_answer).then(|| (Arc::clone(&self.exchange), message));
        async move {
            if let Some((exchange, message)) = later {
                exchange.room().await;
                exchange.answer(None, &message);
            }
            Ok(())
        }
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        poll_fn(|cx| self.poll_receive(cx)).await
    }

    async fn close(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// The message of a line, and its length. A line that is none is answered, where its sender waits for an answer.
fn read(line: Line<'_>, exchange: &Exchange) -> Option<(ClientJsonRpcMessage, usize)> {
    let (envelope, refusal) = match line {
        Line::Overlong { envelope, length } => {
            (envelope, Refusal::overlong(length, exchange.limits().line_bytes))
        }
        Line::Whole(line) => {
            let text = line.strip_prefix(MARK).unwrap_or(line).trim_ascii();
            if text.is_empty() {
                return None;
            }
            match serde_json::from_slice(text) {
                Ok(message) => return recognized(message, exchange).map(|read| (read, line.len())),
                Err(error) => refused(text, &error),
            }
        }
    };
    if envelope.wants_answer() {
        exchange.say(&refusal.line(&envelope.id));
    } else {
        tracing::debug!(?refusal, "ignoring a notification or an answer that cannot be read");
    }
    None
}

/// The answer to a text that is no message, as JSON.
#[cfg(feature = "http")]
pub(in crate::mcp) fn unreadable_text(text: &[u8], error: &serde_json::Error) -> String {
    let (envelope, refusal) = refused(text, error);
    refusal.line(&envelope.id)
}

/// The answer to a request that rmcp has not recognized.
#[cfg(feature = "http")]
pub(in crate::mcp) fn unrecognized(
    request: &CustomRequest,
    version: Option<&ProtocolVersion>,
) -> ErrorData {
    Refusal::unrecognized(request, version).into_error()
}

/// The answer to a line that is no message.
fn refused(line: &[u8], error: &serde_json::Error) -> (Envelope, Refusal) {
    let envelope = Scanner::scan(line);
    let refusal = Refusal::unreadable(line, &envelope, error);
    (envelope, refusal)
}

/// The message, where it is one that rmcp can handle. Else it is answered.
fn recognized(message: ClientJsonRpcMessage, exchange: &Exchange) -> Option<ClientJsonRpcMessage> {
    let JsonRpcMessage::Request(request) = &message else { return Some(message) };
    let is_long = matches!(&request.id, RequestId::String(id) if id.len() > LONGEST_ID);
    if is_long {
        exchange.say(&Refusal::long_id().line(&Id::Unusable));
        return None;
    }
    if let ClientRequest::CustomRequest(custom) = &request.request {
        let id = Id::Known(request.id.clone().into_json_value().to_string());
        let meta = custom.extensions.get::<RequestMetaObject>();
        let version = meta.and_then(RequestMetaObject::protocol_version);
        exchange.say(&Refusal::unrecognized(custom, version.as_ref()).line(&id));
        return None;
    }
    Some(message)
}

/// The run whose calls come one after another, of which this is one, by the shorter of its names.
fn run_of<'a>(request: &'a ClientRequest, default_run: &'a str) -> Option<Cow<'a, str>> {
    let run = match request {
        ClientRequest::CallToolRequest(CallToolRequest { params, .. }) => {
            let run = params.arguments.as_ref().and_then(|arguments| arguments.get("run"));
            run.and_then(Value::as_str).map(Cow::from)
        }
        ClientRequest::GetPromptRequest(_) => None,
        ClientRequest::ReadResourceRequest(ReadResourceRequest { params, .. }) => {
            match Address::parse(&params.uri)? {
                Address::State(run) | Address::Prompt(run, _) => run,
                Address::History(run) => Some(run),
                Address::Chart => return None,
            }
        }
        _ => return None,
    };
    let run = run.unwrap_or(Cow::Borrowed(default_run));
    match run.rsplit_once('/') {
        Some((owner, name)) if owner == Principal::LOCAL.as_str() => Some(name.to_owned().into()),
        _ => Some(run),
    }
}

/// The request that a message cancels.
fn cancels(message: &ClientJsonRpcMessage) -> Option<&RequestId> {
    let JsonRpcMessage::Notification(notification) = message else { return None };
    match &notification.notification {
        ClientNotification::CancelledNotification(cancelled) => {
            cancelled.params.request_id.as_ref()
        }
        _ => None,
    }
}

/// Writes answers as they come: each whole, and as many at once as are ready.
pub(super) async fn write(exchange: Arc<Exchange>, mut output: impl AsyncWrite + Unpin) {
    let mut batch = Vec::new();
    loop {
        exchange.has_answers().await;
        exchange.take_answers(&mut batch);
        let mut rest = batch.as_slice();
        while !rest.is_empty() {
            match written(&mut output, rest).await {
                Ok(bytes) => {
                    rest = rest.get(bytes..).unwrap_or_default();
                    exchange.written(bytes);
                }
                Err(error) => {
                    exchange.client_is_gone(&error);
                    return;
                }
            }
        }
    }
}

/// Writes a beginning of `bytes`, and says how long it was.
async fn written(output: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> io::Result<usize> {
    let count = output.write(bytes).await?;
    if count == 0 {
        return Err(io::ErrorKind::WriteZero.into());
    }
    output.flush().await?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(method: &str, params: &Value, expected: Option<&str>) {
        let message = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let message: ClientJsonRpcMessage = serde_json::from_value(message).expect("a message");
        let JsonRpcMessage::Request(request) = &message else { panic!("a request: {message:?}") };
        assert_eq!(run_of(&request.request, "main").as_deref(), expected, "{message:?}");
    }

    /// A run has one place in the order, by whichever of its names it is called.
    #[test]
    fn each_name_of_a_run_is_one_key() {
        for (run, key) in [
            (None, "main"),
            (Some("a"), "a"),
            (Some("local/a"), "a"),
            (Some("local/main"), "main"),
            (Some("ada/a"), "ada/a"),
            (Some("ada/local/a"), "ada/local/a"),
        ] {
            let arguments = run.map_or(json!({}), |run| json!({"run": run}));
            check("tools/call", &json!({"name": "x", "arguments": arguments}), Some(key));
        }
        for (uri, key) in [
            ("state://current", Some("main")),
            ("run://local/a/state", Some("a")),
            ("run://local%2Fa/history", Some("a")),
            ("run://ada/a/prompt/IDLE", Some("ada/a")),
            ("machine://chart", None),
        ] {
            check("resources/read", &json!({"uri": uri}), key);
        }
    }
}
