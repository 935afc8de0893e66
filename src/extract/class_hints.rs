//! Hints: what an element's tag, role, class and id say about its content.

use std::collections::HashMap;

use crate::{
    extract::{
        class_words::ClassWords,
        cut::Cut,
        dom::{Dom, Id, Tag},
        hidden::Panels,
    },
    html::local_name,
};

/// What is known of each element before its text is looked at.
pub(crate) struct Hints {
    /// For each node, the rule that would remove it.
    pub(crate) cut: Vec<Option<Cut>>,
    /// For each node, how sure its class or id names the article's body: 0 not at all, 3 most.
    pub(crate) body: Vec<u8>,
    inline: Vec<bool>,
}

/// Nodes of a gutter that are looked at.
const MAX_GUTTER_NODES: usize = 2_000;
/// Nodes of a sign or a number beside a text.
const MAX_MARK_NODES: usize = 20;
/// Bytes of a text within a sentence that may be words of it; a card with an explanation has more.
const MAX_WORDS_CHARS: usize = 60;

impl Hints {
    /// Reads the hints of every element.
    pub(crate) fn new(dom: &Dom<'_>) -> Hints {
        let count = dom.nodes.len();
        let mut hints =
            Hints { cut: vec![None; count], body: vec![0; count], inline: vec![false; count] };
        let classes: Vec<ClassWords> =
            dom.classes.iter().map(|classes| ClassWords::of_classes(classes)).collect();
        let panels = Panels::new(dom);
        let mut code_end = 0;
        for id in 0..count {
            let node = &dom.nodes[id];
            if node.element.is_none() || node.tag.is_silent() {
                continue;
            }
            let is_code = matches!(node.tag, Tag::Pre | Tag::Code) || id < code_end;
            if is_code {
                code_end = code_end.max(node.end);
            }
            let mut words = classes[node.class].clone();
            if let Some(name) = dom.attr(id, &local_name!("id")) {
                words.read_id(name);
            }
            hints.body[id] = words.body;
            let by_text = || match () {
                _ if is_code => None,
                _ if is_permalink(dom, id) => Some(Cut::Word("anchor")),
                _ if is_cell_number(dom, id) => Some(Cut::Word("gutter")),
                _ => None,
            };
            hints.cut[id] = panels.hidden(dom, id).or_else(by_text).or_else(|| {
                let is_body = matches!(node.tag, Tag::Body | Tag::Heading(_))
                    || dom.attr(id, &local_name!("itemprop")).is_some_and(|v| v == "articleBody");
                let by_word = || words.cut.filter(|word| is_meant(dom, id, word, is_code));
                match is_body {
                    true => None,
                    false if is_code => by_word().map(Cut::Word),
                    false => structure(dom, id).or_else(|| by_word().map(Cut::Word)),
                }
            });
            hints.inline[id] = hints.cut[id].is_some() && !node.tag.is_block();
        }
        // An inline element around blocks is judged like a block, by what it holds.
        let mut last_block = None;
        for id in (0..count).rev() {
            if hints.inline[id] && last_block.is_some_and(|block| block < dom.nodes[id].end) {
                hints.inline[id] = false;
            }
            if dom.nodes[id].tag.is_block() {
                last_block = Some(id);
            }
        }
        hints.keep_words_of_sentences(dom);
        hints
    }

    /// Keeps what stands within a line of text, whatever its class: only a line that is nothing else
    /// is a label or a bar of buttons, and only a long text within one a card that pops up.
    fn keep_words_of_sentences(&mut self, dom: &Dom<'_>) {
        let chars = |id: Id| -> usize {
            dom.nodes[id..dom.nodes[id].end].iter().map(|node| node.text.trim().len()).sum()
        };
        let mut lines: HashMap<Id, Vec<Id>> = HashMap::new();
        let mut end = 0;
        for id in 0..dom.nodes.len() {
            let Some(Cut::Word(name)) = self.cut[id].filter(|_| self.inline[id]) else { continue };
            if id < end {
                // It goes with the one that it stands in.
                self.inline[id] = false;
                continue;
            }
            match name {
                "screen reader" | "gutter" | "anchor" | "edit link" => continue,
                "popup" if is_longer_than_words(dom, id) => {
                    let inside = (id + 1)..dom.nodes[id].end;
                    if inside.clone().any(|at| self.inline[at]) {
                        (self.inline[id], self.cut[id]) = (false, None);
                    }
                    continue;
                }
                _ => {}
            }
            end = dom.nodes[id].end;
            let line = dom.ancestors(id).find(|at| dom.nodes[*at].tag.is_block()).unwrap_or(0);
            lines.entry(line).or_default().push(id);
        }
        for (line, parts) in lines {
            if chars(line) > parts.iter().map(|part| chars(*part)).sum() {
                for part in parts {
                    (self.inline[part], self.cut[part]) = (false, None);
                }
            }
        }
    }

    /// Whether it is a piece of a line that is no part of the text: a hidden label, a button.
    pub(crate) fn is_dropped_inline(&self, id: Id) -> bool {
        self.inline[id]
    }
}

/// Whether the text of an element is too long to be words of a sentence.
fn is_longer_than_words(dom: &Dom<'_>, id: Id) -> bool {
    let mut chars = 0;
    dom.nodes[id..dom.nodes[id].end].iter().any(|node| {
        chars += node.text.trim().len();
        chars > MAX_WORDS_CHARS
    })
}

/// Whether it is a link to a place on the page whose label has no words: the sign that leads to a
/// heading, the arrow back from a footnote.
fn is_permalink(dom: &Dom<'_>, id: Id) -> bool {
    let node = &dom.nodes[id];
    let is_inner = || dom.attr(id, &local_name!("href")).is_some_and(|href| href.starts_with('#'));
    let holds = |is_meant: fn(char) -> bool| {
        let end = node.end.min(id + MAX_MARK_NODES);
        dom.nodes[id..end].iter().any(|node| node.text.contains(is_meant))
    };
    node.tag == Tag::Anchor
        && is_inner()
        && node.end - id <= MAX_MARK_NODES
        && !holds(char::is_alphanumeric)
        && holds(|c| !c.is_whitespace())
}

/// Whether it numbers the input or output of a notebook: `In [1]:`, `[2]:`.
fn is_cell_number(dom: &Dom<'_>, id: Id) -> bool {
    let node = &dom.nodes[id];
    let is_named = || dom.classes[node.class].to_ascii_lowercase().contains("prompt");
    if node.class == 0 || node.end - id > MAX_MARK_NODES || !is_named() {
        return false;
    }
    let text: String = dom.nodes[id..node.end].iter().map(|node| node.text.trim()).collect();
    let label = text.trim_start_matches("In").trim_start_matches("Out").trim_start();
    let number = label.strip_prefix('[').and_then(|label| label.strip_suffix("]:"));
    number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit() || " *".contains(c)))
}

/// Whether the words of a class mean what they say, by what the element holds. In code nothing but a
/// gutter is cut, which has no letters.
fn is_meant(dom: &Dom<'_>, id: Id, rule: &str, is_code: bool) -> bool {
    match rule {
        "gutter" => {
            let end = dom.nodes[id].end.min(id + MAX_GUTTER_NODES);
            !dom.nodes[id..end].iter().any(|node| node.text.contains(char::is_alphabetic))
        }
        _ => !is_code,
    }
}

fn structure(dom: &Dom<'_>, id: Id) -> Option<Cut> {
    let rule = match dom.nodes[id].tag {
        Tag::Nav => "nav",
        Tag::Aside => "aside",
        Tag::Footer => "footer",
        Tag::Header => "header",
        Tag::Caption => "caption",
        Tag::Dialog => "dialog",
        Tag::Form => "form",
        _ => match dom.attr(id, &local_name!("role"))? {
            "navigation" | "menu" | "menubar" | "toolbar" => "role navigation",
            "banner" => "role banner",
            "contentinfo" => "role contentinfo",
            "complementary" => "role complementary",
            "search" => "role search",
            "dialog" | "alertdialog" => "role dialog",
            _ => return None,
        },
    };
    Some(Cut::Structure(rule))
}
