//! The article of an HTML page: candidates, choice, trimming.

use crate::extract::{
    Section,
    blocks::{Block, Blocks},
    candidates::{self, Candidate, Measures},
    dom::Dom,
    labels::{Cut, Labels},
    metadata::Metadata,
    prune::{Level, prune},
    retain, trim,
};

/// The blocks of a page and which of them are the article.
pub(crate) struct Article {
    /// In document order.
    pub(crate) blocks: Vec<Block>,
    /// For each block, the rule that cut it, or none if it is part of the article.
    pub(crate) fates: Vec<Option<&'static str>>,
    /// The chosen candidate first.
    pub(crate) candidates: Vec<Candidate>,
}

/// Puts the better candidate first.
fn choose(dom: &Dom<'_>, container: Option<Candidate>, scored: Candidate) -> Vec<Candidate> {
    let Some(container) = container else { return vec![scored] };
    let around = scored.node < container.node && container.node < dom.nodes[scored.node].end;
    let inside = container.node <= scored.node && scored.node < dom.nodes[container.node].end;
    let margin = match container.name {
        "itemprop articleBody" | "body class" => 2.0,
        _ => 1.5,
    };
    let better = scored.score as f32 > margin * container.score.max(0) as f32 + 200.0;
    let _ = around;
    if !inside && better { vec![scored, container] } else { vec![container, scored] }
}

impl Article {
    /// Finds the article.
    pub(crate) fn find(dom: &Dom<'_>, metadata: &Metadata) -> Article {
        let labels = Labels::new(dom);
        let blocks = Blocks::new(dom, &labels);
        let cuts = prune(dom, &labels, &blocks, Level::Full);
        let measures = Measures::new(&blocks.list, &cuts);
        let found = choose(
            dom,
            candidates::container(dom, &labels, &blocks, &measures),
            candidates::scored(dom, &blocks, &measures),
        );
        let chosen = blocks.of(dom, found[0].node);
        let mut fates: Vec<Option<&'static str>> = vec![Some("outside"); blocks.list.len()];
        for at in chosen.clone() {
            fates[at] = cuts[at].map(Cut::name);
        }
        trim::trim(
            dom,
            &blocks.list[chosen.clone()],
            metadata.title.as_deref(),
            &mut fates[chosen],
        );
        Article { blocks: blocks.list, fates, candidates: found }
    }

    /// The article's sections.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let kept = self.blocks.iter().zip(&self.fates).filter(|(_, fate)| fate.is_none());
        retain::sections(kept.map(|(block, _)| block))
    }
}
