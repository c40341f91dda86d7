//! Fetching JSON from an issuer.

use std::fmt::{self, Debug, Formatter};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{StatusCode, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client};
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

/// How long an issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The maximum size of an answer, in bytes.
const ANSWER_BYTES: usize = 1 << 20;

/// A client of the issuer. It follows no redirects.
pub(super) struct Fetch(Client<HttpsConnector<HttpConnector>, Body>);

impl Fetch {
    pub(super) fn new() -> Result<Self, rustls::Error> {
        let connector = HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(ring::default_provider())?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self(Client::builder(TokioExecutor::new()).build(connector)))
    }

    pub(super) async fn json<T: DeserializeOwned>(&self, url: &Uri) -> Result<T, FetchError> {
        let fetched = async {
            let answer = self.0.get(url.clone()).await?;
            if answer.status() != StatusCode::OK {
                return Err(FetchError::Status(answer.status()));
            }
            Ok(to_bytes(Body::new(answer.into_body()), ANSWER_BYTES).await?)
        };
        let body = timeout(PATIENCE, fetched).await.map_err(|_| FetchError::Slow)??;
        Ok(serde_json::from_slice(&body)?)
    }
}

impl Debug for Fetch {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").finish_non_exhaustive()
    }
}

/// Why an issuer gave no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the issuer does not answer within {} s", PATIENCE.as_secs())]
    Slow,
    #[error("the issuer answers with the status {0}")]
    Status(StatusCode),
    #[error("the issuer cannot be reached")]
    Unreachable(#[from] legacy::Error),
    #[error("the issuer's answer cannot be read to its end")]
    Broken(#[from] axum::Error),
    #[error("the issuer's answer is not what it should be")]
    Unfit(#[from] serde_json::Error),
    #[error("the issuer describes itself as another one, or names no safe URL for its keys")]
    Untrue,
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}
