//! Markdown to the HTML of [`Writer`].

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{
    BrokenLink, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use crate::{
    counted::counted_as,
    html::unescape,
    list::{
        bare_url::bare_url,
        chunk::{Chunk, each_chunk},
        html::{LineCounter, Mark, Writer},
        name_set::LONGEST_URL,
        warnings::Warnings,
    },
};

/// Largest number of definitions of links that later chunks know of.
const MOST_DEFINITIONS: usize = 200_000;

/// Renders Markdown for `walk`, piece by piece: every link with its line, bare addresses as
/// links, raw HTML reduced, code blocks and front matter left out.
pub(crate) fn render(markdown: &str, warnings: &mut Warnings, show: &mut dyn FnMut(&str)) {
    let mut definitions = Definitions::default();
    let left_out = each_chunk(markdown, |chunk| definitions.read(&chunk.text));
    let mut render = Render {
        writer: Writer::piecewise(show),
        marks: Vec::new(),
        hidden: 0,
        images: 0,
        html: None,
    };
    each_chunk(markdown, |chunk| render.chunk(chunk, &definitions));
    render.writer.finish_piecewise(warnings);
    let (line, count) = left_out.long_lines;
    if count > 0 {
        warnings.add(line, || {
            format!(
                "this line is too long to be read to its end, as {}",
                counted_as(count, "is", "are")
            )
        });
    }
    let (line, count) = left_out.lines;
    if count > 0 {
        warnings.add(line, || {
            format!(
                "{} of a block that is too large",
                counted_as(count, "line is left out: it is", "lines are left out: they are")
            )
        });
    }
    if definitions.left_out > 0 {
        let count = definitions.left_out;
        warnings.add(0, || {
            format!(
                "{} left out, beyond {MOST_DEFINITIONS}",
                counted_as(count, "definition of a link is", "definitions of links are")
            )
        });
    }
}

/// The addresses of links that are defined in another place than where they are used.
#[derive(Default)]
struct Definitions {
    known: HashMap<String, String>,
    left_out: usize,
}

impl Definitions {
    /// Adds the definitions of a chunk.
    fn read(&mut self, chunk: &str) {
        if !chunk.contains("]:") {
            return;
        }
        let parser = Parser::new_ext(chunk, options());
        for (label, definition) in parser.reference_definitions().iter() {
            if definition.dest.len() > LONGEST_URL || label.len() > LONGEST_URL {
                continue;
            }
            let label = folded(label);
            if self.known.len() < MOST_DEFINITIONS || self.known.contains_key(&label) {
                self.known.entry(label).or_insert_with(|| definition.dest.to_string());
            } else {
                self.left_out += 1;
            }
        }
    }

    fn find(&self, label: &str) -> Option<&str> {
        self.known.get(&folded(label)).map(String::as_str)
    }
}

/// A label in the form in which labels are compared.
fn folded(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The Markdown that lists are written in.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

struct Render<'s> {
    writer: Writer<'s>,
    /// The nesting at the beginning of each open Markdown container.
    marks: Vec<Mark>,
    /// Open blocks whose text is not shown.
    hidden: usize,
    /// Open images; their text is an alternative, not a title.
    images: usize,
    /// The HTML block that is being collected, with its first line.
    html: Option<(String, u32)>,
}

impl Render<'_> {
    fn chunk(&mut self, chunk: &Chunk, definitions: &Definitions) {
        let mut lines = LineCounter { line: 1, at: 0 };
        let find = |link: BrokenLink<'_>| {
            definitions.find(&link.reference).map(|url| (url.to_owned().into(), "".into()))
        };
        let parser = Parser::new_with_broken_link_callback(&chunk.text, options(), Some(find));
        let mut events = TextMergeWithOffset::new(parser.into_offset_iter()).peekable();
        // Where a bare address stands whose own marks are no emphasis.
        let mut address = 0..0;
        while let Some((event, range)) = events.next() {
            let line = i64::from(lines.of(&chunk.text, range.start)) + chunk.first_line - 1;
            let line = u32::try_from(line).unwrap_or(1);
            if let Event::Text(text) = &event
                && !self.writer.is_in_link()
                && events.peek().is_some_and(|(next, _)| is_emphasis(next))
                && let Some((before, whole)) = whole_address(&chunk.text, text, range.clone())
            {
                self.event(Event::Text(before.to_owned().into()), line);
                self.event(Event::Text(unescape(&chunk.text[whole.clone()]).into()), line);
                address = whole;
            } else if !address.contains(&range.start) {
                self.event(event, line);
            } else if matches!(event, Event::Text(_)) && range.end > address.end {
                let rest = unescape(&chunk.text[address.end..range.end]);
                self.event(Event::Text(rest.into()), line);
            }
        }
    }

    fn event(&mut self, event: Event<'_>, line: u32) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.hidden += 1,
            Event::End(TagEnd::CodeBlock) => self.hidden -= 1,
            Event::Start(Tag::Image { .. }) => {
                self.writer.image();
                self.images += 1;
            }
            Event::End(TagEnd::Image) => self.images -= 1,
            _ if self.hidden > 0 || self.images > 0 => {}
            Event::Start(tag) => self.start(tag, line),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.writer.text(&text, line),
            Event::Code(text) => {
                let mark = self.writer.mark();
                self.writer.start("x-code", "");
                self.writer.verbatim(&text);
                self.writer.end("x-code", mark);
            }
            Event::Html(html) => match &mut self.html {
                Some((block, _)) => block.push_str(&html),
                None => self.writer.raw(&html, line, self.since()),
            },
            Event::InlineHtml(html) => self.writer.raw(&html, line, self.since()),
            Event::SoftBreak => self.writer.verbatim("\n"),
            Event::HardBreak => self.writer.line_break(),
            Event::Rule => self.writer.rule(),
            Event::TaskListMarker(_)
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, line: u32) {
        match tag {
            Tag::Link { dest_url, .. } => self.writer.start_link(&dest_url, line, ""),
            Tag::Emphasis => self.writer.start("x-em", ""),
            Tag::Strong => self.writer.start("x-b", ""),
            Tag::HtmlBlock => self.html = Some((String::new(), line)),
            tag => {
                if let Some(name) = block_name(&tag.to_end()) {
                    self.writer.end_inline();
                    self.marks.push(self.writer.mark());
                    self.writer.start(name, "");
                    if matches!(tag, Tag::TableHead) {
                        self.writer.start("tr", "");
                    }
                }
            }
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Link => self.writer.end_link(),
            TagEnd::Emphasis => self.writer.end("x-em", self.since()),
            TagEnd::Strong => self.writer.end("x-b", self.since()),
            TagEnd::HtmlBlock => {
                if let Some((html, line)) = self.html.take() {
                    self.writer.raw(&html, line, self.since());
                }
            }
            tag => {
                if let Some(name) = block_name(&tag) {
                    let mark = self.marks.pop().unwrap_or(self.writer.mark());
                    self.writer.end(name, mark);
                    self.writer.close_to(mark);
                }
            }
        }
    }

    /// What raw HTML must not end: the Markdown block in which it stands.
    fn since(&self) -> Mark {
        self.marks.last().copied().unwrap_or_default()
    }
}

fn is_emphasis(event: &Event<'_>) -> bool {
    matches!(event, Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough))
}

/// The text before a bare address that goes on where a text ends, and the place of the address in
/// the source (<https://github.github.com/gfm/#autolinks-extension->).
fn whole_address<'t>(
    source: &str,
    text: &'t str,
    range: Range<usize>,
) -> Option<(&'t str, Range<usize>)> {
    let at = text.rfind(|c: char| c.is_whitespace()).map_or(0, |at| at + 1);
    let at = at + text.get(at..)?.find("://").map(|_| bare_url(&text[at..]))??.0;
    let start = range.end.checked_sub(text.len() - at)?;
    if source.get(start..range.end)? != &text[at..] {
        return None;
    }
    let line = source[start..].lines().next().unwrap_or_default();
    let line = &line[..line.find('[').unwrap_or(line.len())];
    let (0, length) = bare_url(line)? else { return None };
    (start + length > range.end).then(|| (&text[..at], start..start + length))
}

/// The element of a Markdown block; none for what `walk` need not see.
fn block_name(tag: &TagEnd) -> Option<&'static str> {
    Some(match tag {
        TagEnd::Paragraph => "p",
        TagEnd::Heading(level) => match level {
            HeadingLevel::H1 => "h1",
            HeadingLevel::H2 => "h2",
            HeadingLevel::H3 => "h3",
            HeadingLevel::H4 => "h4",
            HeadingLevel::H5 => "h5",
            HeadingLevel::H6 => "h6",
        },
        TagEnd::BlockQuote(_) => "blockquote",
        TagEnd::List(true) => "ol",
        TagEnd::List(false) => "ul",
        TagEnd::Item => "li",
        TagEnd::Table => "table",
        TagEnd::TableHead => "thead",
        TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        _ => return None,
    })
}
