//! Headings that are links: entries when they are described or nothing stands below them.

use url::Url;

use crate::list::{
    address::resolve,
    draft::Draft,
    inline::{Inline, plain_text},
    item,
    label::is_label,
    line::{join, tidy},
    lines::names_an_entry,
    name,
};

/// A heading that may turn out to be an entry.
pub(crate) struct LinkedHeading {
    pub(crate) draft: Draft,
    pub(crate) level: u8,
    /// Whether something under the heading describes it.
    pub(crate) described: bool,
    /// Whether it stood in an earlier piece of the list, whose links are accounted for.
    pub(crate) is_earlier: bool,
}

/// The draft of a heading that begins with a link, or that is a name with labels behind it.
pub(crate) fn linked_heading(pieces: &[Inline], level: u8, base: Option<&Url>) -> Option<Draft> {
    let draft = item::read(pieces, base)?;
    let links = pieces.iter().filter(|piece| matches!(piece, Inline::Link(_))).count();
    let text = plain_text(pieces);
    let words = &text[name::after_number(&text)..];
    let begins = pieces.iter().find_map(|piece| match piece {
        Inline::Link(link) => Some(words.trim_start().starts_with(link.text.trim())),
        _ => None,
    });
    let is_name = if begins == Some(true) {
        links == 1 && names_an_entry(&pieces[first_link(pieces)..])
            || level > 1 && !is_label(&draft.title)
    } else {
        level > 1 && links > 0 && ends_with_labels(pieces)
    };
    is_name.then_some(draft)
}

/// Where the first link stands.
fn first_link(pieces: &[Inline]) -> usize {
    pieces.iter().position(|piece| matches!(piece, Inline::Link(_))).unwrap_or(0)
}

/// Whether all links are labels in brackets, and nothing is said behind them: `Title [[paper](…)]`.
fn ends_with_labels(pieces: &[Inline]) -> bool {
    let (lead, links) = pieces.split_at(first_link(pieces));
    let is_in_brackets = plain_text(lead).trim_end().ends_with(['[', '('])
        || matches!(links.first(), Some(Inline::Link(link)) if link.text.starts_with('['));
    is_in_brackets
        && links.iter().all(|piece| match piece {
            Inline::Link(link) => is_label(&link.text),
            piece => !plain_text(std::slice::from_ref(piece)).contains(char::is_alphanumeric),
        })
}

impl LinkedHeading {
    /// Takes what some lines below the heading say.
    pub(crate) fn describe(&mut self, lines: &[Vec<Inline>], base: Option<&Url>) {
        for line in lines {
            let text = plain_text(line);
            if self.draft.take_line(text.trim()) {
                self.described = true;
            } else if text.chars().any(char::is_alphabetic) {
                self.described = true;
                join(&mut self.draft.description, &tidy(&text));
            }
            for piece in line {
                if let Inline::Link(link) = piece {
                    resolve(&link.href, base)
                        .into_iter()
                        .for_each(|url| self.draft.also.push_url(url));
                }
            }
        }
    }

    /// Whether date, tags or company were given: then it is an entry for certain.
    pub(crate) fn has_facts(&self) -> bool {
        self.draft.date.is_some()
            || !self.draft.tags.kept.is_empty()
            || !self.draft.company.is_empty()
    }
}
