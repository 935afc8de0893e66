//! The budget of a page: html5ever's tree builder takes quadratic time on small hostile input, so its
//! work is counted while it is fed, and a page that takes too much is given up with a reason.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
    collections::HashMap,
};

use ego_tree::{NodeId, Tree};
use foldhash::fast::FixedState;
use html5ever::{
    Attribute, LocalName, QualName, local_name,
    tendril::StrTendril,
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};
use scraper::{Html, HtmlTreeSink, Node};

use crate::html::attributes::MAX_ATTRIBUTES;

/// Nodes made or moved, after which no more is parsed; a node takes about 250 bytes.
/// The measured pages have at most 80,000.
const MAX_NODES: usize = 400_000;
/// Steps of the tree builder: nodes made or moved and open elements looked at, which is where its
/// time goes on hostile nesting. The measured pages take at most 1.5 million.
const MAX_STEPS: usize = 12_000_000;
/// Formatting elements within each other that cost nothing extra. Each further one is compared with
/// all around it, attribute by attribute, without a call to the sink.
const FREE_FORMATTING: usize = 16;
/// Steps for such a comparison, and for each attribute in it.
const COMPARISON_STEPS: usize = 4;
/// Nine in ten of the measured pages have more bytes to a node.
const BYTES_A_NODE: usize = 32;

/// Elements that the tree builder opens again where they were not closed.
const FORMATTING: [LocalName; 14] = [
    local_name!("a"),
    local_name!("b"),
    local_name!("big"),
    local_name!("code"),
    local_name!("em"),
    local_name!("font"),
    local_name!("i"),
    local_name!("nobr"),
    local_name!("s"),
    local_name!("small"),
    local_name!("strike"),
    local_name!("strong"),
    local_name!("tt"),
    local_name!("u"),
];

/// scraper's sink, with a count of what the tree builder does.
pub(crate) struct Budget {
    html: HtmlTreeSink,
    nodes: Cell<usize>,
    steps: Cell<usize>,
    /// The formatting element made last, and how many attributes it has.
    formatting: Cell<Option<(NodeId, usize)>>,
    /// How many formatting elements are around what is in an element, where there are any.
    around: RefCell<HashMap<NodeId, usize, FixedState>>,
}

impl Budget {
    /// The budget of a page of so many bytes.
    pub(crate) fn new(bytes: usize) -> Budget {
        let mut html = Html::new_document();
        html.tree = Tree::with_capacity(Node::Document, bytes / BYTES_A_NODE);
        Budget {
            html: HtmlTreeSink::new(html),
            nodes: Cell::new(0),
            steps: Cell::new(0),
            formatting: Cell::new(None),
            around: RefCell::default(),
        }
    }

    /// Whether no more is parsed.
    pub(crate) fn is_spent(&self) -> bool {
        self.nodes.get() > MAX_NODES || self.steps.get() > MAX_STEPS
    }

    /// The page, or why it was given up.
    pub(crate) fn done(self) -> Result<Html, String> {
        if self.steps.get() > MAX_STEPS {
            return Err("the markup nests too deeply to be parsed in reasonable time".into());
        }
        Ok(self.html.finish())
    }

    fn step(&self) {
        self.steps.set(self.steps.get() + 1);
    }

    fn node(&self) {
        self.nodes.set(self.nodes.get() + 1);
        self.step();
    }

    /// Counts what an element costs that comes into a parent.
    fn enter(&self, parent: NodeId, child: NodeId) {
        let mut around = self.around.borrow_mut();
        let mut depth = around.get(&parent).copied().unwrap_or(0);
        if let Some((_, attributes)) = self.formatting.take().filter(|(id, _)| *id == child) {
            depth += 1;
            let compared = depth.saturating_sub(FREE_FORMATTING);
            let steps = compared * COMPARISON_STEPS * (1 + attributes);
            self.steps.set(self.steps.get() + steps);
        }
        if depth > 0 {
            around.insert(child, depth);
        }
    }
}

impl TreeSink for Budget {
    type Output = Html;
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Html {
        self.html.finish()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {
        self.step();
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.html.set_quirks_mode(mode);
    }

    fn get_document(&self) -> NodeId {
        self.html.get_document()
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.step();
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.step();
        self.html.elem_name(target)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        self.node();
        let formatting = FORMATTING.contains(&name.local).then_some(attributes.len());
        let id = self.html.create_element(name, attributes, flags);
        if let Some(attributes) = formatting {
            self.formatting.set(Some((id, attributes)));
        }
        id
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.node();
        self.html.create_comment(StrTendril::new())
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.node();
        self.html.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        if let NodeOrText::AppendNode(child) = &child {
            self.enter(*parent, *child);
        }
        self.html.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = {
            let html = self.html.0.borrow();
            html.tree.get(*element).is_some_and(|node| node.parent().is_some())
        };
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.html.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.html.get_template_contents(target)
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        self.html.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.step();
        let known = {
            let html = self.html.0.borrow();
            let element = html.tree.get(*target).and_then(|node| node.value().as_element());
            element.map_or(0, |element| element.attrs.len())
        };
        // Each further `<body>` tag would be compared with all before it.
        if known < MAX_ATTRIBUTES {
            self.html.add_attrs_if_missing(target, attributes);
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.step();
        self.html.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        // Each child is told of its new parent.
        let children = {
            let html = self.html.0.borrow();
            html.tree.get(*node).map_or(0, |node| node.children().count())
        };
        self.steps.set(self.steps.get() + children);
        self.html.reparent_children(node, new_parent);
    }
}

#[cfg(test)]
mod tests {
    use crate::html::{self, Node, Noscript, attributes::MAX_ATTRIBUTES};

    #[test]
    fn further_body_tags_bring_no_attributes_without_number() {
        let tags: String = (0..5_000).map(|number| format!("<body a{number}=1>")).collect();
        let page = html::parse(&tags, Noscript::Ignored).unwrap();
        let elements = page.tree.values().filter_map(Node::as_element);
        assert_eq!(elements.map(|element| element.attrs.len()).max(), Some(MAX_ATTRIBUTES));
    }

    #[test]
    fn a_page_of_too_many_nodes_is_cut() {
        let page = html::parse(&"<br>x".repeat(300_000), Noscript::Ignored).unwrap();
        assert!(page.tree.values().len() < 400_100);
    }
}
