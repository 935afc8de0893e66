//! Keys: what a document can be asked for by, its address, its id or its title.

use crate::{analysis::normalize::normalize, canonical::CanonicalUrl};

/// Something that a document can be asked for by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DocumentKey {
    /// A canonical URL.
    Url(String),
    /// The id of a document, or of a further address of it.
    Id(String),
    /// A title in its normal form.
    Title(String),
}

impl DocumentKey {
    /// The key of a URL as typed; what is no URL stands for itself.
    pub(crate) fn url(text: &str) -> DocumentKey {
        let url = CanonicalUrl::parse(text);
        DocumentKey::Url(url.map_or_else(|| text.to_owned(), |url| url.to_string()))
    }

    /// The key of a title; none when nothing is left of it.
    pub(crate) fn title(title: &str) -> Option<DocumentKey> {
        Some(normalize(title)).filter(|title| !title.is_empty()).map(DocumentKey::Title)
    }
}

/// The keys that a query may be: an id, a URL, a title.
pub(crate) fn keys_of(text: &str) -> Vec<DocumentKey> {
    let text = text.trim();
    let mut keys = Vec::new();
    // Hosts of an intranet have no dot: `localhost:8000`, `wiki/page`.
    let looks_like_url = !text.contains(char::is_whitespace) && text.contains(['.', '/', ':']);
    if looks_like_url {
        // As typed, and as people type it: with another scheme, with a slash more or less.
        keys.extend(CanonicalUrl::parse(text).map(|url| DocumentKey::Url(url.to_string())));
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let other = rest.strip_suffix('/').map_or(format!("{rest}/"), str::to_owned);
        for rest in [rest, &other] {
            let urls = ["https", "http"].map(|scheme| format!("{scheme}://{rest}"));
            let urls = urls.iter().filter_map(|url| CanonicalUrl::parse(url));
            keys.extend(urls.map(|url| DocumentKey::Url(url.to_string())));
        }
    }
    if !text.is_empty() && !text.contains(char::is_whitespace) {
        keys.push(DocumentKey::Id(text.to_owned()));
    }
    keys.extend(DocumentKey::title(text));
    keys
}

#[cfg(test)]
mod tests {
    use crate::query::key::{DocumentKey, keys_of};

    #[test]
    fn addresses_and_titles_have_one_form() {
        let url = DocumentKey::Url("https://a.example/".into());
        assert_eq!(DocumentKey::url("HTTPS://a.example:443/#x"), url);
        assert_eq!(DocumentKey::url("no url"), DocumentKey::Url("no url".into()));
        assert_eq!(DocumentKey::title("?!"), None);
    }

    #[test]
    fn an_address_is_looked_for_with_and_without_scheme_and_dot() {
        for (text, url) in [
            ("http://localhost:8000/a", "http://localhost:8000/a"),
            ("localhost:8000/a", "http://localhost:8000/a"),
            ("localhost:8000", "http://localhost:8000/"),
            ("http://intranet/a", "http://intranet/a"),
            ("intranet/a", "https://intranet/a"),
            ("intranet/a", "http://intranet/a/"),
            ("HTTP://Intranet/a", "http://intranet/a"),
            ("http://[::1]/a", "http://[::1]/a"),
            ("a.example", "https://a.example/"),
        ] {
            let keys = keys_of(text);
            assert!(keys.contains(&DocumentKey::Url(url.into())), "{text}: {keys:?}");
        }
        let word = || "6qj14q9x".to_owned();
        assert_eq!(keys_of("6qj14q9x"), [DocumentKey::Id(word()), DocumentKey::Title(word())]);
        let is_title = |key: &DocumentKey| matches!(key, DocumentKey::Title(_));
        assert!(keys_of("and/or is it").iter().all(is_title));
    }
}
