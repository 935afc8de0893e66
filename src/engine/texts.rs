//! The analysed texts of a document, as every engine indexes them.

use std::cell::RefCell;

use crate::{
    aliases::Aliases,
    analysis::{
        analyzer::{Analyzer, SharedTerms},
        language::Language,
        normalize::normalize,
        text_field::TextField,
    },
    content::Section,
    engine::document::Document,
    query::facet::canonical_value,
};

thread_local! {
    static ANALYZER: RefCell<Analyzer> = RefCell::default();
}

/// The analysed texts of a document; places are written as `analysis::place` says.
pub(crate) struct AnalysedTexts {
    /// Everything there is to read.
    pub(crate) text: String,
    /// Titles, tags and company.
    pub(crate) title: String,
    /// Headings within the text.
    pub(crate) heading: String,
    /// Stop words and words as they were written.
    pub(crate) shared: SharedTerms,
}

/// Analyses a document in the language that it says it has; its sections are apart. An engine that looks
/// up words in one field wants all of them there; else those that are terms are found among the terms
/// alone.
pub(crate) fn analysed(
    document: &Document,
    sections: &[Section],
    aliases: &Aliases,
    wants_all_words: bool,
) -> AnalysedTexts {
    let shared = SharedTerms { wants_all_words, ..SharedTerms::default() };
    ANALYZER.with_borrow_mut(|analyzer| with(analyzer, document, sections, aliases, shared))
}

fn with(
    analyzer: &mut Analyzer,
    document: &Document,
    sections: &[Section],
    aliases: &Aliases,
    mut shared: SharedTerms,
) -> AnalysedTexts {
    analyzer.begin_document(Language::of(document.content.language.as_deref()));
    let (mut title, mut heading) = (String::new(), String::new());
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
    AnalysedTexts { text, title, heading, shared }
}

/// All texts of a document that are searched, but for canonical names; those of its sections when it has
/// them.
pub(crate) fn searched(document: &Document) -> impl Iterator<Item = &str> {
    let Document { titles, tags, company, description, section, content, .. } = document;
    let names = titles.iter().chain(&content.title).chain(tags).chain(company);
    let sections = content.sections.iter();
    let sections =
        sections.flat_map(|part| part.heading.last().into_iter().chain(&part.paragraphs));
    names.chain(description).chain(section).chain(sections).map(String::as_str)
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
