//! Whom a server answers to: the hosts by which it may be addressed, and the pages that may call it.
//!
//! A page in a browser can make requests to servers on the user's machine. It cannot forge the headers `Host` and
//! `Origin`, not even when its own name is rebound to the machine's address.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, CONTENT_TYPE, HOST, ORIGIN};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use crate::text::quoted;

/// The hosts and origins of requests that are answered.
///
/// A host is a name or an address, with a port or for all ports. An origin is a scheme, a host and, where it is not the
/// scheme's own, a port. A request without an `Origin` comes from no page of another site, and one whose `Origin` is its
/// own host comes from a page of this server.
///
/// ```
/// use leverframe::http::AllowedHosts;
///
/// let hosts = AllowedHosts::loopback()
///     .with_host("mcp.example.org")?
///     .with_origin("https://app.example.org")?;
/// assert!(AllowedHosts::loopback().with_origin("app.example.org").is_err());
/// # Ok::<_, leverframe::http::InvalidHost>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowedHosts {
    hosts: Vec<Host>,
    origins: Vec<Origin>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    name: String,
    /// All ports where there is none.
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Origin {
    scheme: String,
    name: String,
    port: Option<u16>,
}

impl AllowedHosts {
    /// The names of the machine itself: `localhost`, `127.0.0.1` and `[::1]`. No page of another origin is answered.
    #[must_use]
    pub fn loopback() -> Self {
        let hosts = ["localhost", "127.0.0.1", "[::1]"];
        let hosts = hosts.map(|name| Host { name: name.to_owned(), port: None });
        Self { hosts: hosts.into(), origins: Vec::new() }
    }

    /// Adds a host, such as `mcp.example.org` or `mcp.example.org:8443`.
    ///
    /// # Errors
    ///
    /// [`InvalidHost`] if the text is not a host.
    pub fn with_host(mut self, host: &str) -> Result<Self, InvalidHost> {
        let host = Host::parse(host).ok_or_else(|| InvalidHost::Host(host.to_owned()))?;
        self.hosts.push(host);
        Ok(self)
    }

    /// Adds an origin, such as `https://app.example.org`.
    ///
    /// # Errors
    ///
    /// [`InvalidHost`] if the text is not an origin.
    pub fn with_origin(mut self, origin: &str) -> Result<Self, InvalidHost> {
        let origin = Origin::parse(origin).ok_or_else(|| InvalidHost::Origin(origin.to_owned()))?;
        self.origins.push(origin);
        Ok(self)
    }

    /// Why a request with these headers is not answered.
    pub(crate) fn refusal(&self, uri: &Uri, headers: &HeaderMap) -> Option<String> {
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().unwrap_or_default(),
            (None, _) => uri.authority().map_or("", Authority::as_str),
            (Some(_), Some(_)) => "",
        };
        let Some(parsed) = Host::parse(host) else {
            return Some("the header `Host` is missing, or is not one host".to_owned());
        };
        if !self.hosts.iter().any(|allowed| allowed.covers(&parsed)) {
            let host = quoted(host);
            return Some(format!("the host {host} is not allowed; allow it by `--allow-host`"));
        }
        let mut origins = headers.get_all(ORIGIN).iter();
        origins.find_map(|origin| {
            let origin = origin.to_str().unwrap_or("?");
            let is_allowed = Origin::parse(origin)
                .is_some_and(|origin| self.origins.contains(&origin) || origin.serves(&parsed));
            let origin = quoted(origin);
            let reason =
                format!("the origin {origin} is not allowed; allow it by `--allow-origin`");
            (!is_allowed).then_some(reason)
        })
    }
}

impl Host {
    fn parse(text: &str) -> Option<Self> {
        let authority: Authority = text.parse().ok()?;
        let is_plain = !text.contains('@') && !authority.host().is_empty();
        let port = authority.port_u16();
        let has_port = text.len() > authority.host().len();
        if !is_plain || (has_port && port.is_none()) {
            return None;
        }
        Some(Self { name: authority.host().to_ascii_lowercase(), port })
    }

    fn covers(&self, other: &Self) -> bool {
        self.name == other.name && (self.port.is_none() || self.port == other.port)
    }
}

impl Origin {
    fn parse(text: &str) -> Option<Self> {
        let (scheme, host) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let host = Host::parse(host)?;
        let port = host.port.or(own_port(&scheme));
        Some(Self { scheme, name: host.name, port })
    }

    /// Whether a page of this origin comes from the host itself.
    fn serves(&self, host: &Host) -> bool {
        let own = own_port(&self.scheme);
        own.is_some() && self.name == host.name && self.port == host.port.or(own)
    }
}

/// The port of a scheme, where an address names none.
fn own_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

/// A text that is not a host or an origin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidHost {
    /// It is not a host.
    #[error("{} is not a host; write `name`, `name:port` or `[address]:port`", quoted(.0))]
    Host(String),
    /// It is not an origin.
    #[error("{} is not an origin; write `scheme://name` or `scheme://name:port`", quoted(.0))]
    Origin(String),
}

/// Refuses requests to other hosts and from other origins.
pub(crate) async fn check_hosts(
    State(hosts): State<Arc<AllowedHosts>>,
    request: Request,
    next: Next,
) -> Response {
    match hosts.refusal(request.uri(), request.headers()) {
        Some(reason) => closing(text(StatusCode::FORBIDDEN, &reason)),
        None => next.run(request).await,
    }
}

/// An answer in one line of text.
pub(crate) fn text(status: StatusCode, line: &str) -> Response {
    let mut response = Response::new(Body::from(format!("{line}\n")));
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, plain);
    response
}

/// The answer to a request whose body is not read. The connection ends with it, and the client is told, so that it does not send
/// its next request on it.
pub(crate) fn closing(mut response: Response) -> Response {
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// An answer in JSON.
pub(crate) fn json_answer(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(test)]
mod tests {
    use super::AllowedHosts;
    use axum::http::{HeaderMap, HeaderName, Uri};

    fn refusal(hosts: &AllowedHosts, headers: &[(&str, &str)]) -> Option<String> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        hosts.refusal(&Uri::from_static("/mcp"), &map)
    }

    #[test]
    fn hosts_of_the_machine_are_allowed() {
        let hosts = AllowedHosts::loopback();
        for host in ["localhost", "LOCALHOST:80", "127.0.0.1:8080", "[::1]:9"] {
            assert_eq!(refusal(&hosts, &[("host", host)]), None, "{host}");
        }
        for host in
            ["evil.example", "localhost.evil.example", "127.0.0.2", "0.0.0.0", "localhost@evil"]
        {
            assert!(refusal(&hosts, &[("host", host)]).is_some(), "{host}");
        }
        assert!(refusal(&hosts, &[]).is_some());
        assert!(refusal(&hosts, &[("host", "localhost"), ("host", "evil.example")]).is_some());
        assert!(refusal(&hosts, &[("host", "localhost:99999")]).is_some());
    }

    #[test]
    fn origins_are_compared_whole() {
        let hosts = AllowedHosts::loopback().with_origin("https://app.example").unwrap();
        let check = |origin| refusal(&hosts, &[("host", "localhost"), ("origin", origin)]);
        for origin in ["https://app.example", "https://APP.example:443"] {
            assert_eq!(check(origin), None, "{origin}");
        }
        for origin in
            ["http://app.example", "https://app.example:444", "null", "", "https://evil.example"]
        {
            let reason = check(origin).expect(origin);
            assert!(reason.contains("--allow-origin"), "{reason}");
        }
    }

    #[test]
    fn a_host_is_an_origin_of_its_own() {
        let check = |host: &str, origin: &str, is_allowed: bool| {
            let refusal = refusal(&AllowedHosts::loopback(), &[("host", host), ("origin", origin)]);
            assert_eq!(refusal.is_none(), is_allowed, "{host} {origin}");
        };
        check("localhost:8080", "http://localhost:8080", true);
        check("[::1]:8080", "https://[::1]:8080", true);
        check("localhost", "http://localhost", true);
        check("localhost", "https://localhost:443", true);
        check("localhost:8080", "http://localhost:8081", false);
        check("localhost:8080", "http://127.0.0.1:8080", false);
        check("localhost", "ftp://localhost", false);
    }

    #[test]
    fn what_is_no_host_is_not_added() {
        for host in ["", "a b", "http://a", "a:x", "a:70000", "u@a"] {
            assert!(AllowedHosts::loopback().with_host(host).is_err(), "{host}");
        }
        for origin in ["a", "https://", "null", "https://a/b"] {
            assert!(AllowedHosts::loopback().with_origin(origin).is_err(), "{origin}");
        }
        assert!(AllowedHosts::loopback().with_host("a:1").is_ok());
    }
}
