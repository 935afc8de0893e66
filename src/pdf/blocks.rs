//! Parts of a page that stand side by side, as the names of writers below a title do, told by the
//! order in which they are drawn.

use crate::pdf::{line::Line, rows};

/// Pieces of a part; larger ones are cut by their gaps alone.
const MAX_PIECES: usize = 200;
/// Least gap between blocks, in ems.
const MIN_GAP: f32 = 1.0;
/// How much higher than the piece before it a block begins, in ems.
const MIN_RISE: f32 = 0.8;

/// Cuts a part of a page into blocks, in the order in which they are read, where the file draws
/// them one after the other; the rest of the text stays together.
pub(crate) fn of(part: Vec<Line>, is_rtl: bool) -> Vec<Vec<Line>> {
    let mut blocks = Vec::new();
    let mut rest = Vec::new();
    for zone in zones(part) {
        match cut(&zone, is_rtl) {
            Some(cut) => {
                blocks.push(std::mem::take(&mut rest));
                blocks.extend(cut);
            }
            None => rest.extend(zone),
        }
    }
    blocks.push(rest);
    blocks.retain(|block| !block.is_empty());
    blocks
}

/// Cuts a part between rows where all above is drawn before all below.
fn zones(part: Vec<Line>) -> Vec<Vec<Line>> {
    let rows = rows::rows(part);
    let drawn = |row: &[Line]| row.iter().map(|piece| piece.drawn).min();
    // What is drawn first of all that follows a row.
    let mut next = usize::MAX;
    let mut after: Vec<usize> = Vec::new();
    for row in rows.iter().rev() {
        after.push(next);
        next = next.min(drawn(row).unwrap_or(next));
    }
    let mut zones: Vec<Vec<Line>> = Vec::new();
    let mut last = 0;
    let mut is_new = true;
    for (row, after) in rows.into_iter().zip(after.into_iter().rev()) {
        last = row.iter().map(|piece| piece.drawn).fold(last, usize::max);
        match zones.last_mut().filter(|_| !is_new) {
            Some(zone) => zone.extend(row),
            None => zones.push(row),
        }
        is_new = last < after;
    }
    zones
}

/// Cuts a zone where what is drawn next stands higher, if that stands beside all before it.
fn cut(zone: &[Line], is_rtl: bool) -> Option<Vec<Vec<Line>>> {
    if zone.len() > MAX_PIECES {
        return None;
    }
    let mut zone = zone.to_vec();
    zone.sort_by_key(|piece| piece.drawn);
    let is_above = |one: &Line, other: &Line| one.base > other.base + MIN_RISE * one.size;
    let begins: Vec<usize> =
        (1..zone.len()).filter(|at| is_above(&zone[*at], &zone[at - 1])).collect();
    let is_beside = |before: &Line, after: &Line| {
        let gap = if is_rtl { before.left - after.right } else { after.left - before.right };
        gap > MIN_GAP * after.size
    };
    let is_order = begins.iter().enumerate().all(|(at, begin)| {
        let end = begins.get(at + 1).copied().unwrap_or(zone.len());
        let (before, block) = (&zone[..*begin], &zone[*begin..end]);
        block.iter().all(|after| {
            before.iter().all(|before| is_above(before, after) || is_beside(before, after))
        })
    });
    if begins.is_empty() || !is_order {
        return None;
    }
    let mut blocks: Vec<Vec<Line>> =
        begins.into_iter().rev().map(|begin| zone.split_off(begin)).collect();
    blocks.push(zone);
    blocks.reverse();
    Some(blocks)
}
