//! The HTML between a list's source and the walker: well-formed, shallow, with line numbers.
//!
//! Markdown and raw HTML both come out as the few elements that the walker knows, and nothing else:
//! whatever the source, the tree is at most [`MAX_DEPTH`] deep and an anchor never swallows what
//! follows its block. Both keep the work of the HTML parser linear.

use std::borrow::Cow;

use crate::list::tag::{HIDDEN, Tag, markup_end};

/// Containers within containers that are kept; deeper ones are dropped, their content stays.
const MAX_DEPTH: usize = 100;

/// Elements that hold blocks; they are balanced here, so that the tree cannot become deep.
const CONTAINERS: &[&str] = &[
    "ul",
    "ol",
    "dl",
    "table",
    "div",
    "blockquote",
    "details",
    "summary",
    "pre",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "x-code",
    "x-em",
];

/// Elements that the HTML parser closes by itself when the next one begins.
const SELF_CLOSING: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody"];

/// Elements that group blocks as `div` does.
const LIKE_DIV: &[&str] = &[
    "section", "article", "main", "center", "header", "footer", "nav", "aside", "form", "figure",
    "address",
];

/// Writes the HTML of a list.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
    /// Names of the open containers.
    open: Vec<&'static str>,
    /// Containers that were not opened because of [`MAX_DEPTH`].
    too_deep: usize,
    in_link: bool,
    /// Anchors without address that wait for their end tag.
    anchors: usize,
}

/// A place in the nesting of containers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mark(usize);

impl Writer {
    /// Ends every link and container and gives the HTML.
    pub(crate) fn finish(mut self) -> String {
        self.close_to(Mark(0));
        self.out
    }

    /// Where the nesting stands, to come back to with [`Writer::close_to`].
    pub(crate) fn mark(&self) -> Mark {
        Mark(self.open.len())
    }

    /// Ends the link and all containers that were opened since.
    pub(crate) fn close_to(&mut self, mark: Mark) {
        self.end_link();
        while self.open.len() > mark.0 {
            self.pop();
        }
    }

    /// Begins an element of this module's vocabulary; `attributes` are written as they are.
    pub(crate) fn start(&mut self, name: &str, attributes: &str) {
        if let Some(&name) = CONTAINERS.iter().find(|&&container| container == name) {
            if self.open.len() >= MAX_DEPTH {
                self.too_deep += 1;
                return;
            }
            self.open.push(name);
        } else {
            self.end_link();
        }
        self.tag(name, attributes);
    }

    /// Ends the innermost element of that name that was opened after `floor`, and all within it.
    pub(crate) fn end(&mut self, name: &str, floor: Mark) {
        if !CONTAINERS.contains(&name) {
            self.end_link();
            self.tag_end(name);
        } else if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(at) = self.open.iter().rposition(|&open| open == name)
            && at >= floor.0
        {
            if !matches!(name, "div" | "x-code" | "x-em") {
                self.end_link();
            }
            while self.open.len() > at {
                self.pop();
            }
        }
    }

    /// Begins a link that stands in the given line.
    pub(crate) fn start_link(&mut self, href: &str, line: u32, attributes: &str) {
        self.end_link();
        self.in_link = true;
        let href = escape(href);
        self.tag("a", &format!(" href=\"{href}\" data-l=\"{line}\"{attributes}"));
    }

    /// Ends the link, if one is open.
    pub(crate) fn end_link(&mut self) {
        self.anchors = 0;
        if std::mem::take(&mut self.in_link) {
            self.tag_end("a");
        }
    }

    /// A line break within a block.
    pub(crate) fn line_break(&mut self) {
        self.out.push_str("<br>");
    }

    /// An image, of which only the presence counts.
    pub(crate) fn image(&mut self) {
        self.out.push_str("<img>");
    }

    /// Plain text; bare addresses in it become links.
    pub(crate) fn text(&mut self, text: &str, line: u32) {
        self.linked(text, line, |text| escape(text));
    }

    /// Plain text without links, such as code.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.out.push_str(&escape(text));
    }

    /// HTML as it stands in the source, reduced to what the walker knows.
    /// Nothing that was opened before `floor` is ended by it.
    pub(crate) fn raw(&mut self, html: &str, first_line: u32, floor: Mark) {
        let mut line = Lines { line: first_line, at: 0 };
        let mut at = 0;
        let mut hidden: Option<String> = None;
        while at < html.len() {
            let less = html[at..].find('<').map_or(html.len(), |found| at + found);
            if hidden.is_none() {
                let start = line.of(html, at);
                self.linked(&html[at..less], start, Cow::Borrowed);
            }
            at = less;
            let rest = &html[at..];
            let Some(end) = markup_end(rest) else {
                if !rest.is_empty() {
                    self.out.push_str("&lt;");
                }
                at += 1;
                continue;
            };
            let (markup, tag_line) = (&rest[..end], line.of(html, at));
            at += end;
            let Some(tag) = Tag::parse(markup) else { continue };
            match &hidden {
                Some(name) if tag.closing && tag.name == *name => hidden = None,
                Some(_) => {}
                None if !tag.closing && HIDDEN.contains(&tag.name.as_str()) => {
                    hidden = Some(tag.name);
                }
                None => self.raw_tag(&tag, tag_line, floor),
            }
        }
    }

    fn raw_tag(&mut self, tag: &Tag<'_>, line: u32, floor: Mark) {
        let name = match tag.name.as_str() {
            "a" => return self.raw_anchor(tag, line),
            "br" => return self.line_break(),
            "img" => return self.image(),
            "hr" => return self.tag("hr", ""),
            "code" | "kbd" | "samp" => "x-code",
            "em" | "i" => "x-em",
            name if LIKE_DIV.contains(&name) => "div",
            name if CONTAINERS.contains(&name) || SELF_CLOSING.contains(&name) => name,
            _ => return,
        };
        if tag.closing {
            self.end(name, floor);
            return;
        }
        let centered = tag.name == "center"
            || tag.attribute("align").is_some_and(|value| value.eq_ignore_ascii_case("center"));
        self.start(name, if centered { " align=\"center\"" } else { "" });
    }

    fn raw_anchor(&mut self, tag: &Tag<'_>, line: u32) {
        if tag.closing {
            match self.anchors.checked_sub(1) {
                Some(left) => self.anchors = left,
                None => self.end_link(),
            }
        } else if let Some(href) = tag.attribute("href") {
            self.end_link();
            self.in_link = true;
            let mut attributes = format!(" href=\"{}\" data-l=\"{line}\"", quotable(href));
            for name in ["add_date", "tags"] {
                if let Some(value) = tag.attribute(name) {
                    attributes.push_str(&format!(" {name}=\"{}\"", quotable(value)));
                }
            }
            self.tag("a", &attributes);
        } else {
            self.anchors += 1;
        }
    }

    /// Text whose bare addresses become links, everything written through `encode`.
    fn linked<'t>(&mut self, text: &'t str, line: u32, encode: impl Fn(&'t str) -> Cow<'t, str>) {
        let mut rest = text;
        while !self.in_link {
            let Some((start, end)) = bare_url(rest) else { break };
            let url = encode(&rest[start..end]);
            self.out.push_str(&encode(&rest[..start]));
            self.tag("a", &format!(" href=\"{}\" data-l=\"{line}\"", quotable(&url)));
            self.out.push_str(&url);
            self.tag_end("a");
            rest = &rest[end..];
        }
        self.out.push_str(&encode(rest));
    }

    fn pop(&mut self) {
        if let Some(name) = self.open.pop() {
            self.tag_end(name);
        }
    }

    fn tag(&mut self, name: &str, attributes: &str) {
        for part in ["<", name, attributes, ">"] {
            self.out.push_str(part);
        }
    }

    fn tag_end(&mut self, name: &str) {
        for part in ["</", name, ">"] {
            self.out.push_str(part);
        }
    }
}

/// Counts lines while a text is read from the front.
pub(crate) struct Lines {
    /// The line of position `at`, counted from 1.
    pub(crate) line: u32,
    /// How far was read.
    pub(crate) at: usize,
}

impl Lines {
    /// The line of a position that is not before the last one asked for.
    pub(crate) fn of(&mut self, text: &str, position: usize) -> u32 {
        if let Some(read) = text.as_bytes().get(self.at..position) {
            let breaks = read.iter().filter(|&&byte| byte == b'\n').count();
            self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
            self.at = position;
        }
        self.line
    }
}

/// The first bare http or https address in a text: its beginning and its end.
///
/// Punctuation at its end belongs to the sentence, and so does a closing bracket that was not
/// opened within the address (<https://github.github.com/gfm/#extended-autolink-path-validation>).
pub(crate) fn bare_url(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let found = from + text[from..].find("://")?;
        from = found + 3;
        let scheme = ["https", "http"].into_iter().find(|scheme| {
            found.checked_sub(scheme.len()).is_some_and(|start| {
                text.as_bytes()[start..found].eq_ignore_ascii_case(scheme.as_bytes())
            })
        });
        let Some(scheme) = scheme else { continue };
        let start = found - scheme.len();
        if text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let length = text[from..].find(ends_url).unwrap_or(text.len() - from);
        let end = from + trim_url(&text[from..from + length]);
        if text[from..end].starts_with(|c: char| c.is_alphanumeric() || c == '[') {
            return Some((start, end));
        }
    }
}

fn ends_url(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
        // Full-width punctuation is never part of an address that was typed by hand.
        || matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
}

/// The length of an address without the punctuation of the sentence around it.
fn trim_url(url: &str) -> usize {
    let mut depth = 0_i32;
    let mut end = url.len();
    for (at, c) in url.char_indices() {
        match c {
            '(' => depth += 1,
            ')' if depth == 0 => {
                end = at;
                break;
            }
            ')' => depth -= 1,
            '[' if at > 0 => depth += 1,
            ']' if depth == 0 && !url.starts_with('[') => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    url[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~']).len()
}

/// Text as HTML.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// HTML text that can stand between double quotes.
fn quotable(html: &str) -> Cow<'_, str> {
    if html.contains('"') { Cow::Owned(html.replace('"', "&quot;")) } else { Cow::Borrowed(html) }
}
