//! TLS, with a certificate from files.

use std::fmt::{self, Debug, Formatter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

/// The protocol that is spoken inside.
const HTTP: &[u8] = b"http/1.1";

/// A certificate and its key, for a [`Listener`](super::Listener).
#[derive(Clone)]
pub struct Tls(pub(super) TlsAcceptor);

impl Tls {
    /// Reads the certificate, followed by those of its issuers, and the private key, all in PEM.
    ///
    /// # Errors
    ///
    /// [`TlsError`] if a file cannot be read or has no such content, or the key is not that of the certificate.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let unreadable = |path: &Path| {
            let path = path.to_owned();
            |source| TlsError::File { path, source }
        };
        let chain = CertificateDer::pem_file_iter(certificate).map_err(unreadable(certificate))?;
        let chain: Vec<_> = chain.collect::<Result<_, _>>().map_err(unreadable(certificate))?;
        if chain.is_empty() {
            return Err(unreadable(certificate)(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|config| config.with_no_client_auth().with_single_cert(chain, key));
        let mut config = config.map_err(TlsError::Unfit)?;
        config.alpn_protocols = vec![HTTP.to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

impl Debug for Tls {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// Why a certificate cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read, or does not hold what it should.
    #[error("{} has no usable PEM; name a certificate by `--tls-cert` and its key by `--tls-key`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: pem::Error,
    },
    /// The key is not that of the certificate, or neither can be used.
    #[error("the certificate and the key do not fit together")]
    Unfit(#[source] rustls::Error),
}
