//! Who calls over HTTP: the owner of a token that a file names, or that an issuer has signed.
//!
//! ```text
//! request ──► Authentication ──► tokens        `lvf_…`: the tokens file
//!                   │
//!                   └──────────► issuer        other tokens: JWTs, checked with the issuer's keys
//! ```

mod answer;
mod issuer;
mod metadata;
mod tokens;
mod watched;

use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;

use self::answer::Denial;
pub use self::issuer::{InvalidIssuer, Issuer};
use self::metadata::metadata;
use self::tokens::Token;
pub use self::tokens::{TokenFile, TokensError};
use self::watched::Watched;
use crate::caller::Caller;

/// The maximum length of a token, in bytes.
const TOKEN_BYTES: usize = 16 * 1024;

/// How callers prove who they are: by tokens of a file, of an issuer, or both. Without either, nobody can.
///
/// ```no_run
/// use std::path::Path;
///
/// use leverframe::http::{Authentication, Http, Issuer};
///
/// let issuer = Issuer::new("https://login.example.org", "https://mcp.example.org/mcp")?;
/// let authentication = Authentication::default()
///     .with_tokens(Path::new("tokens.json"))?
///     .with_issuer(issuer);
/// let http = Http::default().protected_by(authentication.layers());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Authentication {
    tokens: Option<Arc<Watched>>,
    issuer: Option<Arc<Issuer>>,
    public_url: Option<String>,
}

impl Authentication {
    /// Accepts the tokens of a file. The file is read again when it changes. If it is damaged then, its last good
    /// content stays in force.
    ///
    /// # Errors
    ///
    /// [`TokensError`] if the file is missing or damaged now.
    pub fn with_tokens(self, path: &Path) -> Result<Self, TokensError> {
        Ok(Self { tokens: Some(Arc::new(Watched::new(path)?)), ..self })
    }

    /// Accepts the tokens of an issuer.
    #[must_use]
    pub fn with_issuer(self, issuer: Issuer) -> Self {
        Self { issuer: Some(Arc::new(issuer)), ..self }
    }

    /// Sets the URL under which clients see `/`, such as `https://mcp.example.org`. By default, it is made from the
    /// `Host` of a request: `https`, or `http` for a loopback host.
    #[must_use]
    pub fn with_public_url(self, url: &str) -> Self {
        Self { public_url: Some(url.trim_end_matches('/').to_owned()), ..self }
    }

    /// The layers for [`Http::protected_by`](super::Http::protected_by). They authenticate each request, and add the
    /// routes `/.well-known/oauth-protected-resource` and `/.well-known/oauth-protected-resource/mcp`, which need no
    /// authentication.
    pub fn layers(self) -> impl Fn(Router) -> Router + Send + Sync + 'static {
        let shared = Arc::new(self);
        move |routes| {
            let authenticated = routes.layer(from_fn_with_state(Arc::clone(&shared), authenticate));
            authenticated.merge(metadata(Arc::clone(&shared)))
        }
    }

    /// Who makes a request with these headers.
    async fn caller(&self, headers: &HeaderMap) -> Result<Caller, Denial> {
        let token = bearer(headers)?;
        if token.starts_with(Token::PREFIX) {
            let known = self.tokens.as_ref().and_then(|tokens| tokens.caller(token));
            return known
                .ok_or_else(|| Denial::Invalid("the token is unknown, or was revoked".to_owned()));
        }
        match &self.issuer {
            Some(issuer) => issuer.caller(token).await,
            None => Err(Denial::Invalid("the token is unknown, or was revoked".to_owned())),
        }
    }
}

/// The bearer token of a request.
fn bearer(headers: &HeaderMap) -> Result<&str, Denial> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Err(Denial::Missing) };
    if values.next().is_some() {
        return Err(Denial::Malformed("the request has more than one header `Authorization`"));
    }
    let malformed = Denial::Malformed("the header `Authorization` is not `Bearer` and a token");
    let Some((scheme, token)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Err(malformed);
    };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Denial::Missing);
    }
    let token = token.trim();
    let fits = !token.is_empty() && token.len() <= TOKEN_BYTES;
    if fits { Ok(token) } else { Err(malformed) }
}

/// The challenge to the caller of a request whose roles do not suffice. Only [`Authentication`] has metadata to point to.
pub(crate) fn insufficient(request: &Request, scope: &str) -> String {
    let authentication = request.extensions().get::<Arc<Authentication>>();
    let metadata = authentication.map(|authentication| authentication.metadata_url(request));
    answer::insufficient(scope, metadata.as_deref())
}

/// Puts the [`Caller`] of a request into its extensions, or refuses it.
async fn authenticate(
    State(authentication): State<Arc<Authentication>>,
    mut request: Request,
    next: Next,
) -> Response {
    match authentication.caller(request.headers()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            request.extensions_mut().insert(authentication);
            next.run(request).await
        }
        Err(denial) => {
            let metadata = authentication.metadata_url(&request);
            denial.answer(&metadata)
        }
    }
}
