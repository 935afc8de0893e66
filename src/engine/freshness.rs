//! Freshness: newer documents come a little earlier, when that is asked for.

use jiff::civil::Date;

use crate::query::weights::{FRESHNESS, FRESHNESS_HALF_LIFE};

/// A score with what the age of the document adds to it.
pub(crate) fn freshened(score: f32, date: Option<Date>, today: Date) -> f32 {
    let age = date.and_then(|day| day.until(today).ok());
    let Some(days) = age.map(|age| age.get_days().max(0) as f32) else { return score };
    let left = (-days / FRESHNESS_HALF_LIFE).exp2();
    score * (1.0 + FRESHNESS * left)
}
