//! What stands beside an article and is not about it.

use crate::extract::{
    class_words::ClassWords,
    dom::{Dom, Id, Tag},
};

/// Whether an element stands in what others wrote or what leads to other pages.
pub(crate) fn is_beside(dom: &Dom<'_>, words: &[ClassWords], id: Id) -> bool {
    std::iter::once(id).chain(dom.ancestors(id)).any(|at| {
        let node = &dom.nodes[at];
        let cut = words[node.class].cut;
        matches!(cut, Some("comments" | "related" | "newsletter" | "advert"))
            && !matches!(node.tag, Tag::Body | Tag::Main | Tag::Article | Tag::Heading(_))
    })
}
