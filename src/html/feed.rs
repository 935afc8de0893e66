//! Feeding html5ever's tokenizer: attributes without number are left out, texts come whole, and
//! nothing is read any more once it is enough.

use std::cell::{Cell, RefCell};

use html5ever::{
    buffer_queue::BufferQueue,
    tendril::StrTendril,
    tokenizer::{Tag, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts},
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
pub(crate) fn feed<S: Sink>(text: &str, sink: S) -> S {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let bytes = text.as_bytes();
    let mut feed = Feed::new(text, sink);
    let mut at = 0;
    while let Some(found) = memchr(b'<', &bytes[at..]) {
        let start = at + found;
        at = start + 1;
        let name = at + usize::from(bytes.get(at) == Some(&b'/'));
        if !bytes.get(name).is_some_and(u8::is_ascii_alphabetic)
            || attributes::are_few(&bytes[at..])
        {
            continue;
        }
        if feed.is_full() {
            break;
        }
        if feed.is_tag_at(start) {
            let (surplus, end) = attributes::surplus(&bytes[at..]);
            if let Some(surplus) = surplus {
                feed.up_to(at + surplus);
                feed.skip_to(at + end);
            }
            at += end;
        } else if feed.is_in_raw_text() {
            at = memmem::find(&bytes[at..], b"</").map_or(bytes.len(), |found| at + found);
        }
    }
    feed.up_to(text.len());
    feed.tokenizer.end();
    feed.tokenizer.sink.sink
}

/// A text on its way into the tokenizer.
struct Feed<'a, S: Sink> {
    text: &'a str,
    tokenizer: Tokenizer<Gate<S>>,
    queue: BufferQueue,
    /// How far the tokenizer has read.
    fed: usize,
}

impl<S: Sink> Feed<'_, S> {
    fn new(text: &str, sink: S) -> Feed<'_, S> {
        // The mark is cut off already; each piece would lose another one.
        let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        Feed {
            text,
            tokenizer: Tokenizer::new(Gate::new(sink), options),
            queue: BufferQueue::default(),
            fed: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.tokenizer.sink.sink.is_full()
    }

    fn is_in_raw_text(&self) -> bool {
        self.tokenizer.sink.is_raw.get()
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

    /// Whether a tag begins at a bracket, and not a part of a comment, a value or a script.
    ///
    /// In a text the tokenizer tells of each character at once, at the latest when a bracket
    /// follows; within all else it tells nothing before the end.
    fn is_tag_at(&mut self, bracket: usize) -> bool {
        let before = &self.text[..bracket];
        // Of a line end in two characters the tokenizer tells with the first.
        let last = match before.strip_suffix("\r\n") {
            Some(line) => line.len(),
            None => before.char_indices().next_back().map_or(0, |(at, _)| at),
        };
        self.up_to(last);
        let tells = &self.tokenizer.sink.tells;
        tells.set(bracket == 0);
        self.up_to(bracket + 1);
        self.tokenizer.sink.tells.get() && !self.is_in_raw_text()
    }
}

/// Between the tokenizer and a sink: puts texts together.
struct Gate<S> {
    sink: S,
    text: RefCell<StrTendril>,
    /// The line where that text begins, and the one where the last token ended.
    text_line: Cell<u64>,
    line: Cell<u64>,
    /// Whether a token has come; of errors the tokenizer tells within tags, too.
    tells: Cell<bool>,
    /// Whether the tokenizer reads what has no tags in it but one that ends it.
    is_raw: Cell<bool>,
}

impl<S: Sink> Gate<S> {
    fn new(sink: S) -> Gate<S> {
        Gate {
            sink,
            text: RefCell::default(),
            text_line: Cell::new(1),
            line: Cell::new(1),
            tells: Cell::new(false),
            is_raw: Cell::new(false),
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
        let is_tag = matches!(token, Token::TagToken(Tag { .. }));
        let result = self.sink.take(token, begins);
        if is_tag {
            self.is_raw.set(!matches!(result, TokenSinkResult::Continue));
        }
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
    use scraper::Html;

    use crate::html::{self, Noscript, attributes::MAX_ATTRIBUTES};

    fn parse(text: &str) -> Html {
        html::parse(text, Noscript::Ignored).unwrap()
    }

    /// The most attributes of an element of a page.
    fn most_attributes(text: &str) -> usize {
        let page = parse(text);
        let elements = page.tree.values().filter_map(html::Node::as_element);
        elements.map(|element| element.attrs.len()).max().unwrap_or(0)
    }

    fn crowded(name: &str, count: usize) -> String {
        let attributes: String = (0..count).map(|number| format!(" a{number}='>'")).collect();
        format!("<{name}{attributes}>")
    }

    #[test]
    fn no_tag_has_more_attributes_than_are_read() {
        let tag = crowded("p", 3 * MAX_ATTRIBUTES);
        for before in
            ["", "a", "ä", "\n", "\r", "a\r\n", "&", "&amp", "<", "<b>", "<!-- <i x=\" -->", "</x>"]
        {
            assert_eq!(
                most_attributes(&format!("{before}{tag}text")),
                MAX_ATTRIBUTES,
                "{before:?}"
            );
        }
        let text: String = parse(&format!("{tag}text")).root_element().text().collect();
        assert_eq!(text, "text");
        assert_eq!(most_attributes(&crowded("p", MAX_ATTRIBUTES)), MAX_ATTRIBUTES);
    }

    #[test]
    fn what_only_looks_like_such_a_tag_is_left_alone() {
        let tag = crowded("p", 3 * MAX_ATTRIBUTES).replace('\'', "");
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
