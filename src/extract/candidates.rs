//! Candidates: the subtrees that may hold the article.

use crate::{
    extract::{
        blocks::{Block, BlockKind, Blocks},
        class_hints::Hints,
        cut::Cut,
        dom::{Dom, Id, Tag},
        prune::PrefixSum,
    },
    html::{LocalName, local_name},
};

/// Characters of running text that a candidate has at least.
const MIN_PROSE: usize = 250;
/// Share of the page's running text that a candidate has at least.
const MIN_SHARE: f32 = 0.3;

/// Characters of running text that a part of several has at least.
const MIN_PART_PROSE: usize = 80;

/// A subtree that may hold the article.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    /// How it was found.
    pub(crate) name: &'static str,
    /// Its top node.
    pub(crate) node: Id,
    /// Characters of running text in it that are not cut.
    pub(crate) prose: usize,
    /// Running text, less links and what else boilerplate has much of.
    pub(crate) score: i64,
}

/// The measures by which subtrees are compared, over the blocks that were not cut.
pub(crate) struct SubtreeMeasures {
    prose: PrefixSum,
    gain: PrefixSum,
    loss: PrefixSum,
}

impl SubtreeMeasures {
    /// Measures the blocks that were not cut.
    pub(crate) fn new(blocks: &[Block], cuts: &[Option<Cut>]) -> SubtreeMeasures {
        let kept = |measure: fn(&Block) -> usize| {
            PrefixSum::of_values(
                blocks.iter().zip(cuts).map(
                    move |(block, cut)| {
                        if cut.is_some() { 0 } else { measure(block) }
                    },
                ),
            )
        };
        SubtreeMeasures {
            prose: kept(|b| if b.is_prose() { b.chars - b.link_chars } else { 0 }),
            gain: kept(|b| match b.kind {
                BlockKind::Code => b.chars.min(600),
                _ if b.is_prose() => b.chars - b.link_chars,
                _ => 0,
            }),
            loss: kept(|b| match b.kind {
                BlockKind::Code => 0,
                BlockKind::Heading(_) => b.link_chars,
                _ if b.is_prose() => b.link_chars,
                _ => 15 + b.link_chars,
            }),
        }
    }
}

impl SubtreeMeasures {
    fn score(&self, range: std::ops::Range<usize>) -> i64 {
        self.gain.of(range.clone()) as i64 - 2 * self.loss.of(range) as i64
    }

    /// Measures a subtree.
    pub(crate) fn candidate(
        &self,
        dom: &Dom<'_>,
        blocks: &Blocks,
        name: &'static str,
        node: Id,
    ) -> Candidate {
        let range = blocks.of(dom, node);
        Candidate { name, node, prose: self.prose.of(range.clone()), score: self.score(range) }
    }
}

/// The container that tags, classes and ids name as the article's body.
pub(crate) fn container(
    dom: &Dom<'_>,
    hints: &Hints,
    blocks: &Blocks,
    measures: &SubtreeMeasures,
) -> Option<Candidate> {
    let total = measures.prose.of(0..blocks.list.len());
    let prose = |id: Id| measures.prose.of(blocks.of(dom, id));
    let tiers: [(&'static str, &dyn Fn(Id) -> bool); 6] = [
        ("itemprop articleBody", &|id| dom.attr_has(id, &local_name!("itemprop"), "articleBody")),
        ("body class", &|id| hints.body[id] == 3),
        ("prose class", &|id| hints.body[id] == 2),
        ("article", &|id| dom.nodes[id].tag == Tag::Article),
        ("main", &|id| {
            dom.nodes[id].tag == Tag::Main || dom.attr_has(id, &local_name!("role"), "main")
        }),
        ("content class", &|id| hints.body[id] == 1),
    ];
    for (name, matches) in tiers {
        let found: Vec<(usize, Id)> = (1..dom.nodes.len())
            .filter(|id| {
                dom.nodes[*id].element.is_some() && dom.nodes[*id].tag != Tag::Body && matches(*id)
            })
            .map(|id| (prose(id), id))
            .collect();
        let Some(&(most, best)) = found.iter().max_by_key(|(prose, id)| (*prose, *id)) else {
            continue;
        };
        let parts = found.iter().filter(|(prose, id)| {
            are_apart(dom, *id, best)
                && *prose >= MIN_PART_PROSE
                && *prose * 8 >= most
                && are_alike(dom, *id, best)
        });
        let node = parts.fold(best, |node, (_, id)| common(dom, node, *id));
        let found = if node == best { most } else { prose(node) };
        if found >= MIN_PROSE && found as f32 >= MIN_SHARE * total as f32 {
            return Some(measures.candidate(dom, blocks, name, node));
        }
    }
    None
}

/// The innermost element around both.
pub(crate) fn common(dom: &Dom<'_>, a: Id, b: Id) -> Id {
    let holds = |id: Id| id <= a.min(b) && a.max(b) < dom.nodes[id].end;
    std::iter::once(a).chain(dom.ancestors(a)).find(|id| holds(*id)).unwrap_or(0)
}

/// The subtree with the highest score, with its siblings that are alike.
pub(crate) fn scored(dom: &Dom<'_>, blocks: &Blocks, measures: &SubtreeMeasures) -> Candidate {
    let prose = |id: Id| measures.prose.of(blocks.of(dom, id));
    let best = (0..dom.nodes.len())
        .filter(|id| holds_paragraphs(dom.nodes[*id].tag))
        .max_by_key(|id| (prose(*id) > 0, measures.score(blocks.of(dom, *id)), *id))
        .unwrap_or(0);
    let parent = dom.nodes[best].parent;
    let has_parts = best != 0
        && dom.children(parent).any(|id| {
            id != best
                && prose(id) >= MIN_PART_PROSE
                && prose(id) * 8 >= prose(best)
                && are_alike(dom, id, best)
        });
    measures.candidate(dom, blocks, "scored", if has_parts { parent } else { best })
}

/// Whether neither holds the other.
fn are_apart(dom: &Dom<'_>, a: Id, b: Id) -> bool {
    dom.nodes[a].end <= b || a >= dom.nodes[b].end
}

/// Whether two elements have one tag and one name but for numbers: parts of a whole, as page builders
/// make them (`story-body-1`, `story-body-2`). Elements without a name are like no other.
pub(crate) fn are_alike(dom: &Dom<'_>, a: Id, b: Id) -> bool {
    let element = |id: Id| dom.nodes[id].element.map(|element| &element.name.local);
    let letters = |id: Id, attribute: &LocalName| {
        dom.attr(id, attribute).unwrap_or_default().chars().filter(|c| !c.is_ascii_digit())
    };
    let (class, id) = (local_name!("class"), local_name!("id"));
    let has_class = letters(a, &class).next().is_some();
    let name = if has_class { &class } else { &id };
    element(a) == element(b)
        && letters(a, name).eq(letters(b, name))
        && letters(a, name).next().is_some()
        && (has_class || letters(b, &class).next().is_none())
}

/// Whether an article may be all of such an element, and not a paragraph of it.
fn holds_paragraphs(tag: Tag) -> bool {
    tag.is_block()
        && !matches!(
            tag,
            Tag::Paragraph
                | Tag::Heading(_)
                | Tag::Item
                | Tag::Definition
                | Tag::Pre
                | Tag::Quote
                | Tag::Caption
                | Tag::Summary
                | Tag::Row
        )
}

/// The element that holds what the page shows: `main` if it holds half of it, else the body.
pub(crate) fn whole(dom: &Dom<'_>, blocks: &Blocks, cuts: &[Option<Cut>]) -> Id {
    let chars = PrefixSum::of_values(
        blocks.list.iter().zip(cuts).map(|(b, cut)| if cut.is_some() { 0 } else { b.chars }),
    );
    let main = (1..dom.nodes.len())
        .filter(|id| {
            dom.nodes[*id].tag == Tag::Main || dom.attr_has(*id, &local_name!("role"), "main")
        })
        .map(|id| (chars.of(blocks.of(dom, id)), id))
        .max();
    match main {
        Some((held, id)) if held * 2 > chars.of(0..blocks.list.len()) => id,
        _ => 0,
    }
}
