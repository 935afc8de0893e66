//! A row: what a cluster gets of one document.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

use crate::{
    aliases::Aliases,
    analysis::language::Language,
    content::Section,
    dates,
    engine::{
        Document, Provenance,
        facet_values::facet_values,
        opensearch::{
            keyword::keyword,
            written_terms::{paragraphs, stop_words, words},
        },
        terms,
        texts::analysed,
    },
};

/// Longer keys are cut where they only break ties.
const LONGEST_ORDER: usize = 1_000;

/// A document as lines of a bulk request.
pub(crate) struct Row {
    /// The two lines, each with its end.
    pub(crate) lines: Vec<u8>,
    pub(crate) provenance: Provenance,
    pub(crate) language: Language,
    pub(crate) has_headings: bool,
}

/// The fields of a document; names are those of `schema.rs`.
#[derive(Serialize)]
struct RowFields<'a> {
    number: u64,
    id: Cow<'a, str>,
    order: String,
    key: Vec<String>,
    facet: Vec<String>,
    #[serde(flatten)]
    columns: BTreeMap<&'static str, Vec<String>>,
    listed: Option<i64>,
    published: Option<i64>,
    date: Option<i64>,
    text: Vec<String>,
    title: Vec<String>,
    heading: Vec<String>,
    words: String,
    stop_words: String,
    document: &'a Document,
    sections: &'a [Section],
}

/// The row of a document, which has that number among all.
pub(crate) fn row(number: u64, mut document: Document, aliases: &Aliases) -> Row {
    document.shorten();
    let language = document.find_language();
    let sections = std::mem::take(&mut document.content.sections);
    let texts = analysed(&document, &sections, aliases, true);
    let (mut facet, mut columns) = (Vec::new(), BTreeMap::<_, Vec<String>>::new());
    for (name, folded, value) in facet_values(&document, aliases) {
        facet.push(terms::facet(name, &folded));
        columns.entry(name).or_default().push(terms::column_value(&folded, &value));
    }
    let listed = document.date_listed.map(dates::number);
    let published = document.content.date_published.map(dates::number);
    let fields = RowFields {
        number,
        id: keyword(&document.id),
        order: order(&document),
        key: terms::keys(&document).iter().map(|key| keyword(key).into_owned()).collect(),
        facet,
        columns,
        listed,
        published,
        date: document.date().map(dates::number),
        text: paragraphs(&texts.text),
        title: paragraphs(&texts.title),
        heading: paragraphs(&texts.heading),
        words: words(&texts.shared),
        stop_words: stop_words(&texts.shared),
        document: &document,
        sections: &sections,
    };
    let mut lines = format!("{{\"index\":{{\"_id\":\"{number}\"}}}}\n").into_bytes();
    serde_json::to_writer(&mut lines, &fields).expect("fields hold nothing that JSON cannot");
    lines.push(b'\n');
    let has_headings = sections.iter().any(|section| !section.heading.is_empty());
    Row { lines, provenance: document.provenance, language, has_headings }
}

/// What breaks ties: documents whose key is their id come first, then the others by their keys.
pub(crate) fn order(document: &Document) -> String {
    let Document { key, id, .. } = document;
    let order = if key == id { format!("0{id}") } else { format!("1{key}") };
    order[..order.floor_char_boundary(LONGEST_ORDER)].to_owned()
}
