//! The query as it is edited, and the part of it that is seen.

use tui_input::{Input, InputRequest};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    text::{is_harmful, sanitize},
    ui::marked_text,
};

/// Characters of a query at most: more than a search reads.
const MOST_CHARS: usize = 10_000;

/// A line that is edited.
pub(crate) struct QueryLine {
    input: Input,
    chars: usize,
}

impl QueryLine {
    pub(crate) fn new(query: &str) -> QueryLine {
        let mut line = QueryLine { input: Input::default(), chars: 0 };
        line.paste(query);
        line
    }

    pub(crate) fn text(&self) -> &str {
        self.input.value()
    }

    /// Edits it; whether the text is another one now.
    pub(crate) fn edit(&mut self, request: InputRequest) -> bool {
        if matches!(request, InputRequest::InsertChar(c) if is_harmful(c)) {
            return false;
        }
        let before = self.input.clone();
        let has_changed = self.input.handle(request).is_some_and(|changed| changed.value);
        let chars = self.text().chars().count();
        if chars > MOST_CHARS {
            self.input = before;
            return false;
        }
        self.chars = chars;
        has_changed
    }

    /// Puts a text in, without what cannot be seen; its lines become one.
    pub(crate) fn paste(&mut self, text: &str) -> bool {
        let text = sanitize(text);
        let room = MOST_CHARS - self.chars;
        let (value, at) = (self.text(), self.input.cursor());
        let begin: String = value.chars().take(at).collect();
        let end: String = value.chars().skip(at).collect();
        let pasted: String = text.chars().take(room).collect();
        let cursor = at + pasted.chars().count();
        // What was cut can be put back after it.
        let input = std::mem::take(&mut self.input);
        self.input = input.with_value(format!("{begin}{pasted}{end}")).with_cursor(cursor);
        self.chars = self.text().chars().count();
        !pasted.is_empty()
    }

    /// The part that is seen in so many columns, and the column of the cursor in it.
    pub(crate) fn seen(&self, columns: usize) -> (&str, usize) {
        // The cursor has a column of its own behind the last character.
        let scroll = self.input.visual_scroll(columns.saturating_sub(1));
        let (text, mut left) = (self.text(), scroll);
        let mut from = 0;
        for (at, piece) in text.grapheme_indices(true) {
            if left == 0 {
                from = at;
                break;
            }
            left = left.saturating_sub(marked_text::columns(piece));
            from = at + piece.len();
        }
        (&text[from..], self.input.visual_cursor().saturating_sub(scroll))
    }
}

#[cfg(test)]
mod tests {
    use tui_input::InputRequest;

    use crate::ui::query_line::QueryLine;

    #[track_caller]
    fn check(text: &str, columns: usize, expected: (&str, usize)) {
        assert_eq!(QueryLine::new(text).seen(columns), expected, "{text}");
    }

    #[test]
    fn the_end_of_a_long_query_is_seen_while_it_is_typed() {
        check("drift", 10, ("drift", 5));
        check("feature store drift", 10, ("ore drift", 9));
        check("特征存储漂移", 10, ("存储漂移", 8));
        check("e\u{301}e\u{301}", 10, ("e\u{301}e\u{301}", 2));
        check("", 0, ("", 0));
    }

    #[test]
    fn what_is_pasted_is_one_line_without_what_cannot_be_seen() {
        let mut line = QueryLine::new("a c");
        line.edit(InputRequest::GoToPrevChar);
        assert!(line.paste("b\n\u{1b}[31md\u{202e} "));
        assert_eq!(line.text(), "a b [31md c");
        assert!(!line.edit(InputRequest::InsertChar('\u{7}')));
        line.paste(&"x".repeat(20_000));
        assert_eq!(line.text().len(), 10_000);
        // What is put back twice is held to the same bound.
        for request in [InputRequest::DeleteTillEnd, InputRequest::Yank, InputRequest::Yank] {
            line.edit(InputRequest::GoToStart);
            line.edit(request);
        }
        assert!(line.text().len() <= 10_000 && !line.paste("more"));
        let mut line = QueryLine::new("drift");
        line.edit(InputRequest::DeleteLine);
        line.paste("of ");
        line.edit(InputRequest::Yank);
        assert_eq!(line.text(), "of drift");
    }
}
