//! Addresses as arguments.

use std::str::FromStr;

/// An address of HTTP or HTTPS.
#[derive(Clone, Debug)]
pub(super) struct Url(String);

impl Url {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, in lower case, without a port.
    pub(super) fn host(&self) -> String {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority.split(':').next().unwrap_or_default().to_ascii_lowercase()
    }
}

impl FromStr for Url {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let is_printable = text.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c));
        let is_http = text.starts_with("http://") || text.starts_with("https://");
        let url = Self(text.to_owned());
        let is_valid = is_printable && is_http && !url.host().is_empty();
        if is_valid { Ok(url) } else { Err(InvalidUrl) }
    }
}

/// A text that is no address.
#[derive(Debug, thiserror::Error)]
#[error("write a URL such as `http://127.0.0.1:8080/mcp`")]
pub(super) struct InvalidUrl;

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn addresses_and_their_hosts() {
        let host = |text: &str| text.parse::<Url>().ok().map(|url| url.host());
        for (text, expected) in [
            ("http://127.0.0.1:8080/mcp", Some("127.0.0.1")),
            ("https://GitHub.com/a/b", Some("github.com")),
            ("https://example.org?a", Some("example.org")),
            ("ftp://example.org", None),
            ("example.org", None),
            ("http://", None),
            ("http:///mcp", None),
            ("https://a b", None),
            ("https://a/\u{202e}", None),
            ("https://a/{b}", None),
        ] {
            assert_eq!(host(text).as_deref(), expected, "{text}");
        }
    }
}
