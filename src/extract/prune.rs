//! Pruning: which blocks the hints remove, unless they would remove the article itself.

use crate::extract::{
    blocks::{Block, BlockKind, Blocks},
    class_hints::Hints,
    cut::Cut,
    dom::{Dom, Id, Tag},
};

/// An element with more than this share of the page's running text is not cut, whatever its name.
const KEEP_SHARE: f32 = 0.35;
/// The share for words that name short things, such as menus: what holds text is none of them.
const KEEP_SHARE_OF_SHORT_THINGS: f32 = 0.08;
/// The share for captions, of which a page of pictures has much.
/// On the measured pages 0.2 is worth 0.002 on news; 0.08 and 0.35 are worth less.
const KEEP_SHARE_OF_CAPTIONS: f32 = 0.2;
/// Comments are the page's text when it has less running text than this beside them.
const MIN_PROSE_BESIDE_COMMENTS: usize = 300;

/// What is called a footer is one when the page has so much running text beside it.
const MIN_PROSE_BESIDE_FOOTER: usize = 80;

/// For each block, the rule that cuts it.
pub(crate) fn prune(
    dom: &Dom<'_>,
    hints: &Hints,
    blocks: &Blocks,
    is_thread: bool,
    level: Level,
) -> Vec<Option<Cut>> {
    let prose =
        PrefixSum::new(&blocks.list, |b| if b.is_prose() { b.chars - b.link_chars } else { 0 });
    let quotations = PrefixSum::new(&blocks.list, |b| usize::from(b.kind == BlockKind::Quote));
    let total = prose.of(0..blocks.list.len()).max(1);
    let mut cuts = vec![None; blocks.list.len()];
    let mut at = 0;
    while at < dom.nodes.len() {
        let Some(cut) = hints.cut[at].filter(|_| !hints.is_dropped_inline(at)) else {
            at += 1;
            continue;
        };
        let node = &dom.nodes[at];
        let range = blocks.of(dom, at);
        let held = prose.of(range.clone());
        if is_page_footer(dom, at, cut, total - held) {
            cuts[range].fill(Some(cut));
            at = node.end;
            continue;
        }
        if !level.allows(cut) {
            at += 1;
            continue;
        }
        let share = held as f32 / total as f32;
        let limit = if cut.name() == "caption" && node.tag != Tag::Paragraph {
            KEEP_SHARE_OF_CAPTIONS
        } else if cut.names_something_short() || node.tag == Tag::Paragraph {
            KEEP_SHARE_OF_SHORT_THINGS
        } else {
            KEEP_SHARE
        };
        let beside_the_article = match cut.name() {
            "consent dialog" => true,
            "comments" => total - held >= MIN_PROSE_BESIDE_COMMENTS,
            _ => false,
        };
        // An embedded post of a social network is a quotation, not a bar of buttons.
        let quotes = cut.name() == "share" && quotations.of(range.clone()) > 0;
        let keeps = (share > limit && !beside_the_article)
            || quotes
            || cut.name() == "comments" && is_thread
            || node.tag == Tag::Body
            || matches!(cut, Cut::Word(_)) && node.tag == Tag::Main;
        if keeps {
            at += 1;
            continue;
        }
        cuts[range].fill(Some(cut));
        at = node.end;
    }
    cuts
}

/// Whether it is the foot of the page, which is no article however much stands in it. What a class
/// alone calls so may be one where nothing else is.
fn is_page_footer(dom: &Dom<'_>, id: Id, cut: Cut, prose_beside: usize) -> bool {
    let is_named = match cut {
        Cut::Structure(name) => matches!(name, "footer" | "role contentinfo"),
        Cut::Word(name) => name == "footer" && prose_beside >= MIN_PROSE_BESIDE_FOOTER,
        Cut::Hidden(_) => false,
    };
    let is_text = |id: Id| matches!(dom.nodes[id].tag, Tag::Article | Tag::Main | Tag::Heading(1));
    is_named
        && dom.nodes[id].tag != Tag::Body
        && !dom.ancestors(id).any(is_text)
        && !(id..dom.nodes[id].end).any(is_text)
}

/// How much is pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// By tag, role, class and id.
    Full,
    /// What is hidden or boilerplate by its tag.
    Structure,
    /// Nothing.
    None,
}

impl Level {
    fn allows(self, cut: Cut) -> bool {
        match self {
            Level::Full => true,
            Level::Structure => !matches!(cut, Cut::Word(_)),
            Level::None => false,
        }
    }
}

/// Sums of a measure over ranges of blocks.
pub(crate) struct PrefixSum(Vec<usize>);

impl PrefixSum {
    /// Sums a measure.
    pub(crate) fn new(blocks: &[Block], measure: impl Fn(&Block) -> usize) -> PrefixSum {
        PrefixSum::of_values(blocks.iter().map(measure))
    }

    /// Sums values, one for each block.
    pub(crate) fn of_values(values: impl Iterator<Item = usize>) -> PrefixSum {
        let mut sums = vec![0];
        let mut sum = 0;
        for value in values {
            sum += value;
            sums.push(sum);
        }
        PrefixSum(sums)
    }

    /// The sum over a range.
    pub(crate) fn of(&self, range: std::ops::Range<usize>) -> usize {
        self.0[range.end].saturating_sub(self.0[range.start])
    }
}
