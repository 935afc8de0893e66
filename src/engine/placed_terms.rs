//! The terms of an analysed text with their positions.

use crate::analysis::place;

/// Positions between two paragraphs, so that no phrase reaches over the gap.
pub(crate) const BREAK_POSITIONS: usize = 16;

/// The terms that [`crate::analysis::analyzer::Analyzer::write_terms`] wrote, each with its position.
pub(crate) struct PlacedTerms<'a> {
    rest: &'a str,
    next_position: usize,
}

impl<'a> PlacedTerms<'a> {
    /// The terms of a text as it was written.
    pub(crate) fn of(written: &'a str) -> PlacedTerms<'a> {
        PlacedTerms { rest: written, next_position: 0 }
    }
}

impl<'a> Iterator for PlacedTerms<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        while let Some(&byte) = self.rest.as_bytes().first() {
            let body = &self.rest[1..];
            let end = body.bytes().position(|b| b <= place::BREAK).unwrap_or(body.len());
            self.rest = &body[end..];
            match byte {
                place::SKIP => self.next_position += 1,
                place::BREAK => self.next_position += BREAK_POSITIONS,
                _ => {
                    if byte == place::NEXT {
                        self.next_position += 1;
                    }
                    return Some((self.next_position.saturating_sub(1), &body[..end]));
                }
            }
        }
        None
    }
}
