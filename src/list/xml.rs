//! XML, and the lists in it: OPML outlines, sitemaps, bookmarks of Pinboard.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::{
    dates, html,
    list::{
        draft::{Draft, Drafts, MOST_SECTIONS},
        html::LineCounter,
        line::tidy,
        records::{self, FieldValue, ListRecord},
        warnings::Warnings,
    },
};

/// Most addresses that are read from one sitemap (<https://www.sitemaps.org/protocol.html>).
const MOST_ADDRESSES: usize = 50_000;
/// Deepest outline whose folders are kept apart.
const MAX_DEPTH: usize = 64;

/// Reads an outline: an `outline` with an address is an entry, one without a section.
///
/// What cannot be read ends the outline; the reason is given beside what was read before.
pub(crate) fn outline(text: &str) -> (Drafts, Option<String>) {
    let mut drafts = Drafts::default();
    // The names of the open outlines; none for those that are entries.
    let mut open: Vec<Option<String>> = Vec::new();
    let problem = events(text, 0, |event, line| match event {
        Event::Start(tag) | Event::Empty(tag) if !is_named(tag, "outline") => {}
        Event::Start(tag) => {
            let section = outline_draft(tag, &open, line, &mut drafts);
            open.push(section);
        }
        Event::Empty(tag) => {
            outline_draft(tag, &open, line, &mut drafts);
        }
        Event::End(tag) if tag.local_name().as_ref().eq_ignore_ascii_case("outline") => {
            open.pop();
        }
        _ => {}
    });
    (drafts, problem)
}

/// Adds the entry of an outline, or gives the name of the section that it is.
fn outline_draft(
    tag: &BytesStart<'_>,
    open: &[Option<String>],
    line: u32,
    drafts: &mut Drafts,
) -> Option<String> {
    let get = |name| attribute(tag, name);
    let title = get("text").or(get("title")).unwrap_or_default();
    let feed = get("xmlUrl");
    let Some(url) = get("htmlUrl").or(get("url")).or(feed.clone()) else {
        return Some(tidy(&title));
    };
    // Not the whole depth is searched for names.
    let section = open.iter().take(MAX_DEPTH).flatten().filter(|name| !name.is_empty());
    let section = section.take(MOST_SECTIONS);
    let mut draft = Draft {
        title,
        url,
        section: section.cloned().collect(),
        description: get("description").unwrap_or_default(),
        date: get("created").and_then(|created| dates::parse(&created)),
        line,
        ..Draft::default()
    };
    get("category").iter().for_each(|tags| draft.tags.push_tags(tags));
    let feed = feed.filter(|feed| *feed != draft.url);
    feed.into_iter().for_each(|feed| draft.also.push_url(feed));
    drafts.push(draft);
    None
}

/// What a sitemap holds.
#[derive(Default)]
pub(crate) struct Sitemap {
    pub(crate) drafts: Drafts,
    /// Lines and addresses of the sitemaps that an index names.
    pub(crate) sitemaps: Vec<(u32, String)>,
    pub(crate) problem: Option<String>,
}

/// Reads a sitemap or an index of sitemaps, up to [`MOST_ADDRESSES`].
pub(crate) fn sitemap(text: &str, warnings: &mut Warnings) -> Sitemap {
    let mut map = Sitemap::default();
    let mut draft = Draft::default();
    let mut field = String::new();
    let mut too_many = 0_usize;
    // Images and videos of a page have addresses and titles of their own.
    let mut open: Vec<String> = Vec::new();
    let problem = events(text, 0, |event, line| match event {
        Event::Start(tag) => {
            field.clear();
            if is_named(tag, "url") || is_named(tag, "sitemap") {
                draft = Draft { line, ..Draft::default() };
                open.clear();
            }
            if open.len() < MAX_DEPTH {
                open.push(tag.local_name().as_ref().to_ascii_lowercase());
            }
        }
        Event::End(tag) => {
            let name = tag.local_name().as_ref().to_ascii_lowercase();
            let Some(at) = open.iter().rposition(|open| *open == name) else { return };
            open.truncate(at);
            match name.as_str() {
                "loc" if at == 1 => draft.url = field.trim().to_owned(),
                "lastmod" if at == 1 => draft.date = dates::parse(&field),
                "title" if draft.title.is_empty() => draft.title = tidy(&field),
                "keywords" => draft.tags.push_tags(&field),
                "url" | "sitemap"
                    if map.drafts.kept.len() + map.sitemaps.len() >= MOST_ADDRESSES =>
                {
                    too_many += 1;
                }
                "url" => records::push(&mut map.drafts, std::mem::take(&mut draft), warnings),
                "sitemap" => map.sitemaps.push((draft.line, std::mem::take(&mut draft.url))),
                _ => {}
            }
            field.clear();
        }
        event => field.push_str(&text_of(event)),
    });
    let too_many = (too_many > 0).then(|| {
        let all = MOST_ADDRESSES + too_many;
        format!("only the first {MOST_ADDRESSES} of {all} addresses are read")
    });
    map.problem = problem.or(too_many);
    map
}

/// Reads the bookmarks of Pinboard and del.icio.us: one `post` each, whose title is its description.
pub(crate) fn posts(text: &str, warnings: &mut Warnings) -> Drafts {
    let mut drafts = Drafts::default();
    let problem = events(text, 0, |event, line| {
        let (Event::Start(tag) | Event::Empty(tag)) = event else { return };
        if !is_named(tag, "post") {
            return;
        }
        let mut record = ListRecord::default();
        for name in ["href", "description", "extended", "tag", "time"] {
            record.add(name, FieldValue::Text(attribute(tag, name).unwrap_or_default()));
        }
        records::push(&mut drafts, record.into_draft(line), warnings);
    });
    problem.into_iter().for_each(|problem| warnings.add(0, || problem));
    drafts
}

/// Reads the events of an XML text from a place on, with their lines, and returns why it stopped
/// before the end.
pub(crate) fn events(
    text: &str,
    start: usize,
    mut on_event: impl FnMut(&Event<'_>, u32),
) -> Option<String> {
    let (above, text) = text.split_at(start);
    let text = with_plain_brackets(text);
    let mut reader = Reader::from_str(&text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut lines = LineCounter { line: 1, at: 0 };
    let mut lines = LineCounter { line: lines.of(above, above.len()), at: 0 };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = lines.of(&text, at);
        match reader.read_event() {
            Ok(Event::Eof) => return None,
            Ok(event) => on_event(&event, line),
            Err(error) => return Some(format!("line {line}: {error}")),
        }
    }
}

/// The text with references in place of brackets that begin no tag: `a < b`.
fn with_plain_brackets(text: &str) -> Cow<'_, str> {
    const DATA: &str = "<![CDATA[";
    let (mut at, mut places) = (0, Vec::new());
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let rest = &text[start..];
        at = start + 1;
        if rest.starts_with(DATA) {
            at = rest.find("]]>").map_or(text.len(), |end| start + end);
        } else if rest.starts_with("<!--") {
            at = rest.find("-->").map_or(text.len(), |end| start + end);
        } else if !rest[1..].starts_with(|c: char| c.is_alphabetic() || "/!?_:".contains(c)) {
            places.push(start);
        }
    }
    html::escape_brackets(text, &places)
}

/// The text of an event that has one. A reference that XML does not know stays as it is written.
pub(crate) fn text_of(event: &Event<'_>) -> String {
    match event {
        Event::Text(part) => part.xml10_content().into_owned(),
        Event::CData(part) => part.xml10_content().into_owned(),
        Event::GeneralRef(name) => {
            let escaped = format!("&{};", name.xml10_content());
            match quick_xml::escape::unescape(&escaped) {
                Ok(text) => text.into_owned(),
                Err(_) => escaped,
            }
        }
        _ => String::new(),
    }
}

pub(crate) fn is_named(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref().eq_ignore_ascii_case(name)
}

/// The value of an attribute, its name in whatever case.
pub(crate) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    attributes.with_checks(false);
    let found = attributes
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref().eq_ignore_ascii_case(name))?;
    let value = match found.normalized_value(XmlVersion::Explicit1_0) {
        Ok(value) => value.into_owned(),
        Err(_) => found.value.to_string(),
    };
    Some(value).filter(|value| !value.trim().is_empty())
}
