//! Updating a collection: lists → crawl → store → extract → engine → publish.

pub(crate) mod clock;
mod corpus;
mod documents;
mod exclusions;
mod extractors;
mod follow_ups;
mod frontier;
mod ingest;
mod lists;
mod local_links;
mod moves;
mod options;
mod page_report;
mod page_text;
mod passes;
mod pipeline;
mod publish;
mod publish_gate;
mod pull_report;
mod report;
mod revisit;
mod run;
mod soft_404;
mod stored_text;
mod sublists;
mod userinfo;
mod vectors;
mod warc_backlog;
mod warc_input;
mod warc_intake;
mod warc_pages;
mod warc_record;
mod warc_report;

pub use crate::update::{
    exclusions::Excluded,
    options::{Options, WarcOptions},
    page_report::PageReport,
    page_text::verdict,
    pull_report::PullReport,
    report::{FailedTry, Progress, Pruned, Report},
    run::update,
    warc_pages::{WarcEvent, each_warc_page},
    warc_report::{SkipReason, WarcReport},
};
pub(crate) use crate::update::{
    exclusions::exclude,
    lists::read_stored as read_stored_lists,
    publish_gate::{Removed, loss},
    revisit::due_at,
    stored_text::plain as plain_text,
    sublists::files_within,
};
