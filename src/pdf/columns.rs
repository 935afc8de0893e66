//! The columns of a page in the order in which they are read.

use crate::pdf::line::Line;

/// Cells into which the width of a page is cut to find the gap between its columns.
const CELLS: usize = 200;
/// Lines that a column has at least.
const MIN_COLUMN_LINES: usize = 5;
/// Median width of a column's lines, as a share of both columns with the gap; columns of tables
/// are narrower.
const MIN_COLUMN_WIDTH: f32 = 0.2;
/// How far a line goes into both columns to belong to neither, as a share of the whole width.
const MIN_CROSSING: f32 = 0.04;
/// Columns within columns: two cuts make up to four.
const MAX_CUTS: usize = 2;

/// Cuts a page into columns, in the order in which they are read.
pub(crate) fn ordered(pieces: Vec<Line>, is_rtl: bool) -> Vec<Vec<Line>> {
    let mut columns = Vec::new();
    // Parts still to look at, the next one last.
    let mut parts = vec![(pieces, 0)];
    while let Some((mut part, cuts)) = parts.pop() {
        if part.is_empty() {
            continue;
        }
        part.sort_by(|a, b| b.base.total_cmp(&a.base).then(a.left.total_cmp(&b.left)));
        match gutter(&part).filter(|_| cuts < MAX_CUTS) {
            Some(gutter) => {
                let cut = bands(part, gutter, is_rtl);
                let cuts_of = |is_column| if is_column { cuts + 1 } else { MAX_CUTS };
                parts.extend(cut.into_iter().rev().map(|(part, column)| (part, cuts_of(column))));
            }
            None => columns.push(part),
        }
    }
    columns
}

/// Where the gap between two columns is, if there are two.
fn gutter(pieces: &[Line]) -> Option<f32> {
    let left = pieces.iter().map(|p| p.left).min_by(f32::total_cmp)?;
    let right = pieces.iter().map(|p| p.right).max_by(f32::total_cmp)?;
    let width = right - left;
    if width <= 0.0 || pieces.len() < 2 * MIN_COLUMN_LINES {
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
    // The widest run of cells that are covered least.
    let mut best = 0..0;
    let mut start = None;
    for (at, covered) in covered.iter().enumerate().take(middle.end + 1).skip(middle.start) {
        if at < middle.end && *covered == least {
            start.get_or_insert(at);
        } else if let Some(start) = start.take()
            && at - start > best.len()
        {
            best = start..at;
        }
    }
    let gutter = left + (best.start + best.end) as f32 / 2.0 / CELLS as f32 * width;
    let mut sides = [Vec::new(), Vec::new()];
    let mut crossing = 0;
    for piece in pieces {
        if piece.right <= gutter {
            sides[0].push(piece.right - piece.left);
        } else if piece.left >= gutter {
            sides[1].push(piece.right - piece.left);
        } else {
            crossing += 1;
        }
    }
    // Half of what is written: a few cells of a table or formulas do not make a column narrow.
    let wide = |widths: &mut Vec<f32>| {
        widths.sort_by(f32::total_cmp);
        let mut left = widths.iter().sum::<f32>() / 2.0;
        let median = widths.iter().find(|piece| {
            left -= **piece;
            left <= 0.0
        });
        median.is_some_and(|median| *median >= MIN_COLUMN_WIDTH * width)
    };
    let lines = sides[0].len().min(sides[1].len());
    let [one, other] = &mut sides;
    (lines >= MIN_COLUMN_LINES && crossing <= lines && wide(one) && wide(other)).then_some(gutter)
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
    for piece in pieces {
        let into_left = gutter - piece.left;
        let into_right = piece.right - gutter;
        if into_left > reach && into_right > reach {
            parts.extend([(std::mem::take(&mut one), true), (std::mem::take(&mut other), true)]);
            across.push(piece);
            continue;
        }
        parts.push((std::mem::take(&mut across), false));
        if (into_left > into_right) != is_rtl { one.push(piece) } else { other.push(piece) }
    }
    parts.extend([(one, true), (other, true), (across, false)]);
    parts.retain(|(part, _)| !part.is_empty());
    parts
}
