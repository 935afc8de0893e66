//! Threads of forums: pages of which every post is text.

use crate::{
    extract::{dom::Dom, metadata::metas::Metas},
    html::local_name,
};

/// Programs whose pages are threads, as they name themselves.
const PROGRAMS: [&str; 16] = [
    "discourse",
    "vanilla",
    "phpbb",
    "vbulletin",
    "xenforo",
    "mybb",
    "smf",
    "simple machines",
    "flarum",
    "nodebb",
    "invision community",
    "discuz",
    "fluxbb",
    "punbb",
    "bbpress",
    "lithium",
];

/// Whether the program that made the page, or its microdata, says that it is a thread.
pub(crate) fn is_one(dom: &Dom<'_>, metas: &Metas<'_>) -> bool {
    let is_program = |value: &str| {
        let value = value.to_ascii_lowercase();
        PROGRAMS.iter().any(|program| value.starts_with(program))
    };
    let is_type = |value: &str| {
        ["DiscussionForumPosting", "QAPage", "Question"].iter().any(|kind| value.ends_with(kind))
    };
    metas.all("generator").any(is_program)
        || (1..dom.nodes.len())
            .filter_map(|id| dom.attr(id, &local_name!("itemtype")))
            .any(|types| types.split_ascii_whitespace().any(is_type))
}
