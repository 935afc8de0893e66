//! The HTML between a list's source and its reader: well-formed, shallow, with line numbers.
//!
//! Markdown and raw HTML both come out as the few elements that `walk` knows, and nothing else:
//! whatever the source, the tree is at most [`MAX_DEPTH`] deep and an anchor never swallows what
//! follows its block. Both keep the work of the HTML parser linear.

use std::ops::ControlFlow;

use crate::{
    html::{self, Attributes, Piece},
    list::{
        bare_url::{bare_url, leading_www},
        tag::HIDDEN,
        warnings::Warnings,
    },
};

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
    "x-b",
];

/// Containers within a line, which no block stands in.
const INLINE: &[&str] = &["x-code", "x-em", "x-b"];

/// Elements that the HTML parser closes by itself when the next one begins.
const SELF_CLOSING: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody"];

/// Elements that group blocks as `div` does.
const LIKE_DIV: &[&str] = &[
    "section", "article", "main", "center", "header", "footer", "nav", "aside", "form", "figure",
    "address",
];

/// Bytes that are collected before the HTML is shown, at the next place where it can be cut.
const PIECE: usize = 128 << 10;
/// Most tags and most bytes between two such places: a tag takes some 300 bytes in a tree. A page of
/// bookmarks, a table or a list is cut within, so that only texts without any blocks come near.
const MOST_TAGS: usize = 300_000;
const MOST_BYTES: usize = 8 << 20;
/// Longest beginning of a table or a folder that is written once more behind a cut.
const LONGEST_HEAD: usize = 4096;

/// Writes the HTML of a list, as a whole or piece by piece.
#[derive(Default)]
pub(crate) struct Writer<'s> {
    out: String,
    /// Where the pieces go.
    show: Option<&'s mut dyn FnMut(&str)>,
    open: Vec<OpenElement>,
    /// Containers that were not opened because of [`MAX_DEPTH`].
    too_deep: usize,
    in_link: bool,
    /// Anchors without address that wait for their end tag.
    anchors: usize,
    /// Tags in `out`.
    tags: usize,
    /// Nothing is written until the next place where the HTML can be cut.
    is_full: bool,
    /// The last line that was asked for, the line where it was full first, and the tags left out.
    line: u32,
    full_line: u32,
    left_out: usize,
    /// Where the head of a table or a heading begins in `out`, and the last heading, which names the
    /// folder that follows it.
    head_start: usize,
    heading: String,
}

/// A container that is open.
struct OpenElement {
    name: &'static str,
    /// The tag that begins it again behind a cut; none where it cannot be cut.
    again: Option<String>,
}

/// A place in the nesting of containers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Mark(usize);

impl<'s> Writer<'s> {
    /// A writer that shows what is written piece by piece; each piece is well-formed by itself.
    pub(crate) fn piecewise(show: &'s mut dyn FnMut(&str)) -> Writer<'s> {
        Writer { show: Some(show), ..Writer::default() }
    }

    /// Ends every link and container and returns the HTML.
    pub(crate) fn finish(mut self) -> String {
        self.close_to(Mark(0));
        self.out
    }

    /// Ends every link and container, shows the last piece and warns of what was left out.
    pub(crate) fn finish_piecewise(mut self, warnings: &mut Warnings) {
        self.is_full = false;
        self.close_to(Mark(0));
        if let Some(show) = self.show {
            show(&self.out);
        }
        let tags = self.left_out;
        if tags > 0 {
            warnings.add(self.full_line, || {
                format!("{tags} elements are left out: they are of a block that is too large")
            });
        }
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

    /// Ends what belongs to a line, such as `<samp>` around a whole list, since a block begins.
    pub(crate) fn end_inline(&mut self) {
        while self.open.last().is_some_and(|open| INLINE.contains(&open.name)) {
            self.end_link();
            self.pop();
        }
    }

    /// Begins an element of this module's vocabulary; `attributes` are written as they are.
    pub(crate) fn start(&mut self, name: &str, attributes: &str) {
        if !INLINE.contains(&name) {
            self.end_inline();
        }
        let Some(&name) = CONTAINERS.iter().find(|&&container| container == name) else {
            self.end_link();
            self.cut_before(name);
            match name {
                "thead" => self.head_start = self.out.len(),
                "dt" => self.heading.clear(),
                _ => {}
            }
            self.tag(name, attributes);
            return;
        };
        if self.open.len() >= MAX_DEPTH {
            self.too_deep += 1;
            return;
        }
        self.cut_before(name);
        if is_heading(name) {
            self.head_start = self.out.len();
        }
        let again = self.again(name, attributes);
        self.open.push(OpenElement { name, again });
        self.tag(name, attributes);
    }

    /// Ends the innermost element of that name that was opened after `since`, and all within it.
    pub(crate) fn end(&mut self, name: &str, since: Mark) {
        if !CONTAINERS.contains(&name) {
            self.end_link();
            self.tag_end(name);
            // The end of a paragraph that is none makes an empty one.
            self.tags += 1;
            if name == "thead"
                && let Some(OpenElement { name: "table", again: Some(again) }) =
                    self.open.last_mut()
            {
                let head = self.out.get(self.head_start..).unwrap_or_default();
                *again = format!("<table>{}", if head.len() < LONGEST_HEAD { head } else { "" });
            }
        } else if self.too_deep > 0 {
            self.too_deep -= 1;
        } else if let Some(at) = self.open.iter().rposition(|open| open.name == name)
            && at >= since.0
        {
            if name != "div" && !INLINE.contains(&name) {
                self.end_link();
            }
            while self.open.len() > at {
                self.pop();
            }
        }
    }

    /// What begins a container again behind a cut: a block around others, a list or table that
    /// stands in no other one, a folder with its heading.
    fn again(&mut self, name: &str, attributes: &str) -> Option<String> {
        let stands_in = |these: &[&str]| self.open.iter().all(|open| these.contains(&open.name));
        match name {
            "div" | "blockquote" => Some(format!("<{name}{attributes}>")),
            "ul" | "ol" | "table" if stands_in(&["div", "blockquote"]) => Some(format!("<{name}>")),
            "dl" if stands_in(&["div", "blockquote", "dl"]) => {
                Some(format!("{}<dl>", std::mem::take(&mut self.heading)))
            }
            _ => None,
        }
    }

    /// Shows what was written, if it is enough and if a piece may end before an element.
    fn cut_before(&mut self, name: &str) {
        if self.out.len() < PIECE && !self.is_full || self.show.is_none() {
            return;
        }
        let fits = match self.open.last().map_or("", |open| open.name) {
            "" | "div" | "blockquote" => {
                is_heading(name)
                    || matches!(name, "p" | "ul" | "ol" | "dl" | "table" | "div" | "blockquote")
                    || name == "br" && self.out.len() > 8 * PIECE
            }
            "ul" | "ol" => name == "li",
            "table" => name == "tr",
            "dl" => name == "dt",
            _ => false,
        };
        let is_free = !self.in_link && self.anchors == 0 && self.too_deep == 0;
        if !fits || !is_free || self.open.iter().any(|open| open.again.is_none()) {
            return;
        }
        for open in self.open.iter().rev() {
            self.out.extend(["</", open.name, ">"]);
        }
        if let Some(show) = &mut self.show {
            show(&self.out);
        }
        self.out.clear();
        self.open.iter().flat_map(|open| &open.again).for_each(|again| self.out.push_str(again));
        (self.tags, self.head_start, self.is_full) = (0, self.out.len(), false);
    }

    /// Begins a link that stands in the given line.
    pub(crate) fn start_link(&mut self, href: &str, line: u32, attributes: &str) {
        self.end_link();
        self.line = line;
        self.in_link = true;
        let href = html::escape(href);
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
        self.cut_before("br");
        self.tag("br", "");
    }

    /// A line across the page.
    pub(crate) fn rule(&mut self) {
        self.end_inline();
        self.tag("hr", "");
    }

    /// Whether a link is open.
    pub(crate) fn is_in_link(&self) -> bool {
        self.in_link
    }

    /// An image, of which only the presence counts.
    pub(crate) fn image(&mut self) {
        self.tag("img", "");
    }

    /// Plain text; bare addresses in it become links.
    pub(crate) fn text(&mut self, text: &str, line: u32) {
        self.line = line;
        let mut rest = text;
        while !self.in_link {
            let Some((start, end)) = leading_www(rest).or_else(|| bare_url(rest)) else { break };
            self.verbatim(&rest[..start]);
            self.start_link(&rest[start..end], line, "");
            self.verbatim(&rest[start..end]);
            self.end_link();
            rest = &rest[end..];
        }
        self.verbatim(rest);
    }

    /// Plain text without links, such as code.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.put(&html::escape(text));
    }

    /// HTML as it stands in the source, reduced to what `walk` knows.
    /// Nothing that was opened before `since` is ended by it.
    pub(crate) fn raw(&mut self, html: &str, first_line: u32, since: Mark) {
        let mut hidden: Option<String> = None;
        html::pieces(html, |piece, line| {
            let line = first_line.saturating_add(line).saturating_sub(1);
            match piece {
                Piece::End(name) if hidden.as_deref() == Some(name) => hidden = None,
                _ if hidden.is_some() => {}
                Piece::Start(name, _) if HIDDEN.contains(&name) => hidden = Some(name.to_owned()),
                Piece::Start("a", attributes) => self.raw_anchor(attributes, line),
                Piece::Start(name, attributes) => self.raw_start(name, attributes),
                Piece::End("a") => self.end_raw_anchor(),
                Piece::End(name) => {
                    if let Some(name) = known(name) {
                        self.end(name, since);
                    }
                }
                Piece::Text(text) => self.text(text, line),
            }
            ControlFlow::Continue(())
        });
    }

    fn raw_start(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "br" => return self.line_break(),
            "img" => return self.image(),
            "hr" => return self.rule(),
            _ => {}
        }
        let Some(known) = known(name) else { return };
        let centered = name == "center"
            || attributes.get("align").is_some_and(|value| value.eq_ignore_ascii_case("center"));
        let rows = attributes.get("rowspan").and_then(|rows| rows.parse::<u16>().ok());
        match rows.filter(|_| matches!(known, "td" | "th")) {
            Some(rows) => self.start(known, &format!(" rowspan=\"{rows}\"")),
            None if centered => self.start(known, " align=\"center\""),
            None if matches!(name, "nav" | "footer") => self.start(known, " data-footer=\"\""),
            None => self.start(known, ""),
        }
    }

    fn raw_anchor(&mut self, attributes: Attributes<'_>, line: u32) {
        let Some(href) = attributes.get("href") else {
            self.anchors += 1;
            return;
        };
        let mut more = String::new();
        // Pocket calls the date of its links otherwise.
        for (written, name) in
            [("add_date", "add_date"), ("time_added", "add_date"), ("tags", "tags")]
        {
            if let Some(value) = attributes.get(written) {
                more.push_str(&format!(" {name}=\"{}\"", html::escape(value)));
            }
        }
        self.start_link(href, line, &more);
    }

    fn end_raw_anchor(&mut self) {
        match self.anchors.checked_sub(1) {
            Some(left) => self.anchors = left,
            None => self.end_link(),
        }
    }

    fn pop(&mut self) {
        let Some(OpenElement { name, .. }) = self.open.pop() else { return };
        self.tag_end(name);
        if name == "dl" {
            self.heading.clear();
        } else if is_heading(name) {
            let heading = self.out.get(self.head_start..).filter(|head| head.len() < LONGEST_HEAD);
            self.heading = heading.unwrap_or_default().to_owned();
        }
    }

    fn tag(&mut self, name: &str, attributes: &str) {
        self.tags += 1;
        self.left_out += usize::from(self.is_full);
        for part in ["<", name, attributes, ">"] {
            self.put(part);
        }
    }

    fn tag_end(&mut self, name: &str) {
        for part in ["</", name, ">"] {
            self.put(part);
        }
    }

    fn put(&mut self, part: &str) {
        if self.is_full {
            return;
        }
        self.out.push_str(part);
        let is_too_much = self.tags > MOST_TAGS || self.out.len() > MOST_BYTES;
        // Not within a tag.
        if is_too_much && self.show.is_some() && self.out.ends_with('>') {
            self.is_full = true;
            if self.full_line == 0 {
                self.full_line = self.line;
            }
        }
    }
}

fn is_heading(name: &str) -> bool {
    matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
}

/// The element of this module's vocabulary that an element of the source becomes.
fn known(name: &str) -> Option<&str> {
    Some(match name {
        "code" | "kbd" | "samp" => "x-code",
        "em" | "i" => "x-em",
        "b" | "strong" => "x-b",
        name if INLINE.contains(&name) => return None,
        name if LIKE_DIV.contains(&name) => "div",
        name if CONTAINERS.contains(&name) || SELF_CLOSING.contains(&name) => name,
        _ => return None,
    })
}

/// Counts lines while a text is read from the front.
pub(crate) struct LineCounter {
    /// The line of position `at`, counted from 1.
    pub(crate) line: u32,
    /// How far was read.
    pub(crate) at: usize,
}

impl LineCounter {
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

#[cfg(test)]
mod tests {
    use crate::list::html::Writer;

    #[track_caller]
    fn check(raw: &str, expected: &str) {
        let mut writer = Writer::default();
        let since = writer.mark();
        writer.raw(raw, 7, since);
        assert_eq!(writer.finish(), expected);
    }

    #[test]
    fn a_bare_address_ends_at_a_bracket_that_is_written_as_a_reference() {
        check(
            "at &lt;https://a.example/?b=1&amp;c=2&gt;",
            "at &lt;<a href=\"https://a.example/?b=1&amp;c=2\" data-l=\"7\">\
             https://a.example/?b=1&amp;c=2</a>&gt;",
        );
    }

    #[test]
    fn a_link_has_the_line_in_which_its_tag_begins() {
        check("x\n<A title='>'\nHREF='/y'>z</a>", "x\n<a href=\"/y\" data-l=\"8\">z</a>");
    }

    #[test]
    fn what_shows_no_text_is_left_out() {
        check("a<svg><a href=b>c</a></svg><script>d</script><x-code>e<!-- f -->", "ae");
    }
}
