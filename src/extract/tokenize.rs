//! The tokenizer: from markup to the tokens that html5ever makes a tree of (WHATWG HTML, 13.2.5).
//!
//! html5ever has a tokenizer of its own, which looks at each character by itself. This one goes from
//! one sign that means something to the next, shares the page's text with its tokens instead of
//! copying it, and reads no more attributes than a bound allows; extraction takes half the time. Character
//! references and doctypes are left to html5ever. The tests of `parse` hold that the tree is the
//! same, whatever the soup of tags.

use std::{borrow::Cow, cell::RefCell, ops::Range};

use html5ever::{
    Attribute, LocalName, QualName,
    buffer_queue::BufferQueue,
    ns,
    tendril::StrTendril,
    tokenizer::{
        Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::{RawKind, State},
    },
};
use memchr::{memchr, memchr_iter, memchr2, memmem};

/// Attributes of a tag that are read. The measured pages have at most 185 in one.
pub(crate) const MAX_ATTRIBUTES: usize = 256;
/// Slots for the names that are remembered.
const NAME_SLOTS: usize = 128;

/// Gives the tokens of a page to `sink`, until the page ends or it is enough.
pub(crate) fn tokenize<S: TokenSink>(text: &str, sink: &S, is_enough: impl Fn() -> bool) {
    let text = preprocessed(text);
    let markup = Markup::new(&text);
    let mut at = 0;
    while at < markup.bytes.len() && !is_enough() {
        at = markup.next(at, sink);
    }
    let _ = sink.process_token(Token::EOFToken, 0);
    sink.end();
}

/// The input stream (13.2.3.5): lines end with a line feed. Zeros, which the tree builder would drop
/// from most places, are dropped from all.
fn preprocessed(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if memchr2(b'\r', b'\0', text.as_bytes()).is_none() {
        return text.into();
    }
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "").into()
}

/// A page on its way through the tokenizer.
struct Markup<'a> {
    text: &'a str,
    bytes: &'a [u8],
    /// The same, to take shares of.
    shared: StrTendril,
    /// Names that the page has used, each in one of few slots: most come again and again.
    names: RefCell<Vec<(&'a str, LocalName)>>,
}

impl<'a> Markup<'a> {
    fn new(text: &'a str) -> Markup<'a> {
        let (bytes, shared) = (text.as_bytes(), StrTendril::from_slice(text));
        let names = RefCell::new(vec![("", LocalName::default()); NAME_SLOTS]);
        Markup { text, bytes, shared, names }
    }

    /// Reads what begins at a place; returns where the next token begins.
    fn next<S: TokenSink>(&self, at: usize, sink: &S) -> usize {
        if self.bytes[at] != b'<' {
            let end = self.find(b'<', at);
            self.text(at..end, sink);
            return end;
        }
        match (self.at(at + 1), self.at(at + 2)) {
            (Some(b'a'..=b'z' | b'A'..=b'Z'), _) => self.start_tag(at + 1, sink),
            (Some(b'/'), Some(b'a'..=b'z' | b'A'..=b'Z')) => {
                match self.tag(TagKind::EndTag, at + 2) {
                    Some((tag, end)) => {
                        let _ = sink.process_token(Token::TagToken(tag), 0);
                        end
                    }
                    None => self.bytes.len(),
                }
            }
            (Some(b'/'), Some(b'>')) => {
                let _ = sink.process_token(Token::ParseError("no name".into()), 0);
                at + 3
            }
            (Some(b'!'), _) => self.declaration(at, sink),
            (Some(b'?'), _) | (Some(b'/'), Some(_)) => self.comment(self.behind(b'>', at), sink),
            _ => {
                let end = self.find(b'<', at + 1);
                self.text(at..end, sink);
                end
            }
        }
    }

    fn at(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    fn starts_with(&self, at: usize, word: &str) -> bool {
        let there = self.bytes.get(at..at + word.len());
        there.is_some_and(|there| there.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// Where a byte comes next; the end if it does not.
    fn find(&self, byte: u8, from: usize) -> usize {
        memchr(byte, &self.bytes[from..]).map_or(self.bytes.len(), |place| from + place)
    }

    /// The place behind it.
    fn behind(&self, byte: u8, from: usize) -> usize {
        self.bytes.len().min(self.find(byte, from) + 1)
    }

    /// Where a word comes next; none if it does not.
    fn find_word(&self, word: &str, from: usize) -> Option<usize> {
        let place = memmem::find(self.bytes.get(from..)?, word.as_bytes())?;
        Some(from + place)
    }

    fn share(&self, range: Range<usize>) -> StrTendril {
        let short = |number| u32::try_from(number).expect("a page is short");
        self.shared.subtendril(short(range.start), short(range.len()))
    }

    /// A text, the character references in it replaced.
    fn text<S: TokenSink>(&self, range: Range<usize>, sink: &S) {
        if range.is_empty() {
            return;
        }
        let text = self.share(range);
        let has_references = memchr(b'&', text.as_bytes()).is_some();
        let text = if has_references { in_text(text) } else { text };
        let _ = sink.process_token(Token::CharacterTokens(text), 0);
    }

    /// A comment, which no rule reads.
    fn comment<S: TokenSink>(&self, end: usize, sink: &S) -> usize {
        let _ = sink.process_token(Token::CommentToken(StrTendril::new()), 0);
        end
    }

    /// Comments, doctypes and character data of foreign elements.
    fn declaration<S: TokenSink>(&self, at: usize, sink: &S) -> usize {
        const CDATA: &str = "<![CDATA[";
        let end = self.behind(b'>', at);
        if self.starts_with(at, "<!--") {
            if self.starts_with(at, "<!-->") || self.starts_with(at, "<!--->") {
                return self.comment(end, sink);
            }
            let mut dashes = at + 4;
            while let Some(place) = self.find_word("--", dashes) {
                if self.at(place + 2) == Some(b'>') {
                    return self.comment(place + 3, sink);
                }
                if self.starts_with(place + 2, "!>") {
                    return self.comment(place + 4, sink);
                }
                dashes = place + 1;
            }
            return self.comment(self.bytes.len(), sink);
        }
        if self.starts_with(at, "<!doctype") {
            if let Some(doctype) = html5ever_on(self.share(at..end), State::Data).markup.take() {
                let _ = sink.process_token(doctype, 0);
            }
            return end;
        }
        if self.text[at..].starts_with(CDATA)
            && sink.adjusted_current_node_present_but_not_in_html_namespace()
        {
            let start = at + CDATA.len();
            let end = self.find_word("]]>", start);
            let text = self.share(start..end.unwrap_or(self.bytes.len()));
            if !text.is_empty() {
                let _ = sink.process_token(Token::CharacterTokens(text), 0);
            }
            return end.map_or(self.bytes.len(), |end| end + 3);
        }
        self.comment(end, sink)
    }

    /// A start tag, and the text behind it where that is no markup.
    fn start_tag<S: TokenSink>(&self, at: usize, sink: &S) -> usize {
        let Some((tag, end)) = self.tag(TagKind::StartTag, at) else { return self.bytes.len() };
        let name = tag.name.clone();
        let kind = match sink.process_token(Token::TagToken(tag), 0) {
            TokenSinkResult::RawData(kind) => kind,
            TokenSinkResult::Plaintext => {
                let _ = sink
                    .process_token(Token::CharacterTokens(self.share(end..self.bytes.len())), 0);
                return self.bytes.len();
            }
            _ => return end,
        };
        let start = end;
        let end = match kind {
            RawKind::ScriptData => self.end_of_script(start),
            _ => self.end_of_raw(&name, start),
        };
        match kind {
            RawKind::Rcdata => self.text(start..end, sink),
            _ if start < end => {
                let _ = sink.process_token(Token::CharacterTokens(self.share(start..end)), 0);
            }
            _ => {}
        }
        end
    }

    /// Whether a tag of that name begins at a place, behind its bracket.
    fn is_name(&self, at: usize, name: &str) -> bool {
        self.starts_with(at, name) && self.at(at + name.len()).is_some_and(ends_name)
    }

    /// Where the end tag of an element begins that holds text alone.
    fn end_of_raw(&self, name: &str, from: usize) -> usize {
        memchr_iter(b'<', &self.bytes[from..])
            .map(|place| from + place)
            .find(|at| self.at(at + 1) == Some(b'/') && self.is_name(at + 2, name))
            .unwrap_or(self.bytes.len())
    }

    /// Where the end tag of a script begins. In what looks like a comment a script within the script
    /// has an end tag of its own (13.2.5.20 to 31).
    fn end_of_script(&self, from: usize) -> usize {
        let (mut in_comment, mut within) = (false, false);
        let mut at = from;
        while at < self.bytes.len() {
            if self.starts_with(at, "</") && self.is_name(at + 2, "script") {
                if !within {
                    return at;
                }
                within = false;
            } else if in_comment && self.starts_with(at, "-->") {
                (in_comment, within) = (false, false);
            } else if in_comment && self.bytes[at] == b'<' && self.is_name(at + 1, "script") {
                within = true;
            } else if !in_comment && self.starts_with(at, "<!--") {
                in_comment = true;
                // The dashes that begin it may end it as well.
                at += 2;
                continue;
            }
            at = match in_comment {
                true => memchr2(b'<', b'-', &self.bytes[at + 1..]),
                false => memchr(b'<', &self.bytes[at + 1..]),
            }
            .map_or(self.bytes.len(), |place| at + 1 + place);
        }
        self.bytes.len()
    }

    /// The tag whose name begins at a place, and where it ends; none if the page ends before it.
    fn tag(&self, kind: TagKind, at: usize) -> Option<(Tag, usize)> {
        let mut end = self.end_of_name(at, false)?;
        let mut tag = Tag {
            kind,
            name: self.name(at..end),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        loop {
            while self.bytes[end] != b'>' && ends_name(self.bytes[end]) {
                tag.self_closing = self.bytes[end] == b'/' && self.at(end + 1)? == b'>';
                end += 1;
                self.at(end)?;
            }
            if self.bytes[end] == b'>' {
                return Some((tag, end + 1));
            }
            let start = end;
            end = self.end_of_name(start + 1, true)?;
            let name = start..end;
            end = self.skip_space(end)?;
            let mut value = None;
            if self.bytes[end] == b'=' {
                let start = self.skip_space(end + 1)?;
                (value, end) = match self.bytes[start] {
                    b'>' => (None, start),
                    quote @ (b'"' | b'\'') => {
                        let place = memchr(quote, &self.bytes[start + 1..])?;
                        (Some((start + 1..start + 1 + place, Some(quote))), start + 2 + place)
                    }
                    _ => {
                        let ends = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'>';
                        let length = self.bytes[start..].iter().position(ends)?;
                        (Some((start..start + length, None)), start + length)
                    }
                };
                self.at(end)?;
            }
            if kind == TagKind::StartTag && tag.attrs.len() < MAX_ATTRIBUTES {
                self.add(&mut tag, name, value);
            }
        }
    }

    fn add(&self, tag: &mut Tag, name: Range<usize>, value: Option<(Range<usize>, Option<u8>)>) {
        let name = self.name(name);
        if tag.attrs.iter().any(|other| other.name.local == name) {
            tag.had_duplicate_attributes = true;
            return;
        }
        let value = value.map_or_else(StrTendril::new, |(range, quote)| {
            let value = self.share(range);
            if memchr(b'&', value.as_bytes()).is_some() { in_value(&value, quote) } else { value }
        });
        tag.attrs.push(Attribute { name: QualName::new(None, ns!(), name), value });
    }

    /// Where a name ends that has begun before a place.
    fn end_of_name(&self, from: usize, is_attribute: bool) -> Option<usize> {
        let ends = |byte: &u8| {
            // Letters are above all that ends a name.
            *byte < b'@' && (ends_name(*byte) || is_attribute && *byte == b'=')
        };
        Some(from + self.bytes.get(from..)?.iter().position(ends)?)
    }

    fn skip_space(&self, from: usize) -> Option<usize> {
        let is_other = |byte: &u8| !byte.is_ascii_whitespace();
        Some(from + self.bytes.get(from..)?.iter().position(is_other)?)
    }

    /// The name of a tag or an attribute, in lower case.
    fn name(&self, range: Range<usize>) -> LocalName {
        let name = &self.text[range];
        let (first, last) = (name.as_bytes()[0], name.as_bytes()[name.len() - 1]);
        let slot = name.len() + 17 * usize::from(first) + 13 * usize::from(last);
        let (known, atom) = &mut self.names.borrow_mut()[slot % NAME_SLOTS];
        if *known != name {
            (*known, *atom) = (name, name.to_ascii_lowercase().into());
        }
        atom.clone()
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

/// A text with its character references replaced (13.2.5.72).
fn in_text(text: StrTendril) -> StrTendril {
    html5ever_on(text, State::RawData(RawKind::Rcdata)).text.take()
}

/// The same in the value of an attribute, where other rules hold for references without a semicolon.
fn in_value(value: &str, quote: Option<u8>) -> StrTendril {
    let quote = quote.map(char::from).map(String::from).unwrap_or_default();
    let tag = StrTendril::from(format!("<a b={quote}{value}{quote}>"));
    let Some(Token::TagToken(tag)) = html5ever_on(tag, State::Data).markup.take() else {
        return StrTendril::new();
    };
    tag.attrs.into_iter().next().map(|first| first.value).unwrap_or_default()
}

/// What html5ever makes of a piece of the page.
fn html5ever_on(piece: StrTendril, state: State) -> Made {
    let options = TokenizerOpts { initial_state: Some(state), ..TokenizerOpts::default() };
    let tokenizer = Tokenizer::new(Made::default(), options);
    let queue = BufferQueue::default();
    queue.push_back(piece);
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    tokenizer.sink
}

/// The text of a piece, and its tag or doctype.
#[derive(Default)]
struct Made {
    text: RefCell<StrTendril>,
    markup: RefCell<Option<Token>>,
}

impl TokenSink for Made {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.text.borrow_mut().push_tendril(&text),
            Token::TagToken(_) | Token::DoctypeToken(_) => *self.markup.borrow_mut() = Some(token),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}
