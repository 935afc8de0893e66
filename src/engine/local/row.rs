//! A row: what Tantivy gets of one document, and what it keeps.

use serde::{Serialize, Serializer, ser::SerializeTuple};
use tantivy::{
    TantivyDocument,
    schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer},
};

use crate::{
    aliases::Aliases,
    analysis::language::Language,
    content::{Content, Section},
    dates,
    engine::{
        Document, Provenance,
        facet_values::facet_values,
        local::schema::Fields,
        terms,
        texts::{AnalysedTexts, analysed},
    },
};

/// Bytes that what is not text mostly takes: keys, facets, dates.
const OTHERS: usize = 1 << 10;

/// The fields of a document, its texts analysed, and the language in which they were read.
pub(crate) fn row(
    mut document: Document,
    fields: &Fields,
    aliases: &Aliases,
) -> (TantivyDocument, Language) {
    document.shorten();
    let language = document.find_language();
    let sections = std::mem::take(&mut document.content.sections);
    let AnalysedTexts { text, title, heading, shared } =
        analysed(&document, &sections, aliases, false);
    let json = "documents and sections hold nothing that JSON cannot";
    let document_json = serde_json::to_string(&KeptDocument(&document)).expect(json);
    let sections_json = serde_json::to_string(&sections).expect(json);
    let long = [&text, &title, &heading, &shared.words, &shared.stop_words];
    let long = long.into_iter().chain([&document_json, &sections_json]);
    let mut row = TantivyDocument::with_capacity(long.map(String::len).sum::<usize>() + OTHERS);
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
    row.add_text(fields.document, document_json);
    row.add_text(fields.sections, sections_json);
    (row, language)
}

/// A document as it is kept: an array of its fields in their order, without its sections, for a search
/// reads one for each hit, and names take longer to read than what is behind most of them.
struct KeptDocument<'a>(&'a Document);

impl Serialize for KeptDocument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Document {
            id,
            url,
            key,
            titles,
            date_listed,
            tags,
            company,
            company_inferred,
            section,
            description,
            also,
            also_at,
            text_from,
            lists,
            site,
            kind,
            content: Content { title, sections: _, author, date_published, language, site_name },
            provenance,
        } = self.0;
        let none: [Section; 0] = [];
        let content = (title, none, author, date_published, language, site_name);
        let mut array = serializer.serialize_tuple(18)?;
        array.serialize_element(id)?;
        array.serialize_element(url)?;
        array.serialize_element(key)?;
        array.serialize_element(titles)?;
        array.serialize_element(date_listed)?;
        array.serialize_element(tags)?;
        array.serialize_element(company)?;
        array.serialize_element(company_inferred)?;
        array.serialize_element(section)?;
        array.serialize_element(description)?;
        array.serialize_element(also)?;
        array.serialize_element(also_at)?;
        array.serialize_element(text_from)?;
        array.serialize_element(lists)?;
        array.serialize_element(site)?;
        array.serialize_element(kind)?;
        array.serialize_element(&content)?;
        match provenance {
            Provenance::FullText => array.serialize_element(&["full_text"])?,
            Provenance::Abstract => array.serialize_element(&["abstract"])?,
            Provenance::Transcript => array.serialize_element(&["transcript"])?,
            Provenance::Archived { captured } => {
                array.serialize_element(&("archived", captured))?
            }
            Provenance::LastGood { fetched } => array.serialize_element(&("last_good", fetched))?,
            Provenance::ListOnly => array.serialize_element(&["list_only"])?,
        }
        array.end()
    }
}

/// What is kept of a row, in the order in which it was added: the document, then its sections, which
/// are long and often not wanted.
pub(crate) struct StoredRow<const WITH_SECTIONS: bool>(Document);

impl<const WITH_SECTIONS: bool> StoredRow<WITH_SECTIONS> {
    /// The document, without its sections unless they are wanted.
    pub(crate) fn document(self) -> Document {
        self.0
    }
}

impl<const WITH_SECTIONS: bool> DocumentDeserialize for StoredRow<WITH_SECTIONS> {
    fn deserialize<'de, D: DocumentDeserializer<'de>>(
        mut row: D,
    ) -> Result<StoredRow<WITH_SECTIONS>, DeserializeError> {
        let lacks = || DeserializeError::custom("a stored document is cut off");
        let (_, json): (_, String) = row.next_field()?.ok_or_else(lacks)?;
        let mut document: Document =
            serde_json::from_str(&json).map_err(DeserializeError::custom)?;
        if WITH_SECTIONS {
            let (_, json): (_, String) = row.next_field()?.ok_or_else(lacks)?;
            document.content.sections =
                serde_json::from_str(&json).map_err(DeserializeError::custom)?;
        }
        Ok(StoredRow(document))
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::{
        content::{Content, Section},
        engine::{Document, Provenance, local::row::KeptDocument},
    };

    #[test]
    fn a_document_is_read_as_it_was_kept() {
        let text = |text: &str| Some(text.to_owned());
        let texts = |text: &str| vec![text.to_owned(), "\"é\"\n".to_owned()];
        let captured = date(2021, 2, 3);
        let document = Document {
            id: "id".into(),
            url: "url".into(),
            key: "key".into(),
            titles: texts("title"),
            date_listed: Some(date(2020, 1, 2)),
            tags: texts("tag"),
            company: text("company"),
            company_inferred: true,
            section: texts("section"),
            description: text("description"),
            also: texts("also"),
            also_at: texts("also at"),
            text_from: texts("text from"),
            lists: texts("list"),
            site: text("site"),
            kind: "kind".into(),
            content: Content {
                title: text("page title"),
                sections: Vec::new(),
                author: text("author"),
                date_published: Some(date(2019, 3, 4)),
                language: text("de"),
                site_name: text("site name"),
            },
            provenance: Provenance::Archived { captured },
        };
        let bare = Document::of_parts(None, String::new(), Vec::new());
        let of_kinds = [
            Provenance::FullText,
            Provenance::Abstract,
            Provenance::Transcript,
            Provenance::LastGood { fetched: captured },
            Provenance::ListOnly,
        ];
        let of_kinds = of_kinds.map(|provenance| Document { provenance, ..bare.clone() });
        for document in of_kinds.into_iter().chain([document]) {
            let mut with_text = document.clone();
            with_text.content.sections = vec![Section::default()];
            let kept = serde_json::to_string(&KeptDocument(&with_text)).unwrap();
            assert_eq!(serde_json::from_str::<Document>(&kept).unwrap(), document);
        }
    }
}
