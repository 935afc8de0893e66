//! Edits: new addresses in place of old ones, in the text of a list.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::list::bare_url::bare_url;

/// A text with new addresses in it.
pub(crate) struct Fixed<'l> {
    pub(crate) text: String,
    /// The old addresses that were found.
    pub(crate) found: HashSet<&'l str>,
    /// Old addresses that stand, once at least, where the new one cannot be written.
    pub(crate) unfit: HashSet<&'l str>,
}

/// The replacements that were found for a text.
pub(crate) struct Edits<'t, 'l> {
    pub(crate) text: &'t str,
    moved: HashMap<&'l str, &'l str>,
    /// Ranges and their new texts, in the order in which they were found.
    edits: Vec<(Range<usize>, String)>,
    found: HashSet<&'l str>,
    unfit: HashSet<&'l str>,
}

impl<'t, 'l> Edits<'t, 'l> {
    /// No edit yet, for a text and pairs of an old and a new address.
    pub(crate) fn new(text: &'t str, moved: &[(&'l str, &'l str)]) -> Edits<'t, 'l> {
        Edits {
            text,
            moved: moved.iter().copied().collect(),
            edits: Vec::new(),
            found: HashSet::new(),
            unfit: HashSet::new(),
        }
    }

    /// Notes the new address of a link that stands in a range; `write` gives the form that it has
    /// there, none when it has none.
    pub(crate) fn replace(
        &mut self,
        range: Range<usize>,
        link: &str,
        write: impl FnOnce(&str) -> Option<String>,
    ) {
        let Some((&url, target)) = self.moved.get_key_value(link.trim()) else { return };
        self.found.insert(url);
        let target = with_fragment(url, target);
        let is_plain = !target.contains(|c: char| c.is_whitespace() || c.is_control());
        let written = Some(target).filter(|_| is_plain).and_then(|target| write(&target));
        match written {
            Some(written) => self.edits.push((range, written)),
            None => drop(self.unfit.insert(url)),
        }
    }

    /// Notes the new addresses of those that stand bare in a range of running text.
    ///
    /// What is written must be read as one address again, in such a text.
    pub(crate) fn bare(
        &mut self,
        range: Range<usize>,
        decode: impl Fn(&str) -> String,
        write: impl Fn(&str) -> Option<String>,
    ) {
        let text = &self.text[..range.end];
        let mut at = range.start;
        while let Some((start, end)) = bare_url(&text[at..]) {
            let (start, end) = (at + start, at + end);
            at = end;
            // An escape goes on with an address that seems to end here.
            if text[end..].starts_with('\\') {
                continue;
            }
            self.replace(start..end, &decode(&text[start..end]), |target| {
                write(target).filter(|new| bare_url(new) == Some((0, new.len())))
            });
        }
    }

    /// Whether a link has a new address.
    pub(crate) fn has_moved(&self, link: &str) -> bool {
        self.moved.contains_key(link.trim())
    }

    /// The text with its replacements.
    pub(crate) fn apply(mut self) -> Fixed<'l> {
        self.edits.sort_by_key(|(range, _)| range.start);
        let mut text = String::with_capacity(self.text.len());
        let mut at = 0;
        for (range, written) in self.edits {
            // What was found twice is replaced once.
            if range.start >= at {
                text.push_str(&self.text[at..range.start]);
                text.push_str(&written);
                at = range.end;
            }
        }
        text.push_str(&self.text[at..]);
        Fixed { text, found: self.found, unfit: self.unfit }
    }
}

/// The new address with the fragment of the old one.
fn with_fragment(url: &str, target: &str) -> String {
    match url.split_once('#') {
        Some((_, fragment)) if !target.contains('#') => format!("{target}#{fragment}"),
        _ => target.to_owned(),
    }
}
