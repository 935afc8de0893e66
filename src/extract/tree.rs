//! The tree of a page while it is parsed: nodes in one list, linked by their places in it.

use std::num::NonZeroU32;

use html5ever::{Attribute, LocalName, QualName, tendril::StrTendril};

/// A node's place in the list, counted from 1; the document is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct NodeId(NonZeroU32);

/// A page's nodes.
#[derive(Debug)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
}

#[derive(Debug)]
struct Node {
    parent: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
    first: Option<NodeId>,
    last: Option<NodeId>,
    item: Item,
}

/// What a node is.
#[derive(Debug)]
pub(crate) enum Item {
    /// The page.
    Document,
    Element(Element),
    Text(StrTendril),
    /// What a `<template>` holds, its only child.
    Fragment,
    /// A comment, which no rule reads but which parts the texts around it.
    Comment,
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: QualName,
    /// Each name once, as the page orders them.
    pub(crate) attributes: Vec<Attribute>,
}

impl Element {
    /// Its name without the namespace.
    pub(crate) fn name(&self) -> &str {
        &self.name.local
    }

    /// The value of an attribute.
    pub(crate) fn attr(&self, name: &LocalName) -> Option<&str> {
        let found = self.attributes.iter().find(|attribute| attribute.name.local == *name);
        found.map(|attribute| &*attribute.value)
    }
}

impl Tree {
    /// An empty page, with room for so many nodes.
    pub(crate) fn new(room: usize) -> Tree {
        let mut tree = Tree { nodes: Vec::with_capacity(room) };
        tree.add(Item::Document);
        tree
    }

    /// How many nodes there are, also those that are in no tree.
    pub(crate) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The page itself.
    pub(crate) fn root(&self) -> NodeId {
        NodeId(NonZeroU32::MIN)
    }

    /// The elements with their places, in the order of their start tags.
    pub(crate) fn elements(&self) -> impl Iterator<Item = (NodeId, &Element)> {
        let ids = (1..).filter_map(|number| NonZeroU32::new(number).map(NodeId));
        ids.zip(&self.nodes).filter_map(|(id, node)| match &node.item {
            Item::Element(element) => Some((id, element)),
            _ => None,
        })
    }

    pub(crate) fn item(&self, id: NodeId) -> &Item {
        &self.node(id).item
    }

    pub(crate) fn item_mut(&mut self, id: NodeId) -> &mut Item {
        &mut self.node_mut(id).item
    }

    pub(crate) fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    pub(crate) fn next(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).next
    }

    pub(crate) fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).first
    }

    /// The children of a node, in order.
    pub(crate) fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        std::iter::successors(self.first_child(id), |child| self.next(*child))
    }

    /// Makes a node that is in no tree yet.
    pub(crate) fn add(&mut self, item: Item) -> NodeId {
        let (parent, previous, next, first, last) = Default::default();
        self.nodes.push(Node { parent, previous, next, first, last, item });
        let count = u32::try_from(self.nodes.len()).ok().and_then(NonZeroU32::new);
        NodeId(count.expect("the budget for nodes is far below"))
    }

    /// Makes a node the last child of another one.
    pub(crate) fn append(&mut self, parent: NodeId, id: NodeId) {
        self.detach(id);
        let last = self.node_mut(parent).last.replace(id);
        match last {
            Some(last) => self.node_mut(last).next = Some(id),
            None => self.node_mut(parent).first = Some(id),
        }
        let node = self.node_mut(id);
        (node.parent, node.previous) = (Some(parent), last);
    }

    /// Puts a node before another one, which must have a parent.
    pub(crate) fn insert_before(&mut self, sibling: NodeId, id: NodeId) {
        self.detach(id);
        let Some(parent) = self.parent(sibling) else { return };
        let previous = self.node_mut(sibling).previous.replace(id);
        match previous {
            Some(previous) => self.node_mut(previous).next = Some(id),
            None => self.node_mut(parent).first = Some(id),
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (Some(parent), previous, Some(sibling));
    }

    /// Adds a text behind the last child, or to it if that is a text.
    pub(crate) fn append_text(&mut self, parent: NodeId, text: StrTendril) {
        if let Some(text) = self.join(self.node(parent).last, text) {
            let id = self.add(Item::Text(text));
            self.append(parent, id);
        }
    }

    /// Adds a text before a node, or to what stands there if that is a text.
    pub(crate) fn insert_text_before(&mut self, sibling: NodeId, text: StrTendril) {
        if let Some(text) = self.join(self.node(sibling).previous, text) {
            let id = self.add(Item::Text(text));
            self.insert_before(sibling, id);
        }
    }

    /// Takes a node out of the tree, with all that is below it.
    pub(crate) fn detach(&mut self, id: NodeId) {
        let node = self.node_mut(id);
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        let Some(parent) = parent else { return };
        match previous {
            Some(previous) => self.node_mut(previous).next = next,
            None => self.node_mut(parent).first = next,
        }
        match next {
            Some(next) => self.node_mut(next).previous = previous,
            None => self.node_mut(parent).last = previous,
        }
    }

    /// Adds a text to a node, if there is one that is a text; gives it back otherwise.
    fn join(&mut self, id: Option<NodeId>, text: StrTendril) -> Option<StrTendril> {
        match id.map(|id| self.item_mut(id)) {
            Some(Item::Text(before)) => before.push_tendril(&text),
            _ => return Some(text),
        }
        None
    }

    fn node(&self, NodeId(number): NodeId) -> &Node {
        &self.nodes[number.get() as usize - 1]
    }

    fn node_mut(&mut self, NodeId(number): NodeId) -> &mut Node {
        &mut self.nodes[number.get() as usize - 1]
    }
}
