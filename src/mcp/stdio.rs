//! Serving one client over standard input and output.
//!
//! rmcp handles the requests. The transport is ours, so that every request with a readable id is answered, memory is
//! bounded, calls for a run keep their order, and what was read is done before the end:
//!
//! ```text
//! lines ──► id, refusal      what is not taken is answered
//!   │
//! transport ──► turns        each call behind the earlier ones for its run
//!   │
//! exchange                   what is under way, and the bounds on it
//!   │
//! service                    rmcp's way to the server
//! ```

mod exchange;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod id;
mod lines;
mod refusal;
mod service;
mod signals;
mod transport;
mod turns;

use std::io;
use std::num::NonZeroUsize;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::model::Extensions;
use rmcp::service::{QuitReason, ServerInitializeError};
use rmcp::transport::stdio_pipes;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

use self::exchange::{Exchange, Ticket};
use self::service::InTurn;
pub(crate) use self::signals::Signals;
use self::transport::{StdioTransport, write};
#[cfg(feature = "http")]
pub(super) use self::transport::{unreadable_text, unrecognized};
use super::Server;
use crate::portable::Portable;

/// Bounds on what one client makes the server hold, and on the time that the end takes.
///
/// Where a bound is reached, the server reads nothing more until there is room again; only a line that is too long is
/// refused.
///
/// ```
/// use std::time::Duration;
///
/// use leverframe::mcp::StdioLimits;
///
/// let mut limits = StdioLimits::default();
/// limits.grace = Duration::from_secs(60);
/// assert_eq!(limits.in_flight.get(), 256);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StdioLimits {
    /// Requests that are read and not yet answered. Default: 256.
    pub in_flight: NonZeroUsize,
    /// Bytes of the requests that are read and not yet answered, and of the answers that the client has not yet taken.
    /// What passes the bound is read or answered whole; then nothing more is. Default: 4 MiB.
    pub waiting_bytes: usize,
    /// Bytes of one line, which is one message, without its line break. Default: 4 MiB.
    pub line_bytes: usize,
    /// Longest time from the end of the input, or from the signal to end, to the end of serving, where requests are
    /// not answered or answers not taken. Default: 10 s.
    pub grace: Duration,
}

impl Default for StdioLimits {
    fn default() -> Self {
        const IN_FLIGHT: NonZeroUsize = NonZeroUsize::new(256).expect("it is not 0");
        const MIB: usize = 1024 * 1024;
        Self {
            in_flight: IN_FLIGHT,
            waiting_bytes: 4 * MIB,
            line_bytes: 4 * MIB,
            grace: Duration::from_secs(10),
        }
    }
}

/// Serves one client over standard input and output, until the input ends, the client closes the output, or the
/// process gets a signal to end: SIGTERM, SIGINT or SIGHUP, on Windows their counterparts.
///
/// All requests that were read are then answered, as long as the client takes the answers, within
/// [`StdioLimits::grace`]. A second signal ends this at once. Afterwards the caller has to return from `main` and not to
/// wait for threads: one may still be reading standard input.
///
/// Calls for one run are applied in the order in which they were sent.
///
/// # Errors
///
/// [`ServeError`], where the process cannot serve, or ends before all requests are answered.
pub fn serve_stdio<M: Portable<Context: Default>>(
    server: Server<M>,
    limits: StdioLimits,
) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::new().map_err(ServeError::Runtime)?;
        let (input, output) = stdio_pipes();
        serve(server, limits, input, output, async || signals.next().await).await
    });
    // A read of a terminal or a file cannot be called off, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    outcome
}

/// Lets the calls behind a request go on, and new ones be read, while the request waits for the user of the client.
pub(super) fn step_aside(request: &Extensions) {
    if let Some(ticket) = request.get::<Ticket>() {
        ticket.lasts();
        if let Some(turn) = ticket.turn() {
            turn.finish();
        }
    }
}

/// Why a client could not be served to the end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The operating system gives no input and output or no signals.
    #[error("the process cannot wait for input and signals")]
    Runtime(#[source] io::Error),
    /// The protocol came to an end of its own.
    #[error("the client cannot be served any more")]
    Protocol(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Requests were not answered, or their answers not taken, in time.
    #[error("ended with requests unanswered: {0}; allow more time by `--grace`")]
    Unanswered(usize),
}

/// Serves one client until its input ends or `signal` comes. A second signal ends it at once.
async fn serve<M: Portable<Context: Default>>(
    server: Server<M>,
    limits: StdioLimits,
    input: impl AsyncRead + Send + Unpin + 'static,
    output: impl AsyncWrite + Send + Unpin + 'static,
    mut signal: impl AsyncFnMut(),
) -> Result<(), ServeError> {
    let grace = limits.grace;
    let server = server.for_client();
    let exchange = Exchange::new(limits, Arc::clone(server.ending()));
    let background = server.clone();
    let mut driving = pin!(background.runs().drive());
    let default_run = server.runs().default_run().as_str().to_owned();
    let transport = StdioTransport::new(input, Arc::clone(&exchange), default_run);
    let mut writer = tokio::task::JoinSet::new();
    writer.spawn(write(Arc::clone(&exchange), output));
    let mut session = Box::pin(session(server, transport, &exchange));
    tokio::select! {
        done = &mut session => return done,
        () = signal() => exchange.stop(),
        () = exchange.ended() => {}
        never = &mut driving => match never {},
    }
    tokio::select! {
        done = &mut session => return done,
        () = signal() => {}
        () = sleep(grace) => {}
        never = &mut driving => match never {},
    }
    match exchange.left() {
        0 => Ok(()),
        left => Err(ServeError::Unanswered(left)),
    }
}

/// Serves until all that was read is answered, and the answers are written.
async fn session<M: Portable<Context: Default>>(
    server: Server<M>,
    transport: StdioTransport<impl AsyncRead + Send + Unpin + 'static>,
    exchange: &Exchange,
) -> Result<(), ServeError> {
    let service = match InTurn(server).serve(transport).await {
        Ok(service) => service,
        // A client that only asked what there is has not failed.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(ServeError::Protocol(Box::new(error))),
    };
    exchange.begin();
    match service.waiting().await {
        Ok(QuitReason::JoinError(error)) | Err(error) => Err(ServeError::Protocol(Box::new(error))),
        Ok(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
