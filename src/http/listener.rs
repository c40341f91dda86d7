//! Accepting connections, until a signal ends it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::connection::Connection;
use super::{Http, Tls};

/// How long accepting rests after the system has refused a connection, for instance for want of file descriptors.
const REST: Duration = Duration::from_millis(100);

/// How long the last answers may take to be written once all calls are finished and the grace is over.
const FLUSH: Duration = Duration::from_millis(500);

/// A socket that accepts connections.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl Listener {
    /// Speaks TLS on each connection.
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    /// The address, with the port that the system has chosen where 0 was requested.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Http {
    /// Listens on an address.
    ///
    /// # Errors
    ///
    /// [`ServeHttpError::Open`] if the address can be reached from other machines and no layer authenticates callers;
    /// [`ServeHttpError::Listen`] if the system refuses.
    pub async fn listen(&self, address: SocketAddr) -> Result<Listener, ServeHttpError> {
        if !address.ip().is_loopback() && !self.is_protected() {
            return Err(ServeHttpError::Open(address));
        }
        let listen = async {
            let tcp = TcpListener::bind(address).await?;
            let address = tcp.local_addr()?;
            Ok(Listener { tcp, address, tls: None })
        };
        listen.await.map_err(|source| ServeHttpError::Listen { address, source })
    }

    /// Serves `routes` until `end` completes, and ends in order: it accepts no more connections, finishes calls and writes
    /// their answers, ends streams with their final result, and gives up what is left after
    /// [`HttpLimits::grace`](super::HttpLimits::grace), or at [`Self::give_up`].
    ///
    /// # Errors
    ///
    /// [`ServeHttpError::Unanswered`] if calls were given up.
    pub async fn serve(
        &self,
        listener: Listener,
        routes: Router,
        end: impl Future<Output = ()> + Send,
    ) -> Result<(), ServeHttpError> {
        let mut connections = JoinSet::new();
        tokio::select! {
            () = self.accept(listener, routes, &mut connections) => {}
            () = end => {}
            () = self.traffic().given_up().cancelled() => {}
        }
        let deadline = Instant::now() + self.limits().grace;
        let left = self.close().await;
        let written = async { while connections.join_next().await.is_some() {} };
        tokio::select! {
            _ = timeout_at(deadline.max(Instant::now() + FLUSH), written) => {}
            () = self.traffic().given_up().cancelled() => {}
        }
        if left == 0 { Ok(()) } else { Err(ServeHttpError::Unanswered(left)) }
    }

    /// Accepts connections for ever.
    async fn accept(&self, listener: Listener, routes: Router, connections: &mut JoinSet<()>) {
        loop {
            let stream = match listener.tcp.accept().await {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(REST).await;
                    continue;
                }
            };
            while connections.try_join_next().is_some() {}
            let Ok(permit) = self.traffic().connection() else {
                refuse(&stream, self.limits().connections);
                continue;
            };
            // Answers are written whole. Waiting for more of them to fill a packet only delays them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "a connection is gone already");
                continue;
            }
            let connection = Connection::new(self.clone(), routes.clone());
            let tls = listener.tls.clone();
            connections.spawn(async move {
                match tls {
                    Some(tls) => connection.serve_tls(stream, &tls).await,
                    None => connection.serve(stream).await,
                }
                drop(permit);
            });
        }
    }
}

/// Answers a connection for which there is no room, as far as its buffer takes it at once.
fn refuse(stream: &TcpStream, most: usize) {
    let reason = format!(
        "the server has its maximum of {most} connections; try again later, or raise `--max-connections`\n"
    );
    let length = reason.len();
    let head = "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\nretry-after: 1\r\n";
    let answer = format!("{head}content-length: {length}\r\nconnection: close\r\n\r\n{reason}");
    if let Err(error) = stream.try_write(answer.as_bytes()) {
        tracing::debug!(%error, "a refused connection is gone already");
    }
}

/// Why HTTP cannot be served, or not to the end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeHttpError {
    /// Other machines can reach the address, and callers are not authenticated.
    #[error(
        "other machines can reach {0}, and nobody asks who calls; listen on 127.0.0.1, or configure authentication"
    )]
    Open(SocketAddr),
    /// The system does not give the address.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// Calls were given up, or their answers not taken, in time.
    #[error("ended with calls unanswered: {0}; allow more time by `--grace`")]
    Unanswered(usize),
}
