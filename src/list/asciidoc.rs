//! AsciiDoc (<https://docs.asciidoctor.org/asciidoc/latest/>), as far as its links and headings go.

use std::collections::HashMap;

use crate::list::{
    blocks::{self, MarkupBlocks, MarkupKind},
    html::Writer,
};

/// Most attributes of a document, and the longest value of one in bytes, that are put in their places.
const MOST_ATTRIBUTES: usize = 1_000;
const LONGEST_ATTRIBUTE: usize = 500;

/// Writes an AsciiDoc text as the HTML of a list.
pub(crate) fn render(text: &str, writer: &mut Writer<'_>) {
    let mut blocks = MarkupBlocks::default();
    let mut attributes: HashMap<&str, &str> = HashMap::new();
    // The line that ends what is shown as it is written, or not at all.
    let mut hidden: Option<&str> = None;
    let mut table: Option<TableShape> = None;
    for (line, written) in (1..).zip(text.lines()) {
        let trimmed = written.trim();
        if let Some(end) = hidden {
            if trimmed == end {
                hidden = None;
            }
        } else if trimmed.starts_with("|===") {
            table = match table {
                Some(_) => None,
                None => Some(TableShape::default()),
            };
            blocks.end();
        } else if let Some(table) = &mut table {
            table.line(trimmed, line, &mut blocks);
        } else if trimmed.is_empty() || trimmed == "+" {
            blocks.end();
        } else if is_fence(trimmed) {
            hidden = Some(trimmed);
            blocks.end();
        } else if trimmed.starts_with("//") && !trimmed.starts_with("///") {
            blocks.end();
        } else if let Some((name, value)) = attribute(trimmed) {
            if attributes.len() < MOST_ATTRIBUTES && value.len() < LONGEST_ATTRIBUTE {
                attributes.insert(name, value);
            }
        } else if let Some((level, heading)) = marked(trimmed, '=').or_else(|| marked(trimmed, '#'))
        {
            blocks.add(MarkupKind::Heading(level), line, heading);
        } else if trimmed.starts_with('[') && trimmed.ends_with(']') || is_title(trimmed) {
            blocks.end();
        } else if let Some((depth, item)) = item(trimmed) {
            blocks.add(MarkupKind::Item(depth), line, item);
        } else {
            blocks.text(line, trimmed);
        }
    }
    blocks::write(&blocks.found, writer, |text, line, writer| {
        inline(&filled(text, &attributes), line, writer);
    });
}

/// What is known of a table whose rows are read.
#[derive(Default)]
struct TableShape {
    /// How many cells its first row has, once that has ended.
    width: Option<usize>,
    /// Cells of the row that is read.
    cells: usize,
}

impl TableShape {
    /// Adds a line: a row, or more cells of the row before. The first row is a line with several
    /// cells, or ends with an empty line.
    fn line(&mut self, text: &str, line: u32, blocks: &mut MarkupBlocks) {
        // What stands before a bar says how the cell is to be set.
        let cells: Vec<&str> = text.split('|').skip(1).map(str::trim).collect();
        if text.is_empty() && self.cells > 0 && self.width.is_none() {
            self.width = Some(self.cells);
        }
        let is_full = self.width.is_some_and(|width| self.cells >= width);
        match blocks.found.last_mut().filter(|_| self.cells > 0 && !is_full) {
            _ if cells.is_empty() => return,
            Some(last) => {
                last.text.extend(["\n", &cells.join("\n")]);
                self.cells += cells.len();
            }
            None => {
                blocks.add(MarkupKind::Row, line, &cells.join("\n"));
                self.cells = cells.len();
            }
        }
        if self.width.is_none() && cells.len() > 1 {
            self.width = Some(self.cells);
        }
    }
}

/// A line that begins and ends a block of code, a comment or the like.
fn is_fence(line: &str) -> bool {
    let first = line.chars().next().unwrap_or(' ');
    line.len() > 3 && matches!(first, '-' | '.' | '/' | '+') && line.chars().all(|c| c == first)
        || line == "```"
}

/// `:name: value`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '!');
    let fits = !name.is_empty() && name.chars().all(is_name) && !value.starts_with(':');
    fits.then_some((name, value.trim()))
}

/// A text behind marks and a blank, and how many marks there are.
fn marked(line: &str, mark: char) -> Option<(usize, &str)> {
    let text = line.trim_start_matches(mark);
    let count = line.len() - text.len();
    let text = text.strip_prefix(' ').filter(|_| (1..7).contains(&count))?;
    Some((count, text.trim()))
}

/// `.The title of a block`.
fn is_title(line: &str) -> bool {
    line.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// The depth and the text of an item: `* a`, `** b`, `- c`, `. d`, `1. e`, `term:: f`.
fn item(line: &str) -> Option<(usize, &str)> {
    let bulleted = marked(line, '*').or_else(|| marked(line, '.')).or_else(|| marked(line, '-'));
    let numbered = || {
        let (number, rest) = line.split_once(". ")?;
        let is_number = number.len() < 5 && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some((1, rest))
    };
    bulleted.or_else(numbered).or_else(|| line.contains(":: ").then_some((1, line)))
}

/// A text with the values of attributes in their places, `{name}`.
fn filled(text: &str, attributes: &HashMap<&str, &str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let inner = &rest[start + 1..];
        let value = inner.find('}').and_then(|end| Some((end, *attributes.get(&inner[..end])?)));
        out.push_str(&rest[..start]);
        rest = match value {
            Some((end, value)) => {
                out.push_str(value);
                &inner[end + 1..]
            }
            None => {
                out.push('{');
                inner
            }
        };
    }
    out.push_str(rest);
    out
}

/// Writes a line: `https://a.example[text]`, `link:a.html[text]`, bare addresses, code and emphasis.
fn inline(text: &str, line: u32, writer: &mut Writer<'_>) {
    const MARKS: [char; 3] = ['*', '_', '`'];
    let mut rest = text;
    while let Some((start, address, end)) = link(rest) {
        let before = rest[..start].strip_suffix("::").unwrap_or(&rest[..start]);
        blocks::plain(before, line, &MARKS, writer);
        let Some(length) = rest[end..].find(']') else { break };
        // What follows a comma are attributes of the link, unless the text is in quotes.
        let shown = &rest[end + 1..end + length];
        let shown = match shown.strip_prefix('"').and_then(|text| text.split_once('"')) {
            Some((quoted, _)) => quoted,
            None => {
                shown.rsplit_once(',').filter(|(_, a)| a.contains('=')).map_or(shown, |(t, _)| t)
            }
        };
        let shown = shown.trim_end_matches('^').trim();
        writer.start_link(address, line, "");
        writer.verbatim(if shown.is_empty() { address } else { shown });
        writer.end_link();
        rest = &rest[end + length + 1..];
    }
    blocks::plain(rest, line, &MARKS, writer);
}

/// Longest address and longest text of a link that are looked for, in bytes.
const LONGEST_TEXT: usize = 2_048;

/// The next link that has a text: where it begins, its address, and where the text begins.
fn link(text: &str) -> Option<(usize, &str, usize)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '<' | '>' | '"');
    for (colon, _) in text.match_indices(':') {
        let schemes = ["https", "http", "link"].into_iter();
        let Some(scheme) = schemes.clone().find(|scheme| text[..colon].ends_with(scheme)) else {
            continue;
        };
        let at = colon - scheme.len();
        let address = &text[..text.floor_char_boundary(colon + LONGEST_TEXT)];
        let end = address[colon + 1..].find(ends).map_or(address.len(), |end| colon + 1 + end);
        let shown = &text[end..text.floor_char_boundary(end + LONGEST_TEXT)];
        let is_address = scheme == "link" || text[colon..].starts_with("://");
        if is_address && shown.starts_with('[') && shown.contains(']') {
            let address = &text[at..end];
            return Some((at, address.strip_prefix("link:").unwrap_or(address), end));
        }
    }
    None
}
