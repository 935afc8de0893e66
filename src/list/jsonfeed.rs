//! JSON Feed (<https://www.jsonfeed.org/version/1.1/>), read item by item.

use std::fmt;

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    dates,
    list::{
        draft::{Draft, Drafts},
        feed_entry::{Finder, describe, plain},
    },
};

/// Reads a JSON feed up to the first error, and returns the error, too.
pub(crate) fn read(text: &str) -> (Drafts, Option<String>) {
    let mut drafts = Drafts::default();
    let mut items = FeedItems { text, drafts: &mut drafts, finder: Finder::default() };
    let mut reader = serde_json::Deserializer::from_str(text);
    let read = Feed(&mut items).deserialize(&mut reader).and_then(|()| reader.end());
    (drafts, read.err().map(|error| error.to_string()))
}

/// An item, as far as a list needs it.
#[derive(Deserialize)]
struct FeedItem {
    id: Option<String>,
    url: Option<String>,
    external_url: Option<String>,
    title: Option<String>,
    summary: Option<String>,
    content_text: Option<String>,
    date_published: Option<String>,
    date_modified: Option<String>,
    tags: Option<Vec<String>>,
}

/// Where the items of a feed go.
struct FeedItems<'t, 'd> {
    text: &'t str,
    drafts: &'d mut Drafts,
    finder: Finder,
}

impl FeedItems<'_, '_> {
    fn add(&mut self, item: FeedItem) {
        let url = item.url.or(item.external_url).or(item.id).unwrap_or_default();
        let date = item.date_published.or(item.date_modified).and_then(|text| {
            let moment = text.parse::<Timestamp>().ok().map(dates::utc_date);
            moment.or_else(|| dates::parse(&text))
        });
        let mut draft =
            Draft { line: self.finder.line_of(self.text, &url), url, date, ..Draft::default() };
        draft.title = plain(&mut draft, item.title.as_deref());
        describe(&mut draft, item.summary.or(item.content_text).as_deref());
        item.tags.iter().flatten().for_each(|tag| draft.tags.push(tag));
        self.drafts.push(draft);
    }
}

struct Feed<'i, 't, 'd>(&'i mut FeedItems<'t, 'd>);

impl<'de> DeserializeSeed<'de> for Feed<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Feed<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a feed with items")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<String>()? {
            if name == "items" {
                fields.next_value_seed(Feed(self.0))?;
            } else {
                fields.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<(), A::Error> {
        while let Some(item) = values.next_element()? {
            self.0.add(item);
        }
        Ok(())
    }
}
