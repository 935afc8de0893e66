//! New addresses in HTML and XML: attributes, and texts that are an address.

use std::ops::Range;

use crate::list::{
    fix::{edits::Edits, write},
    tag::{HIDDEN, MarkupTag, markup_end},
};

/// Fixes a range of HTML: the links of its tags, and the addresses that stand bare in its text.
pub(crate) fn fix_html(
    edits: &mut Edits<'_, '_>,
    range: Range<usize>,
    write: fn(&str) -> Option<String>,
) {
    let mut hidden: Option<String> = None;
    each_part(edits.text, range, |part| match part {
        MarkupPart::Text(range) if hidden.is_none() => {
            // What ends an address in a text would do so escaped as well.
            edits.bare(range, write::decoded, |url| write::text(url).as_deref().and_then(write));
        }
        MarkupPart::Text(_) | MarkupPart::Data(_) => {}
        MarkupPart::Tag(tag, at) => match &hidden {
            Some(name) if tag.closing && tag.name == *name => hidden = None,
            Some(_) => {}
            None if !tag.closing && HIDDEN.contains(&tag.name.as_str()) => {
                hidden = Some(tag.name);
            }
            None => attributes(edits, &tag, at, |name| name.eq_ignore_ascii_case("href"), write),
        },
    });
}

/// Fixes XML: every attribute and every text between tags that is an address as a whole.
pub(crate) fn fix_xml(edits: &mut Edits<'_, '_>) {
    let text = edits.text;
    each_part(text, 0..text.len(), |part| match part {
        MarkupPart::Text(range) => {
            let range = trimmed(text, range);
            edits.replace(range.clone(), &write::decoded(&text[range]), write::markup);
        }
        MarkupPart::Data(range) => {
            let range = trimmed(text, range);
            edits.replace(range.clone(), &text[range], write::cdata);
        }
        MarkupPart::Tag(tag, at) => attributes(edits, &tag, at, |_| true, write::markup),
    });
}

/// Fixes the attributes of a tag that stands at a place.
fn attributes(
    edits: &mut Edits<'_, '_>,
    tag: &MarkupTag<'_>,
    at: usize,
    is_wanted: impl Fn(&str) -> bool,
    write: fn(&str) -> Option<String>,
) {
    for attribute in tag.attributes().filter(|attribute| is_wanted(attribute.name)) {
        let range = at + attribute.range.start..at + attribute.range.end;
        let quote = if edits.text[range.clone()].starts_with('\'') { '\'' } else { '"' };
        // What stood without quotes gets some: less may stand without them than between them.
        edits.replace(range, &write::decoded(attribute.value), |target| {
            write(target).map(|url| format!("{quote}{url}{quote}"))
        });
    }
}

enum MarkupPart<'t> {
    /// Where text stands.
    Text(Range<usize>),
    /// Where the content of a character data section stands.
    Data(Range<usize>),
    /// A tag and where it stands.
    Tag(MarkupTag<'t>, usize),
}

/// Shows the parts of a source in their order; comments and declarations are left out.
fn each_part<'t>(text: &'t str, range: Range<usize>, mut show: impl FnMut(MarkupPart<'t>)) {
    const DATA: &str = "<![CDATA[";
    let source = &text[..range.end];
    let mut at = range.start;
    while at < source.len() {
        let less = source[at..].find('<').map_or(source.len(), |found| at + found);
        if at < less {
            show(MarkupPart::Text(at..less));
        }
        let rest = &source[less..];
        if let Some(data) = rest.strip_prefix(DATA) {
            let start = less + DATA.len();
            let end = start + data.find("]]>").unwrap_or(data.len());
            show(MarkupPart::Data(start..end));
            at = (end + 3).min(source.len());
        } else if let Some(end) = markup_end(rest) {
            if let Some(tag) = MarkupTag::parse(&rest[..end]) {
                show(MarkupPart::Tag(tag, less));
            }
            at = less + end;
        } else {
            // The `<` is text.
            at = less + 1;
        }
    }
}

/// A range without the white space at its ends.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let piece = &text[range.clone()];
    let start = range.start + piece.len() - piece.trim_start().len();
    start..start + piece.trim().len()
}
