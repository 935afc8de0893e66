//! Facets: their names, and the forms in which their values are compared.

use crate::{aliases::Aliases, analysis::normalize::normalize, query::years, text::sanitize};

/// The facets, in the order in which they are shown.
pub const FACETS: [&str; 8] =
    ["company", "tag", "site", "section", "list", "year", "kind", "provenance"];

/// A facet's value by its canonical name.
pub(crate) fn canonical_value<'a>(facet: &str, value: &'a str, aliases: &'a Aliases) -> &'a str {
    match facet {
        "company" => aliases.company(value.trim()),
        "tag" => aliases.tag(value.trim()),
        _ => value.trim(),
    }
}

/// The form in which facet values are compared: without case, accents and punctuation, and without
/// what is never shown, so that what is seen can be asked for.
pub(crate) fn folded_value(value: &str) -> String {
    let value = sanitize(value);
    let folded = normalize(&value);
    if folded.is_empty() { value.trim().to_lowercase() } else { folded }
}

/// The folded form of a facet's value as typed; a range of years stays as it is.
pub(crate) fn facet_value(facet: &str, value: &str, aliases: &Aliases) -> String {
    if facet == "year" && years::range(value).is_some() {
        return value.trim().to_owned();
    }
    folded_value(canonical_value(facet, value, aliases))
}

#[cfg(test)]
mod tests {
    use crate::query::facet::folded_value;

    #[test]
    fn values_that_look_the_same_are_the_same() {
        for value in
            ["Feature Store", "feature-store", "F\u{e9}ature\tStore", "\u{202e}Fea\u{0}ture store"]
        {
            assert_eq!(folded_value(value), "feature store", "{value:?}");
        }
        assert_eq!(folded_value("\u{0}++"), "++");
    }
}
