//! Coverage: how much of the listed article a text is.

use serde::{Deserialize, Serialize};

use crate::extract::{article::Article, metadata::Metadata};

/// A text above this is not the mere beginning of an article.
const MAX_BEGINNING_CHARS: usize = 3_000;
const BEGINNINGS: &[&str] = &[
    "to read the full story",
    "to read the full article",
    "to continue reading",
    "to keep reading",
    "subscribe to read",
    "continue reading with a",
    "member-only story",
    "this article is for subscribers",
    "this post is for paid subscribers",
    "this post is for paying subscribers",
    "already a subscriber",
    "for subscribers only",
];

/// How much of an article a text is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
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

/// Whether the text is the article or its free beginning.
pub(crate) fn of(metadata: &Metadata, article: &Article) -> (Coverage, Option<String>) {
    if article.chars() > MAX_BEGINNING_CHARS {
        return (Coverage::FullText, None);
    }
    let said = article.blocks.iter().find_map(|block| {
        let text = block.text.to_lowercase();
        let short = block.chars < 300;
        BEGINNINGS.iter().find(|words| short && text.contains(**words))
    });
    match said {
        Some(words) => (Coverage::Abstract, Some(format!("only the beginning: “{words}”"))),
        None if metadata.linked.is_paywalled => {
            (Coverage::Abstract, Some("the page says that it is not free to read".into()))
        }
        None => (Coverage::FullText, None),
    }
}

/// A note when the text has no word of a listed title. It is no more than a note, since titles change.
pub(crate) fn mismatch(
    listed_titles: &[String],
    text: &str,
    title: Option<&str>,
) -> Option<String> {
    if listed_titles.is_empty() {
        return None;
    }
    let text = format!("{} {text}", title.unwrap_or_default()).to_lowercase();
    let told = |title: &String| {
        let title = title.to_lowercase();
        let mut words =
            title.split(|c: char| !c.is_alphanumeric()).filter(|w| w.chars().count() > 3);
        let mut any = false;
        words.any(|word| {
            any = true;
            text.contains(word)
        }) || !any
    };
    (!listed_titles.iter().any(told)).then(|| "the text has no word of the listed title".to_owned())
}
