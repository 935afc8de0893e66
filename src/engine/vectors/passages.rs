//! Passages: the pieces of a document that have a vector each, along its sections.

use std::{hash::Hasher as _, iter};

use siphasher::sip128::{Hasher128 as _, SipHasher13};

use crate::engine::document::Document;

/// Version of the rule by which passages are cut; raise it when a document gives other ones.
pub(crate) const RULE: u32 = 1;

/// Bytes of a passage without title and heading: with them about the 128 tokens that models read.
const LENGTH: usize = 420;
/// Bytes of a passage from which on the next section begins another one.
const ENOUGH: usize = 140;
/// Bytes of a title or a heading in front of a passage.
const LONGEST_HEAD: usize = 120;
/// Passages of a document: the first 25,000 bytes of a longer one say what it is about.
const MOST: usize = 64;

/// What a passage is known by: a hash of all that a model reads of it.
pub type PassageKey = [u8; 16];

/// A piece of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextPassage {
    /// The heading above it.
    pub(crate) heading: Option<String>,
    pub(crate) text: String,
}

impl TextPassage {
    /// What a model reads of it: the title of the document and the heading stand in front.
    pub(crate) fn with_heads(&self, title: &str) -> String {
        let heading = self.heading.as_deref().filter(|heading| *heading != title);
        let heads = iter::once(title).chain(heading).filter(|head| !head.is_empty());
        let mut text = String::new();
        for head in heads {
            text.push_str(&head[..head.floor_char_boundary(LONGEST_HEAD)]);
            text.push_str(if head.ends_with(['.', '?', '!']) { " " } else { ". " });
        }
        text.push_str(&self.text);
        text
    }
}

/// The key of a passage, given as a model reads it.
pub(crate) fn key(text: &str) -> PassageKey {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    hasher.finish128().as_bytes()
}

/// The passages of a document in reading order; one without a text has its title alone.
pub(crate) fn passages(document: &Document) -> Vec<TextPassage> {
    let description = document.description.as_deref().map(|text| (None, text));
    let paragraphs = document.content.sections.iter().flat_map(|section| {
        let heading = section.heading.last().map(String::as_str);
        section.paragraphs.iter().map(move |text| (heading, text.as_str()))
    });
    let (mut found, mut open) = (Vec::new(), TextPassage::default());
    let mut section = None;
    for (heading, text) in description.into_iter().chain(paragraphs) {
        if heading != section {
            section = heading;
            if open.text.len() >= ENOUGH || open.text.is_empty() {
                close(&mut open, heading, &mut found);
            } else if let Some(heading) = heading {
                // What is too short to stand alone goes on.
                add(&mut open, heading);
            }
        }
        for piece in pieces(text) {
            if !open.text.is_empty() && open.text.len() + piece.len() >= LENGTH {
                close(&mut open, section, &mut found);
            }
            add(&mut open, piece);
            if found.len() >= MOST {
                return found;
            }
        }
    }
    if !open.text.is_empty() || found.is_empty() {
        found.push(open);
    }
    found
}

/// Ends a passage and begins the next one.
fn close(open: &mut TextPassage, heading: Option<&str>, found: &mut Vec<TextPassage>) {
    let next = TextPassage { heading: heading.map(str::to_owned), text: String::new() };
    let passage = std::mem::replace(open, next);
    if !passage.text.is_empty() {
        found.push(passage);
    }
}

fn add(open: &mut TextPassage, piece: &str) {
    let piece = piece.trim();
    if !open.text.is_empty() && !piece.is_empty() {
        open.text.push(' ');
    }
    open.text.push_str(piece);
}

/// The sentences of a text, as far as they can be told by their ends, each no longer than a passage.
fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let longest = text.floor_char_boundary(LENGTH);
        let ends = |(at, c): (usize, char)| {
            let after = &text[at + c.len_utf8()..];
            let is_end = matches!(c, '。' | '！' | '？')
                || matches!(c, '.' | '!' | '?' | '\n') && after.starts_with(char::is_whitespace);
            is_end.then_some(at + c.len_utf8())
        };
        let sentence = text[..longest].char_indices().find_map(ends);
        let cut = match sentence {
            Some(end) => end,
            None if longest == text.len() => longest,
            None => {
                text[..longest].rfind(char::is_whitespace).filter(|at| *at > 0).unwrap_or(longest)
            }
        };
        let (piece, rest) = text.split_at(cut);
        text = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        content::{Content, Section},
        engine::{Document, vectors::passages::passages},
    };

    fn document(sections: &[(&str, &[&str])]) -> Document {
        let section = |(heading, paragraphs): &(&str, &[&str])| Section {
            heading: (!heading.is_empty()).then(|| (*heading).to_owned()).into_iter().collect(),
            paragraphs: paragraphs.iter().map(|text| (*text).to_owned()).collect(),
        };
        let content =
            Content { sections: sections.iter().map(section).collect(), ..Content::default() };
        Document { content, ..Document::of_parts(None, String::new(), vec!["Title".into()]) }
    }

    #[track_caller]
    fn check(sections: &[(&str, &[&str])], expected: &[&str]) {
        let document = document(sections);
        let found: Vec<String> =
            passages(&document).iter().map(|passage| passage.with_heads("Title")).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_passage_is_a_section_or_part_of_one_with_the_headings_in_front() {
        let long = "It drifts. ".repeat(20);
        let long = long.trim();
        check(&[], &["Title. "]);
        check(&[("", &["One.", "Two."])], &["Title. One. Two."]);
        check(
            &[("A", &[long]), ("B?", &["Two."])],
            &[&format!("Title. A. {long}"), "Title. B? Two."],
        );
        check(&[("A", &["One."]), ("B", &["Two."])], &["Title. A. One. B Two."]);
    }

    #[test]
    fn long_texts_are_cut_at_sentences_and_words() {
        let whole = format!("{}The end.", "Seven words stand in this one here. ".repeat(40));
        let found = passages(&document(&[("", &[&whole])]));
        assert!(found.len() > 3 && found.iter().all(|passage| passage.text.len() <= 430));
        assert!(found.iter().all(|passage| passage.text.ends_with('.')), "{found:?}");
        let joined: Vec<&str> = found.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(joined.join(" "), whole);
        for endless in ["x".repeat(100_000), "機械".repeat(50_000), "x ".repeat(50_000)] {
            let found = passages(&document(&[("", &[&endless])]));
            assert_eq!(found.len(), 64);
            assert!(found.iter().all(|passage| passage.text.len() <= 420), "{endless:.9}");
        }
    }
}
