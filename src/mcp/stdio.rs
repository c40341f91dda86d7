//! Serving one client over standard input and output.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use rmcp::ServiceExt;
use rmcp::service::{QuitReason, ServerInitializeError};
use rmcp::transport::stdio_pipes;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::sync::Notify;
use tokio::task::JoinError;
use tokio::time::timeout;

use super::Server;
use crate::portable::Portable;

/// How long calls that are under way may take once the client is gone or the process is told to end.
const GRACE: Duration = Duration::from_millis(500);

/// Serves one client over standard input and output, until the input ends or the process is told to end.
///
/// Calls that are under way come to their end first, as long as that takes less than a second. Afterwards the caller
/// has to return from `main` and not to wait for threads: one may still be reading standard input.
///
/// # Errors
///
/// [`ServeError`], where the process cannot serve, or the client does not speak the protocol.
pub fn serve_stdio<M: Portable<Context: Default>>(server: Server<M>) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)?;
    let outcome = runtime.block_on(serve(server));
    // A read of a terminal or a file cannot be called off, and dropping the runtime would wait for it.
    runtime.shutdown_background();
    outcome
}

async fn serve<M: Portable<Context: Default>>(server: Server<M>) -> Result<(), ServeError> {
    let mut told_to_end = pin!(told_to_end().map_err(ServeError::Runtime)?);
    let timekeeper = server.clone();
    let mut time = pin!(timekeeper.runs().keep_time());
    let (input, output) = stdio_pipes();
    let ended = Arc::new(Notify::new());
    let input = Watched { input, ended: Arc::clone(&ended) };
    let service = tokio::select! {
        service = server.serve((input, output)) => service,
        () = &mut told_to_end => return Ok(()),
        never = &mut time => match never {},
    };
    let service = match service {
        Ok(service) => service,
        // A client that only asked what there is has not failed.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(ServeError::Client(Box::new(error))),
    };
    let stop = service.cancellation_token();
    let mut serving = pin!(service.waiting());
    tokio::select! {
        done = &mut serving => return ended_by_itself(done),
        () = &mut told_to_end => stop.cancel(),
        () = ended.notified() => {}
        never = &mut time => match never {},
    }
    if timeout(GRACE, serving).await.is_err() {
        tracing::warn!("ending while calls are under way");
    }
    Ok(())
}

fn ended_by_itself(done: Result<QuitReason, JoinError>) -> Result<(), ServeError> {
    match done {
        Ok(QuitReason::JoinError(error)) | Err(error) => Err(ServeError::Client(Box::new(error))),
        Ok(_) => Ok(()),
    }
}

/// Why a client could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The operating system gives no input and output or no signals.
    #[error("the process cannot wait for input and signals")]
    Runtime(#[source] io::Error),
    /// The client does not begin as the protocol says.
    #[error("the client does not speak the protocol")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Ends when the process is told to.
#[cfg(unix)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ends when the process is told to.
#[cfg(windows)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_c, ctrl_close, ctrl_shutdown};
    let (mut c, mut close, mut shutdown) = (ctrl_c()?, ctrl_close()?, ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = c.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    })
}

/// An input that tells when it has ended.
struct Watched<R> {
    input: R,
    ended: Arc<Notify>,
}

impl<R: AsyncRead + Unpin> AsyncRead for Watched<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.input).poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) && buffer.filled().len() == before {
            self.ended.notify_one();
        }
        read
    }
}
