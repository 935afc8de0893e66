//! Org files (<https://orgmode.org/manual/>), as far as their links and headings go.

use crate::{
    dates,
    list::{
        blocks::{self, MarkupBlocks, MarkupKind},
        field::FieldRole,
        html::Writer,
        records::{Column, FieldContent},
    },
};

/// Writes an Org text as the HTML of a list.
pub(crate) fn render(text: &str, writer: &mut Writer<'_>) {
    let mut blocks = MarkupBlocks::default();
    let mut hidden: Option<String> = None;
    let mut in_drawer = false;
    for (line, written) in (1..).zip(text.lines()) {
        let trimmed = written.trim();
        let lower = || trimmed.to_ascii_lowercase();
        if let Some(end) = &hidden {
            if lower().starts_with(end.as_str()) {
                hidden = None;
            }
        } else if in_drawer {
            in_drawer = !trimmed.eq_ignore_ascii_case(":END:");
            property(trimmed, line, &mut blocks);
        } else if trimmed.is_empty() {
            blocks.end();
        } else if let Some((level, heading)) = heading(written) {
            let (heading, tags) = without_tags(heading);
            blocks.add(MarkupKind::Heading(level), line, heading);
            if heading.contains("://") {
                // What stands below a link says that it is more than the name of a section.
                blocks.add(
                    MarkupKind::Paragraph,
                    line,
                    &format!("Tags: {}", tags.replace(':', ",")),
                );
                blocks.end();
            }
        } else if let Some(block) = lower().strip_prefix("#+begin_") {
            let name = block.split_whitespace().next().unwrap_or_default();
            if matches!(name, "src" | "example" | "comment" | "export") {
                hidden = Some(format!("#+end_{name}"));
            }
            blocks.end();
        } else if trimmed.starts_with("#+") || trimmed.starts_with("# ") || trimmed == "#" {
            blocks.end();
        } else if is_drawer(trimmed) {
            in_drawer = true;
            blocks.end();
        } else if trimmed.starts_with('|') {
            let cells: Vec<&str> = trimmed.trim_matches('|').split('|').collect();
            if !trimmed.starts_with("|-") {
                blocks.add(MarkupKind::Row, line, &cells.join("\n"));
            }
        } else if let Some(item) = item(written) {
            let indent = written.len() - written.trim_start().len();
            blocks.add(MarkupKind::Item(indent), line, item);
        } else if !is_planning(trimmed) {
            blocks.text(line, trimmed);
        }
    }
    blocks::write(&blocks.found, writer, inline);
}

/// The level and the text of a heading, without its keyword and priority.
fn heading(line: &str) -> Option<(usize, &str)> {
    // Org's own words for the state of a task, and those that its manual uses.
    const KEYWORDS: [&str; 8] =
        ["TODO", "DONE", "NEXT", "WAITING", "CANCELLED", "STARTED", "READ", "COMMENT"];
    let text = line.trim_start_matches('*');
    let level = line.len() - text.len();
    let mut text = text.strip_prefix(' ').filter(|_| level > 0)?.trim();
    if let Some((word, rest)) = text.split_once(' ')
        && KEYWORDS.contains(&word)
    {
        text = rest.trim_start();
    }
    let priority = text.strip_prefix("[#").and_then(|rest| rest.split_once(']'));
    Some((
        level,
        priority.filter(|(mark, _)| mark.len() == 1).map_or(text, |(_, rest)| rest.trim()),
    ))
}

/// A heading without the tags at its end, `:a:b:`, and the tags.
fn without_tags(heading: &str) -> (&str, &str) {
    let Some((text, tags)) = heading.rsplit_once(char::is_whitespace) else { return (heading, "") };
    let is_tag = |c: char| c.is_alphanumeric() || "_@#%:".contains(c);
    match tags.len() > 2 && tags.starts_with(':') && tags.ends_with(':') && tags.chars().all(is_tag)
    {
        true => (text.trim_end(), tags.trim_matches(':')),
        false => (heading, ""),
    }
}

/// Takes a property of the heading above: its address, when the heading has none, and its date.
fn property(text: &str, line: u32, blocks: &mut MarkupBlocks) {
    let Some((name, value)) = text.strip_prefix(':').and_then(|rest| rest.split_once(':')) else {
        return;
    };
    let value = value.trim();
    let Some(at) = blocks.found.iter().rposition(|b| matches!(b.kind, MarkupKind::Heading(_)))
    else {
        return;
    };
    match Column::of(name).content {
        FieldContent::Is(FieldRole::Link) if !blocks.found[at].text.contains("://") => {
            let heading = &mut blocks.found[at];
            heading.text = format!("[[{value}][{}]]", heading.text);
            blocks.add(MarkupKind::Paragraph, line, "Tags:");
        }
        FieldContent::Is(FieldRole::Date) => {
            if let Some(date) = timestamp(value) {
                blocks.add(MarkupKind::Paragraph, line, &format!("Date: {date}"));
            }
        }
        FieldContent::Is(FieldRole::Description) => {
            blocks.add(MarkupKind::Paragraph, line, value);
        }
        _ => return,
    }
    blocks.end();
}

/// The date in `[2020-03-10 Tue 10:00]` or `<2020-03-10 Tue>`.
fn timestamp(text: &str) -> Option<String> {
    let inner = text.trim().trim_matches(['[', ']', '<', '>']);
    let date = dates::parse(inner.split_whitespace().next()?)?;
    Some(date.precision.write(date.date))
}

fn is_drawer(line: &str) -> bool {
    let name = line.strip_prefix(':').and_then(|rest| rest.strip_suffix(':'));
    name.is_some_and(|name| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
    })
}

/// A line that says when a heading is due or was done.
fn is_planning(line: &str) -> bool {
    ["CLOSED:", "DEADLINE:", "SCHEDULED:"].iter().any(|word| line.starts_with(word))
}

/// The text of an item without its bullet and its checkbox.
fn item(line: &str) -> Option<&str> {
    let text = line.trim_start();
    let rest = ["- ", "+ ", "* "].iter().find_map(|bullet| text.strip_prefix(bullet));
    let numbered = || {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = rest.len() < text.len() && text.len() - rest.len() < 5;
        rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).filter(|_| is_number)
    };
    let text = rest.or_else(numbered)?.trim_start();
    let boxes = ["[ ] ", "[X] ", "[x] ", "[-] "];
    Some(boxes.iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text))
}

/// Writes a line: `[[address][text]]`, `[[address]]`, bare addresses, code and emphasis.
fn inline(text: &str, line: u32, writer: &mut Writer<'_>) {
    const MARKS: [char; 4] = ['*', '=', '~', '`'];
    let mut rest = text;
    while let Some(start) = rest.find("[[") {
        let Some(length) = rest[start..].find("]]") else { break };
        blocks::plain(&rest[..start], line, &MARKS, writer);
        let link = &rest[start + 2..start + length];
        let (address, shown) = link.split_once("][").unwrap_or((link, link));
        let address = address.strip_prefix("file:").unwrap_or(address);
        match address.starts_with(['*', '#']) || address.starts_with("id:") {
            true => writer.verbatim(shown),
            false => {
                writer.start_link(address, line, "");
                writer.verbatim(shown);
                writer.end_link();
            }
        }
        rest = &rest[start + length + 2..];
    }
    blocks::plain(rest, line, &MARKS, writer);
}
