//! What became of one page, as people and scripts are shown it.

use serde::Serialize;

use crate::{
    engine::Provenance,
    error::Error,
    page::{Outcome, Page},
    store::Store,
    update::stored_text::{self, KnownText},
};

/// What became of one page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PageReport {
    /// The link in the list.
    pub url: String,
    /// The URL that answered.
    pub final_url: String,
    /// What became of the visit.
    pub outcome: Outcome,
    /// The evidence.
    pub reason: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// What sort of text is known of the page now: `full text`, `abstract`, `transcript`,
    /// `archived 2022-08-01`, `copy of 2026-11-02` when the visit failed, `list only`.
    pub provenance: String,
    /// The addresses that gave the text, when it is not, or not only, that of the page itself.
    pub text_from: Vec<String>,
    /// The title that the page gives; none when the visit failed.
    pub title: Option<String>,
    /// Characters of main content; 0 when the visit failed.
    pub text_chars: u64,
    /// True when the text is another than the one before.
    pub changed: bool,
    /// Requests sent.
    pub requests: u32,
    /// Bytes received.
    pub bytes: u64,
    /// Milliseconds from the first to the last byte.
    pub ms: u64,
}

impl PageReport {
    /// Reports a visit, with what is known of the page's text now.
    pub(crate) fn new(page: &Page, known: Option<&KnownText>, has_changed: bool) -> PageReport {
        let provenance = known.map_or(&Provenance::ListOnly, |known| &known.provenance);
        let shown = known.filter(|_| page.outcome.is_good());
        PageReport {
            url: page.url.clone(),
            final_url: page.final_url.clone(),
            outcome: page.outcome,
            reason: page.reason.clone(),
            status: page.status,
            provenance: provenance.to_string(),
            text_from: shown.map(|known| known.origins.clone()).unwrap_or_default(),
            title: shown.and_then(|known| known.content.title.clone()),
            text_chars: shown.map_or(0, |known| known.content.text().chars().count() as u64),
            changed: has_changed,
            requests: page.requests,
            bytes: page.wire_bytes,
            ms: page.elapsed_ms,
        }
    }

    /// Reports a visit that brought no text of its own, with the text that the store has.
    pub(crate) fn without_text(store: &Store, key: &str, page: &Page) -> Result<PageReport, Error> {
        let last = store.last_visit(key)?;
        let known = match store.text(key)? {
            Some(text) => stored_text::known(&text, last.map(|visit| visit.outcome))?,
            None => None,
        };
        Ok(PageReport::new(page, known.as_ref(), false))
    }
}
