//! Serving over streamable HTTP, to clients of 2026-07-28 without sessions and to older ones with sessions.
//!
//! rmcp speaks the protocol. Around it, requests are bounded, answered though they cannot be read, and counted, so that
//! the end of the program waits for them:
//!
//! ```text
//! router ──► service ──► body       hosts; what is read, within the bounds
//!               │
//!             rmcp ◄── sessions     whose session it is
//! ```

mod answer;
mod body;
mod operate;
mod refusal;
mod sessions;

use std::convert::Infallible;
use std::fmt::{self, Debug, Formatter};
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use futures::future::BoxFuture;
use rmcp::service::RequestContext;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{RoleServer, ServerHandler};
use tower_service::Service;

use self::answer::Held;
use self::operate::{Operators, check_operator};
use self::refusal::Refusal;
use self::sessions::Sessions;
use super::Server;
use crate::caller::{Caller, Principal, Way};
use crate::http::{Http, check_hosts, health, metrics};
use crate::portable::Portable;

/// The header that names the session of a request.
const SESSION: &str = "mcp-session-id";

/// The header that names the method of a request of 2026-07-28.
const METHOD: &str = "mcp-method";

/// The request whose answer stays open.
const LISTEN: &str = "subscriptions/listen";

impl<M: Portable<Context: Default>> Server<M> {
    /// The routes of this server: `/mcp`, `/metrics` in the format of `OpenMetrics`, and the health checks
    /// `/healthz` and `/readyz`. Where callers are authenticated, also `/operate/mcp`, by which those with the role
    /// [`GatesDecide`](crate::caller::Role::GatesDecide) decide about gates.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use leverframe::http::Http;
    /// use leverframe::http::axum::Router;
    /// use leverframe::mcp::Server;
    /// use leverframe::orchestrator::Orchestrator;
    /// use leverframe::runs::Runs;
    /// use leverframe::store::memory::MemoryStore;
    ///
    /// let runs = Runs::<Orchestrator>::new(Arc::new(MemoryStore::new()));
    /// let server = Server::builder(runs).build()?;
    /// let routes: Router = Router::new().nest("/tasks", server.router(&Http::default()));
    /// # Ok::<_, leverframe::mcp::BuildError>(())
    /// ```
    pub fn router(&self, http: &Http) -> Router {
        let service = self.http_service(http);
        let sessions = Arc::clone(&service.sessions);
        let (server, counted) = (self.clone(), http.clone());
        let metrics = get(async move || metrics(server.api(), &counted, sessions.len()).await);
        let mut protected = Router::new().route_service("/mcp", service).route("/metrics", metrics);
        if http.is_protected() {
            let operators = Operators::new(self.clone());
            let operators = HttpService::new(move || operators.clone(), http);
            let operators = Router::new().route_service("/operate/mcp", operators);
            protected = protected.merge(operators.layer(from_fn(check_operator)));
        }
        let server = self.clone();
        let ready = move || -> BoxFuture<'static, Result<(), String>> {
            let server = server.clone();
            Box::pin(async move {
                let answer = server.runs().store().heads(None, None, 1).await;
                answer.map(drop).map_err(|error| error.to_string())
            })
        };
        let hosts = Arc::new(http.hosts().clone());
        http.protect(protected)
            .merge(health(Arc::new(ready)))
            .layer(from_fn_with_state(hosts, check_hosts))
    }

    /// This server as a service for one route. Its caller is the [`Caller`] in the extensions of a request; without one
    /// it is the local user.
    #[must_use]
    pub fn http_service(&self, http: &Http) -> HttpService<Self> {
        let server = self.clone();
        HttpService::new(move || server.for_client(), http)
    }
}

/// A [`Server`] as a `tower` service over HTTP, made by [`Server::http_service`].
pub struct HttpService<H> {
    inner: Arc<StreamableHttpService<H, Sessions>>,
    sessions: Arc<Sessions>,
    http: Http,
}

impl<H: ServerHandler + Clone> HttpService<H> {
    /// A service with a handler for each client.
    fn new(handler: impl Fn() -> H + Send + Sync + 'static, http: &Http) -> Self {
        let sessions = Arc::new(Sessions::new(http.limits()));
        let config = StreamableHttpServerConfig::default()
            // `check_hosts` says what to do about a refusal.
            .disable_allowed_hosts()
            .with_json_response(true)
            // No stream can be resumed: a request that was lost is sent again with its key.
            .with_sse_retry(None)
            .with_max_request_body_bytes(http.limits().body_bytes)
            .with_cancellation_token(http.traffic().closed().child_token());
        let factory = move || Ok(handler());
        let inner = Arc::new(StreamableHttpService::new(factory, Arc::clone(&sessions), config));
        Self { inner, sessions, http: http.clone() }
    }

    async fn answer(self, mut request: Request) -> Result<Response, Refusal> {
        let (traffic, limits) = (self.http.traffic(), self.http.limits());
        if let Some(reason) = self.http.hosts().refusal(request.uri(), request.headers()) {
            return Err(Refusal::Host(reason));
        }
        let caller = request.extensions_mut().get_or_insert_with(anybody).principal().clone();
        self.check_session(&caller, request.method(), request.headers())?;
        request.extensions_mut().insert(Closing(self.http.clone()));
        let is_session = *request.method() == Method::GET;
        let stays_open =
            is_session || request.headers().get(METHOD).is_some_and(|method| method == LISTEN);
        let stream = if stays_open {
            Some(traffic.stream().map_err(|_| Refusal::Streams(limits.streams))?)
        } else {
            None
        };
        let (request, text, room) = body::read(request, &self.http).await?;
        let call = traffic.call(room).ok_or(Refusal::Ending)?;
        let answer = Sessions::for_caller(caller, self.inner.handle(request)).await.map(Body::new);
        if answer.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE
            && let Some(refusal) = Refusal::of_unreadable(&text)
        {
            return Err(refusal);
        }
        if answer.body().size_hint().exact().is_some() {
            return Ok(answer);
        }
        Ok(answer.map(|body| {
            Body::new(match stream {
                None => Held::of_call(body, call),
                Some(stream) if is_session => Held::of_session(body, stream),
                Some(stream) => Held::of_listen(body, call, stream),
            })
        }))
    }

    /// Refuses a session of another principal, as if there were none, and a new one where there is no room.
    fn check_session(
        &self,
        caller: &Principal,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        let Some(session) = headers.get(SESSION) else {
            let is_modern = headers.get(METHOD).is_some();
            if *method == Method::POST && !is_modern && self.sessions.is_full() {
                return Err(Refusal::Sessions(self.http.limits().sessions));
            }
            return Ok(());
        };
        let session = session.to_str().unwrap_or_default();
        if self.sessions.is_of_another(session, caller) {
            return Err(Refusal::UnknownSession);
        }
        Ok(())
    }
}

/// The caller of a request that nobody has authenticated.
fn anybody() -> Caller {
    Caller::new(Principal::LOCAL, Way::Http)
}

/// Tells, in the extensions of a request, when its program ends.
#[derive(Clone)]
struct Closing(Http);

/// Completes when the server begins to end, for a request that came over HTTP; over standard input and output it never
/// does. A tool that works for long, or whose answer stays open, then comes to its result.
pub async fn closing(context: &RequestContext<RoleServer>) {
    let parts = context.extensions.get::<axum::http::request::Parts>();
    match parts.and_then(|parts| parts.extensions.get::<Closing>()) {
        Some(Closing(http)) => http.traffic().closing().cancelled().await,
        None => std::future::pending().await,
    }
}

impl<H: ServerHandler + Clone> Service<Request> for HttpService<H> {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let service = self.clone();
        Box::pin(async move { Ok(service.answer(request).await.unwrap_or_else(Refusal::answer)) })
    }
}

impl<H> Clone for HttpService<H> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            sessions: Arc::clone(&self.sessions),
            http: self.http.clone(),
        }
    }
}

impl<H> Debug for HttpService<H> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService").field("http", &self.http).finish_non_exhaustive()
    }
}
