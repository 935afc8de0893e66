//! The article of an HTML page: candidates, choice, trimming.

use crate::extract::{
    Section,
    blocks::{Block, Blocks},
    candidates::{self, Measures},
    dom::Dom,
    labels::Labels,
    metadata::Metadata,
    prune::{Level, prune},
    retain, trim,
};

/// The article's sections.
pub(crate) fn find(dom: &Dom<'_>, metadata: &Metadata) -> Vec<Section> {
    let labels = Labels::new(dom);
    let blocks = Blocks::new(dom, &labels);
    let cuts = prune(dom, &labels, &blocks, Level::Full);
    let measures = Measures::new(&blocks.list, &cuts);
    let chosen = candidates::container(dom, &labels, &blocks, &measures)
        .unwrap_or_else(|| candidates::scored(dom, &blocks, &measures));
    let kept: Vec<&Block> = blocks
        .of(dom, chosen.node)
        .filter(|at| cuts[*at].is_none())
        .map(|at| &blocks.list[at])
        .collect();
    let dropped = trim::trim(&kept, metadata.title.as_deref());
    retain::sections(kept.iter().zip(&dropped).filter(|(_, d)| d.is_none()).map(|(b, _)| *b))
}
