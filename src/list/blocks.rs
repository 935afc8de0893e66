//! Blocks of a light markup language that is not Markdown, on their way to the reader of lists.

use crate::list::html::Writer;

/// A block and the line in which it begins.
pub(crate) struct MarkupBlock {
    pub(crate) kind: MarkupKind,
    pub(crate) line: u32,
    /// Its text, with the marks of its language and the line ends of the source.
    pub(crate) text: String,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MarkupKind {
    /// A heading of a level, counted from 1.
    Heading(usize),
    /// An item of a list; a larger number is one within the item before.
    Item(usize),
    /// A row of a table, its cells between line feeds.
    Row,
    Paragraph,
}

/// Blocks as they are found, line by line.
#[derive(Default)]
pub(crate) struct MarkupBlocks {
    pub(crate) found: Vec<MarkupBlock>,
    /// Whether the next line goes on with the last block.
    goes_on: bool,
}

impl MarkupBlocks {
    pub(crate) fn add(&mut self, kind: MarkupKind, line: u32, text: &str) {
        self.found.push(MarkupBlock { kind, line, text: text.to_owned() });
        self.goes_on = matches!(kind, MarkupKind::Item(_) | MarkupKind::Paragraph);
    }

    /// Adds a line of text, which may go on with the block before.
    pub(crate) fn text(&mut self, line: u32, text: &str) {
        match self.found.last_mut().filter(|_| self.goes_on) {
            Some(block) => block.text.extend(["\n", text]),
            None => self.add(MarkupKind::Paragraph, line, text),
        }
    }

    /// Ends the last block, as an empty line does.
    pub(crate) fn end(&mut self) {
        self.goes_on = false;
    }
}

/// Writes blocks as HTML; `inline` writes one line of their text.
pub(crate) fn write(
    blocks: &[MarkupBlock],
    writer: &mut Writer<'_>,
    inline: impl Fn(&str, u32, &mut Writer<'_>),
) {
    let outside = writer.mark();
    // The indentations of the lists that are open.
    let mut lists: Vec<usize> = Vec::new();
    let mut in_table = false;
    for block in blocks {
        let lines = |writer: &mut Writer<'_>| {
            for (line, text) in (block.line..).zip(block.text.split('\n')) {
                if line > block.line {
                    writer.verbatim("\n");
                }
                inline(text, line, writer);
            }
            writer.end_link();
        };
        if block.kind != MarkupKind::Row && std::mem::take(&mut in_table) {
            writer.end("table", outside);
        }
        if !matches!(block.kind, MarkupKind::Item(_)) {
            lists.drain(..).for_each(|_| writer.end("ul", outside));
        }
        match block.kind {
            MarkupKind::Heading(level) => {
                let name = ["h1", "h2", "h3", "h4", "h5", "h6"][level.clamp(1, 6) - 1];
                writer.start(name, "");
                lines(writer);
                writer.end(name, outside);
            }
            MarkupKind::Item(indent) => {
                while lists.pop_if(|open| *open > indent).is_some() {
                    writer.end("ul", outside);
                }
                if lists.last().is_none_or(|open| *open < indent) {
                    lists.push(indent);
                    writer.start("ul", "");
                }
                writer.start("li", "");
                lines(writer);
            }
            MarkupKind::Row => {
                if !std::mem::replace(&mut in_table, true) {
                    writer.start("table", "");
                }
                writer.start("tr", "");
                for cell in block.text.split('\n') {
                    writer.start("td", "");
                    inline(cell.trim(), block.line, writer);
                    writer.end_link();
                }
            }
            MarkupKind::Paragraph => {
                writer.start("p", "");
                lines(writer);
                writer.end("p", outside);
            }
        }
    }
    writer.close_to(outside);
}

/// Writes a text in which `*`, `/` and the like may mark a run, as its words alone.
pub(crate) fn plain(text: &str, line: u32, marks: &[char], writer: &mut Writer<'_>) {
    let mut rest = text;
    let mut before = ' ';
    // A mark is one at the edge of a word, and its like ends the run.
    while let Some(at) = rest.find(marks) {
        let mark = rest[at..].chars().next().unwrap_or(' ');
        let outer = rest[..at].chars().next_back().unwrap_or(before);
        let inner = &rest[at + mark.len_utf8()..];
        let end = inner.find(mark).filter(|end| {
            let run = &inner[..*end];
            !outer.is_alphanumeric()
                && !run.is_empty()
                && !run.starts_with(char::is_whitespace)
                && !run.ends_with(char::is_whitespace)
                && !inner[end + mark.len_utf8()..].starts_with(char::is_alphanumeric)
        });
        match end {
            Some(end) if matches!(mark, '`' | '=' | '~') => {
                writer.text(&rest[..at], line);
                let since = writer.mark();
                writer.start("x-code", "");
                writer.verbatim(&inner[..end]);
                writer.end("x-code", since);
                rest = &inner[end + mark.len_utf8()..];
            }
            Some(end) => {
                writer.text(&rest[..at], line);
                writer.text(&inner[..end], line);
                rest = &inner[end + mark.len_utf8()..];
            }
            None => {
                let next = at + mark.len_utf8();
                writer.text(&rest[..next], line);
                rest = &rest[next..];
            }
        }
        before = mark;
    }
    writer.text(rest, line);
}
