//! How analysed text is written down for an index: each term is preceded by one of these bytes. They say
//! where it stands, counted from the term before it.

/// At the next position.
pub(crate) const NEXT: u8 = 1;
/// At the same position.
pub(crate) const SAME: u8 = 2;
/// No term: a stop word stood here.
pub(crate) const SKIP: u8 = 3;
/// No term: a new paragraph begins, over which no phrase reaches.
pub(crate) const BREAK: u8 = 4;
