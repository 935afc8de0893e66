//! Trimming: what stands inside the chosen candidate without being the article.

use std::collections::{HashMap, HashSet};

use crate::{
    dates,
    extract::{
        blocks::{Block, BlockKind},
        description,
        dom::{Dom, Id, Tag},
        metadata::Metadata,
        phrases,
    },
    html::local_name,
};

/// An afterword may hold this share of the candidate's characters; more is part of the article.
const MAX_AFTERWORD_SHARE: f32 = 0.3;
/// The authors' biographies stand within this share of the candidate's end.
const MAX_BIOGRAPHIES_SHARE: f32 = 0.2;

/// Marks the blocks of the candidate that are no part of the article.
pub(crate) fn trim(
    dom: &Dom<'_>,
    blocks: &[Block],
    metadata: &Metadata,
    cuts: &mut [Option<&'static str>],
) {
    let title = metadata.title.as_deref();
    let mut kept: Vec<usize> = (0..blocks.len()).filter(|at| cuts[*at].is_none()).collect();
    let cut = |rule: &'static str, at: usize, cuts: &mut [Option<&'static str>]| {
        cuts[at] = Some(rule);
    };
    repeated(dom, blocks, &kept, cuts);
    for &at in &kept {
        let block = &blocks[at];
        if let Some(rule) = phrases::boilerplate(block) {
            cut(rule, at, cuts);
        } else if block.link_share() > 0.9
            && matches!(block.kind, BlockKind::Loose | BlockKind::Paragraph)
        {
            cut("link line", at, cuts);
        }
    }
    let announced = link_lists(dom, blocks, &kept, cuts);
    if let Some(described) = &metadata.linked.body {
        description::align(described, blocks, &kept, cuts);
    }
    kept.retain(|at| cuts[*at].is_none());
    front(blocks, &kept, title, cuts);
    kept.retain(|at| !announced.contains(at));
    back(blocks, &kept, metadata.author.as_deref(), cuts);
}

/// Marks what is boilerplate even in a listing, where links and labels are the content.
pub(crate) fn trim_listing(blocks: &[Block], cuts: &mut [Option<&'static str>]) {
    for (block, cut) in blocks.iter().zip(cuts) {
        if cut.is_none() && block.link_share() < 0.9 {
            *cut = phrases::boilerplate(block);
        }
    }
}

/// Passages that stand a second time elsewhere: in a teaser, a print or a mobile version.
/// A single paragraph may be said twice, and is worth 0.001 on web articles.
fn repeated(dom: &Dom<'_>, blocks: &[Block], kept: &[usize], cuts: &mut [Option<&'static str>]) {
    let mut seen: HashSet<&str> = HashSet::new();
    let mut last_parent = 0;
    let mut long: Vec<(usize, bool)> = Vec::new();
    for &at in kept {
        let block = &blocks[at];
        let parent = dom.nodes[block.owner].parent;
        if block.chars >= 60 && block.kind != BlockKind::Code {
            long.push((at, !seen.insert(&block.text) && parent != last_parent));
        }
        last_parent = parent;
    }
    for run in long.chunk_by(|a, b| a.1 && b.1).filter(|run| run.len() > 1) {
        for (at, _) in run {
            cuts[*at] = Some("repeated");
        }
    }
}

/// Lists that are nothing but links of some length point to other articles, unless they stand in
/// the midst of the text, are announced as part of it, or point into it.
/// Returns the blocks of the announced ones.
fn link_lists(
    dom: &Dom<'_>,
    blocks: &[Block],
    kept: &[usize],
    cuts: &mut [Option<&'static str>],
) -> HashSet<usize> {
    let mut announced = HashSet::new();
    let prose_of = |at: &usize| if blocks[*at].is_prose() { blocks[*at].chars } else { 0 };
    let prose: usize = kept.iter().map(prose_of).sum();
    let list_of = |at: &usize| -> Option<Id> {
        let owner = blocks[*at].owner;
        std::iter::once(owner)
            .chain(dom.ancestors(owner).take(4))
            .find(|id| dom.nodes[*id].tag == Tag::List)
    };
    let mut before: Option<&Block> = None;
    let mut ahead = 0;
    for items in kept.chunk_by(|a, b| list_of(a).is_some() && list_of(a) == list_of(b)) {
        let chars: usize = items.iter().map(|at| blocks[*at].chars).sum();
        let linked: usize = items.iter().map(|at| blocks[*at].link_chars).sum();
        let is_list = items.iter().all(|at| blocks[*at].kind == BlockKind::Item);
        let pointing = is_list
            && items.len() >= 3
            && linked * 10 >= chars * 9
            && chars >= items.len() * 18
            && chars * 4 < prose;
        let in_the_midst = ahead * 20 > prose && ahead * 10 < prose * 9;
        match announcement(before.filter(|_| pointing)) {
            _ if !pointing => {}
            Some(true) => announced.extend(items),
            None if in_the_midst || points_inside(dom, blocks, items) => {}
            Some(false) | None => items.iter().for_each(|at| cuts[*at] = Some("link list")),
        }
        ahead += items.iter().map(prose_of).sum::<usize>();
        before = items.last().map(|at| &blocks[*at]);
    }
    announced
}

/// Whether the block before a list announces it as part of the text or as pointers, if it does.
fn announcement(before: Option<&Block>) -> Option<bool> {
    let before = before?;
    if phrases::announces_references(before) {
        return Some(true);
    }
    if phrases::announces_afterword(before) || phrases::announces_pointers(before) {
        return Some(false);
    }
    (before.kind == BlockKind::Paragraph && before.text.ends_with(':')).then_some(true)
}

/// Whether every link of a list leads to a place on the same page.
fn points_inside(dom: &Dom<'_>, blocks: &[Block], items: &[usize]) -> bool {
    let owner = |at: usize| blocks[at].owner;
    let (first, last) = (owner(items[0]), owner(items[items.len() - 1]));
    let mut targets = (first..dom.nodes[last].end)
        .filter(|id| dom.nodes[*id].tag == Tag::Anchor)
        .filter_map(|id| dom.attr(id, &local_name!("href")))
        .peekable();
    targets.peek().is_some() && targets.all(|href| href.starts_with('#'))
}

/// What stands before the first paragraph: the title again, the writer, the date.
fn front(blocks: &[Block], kept: &[usize], title: Option<&str>, cuts: &mut [Option<&'static str>]) {
    let title = title.map(letters).unwrap_or_default();
    let mut prose = 0;
    for (nth, &at) in kept.iter().enumerate() {
        let block = &blocks[at];
        if nth < 8 && !title.is_empty() && block.chars < 400 && letters(&block.text) == title {
            cuts[at] = Some("title");
            continue;
        }
        if prose >= 400 {
            continue;
        }
        let short = block.chars < 160;
        match block.kind {
            BlockKind::Heading(1) if prose == 0 => cuts[at] = Some("title"),
            BlockKind::Heading(_) | BlockKind::Code | BlockKind::Row => {}
            _ if short && phrases::is_byline(block) => cuts[at] = Some("byline"),
            _ if block.chars < 60 && dates::is_date_line(&block.text) => {
                cuts[at] = Some("date line");
            }
            BlockKind::Loose if prose == 0 && !block.is_prose() => {
                cuts[at] = Some("before the start")
            }
            _ if block.is_prose() => prose += block.chars,
            _ => {}
        }
    }
}

/// What stands after the last paragraph, and the afterwords that a heading announces.
fn back(
    blocks: &[Block],
    kept: &[usize],
    authors: Option<&str>,
    cuts: &mut [Option<&'static str>],
) {
    let total: usize = kept.iter().map(|at| blocks[*at].chars).sum();
    let last_prose = kept.iter().rposition(|at| blocks[*at].is_prose());
    let mut times: HashMap<&str, usize> = HashMap::new();
    for at in kept {
        *times.entry(&blocks[*at].text).or_default() += 1;
    }
    let mut after = 0;
    let mut cut_from = None;
    for (nth, &at) in kept.iter().enumerate().rev() {
        let block = &blocks[at];
        after += block.chars;
        if after as f32 > MAX_AFTERWORD_SHARE * total as f32 {
            break;
        }
        if matches!(block.kind, BlockKind::Heading(_) | BlockKind::Loose | BlockKind::Paragraph)
            && phrases::announces_afterword(block)
            // What stands there again and again belongs to the parts of a thread or a listing.
            && times[&*block.text] <= 2
            && !(phrases::may_point_ahead(block) && last_prose > Some(nth))
        {
            cut_from = Some(nth);
        }
    }
    if let Some(from) = cut_from {
        for at in &kept[from..] {
            cuts[*at] = Some("afterword");
        }
    }
    if let Some(authors) = authors {
        let mut seen = 0;
        for &at in kept.iter().rev() {
            let block = &blocks[at];
            if cuts[at].is_some() {
                continue;
            }
            seen += block.chars;
            if seen as f32 > MAX_BIOGRAPHIES_SHARE * total as f32 {
                break;
            }
            if phrases::is_biography(block, authors) {
                cuts[at] = Some("biography");
            }
        }
    }
    for &at in kept.iter().rev() {
        let block = &blocks[at];
        if cuts[at].is_some() {
            continue;
        }
        if block.is_prose() && !phrases::is_byline(block) {
            break;
        }
        if matches!(block.kind, BlockKind::Heading(_))
            || block.link_share() > 0.5
            || phrases::is_byline(block)
            || block.kind == BlockKind::Loose && block.chars < 60
        {
            cuts[at] = Some("after the end");
        }
    }
}

/// The letters and digits of a text in lower case, to compare lines by.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
