//! Afterwords: what a heading announces as no part of the article, such as links to others.

use std::collections::HashMap;

use crate::extract::{
    blocks::{Block, BlockKind},
    phrases::{self, Announcement},
};

/// Afterwords stand within this share of the candidate's end, by characters.
const MAX_SHARE: f32 = 0.3;
/// Characters of a paragraph that is running text.
const MIN_RUNNING_CHARS: usize = 50;

/// Marks the afterwords among the blocks that are kept so far. Comments are none in a thread.
pub(crate) fn cut(
    blocks: &[Block],
    kept: &[usize],
    is_thread: bool,
    cuts: &mut [Option<&'static str>],
) {
    let block = |nth: usize| &blocks[kept[nth]];
    let total: usize = kept.iter().map(|at| blocks[*at].chars).sum();
    let last_prose = kept.iter().rposition(|at| blocks[*at].is_prose());
    let mut times: HashMap<&str, usize> = HashMap::new();
    for at in kept {
        *times.entry(&blocks[*at].text).or_default() += 1;
    }
    let mut after = 0;
    // From here on all is cut already.
    let mut tail = kept.len();
    for nth in (0..kept.len()).rev() {
        after += block(nth).chars;
        if after as f32 > MAX_SHARE * total as f32 {
            break;
        }
        let Some(announced) = phrases::announces_afterword(block(nth)) else { continue };
        // What stands there again and again belongs to the parts of a thread or a listing.
        if times[&*block(nth).text] > 2
            || is_thread && phrases::announces_comments(block(nth))
            || phrases::may_point_ahead(block(nth)) && last_prose > Some(nth)
        {
            continue;
        }
        let end = (nth + 1..tail).find(|at| ends(block(nth), block(*at))).unwrap_or(tail);
        let goes_on = has_running_text(blocks, &kept[end..tail]);
        let is_text = has_running_text(blocks, &kept[nth + 1..end]);
        let to = match (is_text, goes_on, announced) {
            (false, true, _) => end,
            (false, false, _) | (true, false, Announcement::Sure) => {
                std::mem::replace(&mut tail, nth)
            }
            (true, ..) => continue,
        };
        for at in &kept[nth..to] {
            cuts[*at] = Some("afterword");
        }
    }
}

/// Whether a heading ends what another one announces.
fn ends(announcement: &Block, block: &Block) -> bool {
    match (announcement.kind, block.kind) {
        (BlockKind::Heading(own), BlockKind::Heading(level)) => level <= own,
        (_, BlockKind::Heading(_)) => true,
        _ => false,
    }
}

/// Whether a part of the page is text to read, and not links with their teasers.
fn has_running_text(blocks: &[Block], part: &[usize]) -> bool {
    let mut is_below_link = false;
    part.iter().any(|at| {
        let block = &blocks[*at];
        let is_teaser = std::mem::replace(&mut is_below_link, block.link_share() > 0.5);
        block.is_prose()
            && !is_teaser
            && block.chars >= MIN_RUNNING_CHARS
            && block.link_share() < 0.3
            && !phrases::is_byline(block)
    })
}
