//! An entry: what the curator of a list says about one article, and how long its texts may be.

use std::borrow::Cow;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{analysis::graphemes::cut_up_to, canonical::CanonicalUrl};

/// What the curator says of one article, as read from one or several lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Every title under which the article is listed, in list order; none for a page that no list
    /// names.
    pub titles: Vec<String>,
    /// The link as the curator wrote it, made absolute.
    pub url: String,
    /// The identity of the document.
    pub canonical: CanonicalUrl,
    /// The date that the list gives.
    pub date_listed: Option<Date>,
    /// How much of that date the list really gives.
    #[serde(default)]
    pub date_precision: DatePrecision,
    /// Tags as written, in list order, without exact repetitions.
    pub tags: Vec<String>,
    /// The company as written in the list, or inferred from the host.
    pub company: Option<String>,
    /// True when no list names the company and it was inferred.
    pub company_inferred: bool,
    /// Headings above the entry, outermost first.
    pub section: Vec<String>,
    /// What the list says about the article, in plain text.
    pub description: Option<String>,
    /// Trailing code spans, whose meaning does not follow from the syntax (company, licence, year).
    pub labels: Vec<String>,
    /// Further links of the same entry (code, slides, video), absolute.
    pub also: Vec<String>,
    /// Where it stands; one for each list that has it, never empty.
    pub lists: Vec<Mention>,
}

/// The place of an entry in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Mention {
    /// Name of the list: its file stem, or the name that the collection gives it.
    pub list: String,
    /// Line of the entry in the list's source, counted from 1.
    pub line: u32,
}

/// How much of a date is known. The rest of the [`Date`] is January and the first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePrecision {
    /// Year, month and day.
    #[default]
    Day,
    /// Year and month.
    Month,
    /// The year alone.
    Year,
}

impl DatePrecision {
    /// Writes what is known of a date: `2023-03-06`, `2023-03` or `2023`.
    pub fn write(self, date: Date) -> String {
        match self {
            DatePrecision::Day => date.to_string(),
            DatePrecision::Month => format!("{:04}-{:02}", date.year(), date.month()),
            DatePrecision::Year => format!("{:04}", date.year()),
        }
    }
}

/// What trailing labels (`` `Uber` `2021` ``) of an entry mean, which does not follow from the syntax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Labels {
    /// They are tags.
    #[default]
    Tags,
    /// The first one that is no year is the company; the others are tags.
    Company,
    /// They are kept with the entry and not searched as tags.
    Ignore,
}

impl Entry {
    /// The first title, which is the one to display.
    pub fn title(&self) -> &str {
        self.titles.first().map_or(self.url.as_str(), String::as_str)
    }
}

/// Longest title and author, in characters: the longest titles of papers have 300.
pub const LONGEST_TITLE: usize = 300;
/// Longest heading of a section of a text.
pub const LONGEST_HEADING: usize = 200;
/// Longest name: of a tag, a company, a site or a section of a list.
pub const LONGEST_NAME: usize = 120;
/// Longest description that a list gives of an entry.
pub const LONGEST_DESCRIPTION: usize = 5_000;

/// A text of at most `most` characters: a longer one is cut behind a word and ends with `…`.
///
/// ```
/// use mlsearch::entry::shortened;
///
/// assert_eq!(shortened("feature store", 13), "feature store");
/// assert_eq!(shortened("feature store", 12), "feature…");
/// ```
pub fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most || text.char_indices().nth(most).is_none() {
        return Cow::Borrowed(text);
    }
    let end = text.char_indices().nth(most.saturating_sub(1)).map_or(0, |(at, _)| at);
    let end = cut_up_to(text, 0, end);
    let head = &text[..end];
    let ends_word = text[end..].starts_with(char::is_whitespace);
    // In a text without blanks a word may be all there is.
    let space = head.rfind(char::is_whitespace).filter(|at| !ends_word && *at >= end / 2);
    let head = head[..space.unwrap_or(end)].trim_end();
    Cow::Owned(format!("{}…", head.trim_end_matches([',', ';', ':', '-', '–', '—'])))
}

/// Cuts a text as [`shortened`] does.
pub fn shorten(text: &mut String, most: usize) {
    if let Cow::Owned(short) = shortened(text, most) {
        *text = short;
    }
}

#[cfg(test)]
mod tests {
    use crate::entry::shortened;

    #[test]
    fn a_long_text_is_cut_behind_a_word() {
        for (text, most, expected) in [
            ("", 5, ""),
            ("one two", 7, "one two"),
            ("one two three", 8, "one two…"),
            ("one two three", 7, "one…"),
            ("one, two three", 9, "one, two…"),
            ("one, two three", 8, "one…"),
            ("a abcdefghijk", 8, "a abcde…"),
            ("これは長い題です", 5, "これは長…"),
            ("ééééé", 5, "ééééé"),
            ("हिन्दी", 5, "हि…"),
            ("🇩🇪🇫🇷🇮🇹", 4, "🇩🇪…"),
        ] {
            let short = shortened(text, most);
            assert_eq!(short, expected);
            assert!(short.chars().count() <= most);
        }
        assert_eq!(shortened(&"w".repeat(1 << 20), 300).chars().count(), 300);
    }
}
