//! Text with marks: made harmless, and cut into rows by the columns of its characters.

use std::ops::Range;

use ratatui::{
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::text::is_harmful;

/// A line of harmless text with the byte ranges of its marks, ascending and disjoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct MarkedText {
    pub(crate) text: String,
    pub(crate) marks: Vec<Range<usize>>,
}

impl MarkedText {
    /// A text with the marks that it had before it was made harmless.
    pub(crate) fn of(text: &str, marks: &[(usize, usize)]) -> MarkedText {
        let mut made = MarkedText::default();
        let mut marks = marks.iter().peekable();
        let mut is_on = false;
        for (at, c) in text.char_indices() {
            while marks.next_if(|(_, end)| *end <= at).is_some() {
                is_on = false;
            }
            let shown = match c {
                '\n' | '\r' | '\t' => ' ',
                c if is_harmful(c) => continue,
                c => c,
            };
            let start = made.text.len();
            made.text.push(shown);
            if marks.peek().is_some_and(|(start, _)| *start <= at) {
                match made.marks.last_mut().filter(|_| is_on) {
                    Some(mark) => mark.end = made.text.len(),
                    None => made.marks.push(start..made.text.len()),
                }
                is_on = true;
            }
        }
        made
    }

    /// A part of it, in a style, with its marks in that which `mark` gives them by their number.
    pub(crate) fn line(
        &self,
        part: Range<usize>,
        style: Style,
        mark: impl Fn(usize) -> Style,
    ) -> Line<'_> {
        let mut line = Line::default();
        let mut at = part.start;
        for (number, range) in self.marks.iter().enumerate() {
            let (start, end) = (range.start.max(at), range.end.min(part.end));
            if start < end {
                line.push_span(Span::styled(&self.text[at..start], style));
                line.push_span(Span::styled(&self.text[start..end], mark(number)));
                at = end;
            }
        }
        line.push_span(Span::styled(&self.text[at..part.end], style));
        line
    }

    /// The byte ranges of its rows in so many columns.
    pub(crate) fn rows(&self, columns: usize) -> Vec<Range<usize>> {
        rows(&self.text, columns)
    }
}

/// Columns that a text takes.
pub(crate) fn columns(text: &str) -> usize {
    Span::raw(text).width()
}

/// The beginning of a text in so many columns, with an ellipsis where something is left out.
pub(crate) fn cut(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut cut = String::new();
    let mut left = most.saturating_sub(1);
    for piece in text.graphemes(true) {
        let Some(rest) = left.checked_sub(columns(piece)) else { break };
        left = rest;
        cut.push_str(piece);
    }
    if most > 0 {
        cut.truncate(cut.trim_end().len());
        cut.push('…');
    }
    cut
}

/// The byte ranges of the rows of a text, which end behind words where they can; an indent stays.
pub(crate) fn rows(text: &str, most: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let (mut start, mut width) = (0, 0);
    // Where the row could end, and the width up to there.
    let mut end_of_word = None;
    let mut has_words = false;
    for (at, piece) in text.grapheme_indices(true) {
        let is_blank = piece == " ";
        let piece_columns = columns(piece);
        if is_blank && has_words {
            end_of_word = Some((at + 1, width + 1));
        }
        has_words |= !is_blank;
        if width + piece_columns > most && at > start && !is_blank {
            let (next, before) = end_of_word.take().unwrap_or((at, width));
            rows.push(start..start + text[start..next].trim_end().len());
            (start, width) = (next, width.saturating_sub(before));
            has_words = true;
        }
        width += piece_columns;
    }
    let end = start + text[start..].trim_end().len();
    if end > start || rows.is_empty() {
        rows.push(start..end);
    }
    rows
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use crate::ui::marked_text::{MarkedText, columns, cut, rows};

    #[track_caller]
    fn check_rows(text: &str, most: usize, expected: &[&str]) {
        let rows: Vec<_> = rows(text, most).into_iter().map(|row| &text[row]).collect();
        assert_eq!(rows, expected, "{text}");
    }

    #[test]
    fn rows_end_behind_words_and_count_columns() {
        check_rows("time sharing of drift", 12, &["time sharing", "of drift"]);
        check_rows("a supercalifragilistic word", 10, &["a", "supercalif", "ragilistic", "word"]);
        check_rows("特征存储漂移检测", 10, &["特征存储漂", "移检测"]);
        check_rows("ab 特征存储 cd", 10, &["ab", "特征存储", "cd"]);
        check_rows("e\u{301}e\u{301}e\u{301} x", 5, &["e\u{301}e\u{301}e\u{301} x"]);
        check_rows("    let x = 1;", 9, &["    let x", "= 1;"]);
        check_rows("🚀🚀🚀", 4, &["🚀🚀", "🚀"]);
        check_rows("  ", 5, &[""]);
        check_rows("", 5, &[""]);
        // A character that is wider than the window stands alone.
        check_rows("特征", 1, &["特", "征"]);
        check_rows("ab", 0, &["a", "b"]);
    }

    #[test]
    fn marks_stay_on_their_words_when_what_cannot_be_seen_goes() {
        let made = MarkedText::of("a\u{1b}\tfea\u{ad}ture\u{202e} store", &[(3, 12), (16, 21)]);
        let marked: Vec<_> = made.marks.iter().map(|range| &made.text[range.clone()]).collect();
        assert_eq!((made.text.as_str(), marked), ("a feature store", vec!["feature", "store"]));
        // Marks that do not fit are no panic.
        assert_eq!(MarkedText::of("é", &[(1, 2), (7, 9)]).text, "é");
        let line = made.line(4..12, Style::new(), |_| Style::new().bold());
        let pieces: Vec<_> = line.spans.iter().map(|span| span.content.as_ref()).collect();
        assert_eq!(pieces, ["", "ature", " ", "st", ""]);
    }

    #[test]
    fn a_text_is_cut_between_characters_as_readers_see_them() {
        for (text, most, expected) in [
            ("drift", 5, "drift"),
            ("feature store", 9, "feature…"),
            ("特征存储", 6, "特征…"),
            ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
            ("drift", 0, ""),
        ] {
            assert_eq!(cut(text, most), expected);
            assert!(columns(expected) <= most);
        }
    }
}
