//! The lines of a page in the order in which they are read.

use crate::pdf::{bidi, columns, line::Line, margins, rows, span::Span, vertical};

/// Runs that a text has at least that goes another way than most of its page; less is a stamp.
const MIN_TURNED_SPANS: usize = 4;

/// Arranges the runs of a page; of those that go another way than most of its text, stamps are left
/// out.
pub(crate) fn lines(spans: Vec<Span>, columns: &mut usize) -> Vec<Line> {
    let spans = vertical::stacked(spans);
    let main = main_turn(&spans);
    let mut turned: [Vec<Span>; 4] = Default::default();
    for span in spans {
        turned[usize::from(span.turn % 4)].push(span);
    }
    turned.rotate_left(usize::from(main));
    if main == vertical::TURN {
        let (main, upright) = turned.split_at_mut(1);
        vertical::take_in(&mut main[0], &mut upright[0]);
    }
    let mut lines = Vec::new();
    for (at, spans) in turned.into_iter().enumerate() {
        if at == 0 || spans.len() >= MIN_TURNED_SPANS {
            lines.extend(one_way(spans, columns));
        }
    }
    lines
}

/// Arranges runs that all go the same way.
fn one_way(spans: Vec<Span>, columns: &mut usize) -> Vec<Line> {
    let mut pieces = rows::pieces(spans);
    margins::drop_line_numbers(&mut pieces);
    rows::join_drop_caps(&mut pieces);
    let (ltr, rtl) = pieces
        .iter()
        .map(|piece| bidi::directions(&piece.text))
        .fold((0, 0), |(all_ltr, all_rtl), (ltr, rtl)| (all_ltr + ltr, all_rtl + rtl));
    let is_rtl = rtl > ltr;
    let mut lines = Vec::new();
    for column in columns::ordered(pieces, is_rtl) {
        *columns += 1;
        lines.extend(rows::joined(column).map(|line| Line { column: *columns, ..line }));
    }
    if is_rtl {
        // The side on which lines begin is the left one for all that follows.
        for line in &mut lines {
            (line.left, line.right) = (-line.right, -line.left);
        }
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
