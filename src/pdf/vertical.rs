//! Text that is written from top to bottom, its columns from right to left: text turned by a quarter.

use crate::pdf::span::{Span, is_wide};

/// The quarter turns of such text.
pub(crate) const TURN: u8 = 3;
/// Characters of a column that was drawn one by one.
const MIN_STACK: usize = 3;
/// Characters of a number that stands upright within a column.
const MAX_UPRIGHT: usize = 4;
/// Where the base line of a turned letter is, in ems left of the middle of its column.
const BASE: f32 = 0.38;

/// Columns whose characters were drawn one by one as columns, if most of a page is such.
pub(crate) fn stacked(spans: Vec<Span>) -> Vec<Span> {
    let is_single = |span: &Span| {
        span.turn == 0
            && span.text.trim().chars().count() == 1
            && span.text.trim().chars().all(is_wide)
    };
    let singles = spans.iter().filter(|span| is_single(span)).count();
    if singles < MIN_STACK || 2 * singles < spans.len() {
        return spans;
    }
    let below = |above: &Span, span: &Span| {
        let step = (above.base - span.base) / above.size;
        let aside = (span.left - above.left).abs() / above.size;
        is_single(above) && is_single(span) && (0.8..2.0).contains(&step) && aside < 0.3
    };
    let mut stacks: Vec<Vec<Span>> = Vec::new();
    for span in &spans {
        match stacks.last_mut() {
            Some(stack) if stack.last().is_some_and(|above| below(above, span)) => {
                stack.push(span.clone());
            }
            _ => stacks.push(vec![span.clone()]),
        }
    }
    let in_stacks: usize = stacks.iter().map(Vec::len).filter(|len| *len >= MIN_STACK).sum();
    if 2 * in_stacks < spans.len() {
        return spans;
    }
    stacks
        .into_iter()
        .flatten()
        .map(|span| if is_single(&span) { turned(span) } else { span })
        .fold(Vec::new(), |mut columns: Vec<Span>, span| {
            if !columns.last_mut().is_some_and(|last| last.goes_on_with(&span)) {
                columns.push(span);
            }
            columns
        })
}

/// Numbers that stand upright within columns become parts of them.
pub(crate) fn take_in(columns: &mut Vec<Span>, upright: &mut Vec<Span>) {
    let (low, high) = columns.iter().fold((f32::MAX, f32::MIN), |(low, high), column| {
        (low.min(column.base), high.max(column.base + column.size))
    });
    let top = columns.iter().map(|column| column.left).fold(f32::MAX, f32::min);
    let bottom = columns.iter().map(|column| column.right).fold(f32::MIN, f32::max);
    let is_within = |span: &Span| {
        span.text.chars().count() <= MAX_UPRIGHT
            && (low..high).contains(&((span.left + span.right) / 2.0))
            && (top..=bottom).contains(&(-span.base))
    };
    for span in std::mem::take(upright) {
        if is_within(&span) { columns.push(turned(span)) } else { upright.push(span) }
    }
}

/// An upright character as part of a column.
fn turned(span: Span) -> Span {
    let top = -(span.base + 0.88 * span.size);
    let middle = (span.left + span.right) / 2.0;
    Span {
        left: top,
        right: top + span.size,
        base: middle - BASE * span.size,
        turn: TURN,
        letters: None,
        ..span
    }
}
