//! Parsing under a budget: html5ever's tree builder takes quadratic time on small hostile input, so its
//! work is counted while it is fed and a page that takes too much is given up with a reason.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
    collections::HashMap,
};

use foldhash::fast::FixedState;
use html5ever::{
    Attribute, LocalName, QualName, local_name,
    tendril::StrTendril,
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink},
};

use crate::extract::{
    decode,
    tokenize::{MAX_ATTRIBUTES, tokenize},
    tree::{Element, Item, NodeId, Tree},
};

/// Bytes of a page that are parsed; what follows is left out.
/// The longest page among 537 measured has 2.4 MB.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Nodes made or moved, after which no more is parsed; a node takes about 150 bytes.
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

/// Whether `<noscript>` is content, as for a reader without scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noscript {
    Ignored,
    Shown,
}

/// Parses a page, as much of it as the budgets allow, or says why it was given up.
pub(crate) fn parse(text: &str, noscript: Noscript) -> Result<Tree, String> {
    let options = TreeBuilderOpts {
        scripting_enabled: noscript == Noscript::Ignored,
        ..TreeBuilderOpts::default()
    };
    let text = decode::prefix(text, MAX_BYTES);
    let builder = TreeBuilder::new(Sink::new(text.len() / BYTES_A_NODE), options);
    let sink = &builder.sink;
    tokenize(text, &builder, || sink.nodes.get() > MAX_NODES || sink.steps.get() > MAX_STEPS);
    if sink.steps.get() > MAX_STEPS {
        return Err("the markup nests too deeply to be parsed in reasonable time".into());
    }
    Ok(builder.sink.finish())
}

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

/// Takes what the tree builder makes, and counts what it does.
struct Sink {
    tree: RefCell<Tree>,
    nodes: Cell<usize>,
    steps: Cell<usize>,
    /// The formatting element made last, and how many attributes it has.
    formatting: Cell<Option<(NodeId, usize)>>,
    /// How many formatting elements are around what is in an element, where there are any.
    around: RefCell<HashMap<NodeId, usize, FixedState>>,
}

impl Sink {
    fn new(room: usize) -> Sink {
        Sink {
            tree: RefCell::new(Tree::new(room)),
            nodes: Cell::new(0),
            steps: Cell::new(0),
            formatting: Cell::new(None),
            around: RefCell::default(),
        }
    }

    fn step(&self) {
        self.steps.set(self.steps.get() + 1);
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

    fn node(&self) {
        self.nodes.set(self.nodes.get() + 1);
        self.step();
    }

    fn add(&self, item: Item) -> NodeId {
        self.node();
        self.tree.borrow_mut().add(item)
    }
}

impl TreeSink for Sink {
    type Output = Tree;
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        self.tree.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {
        self.step();
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn get_document(&self) -> NodeId {
        self.tree.borrow().root()
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.step();
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.step();
        Ref::map(self.tree.borrow(), |tree| match tree.item(*target) {
            Item::Element(element) => &element.name,
            _ => unreachable!("the tree builder asks for the names of elements only"),
        })
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        let formatting = FORMATTING.contains(&name.local).then_some(attributes.len());
        let id = self.add(Item::Element(Element { name, attributes }));
        if let Some(attributes) = formatting {
            self.formatting.set(Some((id, attributes)));
        }
        if flags.template {
            let fragment = self.add(Item::Fragment);
            self.tree.borrow_mut().append(id, fragment);
        }
        id
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.add(Item::Comment)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.add(Item::Comment)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        match child {
            NodeOrText::AppendNode(child) => {
                self.enter(*parent, child);
                self.tree.borrow_mut().append(*parent, child);
            }
            NodeOrText::AppendText(text) => self.tree.borrow_mut().append_text(*parent, text),
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let has_parent = self.tree.borrow().parent(*element).is_some();
        match has_parent {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(
        &self,
        _name: StrTendril,
        _public_id: StrTendril,
        _system_id: StrTendril,
    ) {
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.tree.borrow().first_child(*target).unwrap_or(*target)
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        let mut tree = self.tree.borrow_mut();
        match child {
            NodeOrText::AppendNode(child) => tree.insert_before(*sibling, child),
            NodeOrText::AppendText(text) => tree.insert_text_before(*sibling, text),
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.step();
        let mut tree = self.tree.borrow_mut();
        let Item::Element(element) = tree.item_mut(*target) else { return };
        for attribute in attributes {
            let known = &element.attributes;
            if known.len() < MAX_ATTRIBUTES && known.iter().all(|k| k.name != attribute.name) {
                element.attributes.push(attribute);
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.step();
        self.tree.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let mut tree = self.tree.borrow_mut();
        while let Some(child) = tree.first_child(*node) {
            self.step();
            tree.append(*new_parent, child);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{proptest, sample::select};
    use scraper::{Html, Node};

    use crate::extract::{
        parse::{Noscript, parse},
        tree::{Element, Item, NodeId, Tree},
    };

    fn element<'a>(name: &str, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
        let mut attributes: Vec<_> = attributes.collect();
        attributes.sort_unstable();
        format!("{name} {attributes:?}")
    }

    /// What is below a node, a line for each, with its depth.
    fn ours(tree: &Tree, id: NodeId, depth: usize, lines: &mut Vec<String>) {
        for child in tree.children(id) {
            let line = match tree.item(child) {
                Item::Element(Element { name, attributes }) => {
                    let attributes = attributes.iter().map(|a| (&*a.name.local, &*a.value));
                    element(&name.local, attributes)
                }
                Item::Text(text) => format!("{:?}", &**text),
                other => format!("{other:?}"),
            };
            lines.push(format!("{depth} {line}"));
            ours(tree, child, depth + 1, lines);
        }
    }

    /// The same of a page that scraper has parsed; the tree has no doctypes and no texts of comments.
    fn theirs(page: &Html) -> Vec<String> {
        let nodes = page.tree.root().descendants().skip(1);
        let line = |node: ego_tree::NodeRef<'_, Node>| {
            let line = match node.value() {
                Node::Doctype(_) => return None,
                Node::Comment(_) => "Comment".to_owned(),
                Node::Element(e) => {
                    let attributes = e.attrs.iter().map(|(name, value)| (&*name.local, &**value));
                    element(e.name(), attributes)
                }
                Node::Text(text) => format!("{:?}", &**text),
                other => format!("{other:?}"),
            };
            Some(format!("{} {line}", node.ancestors().count()))
        };
        nodes.filter_map(line).collect()
    }

    #[track_caller]
    fn check(markup: &str) {
        let tree = parse(markup, Noscript::Ignored).unwrap();
        let mut lines = Vec::new();
        ours(&tree, tree.root(), 1, &mut lines);
        assert_eq!(lines, theirs(&Html::parse_document(markup)), "{markup:?}");
    }

    #[test]
    fn the_tree_is_that_of_scraper() {
        for markup in [
            "<p>a&amp;b &notit; &#65 AT&T<b>x</p>&lt",
            "<a HREF=/x?a=1&copy=2&amp;c title='a \"&quot;' disabled =x / y>t</a >",
            "<br/><div / ><img src=x/><p id=\"a\"id=\"b\"class=c>",
            "<!-- > --!>a<!-->b<!--->c<!---->d<!--a--b-->e</>f</ g>h<?x>i<! >j</3>k",
            "<script>a<b</script x>b<script><!--<script></script>--></script>c",
            "<script><!--></script>a<script><!---></script>b<script><!-- </script>c",
            "<script><!--<script>x</script></script>a</scripty></script >b",
            "<title>a <b> &amp;</TITLE>c<textarea>\n\nx</textarea><style>p</styl></style/>d",
            "<svg><title><b>x</b></title><style>a<i>b</i></style><![CDATA[x]]y]]>z</svg><![CDATA[q]]>",
            "<pre>\r\n\r\nx\ry</pre><pre></>\nx</pre><plaintext>a</plaintext>&amp;",
            "<p>x<table><b>y<tr><td>z",
            "<!doctype html public 'a>b'><p>\u{feff}ä<ä b=ö>",
            "a<",
            "a</",
            "a<!",
            "a<!-",
            "a<!--x-",
            "a<b",
            "a<b c",
            "a<b c=",
            "a<b c='x",
            "a</b ",
            "a<?",
            "a<!doctype",
            "<script>x",
            "<script",
            "<title>x&am",
            "< b>< /b><3",
        ] {
            check(markup);
        }
    }

    /// What soups are made of, parted by bars.
    const PIECES: &str = "<|>|/|</|<!--|-->|--!>|-|!|?|=|\"|'| |\n|\r|&|&amp;|&amp|&#x41;|;|a|B|é|text |\
        id=x|id=\"y\"|<p|<p>|</p>|<a href=|<b>|</b>|<i class='x'>|<script>|<script|</script>|</script|\
        <style>|</style>|<title>|</title>|<textarea>|</textarea>|<svg>|</svg>|<math><mi>|<![CDATA[|]]>|\
        <table>|<td>|</table>|<select><option>|<br/>|<template>|</template>|<noscript>|</noscript>|\
        <iframe>|<!doctype html>|<font>|<a>|</a>|<form>|<li>|<div>|</div>|<body x=y>|<html a=b>|\
        <frameset>|<head>|<pre>|<plaintext>";

    proptest! {
        #[test]
        fn the_tree_of_any_soup_is_that_of_scraper(
            pieces in proptest::collection::vec(select(PIECES.split('|').collect::<Vec<_>>()), 0..40)
        ) {
            check(&pieces.concat());
        }
    }
}
