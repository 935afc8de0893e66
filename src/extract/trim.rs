//! Trimming: what stands inside the chosen candidate without being the article.

use crate::extract::blocks::{Block, Kind};

/// For each block of the candidate, the rule that drops it.
pub(crate) fn trim(blocks: &[&Block], title: Option<&str>) -> Vec<Option<&'static str>> {
    let mut dropped: Vec<Option<&'static str>> = vec![None; blocks.len()];
    let title = title.map(letters).unwrap_or_default();
    for (at, block) in blocks.iter().enumerate() {
        if at < 6 && !title.is_empty() && block.chars < 400 && letters(&block.text) == title {
            dropped[at] = Some("title");
        }
    }
    for at in 0..blocks.len() {
        let block = blocks[at];
        if block.kind == Kind::Code {
            continue;
        }
        if block.link_share() > 0.9
            && block.chars > 0
            && matches!(block.kind, Kind::Loose | Kind::Paragraph)
        {
            dropped[at] = Some("link line");
        }
    }
    for at in (0..blocks.len()).rev() {
        if dropped[at].is_some() {
            continue;
        }
        let block = blocks[at];
        if block.is_prose() {
            break;
        }
        if matches!(block.kind, Kind::Heading(_)) || block.link_share() > 0.5 {
            dropped[at] = Some("after the end");
        }
    }
    dropped
}

/// The letters and digits of a text in lower case, to compare lines by.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
