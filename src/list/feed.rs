//! Feeds: RSS and Atom of every version; JSON Feed is read beside them.

use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::{
    canonical,
    dates::PartialDate,
    list::{
        detect::document,
        draft::{Draft, Drafts},
        feed_entry::{date_of, describe, plain, resolved},
        jsonfeed, records,
        warnings::Warnings,
        xml::{attribute, events, is_named, text_of},
    },
};

/// Elements within each other that are told apart.
const MAX_DEPTH: usize = 64;
/// Longest text of one element that is kept, in bytes; some feeds put the whole article there.
const LONGEST_TEXT: usize = 1 << 16;
/// Links of one item that are kept.
const MOST_LINKS: usize = 100;

/// Reads a feed, whose own address is known or not.
pub(crate) fn feed(text: &str, address: Option<&Url>, warnings: &mut Warnings) -> Drafts {
    if text.trim_start().starts_with('{') {
        return jsonfeed::read(text, address, warnings);
    }
    let skipped = text.len() - document(text).len();
    let mut feed = Feed { address: address.cloned(), ..Feed::default() };
    let problem = events(text, skipped, |event, line| match event {
        Event::Start(tag) => feed.start(tag, line, warnings),
        Event::Empty(tag) => {
            feed.start(tag, line, warnings);
            feed.end(tag.local_name().as_ref(), warnings);
        }
        Event::End(tag) => feed.end(tag.local_name().as_ref(), warnings),
        event => feed.text(event),
    });
    feed.finish_item(warnings);
    problem.into_iter().for_each(|problem| warnings.add(0, || problem));
    feed.drafts
}

#[derive(Default)]
struct Feed {
    drafts: Drafts,
    /// The names of the elements that are open.
    open: Vec<String>,
    /// The feed's own address, its `xml:base`, and the page that it says it is of.
    address: Option<Url>,
    base: Option<Url>,
    page: Option<Url>,
    item: Option<FeedItem>,
    /// How many elements are open around those that describe the item.
    item_depth: usize,
    /// The text of the element that is open, and the attributes that say what it is.
    field: String,
    rel: String,
    is_permalink: bool,
}

/// What is known of an item until it ends.
#[derive(Default)]
struct FeedItem {
    line: u32,
    base: Option<Url>,
    title: String,
    summary: String,
    links: Vec<FeedLink>,
    /// The best date so far, with its rank.
    date: Option<(u8, PartialDate)>,
    tags: Vec<String>,
    enclosures: Vec<String>,
}

struct FeedLink {
    href: String,
    rank: LinkRank,
    line: u32,
}

/// How likely a link is the page of an item; the first of the lowest rank is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LinkRank {
    /// The page that a service for feeds stands in front of.
    Original,
    Page,
    /// The page in a form that is not HTML.
    OtherForm,
    /// An identifier that is an address.
    Identifier,
    /// One that leads to something about the item.
    Other,
}

impl Feed {
    fn start(&mut self, tag: &BytesStart<'_>, line: u32, warnings: &mut Warnings) {
        let name = tag.local_name().as_ref().to_owned();
        if is_named(tag, "item") || is_named(tag, "entry") {
            self.finish_item(warnings);
            let base = attribute(tag, "base").and_then(|base| self.join(&base));
            self.item = Some(FeedItem { line, base, ..FeedItem::default() });
            self.item_depth = self.open.len() + 1;
        } else if self.item.is_some() && self.open.len() == self.item_depth {
            self.field.clear();
            self.rel = attribute(tag, "rel").unwrap_or_default();
            self.is_permalink = attribute(tag, "isPermaLink").is_none_or(|value| value != "false");
            self.field_attributes(tag, line);
        } else if self.item.is_none() {
            self.field.clear();
            if name == "feed" || name == "rss" || name == "channel" {
                self.base =
                    attribute(tag, "base").and_then(|base| self.join(&base)).or(self.base.take());
            } else if name == "link"
                && let Some(href) = attribute(tag, "href")
            {
                match attribute(tag, "rel").as_deref() {
                    None | Some("alternate") => self.page = self.page.take().or_else(|| web(&href)),
                    Some("self") => self.address = self.address.take().or_else(|| web(&href)),
                    Some(_) => {}
                }
            }
        }
        if self.open.len() < MAX_DEPTH {
            self.open.push(name);
        }
    }

    /// Takes what an element of an item says in its attributes.
    fn field_attributes(&mut self, tag: &BytesStart<'_>, line: u32) {
        let Some(item) = &mut self.item else { return };
        match tag.local_name().as_ref() {
            "link" => {
                if let Some(href) = attribute(tag, "href") {
                    let form = attribute(tag, "type");
                    match self.rel.as_str() {
                        "enclosure" => item.enclosures.push(href),
                        rel => item.link(href, rank(rel, form.as_deref()), line),
                    }
                }
            }
            "enclosure" => item.enclosures.extend(attribute(tag, "url")),
            "category" => {
                item.tags.extend(attribute(tag, "label").or_else(|| attribute(tag, "term")));
            }
            // What is known by an address only is found again by it (RSS 1.0).
            _ => {}
        }
        item.enclosures.truncate(MOST_LINKS);
    }

    fn text(&mut self, event: &Event<'_>) {
        if self.field.len() < LONGEST_TEXT {
            self.field.push_str(&text_of(event));
        }
    }

    fn end(&mut self, name: &str, warnings: &mut Warnings) {
        // What was never closed ends with what is around it.
        let Some(at) = self.open.iter().rposition(|open| open == name) else { return };
        self.open.truncate(at);
        if self.item.is_some() && at + 1 == self.item_depth {
            self.finish_item(warnings);
        } else if self.item.is_some() && at == self.item_depth {
            let field = std::mem::take(&mut self.field);
            self.field_text(name, field);
        } else if self.item.is_none()
            && name == "link"
            && self.open.last().is_some_and(|o| o == "channel")
        {
            self.page = self.page.take().or_else(|| web(&self.field));
        }
    }

    /// Takes the text of an element of an item.
    fn field_text(&mut self, name: &str, text: String) {
        let Some(item) = &mut self.item else { return };
        let line = item.line;
        match name {
            "title" if item.title.is_empty() => item.title = text,
            "description" | "summary" if item.summary.trim().is_empty() => item.summary = text,
            "link" if self.rel.is_empty() && !text.trim().is_empty() => {
                item.link(text, LinkRank::Page, line);
            }
            "origLink" => item.link(text, LinkRank::Original, line),
            "guid" if self.is_permalink => item.link(text, LinkRank::Identifier, line),
            "id" if canonical::web_url(text.trim()).is_some() => {
                item.link(text, LinkRank::Identifier, line);
            }
            "category" | "subject" if !text.trim().is_empty() => item.tags.push(text),
            "published" | "issued" | "pubDate" => item.date(0, &text),
            "created" | "date" => item.date(1, &text),
            "updated" | "modified" => item.date(2, &text),
            _ => {}
        }
    }

    fn finish_item(&mut self, warnings: &mut Warnings) {
        let Some(item) = self.item.take() else { return };
        self.open.truncate(self.item_depth.saturating_sub(1));
        let bases = [&item.base, &self.base, &self.address, &self.page];
        let bases: Vec<&Url> = bases.into_iter().flatten().collect();
        let mut draft = Draft { line: item.line, ..Draft::default() };
        let mut links: Vec<&FeedLink> = item.links.iter().collect();
        links.sort_by_key(|link| link.rank);
        let pages =
            links.iter().filter_map(|link| Some((resolved(&link.href, &bases)?, link.line)));
        match pages.into_iter().next() {
            Some((url, line)) => (draft.url, draft.line) = (url, line),
            None => draft.url = links.first().map(|link| link.href.clone()).unwrap_or_default(),
        }
        draft.date = item.date.map(|(_, date)| date);
        draft.title = plain(&mut draft, Some(&item.title));
        describe(&mut draft, Some(&item.summary));
        let enclosures = item.enclosures.iter().filter_map(|url| resolved(url, &bases));
        enclosures.filter(|url| *url != draft.url).for_each(|url| draft.also.push_url(url));
        item.tags.iter().for_each(|tag| draft.tags.push(tag));
        records::push(&mut self.drafts, draft, warnings);
    }

    fn join(&self, base: &str) -> Option<Url> {
        match self.base.as_ref().or(self.address.as_ref()) {
            Some(outer) => outer.join(base.trim()).ok(),
            None => web(base),
        }
    }
}

impl FeedItem {
    fn link(&mut self, href: String, rank: LinkRank, line: u32) {
        if self.links.len() < MOST_LINKS && !href.trim().is_empty() {
            self.links.push(FeedLink { href: href.trim().to_owned(), rank, line });
        }
    }

    fn date(&mut self, rank: u8, text: &str) {
        if self.date.is_none_or(|(known, _)| rank < known) {
            self.date = date_of(text).map(|date| (rank, date)).or(self.date);
        }
    }
}

/// The rank of a link by its relation, which may be written as the address of its definition.
fn rank(rel: &str, form: Option<&str>) -> LinkRank {
    let is_html = form.is_none_or(|form| form.contains("html"));
    match rel.rsplit('/').next().unwrap_or_default() {
        "" | "alternate" if is_html => LinkRank::Page,
        "" | "alternate" => LinkRank::OtherForm,
        _ => LinkRank::Other,
    }
}

fn web(url: &str) -> Option<Url> {
    canonical::web_url(url.trim())
}
