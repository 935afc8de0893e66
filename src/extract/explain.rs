//! Explanations of why a page's text was kept or cut.

use serde::Serialize;

use crate::{
    extract::{
        article::Article,
        dom::{Dom, Id},
    },
    html::local_name,
};

/// Why a page's text was kept or cut.
#[derive(Clone, Debug, Default, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Explanation {
    /// The subtrees that might hold the article, the chosen one first.
    pub candidates: Vec<CandidateTrace>,
    /// Every block of the page, in document order.
    pub blocks: Vec<BlockTrace>,
}

/// A subtree that might hold the article.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CandidateTrace {
    /// The rule that found it.
    pub rule: &'static str,
    /// Its top element with the elements above it.
    pub path: String,
    /// Characters of running text in it that are not cut.
    pub prose: usize,
    /// Running text, less links and what else boilerplate has much of.
    pub score: i64,
}

/// A block of text.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct BlockTrace {
    /// The rule that cut it, unless it was kept.
    pub cut: Option<&'static str>,
    /// What it is: `paragraph`, `heading`, `item`, `row`, `code`, `quote`, `caption`, `loose`.
    pub kind: &'static str,
    /// The elements around it, the innermost last.
    pub path: String,
    /// Share of its characters that stand in links, 0 to 1.
    pub link_share: f32,
    /// The text.
    pub text: String,
}

/// Explains an article.
pub(crate) fn explain(dom: &Dom<'_>, article: &Article) -> Explanation {
    Explanation {
        candidates: article
            .candidates
            .iter()
            .map(|candidate| CandidateTrace {
                rule: candidate.name,
                path: path(dom, candidate.node),
                prose: candidate.prose,
                score: candidate.score,
            })
            .collect(),
        blocks: article
            .blocks
            .iter()
            .zip(&article.cuts)
            .map(|(block, cut)| BlockTrace {
                cut: *cut,
                kind: block.kind.name(),
                path: path(dom, block.owner),
                link_share: block.link_share(),
                text: block.text.clone(),
            })
            .collect(),
    }
}

/// An element and the seven above it as `main#id > div.class > p`.
fn path(dom: &Dom<'_>, id: Id) -> String {
    let mut steps: Vec<String> = std::iter::once(id)
        .chain(dom.ancestors(id))
        .take(8)
        .filter_map(|id| {
            let element = dom.nodes[id].element?;
            let mut step = element.name().to_owned();
            if let Some(name) = dom.attr(id, &local_name!("id")) {
                step.push('#');
                step.push_str(name.trim());
            }
            for class in dom
                .attr(id, &local_name!("class"))
                .unwrap_or_default()
                .split_ascii_whitespace()
                .take(4)
            {
                step.push('.');
                step.push_str(class);
            }
            Some(step)
        })
        .collect();
    steps.reverse();
    steps.join(" > ")
}
