//! Options for who may call over HTTP.

use std::error::Error;
use std::path::PathBuf;

use clap::Args;

use crate::http::{Authentication, Issuer};

/// Who may call. Without tokens and an issuer, everybody on this machine.
#[derive(Args)]
#[command(next_help_heading = "Access over HTTP")]
pub(super) struct AccessOptions {
    /// Accept the tokens in this file, which `token add` makes
    #[arg(long, value_name = "FILE", requires = "http")]
    tokens: Option<PathBuf>,
    /// Accept the tokens that this OAuth issuer has signed
    #[arg(long, value_name = "URL", requires = "http", requires = "audience")]
    issuer: Option<String>,
    /// The audience that tokens of the issuer must have, commonly the URL of this server
    #[arg(long, value_name = "AUDIENCE", requires = "issuer")]
    audience: Option<String>,
    /// Where the keys of the issuer are, instead of where it says
    #[arg(long, value_name = "URL", requires = "issuer")]
    jwks: Option<String>,
    /// What stands before the `sub` of a token to name its principal, instead of the issuer's host and `/`
    #[arg(long, value_name = "TEXT", requires = "issuer")]
    principal_prefix: Option<String>,
    /// The URL under which clients see this server, without `/mcp`; by default it is made from the host of a request
    #[arg(long, value_name = "URL", requires = "http")]
    public_url: Option<String>,
}

impl AccessOptions {
    /// How callers prove who they are; nothing if they need not.
    pub(super) fn authentication(&self) -> Result<Option<Authentication>, Box<dyn Error>> {
        if self.tokens.is_none() && self.issuer.is_none() {
            return Ok(None);
        }
        let mut authentication = Authentication::default();
        if let Some(path) = &self.tokens {
            authentication = authentication.with_tokens(path)?;
        }
        if let Some((url, audience)) = self.issuer.as_ref().zip(self.audience.as_ref()) {
            let mut issuer = Issuer::new(url, audience)?;
            if let Some(url) = &self.jwks {
                issuer = issuer.with_keys_at(url)?;
            }
            if let Some(prefix) = &self.principal_prefix {
                issuer = issuer.with_prefix(prefix);
            }
            authentication = authentication.with_issuer(issuer);
        }
        Ok(Some(match &self.public_url {
            Some(url) => authentication.with_public_url(url),
            None => authentication,
        }))
    }
}
