//! Items of lists, and what stands in `<details>`: entries with all that belongs to them.

use crate::{
    html::{Node, NodeRef},
    list::{
        draft::Draft,
        inline::{Inline, collect, is_nested_block, plain_text},
        item,
        label::{is_label, is_url},
        line::{is_ornament, join, tidy},
        lines::{lines_of, names_an_entry},
        name, section,
        walk::{NameAbove, Walk},
    },
};

/// Most words of a remark on a link that is only a label, such as `(10 forks, 2% open)`.
const MOST_WORDS: usize = 3;
/// Longest key of a `key: value` line, in characters.
const LONGEST_KEY: usize = 40;

impl Walk<'_> {
    /// A list that stands in no other one: entries, facts about the linked heading above it, or
    /// further links of the thing that is named above it.
    pub(crate) fn list(&mut self, list: NodeRef<'_, Node>) {
        let above = self.above.take();
        if self.path.skipped() {
            return;
        }
        if self.pending.is_some() && !self.has_names(list) {
            for item in list.descendants().filter(|node| is_element(*node, "li")) {
                let lines = lines_of(&inline_of(item));
                let base = self.base;
                self.pending.iter_mut().for_each(|pending| pending.describe(&lines, base));
            }
            return;
        }
        let within = self.within.map(|(own, _)| own).filter(|own| *own < self.drafts.kept.len());
        // Bare addresses below a heading are entries, not further links of what it names.
        let within = within.filter(|_| !has_bare_address(list));
        match above {
            Some(NameAbove { title, is_bold: true }) if self.is_about_one(list) => {
                self.named_links(title, list);
            }
            _ => self.items(list, within),
        }
    }

    /// Whether an item of a list is an entry of its own.
    fn has_names(&self, list: NodeRef<'_, Node>) -> bool {
        list.descendants().filter(|node| is_element(*node, "li")).any(|node| {
            let pieces = inline_of(node);
            names_an_entry(&pieces)
                && item::read(&pieces, self.base).is_some_and(|draft| !is_further(&draft))
        })
    }

    /// Whether all items of a list are about one thing: links that only say what sort of thing they
    /// lead to, and `key: value` lines.
    fn is_about_one(&self, list: NodeRef<'_, Node>) -> bool {
        let (mut labels, mut others) = (0, 0);
        for child in list.children().filter(|node| is_element(*node, "li")) {
            if !nested_blocks(child).is_empty() {
                return false;
            }
            let pieces = inline_of(child);
            let text = tidy(&plain_text(&pieces));
            let key = text.split_once([':', '：']).map(|(key, _)| key);
            let key = key.filter(|key| key.chars().count() <= LONGEST_KEY);
            match (item::read(&pieces, self.base), key) {
                (Some(draft), _) if is_further(&draft) => labels += 1,
                // `arxiv: https://…`, `webcam demo: https://…`
                (Some(_), Some(key)) if ends_with_address(&pieces) => match is_label(key) {
                    true => labels += 1,
                    false => others += 1,
                },
                // `Code: None`, `intro: a conference`
                (None, Some(_)) => {}
                (None, None) if is_label(&text) => {}
                _ => return false,
            }
        }
        labels > 0 && labels >= others
    }

    /// One entry for all that a list says, under the name that stands above it.
    fn named_links(&mut self, title: String, list: NodeRef<'_, Node>) {
        let mut named: Option<Draft> = None;
        let mut said = Draft::default();
        for item in list.children().filter(|node| is_element(*node, "li")) {
            let pieces = inline_of(item);
            match (item::read(&pieces, self.base), &mut named) {
                (Some(draft), None) => named = Some(draft),
                (Some(draft), Some(named)) => take_further(named, draft),
                (None, _) => {
                    let text = tidy(&plain_text(&pieces));
                    if !is_label(&text) && !said.take_line(&text) {
                        join(&mut said.description, &text);
                    }
                }
            }
        }
        let Some(mut draft) = named else { return };
        let Draft { description, date, company, tags, .. } = said;
        (draft.title, draft.description) = (title, description);
        draft.date = draft.date.or(date);
        draft.company = company;
        draft.tags.append(tags);
        self.path.place(&mut draft);
        self.drafts.kept.push(draft);
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
        let pieces = inline_of(node);
        let mut own = None;
        if !self.path.skipped()
            && let Some(mut draft) = item::read(&pieces, self.base)
        {
            self.drop_category_heading();
            match parent {
                Some(parent) if is_further(&draft) => {
                    take_further(&mut self.drafts.kept[parent], draft);
                }
                _ => {
                    self.path.place(&mut draft);
                    own = Some(self.drafts.kept.len());
                    self.drafts.kept.push(draft);
                }
            }
        }
        let nested = nested_blocks(node);
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
        } else if parent.is_none()
            && !self.path.skipped()
            && let ([list], Some(named)) = (nested.as_slice(), name::read(&pieces))
            && is_list(*list)
            && self.is_about_one(*list)
        {
            self.drop_category_heading();
            self.named_links(named.title, *list);
        } else {
            let mut pieces = pieces;
            section::cut_way_back(&mut pieces);
            let mark = self.path.enter(&section::name_of(&plain_text(&pieces)));
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

    /// What can be unfolded: an entry with what belongs to it when its summary is a link, else a
    /// section.
    pub(crate) fn details(&mut self, node: NodeRef<'_, Node>) {
        let summary = node.children().find(|child| is_element(*child, "summary"));
        let pieces = summary.map(inline_of).unwrap_or_default();
        let text = plain_text(&pieces);
        let draft = item::read(&pieces, self.base).filter(|_| !self.path.skipped());
        if let Some(mut draft) = draft {
            let is_category = draft.description.is_empty() && self.has_names(node);
            if names_an_entry(&pieces) && !is_category {
                self.drop_category_heading();
                self.path.place(&mut draft);
                let own = self.drafts.kept.len();
                self.drafts.kept.push(draft);
                self.described_by(node, own);
                return;
            }
        }
        let mark = match section::is_toggle(&text) {
            true => self.path.mark(),
            false => self.path.enter(&section::name_of(&text)),
        };
        self.blocks(node);
        self.path.leave(mark);
    }

    /// Reads what stands under the summary of an entry.
    fn described_by(&mut self, node: NodeRef<'_, Node>, own: usize) {
        for child in node.children() {
            match child.value().as_element().map_or("", |element| element.name()) {
                "ul" | "ol" => self.items(child, Some(own)),
                "table" => self.table(child),
                "details" => self.details(child),
                "div" | "blockquote" => self.described_by(child, own),
                "p" => {
                    let pieces = inline_of(child);
                    let links = pieces.iter().any(|piece| matches!(piece, Inline::Link(_)));
                    let text = tidy(&plain_text(&pieces));
                    let draft = &mut self.drafts.kept[own];
                    if let Some(link) = item::read(&pieces, self.base) {
                        take_further(draft, link);
                    }
                    if !links && !draft.take_line(&text) {
                        join(&mut draft.description, &text);
                    }
                }
                _ => {}
            }
        }
    }
}

/// Whether a draft is a further link of what stands above it: a label and hardly a word more.
fn is_further(draft: &Draft) -> bool {
    let said = draft.description.as_str();
    let is_word = |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 2;
    let is_remark =
        said.starts_with('(') && said.split_whitespace().filter(is_word).count() <= MOST_WORDS;
    is_label(&draft.title) && (said.is_empty() || is_remark)
}

/// Adds the links of a draft to those of another one.
fn take_further(draft: &mut Draft, further: Draft) {
    if further.url != draft.url {
        draft.also.push_url(further.url);
    }
    draft.also.append(further.also);
}

/// Whether an item of a list begins with a link that shows its address.
fn has_bare_address(list: NodeRef<'_, Node>) -> bool {
    list.children().filter(|node| is_element(*node, "li")).any(|item| {
        let first = inline_of(item)
            .into_iter()
            .find(|piece| !matches!(piece, Inline::Text(text) if is_ornament(text)));
        matches!(first, Some(Inline::Link(link)) if is_url(&link.text))
    })
}

/// Whether the last link shows its address, and nothing stands behind it.
fn ends_with_address(pieces: &[Inline]) -> bool {
    let last = pieces.iter().rev().find(|piece| match piece {
        Inline::Text(text) => !text.trim().is_empty(),
        Inline::Code(_) | Inline::Link(_) => true,
        Inline::Emphasis | Inline::Bold | Inline::Break => false,
    });
    matches!(last, Some(Inline::Link(link)) if is_url(&link.text))
}

/// The inline content of a block.
fn inline_of(node: NodeRef<'_, Node>) -> Vec<Inline> {
    let mut pieces = Vec::new();
    node.children().for_each(|inner| collect(inner, &mut pieces));
    pieces
}

fn is_element(node: NodeRef<'_, Node>, name: &str) -> bool {
    node.value().as_element().is_some_and(|element| element.name() == name)
}

fn is_list(node: NodeRef<'_, Node>) -> bool {
    is_element(node, "ul") || is_element(node, "ol")
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
