//! Blocks: the page's text as paragraphs, headings, items, rows and code, in document order.
//!
//! Every later step works on this list: a candidate is a set of blocks, and what a subtree holds
//! is a difference of two prefix sums.

use crate::{
    content::collapse,
    extract::{
        class_hints::Hints,
        dom::{Dom, Id, Tag},
    },
    html::local_name,
};

/// A run of text between two block edges.
#[derive(Debug)]
pub(crate) struct Block {
    /// The innermost block element around it.
    pub(crate) owner: Id,
    /// What it is to a reader.
    pub(crate) kind: BlockKind,
    /// The text: white space collapsed, except in code; the cells of a row joined by tabs.
    pub(crate) text: String,
    /// Characters other than white space.
    pub(crate) chars: usize,
    /// Those of `chars` that stand in links.
    pub(crate) link_chars: usize,
    /// Punctuation marks that end or divide a sentence.
    pub(crate) stops: usize,
}

/// What a block is to a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BlockKind {
    Heading(u8),
    Paragraph,
    Item,
    Row,
    Code,
    Quote,
    Caption,
    Loose,
}

impl BlockKind {
    /// The name shown to people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            BlockKind::Heading(_) => "heading",
            BlockKind::Paragraph => "paragraph",
            BlockKind::Item => "item",
            BlockKind::Row => "row",
            BlockKind::Code => "code",
            BlockKind::Quote => "quote",
            BlockKind::Caption => "caption",
            BlockKind::Loose => "loose",
        }
    }
}

impl Block {
    /// Share of the characters that stand in links, 0 to 1.
    pub(crate) fn link_share(&self) -> f32 {
        self.link_chars as f32 / self.chars.max(1) as f32
    }

    /// Whether it reads like running text rather than a label or a menu.
    pub(crate) fn is_prose(&self) -> bool {
        match self.kind {
            BlockKind::Heading(_) | BlockKind::Caption => false,
            BlockKind::Code => true,
            _ => {
                self.link_share() < 0.5 && (self.chars >= 80 || self.chars >= 30 && self.stops > 0)
            }
        }
    }
}

/// The blocks of a page and where each subtree's blocks stand.
pub(crate) struct Blocks {
    /// In document order.
    pub(crate) list: Vec<Block>,
    /// For each node, how many blocks start before it.
    before: Vec<u32>,
}

impl Blocks {
    /// Cuts a page's body into blocks.
    pub(crate) fn new(dom: &Dom<'_>, hints: &Hints) -> Blocks {
        let mut builder = BlockBuilder::new(dom);
        let mut before = Vec::with_capacity(dom.nodes.len() + 1);
        let mut open: Vec<Id> = Vec::new();
        let mut at = 0;
        while at < dom.nodes.len() {
            while open.last().is_some_and(|id| dom.nodes[*id].end <= at) {
                let closed = open.pop().expect("the loop has seen a last element");
                builder.edge(
                    closed,
                    open.last().copied().unwrap_or(0),
                    hints.cut[closed].is_some(),
                );
            }
            let node = &dom.nodes[at];
            let skip = node.tag.is_silent() || hints.is_dropped_inline(at);
            if node.tag.is_block() && !skip {
                builder.edge(at, at, hints.cut[at].is_some());
                open.push(at);
            }
            before.push(builder.blocks.len() as u32);
            match node.tag {
                _ if skip => {
                    let count = builder.blocks.len() as u32;
                    before.extend((at + 1..node.end).map(|_| count));
                    at = node.end;
                    continue;
                }
                Tag::Text => {
                    builder.part(at, node.text);
                    builder.text(at, node.text);
                }
                Tag::Break => builder.line_break(),
                Tag::Anchor => builder.link_end = builder.link_end.max(node.end),
                _ => {}
            }
            if matches!(node.tag, Tag::Anchor | Tag::Inline) && is_note_mark(dom, at) {
                builder.space();
            }
            at += 1;
        }
        builder.flush();
        before.push(builder.blocks.len() as u32);
        Blocks { list: builder.blocks, before }
    }

    /// The blocks of a subtree, as a range of `list`.
    pub(crate) fn of(&self, dom: &Dom<'_>, id: Id) -> std::ops::Range<usize> {
        self.before[id] as usize..self.before[dom.nodes[id].end] as usize
    }
}

/// Nodes of a cell that may be one text; one with more is a part of the page's layout.
const MAX_CELL_NODES: usize = 20;

/// Whether a byte is a character that is neither white space nor a stop.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'.' | b',' | b'!' | b'?' | b';')
}

/// Whether it is a line of code that only the page's style puts below the one before.
fn is_line_of_code(dom: &Dom<'_>, id: Id) -> bool {
    dom.attr(id, &local_name!("class"))
        .is_some_and(|class| class.split_ascii_whitespace().any(|word| word.ends_with("line")))
        || dom
            .attr(id, &local_name!("style"))
            .is_some_and(|style| style.replace(' ', "").contains("display:block"))
}

/// Whether it is the mark of a footnote: a raised link within the page, or one that says so.
fn is_note_mark(dom: &Dom<'_>, id: Id) -> bool {
    let is_inner = |id: Id| {
        dom.nodes.get(id).is_some_and(|node| node.tag == Tag::Anchor)
            && dom.attr(id, &local_name!("href")).is_some_and(|href| href.starts_with('#'))
    };
    let node = &dom.nodes[id];
    match node.tag {
        Tag::Anchor => dom.attr(id, &local_name!("role")).is_some_and(|role| role == "doc-noteref"),
        _ => {
            node.element.is_some_and(|element| element.name() == "sup")
                && (is_inner(node.parent) || id + 1 < node.end && is_inner(id + 1))
        }
    }
}

/// A text without the marks of page builders that were left in it: `[vc_row]`, `[/et_pb_text]`.
fn without_shortcodes(text: &str) -> String {
    let builder = |part: &str| {
        let name = part.trim_start_matches('/');
        ["vc_", "et_pb_", "fusion_", "av_"].iter().any(|prefix| name.starts_with(prefix))
    };
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, mark) = rest.split_at(at);
        kept.push_str(before);
        rest = mark;
        let is_mark = builder(&mark[1..]);
        match is_mark.then(|| mark.find(']')) {
            Some(Some(end)) => rest = &mark[end + 1..],
            // No further one ends either.
            Some(None) => break,
            None => {
                kept.push('[');
                rest = &mark[1..];
            }
        }
    }
    kept.push_str(rest);
    if kept.len() == text.len() { kept } else { collapse(&kept) }
}

/// Whether a paragraph, or a box in one, is all that a short cell of a table holds.
fn is_all_of_cell(dom: &Dom<'_>, id: Id) -> bool {
    let node = &dom.nodes[id];
    let parent = &dom.nodes[node.parent];
    let rest = || dom.nodes[node.parent + 1..id].iter().chain(&dom.nodes[node.end..parent.end]);
    matches!(node.tag, Tag::Paragraph | Tag::Div)
        && parent.tag == Tag::Cell
        && parent.end - node.parent <= MAX_CELL_NODES
        && rest().all(|node| node.text.trim().is_empty())
}

struct BlockBuilder<'a, 'd> {
    dom: &'a Dom<'d>,
    blocks: Vec<Block>,
    kinds: Vec<BlockKind>,
    simple_rows: Vec<bool>,
    owner: Id,
    text: String,
    chars: usize,
    link_chars: usize,
    stops: usize,
    link_end: Id,
    breaks: u8,
}

impl<'a, 'd> BlockBuilder<'a, 'd> {
    fn new(dom: &'a Dom<'d>) -> BlockBuilder<'a, 'd> {
        let mut kinds = Vec::with_capacity(dom.nodes.len());
        let mut simple_rows = vec![true; dom.nodes.len()];
        let mut rows: Vec<Id> = Vec::new();
        for (id, node) in dom.nodes.iter().enumerate() {
            let above = kinds.get(node.parent).copied().unwrap_or(BlockKind::Loose);
            kinds.push(match (node.tag, above) {
                (_, BlockKind::Code | BlockKind::Heading(_)) => above,
                (Tag::Pre, _) => BlockKind::Code,
                (Tag::Heading(level), _) => BlockKind::Heading(level),
                (Tag::Item | Tag::Definition, _) => BlockKind::Item,
                (Tag::Row, _) => BlockKind::Row,
                (Tag::Cell, _) => above,
                (Tag::Quote, _) => BlockKind::Quote,
                (Tag::Caption, _) => BlockKind::Caption,
                (Tag::Paragraph, BlockKind::Loose | BlockKind::Row) => BlockKind::Paragraph,
                _ => above,
            });
            while rows.last().is_some_and(|row| dom.nodes[*row].end <= id) {
                rows.pop();
            }
            match node.tag {
                Tag::Row => {
                    if let Some(outer) = rows.last() {
                        simple_rows[*outer] = false;
                    }
                    rows.push(id);
                }
                Tag::Cell => {}
                // The one paragraph of a cell is its text.
                Tag::Paragraph | Tag::Div if is_all_of_cell(dom, id) => {}
                tag if tag.is_block() => {
                    if let Some(row) = rows.last() {
                        simple_rows[*row] = false;
                    }
                }
                _ => {}
            }
        }
        BlockBuilder {
            dom,
            blocks: Vec::new(),
            kinds,
            simple_rows,
            owner: 0,
            text: String::new(),
            chars: 0,
            link_chars: 0,
            stops: 0,
            link_end: 0,
            breaks: 0,
        }
    }

    /// A block element opens or closes; what follows belongs to `owner`.
    fn edge(&mut self, id: Id, owner: Id, is_cut: bool) {
        let node = &self.dom.nodes[id];
        let is_line = matches!(node.tag, Tag::Div | Tag::Paragraph | Tag::Item | Tag::List);
        if is_line && !is_cut && self.kinds[node.parent] == BlockKind::Code {
            self.code_line();
            return;
        }
        if is_all_of_cell(self.dom, id) && self.simple_rows[self.row_of(id)] {
            return;
        }
        if node.tag == Tag::Cell && self.simple_rows[self.row_of(id)] {
            if !self.text.is_empty() && !self.text.ends_with('\t') {
                self.text.truncate(self.text.trim_end().len());
                self.text.push('\t');
            }
            return;
        }
        self.flush();
        self.owner = owner;
    }

    fn row_of(&self, cell: Id) -> Id {
        self.dom.ancestors(cell).find(|id| self.dom.nodes[*id].tag == Tag::Row).unwrap_or(0)
    }

    fn line_break(&mut self) {
        if self.kinds[self.owner] == BlockKind::Code {
            self.text.push('\n');
            return;
        }
        self.breaks += 1;
        if self.breaks >= 2 && !self.text.is_empty() {
            self.flush();
        } else if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// Begins a new line of code.
    fn code_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    /// Puts a space between words in two inline elements that follow each other at once, as in
    /// `<span>Time</span><span>50</span>`: only the page's style keeps them apart.
    /// Single letters stay together, for they are a word in pieces.
    fn part(&mut self, id: Id, text: &str) {
        let nodes = &self.dom.nodes;
        let is_first = |id: Id| nodes[id].parent + 1 == id;
        let mut top = id;
        while is_first(top) && !nodes[nodes[top].parent].tag.is_block() {
            top = nodes[top].parent;
        }
        let follows_an_element =
            top != id && !is_first(top) && nodes[top - 1].parent != nodes[top].parent;
        if !follows_an_element {
            return;
        }
        if self.kinds[self.owner] == BlockKind::Code {
            if is_line_of_code(self.dom, top) {
                self.code_line();
            }
            return;
        }
        // Scripts without spaces between words need none here.
        let is_letter = |c: &char| c.is_alphanumeric() && *c < '\u{2E80}';
        let before = self.text.chars().rev().take_while(is_letter).take(2).count();
        let after = text.chars().take_while(is_letter).take(2).count();
        let number = text.starts_with(|c: char| c.is_numeric());
        if before == 2 && (after == 2 || number) {
            self.text.push(' ');
        }
    }

    /// Keeps what follows apart from the word before it.
    fn space(&mut self) {
        if self.kinds[self.owner] != BlockKind::Code
            && !self.text.is_empty()
            && !self.text.ends_with(char::is_whitespace)
        {
            self.text.push(' ');
        }
    }

    fn text(&mut self, id: Id, text: &str) {
        let code = self.kinds[self.owner] == BlockKind::Code;
        let linked = id < self.link_end;
        let mut rest = text;
        loop {
            // Most of a text are plain letters, which come by the word.
            let word = rest.bytes().position(|b| !is_plain(b)).unwrap_or(rest.len());
            if word > 0 {
                self.breaks = 0;
                self.text.push_str(&rest[..word]);
                self.chars += word;
                self.link_chars += if linked { word } else { 0 };
            }
            let mut others = rest[word..].chars();
            let Some(c) = others.next() else { break };
            rest = others.as_str();
            if c.is_whitespace() || c == '\u{200B}' || c == '\u{FEFF}' {
                if code {
                    self.text.push(c);
                } else if !self.text.is_empty() && !self.text.ends_with([' ', '\t']) {
                    self.text.push(' ');
                }
                continue;
            }
            if c == '\u{AD}' || c.is_control() {
                continue;
            }
            self.breaks = 0;
            self.text.push(c);
            self.chars += 1;
            self.link_chars += usize::from(linked);
            let stop = matches!(
                c,
                '.' | ',' | '!' | '?' | ';' | '。' | '、' | '，' | '？' | '！' | '।' | '؟' | '،'
            );
            self.stops += usize::from(stop);
        }
    }

    fn flush(&mut self) {
        self.breaks = 0;
        if self.chars == 0 {
            self.text.clear();
            return;
        }
        let kind = self.kinds[self.owner];
        let text = if kind == BlockKind::Code {
            self.text.trim_matches('\n').trim_end().to_owned()
        } else {
            without_shortcodes(self.text.trim())
        };
        self.text.clear();
        if text.is_empty() {
            (self.chars, self.link_chars, self.stops) = (0, 0, 0);
            return;
        }
        self.blocks.push(Block {
            owner: self.owner,
            kind,
            text,
            chars: std::mem::take(&mut self.chars),
            link_chars: std::mem::take(&mut self.link_chars),
            stops: std::mem::take(&mut self.stops),
        });
    }
}
