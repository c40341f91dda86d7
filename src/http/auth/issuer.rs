//! An issuer of JWTs, and what its tokens say.

mod fetch;
mod keys;

use axum::http::Uri;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;

use self::keys::{Keys, NoKey};
use super::answer::Denial;
use super::metadata::is_loopback;
use crate::caller::{Caller, Principal, Role, Way};
use crate::text;

/// The algorithms of signatures. Those with a shared secret are left out: a public key must not verify them.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::EdDSA,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
];

/// How far the clocks of the issuer and of this machine may differ, in seconds.
const LEEWAY: u64 = 30;

/// An issuer of access tokens, whose keys are fetched from it.
///
/// A token is valid if the issuer has signed it (`iss`) for the audience (`aud`), it has not expired (`exp`), and it is
/// valid already (`nbf`, if there is one). Its principal is the issuer's host, `/`, and the token's `sub`. Its roles are
/// those among its `scope`, `scp` and `roles` that this server knows.
#[derive(Debug)]
pub struct Issuer {
    url: String,
    prefix: String,
    validation: Validation,
    keys: Keys,
}

impl Issuer {
    /// An issuer that describes itself, as `OpenID` Connect Discovery or RFC 8414 say. The audience is what the issuer
    /// puts into tokens for this server, commonly its URL.
    ///
    /// # Errors
    ///
    /// [`InvalidIssuer`] if the URL is not one with `https`, or with `http` to this machine.
    pub fn new(url: &str, audience: &str) -> Result<Self, InvalidIssuer> {
        let uri = checked(url)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[url]);
        validation.set_audience(&[audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let prefix = format!("{}/", uri.host().unwrap_or_default());
        Ok(Self { url: url.to_owned(), prefix, validation, keys: Keys::discovered(url) })
    }

    /// Fetches the keys from this URL, instead of the one that the issuer names.
    ///
    /// # Errors
    ///
    /// [`InvalidIssuer`] if the URL is not one with `https`, or with `http` to this machine.
    pub fn with_keys_at(self, url: &str) -> Result<Self, InvalidIssuer> {
        Ok(Self { keys: Keys::at(checked(url)?), ..self })
    }

    /// Puts this before each `sub`, instead of the issuer's host and `/`. With an empty prefix, a `sub` and the name of
    /// a token in a file are the same principal if they are the same text.
    #[must_use]
    pub fn with_prefix(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// The URL.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Who bears this token.
    pub(super) async fn caller(&self, token: &str) -> Result<Caller, Denial> {
        let header = decode_header(token)
            .map_err(|_| invalid("the token is no JWT with a signature that this server knows"))?;
        let claims = self.verified(token, &header).await?;
        let name = format!("{}{}", self.prefix, claims.sub);
        let principal = Principal::try_from(name)
            .map_err(|_| invalid("the `sub` of the token cannot name a principal"))?;
        let caller = Caller::new(principal, Way::Http);
        Ok(claims.roles().into_iter().fold(caller, Caller::with_role))
    }

    async fn verified(&self, token: &str, header: &Header) -> Result<Claims, Denial> {
        if !ALGORITHMS.contains(&header.alg) {
            return Err(invalid("the token is not signed with a private key of the issuer"));
        }
        if header.crit.is_some() {
            return Err(invalid("the token has critical headers, which this server does not know"));
        }
        let keys =
            self.keys.find(header.kid.as_deref(), header.alg).await.map_err(|no| match no {
                NoKey::Unknown => invalid("the issuer has no key for the signature of the token"),
                NoKey::Unavailable => Denial::Unavailable,
            })?;
        let mut validation = self.validation.clone();
        validation.algorithms = vec![header.alg];
        let mut refusal = invalid("the signature of the token is wrong");
        for key in keys {
            match decode::<Claims>(token, &key, &validation) {
                Ok(token) => return Ok(token.claims),
                Err(error) => {
                    if let Some(reason) = reason(error.kind()) {
                        refusal = invalid(reason);
                    }
                }
            }
        }
        Err(refusal)
    }
}

/// What is wrong with a token whose signature is right.
fn reason(error: &ErrorKind) -> Option<&'static str> {
    match error {
        ErrorKind::ExpiredSignature => Some("the token has expired"),
        ErrorKind::ImmatureSignature => Some("the token is not valid yet"),
        ErrorKind::InvalidIssuer => Some("the token is of another issuer"),
        ErrorKind::InvalidAudience => Some("the token is for another audience"),
        ErrorKind::MissingRequiredClaim(_)
        | ErrorKind::InvalidClaimFormat(_)
        | ErrorKind::Json(_) => Some("the token lacks one of `exp`, `iss`, `aud` and `sub`"),
        _ => None,
    }
}

fn invalid(reason: &str) -> Denial {
    Denial::Invalid(reason.to_owned())
}

/// What a token says.
#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    scope: Value,
    #[serde(default)]
    scp: Value,
    #[serde(default)]
    roles: Value,
}

impl Claims {
    /// The roles, from texts with spaces between them, and from lists.
    fn roles(&self) -> Vec<Role> {
        let claims = [&self.scope, &self.scp, &self.roles].into_iter();
        let texts = claims.flat_map(|claim| match claim {
            Value::Array(texts) => texts.iter().filter_map(Value::as_str).collect(),
            claim => claim.as_str().into_iter().collect::<Vec<_>>(),
        });
        texts.flat_map(str::split_whitespace).filter_map(|role| role.parse().ok()).collect()
    }
}

/// A URL whose content nobody between can change.
fn checked(url: &str) -> Result<Uri, InvalidIssuer> {
    let invalid = || InvalidIssuer(url.to_owned());
    let uri: Uri = url.parse().map_err(|_| invalid())?;
    let host = uri.host().ok_or_else(invalid)?;
    let is_safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => is_loopback(host),
        _ => false,
    };
    if is_safe { Ok(uri) } else { Err(invalid()) }
}

/// A URL that cannot be that of an issuer or of its keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} is not the URL of an issuer; write `https://…`, or `http://…` for one on this machine", text::quoted(.0))]
pub struct InvalidIssuer(String);
