//! Chunks: a long Markdown text, cut between its blocks.
//!
//! The parser holds a whole text as a tree, which takes a hundred bytes for each mark of the text.
//! Cut into chunks, a list takes the memory of its largest block, and a block that would take too
//! much is not read to its end.

use std::ops::Range;

/// Bytes of a chunk, unless one block has more.
const CHUNK: usize = 256 << 10;
/// Longest line, in bytes; the rest of a longer one is left out. A line with the links of a whole
/// page has less.
const LONGEST_LINE: usize = 256 << 10;
/// Largest block, in bytes, and in characters that may be markup.
const LARGEST_BLOCK: usize = 8 << 20;
const MOST_MARKS: usize = 1_000_000;
/// Most lines of front matter.
const MOST_FRONT_MATTER: usize = 1_000;

/// A part of a text that can be read by itself.
#[derive(Debug, Default)]
pub(crate) struct Chunk {
    pub(crate) text: String,
    /// The line of its first character in the whole text, counted from 1; a table that goes on
    /// begins with its header once more, so that it may be before the first.
    pub(crate) first_line: i64,
}

/// What was left out of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// The first of the lines that are longer than [`LONGEST_LINE`], and how many there are.
    pub(crate) long_lines: (u32, u32),
    /// The first line that is left out, because its block is too large, and how many there are.
    pub(crate) lines: (u32, u32),
}

/// Shows a text in chunks, in their order.
pub(crate) fn each_chunk(text: &str, mut show: impl FnMut(&Chunk)) -> LeftOut {
    let mut state = BlockState::default();
    let mut left_out = LeftOut::default();
    let mut chunk = Chunk { text: String::new(), first_line: 1 };
    // Where the block began that is read now, and how many marks it has.
    let (mut marks, mut block_bytes) = (0, 0);
    let front = front_matter(text);
    for (number, range) in (1_u32..).zip(lines(text)) {
        if range.start < front {
            // The lines keep their numbers.
            chunk.text.push('\n');
            continue;
        }
        let line = &text[range];
        let begins = state.next(line);
        if begins != Begins::Nothing {
            (marks, block_bytes) = (0, 0);
            if chunk.text.len() >= CHUNK {
                show(&chunk);
                chunk.text.clear();
                chunk.first_line = i64::from(number);
                if begins == Begins::Row {
                    chunk.text.push_str(&state.header);
                    chunk.first_line -= 2;
                }
            }
        }
        let cut = &line[..line.floor_char_boundary(LONGEST_LINE)];
        marks += cut.bytes().filter(|byte| is_mark(*byte)).count();
        block_bytes += cut.len();
        if marks > MOST_MARKS || block_bytes > LARGEST_BLOCK {
            count(&mut left_out.lines, number);
            // The lines keep their numbers.
            chunk.text.push('\n');
            continue;
        }
        chunk.text.push_str(cut);
        if cut.len() < line.len() {
            count(&mut left_out.long_lines, number);
            chunk.text.push('\n');
        }
    }
    show(&chunk);
    left_out
}

/// The length of the front matter, which stands between `---` and `---` at the very beginning of a
/// text and begins with a `key: value` line. Anywhere else `---` is a line across the page.
pub(crate) fn front_matter(text: &str) -> usize {
    let mut lines = lines(text).map(|range| (text[range.clone()].trim_end(), range.end));
    let is_key = |line: &str| {
        line.split_once(':').is_some_and(|(key, value)| {
            let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
            !key.is_empty() && key.chars().all(is_word) && !value.starts_with("//")
        })
    };
    if lines.next().is_none_or(|(line, _)| line != "---") {
        return 0;
    }
    let mut lines = lines.take(MOST_FRONT_MATTER).skip_while(|(line, _)| line.starts_with('#'));
    if !lines.next().is_some_and(|(line, _)| is_key(line)) {
        return 0;
    }
    lines.find(|(line, _)| matches!(*line, "---" | "...")).map_or(0, |(_, end)| end)
}

fn count((first, count): &mut (u32, u32), line: u32) {
    if *count == 0 {
        *first = line;
    }
    *count += 1;
}

/// Whether the parser may make a node of a character.
fn is_mark(byte: u8) -> bool {
    matches!(
        byte,
        b'\n'
            | b'\r'
            | b'['
            | b']'
            | b'*'
            | b'_'
            | b'`'
            | b'<'
            | b'&'
            | b'\\'
            | b'|'
            | b'~'
            | b'!'
            | b'>'
            | b'-'
            | b'+'
    )
}

/// Where the lines of a text stand, with their ends.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        if start >= bytes.len() {
            return None;
        }
        let found = memchr::memchr2(b'\n', b'\r', &bytes[start..]);
        let mut end = found.map_or(bytes.len(), |found| start + found + 1);
        if bytes[end - 1] == b'\r' && bytes.get(end) == Some(&b'\n') {
            end += 1;
        }
        let range = start..end;
        start = end;
        Some(range)
    })
}

/// What a line begins, whatever stands above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begins {
    /// Perhaps nothing: it belongs to what stands above it.
    Nothing,
    Block,
    /// A further row of the table that stands above it.
    Row,
}

/// What is known of the next line from the lines before it.
#[derive(Debug, Default)]
struct BlockState {
    /// What ends the block that no other line ends: code, raw HTML.
    until: Option<End>,
    /// Within a block of HTML, which ends with a blank line.
    in_html: bool,
    is_behind_blank: bool,
    is_behind_item: bool,
    /// The line above, while it may be the header of a table; then the header of the table.
    header: String,
    in_table: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A number of one character, in an item or not.
    Fence(u8, usize, bool),
    /// A text anywhere in a line, in whatever case.
    Text(&'static str),
}

/// Raw HTML that a blank line does not end: how it begins and how it ends
/// (<https://spec.commonmark.org/0.31.2/#html-blocks>).
const RAW: [(&str, &str); 8] = [
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<pre", "</pre>"),
    ("<style", "</style>"),
    ("<textarea", "</textarea>"),
    ("<![cdata[", "]]>"),
    ("<!", ">"),
    ("<?", "?>"),
];

impl BlockState {
    /// Reads the next line and returns what it begins.
    fn next(&mut self, line: &str) -> Begins {
        let text = line.trim_end();
        let inner = text.trim_start();
        let is_flush = inner.len() == text.len() && !text.is_empty();
        if let Some(end) = self.until {
            // An item ends with what is not indented, and with it what is open in it.
            let leaves = matches!(end, End::Fence(_, _, true)) && is_flush;
            if !leaves {
                if end.is_in(text) {
                    self.until = None;
                    self.is_behind_blank = false;
                }
                return Begins::Nothing;
            }
            self.until = None;
        }
        if text.is_empty() {
            (self.is_behind_blank, self.in_html, self.in_table) = (true, false, false);
            self.header.clear();
            return Begins::Nothing;
        }
        let is_behind_blank = std::mem::take(&mut self.is_behind_blank);
        let is_behind_item = std::mem::take(&mut self.is_behind_item);
        let item = item(text);
        let begins_by_itself = is_heading(text)
            || fence_of(text).is_some()
            || item == Some(ItemSort::Bullet)
            || item == Some(ItemSort::Number) && is_behind_item;
        let begins = if !is_flush || self.in_html {
            Begins::Nothing
        } else if is_behind_blank || begins_by_itself {
            Begins::Block
        } else if self.in_table && text.starts_with('|') {
            Begins::Row
        } else {
            Begins::Nothing
        };
        if begins == Begins::Block {
            self.in_table = false;
        }
        self.is_behind_item = item.is_some();
        self.open(text, inner);
        self.look_for_table(line, text, is_flush);
        begins
    }

    /// Notes what begins with a line and is not ended by others.
    fn open(&mut self, text: &str, inner: &str) {
        let indent = text.len() - inner.len();
        if let Some((mark, length)) = fence_of(inner) {
            self.until = Some(End::Fence(mark, length, indent > 1));
        } else if inner.starts_with('<') {
            let raw = RAW.iter().find(|(begin, _)| begins_with(inner, begin));
            match raw {
                Some((begin, end)) => {
                    let end = End::Text(end);
                    self.until = Some(end).filter(|end| !end.is_in(&inner[begin.len()..]));
                }
                None => self.in_html = true,
            }
        }
    }

    /// Notes the header of a table when its second line has come.
    fn look_for_table(&mut self, line: &str, text: &str, is_flush: bool) {
        if self.in_table {
            return;
        }
        let is_delimiter = text.contains('-')
            && text.bytes().all(|byte| matches!(byte, b'-' | b'|' | b':' | b' ' | b'\t'));
        if is_delimiter && text.contains('|') && !self.header.is_empty() && is_flush {
            self.header.push_str(line);
            self.in_table = true;
        } else {
            self.header.clear();
            if is_flush && text.contains('|') && line.len() <= LONGEST_LINE {
                self.header.push_str(line);
            }
        }
    }
}

impl End {
    fn is_in(self, text: &str) -> bool {
        match self {
            End::Fence(mark, most, _) => {
                let fence = text.trim_start().bytes().take_while(|byte| *byte == mark).count();
                fence >= most && text.trim_start().len() == fence
            }
            End::Text(end) => contains(text, end),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ItemSort {
    Bullet,
    Number,
}

/// The sort of item that a line begins.
fn item(text: &str) -> Option<ItemSort> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (mark, rest) = text.split_at_checked(digits + 1)?;
    let sort = match mark.as_bytes() {
        [b'-' | b'*' | b'+'] => ItemSort::Bullet,
        [.., b'.' | b')'] if (1..10).contains(&digits) => ItemSort::Number,
        _ => return None,
    };
    rest.starts_with([' ', '\t']).then_some(sort)
}

/// The character and length of the fence that a line begins a block of code with.
fn fence_of(text: &str) -> Option<(u8, usize)> {
    let mark = text.bytes().next().filter(|mark| matches!(mark, b'`' | b'~'))?;
    let length = text.bytes().take_while(|byte| *byte == mark).count();
    let is_span = mark == b'`' && text[length..].contains('`');
    (length >= 3 && !is_span).then_some((mark, length))
}

fn is_heading(text: &str) -> bool {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    (1..7).contains(&level) && text[level..].starts_with([' ', '\t'])
}

/// Whether a text begins with another, in whatever case.
fn begins_with(text: &str, begin: &str) -> bool {
    text.get(..begin.len()).is_some_and(|head| head.eq_ignore_ascii_case(begin))
}

/// Whether a text contains another, in whatever case.
fn contains(text: &str, wanted: &str) -> bool {
    let first = wanted.as_bytes()[0];
    memchr::memchr_iter(first, text.as_bytes()).any(|at| begins_with(&text[at..], wanted))
}

#[cfg(test)]
mod tests {
    use crate::list::chunk::{
        Begins, BlockState, LONGEST_LINE, LeftOut, each_chunk, front_matter, lines,
    };

    /// Reads a text; expected are the lines that begin something, rows with an `r` behind them.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut state = BlockState::default();
        let begins =
            (1..).zip(lines(text)).filter_map(|(number, range)| match state.next(&text[range]) {
                Begins::Nothing => None,
                Begins::Block => Some(format!("{number}")),
                Begins::Row => Some(format!("{number}r")),
            });
        assert_eq!(begins.collect::<Vec<_>>().join(" "), expected, "{text}");
    }

    #[test]
    fn a_text_is_cut_where_nothing_goes_on() {
        check("a\nb\n\nc\n  d\n\n  e\n# f\ng\n", "4 8");
        check("- a\n  b\n- c\n\n  d\n* e\n+\n", "1 3 6");
        check("a\n2. b\n3. c\nd\n4. e\n\n5. f\n", "3 7");
        check("```\n# a\n\n- b\n```\n- c\n~~~~\n~~~\n- d\n~~~~\n", "1 6 7");
        check("- a\n  ```\n  b\n- c\n", "1 4");
        check("<div>\n- a\n\n- b\n<!-- c\n\n# d\n-->\n# e\n", "4 9");
        check("<SCRIPT>\n\n# a\n</script> b\n# c\n", "5");
        check("| a |\n|---|\n| b |\n| c |\nd\n\n| e |\n", "3r 4r 7");
        check("  | a |\n  |---|\n  | b |\n", "");
    }

    #[test]
    fn front_matter_stands_at_the_very_beginning_alone() {
        for (text, expected) in [
            ("---\ntitle: a\n\nb\n---\n# c\n", 20),
            ("---\r\n# note\r\nlayout: x\r\n...\r\n# c\n", 29),
            ("---\n## Serving\n- [a](https://a.example)\n---\n", 0),
            ("---\n\n# A\n\n---\n", 0),
            ("---\nhttps://a.example/\n---\n", 0),
            ("---\ntitle: a\n", 0),
            ("# A\n---\ntitle: a\n---\n", 0),
        ] {
            assert_eq!(front_matter(text), expected, "{text}");
        }
    }

    #[test]
    fn lines_keep_their_numbers_and_long_ones_are_cut() {
        let long = "w".repeat(LONGEST_LINE + 7);
        let text = format!("# a\r\n{long}\r\n\r\n- b\r- c\n{long}\n");
        let mut lines = Vec::new();
        let left_out = each_chunk(&text, |chunk| {
            lines.extend(chunk.text.lines().map(str::len));
        });
        assert_eq!(left_out, LeftOut { long_lines: (2, 2), lines: (0, 0) });
        assert_eq!(lines, [3, LONGEST_LINE, 0, 7, LONGEST_LINE]);
    }
}
