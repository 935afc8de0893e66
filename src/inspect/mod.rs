//! Looking at a collection: its links, news, history and status. Nothing is fetched or changed.

mod dates;
mod history;
mod links;
mod list_file;
mod news;
mod patch;
mod status;

pub use crate::inspect::{
    history::{History, history},
    links::{CheckedLink, LinkState, Patience, links},
    list_file::{ListFile, list_files},
    news::{News, NewsKind, Since, news},
    patch::{DeadEntries, Patch, PatchedFile, UnpatchedLink, UnpatchedReason, patch, patch_lists},
    status::{PulledFrom, Status, status},
};
