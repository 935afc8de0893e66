//! Dates and spans of time as people write them.

mod exact;
mod number;
mod span;
mod text;

pub use crate::dates::span::{NotASpan, day, first_day, span};
pub(crate) use crate::dates::{
    exact::{PartialDate, from_epoch, parse, utc_date, utc_day, year},
    number::{number, of_number},
    text::{find, find_numeric, is_date_line},
};
