//! Facets of a document with their values.

use crate::{
    aliases::Aliases,
    canonical::CanonicalUrl,
    engine::{document::Document, site::site_of_host},
    query::facet::{canonical_value, folded_value},
};

/// Facets with their values, folded and as displayed; each value of a facet once.
pub(crate) fn facet_values(
    document: &Document,
    aliases: &Aliases,
) -> Vec<(&'static str, String, String)> {
    let mut values = Vec::new();
    if let Some(company) = &document.company {
        values.push(("company", canonical_value("company", company, aliases).to_owned()));
    }
    for tag in &document.tags {
        values.push(("tag", canonical_value("tag", tag, aliases).to_owned()));
    }
    for depth in 1..=document.section.len() {
        values.push(("section", document.section[..depth].join(" / ")));
    }
    values.extend(document.lists.iter().map(|list| ("list", list.clone())));
    values.extend(document.site.iter().map(|site| ("site", site.clone())));
    let also_at = document.also_at.iter().filter_map(|url| CanonicalUrl::parse(url));
    values.extend(also_at.map(|url| ("site", site_of_host(url.host()).to_owned())));
    if let Some(date) = document.date() {
        values.push(("year", date.year().to_string()));
    }
    values.push(("kind", document.kind.clone()));
    values.push(("provenance", document.provenance.name().to_owned()));
    values.retain(|(_, value)| !value.trim().is_empty());
    let mut folded: Vec<(&'static str, String, String)> = Vec::with_capacity(values.len());
    for (facet, value) in values {
        let form = folded_value(&value);
        if !folded.iter().any(|(other, known, _)| *other == facet && *known == form) {
            folded.push((facet, form, value));
        }
    }
    folded
}
