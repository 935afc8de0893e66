//! New addresses in Markdown: links of every sort, bare addresses, and HTML.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd, TextMergeWithOffset};

use crate::list::{
    chunk::front_matter,
    fix::{edits::Edits, markup::fix_html, write},
    markdown::options,
};

/// Fixes Markdown.
pub(crate) fn fix(edits: &mut Edits<'_, '_>) {
    let text = edits.text;
    let parser = Parser::new_ext(text, options());
    for (_, definition) in parser.reference_definitions().iter() {
        let colon = label_end(text, definition.span.clone());
        if let Some(colon) = colon.filter(|_| edits.has_moved(&definition.dest)) {
            let range = destination(text, colon..definition.span.end);
            edits.replace(range, &definition.dest, write::markdown);
        }
    }
    // Blocks whose text is not shown.
    let mut hidden = 0;
    // Where the last link ends that is its own text.
    let mut autolink_end = 0;
    let front = front_matter(text);
    for (event, range) in TextMergeWithOffset::new(parser.into_offset_iter()) {
        match event {
            _ if range.start < front => {}
            Event::Start(Tag::CodeBlock(_)) => hidden += 1,
            Event::End(TagEnd::CodeBlock) => hidden -= 1,
            Event::Start(Tag::Link { link_type: LinkType::Autolink, dest_url, .. }) => {
                autolink_end = range.end;
                edits.replace(range.start + 1..range.end - 1, &dest_url, write::autolink);
            }
            Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, .. })
                if edits.has_moved(&dest_url) =>
            {
                link(edits, &dest_url, range);
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                fix_html(edits, range, write::markup_in_markdown);
            }
            Event::Text(_) if hidden == 0 && range.start >= autolink_end => {
                edits.bare(range, write::decoded_markdown, write::markdown_text);
            }
            _ => {}
        }
    }
}

/// Fixes a link that stands in a range and has its destination there.
fn link(edits: &mut Edits<'_, '_>, url: &str, range: Range<usize>) {
    let text = edits.text;
    // Images within the link have destinations, too, and come before it.
    let starts = text[range.clone()].match_indices("](").map(|(at, _)| range.start + at + 2);
    let places = starts.map(|start| destination(text, start..range.end));
    let is_it = |place: &Range<usize>| write::decoded_markdown(&text[place.clone()]) == url;
    if let Some(place) = places.filter(is_it).last() {
        edits.replace(place, url, write::markdown);
    }
}

/// Where the destination stands that begins in a range, without angle brackets.
fn destination(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    let in_angles = text[start..range.end].starts_with('<');
    let start = start + usize::from(in_angles);
    let (mut depth, mut is_escaped) = (0, false);
    for (at, c) in text[start..range.end].char_indices() {
        let ends = match c {
            _ if std::mem::take(&mut is_escaped) => false,
            '\\' => {
                is_escaped = true;
                false
            }
            '>' | '\n' if in_angles => true,
            _ if in_angles => false,
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth -= 1;
                depth < 0
            }
            c => c.is_ascii_whitespace() || c.is_ascii_control(),
        };
        if ends {
            return start..start + at;
        }
    }
    start..range.end
}

/// The place behind `[label]:` in the range of a definition.
fn label_end(text: &str, range: Range<usize>) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text[range.clone()].char_indices() {
        match c {
            _ if std::mem::take(&mut is_escaped) => {}
            '\\' => is_escaped = true,
            ']' => {
                return text[range.start + at..].starts_with("]:").then_some(range.start + at + 2);
            }
            _ => {}
        }
    }
    None
}
