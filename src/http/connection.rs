//! One connection.

use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until, timeout};

use super::{Http, Tls};

/// How long the last answer of a connection may take to be written once all calls are finished.
const LAST_WRITE: Duration = Duration::from_millis(100);

/// What serves a connection.
pub(super) struct Connection {
    http: Http,
    routes: Router,
}

impl Connection {
    pub(super) fn new(http: Http, routes: Router) -> Self {
        Self { http, routes }
    }

    /// Negotiates TLS, and serves the connection.
    pub(super) async fn serve_tls(self, stream: TcpStream, tls: &Tls) {
        match timeout(self.http.limits().read_time, tls.0.accept(stream)).await {
            Ok(Ok(stream)) => self.serve(stream).await,
            Ok(Err(error)) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "no TLS was negotiated");
            }
            Err(_) => tracing::debug!("no TLS was negotiated within `read_time`"),
        }
    }

    /// Serves a connection until the client ends it, is too slow, or the program ends.
    pub(super) async fn serve(self, stream: impl AsyncRead + AsyncWrite + Send + Unpin) {
        let limits = self.http.limits();
        let is_writing = Arc::new(AtomicBool::new(false));
        let stream = Paced::new(stream, limits.write_time, Arc::clone(&is_writing));
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(limits.read_time);
        let service = TowerToHyperService::new(self.routes);
        let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
        let traffic = self.http.traffic();
        let ended = tokio::select! {
            ended = &mut connection => ended,
            () = traffic.closing().cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = &mut connection => ended,
                    () = given_up(&self.http, &is_writing) => Ok(()),
                }
            }
        };
        if let Err(error) = ended {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "a connection ended");
        }
    }
}

/// Completes when the end of the program waits no longer for a connection. A client that has not sent a whole request
/// is not waited for; one that takes an answer is.
async fn given_up(http: &Http, is_writing: &AtomicBool) {
    let deadline = Instant::now() + http.limits().grace;
    http.traffic().closed().cancelled().await;
    loop {
        sleep(LAST_WRITE).await;
        if !is_writing.load(Ordering::Relaxed) || Instant::now() >= deadline {
            return;
        }
    }
}

/// A stream whose other end has to take what is written.
struct Paced<S> {
    stream: S,
    write_time: Duration,
    /// When writing fails, while it waits for the other end.
    late: Option<Pin<Box<Sleep>>>,
    is_writing: Arc<AtomicBool>,
}

impl<S> Paced<S> {
    fn new(stream: S, write_time: Duration, is_writing: Arc<AtomicBool>) -> Self {
        Self { stream, write_time, late: None, is_writing }
    }

    /// Passes on the outcome of a write, unless it has waited too long.
    fn paced<T>(
        &mut self,
        cx: &mut Context<'_>,
        write: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        self.is_writing.store(write.is_pending(), Ordering::Relaxed);
        if write.is_ready() {
            self.late = None;
            return write;
        }
        let due = Instant::now() + self.write_time;
        let late = self.late.get_or_insert_with(|| Box::pin(sleep_until(due)));
        late.as_mut().poll(cx).map(|()| {
            self.is_writing.store(false, Ordering::Relaxed);
            Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the client takes no answer; see `write_time`",
            ))
        })
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.paced(cx, write)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let write = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.paced(cx, write)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flush = Pin::new(&mut self.stream).poll_flush(cx);
        self.paced(cx, flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shutdown = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.paced(cx, shutdown)
    }
}
