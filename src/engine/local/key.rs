//! Keys: what a document is called for, and the terms that stand for it in the index.

use crate::{
    analysis::analyzer::normalize,
    canonical::CanonicalUrl,
    engine::{Document, document::id_of_key},
};

/// Something that a document is called for. Its own id has a column instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// A canonical URL.
    Url(String),
    /// The id of a document, or of a further address of it.
    Id(String),
    /// A title in its normal form.
    Title(String),
}

impl Key {
    /// The key of a URL as typed; what is no URL stands for itself.
    pub(crate) fn url(text: &str) -> Key {
        let url = CanonicalUrl::parse(text);
        Key::Url(url.map_or_else(|| text.to_owned(), |url| url.to_string()))
    }

    /// The key of a title; none when nothing is left of it.
    pub(crate) fn title(title: &str) -> Option<Key> {
        Some(normalize(title)).filter(|title| !title.is_empty()).map(Key::Title)
    }

    /// The term of the index that stands for it.
    pub(crate) fn term(&self) -> String {
        match self {
            Key::Url(url) => format!("u:{url}"),
            Key::Id(id) => format!("i:{id}"),
            Key::Title(title) => format!("t:{title}"),
        }
    }
}

/// The terms of all keys of a document, each once.
pub(crate) fn terms(document: &Document) -> Vec<String> {
    let mut keys = Vec::new();
    if document.key != document.id {
        keys.push(Key::Url(document.key.clone()));
    }
    for url in &document.also_at {
        keys.extend([Key::Id(id_of_key(url)), Key::Url(url.clone())]);
    }
    keys.extend(document.titles.iter().filter_map(|title| Key::title(title)));
    let mut terms: Vec<String> = keys.iter().map(Key::term).collect();
    terms.sort();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use crate::engine::local::key::Key;

    #[test]
    fn keys_of_different_kinds_are_different_terms() {
        let text = || "https://a.example/".to_owned();
        let terms = [Key::Url(text()), Key::Id(text()), Key::Title(text())].map(|key| key.term());
        assert_eq!(terms, ["u:https://a.example/", "i:https://a.example/", "t:https://a.example/"]);
        assert_eq!(Key::url("HTTPS://a.example:443/#x"), Key::Url(text()));
        assert_eq!(Key::url("no url"), Key::Url("no url".into()));
        assert_eq!(Key::title("?!"), None);
    }
}
