//! Limits over HTTP.

use std::num::NonZeroU32;
use std::time::Duration;

/// Bounds on what clients make the servers of a program hold, and on the time that they take.
///
/// Where a bound is reached, the client gets an answer that names it.
///
/// ```
/// use leverframe::http::HttpLimits;
///
/// let mut limits = HttpLimits::default();
/// limits.sessions = 100;
/// assert_eq!(limits.body_bytes, 4 << 20);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpLimits {
    /// Bytes of the body of one request. Default: 4 MiB.
    pub body_bytes: usize,
    /// Bytes of the bodies of all requests that are read and not yet answered. Default: 64 MiB.
    pub waiting_bytes: usize,
    /// Sessions of clients of 2025-11-25 and older, in one server. Default: 1024.
    pub sessions: usize,
    /// Time after which a session that is not used ends. Default: 5 minutes.
    pub session_idle: Duration,
    /// Requests a second of one principal, where callers are authenticated. As many may come at once. Default: 1000.
    pub rate: NonZeroU32,
    /// Answers that stay open to notify a client. Default: 512.
    pub streams: usize,
    /// Connections. Default: 1024. [`Http::serve`](super::Http::serve) holds to it.
    pub connections: usize,
    /// Longest time for a client to send the head of a request, to send its body, or to negotiate TLS; also how long an
    /// unused connection stays open. Default: 30 s.
    pub read_time: Duration,
    /// Longest time for which a client takes no byte of an answer. Default: 30 s.
    /// [`Http::serve`](super::Http::serve) holds to it.
    pub write_time: Duration,
    /// Longest time from the signal to end to the end of serving. Default: 10 s.
    pub grace: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        const MIB: usize = 1024 * 1024;
        const RATE: NonZeroU32 = NonZeroU32::new(1000).expect("it is not zero");
        Self {
            body_bytes: 4 * MIB,
            waiting_bytes: 64 * MIB,
            sessions: 1024,
            session_idle: Duration::from_secs(300),
            rate: RATE,
            streams: 512,
            connections: 1024,
            read_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            grace: Duration::from_secs(10),
        }
    }
}
