//! The tags and texts of HTML in the order of the source, each with its line, without a tree.

use std::{
    cell::{Cell, RefCell},
    ops::ControlFlow,
};

use html5ever::{
    Attribute,
    tokenizer::{
        TagKind, Token, TokenSinkResult,
        states::RawKind::{Rawtext, Rcdata, ScriptData},
    },
};

use crate::html::tokens::{Sink, read};

/// A tag or a text.
#[derive(Debug)]
pub(crate) enum Piece<'t> {
    /// A start tag: its name in lower case, and its attributes.
    Start(&'t str, Attributes<'t>),
    /// An end tag.
    End(&'t str),
    /// A text, its character references replaced.
    Text(&'t str),
}

/// The attributes of a start tag.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attributes<'t>(&'t [Attribute]);

impl<'t> Attributes<'t> {
    /// The value of an attribute, whose name is in lower case.
    pub(crate) fn get(self, name: &str) -> Option<&'t str> {
        let found = self.0.iter().find(|attribute| &*attribute.name.local == name);
        found.map(|attribute| &*attribute.value)
    }
}

/// Shows each tag and text, with the line in which it begins, until it is enough. Comments are left
/// out, and so is the text of elements that show none, such as `<script>` and `<title>`.
pub(crate) fn pieces(text: &str, show: impl FnMut(Piece<'_>, u32) -> ControlFlow<()>) {
    read(
        text,
        Pieces { show: RefCell::new(show), is_hidden: Cell::default(), is_full: Cell::default() },
    );
}

struct Pieces<F> {
    show: RefCell<F>,
    /// Whether an element that shows no text is open.
    is_hidden: Cell<bool>,
    is_full: Cell<bool>,
}

impl<F: FnMut(Piece<'_>, u32) -> ControlFlow<()>> Pieces<F> {
    fn show(&self, piece: Piece<'_>, line: u64) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let flow = (self.show.borrow_mut())(piece, line);
        self.is_full.set(flow.is_break());
    }
}

impl<F: FnMut(Piece<'_>, u32) -> ControlFlow<()>> Sink for Pieces<F> {
    fn take(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        let tag = match token {
            Token::TagToken(tag) => tag,
            Token::CharacterTokens(text) if !self.is_hidden.get() => {
                self.show(Piece::Text(&text), line);
                return TokenSinkResult::Continue;
            }
            _ => return TokenSinkResult::Continue,
        };
        let result = match (tag.kind, &*tag.name) {
            (TagKind::StartTag, "script") => TokenSinkResult::RawData(ScriptData),
            (TagKind::StartTag, "title" | "textarea") => TokenSinkResult::RawData(Rcdata),
            (TagKind::StartTag, "style" | "iframe" | "noembed" | "noframes") => {
                TokenSinkResult::RawData(Rawtext)
            }
            _ => TokenSinkResult::Continue,
        };
        self.is_hidden.set(result != TokenSinkResult::Continue);
        match tag.kind {
            TagKind::StartTag => self.show(Piece::Start(&tag.name, Attributes(&tag.attrs)), line),
            TagKind::EndTag => self.show(Piece::End(&tag.name), line),
        }
        result
    }

    fn is_full(&self) -> bool {
        self.is_full.get()
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use crate::html::{Piece, pieces};

    fn read(text: &str) -> Vec<String> {
        let mut read = Vec::new();
        pieces(text, |piece, line| {
            let piece = match piece {
                Piece::Start(name, attributes) => format!("<{name} {:?}>", attributes.get("href")),
                Piece::End(name) => format!("</{name}>"),
                Piece::Text(text) => format!("{text:?}"),
            };
            read.push(format!("{line} {piece}"));
            if read.len() < 8 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        read
    }

    #[test]
    fn each_piece_has_the_line_in_which_it_begins() {
        assert_eq!(
            read("\u{feff}a &lt;\nb<A title='\n'\nHREF=/x?a=1&amp;b>c\r\nd</a\n><!--\n--><br>"),
            ["1 \"a <\\nb\"", "2 <a Some(\"/x?a=1&b\")>", "4 \"c\\nd\"", "5 </a>", "7 <br None>",]
        );
    }

    #[test]
    fn what_shows_no_text_is_left_out() {
        assert_eq!(
            read("<script>'<a href=x>'</script><title>&lt;a></title><!-- <b> --><i"),
            ["1 <script None>", "1 </script>", "1 <title None>", "1 </title>"]
        );
    }

    #[test]
    fn nothing_is_read_when_it_is_enough() {
        assert_eq!(read(&"<p>".repeat(100)).len(), 8);
    }
}
