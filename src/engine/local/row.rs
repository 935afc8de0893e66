//! A row: what Tantivy gets of one document.

use std::cell::RefCell;

use tantivy::TantivyDocument;

use crate::{
    aliases::Aliases,
    analysis::{
        analyzer::{Analyzer, SharedTerms, normalize},
        text_field::TextField,
    },
    canonical::CanonicalUrl,
    content::Section,
    dates,
    engine::{
        Document,
        local::{schema::Fields, terms},
        site::site_of_host,
    },
    query::facet::{canonical_value, folded_value},
};

thread_local! {
    static ANALYZER: RefCell<Analyzer> = RefCell::default();
}

/// The fields of a document, its texts analysed.
pub(crate) fn row(mut document: Document, fields: &Fields, aliases: &Aliases) -> TantivyDocument {
    document.shorten();
    let sections = std::mem::take(&mut document.content.sections);
    let mut row = TantivyDocument::default();
    ANALYZER.with_borrow_mut(|analyzer| {
        add_texts(&mut row, &document, &sections, fields, aliases, analyzer);
    });
    if document.key != document.id {
        row.add_text(fields.order, &document.key);
    }
    row.add_text(fields.id, &document.id);
    for key in terms::keys(&document) {
        row.add_text(fields.key, key);
    }
    for (name, folded, value) in facet_values(&document, aliases) {
        row.add_text(fields.facet, terms::facet(name, &folded));
        if let Some(column) = fields.column(name) {
            row.add_text(column, terms::column_value(&folded, &value));
        }
    }
    if let Some(day) = document.date_listed {
        row.add_i64(fields.listed, dates::number(day));
    }
    if let Some(day) = document.content.date_published {
        row.add_i64(fields.published, dates::number(day));
    }
    let json = "documents and sections hold nothing that JSON cannot";
    row.add_text(fields.document, serde_json::to_string(&document).expect(json));
    row.add_text(fields.sections, serde_json::to_string(&sections).expect(json));
    row
}

/// Adds the analysed texts of a document: everything, names, headings, stop words and words.
fn add_texts(
    row: &mut TantivyDocument,
    document: &Document,
    sections: &[Section],
    fields: &Fields,
    aliases: &Aliases,
    analyzer: &mut Analyzer,
) {
    analyzer.begin_document();
    let (mut title, mut heading, mut shared) =
        (String::new(), String::new(), SharedTerms::default());
    for piece in names(document, aliases) {
        analyzer.write_terms(piece, TextField::Title, &mut title, &mut shared);
    }
    let body = sections.iter().flat_map(|section| &section.paragraphs);
    let mut text = String::with_capacity(title.len() + body.map(String::len).sum::<usize>());
    text.push_str(&title);
    for piece in document.description.iter().chain(&document.section) {
        analyzer.write_terms(piece, TextField::Text, &mut text, &mut shared);
    }
    for section in sections {
        for piece in section.heading.last().into_iter().chain(&section.paragraphs) {
            analyzer.write_terms(piece, TextField::Text, &mut text, &mut shared);
        }
    }
    for piece in sections.iter().filter_map(|section| section.heading.last()) {
        analyzer.write_terms(piece, TextField::Heading, &mut heading, &mut shared);
    }
    row.add_text(fields.text, text);
    row.add_text(fields.title, title);
    if !shared.stop_words.is_empty() {
        row.add_text(fields.stop_words, shared.stop_words);
    }
    row.add_text(fields.words, shared.words);
    if !heading.is_empty() {
        row.add_text(fields.heading, heading);
    }
}

/// Titles, tags and company, the page's own title and the canonical name of the company included.
fn names<'a>(document: &'a Document, aliases: &'a Aliases) -> Vec<&'a str> {
    let page_title = document.content.title.iter().filter(|title| {
        let normal = normalize(title);
        document.titles.iter().all(|listed| normalize(listed) != normal)
    });
    let titles = document.titles.iter().chain(page_title);
    let company = document.company.as_deref().map(|name| canonical_value("company", name, aliases));
    titles
        .chain(&document.tags)
        .chain(&document.company)
        .map(String::as_str)
        .chain(company.filter(|name| Some(*name) != document.company.as_deref()))
        .collect()
}

/// Facets with their values, folded and as displayed; each value of a facet once.
fn facet_values(document: &Document, aliases: &Aliases) -> Vec<(&'static str, String, String)> {
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
    if let Some(date) = document.date_listed.or(document.content.date_published) {
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
