//! The content of a page or a file: what a reader sees of it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::entry::shorten;

/// Bytes of text that are kept of a document, headings included. It is more than any page of the
/// largest size that is parsed holds; what stands in a feed, a file or several pages may be more.
pub const MAX_TEXT_BYTES: usize = 4 << 20;
/// Characters of a heading or of a line about the document that are kept. A heading stands above
/// each section below it, so that a long one would be kept many times.
pub(crate) const MAX_LINE_CHARS: usize = 1_000;

/// What a reader sees of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Content {
    /// The article's title, without the site's name.
    pub title: Option<String>,
    /// The article in reading order.
    pub sections: Vec<Section>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was first published.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date")))]
    pub date_published: Option<Date>,
    /// ISO 639-1 code of the text's language.
    pub language: Option<String>,
    /// The name of the site.
    pub site_name: Option<String>,
}

/// A run of text under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Section {
    /// Headings from the outermost to the section's own; empty before the first heading.
    pub heading: Vec<String>,
    /// Paragraphs, list items, table rows and code blocks in reading order; no empty ones.
    pub paragraphs: Vec<String>,
}

impl Content {
    /// The whole text, one paragraph or heading a line.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for section in &self.sections {
            for line in section.heading.last().into_iter().chain(&section.paragraphs) {
                text.push_str(line);
                text.push('\n');
            }
        }
        text
    }

    /// Leaves out what is beyond the limits; whether any text was.
    pub(crate) fn cut(&mut self) -> bool {
        for line in [&mut self.title, &mut self.author, &mut self.site_name].into_iter().flatten() {
            shorten(line, MAX_LINE_CHARS);
        }
        let mut left = MAX_TEXT_BYTES;
        let mut was_cut = false;
        self.sections.retain_mut(|section| {
            section.heading.iter_mut().for_each(|line| shorten(line, MAX_LINE_CHARS));
            let heading = section.heading.iter().map(String::len).sum();
            let Some(rest) = left.checked_sub(heading).filter(|_| !was_cut) else {
                was_cut = true;
                return false;
            };
            left = rest;
            section.paragraphs.retain_mut(|paragraph| {
                let fits = paragraph.floor_char_boundary(left);
                was_cut |= fits < paragraph.len();
                paragraph.truncate(fits);
                left -= fits;
                fits > 0
            });
            true
        });
        was_cut
    }
}

/// The text with each run of white space made one space, and none at the ends.
pub(crate) fn collapse(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
