//! Trimming: what stands inside the chosen candidate without being the article.

use std::collections::{HashMap, HashSet};

use crate::{
    dates,
    extract::{
        afterword,
        blocks::{Block, BlockKind},
        description,
        dom::{Dom, Node, Tag},
        lists,
        metadata::Metadata,
        phrases,
    },
};

/// Elements between a link and a text in it.
const MAX_CARD_DEPTH: usize = 6;
/// Characters of running text before cards that belong to it.
const MIN_PROSE_BEFORE_CARDS: usize = 200;
/// Characters of a bullet.
const MAX_MARK_CHARS: usize = 2;
/// Characters of a sentence that leads to links; `Read also:` has fewer.
const MIN_LEAD_CHARS: usize = 25;
/// Characters of what explains a name.
const MIN_EXPLANATION_CHARS: usize = 15;
/// The head of a table stands within so many nodes.
const MAX_HEAD_NODES: usize = 100;
/// The authors' biographies stand within this share of the candidate's end.
const MAX_BIOGRAPHIES_SHARE: f32 = 0.2;

/// Marks the blocks of the candidate that are no part of the article.
pub(crate) fn trim(
    dom: &Dom<'_>,
    blocks: &[Block],
    metadata: &Metadata,
    is_thread: bool,
    cuts: &mut [Option<&'static str>],
) {
    let title = metadata.title.as_deref();
    let mut kept: Vec<usize> = (0..blocks.len()).filter(|at| cuts[*at].is_none()).collect();
    let cut = |rule: &'static str, at: usize, cuts: &mut [Option<&'static str>]| {
        cuts[at] = Some(rule);
    };
    repeated(dom, blocks, &kept, cuts);
    let cards = cards(dom, blocks, &kept);
    let steps = lists::steps(dom, blocks, &kept);
    let mut times: HashMap<&str, usize> = HashMap::new();
    for at in &kept {
        *times.entry(&blocks[*at].text).or_default() += 1;
    }
    let mut is_announced = false;
    for &at in &kept {
        let block = &blocks[at];
        let is_own = |rule: &&str| {
            *rule == "pointer" && (steps.contains(&at) || lists::points_inside(dom, blocks, &[at]))
        };
        // A label that recurs is a button.
        let is_term = |at: usize| times[&*block.text] == 1 && is_term(dom, blocks, at);
        let is_link = block.link_share() > 0.9
            && matches!(block.kind, BlockKind::Loose | BlockKind::Paragraph);
        if let Some(rule) = phrases::boilerplate(block).filter(|rule| !is_own(rule)) {
            cut(rule, at, cuts);
        } else if is_mark(block) {
            cut("mark", at, cuts);
        } else if is_link && !is_announced && !cards.contains(&at) && !is_term(at) {
            cut("link line", at, cuts);
        }
        is_announced = is_announced && is_link
            || block.chars >= MIN_LEAD_CHARS && !is_link && block.text.ends_with(':');
    }
    let own_lists = lists::cut_links(dom, blocks, &kept, cuts);
    if let Some(described) = &metadata.linked.body {
        description::align(described, blocks, &kept, cuts);
    }
    kept.retain(|at| cuts[*at].is_none());
    front(blocks, &kept, title, cuts);
    kept.retain(|at| !own_lists.contains(at));
    afterword::cut(blocks, &kept, is_thread, cuts);
    back(dom, blocks, &kept, &cards, metadata, cuts);
}

/// Marks what is boilerplate even in a listing, where links and labels are the content: what stands
/// above the first heading with the page's title is its menu.
pub(crate) fn trim_listing(
    blocks: &[Block],
    title: Option<&str>,
    cuts: &mut [Option<&'static str>],
) {
    let title = title.map(phrases::letters).unwrap_or_default();
    let is_title = |block: &Block| {
        matches!(block.kind, BlockKind::Heading(1..=2)) && phrases::letters(&block.text) == title
    };
    let first = blocks.iter().position(is_title).unwrap_or(0);
    for (at, (block, cut)) in blocks.iter().zip(cuts).enumerate() {
        if cut.is_some() {
            continue;
        }
        if at < first && !block.is_prose() {
            *cut = Some("before the title");
        } else if block.link_share() < 0.9 {
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
        let is_definition =
            || dom.ancestors(block.owner).take(4).any(|id| dom.nodes[id].tag == Tag::Definition);
        if block.chars >= 60 && block.kind != BlockKind::Code && !is_definition() {
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

/// The blocks of cards that are each one link around a label and a sentence, several in a row below a
/// heading of the main text: the contents of a part of a documentation. Where no text leads to them,
/// and no others stood there before, they may be teasers.
fn cards(dom: &Dom<'_>, blocks: &[Block], kept: &[usize]) -> HashSet<usize> {
    let link_of = |at: usize| {
        let owner = blocks[at].owner;
        dom.ancestors(owner).take(MAX_CARD_DEPTH).find(|id| dom.nodes[*id].tag == Tag::Anchor)
    };
    let is_sentence = |at: &usize| blocks[*at].chars >= 30 && blocks[*at].stops > 0;
    let parts: Vec<&[usize]> =
        kept.chunk_by(|a, b| link_of(*a).is_some() && link_of(*a) == link_of(*b)).collect();
    let is_card = |part: &[usize]| {
        (2..=3).contains(&part.len()) && link_of(part[0]).is_some() && part.iter().any(is_sentence)
    };
    let (mut prose, mut is_led_to, mut is_series) = (0, false, false);
    let mut cards = HashSet::new();
    for run in parts.chunk_by(|a, b| is_card(a) == is_card(b)) {
        if is_card(run[0]) {
            if run.len() > 1 && (is_led_to || is_series) && prose >= MIN_PROSE_BEFORE_CARDS {
                cards.extend(run.iter().copied().flatten());
                is_series = true;
            }
            continue;
        }
        for block in run.iter().copied().flatten().map(|at| &blocks[*at]) {
            match block.kind {
                BlockKind::Heading(2..) => {
                    is_series &= phrases::announces_afterword(block).is_none();
                    is_led_to = phrases::announces_afterword(block).is_none();
                }
                _ if block.is_prose() => prose += block.chars,
                _ => {}
            }
        }
    }
    cards
}

/// Whether it is a bullet or another sign without words.
fn is_mark(block: &Block) -> bool {
    block.chars <= MAX_MARK_CHARS
        && !block.text.contains(char::is_alphanumeric)
        && !matches!(block.kind, BlockKind::Code | BlockKind::Row)
}

/// Whether it is a name beside what it is, as documentation lists the parts of a program.
fn is_term(dom: &Dom<'_>, blocks: &[Block], at: usize) -> bool {
    let parent = dom.nodes[blocks[at].owner].parent;
    !blocks[at].text.contains(char::is_whitespace)
        && blocks.get(at + 1).is_some_and(|next| {
            next.link_share() < 0.5
                && next.chars >= MIN_EXPLANATION_CHARS
                && parent != 0
                && dom.ancestors(next.owner).take(2).any(|id| id == parent)
        })
}

/// What stands before the first paragraph: the title again, the writer, the date.
fn front(blocks: &[Block], kept: &[usize], title: Option<&str>, cuts: &mut [Option<&'static str>]) {
    let title = title.map(phrases::letters).unwrap_or_default();
    let mut prose = 0;
    for (nth, &at) in kept.iter().enumerate() {
        let block = &blocks[at];
        if nth < 8
            && !title.is_empty()
            && block.chars < 400
            && phrases::letters(&block.text) == title
        {
            cuts[at] = Some("title");
            continue;
        }
        if prose >= 400 {
            continue;
        }
        let short = block.chars < 160;
        match block.kind {
            BlockKind::Heading(1) if prose == 0 => cuts[at] = Some("title"),
            BlockKind::Heading(4..) if prose == 0 && dates::is_date_line(&block.text) => {
                cuts[at] = Some("date line");
            }
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

/// What stands after the last paragraph, and the authors' biographies.
fn back(
    dom: &Dom<'_>,
    blocks: &[Block],
    kept: &[usize],
    cards: &HashSet<usize>,
    metadata: &Metadata,
    cuts: &mut [Option<&'static str>],
) {
    let total: usize = kept.iter().map(|at| blocks[*at].chars).sum();
    if let Some(authors) = metadata.author.as_deref() {
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
    let mut is_followed = false;
    for &at in kept.iter().rev() {
        let block = &blocks[at];
        if cuts[at].is_some() {
            continue;
        }
        let is_text = block.is_prose() || is_data(dom, block) || cards.contains(&at);
        if is_text && !phrases::is_byline(block) {
            break;
        }
        let is_label = match block.kind {
            // Of a part that is there it is the heading.
            BlockKind::Heading(_) => !is_followed,
            BlockKind::Loose => block.chars < 60,
            _ => false,
        };
        if is_label || block.link_share() > 0.5 || phrases::is_byline(block) {
            cuts[at] = Some("after the end");
        } else {
            is_followed = true;
        }
    }
}

/// Whether it is a row of a table with a head, which is no arrangement of links.
fn is_data(dom: &Dom<'_>, block: &Block) -> bool {
    let table = || dom.ancestors(block.owner).find(|id| dom.nodes[*id].tag == Tag::Table);
    let is_head = |node: &Node<'_>| node.element.is_some_and(|e| e.name() == "th");
    block.kind == BlockKind::Row
        && table().is_some_and(|id| {
            let end = dom.nodes[id].end.min(id + MAX_HEAD_NODES);
            dom.nodes[id..end].iter().any(is_head)
        })
}
