//! The page as a flat list of nodes in document order, so that no rule recurses and a subtree is
//! a range.

use std::sync::LazyLock;

use foldhash::{HashMap, HashMapExt};

use scraper::Selector;

use crate::{
    content::collapse,
    html::{self, Element, ElementRef, Html, LocalName, NodeId, NodeRef, attribute, local_name},
};

/// Streamed parts beyond this number stay where they are.
const MAX_STREAMED_PARTS: usize = 64;

/// The attribute by which the tests of a site know an element; it is none of HTML's.
pub(crate) static TEST_ID: LazyLock<LocalName> = LazyLock::new(|| LocalName::from("data-testid"));

/// Index of a node in [`Dom::nodes`].
pub(crate) type Id = usize;

/// A page in document order.
pub(crate) struct Dom<'a> {
    html: &'a Html,
    /// Elements and texts; the first one is the document itself.
    pub(crate) nodes: Vec<Node<'a>>,
    /// The elements that have an `itemprop`, and those that have a `rel`.
    itemprops: Vec<Id>,
    rels: Vec<Id>,
    /// The values of `class`, each once, so that a rule need not read one twice; the first is empty.
    pub(crate) classes: Vec<&'a str>,
}

/// An element or a text.
pub(crate) struct Node<'a> {
    /// The parent; the document is its own.
    pub(crate) parent: Id,
    /// The subtree is the range from this node to `end`, which is not part of it.
    pub(crate) end: Id,
    /// What it is.
    pub(crate) tag: Tag,
    /// The place of its class in [`Dom::classes`].
    pub(crate) class: usize,
    /// The element, unless it is a text.
    pub(crate) element: Option<&'a Element>,
    /// Its place in the tree.
    place: NodeId,
    /// The text, empty for elements.
    pub(crate) text: &'a str,
}

/// Elements as far as the rules tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tag {
    Text,
    Anchor,
    Article,
    Aside,
    Body,
    Break,
    Caption,
    Cell,
    Code,
    Definition,
    Details,
    Dialog,
    Div,
    Figure,
    Footer,
    Form,
    Head,
    Header,
    Heading(u8),
    Inline,
    Item,
    Label,
    Link,
    List,
    Main,
    Meta,
    Nav,
    Noscript,
    Paragraph,
    Pre,
    Quote,
    Row,
    Rule,
    Script,
    Section,
    Skipped,
    Summary,
    Table,
    Time,
    Title,
}

impl Tag {
    fn of(name: &str) -> Tag {
        match name {
            "a" => Tag::Anchor,
            "article" => Tag::Article,
            "aside" => Tag::Aside,
            "body" => Tag::Body,
            "br" => Tag::Break,
            "figcaption" => Tag::Caption,
            "td" | "th" => Tag::Cell,
            "code" | "samp" | "kbd" | "tt" => Tag::Code,
            "dt" | "dd" => Tag::Definition,
            "details" => Tag::Details,
            "dialog" => Tag::Dialog,
            "div" | "caption" | "center" | "fieldset" | "hgroup" | "html" | "thead" | "tbody"
            | "tfoot" | "address" | "search" | "turbo-frame" | "amp-story" => Tag::Div,
            "figure" => Tag::Figure,
            "footer" => Tag::Footer,
            "form" => Tag::Form,
            "head" => Tag::Head,
            "header" => Tag::Header,
            "h1" => Tag::Heading(1),
            "h2" => Tag::Heading(2),
            "h3" => Tag::Heading(3),
            "h4" => Tag::Heading(4),
            "h5" => Tag::Heading(5),
            "h6" => Tag::Heading(6),
            "li" => Tag::Item,
            "label" | "legend" => Tag::Label,
            "link" => Tag::Link,
            "ul" | "ol" | "dl" | "menu" => Tag::List,
            "main" => Tag::Main,
            "meta" => Tag::Meta,
            "nav" => Tag::Nav,
            "noscript" => Tag::Noscript,
            "p" => Tag::Paragraph,
            "pre" | "listing" | "xmp" | "plaintext" => Tag::Pre,
            "blockquote" => Tag::Quote,
            "tr" => Tag::Row,
            "hr" => Tag::Rule,
            "script" => Tag::Script,
            "section" => Tag::Section,
            "style" | "svg" | "template" | "iframe" | "object" | "embed" | "select"
            | "textarea" | "input" | "button" | "canvas" | "audio" | "video" | "datalist"
            | "noframes" | "noembed" | "map" | "applet" | "progress" | "meter" | "rp"
            // The source of a formula, which stands beside what is shown of it.
            | "annotation" | "annotation-xml" => {
                Tag::Skipped
            }
            "summary" => Tag::Summary,
            "table" => Tag::Table,
            "time" => Tag::Time,
            "title" => Tag::Title,
            _ => Tag::Inline,
        }
    }

    /// Whether its edges end a paragraph.
    pub(crate) fn is_block(self) -> bool {
        !matches!(
            self,
            Tag::Text
                | Tag::Anchor
                | Tag::Break
                | Tag::Code
                | Tag::Inline
                | Tag::Label
                | Tag::Link
                | Tag::Meta
                | Tag::Skipped
                | Tag::Script
                | Tag::Noscript
                | Tag::Time
        )
    }

    /// Whether nothing below it is ever shown as text.
    pub(crate) fn is_silent(self) -> bool {
        matches!(self, Tag::Head | Tag::Noscript | Tag::Script | Tag::Skipped)
    }
}

impl<'a> Dom<'a> {
    /// Flattens a parsed page.
    pub(crate) fn new(html: &'a Html) -> Dom<'a> {
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(html.tree.values().len());
        let place = html.tree.root().id();
        let (tag, class, element, text) = (Tag::Div, 0, None, "");
        nodes.push(Node { parent: 0, end: 0, tag, class, element, place, text });
        let (mut itemprops, mut rels, mut classes) = (Vec::new(), Vec::new(), vec![""]);
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut streamed = streamed_parts(html);
        let mut moved = Vec::new();
        // Siblings still to visit, and the element that ends with them.
        let mut open = vec![(html.tree.root().first_child(), Some(0))];
        let mut parent = 0;
        while let Some((next, closes)) = open.last_mut() {
            let Some(node) = *next else {
                if let Some(id) = *closes {
                    nodes[id].end = nodes.len();
                    parent = nodes[id].parent;
                }
                open.pop();
                continue;
            };
            *next = node.next_sibling();
            let (id, place) = (nodes.len(), node.id());
            match node.value() {
                html::Node::Text(text) => {
                    let (end, tag, element, text) = (id + 1, Tag::Text, None, &*text.text);
                    nodes.push(Node { parent, end, tag, class: 0, element, place, text });
                }
                html::Node::Element(element) => {
                    if streamed.contains(&Some(node)) || moved.contains(&node.id()) {
                        continue;
                    }
                    let tag = match Tag::of(element.name()) {
                        Tag::Skipped if is_shadow_root(element) => Tag::Div,
                        // Where scripts run, what it holds is one text that is not parsed.
                        Tag::Noscript if node.children().any(|n| n.value().is_element()) => {
                            Tag::Div
                        }
                        tag => tag,
                    };
                    let arrived = streamed
                        .iter_mut()
                        .find(|part| part.is_some_and(|part| is_place_of(element, part)));
                    if let Some(part) = arrived.and_then(Option::take) {
                        moved.push(part.id());
                        open.push((part.first_child(), None));
                    }
                    let mut class = 0;
                    for (name, value) in &element.attrs {
                        if name.local == local_name!("class") {
                            class = *places.entry(value).or_insert_with(|| {
                                classes.push(value);
                                classes.len() - 1
                            });
                        } else if name.local == local_name!("itemprop") {
                            itemprops.push(id);
                        } else if name.local == local_name!("rel") {
                            rels.push(id);
                        }
                    }
                    let element = Some(element);
                    nodes.push(Node { parent, end: 0, tag, class, element, place, text: "" });
                    open.push((node.first_child(), Some(id)));
                    parent = id;
                }
                html::Node::Fragment => open.push((node.first_child(), None)),
                _ => {}
            }
        }
        Dom { html, nodes, itemprops, rels, classes }
    }

    /// The value of an element's attribute.
    pub(crate) fn attr(&self, id: Id, name: &LocalName) -> Option<&'a str> {
        attribute(self.nodes[id].element?, name)
    }

    /// Whether an attribute holds a word, letter case aside.
    pub(crate) fn attr_has(&self, id: Id, name: &LocalName, word: &str) -> bool {
        self.attr(id, name)
            .is_some_and(|v| v.split_ascii_whitespace().any(|w| w.eq_ignore_ascii_case(word)))
    }

    /// The elements of a kind, in document order.
    pub(crate) fn all(&self, tag: Tag) -> impl Iterator<Item = Id> {
        (0..self.nodes.len()).filter(move |id| self.nodes[*id].tag == tag)
    }

    /// The elements that a selector chooses of those given. To ask it about each element of a page
    /// would take a tenth of the time of extraction.
    pub(crate) fn select(
        &self,
        ids: impl Iterator<Item = Id>,
        selector: &Selector,
    ) -> impl Iterator<Item = Id> {
        ids.filter(|id| self.is(*id, selector))
    }

    /// Whether a selector chooses a node.
    pub(crate) fn is(&self, id: Id, selector: &Selector) -> bool {
        let node = self.html.tree.get(self.nodes[id].place);
        node.and_then(ElementRef::wrap).is_some_and(|element| selector.matches(&element))
    }

    /// The elements of microdata, in document order.
    pub(crate) fn with_itemprop(&self) -> impl Iterator<Item = Id> {
        self.itemprops.iter().copied()
    }

    /// The elements that say how what they link to relates to the page, in document order.
    pub(crate) fn with_rel(&self) -> impl Iterator<Item = Id> {
        self.rels.iter().copied()
    }

    /// The children of a node, in document order.
    pub(crate) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut at = id + 1;
        std::iter::from_fn(move || {
            let child = (at < self.nodes[id].end).then_some(at)?;
            at = self.nodes[child].end;
            Some(child)
        })
    }

    /// The ancestors of a node, the nearest first, without the document.
    pub(crate) fn ancestors(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut at = id;
        std::iter::from_fn(move || {
            at = self.nodes[at].parent;
            (at != 0).then_some(at)
        })
    }

    /// The text of a subtree in one line, white space collapsed, silent elements left out.
    pub(crate) fn text(&self, id: Id) -> String {
        let mut text = String::new();
        let mut at = id;
        while at < self.nodes[id].end {
            let node = &self.nodes[at];
            if at != id && node.tag.is_silent() {
                at = node.end;
                continue;
            }
            if node.tag.is_block() || node.tag == Tag::Break {
                text.push(' ');
            }
            text.push_str(node.text);
            at += 1;
        }
        collapse(&text)
    }
}

/// A selector for what is looked up on a page.
pub(crate) fn selector(css: &str) -> Selector {
    Selector::parse(css).expect("each selector in this program is a valid one")
}

/// The parts that React streams to the end of the page (`<div hidden id="S:1">`) for which there
/// is a place (`<template id="B:1">`, or `P:1` within a part) that a script would move them to.
fn streamed_parts(html: &Html) -> Vec<Option<NodeRef<'_, html::Node>>> {
    let elements = || {
        html.tree
            .nodes()
            .filter_map(|node| node.value().as_element().map(|element| (node, element)))
    };
    let mut parts: Vec<_> = elements()
        .filter(|(_, element)| {
            attribute(element, &local_name!("hidden")).is_some()
                && attribute(element, &local_name!("id")).is_some_and(|id| id.starts_with("S:"))
        })
        .map(|(node, _)| Some(node))
        .take(MAX_STREAMED_PARTS)
        .collect();
    if !parts.is_empty() {
        let places: Vec<&Element> = elements()
            .filter(|(_, element)| place_name(element).is_some())
            .map(|(_, element)| element)
            .take(MAX_STREAMED_PARTS)
            .collect();
        parts.retain(|part| {
            part.is_some_and(|part| places.iter().any(|place| is_place_of(place, part)))
        });
    }
    parts
}

/// Whether a `<template>` is shown: HTML, "declarative shadow roots".
fn is_shadow_root(element: &Element) -> bool {
    element.name.local == local_name!("template")
        && element
            .attrs
            .iter()
            .any(|(name, _)| matches!(&*name.local, "shadowrootmode" | "shadowroot"))
}

fn is_place_of(element: &Element, part: NodeRef<'_, html::Node>) -> bool {
    let part = part.value().as_element().and_then(|part| attribute(part, &local_name!("id")));
    let place = place_name(element);
    place.is_some() && place == part.and_then(|id| id.strip_prefix("S:"))
}

fn place_name(element: &Element) -> Option<&str> {
    if element.name.local != local_name!("template") {
        return None;
    }
    let id = attribute(element, &local_name!("id"))?;
    id.strip_prefix("B:").or_else(|| id.strip_prefix("P:"))
}
