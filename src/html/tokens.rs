//! The tokens of HTML, by html5ever's tokenizer: attributes without number are left out, texts come whole, and
//! nothing is read any more once it is enough.

use std::cell::{Cell, RefCell};

use html5ever::{
    LocalName,
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
};
use memchr::{memchr, memmem};

use crate::html::attributes;

/// Bytes between two looks whether it is enough.
const PIECE: usize = 64 * 1024;

/// Takes the tokens of a text: tags, texts, comments, doctypes, and at last the end.
pub(crate) trait Sink {
    /// Takes a token that begins in a line, counted from 1.
    fn take(&self, token: Token, line: u64) -> TokenSinkResult<()>;
    /// Notes that nothing follows.
    fn end(&self) {}
    /// Whether it wants no more tokens.
    fn is_full(&self) -> bool;
    /// Whether the innermost open element is one of SVG or MathML.
    fn is_in_foreign_element(&self) -> bool {
        false
    }
}

/// Gives the tokens of a text to a sink, until the text ends or the sink is full.
pub(crate) fn read<S: Sink>(text: &str, sink: S) -> S {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    let mut source = TokenizerInput::new(text, sink);
    let (mut at, mut is_within) = (0, false);
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        // Where the name begins; end tags may have attributes, too.
        at = start + 1 + usize::from(bytes.get(start + 1) == Some(&b'/'));
        let may_be_tag = bytes.get(at).is_some_and(u8::is_ascii_alphabetic);
        if !may_be_tag || !is_within && attributes::are_few(&bytes[at..]) {
            continue;
        }
        if source.is_full() {
            break;
        }
        is_within = false;
        match source.place_of(start) {
            BracketPlace::Tag => {
                let (surplus, end) = attributes::surplus(&bytes[at..]);
                if let Some(surplus) = surplus {
                    source.up_to(at + surplus);
                    source.skip_to(at + end);
                }
                at += end;
            }
            BracketPlace::RawText => {
                at = memmem::find(&bytes[at..], b"</").map_or(bytes.len(), |n| at + n)
            }
            // Comments, values and the like end before a bracket or at one.
            BracketPlace::Within => {
                is_within = true;
                at = memchr(b'>', &bytes[at..]).map_or(bytes.len(), |n| at + n);
            }
        }
    }
    source.up_to(text.len());
    source.tokenizer.end();
    source.tokenizer.sink.sink
}

/// A text on its way into the tokenizer.
struct TokenizerInput<'a, S: Sink> {
    text: &'a str,
    tokenizer: Tokenizer<Gate<S>>,
    queue: BufferQueue,
    /// How far the tokenizer has read.
    fed: usize,
}

impl<S: Sink> TokenizerInput<'_, S> {
    fn new(text: &str, sink: S) -> TokenizerInput<'_, S> {
        // The mark is cut off already; each piece would lose another one.
        let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        TokenizerInput {
            text,
            tokenizer: Tokenizer::new(Gate::new(sink), options),
            queue: BufferQueue::default(),
            fed: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.tokenizer.sink.sink.is_full()
    }

    /// Lets the tokenizer read on.
    fn up_to(&mut self, end: usize) {
        while self.fed < end && !self.is_full() {
            let piece = self.text.floor_char_boundary(end.min(self.fed + PIECE));
            self.queue.push_back(StrTendril::from_slice(&self.text[self.fed..piece]));
            self.fed = piece;
            // The gate gives no result that would make it wait for somebody.
            let _ = self.tokenizer.feed(&self.queue);
        }
    }

    fn skip_to(&mut self, place: usize) {
        self.fed = place;
    }

    /// Where a bracket stands.
    ///
    /// Within a text the tokenizer gives each character at once, at the latest when a bracket
    /// follows; within all else it gives nothing before the end.
    fn place_of(&mut self, bracket: usize) -> BracketPlace {
        let before = &self.text[..bracket];
        // Of a line end in two characters the tokenizer tells with the first.
        let last = match before.strip_suffix("\r\n") {
            Some(line) => line.len(),
            None => before.char_indices().next_back().map_or(0, |(at, _)| at),
        };
        self.up_to(last);
        self.tokenizer.sink.tells.set(bracket == 0);
        self.up_to(bracket + 1);
        let gate = &self.tokenizer.sink;
        match &*gate.raw.borrow() {
            Some(name) if is_end_tag(&self.text[bracket..], name) => BracketPlace::Tag,
            Some(_) => BracketPlace::RawText,
            None if gate.tells.get() => BracketPlace::Tag,
            None => BracketPlace::Within,
        }
    }
}

/// Where a bracket stands: at the beginning of a tag, in the text of an element that has no tags in
/// it, or within something that the tokenizer has not given yet.
enum BracketPlace {
    Tag,
    RawText,
    Within,
}

/// Whether a text begins with the end tag of an element.
fn is_end_tag(text: &str, name: &str) -> bool {
    let found = text.get(2..2 + name.len());
    text.starts_with("</") && found.is_some_and(|found| found.eq_ignore_ascii_case(name))
}

/// Between the tokenizer and a sink: puts texts together.
struct Gate<S> {
    sink: S,
    text: RefCell<StrTendril>,
    /// The line where that text begins, and the one where the last token ended.
    text_line: Cell<u64>,
    line: Cell<u64>,
    /// Whether a token has come; errors come within tags, too.
    tells: Cell<bool>,
    /// The element that is open whose text has no tags in it.
    raw: RefCell<Option<LocalName>>,
}

impl<S: Sink> Gate<S> {
    fn new(sink: S) -> Gate<S> {
        Gate {
            sink,
            text: RefCell::default(),
            text_line: Cell::new(1),
            line: Cell::new(1),
            tells: Cell::new(false),
            raw: RefCell::default(),
        }
    }
}

impl<S: Sink> TokenSink for Gate<S> {
    type Handle = ();

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<()> {
        if matches!(token, Token::ParseError(_)) {
            return TokenSinkResult::Continue;
        }
        self.tells.set(true);
        // A token begins in the line where the one before it has ended.
        let begins = self.line.replace(line);
        if self.sink.is_full() && token != Token::EOFToken {
            return TokenSinkResult::Continue;
        }
        if let Token::CharacterTokens(text) = token {
            let mut whole = self.text.borrow_mut();
            if whole.is_empty() {
                self.text_line.set(begins);
                *whole = text;
            } else {
                whole.push_tendril(&text);
            }
            return TokenSinkResult::Continue;
        }
        let text = self.text.take();
        if !text.is_empty() {
            let _ = self.sink.take(Token::CharacterTokens(text), self.text_line.get());
        }
        let Token::TagToken(tag) = token else {
            return self.sink.take(token, begins);
        };
        let name = tag.name.clone();
        let result = self.sink.take(Token::TagToken(tag), begins);
        let is_raw = !matches!(result, TokenSinkResult::Continue);
        self.raw.replace(is_raw.then_some(name));
        result
    }

    fn end(&self) {
        self.sink.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.sink.is_in_foreign_element()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use html5ever::tokenizer::{TagKind, Token, TokenSinkResult, states::RawKind};
    use scraper::Html;

    use crate::html::{
        self, Noscript,
        attributes::MAX_ATTRIBUTES,
        tokens::{Sink, read},
    };

    fn parse(text: &str) -> Html {
        html::parse(text, Noscript::Ignored).unwrap()
    }

    /// Notes the most attributes of a tag.
    #[derive(Default)]
    struct Most(Cell<usize>);

    impl Sink for Most {
        fn take(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
            self.0.set(self.0.get().max(tag.attrs.len()));
            match tag.kind == TagKind::StartTag && &*tag.name == "script" {
                true => TokenSinkResult::RawData(RawKind::ScriptData),
                false => TokenSinkResult::Continue,
            }
        }

        fn is_full(&self) -> bool {
            false
        }
    }

    #[track_caller]
    fn check_most(text: &str) {
        assert_eq!(read(text, Most::default()).0.get(), MAX_ATTRIBUTES, "{}", &text[..20]);
    }

    fn crowded(bracket: &str, count: usize) -> String {
        let attributes: String = (0..count).map(|number| format!(" a{number}='>'")).collect();
        format!("{bracket}{attributes}>")
    }

    #[test]
    fn no_tag_has_more_attributes_than_are_read() {
        let tag = crowded("<p", 3 * MAX_ATTRIBUTES);
        let within = format!("<!-- {tag} <i x=\" --><b>{tag}");
        for before in [
            "",
            "a",
            "ä",
            "\n",
            "\r",
            "a\r\n",
            "&",
            "&amp",
            "<",
            "<b>",
            "<!-- <i x=\" -->",
            "</x>",
            &within,
        ] {
            check_most(&format!("{before}{tag} some text"));
        }
        check_most(&crowded("</p", 3 * MAX_ATTRIBUTES));
        check_most(&crowded("<script>x<a </a </SCRIPT", 3 * MAX_ATTRIBUTES));
        check_most(&crowded(&format!("<script>{tag}</b {tag}</script"), 3 * MAX_ATTRIBUTES));
        check_most(&crowded("<p", MAX_ATTRIBUTES));
        let text: String = parse(&format!("{tag}text")).root_element().text().collect();
        assert_eq!(text, "text");
    }

    #[test]
    fn what_only_looks_like_such_a_tag_is_left_alone() {
        let tag = crowded("<p", 3 * MAX_ATTRIBUTES).replace('\'', "");
        let words = "x y ".repeat(3 * MAX_ATTRIBUTES);
        for page in [
            format!("<script>a <b {words} > {tag}</script>a"),
            format!("<title>a <b {words} > {tag}</title>a"),
            format!("<!-- <b {words} -->a<b>c</b><!-- <b '{words}-->d"),
            format!("<a title=\"<b {words}>'\">a</a><b title='<p {words}'>c</b>"),
            format!("a < b {words} > <3 </ {words}><!x <b {words}>c"),
        ] {
            assert_eq!(parse(&page), without_doctype(&page), "{}", &page[..40]);
        }
    }

    /// A page as scraper parses it, texts of comments left out.
    fn without_doctype(text: &str) -> Html {
        let mut page = Html::parse_document(text);
        for node in page.tree.values_mut() {
            if let html::Node::Comment(comment) = node {
                comment.comment.clear();
            }
        }
        page
    }

    #[test]
    fn a_page_that_is_read_in_pieces_is_that_which_is_read_at_once() {
        let line = "<p class=ä>ä&amp;b\r\n\u{feff}<b>&notit; 𝕏<!-- ä --><script>ä</script>";
        let page = line.repeat(5_000);
        assert!(parse(&page) == without_doctype(&page));
    }
}
