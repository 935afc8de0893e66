//! Claims: the addresses that pages declare as their own.

use std::collections::{HashMap, HashSet};

use crate::canonical::{self, CanonicalUrl};

/// The address that a page declares as its own, if that is another one than those by which it is
/// known already and not a site's front page.
pub(crate) fn claim(key: &str, final_url: &str, declared: Option<&str>) -> Option<String> {
    let declared = CanonicalUrl::parse(declared?)?.to_string();
    let known = CanonicalUrl::parse(final_url).is_some_and(|url| url.as_str() == declared);
    let is_claim = declared != key && !known && !canonical::is_front_page(&declared);
    is_claim.then_some(declared)
}

/// A claim to an address that no entry has.
pub(crate) struct FreeClaim {
    /// The page that declares the address.
    pub(crate) key: String,
    /// The address.
    pub(crate) declared: String,
    /// The position of the first entry of the page's cluster.
    pub(crate) first: i64,
}

/// The addresses that are believed, by the pages that declare them: those that one article alone
/// claims. A template may declare one address on every page.
pub(crate) fn believed(mut claims: Vec<FreeClaim>) -> HashMap<String, String> {
    let mut articles: HashMap<String, HashSet<i64>> = HashMap::new();
    for claim in &claims {
        articles.entry(claim.declared.clone()).or_default().insert(claim.first);
    }
    claims.retain(|claim| articles[&claim.declared].len() == 1);
    claims.into_iter().map(|claim| (claim.key, claim.declared)).collect()
}

#[cfg(test)]
mod tests {
    use crate::duplicates::claims::claim;

    #[track_caller]
    fn check_claim(declared: &str, expected: Option<&str>) {
        let found = claim("https://a.example/x", "https://a.example/y", Some(declared));
        assert_eq!(found.as_deref(), expected, "{declared}");
    }

    #[test]
    fn only_another_article_address_is_a_claim() {
        check_claim("https://a.example/z?utm_source=x#top", Some("https://a.example/z"));
        check_claim("https://a.example/x", None);
        check_claim("https://a.example/y#top", None);
        check_claim("https://b.example/", None);
        check_claim("ftp://a.example/z", None);
        check_claim("nonsense", None);
    }
}
