//! What an index stores of a document, to be shown when it is found.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use tantivy::schema::document::{DeserializeError, DocumentDeserialize, DocumentDeserializer};

use crate::{
    content::Content,
    engine::{Document, Provenance},
};

/// The fields of a document without its sections, in the order in which they are stored: those that most
/// documents have first, since nothing is written of those at the end that say nothing.
///
/// A search reads one for each hit, where names would take longer to read than what is behind them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct StoredDocument {
    id: String,
    titles: Vec<String>,
    tags: Vec<String>,
    kind: String,
    url: String,
    /// None when it is the id.
    key: Option<String>,
    site: Option<String>,
    lists: Vec<String>,
    date_listed: Option<Date>,
    company: Option<String>,
    section: Vec<String>,
    description: Option<String>,
    title: Option<String>,
    language: Option<String>,
    date_published: Option<Date>,
    author: Option<String>,
    site_name: Option<String>,
    /// None when it is the full text.
    provenance: Option<Provenance>,
    company_inferred: bool,
    also: Vec<String>,
    also_at: Vec<String>,
    text_from: Vec<String>,
}

/// A document without its sections as JSON: an array of the fields of [`StoredDocument`].
pub(crate) fn stored_json(document: &Document) -> String {
    let Content { title, sections: _, author, date_published, language, site_name } =
        &document.content;
    let mut json = StoredArray { bytes: vec![b'['], end: 0 };
    json.add(&document.id);
    json.add(&document.titles);
    json.add(&document.tags);
    json.add(&document.kind);
    json.add(&document.url);
    json.add(&Some(&document.key).filter(|key| **key != document.id));
    json.add(&document.site);
    json.add(&document.lists);
    json.add(&document.date_listed);
    json.add(&document.company);
    json.add(&document.section);
    json.add(&document.description);
    json.add(title);
    json.add(language);
    json.add(date_published);
    json.add(author);
    json.add(site_name);
    json.add(&Some(&document.provenance).filter(|is| **is != Provenance::FullText));
    json.add(&document.company_inferred);
    json.add(&document.also);
    json.add(&document.also_at);
    json.add(&document.text_from);
    json.finish()
}

/// A document as [`stored_json`] wrote it.
pub(crate) fn read_document(json: &str) -> serde_json::Result<Document> {
    let stored: StoredDocument = serde_json::from_str(json)?;
    Ok(Document {
        key: stored.key.unwrap_or_else(|| stored.id.clone()),
        id: stored.id,
        url: stored.url,
        titles: stored.titles,
        date_listed: stored.date_listed,
        tags: stored.tags,
        company: stored.company,
        company_inferred: stored.company_inferred,
        section: stored.section,
        description: stored.description,
        also: stored.also,
        also_at: stored.also_at,
        text_from: stored.text_from,
        lists: stored.lists,
        site: stored.site,
        kind: stored.kind,
        content: Content {
            title: stored.title,
            sections: Vec::new(),
            author: stored.author,
            date_published: stored.date_published,
            language: stored.language,
            site_name: stored.site_name,
        },
        provenance: stored.provenance.unwrap_or(Provenance::FullText),
    })
}

/// An array of JSON under construction, which ends with the last value that says something.
struct StoredArray {
    bytes: Vec<u8>,
    /// Behind that value.
    end: usize,
}

impl StoredArray {
    fn add<T: Serialize + Default + PartialEq>(&mut self, value: &T) {
        if self.bytes.len() > 1 {
            self.bytes.push(b',');
        }
        serde_json::to_writer(&mut self.bytes, value)
            .expect("a document holds nothing that JSON cannot");
        if *value != T::default() {
            self.end = self.bytes.len();
        }
    }

    fn finish(mut self) -> String {
        self.bytes.truncate(self.end.max(1));
        self.bytes.push(b']');
        String::from_utf8(self.bytes).expect("JSON is text")
    }
}

/// What an index stores of a document, in the order in which it was added: its fields, then its sections,
/// which are long and often not wanted.
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
        let mut document = read_document(&json).map_err(DeserializeError::custom)?;
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
        engine::{
            Document, Provenance,
            local::stored_document::{read_document, stored_json},
        },
    };

    #[test]
    fn a_document_is_read_as_it_was_stored() {
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
        let bare = Document { id: "1".into(), key: "1".into(), ..bare };
        let of_kinds = [
            Provenance::FullText,
            Provenance::Abstract,
            Provenance::Transcript,
            Provenance::LastGood { fetched: captured },
            Provenance::ListOnly,
        ];
        let of_kinds = of_kinds.map(|provenance| Document { provenance, ..bare.clone() });
        assert_eq!(stored_json(&of_kinds[0]), r#"["1",[],[],"article"]"#);
        for document in of_kinds.into_iter().chain([document]) {
            let mut with_text = document.clone();
            with_text.content.sections = vec![Section::default()];
            let json = stored_json(&with_text);
            assert_eq!(read_document(&json).unwrap(), document, "{json}");
        }
    }
}
