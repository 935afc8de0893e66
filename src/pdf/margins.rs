//! What stands in the margins of pages and is no part of the text.

use std::collections::{BTreeMap, HashSet};

use crate::pdf::line::Line;

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

/// Removes the numbers of lines that stand beside a text.
pub(crate) fn drop_line_numbers(pieces: &mut Vec<Line>) {
    /// Numbers that are a column of them at least.
    const MIN_NUMBERS: usize = 4;
    let number = |piece: &Line| {
        let text = piece.text.trim();
        let is_number = (1..=4).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_digit())
            && !text.starts_with('0');
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let mut numbers: Vec<(usize, u32)> =
        pieces.iter().enumerate().filter_map(|(at, piece)| Some((at, number(piece)?))).collect();
    if numbers.len() < MIN_NUMBERS {
        return;
    }
    numbers.sort_by(|a, b| pieces[b.0].base.total_cmp(&pieces[a.0].base));
    let texts = || pieces.iter().filter(|piece| piece.text.trim().chars().count() > 8);
    let (left, right) = texts().fold((f32::MAX, f32::MIN), |(left, right), piece| {
        (left.min(piece.left), right.max(piece.right))
    });
    let middle = (left + right) / 2.0;
    let columns = [
        texts().filter(|piece| piece.right < middle).count(),
        texts().filter(|piece| piece.left > middle).count(),
    ];
    let mut gone = HashSet::new();
    for is_left in [true, false] {
        // Beyond where nearly all of the text begins or ends.
        let mut edges: Vec<f32> =
            texts().map(|piece| if is_left { piece.left } else { -piece.right }).collect();
        edges.sort_by(f32::total_cmp);
        let Some(edge) = edges.get(edges.len() / 20).copied() else { return };
        let beside: Vec<(usize, u32)> = numbers
            .iter()
            .copied()
            .filter(|(at, _)| {
                let piece = &pieces[*at];
                (if is_left { piece.right } else { -piece.left }) < edge
            })
            .collect();
        let steps: Vec<i64> =
            beside.windows(2).map(|pair| i64::from(pair[1].1) - i64::from(pair[0].1)).collect();
        let Some(step) = steps.iter().copied().filter(|step| *step > 0).min() else { continue };
        let even = steps.iter().filter(|found| **found == step).count();
        // Most lines have a number, or every fifth; of two columns, those of the one beside.
        let rows = if columns[0].min(columns[1]) < MIN_NUMBERS {
            texts().count()
        } else {
            texts().count() - columns[usize::from(is_left)]
        };
        let is_numbered = beside.len() >= MIN_NUMBERS
            && even * 10 >= steps.len() * 8
            && beside.len() * step.unsigned_abs() as usize * 10 >= rows * 6;
        if is_numbered {
            gone.extend(beside.into_iter().map(|(at, _)| at));
        }
    }
    let mut at = 0..;
    pieces.retain(|_| at.next().is_none_or(|at| !gone.contains(&at)));
}
