//! The columns of a page in the order in which they are read.

use std::cmp::Reverse;

use crate::pdf::{blocks, line::Line, rows};

/// Cells into which the width of a page is cut to find the gap between its columns.
const CELLS: usize = 200;
/// Lines that a column has at least.
const MIN_COLUMN_LINES: usize = 5;
/// Median width of a column's lines, as a share of both columns with the gap; columns of tables
/// are narrower.
const MIN_COLUMN_WIDTH: f32 = 0.2;
/// The same where one column is drawn whole before the other.
const MIN_DRAWN_WIDTH: f32 = 0.1;
/// Rows of a column that is drawn whole before the other one.
const MIN_DRAWN_ROWS: usize = 3;
/// How far from the margin lines of a column end, as a share of its width.
const RAGGED: f32 = 0.1;
/// Gaps that are looked at.
const MAX_GAPS: usize = 3;
/// How far a line goes into both columns to belong to neither, as a share of the whole width.
const MIN_CROSSING: f32 = 0.04;
/// Columns within columns: two cuts make up to four.
const MAX_CUTS: usize = 2;

/// Cuts a page into columns, in the order in which they are read.
pub(crate) fn ordered(pieces: Vec<Line>, is_rtl: bool) -> Vec<Vec<Line>> {
    let mut columns = Vec::new();
    // Parts still to look at, the next one last.
    let mut parts = vec![(pieces, 0)];
    while let Some((part, cuts)) = parts.pop() {
        if part.is_empty() {
            continue;
        }
        match gutter(&part).filter(|_| cuts < MAX_CUTS) {
            Some(gutter) => {
                let cut = bands(part, gutter, is_rtl);
                let cuts_of = |is_column| if is_column { cuts + 1 } else { MAX_CUTS };
                parts.extend(cut.into_iter().rev().map(|(part, column)| (part, cuts_of(column))));
            }
            None => columns.extend(blocks::of(part, is_rtl)),
        }
    }
    columns
}

/// Where the gap between two columns is, if there are two.
fn gutter(pieces: &[Line]) -> Option<f32> {
    let left = pieces.iter().map(|p| p.left).min_by(f32::total_cmp)?;
    let right = pieces.iter().map(|p| p.right).max_by(f32::total_cmp)?;
    let width = right - left;
    if width <= 0.0 || pieces.len() < 2 * MIN_DRAWN_ROWS {
        return None;
    }
    let cell = |x: f32| (((x - left) / width * CELLS as f32) as usize).min(CELLS - 1);
    // How many pieces cover each cell, from where they begin and end.
    let mut edges = [0_i32; CELLS + 1];
    for piece in pieces {
        edges[cell(piece.left)] += 1;
        edges[cell(piece.right.max(piece.left)) + 1] -= 1;
    }
    let covered: Vec<i32> = edges
        .iter()
        .scan(0, |sum, edge| {
            *sum += edge;
            Some(*sum)
        })
        .collect();
    let middle = CELLS / 5..CELLS * 4 / 5;
    let least = *covered[middle.clone()].iter().min()?;
    // The runs of cells that are covered least, the widest first.
    let mut gaps: Vec<(usize, usize)> = Vec::new();
    for at in middle.filter(|at| covered[*at] == least) {
        match gaps.last_mut() {
            Some((_, end)) if *end == at => *end = at + 1,
            _ => gaps.push((at, at + 1)),
        }
    }
    gaps.sort_by_key(|(start, end)| Reverse(end - start));
    gaps.into_iter()
        .take(MAX_GAPS)
        .map(|(start, end)| left + (start + end) as f32 / 2.0 / CELLS as f32 * width)
        .find(|gutter| are_columns(pieces, *gutter, width))
}

/// Whether what stands on both sides of a gap is read one after the other. Where the widths of the
/// lines do not say so, the order says it in which the file draws them.
fn are_columns(pieces: &[Line], gutter: f32, width: f32) -> bool {
    let mut sides = [Vec::new(), Vec::new()];
    let mut drawn = Vec::new();
    let mut crossing = 0;
    for piece in pieces {
        let is_left = piece.right <= gutter;
        if is_left || piece.left >= gutter {
            sides[usize::from(!is_left)].push(piece);
            drawn.push((piece.drawn, is_left));
        } else {
            crossing += 1;
        }
    }
    drawn.sort_unstable();
    let turns = drawn.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    let lines = sides[0].len().min(sides[1].len());
    if lines < MIN_DRAWN_ROWS || crossing > lines {
        return false;
    }
    let wide = |side: &[&Line], least: f32| {
        half_of(side, |piece| piece.right - piece.left >= least * width)
    };
    let rows = |side: &Vec<&Line>| rows::rows(side.iter().copied().cloned().collect()).len();
    let rows = sides.iter().map(rows).min().unwrap_or(0);
    if turns <= 2 + rows / 3 && rows >= MIN_DRAWN_ROWS {
        return sides.iter().any(|side| wide(side, MIN_DRAWN_WIDTH));
    }
    // A table whose rows are drawn one by one has ragged columns.
    let is_table = turns >= rows && !sides.iter().all(|side| is_flush(side));
    lines >= MIN_COLUMN_LINES && sides.iter().all(|side| wide(side, MIN_COLUMN_WIDTH)) && !is_table
}

/// Whether half of what is written ends near the right margin, beyond which there are numbers of
/// lines at most.
fn is_flush(side: &[&Line]) -> bool {
    let left = side.iter().map(|piece| piece.left).fold(f32::MAX, f32::min);
    let mut side = side.to_vec();
    side.sort_by(|a, b| b.right.total_cmp(&a.right));
    let mut beyond = side.iter().map(|piece| piece.right - piece.left).sum::<f32>() / 10.0;
    let margin = side.iter().find(|piece| {
        beyond -= piece.right - piece.left;
        beyond <= 0.0
    });
    margin.is_some_and(|margin| {
        let reach = RAGGED * (margin.right - left);
        half_of(&side, |piece| margin.right - piece.right < reach)
    })
}

/// Whether something holds for half of what is written: a few cells of a table or formulas do not
/// count as much as lines.
fn half_of(side: &[&Line], holds: impl Fn(&Line) -> bool) -> bool {
    let width = |all: f32, piece: &&Line| all + (piece.right - piece.left);
    let all = side.iter().fold(0.0, width);
    let those = side.iter().filter(|piece| holds(piece)).fold(0.0, width);
    2.0 * those >= all
}

/// Cuts a page along the gap: what goes across it stands alone, and parts the page into what is
/// read before and after. Says of each part whether it is a column.
fn bands(pieces: Vec<Line>, gutter: f32, is_rtl: bool) -> Vec<(Vec<Line>, bool)> {
    let left = pieces.iter().map(|p| p.left).fold(f32::MAX, f32::min);
    let right = pieces.iter().map(|p| p.right).fold(f32::MIN, f32::max);
    let reach = (right - left) * MIN_CROSSING;
    let mut parts: Vec<(Vec<Line>, bool)> = Vec::new();
    let mut across = Vec::new();
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let into = |piece: &Line| (gutter - piece.left, piece.right - gutter);
    let is_across = |piece: &Line| {
        let (into_left, into_right) = into(piece);
        into_left > reach && into_right > reach
    };
    for row in rows::rows(pieces) {
        // What stands beside it, as the names of other writers, goes with it.
        if row.iter().any(is_across) {
            parts.extend([(std::mem::take(&mut one), true), (std::mem::take(&mut other), true)]);
            across.extend(row);
            continue;
        }
        parts.push((std::mem::take(&mut across), false));
        for piece in row {
            let (into_left, into_right) = into(&piece);
            if (into_left > into_right) != is_rtl { one.push(piece) } else { other.push(piece) }
        }
    }
    parts.extend([(one, true), (other, true), (across, false)]);
    parts.retain(|(part, _)| !part.is_empty());
    parts
}
