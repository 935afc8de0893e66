//! A row: what Tantivy gets of one document.

use tantivy::TantivyDocument;

use crate::{
    aliases::Aliases,
    analysis::language::Language,
    dates,
    engine::{
        Document,
        facet_values::facet_values,
        local::{schema::Fields, stored_document::stored_json},
        terms,
        texts::{AnalysedTexts, analysed},
    },
};

/// Bytes that what is not text mostly takes: keys, facets, dates.
const OTHERS: usize = 1 << 10;
/// Bytes that Tantivy adds to a text.
const OF_ONE: usize = 16;

/// A document as Tantivy gets it: its text, which is indexed apart, and all its other fields; and
/// the language in which it was read.
pub(crate) struct LocalRow {
    pub(crate) text: TantivyDocument,
    pub(crate) rest: TantivyDocument,
    pub(crate) language: Language,
}

/// The fields of a document, its texts analysed.
pub(crate) fn row(mut document: Document, fields: &Fields, aliases: &Aliases) -> LocalRow {
    document.shorten();
    let language = document.find_language();
    let sections = std::mem::take(&mut document.content.sections);
    let AnalysedTexts { text: body, title, heading, shared } =
        analysed(&document, &sections, aliases, false);
    let mut text = TantivyDocument::with_capacity(body.len() + OF_ONE);
    text.add_text(fields.text, body);
    let document_json = stored_json(&document);
    let sections_json =
        serde_json::to_string(&sections).expect("sections hold nothing that JSON cannot");
    let long = [&title, &heading, &shared.words, &shared.stop_words];
    let long = long.into_iter().chain([&document_json, &sections_json]);
    let mut rest = TantivyDocument::with_capacity(long.map(String::len).sum::<usize>() + OTHERS);
    rest.add_text(fields.title, title);
    if !shared.stop_words.is_empty() {
        rest.add_text(fields.stop_words, shared.stop_words);
    }
    rest.add_text(fields.words, shared.words);
    if !heading.is_empty() {
        rest.add_text(fields.heading, heading);
    }
    if document.key != document.id {
        rest.add_text(fields.order, &document.key);
    }
    rest.add_text(fields.id, &document.id);
    for key in terms::keys(&document) {
        rest.add_text(fields.key, key);
    }
    for (name, folded, value) in facet_values(&document, aliases) {
        rest.add_text(fields.facet, terms::facet(name, &folded));
        if let Some(column) = fields.column(name) {
            rest.add_text(column, terms::column_value(&folded, &value));
        }
    }
    if let Some(day) = document.date_listed {
        rest.add_i64(fields.listed, dates::number(day));
    }
    if let Some(day) = document.content.date_published {
        rest.add_i64(fields.published, dates::number(day));
    }
    rest.add_text(fields.document, document_json);
    rest.add_text(fields.sections, sections_json);
    LocalRow { text, rest, language }
}
