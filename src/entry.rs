//! An entry: what the curator of a list says about one article.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::canonical::CanonicalUrl;

/// What the curator says of one article, as read from one or several lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Every title under which the article is listed, in list order; never empty.
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
    /// Trailing code spans whose meaning the syntax does not tell (company, licence, year).
    pub labels: Vec<String>,
    /// Further links of the same entry (code, slides, video), absolute.
    pub also: Vec<String>,
    /// Where it stands; one for each list that has it, never empty.
    pub lists: Vec<Mention>,
}

/// The place of an entry in a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What trailing labels (`` `Uber` `2021` ``) of an entry mean; the syntax does not tell.
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
