//! Facet values: the forms in which the index holds them, made and read here alone.

use crate::{aliases::Aliases, analysis::analyzer::normalize};

/// Stands between two parts of a term or of a column's value. No folded value holds it.
const SEPARATOR: char = '\0';

/// A facet's value by its canonical name.
pub(crate) fn canonical_value<'a>(facet: &str, value: &'a str, aliases: &'a Aliases) -> &'a str {
    match facet {
        "company" => aliases.company(value.trim()),
        "tag" => aliases.tag(value.trim()),
        _ => value.trim(),
    }
}

/// The form in which facet values are compared: without case, accents and punctuation.
pub(crate) fn folded_value(value: &str) -> String {
    let folded = normalize(value);
    if folded.is_empty() { value.trim().to_lowercase() } else { folded }
}

/// The term of the documents that have a value, given as folded.
pub(crate) fn term(facet: &str, folded: &str) -> String {
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

#[cfg(test)]
mod tests {
    use crate::engine::local::facet::{column_value, folded_value, parts, spellings};

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
