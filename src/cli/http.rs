//! Serving over HTTP.

use std::convert::Infallible;
use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use tokio::sync::Notify;

use super::access::AccessOptions;
use super::limits::Size;
use crate::http::{AllowedHosts, Http, HttpLimits, InvalidHost, Tls, TlsError};
use crate::mcp::{Server, Signals};
use crate::portable::Portable;

/// Where and to whom a server answers over HTTP.
#[derive(Args)]
#[command(next_help_heading = "HTTP")]
pub(super) struct HttpOptions {
    /// Serve over HTTP at `http://ADDRESS/mcp`, instead of over standard input and output; port 0 picks a free one
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Answer requests to this host, besides `localhost`, `127.0.0.1` and `[::1]`
    #[arg(long, value_name = "HOST", requires = "http")]
    allow_host: Vec<String>,
    /// Answer requests from pages of this origin, such as `https://app.example.org`
    #[arg(long, value_name = "ORIGIN", requires = "http")]
    allow_origin: Vec<String>,
    /// Speak TLS with the certificate in this PEM file, followed by those of its issuers
    #[arg(long, value_name = "FILE", requires = "http", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    #[command(flatten)]
    access: AccessOptions,
}

impl HttpOptions {
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.http
    }

    fn tls(&self) -> Result<Option<Tls>, TlsError> {
        let files = self.tls_cert.as_ref().zip(self.tls_key.as_ref());
        files.map(|(certificate, key)| Tls::from_files(certificate, key)).transpose()
    }

    fn hosts(&self) -> Result<AllowedHosts, InvalidHost> {
        let hosts = AllowedHosts::loopback();
        let hosts = self.allow_host.iter().try_fold(hosts, |hosts, host| hosts.with_host(host))?;
        self.allow_origin.iter().try_fold(hosts, |hosts, origin| hosts.with_origin(origin))
    }
}

/// The limits that only HTTP has.
#[derive(Args)]
#[command(next_help_heading = "Limits over HTTP")]
pub(super) struct HttpLimitOptions {
    /// The maximum size of the body of a request
    #[arg(long, value_name = "SIZE", default_value_t = Size(HttpLimits::default().body_bytes))]
    max_body: Size,
    /// The maximum total size of the bodies of requests under way
    #[arg(long, value_name = "SIZE", default_value_t = Size(HttpLimits::default().waiting_bytes))]
    max_bodies: Size,
    /// The maximum number of connections
    #[arg(long, value_name = "N", default_value_t = HttpLimits::default().connections)]
    max_connections: usize,
    /// The maximum number of sessions of clients of 2025-11-25 and older
    #[arg(long, value_name = "N", default_value_t = HttpLimits::default().sessions)]
    max_sessions: usize,
    /// The maximum number of requests a second of one principal, with `--tokens` or `--issuer`
    #[arg(long, value_name = "N", default_value_t = HttpLimits::default().rate)]
    max_rate: NonZeroU32,
    /// The maximum number of answers that stay open to notify a client
    #[arg(long, value_name = "N", default_value_t = HttpLimits::default().streams)]
    max_streams: usize,
    /// The time after which a session that is not used ends
    #[arg(long, value_name = "SECONDS", default_value_t = HttpLimits::default().session_idle.as_secs())]
    session_idle: u64,
    /// The maximum time for a client to send the head or the body of a request
    #[arg(long, value_name = "SECONDS", default_value_t = HttpLimits::default().read_time.as_secs())]
    read_time: u64,
    /// The maximum time for which a client takes nothing of an answer
    #[arg(long, value_name = "SECONDS", default_value_t = HttpLimits::default().write_time.as_secs())]
    write_time: u64,
}

impl HttpLimitOptions {
    pub(super) fn limits(&self, grace: Duration) -> HttpLimits {
        HttpLimits {
            body_bytes: self.max_body.0,
            waiting_bytes: self.max_bodies.0,
            sessions: self.max_sessions,
            session_idle: Duration::from_secs(self.session_idle),
            rate: self.max_rate,
            streams: self.max_streams,
            connections: self.max_connections,
            read_time: Duration::from_secs(self.read_time),
            write_time: Duration::from_secs(self.write_time),
            grace,
        }
    }
}

/// Serves clients over HTTP until the process gets a signal to end.
pub(super) fn serve<M: Portable<Context: Default>>(
    server: &Server<M>,
    address: SocketAddr,
    options: &HttpOptions,
    limits: HttpLimits,
) -> Result<(), Box<dyn Error>> {
    let http = Http::new(options.hosts()?, limits);
    let http = match options.access.authentication()? {
        Some(authentication) => http.protected_by(authentication.layers()),
        None => http,
    };
    let tls = options.tls()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        let mut signals = Signals::new()?;
        let listener = http.listen(address).await?;
        let listener = match tls {
            Some(tls) => listener.with_tls(tls),
            None => listener,
        };
        // Nobody has to read it.
        let _ = writeln!(io::stderr(), "listening on {scheme}://{}/mcp", listener.address());
        let end = Notify::new();
        let signalled = async {
            signals.next().await;
            end.notify_one();
            signals.next().await;
            http.give_up();
            std::future::pending::<Infallible>().await
        };
        let outcome = tokio::select! {
            outcome = http.serve(listener, server.router(&http), end.notified()) => outcome,
            never = server.runs().drive() => match never {},
            never = signalled => match never {},
        };
        server.runs().close().await;
        Ok::<_, Box<dyn Error>>(outcome?)
    });
    // A read of a large run on another thread need not be waited for.
    runtime.shutdown_background();
    outcome
}
