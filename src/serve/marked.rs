//! Text for pages: harmless, and with marks where words of the query stand.

use std::{borrow::Cow, ops::Range};

use crate::text::sanitize;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MarkedPiece {
    pub(crate) text: String,
    pub(crate) is_marked: bool,
}

/// The pieces of a text, cut where marks begin and end. Marks are byte ranges and never markup, and
/// what the pieces hold is escaped where they are written.
pub(crate) fn pieces(text: &str, marks: &[(usize, usize)]) -> Vec<MarkedPiece> {
    let mut pieces = Vec::new();
    let mut add = |range: Range<usize>, is_marked| {
        let text = sanitize(text.get(range).unwrap_or_default()).into_owned();
        if !text.is_empty() {
            pieces.push(MarkedPiece { text, is_marked });
        }
    };
    let mut at = 0;
    for &(start, end) in marks {
        add(at..start, false);
        add(start..end, true);
        at = end;
    }
    add(at..text.len(), false);
    pieces
}

/// A text as it may stand on a page.
pub(crate) fn clean(text: &str) -> String {
    sanitize(text).trim().to_owned()
}

/// The code of a language if it is one, for `lang`; nothing else gets into the attribute.
pub(crate) fn language(code: Option<&str>) -> Option<String> {
    let is_code = |code: &&str| {
        let letters = code.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        letters && (2..=16).contains(&code.len())
    };
    code.filter(is_code).map(str::to_owned)
}

/// A number with commas between thousands.
pub(crate) fn number(number: impl TryInto<u64>) -> String {
    let digits = number.try_into().unwrap_or(u64::MAX).to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 article`, `2,000 articles`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    let many = if count == 1 { Cow::Borrowed(one) } else { Cow::Owned(format!("{one}s")) };
    format!("{} {many}", number(count as u64))
}

#[cfg(test)]
mod tests {
    use crate::serve::marked::{counted, language, number, pieces};

    #[track_caller]
    fn check(text: &str, marks: &[(usize, usize)], expected: &str) {
        let shown = pieces(text, marks).into_iter().map(|piece| match piece.is_marked {
            true => format!("[{}]", piece.text),
            false => piece.text,
        });
        assert_eq!(shown.collect::<String>(), expected);
    }

    #[test]
    fn pieces_are_cut_at_marks() {
        check("a feature store", &[(2, 9), (10, 15)], "a [feature] [store]");
        check("drift", &[(0, 5)], "[drift]");
        check("a\u{202e}b <b>", &[(0, 5)], "[ab] <b>");
        check("", &[], "");
        // Marks that do not fit lose text and nothing else.
        check("é", &[(1, 2)], "");
    }

    #[test]
    fn numbers_have_commas() {
        for (count, expected) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(number(count as u64), expected);
        }
        assert_eq!(counted(1, "article"), "1 article");
        assert_eq!(counted(2_000, "article"), "2,000 articles");
    }

    #[test]
    fn a_language_is_letters_and_hyphens() {
        assert_eq!(language(Some("pt-BR")).as_deref(), Some("pt-BR"));
        assert_eq!(language(Some("x\" onload=\"y")), None);
        assert_eq!(language(None), None);
    }
}
