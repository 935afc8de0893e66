//! What the interfaces say to people in the same words: notes, hints, ages, dates.

mod age;
mod dates;
pub mod hint;
pub mod note;

pub use crate::wording::{
    age::age,
    dates::{dates, no_date},
};
