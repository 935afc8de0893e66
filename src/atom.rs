//! Atom feeds (RFC 4287): of what is new, and of what a query finds.

use std::{hash::Hasher, io};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::{
    canonical::link_target,
    inspect::{News, NewsKind},
    search::Hit,
    text::sanitize,
};

/// A feed.
#[derive(Clone, Debug)]
pub struct AtomFeed {
    /// What the feed's name is made of: always the same for the same feed.
    pub seed: String,
    /// Its title.
    pub title: String,
    /// What it is of.
    pub subtitle: String,
    /// When it last changed.
    pub updated: Timestamp,
    /// Its own address, if it has one.
    pub address: Option<String>,
    /// What is in it, the newest first.
    pub entries: Vec<AtomEntry>,
}

/// An entry of a feed.
#[derive(Clone, Debug)]
pub struct AtomEntry {
    seed: String,
    title: String,
    url: String,
    updated: Timestamp,
    published: Option<Timestamp>,
    category: Option<&'static str>,
    summary: String,
}

impl AtomFeed {
    /// A feed of what is new on lists.
    pub fn of_news(lists: &[&str], news: &[News], now: Timestamp) -> AtomFeed {
        AtomFeed {
            seed: lists.join("\n"),
            title: "New on the lists".into(),
            subtitle: lists.join(", "),
            updated: news.first().map_or(now, |item| item.at),
            address: None,
            entries: news.iter().map(AtomEntry::of_news).collect(),
        }
    }

    /// A feed of the newest hits of a query; a hit without a date came with the index.
    pub fn of_hits(query: &str, hits: &[Hit], built_at: Timestamp) -> AtomFeed {
        AtomFeed {
            seed: format!("query {query}"),
            title: query.into(),
            subtitle: "The newest articles first".into(),
            updated: built_at,
            address: None,
            entries: hits.iter().map(|hit| AtomEntry::of_hit(hit, built_at)).collect(),
        }
    }

    /// The feed as a document.
    pub fn to_xml(&self) -> Vec<u8> {
        self.write().expect("a vector takes whatever is written")
    }

    fn write(&self) -> io::Result<Vec<u8>> {
        let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let feed =
            xml.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
        feed.write_inner_content(|xml| {
            text(xml, "id", &uuid(&self.seed))?;
            text(xml, "title", &self.title)?;
            text(xml, "subtitle", &self.subtitle)?;
            text(xml, "updated", &self.updated.to_string())?;
            if let Some(address) = &self.address {
                let link = xml.create_element("link").with_attribute(("rel", "self"));
                link.with_attribute(("href", &*plain(address))).write_empty()?;
            }
            xml.create_element("author")
                .write_inner_content(|xml| text(xml, "name", "mlsearch"))?;
            self.entries.iter().try_for_each(|entry| entry.write(xml))
        })?;
        let mut feed = xml.into_inner();
        feed.push(b'\n');
        Ok(feed)
    }
}

impl AtomEntry {
    fn of_news(item: &News) -> AtomEntry {
        let (summary, category) = match item.what {
            NewsKind::Added => ("new on the list", "added"),
            NewsKind::Changed => ("the text has changed", "changed"),
        };
        AtomEntry {
            seed: format!("{category} {} {}", item.at, item.id),
            title: item.title.clone(),
            url: item.url.clone(),
            updated: item.at,
            published: Some(item.first_seen),
            category: Some(category),
            summary: summary.into(),
        }
    }

    fn of_hit(hit: &Hit, built_at: Timestamp) -> AtomEntry {
        let midnight = |day: Date| TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok();
        let published = hit.date_listed.or(hit.date_published).and_then(midnight);
        AtomEntry {
            seed: format!("hit {}", hit.id),
            title: hit.title.clone(),
            url: hit.url.clone(),
            updated: published.unwrap_or(built_at),
            published,
            category: None,
            summary: hit.snippets.first().map_or(String::new(), |snippet| snippet.text.clone()),
        }
    }

    fn write(&self, xml: &mut Writer<Vec<u8>>) -> io::Result<()> {
        xml.create_element("entry").write_inner_content(|xml| {
            text(xml, "id", &uuid(&self.seed))?;
            text(xml, "title", &self.title)?;
            text(xml, "updated", &self.updated.to_string())?;
            if let Some(published) = self.published {
                text(xml, "published", &published.to_string())?;
            }
            if let Some(target) = link_target(&self.url) {
                let link = xml.create_element("link");
                link.with_attribute(("href", &*target)).write_empty()?;
            }
            if let Some(category) = self.category {
                let element = xml.create_element("category");
                element.with_attribute(("term", category)).write_empty()?;
            }
            text(xml, "summary", &self.summary)
        })?;
        Ok(())
    }
}

/// An element with text.
fn text(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&plain(text))).map(drop)
}

/// Text without what misleads a reader, and without what XML cannot hold even escaped
/// (<https://www.w3.org/TR/xml/#charsets>): controls, U+FFFE and U+FFFF.
fn plain(text: &str) -> String {
    sanitize(text).replace(['\u{fffe}', '\u{ffff}'], "")
}

/// A name for a thing that has no address, always the same for the same thing (RFC 9562, version 8).
fn uuid(text: &str) -> String {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    let hash = hasher.finish128().as_u128();
    let version = hash & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
    let hex = format!("{version:032x}");
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use crate::atom::uuid;

    #[test]
    fn a_name_keeps_the_form_of_a_uuid() {
        let name = uuid("x");
        assert_eq!(name, uuid("x"));
        assert_ne!(name, uuid("y"));
        let parts: Vec<usize> = name["urn:uuid:".len()..].split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&name[23..24], "8", "{name}");
        assert!("89ab".contains(&name[28..29]), "{name}");
    }
}
