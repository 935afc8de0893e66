//! OPML outlines and sitemaps.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use crate::{
    dates,
    list::{
        draft::{Draft, Drafts, MOST_SECTIONS},
        html::LineCounter,
        line::tidy,
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
    let problem = events(text, |event, line| match event {
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
pub(crate) fn sitemap(text: &str) -> Sitemap {
    let mut map = Sitemap::default();
    let mut draft = Draft::default();
    let mut field = String::new();
    let mut too_many = 0_usize;
    let problem = events(text, |event, line| match event {
        Event::Start(tag) => {
            field.clear();
            if is_named(tag, "url") || is_named(tag, "sitemap") {
                draft = Draft { line, ..Draft::default() };
            }
        }
        Event::Text(part) => field.push_str(part.xml10_content().as_ref()),
        Event::CData(part) => field.push_str(part.xml10_content().as_ref()),
        Event::GeneralRef(name) => {
            let escaped = format!("&{};", name.xml10_content());
            field.push_str(&quick_xml::escape::unescape(&escaped).unwrap_or_default());
        }
        Event::End(tag) => {
            match tag.name().as_ref() {
                "loc" => draft.url = field.trim().to_owned(),
                "lastmod" => draft.date = dates::parse(&field),
                name if name.ends_with(":title") => draft.title = tidy(&field),
                name if name.ends_with(":keywords") => draft.tags.push_tags(&field),
                "url" | "sitemap"
                    if map.drafts.kept.len() + map.sitemaps.len() >= MOST_ADDRESSES =>
                {
                    too_many += 1;
                }
                "url" => map.drafts.push(std::mem::take(&mut draft)),
                "sitemap" => map.sitemaps.push((draft.line, std::mem::take(&mut draft.url))),
                _ => {}
            }
            field.clear();
        }
        _ => {}
    });
    let too_many = (too_many > 0).then(|| {
        let all = MOST_ADDRESSES + too_many;
        format!("only the first {MOST_ADDRESSES} of {all} addresses are read")
    });
    map.problem = problem.or(too_many);
    map
}

/// Reads the events of an XML text with their lines, and returns why it stopped before the end.
fn events(text: &str, mut on_event: impl FnMut(&Event<'_>, u32)) -> Option<String> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    let mut lines = LineCounter { line: 1, at: 0 };
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let line = lines.of(text, at);
        match reader.read_event() {
            Ok(Event::Eof) => return None,
            Ok(event) => on_event(&event, line),
            Err(error) => return Some(format!("line {line}: {error}")),
        }
    }
}

fn is_named(tag: &BytesStart<'_>, name: &str) -> bool {
    tag.local_name().as_ref().eq_ignore_ascii_case(name)
}

/// The value of an attribute, its name in whatever case.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
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
