//! The walk through the HTML of a list, wherever it comes from: its entries, with their sections.

use std::collections::HashSet;

use url::Url;

use crate::{
    html::{self, Node, NodeRef},
    list::{
        draft::{Draft, Drafts, resolve},
        inline::{Inline, collect, is_nested_block, plain_text},
        item,
        line::{join, tidy},
        section::{self, SectionPath},
        table,
    },
};

/// Reads the entries out of the HTML of [`Writer`](crate::list::html::Writer).
pub(crate) struct Walk<'b> {
    base: Option<&'b Url>,
    path: SectionPath,
    drafts: Drafts,
    /// Which drafts are paragraphs and not items, rows or headings.
    paragraphs: Vec<usize>,
    /// A heading that is a link and may turn out to be an entry.
    pending: Option<Pending>,
    /// Within a quotation or a centered block, which hold remarks, logos and navigation.
    aside: bool,
    /// In a bookmark file the folders are the sections, and a heading outside of them is the file's
    /// own.
    is_bookmarks: bool,
    /// Links that lead to a place beside the list, while the list's own address is not known.
    relative_links: usize,
}

struct Pending {
    draft: Draft,
    /// Whether something under the heading describes it.
    described: bool,
}

impl<'b> Walk<'b> {
    pub(crate) fn new(base: Option<&'b Url>, is_bookmarks: bool) -> Walk<'b> {
        Walk {
            base,
            path: SectionPath::default(),
            drafts: Drafts::default(),
            paragraphs: Vec::new(),
            pending: None,
            aside: false,
            is_bookmarks,
            relative_links: 0,
        }
    }

    /// Reads the next piece of the HTML.
    pub(crate) fn read(&mut self, piece: &str) {
        if self.base.is_none() {
            self.relative_links += relative_links(piece);
        }
        let from = self.drafts.kept.len();
        let tree = html::fragment(piece);
        self.blocks(*tree.root_element());
        self.limit(from);
    }

    /// The drafts, when all has been read, and how many relative links were left out; paragraphs are
    /// drafts only where they are the main form of the list, not where they are remarks between
    /// items and rows.
    pub(crate) fn finish(mut self) -> (Drafts, usize) {
        let from = self.drafts.kept.len();
        self.settle();
        self.limit(from);
        let listed = self.drafts.kept.len() - self.paragraphs.len();
        if self.paragraphs.len() < listed {
            let remarks: HashSet<usize> = self.paragraphs.into_iter().collect();
            let mut at = 0;
            self.drafts.kept.retain(|_| {
                at += 1;
                !remarks.contains(&(at - 1))
            });
        }
        (self.drafts, self.relative_links)
    }

    /// Applies the limit of memory to the drafts from an index on.
    fn limit(&mut self, from: usize) {
        self.drafts.limit(from);
        let kept = self.drafts.kept.len();
        while self.paragraphs.pop_if(|at| *at >= kept).is_some() {}
    }

    /// Reads the children of a node; what is inline between blocks is a paragraph.
    fn blocks(&mut self, node: NodeRef<'_, Node>) {
        let mut run = Vec::new();
        for child in node.children() {
            let name = child.value().as_element().map_or("", |element| element.name());
            if !is_block(name) {
                collect(child, &mut run);
                continue;
            }
            self.paragraph(&std::mem::take(&mut run));
            match name {
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.is_bookmarks => {}
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(child, name),
                "ul" | "ol" => self.items(child, None),
                "table" => self.table(child),
                "details" => self.details(child),
                "pre" | "hr" => {}
                "dl" => self.folder(child),
                "div" | "blockquote" if name == "blockquote" || is_centered(child) => {
                    let outer = std::mem::replace(&mut self.aside, true);
                    self.blocks(child);
                    self.aside = outer;
                }
                "p" if is_centered(child) => {}
                "p" => {
                    let mut pieces = Vec::new();
                    child.children().for_each(|inner| collect(inner, &mut pieces));
                    self.paragraph(&pieces);
                }
                _ => self.blocks(child),
            }
        }
        self.paragraph(&run);
    }

    fn heading(&mut self, node: NodeRef<'_, Node>, name: &str) {
        self.settle();
        let level = name[1..].parse().unwrap_or(6);
        let mut pieces = Vec::new();
        node.children().for_each(|inner| collect(inner, &mut pieces));
        self.path.pop_to(level);
        if !self.path.skipped() && !self.aside && !is_centered(node) {
            self.pending = self.linked_heading(&pieces);
        }
        self.path.push(level, &plain_text(&pieces));
    }

    /// A heading that is nothing but one link: perhaps an entry.
    fn linked_heading(&self, pieces: &[Inline]) -> Option<Pending> {
        let mut links = pieces.iter().filter(|piece| matches!(piece, Inline::Link(_)));
        let (Some(_), None) = (links.next(), links.next()) else { return None };
        let speaks = |piece: &Inline| match piece {
            Inline::Text(text) => text.chars().any(char::is_alphabetic),
            _ => false,
        };
        if pieces.iter().any(speaks) {
            return None;
        }
        let mut draft = item::read(pieces, self.base)?;
        self.path.place(&mut draft);
        Some(Pending { draft, described: false })
    }

    /// Decides on the heading before: it is an entry when something describes it.
    fn settle(&mut self) {
        if let Some(pending) = self.pending.take()
            && pending.described
        {
            self.drafts.kept.push(pending.draft);
        }
    }

    fn paragraph(&mut self, pieces: &[Inline]) {
        if pieces.is_empty() || self.path.skipped() {
            return;
        }
        let lines = table::lines_of(pieces);
        if let Some(pending) = &mut self.pending {
            pending.describe(&lines, self.base);
            return;
        }
        if self.aside {
            return;
        }
        for line in lines {
            if names_an_entry(&line)
                && let Some(mut draft) = item::read(&line, self.base)
                && !is_navigation(&line, self.base)
            {
                self.path.place(&mut draft);
                self.paragraphs.push(self.drafts.kept.len());
                self.drafts.kept.push(draft);
            }
        }
    }

    /// The items of a list; `parent` is the entry in whose item the list stands.
    fn items(&mut self, list: NodeRef<'_, Node>, parent: Option<usize>) {
        for child in list.children() {
            match child.value().as_element().map_or("", |element| element.name()) {
                "li" => self.item(child, parent),
                // Lists directly within lists occur in raw HTML.
                "ul" | "ol" => self.items(child, parent),
                _ => {}
            }
        }
    }

    fn item(&mut self, node: NodeRef<'_, Node>, parent: Option<usize>) {
        let mut pieces = Vec::new();
        node.children().for_each(|inner| collect(inner, &mut pieces));
        let mut own = None;
        if !self.path.skipped()
            && let Some(mut draft) = item::read(&pieces, self.base)
        {
            self.drop_category_heading();
            match parent {
                Some(parent) if item::is_generic(&draft.title) && draft.description.is_empty() => {
                    let also = &mut self.drafts.kept[parent].also;
                    also.push_url(draft.url);
                    also.append(draft.also);
                }
                _ => {
                    self.path.place(&mut draft);
                    own = Some(self.drafts.kept.len());
                    self.drafts.kept.push(draft);
                }
            }
        }
        let nested: Vec<_> = nested_blocks(node);
        let text = plain_text(&pieces);
        if own.is_some() {
            nested.into_iter().for_each(|block| self.nested(block, own));
        } else if nested.is_empty() {
            if let Some(parent) = parent
                && !pieces.iter().any(|piece| matches!(piece, Inline::Link(_)))
                && !self.path.skipped()
                && !self.drafts.kept[parent].take_line(text.trim())
            {
                join(&mut self.drafts.kept[parent].description, &tidy(&text));
            }
        } else {
            let mark = self.path.enter(&text);
            nested.into_iter().for_each(|block| self.nested(block, parent));
            self.path.leave(mark);
        }
    }

    fn nested(&mut self, block: NodeRef<'_, Node>, parent: Option<usize>) {
        match block.value().as_element().map_or("", |element| element.name()) {
            "ul" | "ol" => self.items(block, parent),
            "table" => self.table(block),
            "details" => self.details(block),
            "dl" => self.folder(block),
            _ => {}
        }
    }

    /// A heading with a link over a list is a category, whatever describes it.
    fn drop_category_heading(&mut self) {
        if self.pending.as_ref().is_some_and(|pending| !pending.has_facts()) {
            self.pending = None;
        }
    }

    fn details(&mut self, node: NodeRef<'_, Node>) {
        let summary = node
            .children()
            .find(|child| child.value().as_element().is_some_and(|e| e.name() == "summary"));
        let mut pieces = Vec::new();
        if let Some(summary) = summary {
            summary.children().for_each(|inner| collect(inner, &mut pieces));
        }
        let text = plain_text(&pieces);
        let has_link = pieces.iter().any(
            |piece| matches!(piece, Inline::Link(link) if resolve(&link.href, self.base).is_some()),
        );
        let mark = if has_link || section::is_toggle(&text) {
            self.paragraph(&pieces);
            self.path.mark()
        } else {
            self.path.enter(&text)
        };
        self.blocks(node);
        self.path.leave(mark);
    }

    /// A folder of a bookmark file: `dt` with a heading or a link, `dd` with a note.
    fn folder(&mut self, node: NodeRef<'_, Node>) {
        let mark = self.path.mark();
        for child in node.children() {
            let name = child.value().as_element().map_or("", |element| element.name());
            match name {
                "dl" => {
                    self.folder(child);
                    self.path.leave(mark);
                }
                "dt" => {
                    self.path.leave(mark);
                    self.bookmark(child, name);
                }
                "dd" => self.bookmark(child, name),
                "p" | "div" => self.folder(child),
                name if section::heading_level(name).is_some() => {
                    self.path.leave(mark);
                    self.open_folder(child);
                }
                _ => {}
            }
        }
        self.path.leave(mark);
    }

    fn bookmark(&mut self, node: NodeRef<'_, Node>, name: &str) {
        let mark = self.path.mark();
        let mut pieces = Vec::new();
        for child in node.children() {
            let element = child.value().as_element().map_or("", |element| element.name());
            if section::heading_level(element).is_some() {
                self.path.leave(mark);
                self.open_folder(child);
            } else if element == "dl" {
                self.folder(child);
                self.path.leave(mark);
            } else {
                collect(child, &mut pieces);
            }
        }
        if self.path.skipped() {
            return;
        }
        if name == "dt" {
            if let Some(mut draft) = item::read(&pieces, self.base) {
                self.path.place(&mut draft);
                self.drafts.kept.push(draft);
            }
        } else if let Some(last) = self.drafts.kept.last_mut() {
            join(&mut last.description, &tidy(&plain_text(&pieces)));
        }
    }

    fn open_folder(&mut self, node: NodeRef<'_, Node>) {
        let mut pieces = Vec::new();
        node.children().for_each(|inner| collect(inner, &mut pieces));
        self.path.enter(&plain_text(&pieces));
    }

    fn table(&mut self, node: NodeRef<'_, Node>) {
        if self.path.skipped() {
            return;
        }
        for mut draft in table::read(node, self.base) {
            self.drop_category_heading();
            self.path.place(&mut draft);
            self.drafts.kept.push(draft);
        }
    }
}

impl Pending {
    fn describe(&mut self, lines: &[Vec<Inline>], base: Option<&Url>) {
        for line in lines {
            let text = plain_text(line);
            if self.draft.take_line(text.trim()) {
                self.described = true;
            } else if text.chars().any(char::is_alphabetic) {
                self.described = true;
                join(&mut self.draft.description, &tidy(&text));
            }
            for piece in line {
                if let Inline::Link(link) = piece {
                    resolve(&link.href, base)
                        .into_iter()
                        .for_each(|url| self.draft.also.push_url(url));
                }
            }
        }
    }

    /// Whether date, tags or company were given: then it is an entry for certain.
    fn has_facts(&self) -> bool {
        self.draft.date.is_some()
            || !self.draft.tags.kept.is_empty()
            || !self.draft.company.is_empty()
    }
}

fn is_block(name: &str) -> bool {
    is_nested_block(name)
        || section::heading_level(name).is_some()
        || matches!(name, "p" | "hr" | "div" | "blockquote" | "li" | "dt" | "dd" | "tbody" | "tr")
}

fn is_centered(node: NodeRef<'_, Node>) -> bool {
    node.value().as_element().is_some_and(|element| element.attr("align").is_some())
}

/// The lists and tables within an item, not those within other lists.
fn nested_blocks(node: NodeRef<'_, Node>) -> Vec<NodeRef<'_, Node>> {
    let mut found = Vec::new();
    for child in node.children() {
        if let Some(element) = child.value().as_element() {
            if is_nested_block(element.name()) {
                found.push(child);
            } else if !matches!(element.name(), "a" | "x-code") {
                found.extend(nested_blocks(child));
            }
        }
    }
    found
}

/// Whether a line begins with a link, and what follows does not go on with the sentence.
/// Emoji, bullets and shortcodes may stand before the link.
fn names_an_entry(line: &[Inline]) -> bool {
    for (at, piece) in line.iter().enumerate() {
        match piece {
            Inline::Link(_) => {
                let rest = plain_text(&line[at + 1..]);
                return !rest.trim_start().starts_with(char::is_alphanumeric);
            }
            Inline::Text(text) if item::is_ornament(text) => {}
            Inline::Break => {}
            Inline::Text(_) | Inline::Code(_) | Inline::Emphasis => return false,
        }
    }
    false
}

/// A line of links with nothing but punctuation between them: `[English](…) | [中文](…)`.
fn is_navigation(line: &[Inline], base: Option<&Url>) -> bool {
    let links = line.iter().filter(|piece| matches!(piece, Inline::Link(_))).count();
    let leads_out = |piece: &Inline| match piece {
        Inline::Link(link) => resolve(&link.href, base).is_some(),
        _ => false,
    };
    let first_leads_out = line.iter().find(|p| matches!(p, Inline::Link(_))).is_some_and(leads_out);
    let speaks = line.iter().any(|piece| match piece {
        Inline::Text(text) => text.chars().any(char::is_alphanumeric) && !item::is_ornament(text),
        Inline::Code(_) => true,
        _ => false,
    });
    !first_leads_out || (links > 1 && !speaks)
}

/// Links that lead to a place beside the list.
fn relative_links(html: &str) -> usize {
    let hrefs = html.split("<a href=\"").skip(1);
    let leads_beside = |href: &&str| {
        let head = href.split(['"', '/', '?', '#']).next().unwrap_or_default();
        !href.starts_with(['#', '"']) && !head.contains(':')
    };
    hrefs.filter(leads_beside).count()
}
