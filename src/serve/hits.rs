//! Hits as a page shows them: what the terminal says of them, in the same words.

use crate::{
    canonical::link_target,
    search::{Hit, Snippet},
    serve::{
        links::{reading, site},
        marked::{MarkedPiece, clean, language, pieces},
    },
    wording::dates,
};

/// A hit as a page shows it.
pub(crate) struct ShownHit {
    pub(crate) title: String,
    /// Where the title leads: to the passage in the article, or to the page on which we show it.
    pub(crate) href: Option<String>,
    /// Whether that is somewhere else.
    pub(crate) is_outward: bool,
    /// The page on which we show its text.
    pub(crate) reading: Option<String>,
    pub(crate) site: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) is_inferred: bool,
    pub(crate) dates: Option<String>,
    pub(crate) tags: String,
    pub(crate) provenance: String,
    pub(crate) missing: String,
    pub(crate) passages: Vec<ShownPassage>,
}

/// A passage with its marks.
pub(crate) struct ShownPassage {
    pub(crate) heading: Option<String>,
    pub(crate) pieces: Vec<MarkedPiece>,
}

impl ShownHit {
    /// A hit for a query. To the public no text is shown as a whole.
    pub(crate) fn new(hit: &Hit, query: &str, is_public: bool) -> ShownHit {
        let reading = (!is_public).then(|| reading(&hit.id, query));
        let outward = link_target(&hit.passage_url());
        ShownHit {
            title: Some(clean(&hit.title))
                .filter(|t| !t.is_empty())
                .unwrap_or_else(|| clean(&hit.id)),
            is_outward: outward.is_some(),
            href: outward.or_else(|| reading.clone()),
            reading,
            site: site(&hit.url),
            language: language(hit.language.as_deref()),
            company: hit.company.as_deref().map(clean),
            is_inferred: hit.company_inferred,
            dates: dates(hit.date_listed, hit.date_published),
            tags: listed(&hit.tags),
            provenance: hit.provenance.to_string(),
            missing: listed(&hit.missing),
            passages: hit.snippets.iter().map(ShownPassage::new).collect(),
        }
    }
}

impl ShownPassage {
    fn new(snippet: &Snippet) -> ShownPassage {
        ShownPassage {
            heading: snippet.heading.as_deref().map(clean).filter(|heading| !heading.is_empty()),
            pieces: pieces(&snippet.text, &snippet.marks),
        }
    }
}

fn listed(words: &[String]) -> String {
    words.iter().map(|word| clean(word)).collect::<Vec<_>>().join(", ")
}
