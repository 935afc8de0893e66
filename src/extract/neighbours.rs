//! Neighbours: other articles on the page of one, as in a stream that goes on without an end.

use std::ops::Range;

use crate::{
    dates,
    extract::{
        blocks::{Block, BlockKind, Blocks},
        candidates::are_alike,
        dom::{Dom, Id, Tag},
        metadata::Metadata,
        phrases,
    },
    html::local_name,
};

/// Characters of running text that an article has before another one begins.
const MIN_OWN_PROSE: usize = 200;
/// Lines below a headline among which its byline stands.
const MAX_BYLINE_LINES: usize = 4;
/// Characters of a line that names a writer or a day.
const MAX_BYLINE_CHARS: usize = 100;
/// Nodes of a line that are looked at.
const MAX_LINE_NODES: usize = 60;
/// Characters of a line that is more than a label.
const MIN_TEXT_CHARS: usize = 20;
/// Blocks of what stands above the text of an article.
const MAX_HEAD_BLOCKS: usize = 20;
/// So many parts with bylines, of fewer paragraphs than this each, are what one article collects.
const COLLECTED: usize = 3;

/// The blocks of other articles, which have headlines of their own: of the rank of the page's own one,
/// at the beginning of another `<article>`, or with both a writer and a day below them.
///
/// Only an article whose headline is the page's title has neighbours; else the page is a listing, of
/// which each is a part.
pub(crate) fn find(dom: &Dom<'_>, blocks: &Blocks, metadata: &Metadata) -> Vec<Range<usize>> {
    let list = &blocks.list;
    let title = metadata.title.as_deref().map(phrases::letters).unwrap_or_default();
    let is_title = |block: &Block| is_same(&phrases::letters(&block.text), &title);
    let is_headline = |block: &Block| matches!(block.kind, BlockKind::Heading(1..=3));
    let Some(own) = list.iter().position(|b| is_headline(b) && is_title(b)) else {
        return Vec::new();
    };
    let author = metadata.author.as_deref();
    let page = ArticlePage { dom, blocks, own, byline: Byline::of(dom, list, own), author };
    let mut found: Vec<(Range<usize>, bool)> = Vec::new();
    let (mut prose, mut last_prose) = (0, own);
    let mut at = own + 1;
    while at < list.len() {
        let block = &list[at];
        if is_headline(block)
            && prose >= MIN_OWN_PROSE
            && !is_title(block)
            && let Some(is_sure) = page.rank(at)
        {
            let extent = page.extent(at, last_prose);
            let is_next = |at: &usize| is_headline(&list[*at]) && page.rank(*at).is_some();
            let end = (at + 1..extent.end).find(is_next).unwrap_or(extent.end).max(at + 1);
            let before = found.last().map_or(0, |(range, _)| range.end);
            found.push((extent.start.max(before)..end, is_sure));
            at = end;
            continue;
        }
        if block.is_prose() && !phrases::is_byline(block) {
            prose += block.chars;
            last_prose = at;
        }
        at += 1;
    }
    let paragraphs = |range: &Range<usize>| list[range.clone()].iter().filter(|b| b.is_prose());
    let unsure = || found.iter().filter(|(_, is_sure)| !is_sure);
    let is_collection = unsure().count() >= COLLECTED
        && unsure().all(|(range, _)| paragraphs(range).count() < COLLECTED);
    found.retain(|(_, is_sure)| *is_sure || !is_collection);
    found.into_iter().map(|(range, _)| range).collect()
}

struct ArticlePage<'a, 'd> {
    dom: &'a Dom<'d>,
    blocks: &'a Blocks,
    /// The page's own headline, and its byline.
    own: usize,
    byline: Byline,
    author: Option<&'a str>,
}

impl ArticlePage<'_, '_> {
    /// Whether a headline begins another article, and how sure that is.
    fn rank(&self, at: usize) -> Option<bool> {
        let (dom, list) = (self.dom, &self.blocks.list);
        let (own, other) = (list[self.own].owner, list[at].owner);
        let byline = Byline::of(dom, list, at);
        let is_same_tag = dom.nodes[own].tag == dom.nodes[other].tag;
        let has_rank = is_same_tag && (are_alike(dom, own, other) || list[at].is_first_heading());
        let article = |id: Id| dom.ancestors(id).find(|at| dom.nodes[*at].tag == Tag::Article);
        let begins_article = article(other).is_some_and(|article| {
            let before = self.blocks.of(dom, article).start..at;
            before.len() <= MAX_HEAD_BLOCKS
                && !(article..dom.nodes[article].end).contains(&own)
                && !list[before].iter().any(Block::is_prose)
        });
        let is_beside = begins_article
            && article(own)
                .is_some_and(|own| article(other).is_some_and(|other| other >= dom.nodes[own].end));
        let is_article = has_rank && (self.byline.is_any() || begins_article) && byline.is_any()
            || begins_article && self.byline.is_any() && byline.is_any()
            || is_beside && is_same_tag;
        match is_article {
            true => Some(true),
            false => (self.byline.is_any()
                && byline.names_writer
                && byline.is_dated
                && !self.is_signed_by_author(at))
            .then_some(false),
        }
    }

    /// Whether one of the lines below a headline has the name of who wrote the page: a later addition.
    fn is_signed_by_author(&self, at: usize) -> bool {
        let lines = self.blocks.list[at + 1..].iter().take(MAX_BYLINE_LINES);
        let mut lines = lines.filter(|line| line.chars <= MAX_BYLINE_CHARS);
        self.author.is_some_and(|author| lines.any(|line| line.text.contains(author)))
    }

    /// The blocks of an article by its headline: of the element around it that holds nothing of what
    /// stands before, or all that follows where there is none.
    fn extent(&self, at: usize, last_prose: usize) -> Range<usize> {
        let (dom, blocks) = (self.dom, self.blocks);
        let mut top = blocks.list[at].owner;
        let holds_all = |id: Id| id == 0 || blocks.of(dom, id).start <= last_prose;
        while !holds_all(dom.nodes[top].parent) {
            top = dom.nodes[top].parent;
        }
        let range = blocks.of(dom, top);
        let is_head = |block: &Block| {
            matches!(block.kind, BlockKind::Heading(_))
                || block.chars < MIN_TEXT_CHARS
                || phrases::is_byline(block)
                || dates::is_date_line(&block.text)
        };
        if !blocks.list[range.clone()].iter().take(MAX_HEAD_BLOCKS).all(is_head) {
            return range;
        }
        range.start..blocks.of(dom, dom.nodes[top].parent).end.max(range.end)
    }
}

/// What the lines below a headline say.
#[derive(Clone, Copy, Default)]
struct Byline {
    names_writer: bool,
    is_dated: bool,
}

impl Byline {
    fn of(dom: &Dom<'_>, list: &[Block], headline: usize) -> Byline {
        let mut byline = Byline::default();
        let lines = &list[headline + 1..list.len().min(headline + 1 + MAX_BYLINE_LINES)];
        for line in lines {
            let is_text = line.is_prose() && !phrases::is_byline(line);
            if is_text || matches!(line.kind, BlockKind::Heading(_)) {
                break;
            }
            if line.chars <= MAX_BYLINE_CHARS {
                let is_dated = dates::is_date_line(&line.text) || has_time(dom, line);
                byline.is_dated |= is_dated;
                byline.names_writer |= names_writer(dom, line) || is_dated && names(&line.text) > 1;
            }
        }
        byline
    }

    fn is_any(self) -> bool {
        self.names_writer || self.is_dated
    }
}

impl Block {
    /// Whether it is a heading of the first level.
    fn is_first_heading(&self) -> bool {
        self.kind == BlockKind::Heading(1)
    }
}

fn line_nodes(dom: &Dom<'_>, line: &Block) -> Range<Id> {
    line.owner..dom.nodes[line.owner].end.min(line.owner + MAX_LINE_NODES)
}

fn has_time(dom: &Dom<'_>, line: &Block) -> bool {
    line_nodes(dom, line).any(|id| dom.nodes[id].tag == Tag::Time)
}

/// Whether a line says by its words, its class or its link that it names a writer.
fn names_writer(dom: &Dom<'_>, line: &Block) -> bool {
    let text = line.text.to_lowercase();
    let says = ["by ", "by:", "written by", "posted by", "story by", "words by"]
        .iter()
        .any(|words| text.starts_with(words));
    says || line_nodes(dom, line).any(|id| {
        let class = dom.classes[dom.nodes[id].class].to_ascii_lowercase();
        class.contains("author")
            || class.contains("byline")
            || dom.attr_has(id, &local_name!("rel"), "author")
            || dom.attr_has(id, &local_name!("itemprop"), "author")
    })
}

/// How many words of a line with a day may be a part of somebody's name.
fn names(text: &str) -> usize {
    const EVENTS: [&str; 8] =
        ["Last", "Updated", "Published", "Posted", "Released", "Release", "Date", "Version"];
    let is_month = |word: &str| dates::find(&format!("{word} 1, 2000")).is_some();
    let words = text.split(|c: char| !c.is_alphanumeric() && c != '-' && c != '.');
    words
        .filter(|w| w.starts_with(char::is_uppercase) && !EVENTS.contains(w) && !is_month(w))
        .count()
}

/// Whether two lines are one, or one is most of the other.
fn is_same(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    !short.is_empty()
        && (short == long || short.len() * 5 >= long.len() * 3 && long.contains(short))
}
