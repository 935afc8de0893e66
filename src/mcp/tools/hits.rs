//! Hits as agents get them.

use std::fmt::Write;

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    mcp::{
        answer::AnswerText,
        document_id,
        fence::{address, clean_line},
    },
    search::Hit,
    wording::dates,
};

/// Characters of a title or a heading.
const TITLE_CHARS: usize = 200;
/// Characters of a name.
const NAME_CHARS: usize = 80;
/// Characters of a passage.
const PASSAGE_CHARS: usize = 700;

/// A hit. What the web says stands in `untrusted`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HitAnswer {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    provenance: String,
    score: f32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
    untrusted: UntrustedHit,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UntrustedHit {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<String>,
    /// The address with a text fragment, where one leads to the passage.
    #[serde(skip_serializing_if = "Option::is_none")]
    passage_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passage: Option<String>,
}

impl HitAnswer {
    fn of(hit: &Hit) -> HitAnswer {
        let snippet = hit.snippets.first();
        let line = |text: &str, most| Some(clean_line(text, most)).filter(|line| !line.is_empty());
        HitAnswer {
            id: document_id::told(&hit.id, &hit.url),
            url: address(&hit.url),
            date: dates(hit.date_listed, hit.date_published),
            provenance: hit.provenance.to_string(),
            score: hit.score,
            missing: hit.missing.iter().map(|word| clean_line(word, NAME_CHARS)).collect(),
            untrusted: UntrustedHit {
                title: clean_line(&hit.title, TITLE_CHARS),
                company: hit.company.as_deref().and_then(|company| line(company, NAME_CHARS)),
                passage_url: Some(hit.passage_url())
                    .filter(|url| *url != hit.url)
                    .and_then(|url| address(&url)),
                heading: snippet.and_then(|s| line(s.heading.as_deref()?, TITLE_CHARS)),
                passage: snippet.and_then(|s| line(&s.text, PASSAGE_CHARS)),
            },
        }
    }

    /// The same as text.
    fn text(&self, number: usize) -> String {
        let mut text = format!("{number}. [{}] {}\n", self.id, self.untrusted.title);
        let company = self.untrusted.company.clone();
        let known = [company, self.date.clone(), Some(self.provenance.clone())];
        let mut about: Vec<String> = known.into_iter().flatten().collect();
        if !self.missing.is_empty() {
            about.push(format!("without {}", self.missing.join(", ")));
        }
        about.extend(self.untrusted.passage_url.clone().or_else(|| self.url.clone()));
        let _ = writeln!(text, "   {}", about.join(" · "));
        for part in [&self.untrusted.heading, &self.untrusted.passage].into_iter().flatten() {
            let _ = writeln!(text, "   {part}");
        }
        text
    }
}

/// Puts hits into a text, as many as fit into an answer; those that did. The first one always does.
pub(crate) fn quote_hits(hits: &[Hit], first: usize, text: &mut AnswerText) -> Vec<HitAnswer> {
    let mut quoted = Vec::new();
    for (at, hit) in hits.iter().enumerate() {
        let hit = HitAnswer::of(hit);
        let lines = hit.text(first + at);
        if !text.fits(&lines, &hit) && at > 0 {
            break;
        }
        text.quote_item(&lines, &hit);
        quoted.push(hit);
    }
    quoted
}
