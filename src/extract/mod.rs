//! The extractor: from a page's bytes to what a reader sees.

mod afterword;
mod article;
mod blocks;
mod candidates;
mod class_hints;
mod class_words;
mod comments;
mod coverage;
mod cut;
mod description;
mod document_kind;
mod dom;
mod explain;
mod extraction;
mod feed;
mod hidden;
mod link;
mod lists;
mod markup;
mod metadata;
mod neighbours;
mod outlinks;
mod parts;
mod phrases;
mod posts;
mod prune;
mod sections;
mod teasers;
mod toc;
mod trim;
mod verdict;

pub use crate::extract::{
    coverage::Coverage,
    explain::{BlockTrace, CandidateTrace, Explanation},
    extraction::{Extraction, Input},
    outlinks::{Outlinks, is_tweet},
    parts::{Part, bundle, unbundle},
};
use crate::{
    charset,
    content::Content,
    extract::{document_kind::DocumentKind, metadata::Linked},
    html::{self, Noscript},
    page::{Form, Outcome},
    pdf,
};

/// Version of the extractor's results; raise it when the same bytes give another content.
pub const VERSION: u32 = 8;

/// Bytes of a body whose reading is bounded by its size: what is worst in so much markup takes 0.4 s.
const MAX_LOW_RISK_BYTES: usize = 128 << 10;

/// How much time and memory it may take to read a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Risk {
    /// Less than a second, whatever stands in it.
    Low,
    /// Seconds, or hundreds of megabytes: feeds, notebooks, and whatever has more than 128 kB.
    Some,
    /// More than any machine has: PDF files, also as one of several pages.
    Any,
}

/// The risk of a body, by its size and its kind.
pub fn risk(input: &Input<'_>) -> Risk {
    let of_kind = |kind| match kind {
        DocumentKind::Pdf => Risk::Any,
        DocumentKind::Feed | DocumentKind::Notebook => Risk::Some,
        _ => Risk::Low,
    };
    let of_size = if input.body.len() > MAX_LOW_RISK_BYTES { Risk::Some } else { Risk::Low };
    let of_content = match input.form {
        Form::Parts => unbundle(input.body).iter().map(|part| of_kind(part.kind())).max(),
        _ => Some(of_kind(DocumentKind::of(input.body, input.content_type, input.url))),
    };
    of_content.unwrap_or(Risk::Low).max(of_size)
}

/// Extracts the main content. Never fails and never panics, whatever the bytes.
pub fn extract(input: &Input<'_>) -> Extraction {
    if input.form == Form::Parts {
        let extract_part = |part: Part| {
            let found = extract(&Input {
                body: &part.body,
                url: &part.url,
                content_type: part.content_type.as_deref(),
                listed_titles: &[],
                // A part is one page: a body within a body could nest without end.
                form: Form::Page,
            });
            (part.url, found)
        };
        let pages = unbundle(input.body).into_iter().map(extract_part);
        return parts::merge(pages, input.listed_titles);
    }
    match DocumentKind::of(input.body, input.content_type, input.url) {
        DocumentKind::Html => html(input),
        DocumentKind::Markdown => {
            document(input, markup::markdown(&charset::plain(input.body, input.content_type)))
        }
        DocumentKind::Notebook => {
            document(input, markup::notebook(&charset::plain(input.body, input.content_type)))
        }
        DocumentKind::Plain => {
            document(input, Ok(markup::plain(&charset::plain(input.body, input.content_type))))
        }
        DocumentKind::Feed => document(input, feed::read(input.body, input.url)),
        DocumentKind::Pdf => match pdf::read(input.body) {
            Ok(found) => document(input, Ok(found)),
            Err((outcome, reason)) => Extraction::refused(outcome, reason),
        },
        DocumentKind::Other => {
            let media = input.content_type.unwrap_or("binary data");
            Extraction::refused(Outcome::UnsupportedType, format!("no text: {media}"))
        }
    }
}

/// Explains why the page's text was kept or cut; empty for what is no HTML.
pub fn explain(input: &Input<'_>) -> Explanation {
    match DocumentKind::of(input.body, input.content_type, input.url) {
        DocumentKind::Html => examine(input, |dom, _, article| explain::explain(dom, article)),
        _ => Err(String::new()),
    }
    .unwrap_or_default()
}

fn html(input: &Input<'_>) -> Extraction {
    let found = examine(input, |dom, metadata, article| {
        let (canonical_link, noindex) = (metadata.canonical.clone(), metadata.noindex);
        if let Some((coverage, described)) = described(metadata, article) {
            let reason = Some("the page shows no text; this is how it describes itself".into());
            let title = metadata.title.clone();
            let found = document(input, Ok(Content { title, ..described }));
            return Extraction { reason, coverage, canonical_link, noindex, ..found };
        }
        if let Some((outcome, reason)) = verdict::judge(dom, metadata, article) {
            let outlinks = outlinks::of_refused(dom, input.url, outcome);
            let refused = Extraction::refused(outcome, reason);
            return Extraction { canonical_link, noindex, outlinks, ..refused };
        }
        let outlinks = outlinks::of_article(dom, input.url, metadata, article);
        let (coverage, reason) = coverage::of(metadata, article);
        let content = Content {
            title: metadata.title.clone(),
            sections: article.sections(),
            author: metadata.author.clone(),
            date_published: metadata.date,
            language: None,
            site_name: metadata.site.clone(),
        };
        let declared = metadata.language.as_deref();
        let extraction = Extraction::of(content, declared, input.listed_titles);
        let reason = reason.or(extraction.reason);
        Extraction { reason, coverage, canonical_link, noindex, outlinks, ..extraction }
    });
    found.unwrap_or_else(|reason| Extraction::refused(Outcome::TooLarge, reason))
}

/// Finds the article of a page, which may be the one for readers without scripts.
fn examine<T>(
    input: &Input<'_>,
    then: impl FnOnce(&dom::Dom<'_>, &metadata::Metadata, &article::Article) -> T,
) -> Result<T, String> {
    // Two bytes a character in UTF-16; what is not parsed need not be decoded.
    let body = &input.body[..input.body.len().min(2 * html::MAX_BYTES)];
    let mut text = charset::html(body, input.content_type);
    if document_kind::is_xhtml(input.content_type, &text) {
        text = html::from_xhtml(&text).into_owned().into();
    }
    let tree = html::parse(&text, Noscript::Ignored)?;
    let dom = dom::Dom::new(&tree);
    let metadata = metadata::Metadata::new(&dom, input.url);
    let article = article::Article::find(&dom, &metadata);
    if article.chars() < NOSCRIPT_CHARS
        && text.contains("<noscript")
        && let Ok(tree) = html::parse(&text, Noscript::Shown)
    {
        let dom = dom::Dom::new(&tree);
        let shown = article::Article::find(&dom, &metadata);
        if shown.chars() > 2 * article.chars() + MIN_NOSCRIPT_CHARS {
            return Ok(then(&dom, &metadata, &shown));
        }
    }
    Ok(then(&dom, &metadata, &article))
}

/// The text that a page without one gives to search engines, if it has more than what it shows.
fn described(
    metadata: &metadata::Metadata,
    article: &article::Article,
) -> Option<(Coverage, Content)> {
    let (coverage, text) = match &metadata.linked {
        Linked { body: Some(body), .. } => (Coverage::FullText, body),
        Linked { description: Some(description), .. } => (Coverage::Abstract, description),
        _ => return None,
    };
    let is_better = article.chars() < DESCRIBED_CHARS
        && text.chars().count() >= DESCRIBED_CHARS.max(2 * article.chars());
    is_better.then(|| markup::described(text).ok()).flatten().map(|content| (coverage, content))
}

/// What a document without metadata elements comes to; its language is the one that it declares.
fn document(input: &Input<'_>, read: Result<Content, String>) -> Extraction {
    match read {
        Ok(content) if content.sections.is_empty() => {
            Extraction::refused(Outcome::Empty, "no text".into())
        }
        Ok(mut content) => {
            let declared = content.language.take();
            Extraction::of(content, declared.as_deref(), input.listed_titles)
        }
        Err(reason) => Extraction::refused(Outcome::UnsupportedType, reason),
    }
}

/// A page with less text than this may describe itself better than it shows itself.
const DESCRIBED_CHARS: usize = 200;
/// A page with less text than this may keep its article for readers without scripts.
const NOSCRIPT_CHARS: usize = 500;
/// What it keeps for them must be more than a request to run scripts.
const MIN_NOSCRIPT_CHARS: usize = 200;
