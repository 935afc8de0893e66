//! Looking at a collection: its links, news, history and status. Nothing is fetched or changed.

mod dates;
mod history;
mod links;
mod news;
mod patch;
mod status;

pub use crate::inspect::{
    history::{History, history},
    links::{CheckedLink, LinkState, links},
    news::{News, NewsKind, Since, news},
    patch::{Patch, PatchedFile, UnpatchedLink, UnpatchedReason, patch, patch_file},
    status::{PulledFrom, Status, status},
};
