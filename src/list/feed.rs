//! Feeds: RSS, Atom and JSON Feed.

use feed_rs::model::{Entry, Text};
use jiff::Timestamp;
use scraper::Html;

use crate::list::{
    date,
    draft::{Draft, tidy},
    format::floor,
    html::{Lines, Writer},
    inline,
};

/// Longest summary that is kept, in characters; some feeds put the whole article there.
const LONGEST_SUMMARY: usize = 500;
/// How far the address of an item is looked for in the source after the one before it, in bytes.
const SEARCH_WINDOW: usize = 1 << 18;

/// Reads a feed.
///
/// # Errors
/// What the parser says when it is none.
pub(crate) fn feed(text: &str) -> Result<Vec<Draft>, String> {
    let feed = feed_rs::parser::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut finder = Finder { lines: Lines { line: 1, at: 0 }, misses: 0 };
    Ok(feed.entries.into_iter().filter_map(|entry| draft_of(entry, text, &mut finder)).collect())
}

fn draft_of(entry: Entry, source: &str, finder: &mut Finder) -> Option<Draft> {
    let is_page = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let link = entry.links.iter().find(|link| is_page(link.rel.as_deref())).or(entry.links.first());
    // Some feeds have no link but an identifier that is one.
    let url = link.map_or(entry.id.as_str(), |link| link.href.as_str()).to_owned();
    let enclosures = entry.links.iter().filter(|link| link.rel.as_deref() == Some("enclosure"));
    let moment = entry.published.or(entry.updated).map(|moment| moment.timestamp());
    let summary = entry.summary.as_ref().map(plain).unwrap_or_default();
    Some(Draft {
        title: entry.title.as_ref().map(plain).unwrap_or_default(),
        line: finder.line_of(source, &url),
        also: enclosures.map(|link| link.href.clone()).collect(),
        url,
        description: shorten(&summary),
        date: moment.and_then(|moment| Timestamp::from_second(moment).ok()).map(date::day_of),
        tags: entry.categories.into_iter().map(|tag| tag.label.unwrap_or(tag.term)).collect(),
        ..Draft::default()
    })
}

/// The text of a title or summary, which may be HTML.
fn plain(text: &Text) -> String {
    if !text.content.contains(['<', '&']) {
        return tidy(&text.content);
    }
    let start = &text.content[..floor(&text.content, LONGEST_SUMMARY * 20)];
    let mut writer = Writer::default();
    let floor = writer.mark();
    writer.raw(start, 1, floor);
    let tree = Html::parse_fragment(&writer.finish());
    let mut pieces = Vec::new();
    inline::collect(*tree.root_element(), &mut pieces);
    tidy(&inline::plain_text(&pieces))
}

fn shorten(text: &str) -> String {
    match text.char_indices().nth(LONGEST_SUMMARY) {
        Some((end, _)) => {
            let end = text[..end].rfind(' ').unwrap_or(end);
            format!("{} …", &text[..end])
        }
        None => text.to_owned(),
    }
}

/// Finds the lines of addresses that come in the order of the source.
struct Finder {
    lines: Lines,
    misses: u32,
}

impl Finder {
    fn line_of(&mut self, source: &str, url: &str) -> u32 {
        // `&` is written in several ways; after a few misses the source is in another order.
        let needle = url.split('&').next().unwrap_or(url);
        let end = floor(source, self.lines.at + SEARCH_WINDOW);
        let window = source.get(self.lines.at..end).filter(|_| self.misses < 16);
        match window.and_then(|window| window.find(needle)) {
            Some(found) => self.lines.of(source, self.lines.at + found),
            None => {
                self.misses += 1;
                self.lines.line
            }
        }
    }
}
