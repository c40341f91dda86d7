//! HTTP below any protocol: whom a program answers, its limits, its connections, and its end.
//!
//! An [`Http`] holds what all servers of one program share. [`Server::router`](crate::mcp::Server::router) and
//! [`Server::http_service`](crate::mcp::Server::http_service) take one, and [`Http::serve`] accepts connections.

mod auth;
mod connection;
mod health;
mod hosts;
mod limits;
mod listener;
mod metrics;
mod rate;
mod tls;
mod traffic;

use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;

pub use axum;
use axum::Router;
use axum::middleware::from_fn_with_state;

pub(crate) use self::auth::insufficient;
pub use self::auth::{Authentication, InvalidIssuer, Issuer, TokenFile, TokensError};
pub(crate) use self::health::health;
pub use self::hosts::{AllowedHosts, InvalidHost};
pub(crate) use self::hosts::{check_hosts, closing, text as text_answer};
pub use self::limits::HttpLimits;
pub use self::listener::{Listener, ServeHttpError};
pub(crate) use self::metrics::metrics;
use self::rate::{Rates, check_rate};
pub use self::tls::{Tls, TlsError};
use self::traffic::Traffic;
pub(crate) use self::traffic::{Call, Room, Stream};

/// What the servers of one program share over HTTP: the hosts that they answer to, their limits, and their end.
///
/// It is cheap to clone. All clones count together.
///
/// ```
/// use leverframe::http::{AllowedHosts, Http, HttpLimits};
///
/// let hosts = AllowedHosts::loopback().with_host("mcp.example.org")?;
/// let http = Http::new(hosts, HttpLimits::default());
/// # Ok::<_, leverframe::http::InvalidHost>(())
/// ```
#[derive(Clone)]
pub struct Http {
    hosts: Arc<AllowedHosts>,
    limits: Arc<HttpLimits>,
    traffic: Arc<Traffic>,
    rates: Arc<Rates>,
    protection: Option<Arc<Protection>>,
}

/// Puts layers around the routes that need a caller.
type Protection = dyn Fn(Router) -> Router + Send + Sync;

impl Http {
    /// Servers that answer to these hosts, within these limits.
    #[must_use]
    pub fn new(hosts: AllowedHosts, limits: HttpLimits) -> Self {
        let traffic = Arc::new(Traffic::new(&limits));
        let rates = Arc::new(Rates::new(limits.rate));
        let (hosts, limits) = (Arc::new(hosts), Arc::new(limits));
        Self { hosts, limits, traffic, rates, protection: None }
    }

    /// Puts layers around every route except the health checks. A layer that authenticates refuses a request, or puts a
    /// [`Caller`](crate::caller::Caller) into its extensions.
    #[must_use]
    pub fn protected_by(self, layers: impl Fn(Router) -> Router + Send + Sync + 'static) -> Self {
        Self { protection: Some(Arc::new(layers)), ..self }
    }

    /// Whether there are such layers.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.protection.is_some()
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &HttpLimits {
        &self.limits
    }

    /// The hosts.
    #[must_use]
    pub fn hosts(&self) -> &AllowedHosts {
        &self.hosts
    }

    /// The routes with the layers of [`Self::protected_by`].
    pub(crate) fn protect(&self, routes: Router) -> Router {
        match &self.protection {
            Some(layers) => {
                layers(routes.layer(from_fn_with_state(Arc::clone(&self.rates), check_rate)))
            }
            None => routes,
        }
    }

    pub(crate) fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// Ends all servers in order: streams end with their final result, calls are finished. What is not finished within
    /// [`HttpLimits::grace`] is given up. The answer is the number of calls that were given up.
    ///
    /// [`Self::serve`] does this itself.
    pub async fn close(&self) -> usize {
        self.traffic.close(self.limits.grace).await
    }

    /// Ends all servers at once, and gives up what is under way.
    pub fn give_up(&self) {
        self.traffic.give_up();
    }
}

impl Default for Http {
    fn default() -> Self {
        Self::new(AllowedHosts::loopback(), HttpLimits::default())
    }
}

impl Debug for Http {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http")
            .field("hosts", &self.hosts)
            .field("limits", &self.limits)
            .field("is_protected", &self.is_protected())
            .finish_non_exhaustive()
    }
}
