//! Feeds: RSS and Atom; JSON Feed is read beside them.

use std::ops::Range;

use feed_rs::model::Entry;
use jiff::Timestamp;

use crate::{
    dates, feed,
    list::{
        draft::{Draft, Drafts},
        feed_entry::{Finder, describe, plain},
        jsonfeed,
        tag::markup_end,
        warnings::Warnings,
    },
};

/// Bytes of items that are parsed at once: what the parser makes of a small item takes up to a
/// hundred times its size.
const PART: usize = 1 << 20;

/// Reads a feed.
pub(crate) fn feed(text: &str, warnings: &mut Warnings) -> Drafts {
    if text.trim_start().starts_with('{') {
        let (drafts, problem) = jsonfeed::read(text);
        problem.into_iter().for_each(|problem| warnings.add(0, || problem));
        return drafts;
    }
    let mut drafts = Drafts::default();
    let mut finder = Finder::default();
    let mut read = |xml: &str| match feed::parse(xml.as_bytes()) {
        Ok(feed) => feed.entries.into_iter().for_each(|entry| {
            drafts.push(draft_of(entry, text, &mut finder));
        }),
        Err(error) => warnings.add(0, || error),
    };
    let items = items(text);
    let (Some(first), Some(last)) = (items.first(), items.last()) else {
        read(text);
        return drafts;
    };
    // Each part is a feed of its own, with what stands before the items and behind them.
    let (head, tail) = (&text[..first.start], &text[last.end..]);
    let most = PART.max(4 * (head.len() + tail.len()));
    let mut part = head.to_owned();
    for item in &items {
        let item = &text[item.clone()];
        if part.len() > head.len() && part.len() + item.len() > most {
            part.push_str(tail);
            read(&part);
            part.truncate(head.len());
        }
        part.push_str(item);
    }
    part.push_str(tail);
    read(&part);
    drafts
}

/// Where the items of a feed stand.
fn items(text: &str) -> Vec<Range<usize>> {
    const DATA: &str = "<![CDATA[";
    let mut items = Vec::new();
    let (mut at, mut open) = (0, None);
    while let Some(found) = text[at..].find('<') {
        let start = at + found;
        let rest = &text[start..];
        if let Some(data) = rest.strip_prefix(DATA) {
            at = data.find("]]>").map_or(text.len(), |end| start + DATA.len() + end + 3);
            continue;
        }
        at = start + markup_end(rest).unwrap_or(1);
        let markup = &text[start..at];
        if is_item(markup.trim_start_matches('<')) && open.is_none() {
            match markup.ends_with("/>") {
                true => items.push(start..at),
                false => open = Some(start),
            }
        } else if let Some(closing) = markup.strip_prefix("</")
            && is_item(closing)
            && let Some(start) = open.take()
        {
            items.push(start..at);
        }
    }
    items
}

/// Whether a tag is that of an item, with or without a prefix: `item>`, `atom:entry xml:lang='en'>`.
fn is_item(tag: &str) -> bool {
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(0);
    let name = tag[..end].rsplit(':').next().unwrap_or_default();
    name.eq_ignore_ascii_case("item") || name.eq_ignore_ascii_case("entry")
}

fn draft_of(entry: Entry, source: &str, finder: &mut Finder) -> Draft {
    let is_page = |rel: Option<&str>| matches!(rel, None | Some("alternate"));
    let link = entry.links.iter().find(|link| is_page(link.rel.as_deref())).or(entry.links.first());
    // Some feeds have no link but an identifier that is one.
    let url = link.map_or(entry.id.as_str(), |link| link.href.as_str()).to_owned();
    let enclosures = entry.links.iter().filter(|link| link.rel.as_deref() == Some("enclosure"));
    let moment = entry.published.or(entry.updated).map(|moment| moment.timestamp());
    let mut draft = Draft {
        line: finder.line_of(source, &url),
        url,
        date: moment.and_then(|moment| Timestamp::from_second(moment).ok()).map(dates::utc_date),
        ..Draft::default()
    };
    draft.title = plain(&mut draft, entry.title.as_ref().map(|text| text.content.as_str()));
    describe(&mut draft, entry.summary.as_ref().map(|text| text.content.as_str()));
    enclosures.for_each(|link| draft.also.push_url(link.href.clone()));
    entry
        .categories
        .iter()
        .for_each(|tag| draft.tags.push(tag.label.as_ref().unwrap_or(&tag.term)));
    draft
}
