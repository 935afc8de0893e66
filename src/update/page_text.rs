//! What the extractor has found on a page, in the form in which it is stored.

use crate::{
    content::Content,
    duplicates::{claims, sketch::Sketch},
    extract::{Coverage, Extraction, Outlinks},
    page::{Form, Outcome, Page},
    update::{extractors::Extracted, stored_text::StoredText},
};

/// What the extractor has found on a page.
pub(crate) struct PageText {
    /// The extractor's version.
    pub(crate) version: u32,
    /// Whether the extractor came to its end.
    pub(crate) is_known: bool,
    pub(crate) outcome: Outcome,
    pub(crate) reason: Option<String>,
    pub(crate) stored: StoredText,
    pub(crate) outlinks: Outlinks,
    pub(crate) claim: Option<String>,
    /// The text as it is stored, as a reader sees it, and its sketch.
    pub(crate) text: Vec<u8>,
    pub(crate) plain: String,
    pub(crate) sketch: Option<Vec<u8>>,
}

impl PageText {
    /// Judges an extraction by itself and makes of it what is stored.
    pub(crate) fn new(key: &str, page: &Page, extracted: Extracted) -> PageText {
        let Extracted { extraction, version, is_known } = extracted;
        let (outcome, reason) = verdict(page, &extraction);
        let content = if outcome.is_good() { extraction.content } else { Content::default() };
        let plain = content.text();
        let coverage = match page.form {
            Form::Summary => Coverage::Abstract,
            Form::Page | Form::Parts => extraction.coverage,
        };
        let mut origins = extraction.origins;
        if origins.iter().all(|url| *url == page.final_url) {
            origins.clear();
        }
        let stored = StoredText { content, coverage, origins };
        let text = stored.to_bytes();
        let sketch = Sketch::of(&plain).map(|sketch| sketch.to_bytes());
        let claim = claims::claim(key, &page.final_url, extraction.canonical_link.as_deref());
        let outlinks = extraction.outlinks;
        PageText {
            version,
            is_known,
            outcome,
            reason,
            stored,
            outlinks,
            claim,
            text,
            plain,
            sketch,
        }
    }

    /// Takes the text for none.
    pub(crate) fn refuse(&mut self, outcome: Outcome, reason: String) {
        (self.outcome, self.reason) = (outcome, Some(reason));
        self.stored.content = Content::default();
        self.text = self.stored.to_bytes();
        (self.plain, self.sketch) = (String::new(), None);
    }
}

/// What a visit comes to once its text is known.
pub fn verdict(page: &Page, extraction: &Extraction) -> (Outcome, Option<String>) {
    if extraction.noindex {
        return (Outcome::Disallowed, Some("the page asks not to be indexed".into()));
    }
    match extraction.outcome {
        Outcome::Ok => (page.outcome, extraction.reason.clone().or_else(|| page.reason.clone())),
        other => (other, extraction.reason.clone()),
    }
}
