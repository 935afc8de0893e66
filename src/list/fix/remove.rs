//! Removing: whole entries of a Markdown list, and nothing else of it changed.

use std::{collections::HashSet, ops::Range};

use pulldown_cmark::{Event, Parser, Tag};

use crate::{
    entry::Entry,
    list::{ListOptions, detect, format::Format, markdown::options, parse},
};

/// The text of a list from which entries were removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shortened<'l> {
    pub(crate) text: String,
    /// The links whose entries were removed.
    pub(crate) removed: HashSet<&'l str>,
    /// Those whose entries are there, but are more than an item or a row of their own.
    pub(crate) left: HashSet<&'l str>,
}

/// Removes the entries with these links, each of them an item or a row of its own without further links.
/// An entry goes only when all others are read as before, in any format but Markdown none does.
pub(crate) fn without<'l>(text: &str, urls: &[&'l str]) -> Shortened<'l> {
    let (removed, left) = (HashSet::new(), HashSet::new());
    let mut shortened = Shortened { text: text.to_owned(), removed, left };
    let mut entries = entries(text);
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let is_markdown = matches!(detect::detect(start), Format::Markdown);
    for url in urls {
        if !entries.iter().any(|(_, entry)| has(entry, url)) {
            continue;
        }
        match without_entry(&shortened.text, url, &entries).filter(|_| is_markdown) {
            Some((text, others)) => {
                (shortened.text, entries) = (text, others);
                shortened.removed.insert(url);
            }
            None => _ = shortened.left.insert(url),
        }
    }
    shortened
}

/// An entry without its place, and the line on which it stands, from 1.
type Placed = (u32, Entry);

fn entries(text: &str) -> Vec<Placed> {
    let list = parse(text.as_bytes(), &ListOptions::default());
    let placed = |mut entry: Entry| {
        let line = entry.lists.first().map_or(0, |mention| mention.line);
        entry.lists.clear();
        (line, entry)
    };
    list.map_or(Vec::new(), |list| list.entries.into_iter().map(placed).collect())
}

fn has(entry: &Entry, url: &str) -> bool {
    entry.url == url || entry.also.iter().any(|other| other == url)
}

/// The text without the entry of a link, and its entries.
fn without_entry(text: &str, url: &str, entries: &[Placed]) -> Option<(String, Vec<Placed>)> {
    let mut with_url = entries.iter().enumerate().filter(|(_, (_, entry))| has(entry, url));
    let (at, (line, entry)) = with_url.next()?;
    if with_url.next().is_some() || entry.url != url || !entry.also.is_empty() {
        return None;
    }
    let lines = lines_of(text, *line)?;
    let (above, mut below) = (&text[..lines.start], &text[lines.end..]);
    // Of the blank lines around an item that stood alone one is enough.
    if above.is_empty() || above.ends_with("\n\n") {
        below = below.strip_prefix('\n').unwrap_or(below);
    }
    let new = format!("{above}{below}");
    let others = self::entries(&new);
    let expected = entries[..at].iter().chain(&entries[at + 1..]).map(|(_, entry)| entry);
    others.iter().map(|(_, entry)| entry).eq(expected).then_some((new, others))
}

/// The whole lines of the innermost item or row that begins on a line.
fn lines_of(text: &str, line: u32) -> Option<Range<usize>> {
    let before = usize::try_from(line).ok()?.checked_sub(1)?;
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let blocks = Parser::new_ext(text, options()).into_offset_iter();
    let is_block = |event: &Event<'_>| matches!(event, Event::Start(Tag::Item | Tag::TableRow));
    let found = blocks
        .filter(|(event, range)| is_block(event) && (start..end).contains(&range.start))
        .min_by_key(|(_, range)| range.len())?;
    let shown = text[found.1.clone()].trim_end().len();
    let last = found.1.start + shown;
    Some(start..text[last..].find('\n').map_or(text.len(), |at| last + at + 1))
}

#[cfg(test)]
mod tests {
    use crate::list::fix::remove::without;

    const DEAD: &str = "http://dead.org/x";

    /// Removes one entry; none is expected when it is left.
    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let shortened = without(text, &[DEAD, "http://nowhere.org/"]);
        assert_eq!(shortened.text, expected.unwrap_or(text));
        assert_eq!(shortened.removed.contains(DEAD), expected.is_some());
        assert_eq!(shortened.left.contains(DEAD), expected.is_none());
    }

    #[test]
    fn an_item_or_a_row_of_its_own_goes() {
        let lines = "# List\n\n## A\n\n- [a](http://a.org/) - A.\n\
                     - [x](http://dead.org/x) - Gone,\n  and more of it.\n- [b](http://b.org/)\n";
        let expected = "# List\n\n## A\n\n- [a](http://a.org/) - A.\n- [b](http://b.org/)\n";
        check(lines, Some(expected));
        check(
            "| t | d |\n|---|---|\n| [x](http://dead.org/x) | 1 |\n| [b](http://b.org/) | 2 |\n",
            Some("| t | d |\n|---|---|\n| [b](http://b.org/) | 2 |\n"),
        );
        check(
            "1. [a](http://a.org/)\n\n2. [x](http://dead.org/x)\n\n3. [b](http://b.org/)\n",
            Some("1. [a](http://a.org/)\n\n3. [b](http://b.org/)\n"),
        );
        check("## A\n\n* [x](http://dead.org/x)", Some("## A\n\n"));
        check(
            "- [a](http://a.org/)\r\n- [x](http://dead.org/x)\r\n- [b](http://b.org/)\r\n",
            Some("- [a](http://a.org/)\r\n- [b](http://b.org/)\r\n"),
        );
    }

    #[test]
    fn what_is_more_than_an_entry_stays() {
        check("- [x](http://dead.org/x) ([code](http://c.org/))\n- [b](http://b.org/)\n", None);
        check("- [a](http://a.org/) ([slides](http://dead.org/x))\n", None);
        check("- [x](http://dead.org/x)\n  - [b](http://b.org/)\n", None);
        check("- [x](http://dead.org/x)\n- [y](http://dead.org/x)\n", None);
        check("- <a href=\"http://dead.org/x\">x</a>, <a href=\"http://b.org/\">b</a>\n", None);
        check(
            "{\"url\": \"http://dead.org/x\", \"title\": \"x\"}\n{\"url\": \"http://b.org/\"}\n",
            None,
        );
    }
}
