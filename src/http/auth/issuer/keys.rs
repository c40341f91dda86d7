//! The keys of an issuer, fetched when they are needed and kept for a while.

use std::num::NonZeroU32;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::http::Uri;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jsonwebtoken::jwk::{JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::checked;
use super::fetch::{Fetch, FetchError};

/// How long keys are used before they are fetched again.
const FRESH: Duration = Duration::from_secs(10 * 60);

/// How long keys are used while the issuer cannot be reached.
const STALE: Duration = Duration::from_secs(60 * 60);

/// How often keys are fetched, whatever tokens come, after a few times at once.
const PAUSE: Duration = Duration::from_secs(10);
const AT_ONCE: NonZeroU32 = NonZeroU32::new(5).expect("it is not zero");

/// The keys of an issuer.
#[derive(Debug)]
pub(super) struct Keys {
    source: Source,
    current: RwLock<Option<Arc<Set>>>,
    /// Held while the keys are fetched.
    fetching: Mutex<Option<Fetch>>,
    allowance: DefaultDirectRateLimiter,
}

/// Where the keys are.
#[derive(Debug)]
enum Source {
    /// Where the issuer with this URL says.
    Discovered(String),
    At(Uri),
}

#[derive(Debug)]
struct Set {
    keys: Vec<Key>,
    fetched: Instant,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithm: Option<Algorithm>,
    decoding: DecodingKey,
}

/// Why there is no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    Unknown,
    /// The keys cannot be fetched.
    Unavailable,
}

impl Keys {
    pub(super) fn discovered(issuer: &str) -> Self {
        Self::new(Source::Discovered(issuer.to_owned()))
    }

    pub(super) fn at(url: Uri) -> Self {
        Self::new(Source::At(url))
    }

    fn new(source: Source) -> Self {
        let quota = Quota::with_period(PAUSE).expect("the pause is not zero").allow_burst(AT_ONCE);
        Self {
            source,
            current: RwLock::default(),
            fetching: Mutex::default(),
            allowance: RateLimiter::direct(quota),
        }
    }

    /// The keys that a token with this header may be signed with, at least one.
    pub(super) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<DecodingKey>, NoKey> {
        let before = self.current();
        let known = before.as_ref().map(|set| (set.fitting(id, algorithm), set.fetched.elapsed()));
        let kept = match known {
            Some((keys, age)) if !keys.is_empty() && age < FRESH => return Ok(keys),
            Some((keys, age)) if !keys.is_empty() && age < STALE => Some(keys),
            _ => None,
        };
        let renewed = match (&kept, self.fetching.try_lock()) {
            (_, Ok(mut fetch)) => self.renew(&mut fetch, before.as_ref()).await,
            // Another request fetches them.
            (Some(_), Err(_)) => before,
            (None, Err(_)) => {
                let mut fetch = self.fetching.lock().await;
                self.renew(&mut fetch, before.as_ref()).await
            }
        };
        let keys = renewed.as_ref().map(|set| set.fitting(id, algorithm)).unwrap_or_default();
        match (keys.is_empty(), kept, renewed) {
            (false, ..) => Ok(keys),
            (true, Some(kept), None) => Ok(kept),
            (true, _, Some(_)) => Err(NoKey::Unknown),
            (true, None, None) => Err(NoKey::Unavailable),
        }
    }

    /// The keys, fetched again unless that was done since `before`, or too often. Nothing if the issuer does not give
    /// them.
    async fn renew(
        &self,
        fetch: &mut Option<Fetch>,
        before: Option<&Arc<Set>>,
    ) -> Option<Arc<Set>> {
        let current = self.current();
        let is_newer = match (&current, before) {
            (Some(current), Some(before)) => !Arc::ptr_eq(current, before),
            (current, _) => current.is_some(),
        };
        if is_newer {
            return current;
        }
        if self.allowance.check().is_err() {
            return current.filter(|set| set.fetched.elapsed() < FRESH);
        }
        match self.fetched(fetch).await {
            Ok(set) => {
                let set = Some(Arc::new(set));
                self.current.write().unwrap_or_else(PoisonError::into_inner).clone_from(&set);
                set
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "the keys of the issuer cannot be fetched");
                None
            }
        }
    }

    fn current(&self) -> Option<Arc<Set>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetched(&self, fetch: &mut Option<Fetch>) -> Result<Set, FetchError> {
        let fetch = match fetch {
            Some(fetch) => fetch,
            none => none.insert(Fetch::new()?),
        };
        let url = match &self.source {
            Source::At(url) => url.clone(),
            Source::Discovered(issuer) => discovered(fetch, issuer).await?,
        };
        Ok(Set::of(fetch.json(&url).await?))
    }
}

impl Set {
    /// The keys for signatures that can be read. Others are of no use here.
    fn of(JwkSet { keys }: JwkSet) -> Self {
        let is_for_signatures = |usage: &Option<PublicKeyUse>| {
            usage.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature)
        };
        let keys = keys.into_iter().filter(|key| is_for_signatures(&key.common.public_key_use));
        let keys = keys.filter_map(|key| {
            let algorithm = key.common.key_algorithm.map(Algorithm::try_from).transpose();
            let (algorithm, decoding) = (algorithm.ok()?, DecodingKey::from_jwk(&key).ok()?);
            Some(Key { id: key.common.key_id, algorithm, decoding })
        });
        Self { keys: keys.collect(), fetched: Instant::now() }
    }

    fn fitting(&self, id: Option<&str>, algorithm: Algorithm) -> Vec<DecodingKey> {
        let fits = |key: &&Key| {
            id.is_none_or(|id| key.id.as_deref() == Some(id))
                && key.algorithm.is_none_or(|of_key| of_key == algorithm)
                && key.decoding.family() == algorithm.family()
        };
        self.keys.iter().filter(fits).map(|key| key.decoding.clone()).collect()
    }
}

/// What an issuer says about itself.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    jwks_uri: String,
}

/// Where an issuer says that its keys are.
async fn discovered(fetch: &Fetch, issuer: &str) -> Result<Uri, FetchError> {
    let base = issuer.trim_end_matches('/');
    let uri = checked(issuer).map_err(|_| FetchError::Untrue)?;
    let path = uri.path().trim_end_matches('/');
    let origin = base.strip_suffix(path).unwrap_or(base);
    let places = [
        format!("{base}/.well-known/openid-configuration"),
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
    ];
    let mut refusal = FetchError::Untrue;
    for place in places {
        let place = checked(&place).map_err(|_| FetchError::Untrue)?;
        match fetch.json::<Description>(&place).await {
            Ok(description) if description.issuer == issuer => {
                return checked(&description.jwks_uri).map_err(|_| FetchError::Untrue);
            }
            Ok(_) => return Err(FetchError::Untrue),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}
