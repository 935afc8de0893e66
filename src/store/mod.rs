//! The page store: every fetched page in one SQLite file, the last good copy beside the last visit.

mod addresses;
mod claims;
mod columns;
mod connection;
mod copies;
mod database;
mod entries;
mod follow_up_rows;
mod follow_ups;
mod kept;
mod lists;
mod migration;
mod moves;
mod packed;
mod published;
mod robots;
mod runs;
mod schema;
mod state;
mod unlisted;
mod vectors;
mod versions;
mod visits;
mod worklist;

pub use crate::store::{
    copies::{CopyRole, CopyText, Judgement, PageCopy},
    database::Store,
    entries::ListedEntry,
    follow_up_rows::{FollowUp, FollowUpPlace},
    lists::{ListCopy, Postponed},
    moves::{FormerKey, VanishedEntry},
    packed::Packed,
    published::ListLoss,
    state::Unfinished,
    versions::{Plain, TextVersion},
    visits::Visited,
    worklist::{PendingEntry, PendingPage, PendingState},
};
