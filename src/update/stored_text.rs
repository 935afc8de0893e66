//! Texts: what the store keeps of an extraction, and what that comes to.

use serde::{Deserialize, Serialize};

use crate::{
    content::Content,
    dates,
    engine::Provenance,
    error::Error,
    extract::Coverage,
    page::{Outcome, Source},
    store::CopyText,
};

/// What the store keeps of an extraction.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredText {
    pub(crate) content: Content,
    pub(crate) coverage: Coverage,
    /// The addresses that gave the text, when it is not, or not only, that of the page itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) origins: Vec<String>,
}

impl StoredText {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("content has string keys only")
    }
}

/// What a reader sees of what the store keeps; nothing of what another version kept differently.
pub(crate) fn plain(text: &[u8]) -> String {
    let stored = serde_json::from_slice::<StoredText>(text);
    stored.map(|stored| stored.content.text()).unwrap_or_default()
}

/// The title in what the store keeps, empty for a page without one; none if another version kept it
/// differently. The text is passed over.
pub(crate) fn title(text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Stored {
        content: Titled,
    }
    #[derive(Deserialize)]
    struct Titled {
        title: Option<String>,
    }
    let stored = serde_json::from_slice::<Stored>(text).ok()?;
    Some(stored.content.title.unwrap_or_default())
}

/// What the store holds of a page: its text, what sort of text it is, and where it is from.
pub(crate) struct KnownText {
    pub(crate) content: Content,
    pub(crate) provenance: Provenance,
    pub(crate) origins: Vec<String>,
}

/// What the store holds of a page; none when that is no text.
pub(crate) fn known(text: &CopyText, outcome: Option<Outcome>) -> Result<Option<KnownText>, Error> {
    let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text.unpack()?) else {
        return Ok(None);
    };
    if stored.content.sections.is_empty() {
        return Ok(None);
    }
    let provenance = provenance(text, stored.coverage, outcome);
    Ok(Some(KnownText { content: stored.content, provenance, origins: stored.origins }))
}

fn provenance(text: &CopyText, coverage: Coverage, outcome: Option<Outcome>) -> Provenance {
    let is_live = text.source == Source::Live;
    if is_live && outcome.is_some_and(is_lost) {
        return Provenance::LastGood { fetched: dates::utc_day(text.fetched_at) };
    }
    fresh(&text.source, coverage)
}

/// The provenance of a text that has just come.
pub(crate) fn fresh(source: &Source, coverage: Coverage) -> Provenance {
    match (source, coverage) {
        (Source::Archived { captured, .. }, _) => {
            Provenance::Archived { captured: dates::utc_day(*captured) }
        }
        (Source::Live, Coverage::FullText) => Provenance::FullText,
        (Source::Live, Coverage::Abstract) => Provenance::Abstract,
        (Source::Live, Coverage::Transcript) => Provenance::Transcript,
    }
}

/// Whether the page itself is not what it was; no answer at all says nothing about the page.
pub(crate) fn is_lost(outcome: Outcome) -> bool {
    !outcome.is_good() && outcome != Outcome::Unreachable
}
