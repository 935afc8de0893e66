//! What the interfaces say to people in the same words: notes, hints, ages, dates.

mod age;
mod citation;
mod dates;
pub mod hint;
pub mod markdown;
pub mod note;

pub use crate::wording::{
    age::age,
    citation::Citation,
    dates::{dates, no_date},
};
