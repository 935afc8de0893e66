//! Extractions: what goes into the extractor, and what comes of it.

use serde::{Deserialize, Serialize};

use crate::{
    content::{Content, MAX_TEXT_BYTES},
    extract::{
        coverage::{self, Coverage},
        outlinks::Outlinks,
    },
    language,
    page::{Form, Outcome},
};

/// What to extract from.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'a> {
    /// The body, content codings removed, charset untouched.
    pub body: &'a [u8],
    /// The address that answered; the base for relative links.
    pub url: &'a str,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The titles under which the article is listed, to judge whether the text is about it.
    pub listed_titles: &'a [String],
    /// What the body is.
    pub form: Form,
}

/// What was found on a page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Extraction {
    /// The main content; empty unless `outcome` is [`Outcome::Ok`].
    pub content: Content,
    /// `Ok`, or what the page is instead: `Blocked, Gone, Empty, UnsupportedType, TooLarge`.
    pub outcome: Outcome,
    /// The evidence for the outcome.
    pub reason: Option<String>,
    /// How much of the article the text is.
    pub coverage: Coverage,
    /// `<link rel="canonical">`, absolute.
    pub canonical_link: Option<String>,
    /// Whether the page asks not to be indexed.
    pub noindex: bool,
    /// Where more of the text is.
    pub outlinks: Outlinks,
    /// The addresses of the pages that gave the text, if the body holds several.
    pub origins: Vec<String>,
}

impl Extraction {
    /// A page with a text; `declared` is the language that it declares.
    pub(crate) fn of(
        mut content: Content,
        declared: Option<&str>,
        listed_titles: &[String],
    ) -> Extraction {
        let was_cut = content.cut();
        let text = content.text();
        content.language = language::find(&text, declared);
        let mismatch = coverage::mismatch(listed_titles, &text, content.title.as_deref());
        let cut = || format!("only the first {} MB of the text are kept", MAX_TEXT_BYTES >> 20);
        Extraction {
            reason: mismatch.or_else(|| was_cut.then(cut)),
            content,
            outcome: Outcome::Ok,
            coverage: Coverage::FullText,
            canonical_link: None,
            noindex: false,
            outlinks: Outlinks::default(),
            origins: Vec::new(),
        }
    }

    /// A page that gave no text, and why.
    pub(crate) fn refused(outcome: Outcome, reason: String) -> Extraction {
        Extraction {
            content: Content::default(),
            outcome,
            reason: Some(reason),
            coverage: Coverage::FullText,
            canonical_link: None,
            noindex: false,
            outlinks: Outlinks::default(),
            origins: Vec::new(),
        }
    }
}
