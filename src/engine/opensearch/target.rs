//! Where an index is to be: which cluster, under which name, and how it is spread there.

use std::{path::PathBuf, time::Duration};

use url::Url;

use crate::http::service::{Credentials, ServiceOptions};

/// Longer names are refused by the engines, and a number comes behind.
const LONGEST_NAME: usize = 200;

/// A cluster, the name of an index there, and how the index is spread.
#[derive(Clone, Debug)]
pub struct Target {
    /// The address of the cluster, without user name and password.
    pub url: Url,
    /// The alias under which the index is searched; indexes have it with a number behind.
    pub index: String,
    /// Into how many parts a new index is cut.
    pub shards: u32,
    /// How many copies each part has besides; by default one where there is a second node.
    pub replicas: Option<u32>,
    /// Who asks.
    pub credentials: Credentials,
    /// A PEM file with further certificate authorities.
    pub ca_bundle: Option<PathBuf>,
    /// Time for one request.
    pub timeout: Duration,
}

impl Target {
    /// How the cluster is reached.
    pub(crate) fn service(&self) -> ServiceOptions {
        ServiceOptions {
            url: self.url.clone(),
            credentials: self.credentials.clone(),
            ca_bundle: self.ca_bundle.clone(),
            timeout: self.timeout,
        }
    }
}

/// What keeps a name from being that of an index.
pub fn name_problem(name: &str) -> Option<String> {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let begins = name.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    match name {
        _ if !begins => Some(format!("the index name `{name}` does not begin with a letter or digit")),
        _ if name.len() > LONGEST_NAME => Some(format!("the index name `{name}` is too long")),
        _ => name.chars().find(|c| !is_allowed(*c)).map(|odd| {
            format!("the index name `{name}` has `{odd}` in it; small letters, digits, `-`, `_` and `.` are allowed")
        }),
    }
}

/// The name of an index that is made of another name, such as that of a folder.
pub fn name_of(text: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_.".contains(c);
    let lower = format!("mlsearch-{}", text.to_lowercase());
    let plain = lower.chars().map(|c| if is_allowed(c) { c } else { '-' });
    plain.take(LONGEST_NAME).collect()
}

#[cfg(test)]
mod tests {
    use crate::engine::opensearch::target::{name_of, name_problem};

    #[test]
    fn names_are_those_that_clusters_take() {
        for (name, is_fine) in [
            ("articles", true),
            ("mlsearch-a.b_c1", true),
            ("Articles", false),
            ("_all", false),
            ("a,b", false),
            ("a*", false),
            ("", false),
        ] {
            assert_eq!(name_problem(name).is_none(), is_fine, "{name}");
        }
        assert_eq!(name_of("My Articles"), "mlsearch-my-articles");
        assert_eq!(name_problem(&name_of(&"ü/*".repeat(500))), None);
    }
}
