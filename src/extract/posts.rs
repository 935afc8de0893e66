//! Posts: what several people wrote one after the other, as the threads of forums show it.

use std::{
    collections::{HashMap, HashSet},
    ops::Range,
};

use crate::{
    dates,
    extract::{
        blocks::{Block, BlockKind, Blocks},
        cut::Cut,
        dom::{Dom, Id, Tag},
        metadata::Metadata,
        phrases,
        prune::PrefixSum,
    },
    html::local_name,
};

/// Share of the page's running text that the posts of a thread have.
const MIN_SHARE: f32 = 0.6;
/// Share of all the text that a page shows that is theirs; a listing may have little running text.
const MIN_SHOWN: f32 = 0.4;
/// A page with more running text than this beside its posts is an article with comments.
const MAX_PROSE_BESIDE: usize = 400;
/// The same where the posts are called comments.
const MAX_PROSE_BESIDE_COMMENTS: usize = 80;
/// Characters of running text that a post has at least, but for short ones between them.
const MIN_POST_PROSE: usize = 20;
/// Nodes of a post that are looked at for its writer and its day.
const MAX_POST_NODES: usize = 3_000;
/// Characters of a line that names a day or how long ago it was.
const MAX_DATE_CHARS: usize = 60;
/// Characters of a line that may be a label.
const MAX_LABEL_CHARS: usize = 60;
/// A line that stands in so many posts is a label.
const MIN_RECURRENCES: usize = 3;
/// Share of the posts' running text that stands in their bodies.
const BODIES_SHARE: f32 = 0.9;

/// The posts of a thread.
pub(crate) struct Posts {
    /// The element around them.
    pub(crate) parent: Id,
    /// The blocks around their text: names, titles and badges of writers, days, counts, buttons.
    pub(crate) frames: Vec<usize>,
}

/// Finds the posts that are the text of a page: elements of one shape that follow each other, nearly
/// all with a writer and a day. Below an article they are comments, and those with titles of their own
/// are a listing.
pub(crate) fn find(
    dom: &Dom<'_>,
    blocks: &Blocks,
    pruned: &[Option<Cut>],
    metadata: &Metadata,
) -> Option<Posts> {
    let list = &blocks.list;
    let is_comment = |cut: &Option<Cut>| cut.is_some_and(|cut| cut.name() == "comments");
    let prose = PrefixSum::of_values(list.iter().zip(pruned).map(|(block, cut)| {
        let is_text = (cut.is_none() || is_comment(cut)) && block.is_prose();
        if is_text { block.chars - block.link_chars } else { 0 }
    }));
    let chars = PrefixSum::of_values(
        list.iter()
            .zip(pruned)
            .map(|(b, cut)| if cut.is_none() || is_comment(cut) { b.chars } else { 0 }),
    );
    let total = prose.of(0..list.len());
    let of = |id: Id| prose.of(blocks.of(dom, id));
    let mut found: Option<(Id, Vec<Id>)> = None;
    let mut id = 0;
    while id < dom.nodes.len() {
        // Elsewhere there is no room for the posts.
        if (of(id) as f32) < MIN_SHARE * total as f32 {
            id = dom.nodes[id].end;
            continue;
        }
        for series in series(dom, id, |id| of(id) >= MIN_POST_PROSE) {
            let held: usize = series.iter().map(|id| of(*id)).sum();
            if held as f32 >= MIN_SHARE * total as f32
                && found.as_ref().is_none_or(|(_, best)| best.len() < series.len())
                && are_posts(dom, blocks, &series)
            {
                found = Some((id, series));
            }
        }
        id += 1;
    }
    let (parent, posts) = found?;
    let shown = |id: &Id| chars.of(blocks.of(dom, *id)) as f32;
    if posts.iter().map(shown).sum::<f32>() < MIN_SHOWN * chars.of(0..list.len()) as f32 {
        return None;
    }
    let beside = total - posts.iter().map(|id| of(*id)).sum::<usize>();
    let are_comments = pruned[blocks.of(dom, posts[0])].iter().any(is_comment);
    let limit = if are_comments { MAX_PROSE_BESIDE_COMMENTS } else { MAX_PROSE_BESIDE };
    if !metadata.is_thread && (metadata.linked.is_article || beside > limit) {
        return None;
    }
    let frames = frames(dom, blocks, &posts);
    Some(Posts { parent, frames })
}

/// The children of an element by shape, those of which most have running text: one tag, and one first
/// class but for digits or one type of microdata.
pub(crate) fn series(dom: &Dom<'_>, parent: Id, has_text: impl Fn(Id) -> bool) -> Vec<Vec<Id>> {
    let mut shapes: HashMap<(&str, String), usize> = HashMap::new();
    let mut series: Vec<Vec<Id>> = Vec::new();
    for id in dom.children(parent) {
        let Some(element) = dom.nodes[id].element else { continue };
        let class = dom.classes[dom.nodes[id].class].split_ascii_whitespace().next();
        let letters = class.unwrap_or_default().chars().filter(|c| !c.is_ascii_digit()).collect();
        let by_class = (element.name(), letters);
        let by_type =
            dom.attr(id, &local_name!("itemtype")).map(|t| (element.name(), t.to_owned()));
        let known = by_type.as_ref().and_then(|shape| shapes.get(shape)).or(shapes.get(&by_class));
        let nth = known.copied().unwrap_or(series.len());
        if nth == series.len() {
            series.push(Vec::new());
        }
        series[nth].push(id);
        for shape in by_type.into_iter().chain([by_class]) {
            shapes.entry(shape).or_insert(nth);
        }
    }
    let has_texts = |ids: &Vec<Id>| {
        let texts = ids.iter().filter(|id| has_text(**id)).count();
        texts > 1 && texts * 2 >= ids.len()
    };
    series.retain(has_texts);
    series
}

/// Whether nearly all have a day.
pub(crate) fn are_dated(dom: &Dom<'_>, series: &[Id]) -> bool {
    let count = series.iter().filter(|id| nodes(dom, **id).any(|id| is_dated(dom, id))).count();
    count * 5 >= series.len() * 4
}

/// Whether nearly all have a writer and a day, and most no title.
fn are_posts(dom: &Dom<'_>, blocks: &Blocks, series: &[Id]) -> bool {
    let nodes = |id: Id| nodes(dom, id);
    let is_signed = |id: Id| nodes(id).any(|id| names_writer(dom, id));
    let is_name = |owner: Id| nodes(owner).any(|id| names_writer(dom, id));
    let has_title = |id: Id| {
        let own = blocks.list[blocks.of(dom, id)].iter();
        let is_title = |block: &Block| {
            matches!(block.kind, BlockKind::Heading(_))
                && !phrases::letters(&block.text).starts_with("re")
                && !is_name(block.owner)
        };
        own.take_while(|block| !block.is_prose()).any(is_title)
    };
    let count = |says: &dyn Fn(Id) -> bool| series.iter().filter(|id| says(**id)).count();
    are_dated(dom, series)
        && count(&is_signed) * 5 >= series.len() * 4
        && count(&has_title) * 2 < series.len()
}

fn nodes(dom: &Dom<'_>, post: Id) -> Range<Id> {
    post..dom.nodes[post].end.min(post + MAX_POST_NODES)
}

/// Whether a node names who wrote what stands around it.
fn names_writer(dom: &Dom<'_>, id: Id) -> bool {
    const CLASSES: [&str; 7] = ["author", "user", "member", "poster", "nick", "byline", "profile"];
    const PATHS: [&str; 8] =
        ["/user", "/u/", "/member", "/profile", "/people/", "/author", "/@", "/~"];
    let node = &dom.nodes[id];
    let (itemprop, rel) = (local_name!("itemprop"), local_name!("rel"));
    let is_to_writer = || {
        let href = dom.attr(id, &local_name!("href")).unwrap_or_default();
        node.tag == Tag::Anchor && PATHS.iter().any(|path| href.contains(path))
    };
    let class = dom.classes[node.class].to_ascii_lowercase();
    CLASSES.iter().any(|word| class.contains(word))
        || dom.attr_has(id, &itemprop, "author")
        || dom.attr_has(id, &rel, "author")
        || is_to_writer()
}

/// Whether a node is a day, or says how long ago something was.
fn is_dated(dom: &Dom<'_>, id: Id) -> bool {
    let node = &dom.nodes[id];
    let text = node.text.trim();
    let in_title = || dom.attr(id, &local_name!("title")).filter(|t| t.len() <= MAX_DATE_CHARS);
    node.tag == Tag::Time
        || node.element.is_some_and(|e| e.name() == "relative-time")
        || in_title().is_some_and(|title| dates::find(title).is_some())
        || !text.is_empty()
            && text.len() <= MAX_DATE_CHARS
            && (dates::find(text).is_some() || text.contains(" ago"))
}

/// The blocks that are no text of a thread: those of posts outside of their bodies, which are the
/// innermost elements of one class that hold nearly all of their running text; lines that recur in one
/// post after the other; and labels after the first post.
fn frames(dom: &Dom<'_>, blocks: &Blocks, posts: &[Id]) -> Vec<usize> {
    let list = &blocks.list;
    let mut seen: HashSet<&str> = HashSet::new();
    // What is quoted above an answer is not counted again.
    let new_prose = list
        .iter()
        .map(|block| if block.is_prose() && seen.insert(&block.text) { block.chars } else { 0 });
    let prose = PrefixSum::of_values(new_prose);
    let chars = PrefixSum::new(list, |block| block.chars);
    let bodies = bodies(dom, blocks, posts, &prose, &chars);
    let holds = |ids: &[Id], at: usize| {
        let next = ids.partition_point(|id| blocks.of(dom, *id).start <= at);
        next > 0 && blocks.of(dom, ids[next - 1]).contains(&at)
    };
    let is_label = |block: &Block| {
        !block.is_prose() && block.kind != BlockKind::Code && block.chars <= MAX_LABEL_CHARS
    };
    let mut times: HashMap<&str, usize> = HashMap::new();
    for post in posts {
        let lines: HashSet<&str> = list[blocks.of(dom, *post)]
            .iter()
            .filter(|block| is_label(block))
            .map(|block| &*block.text)
            .collect();
        lines.into_iter().for_each(|line| *times.entry(line).or_default() += 1);
    }
    let recurs = |block: &Block| {
        is_label(block) && times.get(&*block.text).is_some_and(|times| *times >= MIN_RECURRENCES)
    };
    let is_frame = |at: &usize| match (bodies.is_empty(), holds(posts, *at)) {
        (false, true) => !holds(&bodies, *at) || recurs(&list[*at]),
        (true, true) => recurs(&list[*at]),
        (_, false) => !list[*at].is_prose(),
    };
    (blocks.of(dom, posts[0]).start..list.len()).filter(is_frame).collect()
}

/// The bodies of posts, if each has one.
fn bodies(
    dom: &Dom<'_>,
    blocks: &Blocks,
    posts: &[Id],
    prose: &PrefixSum,
    chars: &PrefixSum,
) -> Vec<Id> {
    // By class: the elements, none in another, their running text and all of their text.
    let mut places: HashMap<usize, (Vec<Id>, usize, usize)> = HashMap::new();
    let mut total = 0;
    for post in posts {
        total += prose.of(blocks.of(dom, *post));
        for id in post + 1..dom.nodes[*post].end {
            let node = &dom.nodes[id];
            if node.class == 0 || !holds_text(node.tag) {
                continue;
            }
            let (ids, held, all) = places.entry(node.class).or_default();
            if ids.last().is_none_or(|last| dom.nodes[*last].end <= id) {
                let range = blocks.of(dom, id);
                *held += prose.of(range.clone());
                *all += chars.of(range);
                ids.push(id);
            }
        }
    }
    let bodies = places
        .into_iter()
        .filter(|(_, (_, held, _))| *held as f32 >= BODIES_SHARE * total as f32)
        .min_by_key(|(class, (_, _, all))| (*all, *class));
    bodies.map(|(_, (ids, ..))| ids).unwrap_or_default()
}

fn holds_text(tag: Tag) -> bool {
    tag.is_block()
        && !matches!(
            tag,
            Tag::Paragraph | Tag::Heading(_) | Tag::Item | Tag::Quote | Tag::Pre | Tag::Definition
        )
}
