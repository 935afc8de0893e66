//! HTML: pages parsed under a budget, the text of fragments, and the tags of a text with their lines.

mod attributes;
mod budget;
mod escape;
mod tag;
mod tokens;
mod xhtml;

pub(crate) use ego_tree::{NodeId, NodeRef};
pub(crate) use html5ever::{LocalName, local_name};
use html5ever::{
    tokenizer::{Token, TokenSink, TokenSinkResult},
    tree_builder::{TreeBuilder, TreeBuilderOpts},
};
pub(crate) use scraper::{ElementRef, Html, Node, node::Element};

use crate::html::{budget::Budget, tokens::Sink};

pub(crate) use crate::html::{
    escape::{escape, escape_brackets},
    tag::{Attributes, Piece, pieces},
    xhtml::from_xhtml,
};

/// Bytes of a page that are parsed; what follows is left out.
/// The longest page among 537 measured has 2.4 MB.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Whether `<noscript>` is content, as for a reader without scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Noscript {
    Ignored,
    Shown,
}

/// Parses a page, as much of it as the budgets allow, or says why it was given up.
/// The tree has no doctype, and its comments are empty.
pub(crate) fn parse(text: &str, noscript: Noscript) -> Result<Html, String> {
    let options = TreeBuilderOpts {
        scripting_enabled: noscript == Noscript::Ignored,
        drop_doctype: true,
        ..TreeBuilderOpts::default()
    };
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    let builder = TreeBuilder::new(Budget::new(text.len()), options);
    tokens::read(text, TreeMaker(builder)).0.sink.done()
}

/// Parses a piece of HTML as if it stood in a body, without a budget: it is for text that is short
/// or that this program wrote.
pub(crate) fn fragment(text: &str) -> Html {
    Html::parse_fragment(text)
}

/// The text of a piece of HTML, without its tags and with its character references replaced.
pub(crate) fn text_of(text: &str) -> String {
    fragment(text).root_element().text().collect()
}

/// A text with its character references replaced; a `<` in it begins no tag.
pub(crate) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text_of(&text.replace('<', "&lt;"))
}

/// The value of an element's attribute.
#[inline]
pub(crate) fn attribute<'a>(element: &'a Element, name: &LocalName) -> Option<&'a str> {
    element.attrs.iter().find(|(key, _)| key.local == *name).map(|(_, value)| &**value)
}

/// Makes a tree of tokens, as long as the budget lasts.
struct TreeMaker(TreeBuilder<NodeId, Budget>);

impl Sink for TreeMaker {
    fn take(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        match self.0.process_token(token, line) {
            TokenSinkResult::Plaintext => TokenSinkResult::Plaintext,
            TokenSinkResult::RawData(kind) => TokenSinkResult::RawData(kind),
            // No script is run, and the text is decoded already.
            TokenSinkResult::Continue
            | TokenSinkResult::Script(_)
            | TokenSinkResult::EncodingIndicator(_) => TokenSinkResult::Continue,
        }
    }

    fn end(&self) {
        self.0.end();
    }

    fn is_full(&self) -> bool {
        self.0.sink.is_spent()
    }

    fn is_in_foreign_element(&self) -> bool {
        self.0.adjusted_current_node_present_but_not_in_html_namespace()
    }
}
