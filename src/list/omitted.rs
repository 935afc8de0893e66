//! What a list shows and what is not taken from it, with its lines: nothing is lost in silence.

use std::collections::HashSet;

use crate::{
    canonical,
    counted::counted_as,
    html::{Node, NodeRef},
    list::{
        address::{is_relative, leads_within, with_scheme},
        draft::Draft,
        inline::text_of,
        line::tidy,
        warnings::Warnings,
    },
};

/// Links of one sort that are named; further ones are only counted.
const MOST_NAMED: usize = 1_000;
/// Lines of links in sentences that are named.
const MOST_LINES: usize = 20;

/// The links of a list that are in no entry.
#[derive(Debug, Default)]
pub(crate) struct Omitted {
    /// Sections about the list itself: line, name and number of links.
    sections: Vec<(u32, String, usize)>,
    /// Links of items, rows and headings that are in no entry: line, and what is wrong.
    items: Vec<(u32, String)>,
    /// Further ones.
    more_items: usize,
    /// Lines of links that stand within sentences.
    in_sentences: Vec<u32>,
    /// Links of skipped sections, of the piece that is read now.
    in_sections: HashSet<(u32, String)>,
}

/// A link of the list that shows a text.
pub(crate) struct ShownLink {
    pub(crate) line: u32,
    pub(crate) href: String,
    text: String,
    /// Whether it stands in an item, a row or a heading.
    in_item: bool,
    /// Whether it stands in a code span, such as a licence behind an entry.
    in_code: bool,
}

/// The links of a tree that show a text.
pub(crate) fn links_of(node: NodeRef<'_, Node>) -> Vec<ShownLink> {
    let mut links = Vec::new();
    for inner in node.descendants() {
        let Some(element) = inner.value().as_element().filter(|e| e.name() == "a") else {
            continue;
        };
        let text = tidy(&text_of(inner));
        if text.is_empty() {
            continue;
        }
        links.push(ShownLink {
            line: element.attr("data-l").and_then(|line| line.parse().ok()).unwrap_or(0),
            href: element.attr("href").unwrap_or_default().to_owned(),
            text,
            in_code: inner
                .parent()
                .and_then(|above| above.value().as_element())
                .is_some_and(|above| above.name() == "x-code"),
            in_item: inner.ancestors().filter_map(|above| above.value().as_element()).any(
                |above| {
                    matches!(above.name(), "li" | "td" | "th" | "dt" | "summary")
                        || matches!(above.name().as_bytes(), [b'h', b'1'..=b'6'])
                },
            ),
        });
    }
    links
}

/// An unreadable address, without what may be a password: up to a colon that ends no scheme.
fn shown(href: &str) -> String {
    let from = href.find("://").map_or(0, |at| at + 3);
    if href.starts_with("mailto:") {
        return "mailto:…".to_owned();
    }
    if href[from..].contains('@') {
        return format!("{}…", &href[..from]);
    }
    match href[from..].find(':') {
        Some(at) => format!("{}…", &href[..from + at]),
        None => href.to_owned(),
    }
}

impl Omitted {
    /// Notes a section about the list itself and the links in it.
    pub(crate) fn skip(&mut self, section: &str, node: NodeRef<'_, Node>) {
        let mut links = links_of(node);
        // What stands in blocks within blocks comes with each of them.
        links.retain(|link| self.in_sections.insert((link.line, link.href.clone())));
        let Some(first) = links.first() else { return };
        let is_full = self.sections.len() >= MOST_NAMED;
        match self.sections.last_mut().filter(|(_, name, _)| name == section) {
            Some((_, _, count)) => *count += links.len(),
            None if is_full => self.more_items += links.len(),
            None => self.sections.push((first.line, section.to_owned(), links.len())),
        }
    }

    /// Notes the links of a tree that are in none of the drafts.
    pub(crate) fn compare<'d>(
        &mut self,
        node: NodeRef<'_, Node>,
        drafts: impl Iterator<Item = &'d Draft>,
        resolve: impl Fn(&str) -> Option<String>,
    ) {
        let mut taken: HashSet<&str> = HashSet::new();
        for draft in drafts {
            taken.insert(&draft.url);
            taken.extend(draft.also.kept.iter().map(String::as_str));
        }
        let in_sections = std::mem::take(&mut self.in_sections);
        let links = links_of(node).into_iter().map(|link| (resolve(&link.href), link));
        let (taken, others): (Vec<_>, Vec<_>) =
            links.partition(|(url, _)| url.as_deref().is_some_and(|url| taken.contains(url)));
        let lines_of_entries: HashSet<u32> = taken.iter().map(|(_, link)| link.line).collect();
        for (_, ShownLink { line, href, .. }) in taken {
            if let Some(meant) = with_scheme(&href) {
                self.add_item(line, format!("`{href}` has no scheme and is read as `{meant}`"));
            }
        }
        for (url, link) in others {
            let stands_by = lines_of_entries.contains(&link.line);
            let is_known = in_sections.contains(&(link.line, link.href.clone()));
            let is_licence = stands_by && link.in_code;
            if !is_known && !is_licence && !leads_within(&link.href) {
                self.add_link(link, url, stands_by);
            }
        }
    }

    /// Notes a link that is in no entry; another one in its line may be.
    fn add_link(&mut self, link: ShownLink, url: Option<String>, stands_by: bool) {
        let ShownLink { line, href, text, in_item, .. } = link;
        match url {
            Some(url) if in_item => {
                self.add_item(line, format!("the link to `{url}` is in no entry"));
            }
            Some(_) => self.in_sentences.push(line),
            None if href.trim().is_empty() => {
                self.add_item(line, format!("`{text}` has a link without an address"));
            }
            // Relative links are counted by the walk when they lead nowhere.
            // A link to the list itself is one to a place within it.
            None if canonical::web_url(&href).is_some() => {}
            None if in_item && !stands_by && !is_relative(&href) => {
                self.add_item(line, format!("`{}` is no address of a web page", shown(&href)));
            }
            None => {}
        }
    }

    /// Notes a linked heading over other entries, which was taken for one of them before.
    pub(crate) fn add_category(&mut self, draft: &Draft) {
        self.add_item(draft.line, format!("the link to `{}` is in no entry", draft.url));
    }

    /// Notes a paragraph that begins with a link and is a remark between entries.
    pub(crate) fn add_remark(&mut self, draft: &Draft) {
        self.in_sentences.extend(std::iter::repeat_n(draft.line, 1 + draft.also.kept.len()));
    }

    fn add_item(&mut self, line: u32, message: String) {
        if self.items.len() < MOST_NAMED {
            self.items.push((line, message));
        } else {
            self.more_items += 1;
        }
    }

    /// Says all of it.
    pub(crate) fn warn(self, warnings: &mut Warnings) {
        for (line, name, count) in self.sections {
            warnings.add(line, || {
                let links = counted_as(count, "link is", "links are");
                format!("section `{name}` is about the list itself: its {links} left out")
            });
        }
        let (mut items, count) = (self.items, self.more_items);
        items.sort();
        for (line, message) in items {
            warnings.add(line, || message);
        }
        warnings.add_more(count);
        let mut lines = self.in_sentences;
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        if let Some(first) = lines.first() {
            let named: Vec<String> =
                lines.iter().take(MOST_LINES).map(|line| line.to_string()).collect();
            let more = lines.len().saturating_sub(MOST_LINES);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            warnings.add(*first, || {
                format!(
                    "{} ({} {}{more})",
                    counted_as(
                        count,
                        "link within sentences and remarks is no entry",
                        "links within sentences and remarks are no entries"
                    ),
                    if lines.len() == 1 { "line" } else { "lines" },
                    named.join(", ")
                )
            });
        }
    }
}
