//! The article of an HTML page: candidates, choice, trimming.

use crate::{
    content::Section,
    extract::{
        blocks::{Block, Blocks},
        candidates::{self, Candidate, SubtreeMeasures},
        class_hints::Hints,
        comments,
        cut::Cut,
        dom::{Dom, Id},
        metadata::Metadata,
        neighbours, posts,
        prune::{Level, prune},
        sections::arrange,
        teasers, trim,
    },
};

/// When the article that was found has fewer characters than this, it is looked for again with less
/// pruning.
const SHORT_CHARS: usize = 200;
/// A page is a listing, whose text is links and labels, when the article that was found has fewer
/// characters than this, and less than [`LISTING_SHARE`] of the page.
const LISTING_CHARS: usize = 1_500;
/// Share of what a page shows that the article of a listing is smaller than.
const LISTING_SHARE: f32 = 0.3;

/// The blocks of a page and which of them are the article.
pub(crate) struct Article {
    /// In document order.
    pub(crate) blocks: Vec<Block>,
    /// For each block, the rule that cut it, or none if it is part of the article.
    pub(crate) cuts: Vec<Option<&'static str>>,
    /// The chosen candidate first.
    pub(crate) candidates: Vec<Candidate>,
}

fn kept_chars(blocks: &[Block], cuts: &[Option<&'static str>]) -> usize {
    let kept = blocks.iter().zip(cuts).filter(|(_, cut)| cut.is_none());
    kept.map(|(block, _)| block.chars).sum()
}

/// Puts the better candidate first.
fn choose(dom: &Dom<'_>, container: Option<Candidate>, scored: Candidate) -> Vec<Candidate> {
    let Some(container) = container else { return vec![scored] };
    let inside = container.node <= scored.node && scored.node < dom.nodes[container.node].end;
    let margin = match container.name {
        "itemprop articleBody" | "body class" => 2.0,
        _ => 1.5,
    };
    let better = scored.score as f32 > margin * container.score.max(0) as f32 + 200.0;
    if !inside && better { vec![scored, container] } else { vec![container, scored] }
}

impl Article {
    /// Finds the article.
    pub(crate) fn find(dom: &Dom<'_>, metadata: &Metadata) -> Article {
        let hints = Hints::new(dom);
        let blocks = Blocks::new(dom, &hints);
        let article = Article::at(Level::Full, dom, metadata, &hints, &blocks);
        let mut best = kept_chars(&blocks.list, &article.cuts);
        let mut found = article;
        if best < SHORT_CHARS {
            for level in [Level::Structure, Level::None] {
                let article = Article::at(level, dom, metadata, &hints, &blocks);
                let chars = kept_chars(&blocks.list, &article.cuts);
                if chars > 2 * best {
                    (found, best) = (article, chars);
                }
            }
        }
        Article { blocks: blocks.list, ..found }
    }

    fn at(
        level: Level,
        dom: &Dom<'_>,
        metadata: &Metadata,
        hints: &Hints,
        blocks: &Blocks,
    ) -> Article {
        let mut pruned = prune(dom, hints, blocks, metadata.is_thread, level);
        let is_full = level == Level::Full;
        let posts = is_full.then(|| posts::find(dom, blocks, &pruned, metadata)).flatten();
        let is_thread = metadata.is_thread || posts.is_some();
        if is_thread && !metadata.is_thread {
            pruned = prune(dom, hints, blocks, is_thread, level);
        }
        if level != Level::None && !is_thread {
            for range in neighbours::find(dom, blocks, metadata) {
                pruned[range].fill(Some(Cut::Structure("neighbour")));
            }
        }
        if is_full && !is_thread {
            for range in comments::find(dom, blocks) {
                pruned[range].fill(Some(Cut::Structure("comments below")));
            }
        }
        for at in posts.iter().flat_map(|posts| &posts.frames) {
            pruned[*at] = pruned[*at].or(Some(Cut::Structure("around a post")));
        }
        let measures = SubtreeMeasures::new(&blocks.list, &pruned);
        let mut candidates = choose(
            dom,
            candidates::container(dom, hints, blocks, &measures),
            candidates::scored(dom, blocks, &measures),
        );
        if let Some(posts) = &posts {
            let node = candidates::common(dom, posts.parent, candidates[0].node);
            candidates.insert(0, measures.candidate(dom, blocks, "posts", node));
        }
        let cuts_of = |node: Id| -> Vec<Option<&'static str>> {
            let mut cuts = vec![Some("outside"); blocks.list.len()];
            for at in blocks.of(dom, node) {
                cuts[at] = pruned[at].map(Cut::name);
            }
            cuts
        };
        let chosen = blocks.of(dom, candidates[0].node);
        let mut cuts = cuts_of(candidates[0].node);
        if !is_thread {
            teasers::cut(dom, blocks, candidates[0].node, &mut cuts);
        }
        trim::trim(dom, &blocks.list[chosen.clone()], metadata, is_thread, &mut cuts[chosen]);
        let wide = candidates::whole(dom, blocks, &pruned);
        let mut everything = cuts_of(wide);
        let kept = kept_chars(&blocks.list, &cuts);
        let shown = kept_chars(&blocks.list, &everything);
        let sure = metadata.is_article
            || posts.is_some()
            || matches!(candidates[0].name, "itemprop articleBody" | "body class");
        let limit = if sure { SHORT_CHARS } else { LISTING_CHARS };
        if kept < limit && (kept as f32) < LISTING_SHARE * shown as f32 {
            let range = blocks.of(dom, wide);
            let title = metadata.title.as_deref();
            trim::trim_listing(&blocks.list[range.clone()], title, &mut everything[range]);
            cuts = everything;
        }
        Article { blocks: Vec::new(), cuts, candidates }
    }

    /// Characters of the article, white space left out.
    pub(crate) fn chars(&self) -> usize {
        kept_chars(&self.blocks, &self.cuts)
    }

    /// The article's sections.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let kept = self.blocks.iter().zip(&self.cuts).filter(|(_, cut)| cut.is_none());
        arrange(kept.map(|(block, _)| block))
    }
}
