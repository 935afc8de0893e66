//! Entries of feeds, whatever the feed's form: their texts, and the lines at which they stand.

use crate::{
    entry::shortened,
    html,
    list::{
        draft::Draft,
        html::{LineCounter, Writer},
        inline,
        line::tidy,
    },
};

/// Longest summary that is kept, in characters; some feeds put the whole article there.
const LONGEST_SUMMARY: usize = 500;
/// How far the address of an item is looked for in the source after the one before it, in bytes.
const SEARCH_WINDOW: usize = 1 << 18;

/// The text of a title or summary of a draft, which may be HTML.
pub(crate) fn plain(draft: &mut Draft, text: Option<&str>) -> String {
    // A password may have a `<`, at which HTML would begin.
    let text = draft.cut(text.unwrap_or_default());
    let start = &text[..text.floor_char_boundary(LONGEST_SUMMARY * 20)];
    if !start.contains(['<', '&']) {
        return tidy(start);
    }
    let mut writer = Writer::default();
    let since = writer.mark();
    writer.raw(start, 1, since);
    let tree = html::fragment(&writer.finish());
    let mut pieces = Vec::new();
    inline::collect(*tree.root_element(), &mut pieces);
    tidy(&inline::plain_text(&pieces))
}

/// Sets the description that a summary gives, which may be HTML.
pub(crate) fn describe(draft: &mut Draft, summary: Option<&str>) {
    let text = plain(draft, summary);
    draft.description = shortened(&draft.cut(&text), LONGEST_SUMMARY).into_owned();
}

/// Finds the lines of addresses that come in the order of the source.
pub(crate) struct Finder {
    lines: LineCounter,
    misses: u32,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder { lines: LineCounter { line: 1, at: 0 }, misses: 0 }
    }
}

impl Finder {
    pub(crate) fn line_of(&mut self, source: &str, url: &str) -> u32 {
        // `&` is written in several ways; after a few misses the source is in another order.
        let needle = url.split('&').next().unwrap_or(url);
        let end = source.floor_char_boundary(self.lines.at + SEARCH_WINDOW);
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
