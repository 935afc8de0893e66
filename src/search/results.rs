//! What a search returns.

use jiff::civil::Date;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::{
    engine::{Provenance, execution::FacetCounts, fusion::Ranks},
    query::{
        note::{Corrected, Note},
        sort::Sort,
    },
    search::snippet::Snippet,
};

/// What a search returns.
///
/// It is serialized without its notes, which the interfaces word.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Results {
    /// Documents that match, shown or not; when they were not counted, as many as are known of.
    pub total: usize,
    /// The hits asked for, in order.
    pub hits: Vec<Hit>,
    /// Counts for each facet, when asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<FacetCounts>,
    /// What decides the order of the hits.
    pub sort: Sort,
    /// Whether some of the hits lack some of the words; `missing` says which.
    pub relaxed: bool,
    /// Words that were taken for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Corrected>,
    /// What was changed or ignored about the query.
    #[serde(skip)]
    pub notes: Vec<Note>,
}

/// One document that matches.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Hit {
    /// The document's id.
    pub id: String,
    /// Its link.
    pub url: String,
    /// Further addresses of the same article.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_at: Vec<String>,
    /// The title to display.
    pub title: String,
    /// The company.
    pub company: Option<String>,
    /// True when the company was inferred.
    pub company_inferred: bool,
    /// The language of its text, as an ISO 639-1 code.
    pub language: Option<String>,
    /// The tags.
    pub tags: Vec<String>,
    /// The date that the list gives.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date")))]
    pub date_listed: Option<Date>,
    /// The date that the article gives.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date")))]
    pub date_published: Option<Date>,
    /// Larger is better and comes first; comparable within one search only, 0 when dates decide.
    pub score: f32,
    /// The words of the query that it lacks, as typed.
    pub missing: Vec<String>,
    /// What the text is.
    pub provenance: Provenance,
    /// The best passages.
    pub snippets: Vec<Snippet>,
    /// Its ranks by words and by meaning, when both count; `score` is made of them then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ranks: Option<Ranks>,
    /// Whether it has none of the words and was found by its meaning; missing when not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "cli", schemars(default))]
    pub by_meaning_alone: bool,
    /// Why it has this score, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
}

impl Hit {
    /// The link with a text fragment that leads to the first passage.
    ///
    /// Text fragments: <https://wicg.github.io/scroll-to-text-fragment/>.
    pub fn passage_url(&self) -> String {
        passage_url(&self.url, &self.provenance, self.snippets.first())
    }
}

/// A link with a text fragment that leads to a passage, where the page of today has it.
pub(crate) fn passage_url(url: &str, provenance: &Provenance, passage: Option<&Snippet>) -> String {
    let is_live = matches!(provenance, Provenance::FullText | Provenance::Abstract);
    let url = url.trim();
    let words = passage.filter(|_| is_live && !url.is_empty()).and_then(passage_words);
    match words {
        Some(words) if url.contains('#') => format!("{url}:~:text={words}"),
        Some(words) => format!("{url}#:~:text={words}"),
        None => url.to_owned(),
    }
}

/// What is percent-encoded in a text fragment; a `-` would part it in two.
const NOT_IN_FRAGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'.').remove(b'_');

/// A few words from the first mark on, percent-encoded.
fn passage_words(snippet: &Snippet) -> Option<String> {
    let (start, _) = *snippet.marks.first()?;
    let words: Vec<&str> = snippet.text.get(start..)?.split_whitespace().take(5).collect();
    let words = words.join(" ");
    let words = words.trim_end_matches('…').trim();
    Some(utf8_percent_encode(words, &NOT_IN_FRAGMENT).to_string())
}

#[cfg(test)]
mod tests {
    use crate::{
        engine::Provenance,
        search::{results::passage_url, snippet::Snippet},
    };

    #[test]
    fn an_address_leads_to_the_passage_where_there_is_one() {
        let passage = Snippet { text: "A marmot.".into(), marks: vec![(2, 8)], heading: None };
        let check = |url: &str, address: &str| {
            assert_eq!(passage_url(url, &Provenance::FullText, Some(&passage)), address, "{url}");
        };
        check("https://a.example/x", "https://a.example/x#:~:text=marmot.");
        check("https://a.example/x#y", "https://a.example/x#y:~:text=marmot.");
        check(" ", "");
    }
}
