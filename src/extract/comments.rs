//! Comments and reviews below an article, told by their heading and by the days that each has.

use std::ops::Range;

use crate::extract::{
    blocks::{Block, BlockKind, Blocks},
    dom::{Dom, Id, Tag},
    phrases, posts,
};

/// Characters of running text that an article has before its comments.
const MIN_PROSE_BEFORE: usize = 200;
/// Characters of a heading above comments: `Customer reviews (12)`.
const MAX_HEADING_CHARS: usize = 40;
/// Such headings that are looked at.
const MAX_HEADINGS: usize = 20;
/// Elements around the heading in which comments are looked for.
const MAX_LEVELS: usize = 4;
/// Nodes below the heading that are looked at for the list of comments.
const MAX_NODES: usize = 400;

/// The blocks of comments with their headings: elements of one shape that follow a heading which
/// announces them, nearly all with a day.
pub(crate) fn find(dom: &Dom<'_>, blocks: &Blocks) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut prose = 0;
    let mut headings = 0;
    for (at, block) in blocks.list.iter().enumerate() {
        let is_new = found.last().is_none_or(|range| range.end <= at);
        if is_new && prose >= MIN_PROSE_BEFORE && headings < MAX_HEADINGS && announces(block) {
            headings += 1;
            let below = below(dom, blocks, block.owner);
            found.extend(below.map(|end| at..end.max(at + 1)));
        }
        prose += if block.is_prose() { block.chars } else { 0 };
    }
    found
}

/// Whether a heading is `Comments`, `Customer reviews (12)` or `3 thoughts on …`.
fn announces(block: &Block) -> bool {
    const WHOLE: [&str; 6] =
        ["comments", "reviews", "customerreviews", "userreviews", "replies", "responses"];
    const COUNTED: [&str; 5] = ["comment", "review", "thought", "repl", "response"];
    if !matches!(block.kind, BlockKind::Heading(_)) || block.chars > MAX_HEADING_CHARS {
        return false;
    }
    let line = phrases::letters(&block.text);
    let words = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_counted = words.len() < line.len() && COUNTED.iter().any(|w| words.starts_with(w));
    is_counted || WHOLE.contains(&words.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// Where the comments below a heading end, as a place among the blocks.
fn below(dom: &Dom<'_>, blocks: &Blocks, heading: Id) -> Option<usize> {
    let has_text = |id: Id| !blocks.of(dom, id).is_empty();
    let around = dom.ancestors(heading).take(MAX_LEVELS);
    around.take_while(|id| !matches!(dom.nodes[*id].tag, Tag::Main | Tag::Body)).find_map(
        |around| {
            let end = dom.nodes[around].end.min(dom.nodes[heading].end + MAX_NODES);
            let parents = std::iter::once(around).chain(dom.nodes[heading].end..end);
            let mut series = parents
                .filter(|id| dom.nodes[*id].tag.is_block())
                .flat_map(|parent| posts::series(dom, parent, has_text))
                .filter(|series| series[0] > heading && posts::are_dated(dom, series));
            series.next().map(|series| blocks.of(dom, series[series.len() - 1]).end)
        },
    )
}
