//! The text of a document for those who read it in parts: numbered sections, and slices that go on
//! where the one before ended.

use std::ops::Range;

use crate::{analysis::graphemes::cut_up_to, engine::Document, text::sanitize};

/// The text of a document as Markdown: headings, and paragraphs with a blank line between.
///
/// It is harmless as [`sanitize`] makes a text. Places in it are counted in characters, from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadableText {
    text: String,
    chars: usize,
    sections: Vec<TextSection>,
}

/// A section, in which those below its heading are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSection {
    /// From 1 for the outermost.
    pub level: usize,
    /// Its heading; empty for what stands before the first one.
    pub heading: String,
    /// Its characters, those of the sections below it among them.
    pub chars: Range<usize>,
}

/// A part of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextSlice<'a> {
    /// The part, cut between paragraphs, lines or words where one of them ends near enough.
    pub text: &'a str,
    /// What stands between it and the next part: an empty line, a line's end, a blank, or nothing.
    pub seam: &'static str,
    /// Where the next part begins; none at the end.
    pub next: Option<usize>,
}

impl ReadableText {
    /// The text of a document: what the list says of it, and its sections.
    pub fn of(document: &Document) -> ReadableText {
        let mut reading = ReadableText::default();
        if let Some(description) = &document.description {
            reading.begin(1, "");
            reading.add(description);
        }
        for section in &document.content.sections {
            let heading = section.heading.last().map(|heading| sanitize(heading));
            let heading = heading.as_deref().map(str::trim).unwrap_or_default();
            if heading.is_empty() && section.paragraphs.is_empty() {
                continue;
            }
            let goes_on = reading.sections.last().is_some_and(|last| last.heading.is_empty());
            if !(heading.is_empty() && goes_on) {
                reading.begin(section.heading.len().max(1), heading);
            }
            for paragraph in &section.paragraphs {
                reading.add(paragraph);
            }
        }
        reading.end_sections(1);
        reading
    }

    /// Characters of the whole text.
    pub fn chars(&self) -> usize {
        self.chars
    }

    /// Its sections in order; the first is number 1.
    pub fn sections(&self) -> &[TextSection] {
        &self.sections
    }

    /// The characters of a section by its number, if there is one.
    pub fn section(&self, number: usize) -> Option<Range<usize>> {
        Some(self.sections.get(number.checked_sub(1)?)?.chars.clone())
    }

    /// At most `most` characters of those in `range`; empty when it begins behind the end.
    pub fn slice(&self, range: Range<usize>, most: usize) -> TextSlice<'_> {
        let end = range.end.min(self.chars);
        let from = self.byte(range.start);
        let wanted = &self.text[from..self.byte(end.max(range.start))];
        let fits = wanted.char_indices().nth(most).map_or(wanted.len(), |(at, _)| at);
        let fits = if fits < wanted.len() { good_cut(wanted, fits) } else { fits };
        let (text, rest) = wanted.split_at(fits);
        let blanks = rest.len() - rest.trim_start().len();
        let next = range.start + text.chars().count() + rest[..blanks].chars().count();
        let between = &wanted[text.trim_end().len()..fits + blanks];
        let seam = match (between.matches('\n').count(), between.is_empty()) {
            _ if next >= end => "",
            (0, true) => "",
            (0, false) => " ",
            (1, _) => "\n",
            _ => "\n\n",
        };
        TextSlice { text: text.trim_end(), seam, next: (next < end).then_some(next) }
    }

    fn byte(&self, place: usize) -> usize {
        self.text.char_indices().nth(place).map_or(self.text.len(), |(at, _)| at)
    }

    fn begin(&mut self, level: usize, heading: &str) {
        self.end_sections(level);
        let chars = self.chars..self.chars;
        self.sections.push(TextSection { level, heading: heading.to_owned(), chars });
        if !heading.is_empty() {
            // The title of the document is the heading of level 1.
            self.push(&"#".repeat((level + 1).min(6)));
            self.push(" ");
            self.push(heading);
            self.push("\n\n");
        }
    }

    /// A paragraph; lines of code and of tables stay lines.
    fn add(&mut self, paragraph: &str) {
        for line in paragraph.lines() {
            self.push(sanitize(line).trim_end());
            self.push("\n");
        }
        self.push("\n");
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.chars += text.chars().count();
    }

    /// Ends the sections that are open, as far as they are of this level or below it.
    fn end_sections(&mut self, level: usize) {
        let chars = self.chars;
        // An open one ends where it begins.
        for section in self.sections.iter_mut().filter(|section| section.chars.is_empty()) {
            if section.level >= level {
                section.chars.end = chars;
            }
        }
    }
}

/// Where to cut a text of which about the first `fits` bytes are wanted: behind the last paragraph,
/// line or word that ends in their last third, else between two characters as readers see them.
fn good_cut(text: &str, fits: usize) -> usize {
    let head = &text[..fits];
    let near = fits - fits / 3;
    let behind = |end: &str| head.rfind(end).map(|at| at + end.len()).filter(|at| *at > near);
    let between = ["\n\n", "\n", ". ", " "].into_iter().find_map(behind);
    between.unwrap_or_else(|| cut_up_to(text, 0, fits)).max(first_char(text))
}

/// Bytes of the first character, so that a slice always goes on.
fn first_char(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use crate::{
        content::{Content, Section},
        engine::Document,
        search::readable_text::ReadableText,
    };

    fn reading(description: Option<&str>, sections: &[(&[&str], &[&str])]) -> ReadableText {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
        let sections = sections.iter().map(|(heading, paragraphs)| Section {
            heading: owned(heading),
            paragraphs: owned(paragraphs),
        });
        let content = Content { sections: sections.collect(), ..Content::default() };
        let mut document = Document::of_parts(None, String::new(), vec!["Title".into()]);
        (document.description, document.content) = (description.map(str::to_owned), content);
        ReadableText::of(&document)
    }

    #[test]
    fn sections_hold_what_is_below_them() {
        let reading = reading(
            Some("said"),
            &[
                (&[], &["start"]),
                (&["A"], &["a"]),
                (&["A", "B"], &["b\u{202e}\n  code"]),
                (&["C"], &["c"]),
            ],
        );
        let whole = reading.slice(0..reading.chars(), 1_000);
        let expected = "said\n\nstart\n\n## A\n\na\n\n### B\n\nb\n  code\n\n## C\n\nc";
        assert_eq!((whole.text, whole.next), (expected, None));
        let names: Vec<(usize, &str)> =
            reading.sections().iter().map(|s| (s.level, s.heading.as_str())).collect();
        assert_eq!(names, [(1, ""), (1, "A"), (2, "B"), (1, "C")]);
        let section = reading.section(2).unwrap();
        assert_eq!(reading.slice(section, 1_000).text, "## A\n\na\n\n### B\n\nb\n  code");
        assert_eq!(reading.slice(reading.section(4).unwrap(), 1_000).text, "## C\n\nc");
        assert_eq!((reading.section(0), reading.section(5)), (None, None));
    }

    #[track_caller]
    fn check(text: &str, most: usize, expected: &[&str]) {
        let reading = reading(None, &[(&[], &[text])]);
        let (mut from, mut slices) = (0, Vec::new());
        loop {
            let slice = reading.slice(from..reading.chars(), most);
            slices.push(slice.text);
            match slice.next {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(slices, expected);
    }

    #[test]
    fn slices_are_cut_where_something_ends_and_lose_nothing() {
        check("one two three", 8, &["one two", "three"]);
        check("one two three", 100, &["one two three"]);
        check("abcdefghij", 4, &["abcd", "efgh", "ij"]);
        check("A word. Another word here", 10, &["A word.", "Another", "word here"]);
        check("これは長い題です", 3, &["これは", "長い題", "です"]);
        check("e\u{301}e\u{301}", 3, &["e\u{301}", "e\u{301}"]);
        check("", 5, &[""]);
        check("ab", 0, &["a", "b"]);
    }

    #[test]
    fn beyond_the_end_there_is_nothing() {
        let reading = reading(None, &[(&[], &["text"])]);
        let slice = reading.slice(100..200, 10);
        assert_eq!((slice.text, slice.next), ("", None));
    }
}
