//! The lines of a page in the order in which they are read.

use std::collections::{BTreeMap, HashSet};

use crate::pdf::content::Span;

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
/// A gap of this many ems within a line stands between cells of a table.
const CELL_GAP: f32 = 2.0;

/// A line of text.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) base: f32,
    pub(crate) size: f32,
    pub(crate) is_bold: bool,
    /// Number of its column within the document.
    pub(crate) column: usize,
}

/// Arranges the runs of a page; those that do not go along with most of its text are left out.
pub(crate) fn lines(spans: Vec<Span>, columns: &mut usize) -> Vec<Line> {
    let turn = main_turn(&spans);
    let mut seen = HashSet::new();
    let upright = spans.into_iter().filter(|span| span.turn == turn);
    // Bold type is sometimes made by setting it twice.
    let once = upright.filter(|span| {
        let place = (span.left * 0.5) as i64;
        seen.insert((span.text.trim().to_owned(), place, (span.base * 0.5) as i64))
    });
    let mut lines = Vec::new();
    for column in ordered(pieces(once)) {
        *columns += 1;
        lines.extend(joined(column).map(|line| Line { column: *columns, ..line }));
    }
    lines
}

/// The quarter turns of most of the text.
pub(crate) fn main_turn(spans: &[Span]) -> u8 {
    let mut chars = [0; 4];
    for span in spans {
        chars[usize::from(span.turn % 4)] += span.text.len();
    }
    (0..4).max_by_key(|turn| (chars[usize::from(*turn)], u8::MAX - turn)).unwrap_or(0)
}

/// Joins runs that follow each other in the file and on the line: other fonts, raised and lowered
/// characters.
fn pieces(spans: impl Iterator<Item = Span>) -> Vec<Line> {
    let mut pieces: Vec<(Line, usize, usize)> = Vec::new();
    for span in spans {
        let chars = span.text.chars().count();
        let bold = if span.is_bold { chars } else { 0 };
        if let Some((line, all, all_bold)) = pieces.last_mut() {
            let larger = line.size.max(span.size);
            let gap = (span.left - line.right) / larger;
            let rise = (span.base - line.base) / larger;
            let alike = (line.size - span.size).abs() < 0.1 * larger;
            let reach = if alike { 0.3 } else { 0.6 };
            if (-0.5..0.85).contains(&gap) && rise.abs() < reach {
                let raised = !alike && rise > 0.2 && span.size < line.size;
                let word = line.text.chars().rev().take(3).all(char::is_alphabetic);
                if (gap > 0.15 || raised && word) && !line.text.ends_with(' ') {
                    line.text.push(' ');
                }
                line.text.push_str(&span.text);
                line.right = line.right.max(span.right);
                if span.size > line.size * 1.1 {
                    (line.size, line.base) = (span.size, span.base);
                }
                *all += chars;
                *all_bold += bold;
                continue;
            }
        }
        let Span { left, right, base, size, text, .. } = span;
        let line = Line { text, left, right, base, size, is_bold: false, column: 0 };
        pieces.push((line, chars, bold));
    }
    let bold = |(line, all, bold): (Line, usize, usize)| {
        // Numbers and marks of another font do not change what the line is.
        Line { is_bold: bold * 10 > all * 8, ..line }
    };
    pieces.into_iter().map(bold).collect()
}

/// Cuts a page into columns, in the order in which they are read.
fn ordered(pieces: Vec<Line>) -> Vec<Vec<Line>> {
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
                let cut = bands(part, gutter);
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
    let wide = |widths: &mut Vec<f32>| {
        widths.sort_by(f32::total_cmp);
        widths.get(widths.len() / 2).is_some_and(|median| *median >= MIN_COLUMN_WIDTH * width)
    };
    let lines = sides[0].len().min(sides[1].len());
    let [one, other] = &mut sides;
    (lines >= MIN_COLUMN_LINES && crossing <= lines && wide(one) && wide(other)).then_some(gutter)
}

/// Cuts a page along the gap: what goes across it stands alone, and parts the page into what is
/// read before and after. Says of each part whether it is a column.
fn bands(pieces: Vec<Line>, gutter: f32) -> Vec<(Vec<Line>, bool)> {
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
        if into_left > into_right { one.push(piece) } else { other.push(piece) }
    }
    parts.extend([(one, true), (other, true), (across, false)]);
    parts.retain(|(part, _)| !part.is_empty());
    parts
}

/// Joins the pieces of a column that stand on one line.
fn joined(mut pieces: Vec<Line>) -> impl Iterator<Item = Line> {
    pieces.sort_by(|a, b| b.base.total_cmp(&a.base));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if (row[0].base - piece.base) < 0.3 * row[0].size.max(piece.size) => {
                row.push(piece);
            }
            _ => rows.push(vec![piece]),
        }
    }
    rows.into_iter().filter_map(|mut row| {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
        let is_bold = row.iter().all(|piece| piece.is_bold);
        let mut row = row.into_iter();
        let mut line = row.next()?;
        for piece in row {
            let gap = (piece.left - line.right) / line.size.max(piece.size);
            line.text.truncate(line.text.trim_end().len());
            line.text.push(if gap > CELL_GAP { '\t' } else { ' ' });
            line.text.push_str(piece.text.trim_start());
            line.right = line.right.max(piece.right);
            if piece.size > line.size {
                (line.size, line.base) = (piece.size, piece.base);
            }
        }
        line.text = line.text.trim().to_owned();
        line.is_bold = is_bold;
        (!line.text.is_empty()).then_some(line)
    })
}

/// Removes what stands in the margin of several pages: running heads, page numbers.
pub(crate) fn without_margins(pages: &mut [Vec<Line>]) {
    /// Lines at the top and at the bottom of a page that may be its margin.
    const LINES: usize = 2;
    let margins: Vec<Vec<(usize, String)>> = pages
        .iter()
        .enumerate()
        .map(|(page, lines)| {
            let mut order: Vec<usize> = (0..lines.len()).collect();
            order.sort_by(|a, b| lines[*b].base.total_cmp(&lines[*a].base));
            let bottom = order.len().saturating_sub(LINES).max(LINES.min(order.len()));
            // The title is where later pages have it in their heads.
            let top = order.iter().take(if page == 0 { 0 } else { LINES });
            let ends = top.chain(&order[bottom..]);
            let place = |line: &Line| format!("{:.0} {}", line.base / 4.0, shape(&line.text));
            ends.map(|at| (*at, place(&lines[*at]))).collect()
        })
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, shape) in margins.iter().flatten() {
        *counts.entry(shape).or_default() += 1;
    }
    let enough = if pages.len() < 5 { 2 } else { 3 };
    for (lines, margin) in pages.iter_mut().zip(&margins) {
        let repeated: HashSet<usize> = margin
            .iter()
            .filter(|(_, shape)| counts.get(shape.as_str()).is_some_and(|count| *count >= enough))
            .map(|(at, _)| *at)
            .collect();
        let mut at = 0..;
        lines.retain(|_| at.next().is_none_or(|at| !repeated.contains(&at)));
    }
}

/// A line with each number made the same, Roman ones as well.
fn shape(text: &str) -> String {
    let is_roman = |word: &str| {
        word.len() <= 6 && word.chars().all(|c| matches!(c, 'i' | 'v' | 'x' | 'l' | 'c'))
    };
    let mut shape = String::new();
    for word in text.split_whitespace() {
        if is_roman(word) || word.chars().any(|c| c.is_ascii_digit()) {
            shape.push('#');
        } else {
            shape.push_str(word);
        }
        shape.push(' ');
    }
    shape
}
