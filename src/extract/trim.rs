//! Trimming: what stands inside the chosen candidate without being the article.

use std::collections::HashSet;

use crate::extract::blocks::{Block, Kind};

/// Marks the blocks of the candidate that are no part of the article.
pub(crate) fn trim(blocks: &[Block], title: Option<&str>, fates: &mut [Option<&'static str>]) {
    let kept: Vec<usize> = (0..blocks.len()).filter(|at| fates[*at].is_none()).collect();
    let mut seen = HashSet::new();
    for &at in &kept {
        let block = &blocks[at];
        if block.chars >= 60 && block.kind != Kind::Code && !seen.insert(block.text.as_str()) {
            fates[at] = Some("repeated");
        }
    }
    let title = title.map(letters).unwrap_or_default();
    for at in kept.iter().take(6) {
        let block = &blocks[*at];
        if !title.is_empty() && block.chars < 400 && letters(&block.text) == title {
            fates[*at] = Some("title");
        }
    }
    for &at in &kept {
        let block = &blocks[at];
        if block.kind != Kind::Code
            && block.link_share() > 0.9
            && matches!(block.kind, Kind::Loose | Kind::Paragraph)
        {
            fates[at] = Some("link line");
        }
    }
    for &at in kept.iter().rev() {
        let block = &blocks[at];
        if fates[at].is_some() {
            continue;
        }
        if block.is_prose() {
            break;
        }
        if matches!(block.kind, Kind::Heading(_)) || block.link_share() > 0.5 {
            fates[at] = Some("after the end");
        }
    }
}

/// The letters and digits of a text in lower case, to compare lines by.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
