//! Inline content: the text, links and labels of one block, in reading order.

use crate::{
    canonical,
    html::{Node, NodeRef},
};

/// A part of a block.
#[derive(Clone, Debug)]
pub(crate) enum Inline {
    /// Text; line ends of the source are kept.
    Text(String),
    /// A code span.
    Code(String),
    /// A link that shows a text.
    Link(Link),
    /// The beginning or the end of an emphasized run.
    Emphasis,
    /// The beginning or the end of a bold run.
    Bold,
    /// A line break that the author asked for.
    Break,
}

/// A link as it stands in the source.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) href: String,
    pub(crate) text: String,
    pub(crate) line: u32,
    /// `ADD_DATE` of a bookmark.
    pub(crate) added: Option<String>,
    /// `TAGS` of a bookmark.
    pub(crate) tags: Option<String>,
}

/// Collects the inline content of a node and of everything in it but lists, tables and code blocks.
pub(crate) fn collect(node: NodeRef<'_, Node>, pieces: &mut Vec<Inline>) {
    match node.value() {
        Node::Text(text) => match pieces.last_mut() {
            Some(Inline::Text(last)) => last.push_str(text),
            _ => pieces.push(Inline::Text(text.to_string())),
        },
        Node::Element(element) => match element.name() {
            "a" => {
                pieces.extend(link(node));
                if ends_with_break(node) {
                    pieces.push(Inline::Break);
                }
            }
            "x-code" => pieces.push(Inline::Code(text_of(node))),
            "br" => pieces.push(Inline::Break),
            "img" => {}
            name if is_nested_block(name) => {}
            name => {
                let is_block = !matches!(name, "x-em" | "x-b" | "summary");
                if is_block && !pieces.is_empty() {
                    pieces.push(Inline::Break);
                }
                let mark = match name {
                    "x-em" => Some(Inline::Emphasis),
                    "x-b" => Some(Inline::Bold),
                    _ => None,
                };
                pieces.extend(mark.clone());
                for child in node.children() {
                    collect(child, pieces);
                }
                pieces.extend(mark);
                if is_block {
                    pieces.push(Inline::Break);
                }
            }
        },
        _ => {}
    }
}

/// Blocks that are read for themselves and not as part of the text around them.
pub(crate) fn is_nested_block(name: &str) -> bool {
    matches!(name, "ul" | "ol" | "dl" | "table" | "pre" | "details")
}

/// The link; none when it shows an image and no text, such as a badge. One that shows nothing at all
/// shows its address.
fn link(node: NodeRef<'_, Node>) -> Option<Inline> {
    let element = node.value().as_element()?;
    let owned = |name| element.attr(name).map(str::to_owned);
    let href = owned("href")?;
    let mut text = text_of(node);
    if text.trim().is_empty() {
        let is_image = |inner: NodeRef<'_, Node>| {
            inner.value().as_element().is_some_and(|element| element.name() == "img")
        };
        if node.descendants().any(is_image) || canonical::web_url(&href).is_none() {
            return None;
        }
        text.clone_from(&href);
    }
    Some(Inline::Link(Link {
        href,
        text,
        line: element.attr("data-l").and_then(|line| line.parse().ok()).unwrap_or(0),
        added: owned("add_date"),
        tags: owned("tags"),
    }))
}

/// Whether nothing but white space follows the last line break in a link: the author forgot to end
/// it, and the next link stands on the next line.
fn ends_with_break(link: NodeRef<'_, Node>) -> bool {
    let mut last = false;
    for inner in link.descendants() {
        match inner.value() {
            Node::Text(text) if !text.trim().is_empty() => last = false,
            Node::Element(element) if element.name() == "br" => last = true,
            _ => {}
        }
    }
    last
}

/// The text of a node, with a space where a line breaks.
pub(crate) fn text_of(node: NodeRef<'_, Node>) -> String {
    let mut text = String::new();
    for inner in node.descendants() {
        match inner.value() {
            Node::Text(part) => text.push_str(part),
            Node::Element(element) if matches!(element.name(), "br" | "div" | "p") => {
                text.push(' ')
            }
            _ => {}
        }
    }
    text
}

/// The text of some pieces, links and code included.
pub(crate) fn plain_text(pieces: &[Inline]) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Inline::Text(part) | Inline::Code(part) => text.push_str(part),
            Inline::Link(link) => text.push_str(&link.text),
            Inline::Break => text.push('\n'),
            Inline::Emphasis | Inline::Bold => {}
        }
    }
    text
}
