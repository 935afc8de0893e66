//! Lists: which ones belong to the article, and which only point to others.

use std::collections::HashSet;

use crate::{
    extract::{
        blocks::{Block, BlockKind},
        dom::{Dom, Id, Tag},
        phrases,
    },
    html::local_name,
};

/// Lists that are nothing but links of some length point to other articles, unless they stand in
/// the midst of the text, are announced as part of it, point into it, or go on with one before.
/// Returns the blocks of those that are announced or go on.
pub(crate) fn cut_links(
    dom: &Dom<'_>,
    blocks: &[Block],
    kept: &[usize],
    cuts: &mut [Option<&'static str>],
) -> HashSet<usize> {
    let mut own = HashSet::new();
    let prose_of = |at: &usize| if blocks[*at].is_prose() { blocks[*at].chars } else { 0 };
    let prose: usize = kept.iter().map(prose_of).sum();
    let mut before: Option<&Block> = None;
    let mut last: Option<&ItemRun> = None;
    let mut ahead = 0;
    let runs: Vec<(&[usize], ItemRun)> =
        runs(dom, blocks, kept).map(|items| (items, ItemRun::of(dom, blocks, items))).collect();
    for (nth, (items, list)) in runs.iter().enumerate() {
        let is_list = items.iter().all(|at| blocks[*at].kind == BlockKind::Item);
        let pointing = is_list
            && items.len() >= 3
            && list.linked * 10 >= list.chars * 9
            && list.chars >= items.len() * 18
            && list.chars * 4 < prose;
        let in_the_midst = ahead * 20 > prose && ahead * 10 < prose * 9;
        let is_counted_on = || {
            let next = runs[nth + 1..].iter().map(|(_, next)| next).find(|next| next.id.is_some());
            next.is_some_and(|next| next.counts_on_from(list, dom))
        };
        let goes_on = is_list
            && list.id.is_some()
            && (last.is_some_and(|last| list.goes_on_with(last, dom)) || is_counted_on());
        let mut is_cut = false;
        match announcement(before.filter(|_| pointing)) {
            _ if goes_on => own.extend(*items),
            _ if !pointing => {}
            Some(true) => own.extend(*items),
            None if in_the_midst || points_inside(dom, blocks, items) => {}
            Some(false) | None => {
                items.iter().for_each(|at| cuts[*at] = Some("link list"));
                is_cut = true;
            }
        }
        ahead += items.iter().map(prose_of).sum::<usize>();
        before = items.last().map(|at| &blocks[*at]);
        if list.id.is_some() {
            last = Some(list).filter(|_| !is_cut);
        }
    }
    own
}

/// The items of lists that say what to do or tell of something: of numbered ones, and of those that
/// are not links for the most part. In them “Sign up” and “Follow” begin no pointer.
pub(crate) fn steps(dom: &Dom<'_>, blocks: &[Block], kept: &[usize]) -> HashSet<usize> {
    let is_told = |items: &&[usize]| {
        let list = ItemRun::of(dom, blocks, items);
        list.id.is_some_and(|id| is_numbered(dom, id) || list.linked * 2 < list.chars)
    };
    runs(dom, blocks, kept).filter(is_told).flatten().copied().collect()
}

/// The blocks by the list that they stand in, those outside of any one by one.
fn runs<'a>(
    dom: &Dom<'_>,
    blocks: &[Block],
    kept: &'a [usize],
) -> impl Iterator<Item = &'a [usize]> {
    let list_of = |at: usize| list_around(dom, &blocks[at]);
    kept.chunk_by(move |a, b| list_of(*a).is_some() && list_of(*a) == list_of(*b))
}

fn list_around(dom: &Dom<'_>, block: &Block) -> Option<Id> {
    std::iter::once(block.owner)
        .chain(dom.ancestors(block.owner).take(4))
        .find(|id| dom.nodes[*id].tag == Tag::List)
}

/// Items that follow each other.
struct ItemRun {
    /// The list, unless the block stands outside of any.
    id: Option<Id>,
    chars: usize,
    linked: usize,
}

impl ItemRun {
    fn of(dom: &Dom<'_>, blocks: &[Block], items: &[usize]) -> ItemRun {
        let sum = |measure: fn(&Block) -> usize| items.iter().map(|at| measure(&blocks[*at])).sum();
        let id = items.first().and_then(|at| list_around(dom, &blocks[*at]));
        ItemRun { id, chars: sum(|b| b.chars), linked: sum(|b| b.link_chars) }
    }

    /// Whether the numbers of the list begin where those of another one may end.
    fn counts_on_from(&self, last: &ItemRun, dom: &Dom<'_>) -> bool {
        let (Some(id), Some(last_id)) = (self.id, last.id) else { return false };
        let start = dom.attr(id, &local_name!("start")).and_then(|start| start.trim().parse().ok());
        last_id < id
            && is_numbered(dom, id)
            && is_numbered(dom, last_id)
            && start.is_some_and(|start: i64| start > 1)
    }

    /// Whether the list counts on from another one, or both are lists of links and only code, a
    /// figure, a table or an aside stands between them.
    fn goes_on_with(&self, last: &ItemRun, dom: &Dom<'_>) -> bool {
        let (Some(id), Some(last_id)) = (self.id, last.id) else { return false };
        let name = |id: Id| dom.nodes[id].element.map(|element| element.name());
        let is_linked = |list: &ItemRun| list.linked * 2 > list.chars;
        self.counts_on_from(last, dom)
            || last_id < id
                && name(id) == name(last_id)
                && dom.nodes[id].class == dom.nodes[last_id].class
                && is_linked(self) == is_linked(last)
                && is_interrupted(dom, last_id, id)
    }
}

fn is_numbered(dom: &Dom<'_>, list: Id) -> bool {
    dom.nodes[list].element.is_some_and(|element| element.name() == "ol")
}

/// Whether something stands between two lists, and no text or heading.
fn is_interrupted(dom: &Dom<'_>, first: Id, second: Id) -> bool {
    let mut at = dom.nodes[first].end;
    let mut has_something = false;
    while at < second {
        let node = &dom.nodes[at];
        match node.tag {
            Tag::Pre | Tag::Figure | Tag::Aside | Tag::Table | Tag::Code => {
                has_something = true;
                at = node.end;
                continue;
            }
            Tag::Heading(_) => return false,
            _ if !node.text.trim().is_empty() => return false,
            Tag::Inline => has_something |= node.element.is_some_and(|e| e.name() == "img"),
            _ => {}
        }
        at += 1;
    }
    has_something
}

/// Whether the block before a list announces it as part of the text or as pointers, if it does.
fn announcement(before: Option<&Block>) -> Option<bool> {
    let before = before?;
    if phrases::announces_references(before) {
        return Some(true);
    }
    if phrases::announces_afterword(before).is_some() || phrases::announces_pointers(before) {
        return Some(false);
    }
    (before.kind == BlockKind::Paragraph && before.text.ends_with(':')).then_some(true)
}

/// Whether every link of some blocks leads to a place on the same page.
pub(crate) fn points_inside(dom: &Dom<'_>, blocks: &[Block], items: &[usize]) -> bool {
    let owner = |at: usize| blocks[at].owner;
    let (first, last) = (owner(items[0]), owner(items[items.len() - 1]));
    let mut targets = (first..dom.nodes[last].end)
        .filter(|id| dom.nodes[*id].tag == Tag::Anchor)
        .filter_map(|id| dom.attr(id, &local_name!("href")))
        .peekable();
    targets.peek().is_some() && targets.all(|href| href.starts_with('#'))
}
