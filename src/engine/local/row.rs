//! A row: what Tantivy gets of one document, and what it keeps.

use tantivy::{
    TantivyDocument,
    schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer},
};

use crate::{
    aliases::Aliases,
    analysis::language::Language,
    dates,
    engine::{
        Document,
        facet_values::facet_values,
        local::schema::Fields,
        terms,
        texts::{AnalysedTexts, analysed},
    },
};

/// The fields of a document, its texts analysed, and the language in which they were read.
pub(crate) fn row(
    mut document: Document,
    fields: &Fields,
    aliases: &Aliases,
) -> (TantivyDocument, Language) {
    document.shorten();
    let language = document.find_language();
    let sections = std::mem::take(&mut document.content.sections);
    let mut row = TantivyDocument::default();
    let AnalysedTexts { text, title, heading, shared } =
        analysed(&document, &sections, aliases, false);
    row.add_text(fields.text, text);
    row.add_text(fields.title, title);
    if !shared.stop_words.is_empty() {
        row.add_text(fields.stop_words, shared.stop_words);
    }
    row.add_text(fields.words, shared.words);
    if !heading.is_empty() {
        row.add_text(fields.heading, heading);
    }
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
    (row, language)
}

/// The first of the texts that are kept of a row, in the order in which they were added: the document,
/// then its sections, which are long and often not wanted.
pub(crate) struct StoredRow<const N: usize>(pub(crate) [String; N]);

impl<const N: usize> DocumentDeserialize for StoredRow<N> {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(
        mut row: D,
    ) -> Result<StoredRow<N>, DeserializeError> {
        let mut texts = [const { String::new() }; N];
        for text in &mut texts {
            let (_, value) = row
                .next_field()?
                .ok_or_else(|| DeserializeError::custom("a document lacks a text"))?;
            *text = value;
        }
        Ok(StoredRow(texts))
    }
}
