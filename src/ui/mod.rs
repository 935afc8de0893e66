//! The search that answers while one types: what is seen and what keys do, apart from any terminal.

mod article;
mod draw;
mod facet_pane;
mod finder;
mod finder_failure;
mod hit_list;
mod keys;
mod look;
mod marked_text;
mod osc52;
mod panes;
mod preview;
mod query_line;
mod session;

pub use crate::ui::{
    article::ArticleText,
    draw::draw,
    finder::{Finder, FinderAnswer, FinderOptions, FoundHits},
    finder_failure::FinderFailure,
    keys::{KEYS, KeyHelp},
    look::Look,
    osc52::to_clipboard,
    panes::{FEWEST_COLUMNS, FEWEST_ROWS},
    session::{Effect, Question, UiSession},
};
