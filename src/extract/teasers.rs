//! Teasers: cards at the end of an article that lead to other ones.

use std::ops::Range;

use crate::{
    dates,
    extract::{
        blocks::{Block, BlockKind, Blocks},
        dom::{Dom, Id, Tag},
        phrases,
        prune::PrefixSum,
    },
    html::local_name,
};

/// Blocks of a card: a picture's label, a topic, a title, a sentence or two, a writer and a day.
const MAX_CARD_BLOCKS: usize = 8;
/// Characters of a card.
const MAX_CARD_CHARS: usize = 400;
/// Characters in the links of a card, which are the title of what it leads to.
const MIN_TITLE_CHARS: usize = 12;
/// Nodes of a card that are looked at.
const MAX_CARD_NODES: usize = 200;
/// Characters of running text before teasers; without it, cards are what the page is about.
const MIN_PROSE_BEFORE: usize = 200;

/// Marks the cards at the end of a candidate, two or more of one shape, when most of them have a
/// writer, a day or an `<article>` of their own, when a heading announces links to other articles, or
/// when they have pictures and no heading leads to them.
pub(crate) fn cut(dom: &Dom<'_>, blocks: &Blocks, node: Id, cuts: &mut [Option<&'static str>]) {
    let list = &blocks.list;
    let all = blocks.of(dom, node);
    let mut runs: Vec<Vec<Id>> =
        (node..dom.nodes[node].end).flat_map(|id| runs_of_cards(dom, blocks, id)).collect();
    // The outer of two is looked at first.
    runs.sort_by_key(|run| std::cmp::Reverse(blocks.of(dom, run[run.len() - 1]).end));
    let prose = PrefixSum::of_values(
        list.iter()
            .zip(&*cuts)
            .map(|(b, cut)| if cut.is_none() && is_text(b) { b.chars } else { 0 }),
    );
    let chars = PrefixSum::new(list, |block| block.chars);
    // From here on there is no text of the article.
    let mut tail = all.end;
    for run in runs {
        let range = blocks.of(dom, run[0]).start..blocks.of(dom, run[run.len() - 1]).end;
        if range.end <= tail && prose.of(range.end..tail) > 0 {
            break;
        }
        let before = prose.of(all.start..range.start);
        if range.start >= tail || before < MIN_PROSE_BEFORE.max(chars.of(range.clone())) {
            continue;
        }
        let is_kept = |at: &usize| cuts[*at].is_none();
        let above = (all.start..range.start).rev().take(MAX_CARD_BLOCKS).find(is_kept);
        let heading = above.filter(|at| matches!(list[*at].kind, BlockKind::Heading(2..)));
        let announced = above.map(|at| phrases::announces_afterword(&list[at]).is_some());
        let most = |says: fn(&Dom<'_>, &[Block], Id) -> bool| {
            let own = |id: Id| &list[blocks.of(dom, id)];
            run.iter().filter(|id| says(dom, own(**id), **id)).count() * 2 > run.len()
        };
        let is_announced = announced == Some(true);
        if is_announced || most(is_signed) || heading.is_none() && most(has_picture) {
            let first = above.filter(|_| is_announced || heading.is_some());
            tail = tail.min(range.start);
            for at in first.into_iter().chain(range) {
                cuts[at] = cuts[at].or(Some("teaser"));
            }
        }
    }
}

/// The children of an element that are cards of one shape and follow each other.
fn runs_of_cards(dom: &Dom<'_>, blocks: &Blocks, parent: Id) -> Vec<Vec<Id>> {
    if blocks.of(dom, parent).len() < 2 || !dom.nodes[parent].tag.is_block() {
        return Vec::new();
    }
    let elements: Vec<Id> =
        dom.children(parent).filter(|id| dom.nodes[*id].element.is_some()).collect();
    elements
        .chunk_by(|a, b| has_shape_of(dom, *a, *b))
        .filter(|run| run.len() > 1 && run.iter().all(|id| is_card(dom, blocks, *id)))
        .map(<[Id]>::to_vec)
        .collect()
}

/// Whether two elements have one tag and one class. Boxes and paragraphs without a class say nothing.
fn has_shape_of(dom: &Dom<'_>, a: Id, b: Id) -> bool {
    let name = |id: Id| dom.nodes[id].element.map(|element| &element.name.local);
    let (a_node, b_node) = (&dom.nodes[a], &dom.nodes[b]);
    name(a) == name(b)
        && a_node.class == b_node.class
        && (a_node.class != 0 || matches!(a_node.tag, Tag::Item | Tag::Article))
}

fn is_card(dom: &Dom<'_>, blocks: &Blocks, id: Id) -> bool {
    let own = &blocks.list[blocks.of(dom, id)];
    let sum = |measure: fn(&Block) -> usize| -> usize { own.iter().map(measure).sum() };
    (1..=MAX_CARD_BLOCKS).contains(&own.len())
        && !matches!(dom.nodes[id].tag, Tag::Figure | Tag::Row | Tag::Pre | Tag::Quote)
        && sum(|b| b.chars) <= MAX_CARD_CHARS
        && sum(|b| b.link_chars) >= MIN_TITLE_CHARS
        && own.iter().all(|b| b.kind != BlockKind::Code)
}

/// Whether a card has a line for its writer, its day or the time it takes to read, or is an article.
fn is_signed(dom: &Dom<'_>, own: &[Block], id: Id) -> bool {
    let says = |block: &Block| {
        phrases::is_byline(block) || block.chars < 60 && dates::is_date_line(&block.text)
    };
    dom.nodes[id].tag == Tag::Article
        || own.len() > 1 && own.iter().any(|block| block.link_share() < 0.5 && says(block))
        || nodes(dom, id).any(|id| dom.nodes[id].tag == Tag::Time)
}

fn has_picture(dom: &Dom<'_>, _: &[Block], id: Id) -> bool {
    let is_picture =
        |id: Id| dom.nodes[id].element.is_some_and(|e| e.name.local == local_name!("img"));
    nodes(dom, id).any(is_picture)
}

fn nodes(dom: &Dom<'_>, id: Id) -> Range<Id> {
    id..dom.nodes[id].end.min(id + MAX_CARD_NODES)
}

/// Whether it is text of the article.
fn is_text(block: &Block) -> bool {
    block.is_prose() && !phrases::is_byline(block) && phrases::boilerplate(block).is_none()
}
