//! The extractor: from a page's bytes to what a reader sees.

mod article;
mod blocks;
mod candidates;
mod decode;
mod dom;
mod explain;
mod labels;
mod language;
mod metadata;
mod parse;
mod phrases;
mod prune;
mod retain;
mod trim;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::extract::explain::{BlockTrace, CandidateTrace, Explanation};
use crate::extract::parse::Noscript;
use crate::page::Outcome;

/// Version of the extractor's results; raise it when the same bytes give another content.
pub const VERSION: u32 = 1;

/// What a reader sees of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The article's title, without the site's name.
    pub title: Option<String>,
    /// The article in reading order.
    pub sections: Vec<Section>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was first published.
    pub date_published: Option<Date>,
    /// ISO 639-1 code of the text's language.
    pub language: Option<String>,
    /// The name of the site.
    pub site_name: Option<String>,
}

/// A run of text under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
}

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
}

/// What was found on a page.
#[derive(Clone, Debug)]
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
}

/// How much of an article a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Coverage {
    /// The article.
    #[default]
    FullText,
    /// Its beginning or summary.
    Abstract,
    /// What was said in a recording.
    Transcript,
}

/// Extracts the main content. Never fails and never panics, whatever the bytes.
pub fn extract(input: &Input<'_>) -> Extraction {
    let text = decode::html(input.body, input.content_type);
    let html = match parse::parse(&text, Noscript::Ignored) {
        Ok(html) => html,
        Err(reason) => return Extraction::without_content(Outcome::TooLarge, reason),
    };
    let dom = dom::Dom::new(&html);
    let metadata = metadata::Metadata::new(&dom, input.url);
    let mut sections = article::Article::find(&dom, &metadata).sections();
    if length(&sections) < NOSCRIPT_CHARS
        && text.contains("<noscript")
        && let Ok(html) = parse::parse(&text, Noscript::Shown)
    {
        let shown = article::Article::find(&dom::Dom::new(&html), &metadata).sections();
        if length(&shown) > 2 * length(&sections) {
            sections = shown;
        }
    }
    let mut content = Content {
        title: metadata.title,
        sections,
        author: metadata.author,
        date_published: metadata.date,
        language: None,
        site_name: metadata.site,
    };
    content.language = language::find(&content.text(), metadata.language.as_deref());
    let empty = content.sections.is_empty();
    Extraction {
        content,
        outcome: if empty { Outcome::Empty } else { Outcome::Ok },
        reason: None,
        coverage: Coverage::FullText,
        canonical_link: metadata.canonical,
        noindex: metadata.noindex,
    }
}

/// A page with less text than this may keep its article for readers without scripts.
const NOSCRIPT_CHARS: usize = 500;

fn length(sections: &[Section]) -> usize {
    sections.iter().flat_map(|section| &section.paragraphs).map(String::len).sum()
}

/// Says why the page's text was kept or cut; empty for what is no HTML.
pub fn explain(input: &Input<'_>) -> Explanation {
    let text = decode::html(input.body, input.content_type);
    let Ok(html) = parse::parse(&text, Noscript::Ignored) else { return Explanation::default() };
    let dom = dom::Dom::new(&html);
    let metadata = metadata::Metadata::new(&dom, input.url);
    explain::explain(&dom, &article::Article::find(&dom, &metadata))
}

impl Extraction {
    fn without_content(outcome: Outcome, reason: String) -> Extraction {
        Extraction {
            content: Content::default(),
            outcome,
            reason: Some(reason),
            coverage: Coverage::FullText,
            canonical_link: None,
            noindex: false,
        }
    }
}
