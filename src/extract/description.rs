//! The description: the article's text as JSON-LD repeats it for search engines, without the
//! boilerplate between its paragraphs. Blocks are aligned with it.

use std::collections::HashSet;

use crate::extract::blocks::{Block, BlockKind};

/// A description with fewer words is a teaser.
const MIN_WORDS: usize = 80;
/// Share of the description's runs of words that the candidate must hold.
const MIN_RECALL: f32 = 0.8;
/// Share of the candidate's runs that the description must hold, for it to be the whole text.
const MIN_PRECISION: f32 = 0.6;
/// A block of which the description has a smaller share than this is no part of the article.
const MIN_KNOWN: f32 = 0.2;

/// Marks the blocks that are not in the description, if it is one of the whole text.
pub(crate) fn align(
    described: &str,
    blocks: &[Block],
    kept: &[usize],
    cuts: &mut [Option<&'static str>],
) {
    let described = words(described);
    if described.len() < MIN_WORDS {
        return;
    }
    let known: HashSet<&[String]> = described.windows(RUN).collect();
    let counts: Vec<(usize, usize, usize)> = kept
        .iter()
        .filter(|at| cuts[**at].is_none())
        .map(|at| {
            let words = words(&blocks[*at].text);
            let runs = words.windows(RUN);
            (*at, runs.len(), runs.filter(|run| known.contains(run)).count())
        })
        .collect();
    let total: usize = counts.iter().map(|(_, runs, _)| runs).sum();
    let shared: usize = counts.iter().map(|(.., shared)| shared).sum();
    let shared = shared as f32;
    if shared < MIN_RECALL * known.len() as f32 || shared < MIN_PRECISION * total as f32 {
        return;
    }
    for (at, runs, shared) in counts {
        let telling = runs >= RUN && !matches!(blocks[at].kind, BlockKind::Code | BlockKind::Row);
        if telling && (shared as f32) < MIN_KNOWN * runs as f32 {
            cuts[at] = Some("not in the description");
        }
    }
}

/// Words in a run that is looked for.
const RUN: usize = 3;

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}
