//! Terms: what stands in the index for facet values and for keys, made and read here alone.

use crate::{
    engine::{Document, document::id_of_key},
    query::key::DocumentKey,
};

/// Stands between two parts of a term or of a column's value. No folded value holds it.
const SEPARATOR: char = '\0';

/// The term of the documents that have a value, given as folded.
pub(crate) fn facet(facet: &str, folded: &str) -> String {
    format!("{facet}{SEPARATOR}{folded}")
}

/// A value in the column of its facet: folded, then as displayed, so that the spellings of one value
/// stand side by side.
pub(crate) fn column_value(folded: &str, display: &str) -> String {
    format!("{folded}{SEPARATOR}{display}")
}

/// How the spellings of a folded value begin in the column of its facet.
pub(crate) fn spellings(folded: &str) -> String {
    column_value(folded, "")
}

/// A value of a column, folded and as displayed.
pub(crate) fn parts(column_value: &str) -> (&str, &str) {
    column_value.split_once(SEPARATOR).unwrap_or((column_value, column_value))
}

/// The term of a key. The own id of a document has a column instead.
pub(crate) fn key(key: &DocumentKey) -> String {
    match key {
        DocumentKey::Url(url) => format!("u:{url}"),
        DocumentKey::Id(id) => format!("i:{id}"),
        DocumentKey::Title(title) => format!("t:{title}"),
    }
}

/// The terms of all keys of a document, each once.
pub(crate) fn keys(document: &Document) -> Vec<String> {
    let mut keys = Vec::new();
    if document.key != document.id {
        keys.push(DocumentKey::Url(document.key.clone()));
    }
    for url in &document.also_at {
        keys.extend([DocumentKey::Id(id_of_key(url)), DocumentKey::Url(url.clone())]);
    }
    keys.extend(document.titles.iter().filter_map(|title| DocumentKey::title(title)));
    let mut terms: Vec<String> = keys.iter().map(key).collect();
    terms.sort();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use crate::{
        engine::terms::{column_value, key, parts, spellings},
        query::{facet::folded_value, key::DocumentKey},
    };

    #[test]
    fn keys_of_different_kinds_are_different_terms() {
        let text = || "https://a.example/".to_owned();
        let keys = [DocumentKey::Url(text()), DocumentKey::Id(text()), DocumentKey::Title(text())];
        let expected = ["u:https://a.example/", "i:https://a.example/", "t:https://a.example/"];
        assert_eq!(keys.map(|of| key(&of)), expected);
    }

    #[test]
    fn a_value_of_a_column_is_read_as_it_was_made() {
        for display in ["Feature Store", "C++", "é", "", "a\0b"] {
            let folded = folded_value(&display.replace('\0', ""));
            let value = column_value(&folded, display);
            assert_eq!(parts(&value), (folded.as_str(), display));
            assert!(value.starts_with(&spellings(&folded)));
        }
        assert_eq!(parts("bare"), ("bare", "bare"));
    }
}
