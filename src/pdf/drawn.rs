//! What a page has drawn already: bold type and shadows are sometimes made by drawing letters twice.

use std::collections::HashMap;

use crate::pdf::span::Span;

/// How far the second drawing may stand from the first, in ems.
const SHIFT: f32 = 0.12;

/// The glyphs of a page by the rows that they stand in.
#[derive(Debug, Default)]
pub(crate) struct Drawn {
    rows: HashMap<(u8, i32, i64), DrawnRow>,
}

#[derive(Debug)]
struct DrawnRow {
    /// What stands to the right of this is new.
    right: f32,
    glyphs: Vec<(f32, f32, char)>,
}

impl Drawn {
    /// Notes a glyph; whether it was drawn there before. `looked_at` counts the work.
    pub(crate) fn is_again(&mut self, glyph: &Span, looked_at: &mut u64) -> bool {
        let Some(letter) = glyph.text.chars().next() else { return false };
        let reach = SHIFT * glyph.size;
        // Rows are about half an em high, and those of other sizes have other ones.
        let scale = (glyph.size / 2.0).log2().floor();
        let height = scale.exp2();
        let row = |base: f32| (glyph.turn, scale as i32, (base / height).floor() as i64);
        let (low, high) = (row(glyph.base - reach), row(glyph.base + reach));
        let mut is_there = |key| {
            let Some(row) = self.rows.get(&key).filter(|row| glyph.left < row.right) else {
                return false;
            };
            *looked_at += row.glyphs.len() as u64 / 16;
            row.glyphs.iter().any(|(left, base, other)| {
                *other == letter
                    && (left - glyph.left).abs() < reach
                    && (base - glyph.base).abs() < reach
            })
        };
        if is_there(low) || high != low && is_there(high) {
            return true;
        }
        let row = self
            .rows
            .entry(row(glyph.base))
            .or_insert_with(|| DrawnRow { right: f32::MIN, glyphs: Vec::new() });
        row.right = row.right.max(glyph.left + reach);
        row.glyphs.push((glyph.left, glyph.base, letter));
        false
    }
}
