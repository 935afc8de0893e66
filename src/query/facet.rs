//! Facets: their names, and the forms in which their values are compared.

use crate::{aliases::Aliases, analysis::normalize::normalize};

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

/// The form in which facet values are compared: without case, accents and punctuation.
pub(crate) fn folded_value(value: &str) -> String {
    let folded = normalize(value);
    if folded.is_empty() { value.trim().to_lowercase() } else { folded }
}

/// The folded form of a facet's value as typed.
pub(crate) fn facet_value(facet: &str, value: &str, aliases: &Aliases) -> String {
    folded_value(canonical_value(facet, value, aliases))
}
