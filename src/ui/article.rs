//! The text of an article as the preview has it, with its marks and its best passage.

use crate::{
    engine::Document,
    search::{Marker, Snippet},
    ui::{finder_failure::FinderFailure, marked_text::MarkedText},
    wording::dates,
};

/// Bytes of a text that are shown; what is longer is read in the browser.
const MOST_BYTES: usize = 400_000;

/// The text of an article with the words of a query marked.
#[derive(Clone, Debug, Default)]
pub struct ArticleText {
    pub(crate) lines: Vec<ArticleLine>,
    /// The line and the byte at which the best passage begins; none where nothing matches.
    pub(crate) passage: Option<(usize, usize)>,
}

/// A line before it is wrapped.
#[derive(Clone, Debug)]
pub(crate) struct ArticleLine {
    pub(crate) kind: LineKind,
    pub(crate) text: MarkedText,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    Heading,
    Fact,
    Text,
}

impl ArticleText {
    /// The text of a document.
    pub fn of(document: &Document, marker: &mut Marker) -> ArticleText {
        let best = marker.snippets(&document.content, document.description.as_deref(), 1);
        let best = best.into_iter().next().filter(|best| !best.marks.is_empty());
        let wanted = best.as_ref().map(words_of);
        marker.read_as(document.content.language.as_deref());
        let mut article = ArticleText::default();
        article.heading(document.title(), marker);
        if !document.url.trim().is_empty() {
            article.plain(LineKind::Fact, &document.url);
        }
        article.plain(LineKind::Fact, &facts(document));
        let mut left = MOST_BYTES;
        if let Some(description) = &document.description {
            article.paragraph(description, wanted, &mut left, marker);
        }
        for section in &document.content.sections {
            if left == 0 {
                break;
            }
            if let Some(heading) = section.heading.last().filter(|text| !text.trim().is_empty()) {
                article.plain(LineKind::Text, "");
                article.heading(heading, marker);
            }
            for paragraph in &section.paragraphs {
                article.paragraph(paragraph, wanted, &mut left, marker);
            }
        }
        if left == 0 {
            article.plain(LineKind::Text, "");
            article.plain(LineKind::Fact, "the rest of this long text is not shown");
        }
        article
    }

    /// Why there is none, in its place.
    pub(crate) fn of_failure(FinderFailure { message, hint }: &FinderFailure) -> ArticleText {
        let mut article = ArticleText::default();
        article.plain(LineKind::Text, &format!("error: {message}"));
        if let Some(hint) = hint {
            article.plain(LineKind::Fact, &format!("hint: {hint}"));
        }
        article
    }

    fn heading(&mut self, text: &str, marker: &mut Marker) {
        let text = MarkedText::of(text.trim(), &marker.ranges(text.trim()));
        self.lines.push(ArticleLine { kind: LineKind::Heading, text });
    }

    fn plain(&mut self, kind: LineKind, text: &str) {
        let text = MarkedText::of(text.trim(), &[]);
        self.lines.push(ArticleLine { kind, text });
    }

    /// Lines of code and of tables stay lines.
    fn paragraph(
        &mut self,
        text: &str,
        wanted: Option<&str>,
        left: &mut usize,
        marker: &mut Marker,
    ) {
        let text = &text[..text.floor_char_boundary(*left)];
        *left = left.saturating_sub(text.len().max(1));
        if text.trim().is_empty() {
            return;
        }
        self.plain(LineKind::Text, "");
        let line_of = |at: usize| text[..at].matches('\n').count();
        let passage = wanted.filter(|_| self.passage.is_none()).and_then(|words| {
            // A snippet has blanks of the same length for what ends lines.
            let flat: String =
                text.chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect();
            flat.find(words)
        });
        if let Some(at) = passage {
            let line = line_of(at);
            let begin = text[..at].rfind('\n').map_or(0, |end| end + 1);
            let at = MarkedText::of(&text[begin..at], &[]).text.len();
            self.passage = Some((self.lines.len() + line, at));
        }
        for line in text.split('\n') {
            let text = MarkedText::of(line, &marker.ranges(line));
            self.lines.push(ArticleLine { kind: LineKind::Text, text });
        }
    }
}

/// A passage as the text has it, without the signs that it was cut.
fn words_of(passage: &Snippet) -> &str {
    let text = passage.text.strip_prefix("… ").unwrap_or(&passage.text);
    text.strip_suffix(" …").unwrap_or(text)
}

/// What is known of an article, in one line.
fn facts(document: &Document) -> String {
    let mut facts = Vec::new();
    facts.extend(document.company.clone());
    facts.extend(document.content.author.iter().map(|author| format!("by {author}")));
    facts.extend(dates(document.date_listed, document.content.date_published));
    if !document.tags.is_empty() {
        facts.push(document.tags.iter().map(|tag| tag.trim()).collect::<Vec<_>>().join(", "));
    }
    facts.push(document.provenance.to_string());
    facts.join(" · ")
}
