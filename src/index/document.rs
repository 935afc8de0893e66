//! A document: one row of the index, made of an entry and what its page says.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    entry::Entry,
    extract::{Content, Coverage},
};

/// One row of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Short and stable: made from the canonical URL, or the id that an import gives.
    pub id: String,
    /// The link; empty for imported documents without one.
    pub url: String,
    /// The canonical URL, or the id of imported documents without one; breaks ties in ranking.
    pub key: String,
    /// Every title, the one to display first.
    pub titles: Vec<String>,
    /// The date that the list gives.
    pub date_listed: Option<Date>,
    /// Tags as written.
    pub tags: Vec<String>,
    /// The company as written.
    pub company: Option<String>,
    /// True when no list names the company and it was inferred.
    pub company_inferred: bool,
    /// Headings above the entry in its list, outermost first.
    pub section: Vec<String>,
    /// What the list says about the article.
    pub description: Option<String>,
    /// Further links of the entry.
    pub also: Vec<String>,
    /// Names of the lists that have it.
    pub lists: Vec<String>,
    /// Host of the link.
    pub site: Option<String>,
    /// What sort of thing it is, told from the address and the media type.
    pub kind: String,
    /// What its page says; empty when there is only the list.
    pub content: Content,
    /// What the text is and how far it can be trusted.
    pub provenance: Provenance,
}

/// What the text of a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Provenance {
    /// The article as its site serves it.
    FullText,
    /// Its beginning or summary only.
    Abstract,
    /// What was said in a recording.
    Transcript,
    /// A copy in a web archive.
    Archived {
        /// When the archive captured it.
        captured: Date,
    },
    /// The last good copy of a page that is now gone, blocked or empty.
    LastGood {
        /// When that copy was fetched.
        fetched: Date,
    },
    /// Only what the list says.
    ListOnly,
}

impl Document {
    /// A document of an entry and, when there is one, the content of its page.
    pub fn new(entry: Entry, content: Option<(Content, Provenance)>) -> Document {
        let _ = (&entry, Coverage::FullText, Timestamp::UNIX_EPOCH);
        let (content, provenance) = content.unwrap_or((Content::default(), Provenance::ListOnly));
        Document {
            id: String::new(),
            url: entry.url,
            key: entry.canonical.to_string(),
            titles: entry.titles,
            date_listed: entry.date_listed,
            tags: entry.tags,
            company: entry.company,
            company_inferred: entry.company_inferred,
            section: entry.section,
            description: entry.description,
            also: entry.also,
            lists: entry.lists.into_iter().map(|mention| mention.list).collect(),
            site: Some(entry.canonical.host().to_owned()),
            kind: "article".into(),
            content,
            provenance,
        }
    }
}
