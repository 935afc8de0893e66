//! The walk through the HTML of a list, wherever it comes from: its entries, with their sections.

use std::collections::HashSet;

use url::Url;

use crate::{
    html::{self, Node, NodeRef},
    list::{
        address::{is_relative, leads_within, resolve, with_scheme},
        draft::Drafts,
        heading::{LinkedHeading, linked_heading},
        inline::{Inline, collect, is_nested_block, plain_text},
        item,
        label::is_label,
        line::tidy,
        lines::{self, LineForm},
        omitted::Omitted,
        section::{self, SectionPath},
        table,
    },
};

/// Reads the entries out of the HTML of [`Writer`](crate::list::html::Writer).
pub(crate) struct Walk<'b> {
    pub(crate) base: Option<&'b Url>,
    pub(crate) path: SectionPath,
    pub(crate) drafts: Drafts,
    /// Which drafts are paragraphs and not items, rows or headings.
    paragraphs: Vec<usize>,
    /// A heading that is a link and may turn out to be an entry.
    pub(crate) pending: Option<LinkedHeading>,
    /// The name that stands above what follows.
    pub(crate) above: Option<NameAbove>,
    /// The entry in whose section the place is, with the level of its heading.
    pub(crate) within: Option<(usize, u8)>,
    omitted: Omitted,
    /// Within a quotation or a centered block, which hold remarks, logos and navigation.
    aside: bool,
    /// Links that lead to a place beside the list, while the list's own address is not known.
    relative_links: usize,
}

/// A name without a link, which may be that of the links below it.
pub(crate) struct NameAbove {
    pub(crate) title: String,
    /// Whether it is a bold paragraph and not a heading.
    pub(crate) is_bold: bool,
}

impl<'b> Walk<'b> {
    pub(crate) fn new(base: Option<&'b Url>) -> Walk<'b> {
        Walk {
            base,
            path: SectionPath::default(),
            drafts: Drafts::default(),
            paragraphs: Vec::new(),
            pending: None,
            above: None,
            within: None,
            omitted: Omitted::default(),
            aside: false,
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
        let root = *tree.root_element();
        self.blocks(root);
        let pending = self.pending.iter().map(|pending| &pending.draft);
        let drafts = self.drafts.kept.iter().skip(from).chain(pending);
        self.omitted.compare(root, drafts, |href| resolve(href, self.base));
        self.pending.iter_mut().for_each(|pending| pending.is_earlier = true);
        self.limit(from);
    }

    /// The drafts, when all has been read, and how many relative links were left out; paragraphs are
    /// drafts only where they are the main form of the list, not where they are remarks between
    /// items and rows.
    pub(crate) fn finish(mut self, omitted: &mut Omitted) -> (Drafts, usize) {
        let from = self.drafts.kept.len();
        self.settle(0);
        self.limit(from);
        let listed = self.drafts.kept.len() - self.paragraphs.len();
        if self.paragraphs.len() < listed {
            let remarks: HashSet<usize> = self.paragraphs.into_iter().collect();
            let mut at = 0;
            self.drafts.kept.retain(|draft| {
                at += 1;
                let is_remark = remarks.contains(&(at - 1));
                if is_remark {
                    self.omitted.add_remark(draft);
                }
                !is_remark
            });
        }
        *omitted = self.omitted;
        (self.drafts, self.relative_links)
    }

    /// Applies the limit of memory to the drafts from an index on.
    fn limit(&mut self, from: usize) {
        self.drafts.limit(from);
        let kept = self.drafts.kept.len();
        while self.paragraphs.pop_if(|at| *at >= kept).is_some() {}
    }

    /// Reads the children of a node; what is inline between blocks is a paragraph.
    pub(crate) fn blocks(&mut self, node: NodeRef<'_, Node>) {
        let mut run = Vec::new();
        for child in node.children() {
            let name = child.value().as_element().map_or("", |element| element.name());
            if !is_block(name) {
                collect(child, &mut run);
                continue;
            }
            self.paragraph(&std::mem::take(&mut run));
            match name {
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(child, name),
                "ul" | "ol" => self.list(child),
                "table" => self.table(child),
                "details" => self.details(child),
                "pre" => {}
                "hr" => self.end_description(),
                "dl" => self.folder(child),
                "div" if is_footer(child) => self.end_description(),
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
            if let Some(section) = self.path.skipped_name() {
                self.omitted.skip(section, child);
            }
        }
        self.paragraph(&run);
    }

    fn heading(&mut self, node: NodeRef<'_, Node>, name: &str) {
        let level = name[1..].parse().unwrap_or(6);
        self.settle(level);
        self.within = self.within.filter(|(_, above)| level > *above);
        let mut pieces = Vec::new();
        node.children().for_each(|inner| collect(inner, &mut pieces));
        section::cut_way_back(&mut pieces);
        self.path.pop_to(level);
        let text = plain_text(&pieces);
        if !self.path.skipped() && !self.aside && !is_centered(node) {
            let draft = linked_heading(&pieces, level, self.base);
            self.pending = draft.map(|mut draft| {
                self.path.place(&mut draft);
                LinkedHeading { draft, level, described: false, is_earlier: false }
            });
        }
        self.path.push(level, &text);
        let is_name = self.pending.is_none() && level > 1;
        self.above = is_name.then(|| NameAbove { title: tidy(&text), is_bold: false });
    }

    /// Decides on the heading before, now that another one of a level follows, or the end, which has
    /// level 0: it is an entry when something describes it, or when nothing stands below it.
    fn settle(&mut self, level: u8) {
        self.above = None;
        if let Some(pending) = self.pending.take() {
            if pending.described || level <= pending.level {
                self.within = Some((self.drafts.kept.len(), pending.level));
                self.drafts.kept.push(pending.draft);
            } else if pending.is_earlier {
                self.omitted.add_category(&pending.draft);
            }
        }
    }

    /// What follows, such as a footer, describes no heading above it any more.
    fn end_description(&mut self) {
        if self.pending.as_ref().is_some_and(|pending| pending.described) {
            self.settle(0);
        }
    }

    pub(crate) fn paragraph(&mut self, pieces: &[Inline]) {
        if pieces.is_empty() || self.path.skipped() {
            return;
        }
        let lines = lines::lines_of(pieces);
        if let Some(pending) = &mut self.pending {
            pending.describe(&lines, self.base);
            return;
        }
        if self.aside {
            return;
        }
        for line in lines {
            if let Some(title) = lines::bold_line(&line, self.base) {
                self.above = Some(NameAbove { title, is_bold: true });
                continue;
            }
            let Some(form) = lines::form_of(&line) else { continue };
            let Some(mut draft) = item::read(&line, self.base) else { continue };
            let is_unnamed = is_label(&draft.title) && draft.description.is_empty();
            let is_named_above = is_unnamed && self.above.is_some();
            if lines::is_navigation(&line, self.base) && !is_named_above {
                continue;
            }
            if is_unnamed && let Some(above) = self.above.take() {
                draft.title = above.title;
            }
            self.path.place(&mut draft);
            if form == LineForm::Plain {
                self.paragraphs.push(self.drafts.kept.len());
            }
            self.drafts.kept.push(draft);
        }
    }

    pub(crate) fn table(&mut self, node: NodeRef<'_, Node>) {
        self.above = None;
        if self.path.skipped() {
            return;
        }
        for mut draft in table::read(node, self.base) {
            self.drop_category_heading();
            self.path.place(&mut draft);
            self.drafts.kept.push(draft);
        }
    }

    /// A heading with a link over a list is a category, whatever describes it.
    pub(crate) fn drop_category_heading(&mut self) {
        if let Some(pending) = self.pending.take_if(|pending| !pending.has_facts())
            && pending.is_earlier
        {
            self.omitted.add_category(&pending.draft);
        }
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

fn is_footer(node: NodeRef<'_, Node>) -> bool {
    node.value().as_element().is_some_and(|element| element.attr("data-footer").is_some())
}

/// Links that lead to a place beside the list.
fn relative_links(html: &str) -> usize {
    let hrefs = html.split("<a href=\"").skip(1);
    let leads_beside = |href: &&str| {
        let href = href.split('"').next().unwrap_or_default();
        !href.is_empty() && !leads_within(href) && is_relative(href) && with_scheme(href).is_none()
    };
    hrefs.filter(leads_beside).count()
}
