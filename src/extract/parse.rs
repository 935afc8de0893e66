//! Parsing under a budget: html5ever takes quadratic time on small hostile input, so its work is
//! counted while it is fed and a page that takes too much is given up with a reason.

use std::{
    borrow::Cow,
    cell::{Cell, Ref, RefCell},
    collections::HashMap,
};

use ego_tree::NodeId;
use foldhash::fast::FixedState;
use html5ever::{
    Attribute, ParseOpts, QualName, parse_document,
    tendril::{StrTendril, TendrilSink},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};
use scraper::{Html, HtmlTreeSink};

use crate::extract::decode;

/// Bytes of a page that are parsed; what follows is left out.
/// The longest page among 537 measured has 2.4 MB.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Nodes made or moved, after which no more is parsed; a node takes about 200 bytes.
/// The measured pages have at most 80,000.
const MAX_NODES: usize = 400_000;
/// Steps of the tree builder: nodes made or moved and open elements looked at, which is where its
/// time goes on hostile nesting. The measured pages take at most 1.5 million.
const MAX_STEPS: usize = 12_000_000;
/// Words in markup from which nothing has come out yet: an upper bound for a tag's attributes,
/// each of which the tokenizer compares with all before it.
const MAX_PENDING_WORDS: usize = 256;
/// Formatting elements within each other that cost nothing extra. Each further one is compared with
/// all around it, attribute by attribute, without a call to the sink.
const FREE_FORMATTING: usize = 16;
/// Steps for such a comparison, and for each attribute in it.
const COMPARISON_STEPS: usize = 4;
/// Bytes fed at once; the counts are looked at in between.
const PIECE_BYTES: usize = 512;

/// Whether `<noscript>` is content, as for a reader without scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noscript {
    Ignored,
    Shown,
}

/// Parses a page, as much of it as the budgets allow, or says why it was given up.
pub(crate) fn parse(text: &str, noscript: Noscript) -> Result<Html, String> {
    let mut options = ParseOpts::default();
    options.tree_builder.scripting_enabled = noscript == Noscript::Ignored;
    let mut parser = parse_document(Counting::new(), options);
    let mut rest = decode::prefix(text, MAX_BYTES);
    let mut pending_words = 0;
    while !rest.is_empty() {
        let blunt = pending_words > MAX_PENDING_WORDS;
        let length = decode::prefix(rest, PIECE_BYTES).len();
        let length = rest[..length].find('>').filter(|_| blunt).map_or(length, |end| end + 1);
        let (piece, next) = rest.split_at(length);
        rest = next;
        let before = parser.tokenizer.sink.sink.built();
        parser.process(if blunt { blunted(piece) } else { StrTendril::from_slice(piece) });
        let sink = &parser.tokenizer.sink.sink;
        if sink.nodes.get() > MAX_NODES {
            break;
        }
        if sink.steps.get() > MAX_STEPS {
            return Err("the markup nests too deeply to be parsed in reasonable time".into());
        }
        // A tag that is still open has not reached the sink in any way.
        let still = sink.built() == before;
        pending_words = if still { pending_words + words(piece) } else { 0 };
    }
    Ok(parser.finish())
}

/// A piece from the middle of an overlong tag, attribute or comment, without the signs that could
/// begin a further attribute. What a quoted value or a comment of that length says is not read.
fn blunted(piece: &str) -> StrTendril {
    let blunt = |c: char| if c.is_ascii_whitespace() || matches!(c, '/' | '=') { '_' } else { c };
    piece.chars().map(blunt).collect()
}

/// The places where an attribute could begin.
fn words(piece: &str) -> usize {
    let is_gap = |b: u8| b.is_ascii_whitespace() || matches!(b, b'/' | b'"' | b'\'');
    let bytes = piece.as_bytes();
    bytes.windows(2).filter(|pair| is_gap(pair[0]) && !is_gap(pair[1])).count()
}

/// Elements that the tree builder opens again where they were not closed.
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// A sink that counts what the tree builder does.
struct Counting {
    sink: HtmlTreeSink,
    nodes: Cell<usize>,
    steps: Cell<usize>,
    /// Those of the steps that are errors in a tag, of which no element has come yet.
    errors: Cell<usize>,
    /// The formatting element made last, and how many attributes it has.
    formatting: Cell<Option<(NodeId, usize)>>,
    /// How many formatting elements are around what is in an element, where there are any.
    around: RefCell<HashMap<NodeId, usize, FixedState>>,
}

impl Counting {
    fn new() -> Counting {
        Counting {
            sink: HtmlTreeSink::new(Html::new_document()),
            nodes: Cell::new(0),
            steps: Cell::new(0),
            errors: Cell::new(0),
            formatting: Cell::new(None),
            around: RefCell::default(),
        }
    }

    fn step(&self) {
        self.steps.set(self.steps.get() + 1);
    }

    /// What the tree builder has done, errors of the tokenizer left out.
    fn built(&self) -> usize {
        self.steps.get() - self.errors.get()
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
}

impl TreeSink for Counting {
    type Output = Html;
    type Handle = NodeId;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Html {
        self.sink.finish()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {
        self.errors.set(self.errors.get() + 1);
        self.step();
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.sink.set_quirks_mode(mode);
    }

    fn get_document(&self) -> NodeId {
        self.sink.get_document()
    }

    fn same_node(&self, x: &NodeId, y: &NodeId) -> bool {
        self.step();
        x == y
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.step();
        self.sink.elem_name(target)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        self.node();
        let formatting = is_formatting(&name.local).then_some(attributes.len());
        let id = self.sink.create_element(name, attributes, flags);
        if let Some(attributes) = formatting {
            self.formatting.set(Some((id, attributes)));
        }
        id
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.node();
        // No rule reads comments; their text is not kept.
        drop(text);
        self.sink.create_comment(StrTendril::new())
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.node();
        self.sink.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        if let NodeOrText::AppendNode(child) = &child {
            self.enter(*parent, *child);
        }
        self.sink.append(parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        self.node();
        self.sink.append_based_on_parent_node(element, previous, child);
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        self.sink.append_doctype_to_document(name, public_id, system_id);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.sink.get_template_contents(target)
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        self.node();
        self.sink.append_before_sibling(sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.step();
        self.sink.add_attrs_if_missing(target, attributes);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.step();
        self.sink.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.step();
        self.sink.reparent_children(node, new_parent);
    }
}
