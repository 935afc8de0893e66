//! JSON Feed (<https://www.jsonfeed.org/version/1.1/>), read item by item.

use serde::{Deserialize, de::DeserializeSeed};
use serde_json::{Map, Value, value::RawValue};
use url::Url;

use crate::{
    canonical,
    list::{
        draft::{Draft, Drafts},
        feed_entry::{date_of, describe, plain, resolved},
        html::LineCounter,
        json_fields::Items,
        records,
        warnings::Warnings,
    },
};

/// Reads a JSON feed; what is wrong with one item costs no other.
pub(crate) fn read(text: &str, address: Option<&Url>, warnings: &mut Warnings) -> Drafts {
    let mut drafts = Drafts::default();
    let head: FeedHead<'_> = match serde_json::from_str(text) {
        Ok(head) => head,
        Err(error) => {
            warnings.add(0, || format!("the feed does not parse: {error}"));
            return drafts;
        }
    };
    let web = |url: &Option<Value>| canonical::web_url(url.as_ref()?.as_str()?);
    let (own, page) = (web(&head.feed_url), web(&head.home_page_url));
    let bases: Vec<&Url> = [address, own.as_ref(), page.as_ref()].into_iter().flatten().collect();
    let mut lines = LineCounter { line: 1, at: 0 };
    let items = head.items.map_or("[]", RawValue::get);
    let read = Items(|item: &RawValue| {
        let at = (item.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        let line = lines.of(text, at);
        match serde_json::from_str(item.get()) {
            Ok(item) => records::push(&mut drafts, draft_of(&item, &bases, line), warnings),
            Err(_) => warnings.add(line, || "the item is no object".to_owned()),
        }
    });
    if let Err(error) = read.deserialize(&mut serde_json::Deserializer::from_str(items)) {
        warnings.add(0, || format!("the feed's items do not parse: {error}"));
    }
    drafts
}

/// What a feed says of itself.
#[derive(Deserialize)]
struct FeedHead<'t> {
    home_page_url: Option<Value>,
    feed_url: Option<Value>,
    #[serde(borrow)]
    items: Option<&'t RawValue>,
}

fn draft_of(item: &Map<String, Value>, bases: &[&Url], line: u32) -> Draft {
    let text = |names: &[&str]| {
        let texts = names.iter().filter_map(|name| item.get(*name)?.as_str());
        texts.map(str::trim).find(|text| !text.is_empty())
    };
    // An identifier may be an address, or a number.
    let id = text(&["id"]).filter(|id| canonical::web_url(id).is_some());
    let url = text(&["url", "external_url"]).or(id).unwrap_or_default();
    let mut draft = Draft {
        line,
        url: resolved(url, bases).unwrap_or_else(|| url.to_owned()),
        date: text(&["date_published"])
            .and_then(date_of)
            .or_else(|| date_of(text(&["date_modified"])?)),
        ..Draft::default()
    };
    draft.title = plain(&mut draft, text(&["title"]));
    describe(&mut draft, text(&["summary", "content_text"]));
    let tags = item.get("tags").and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(Value::as_str).for_each(|tag| draft.tags.push(tag));
    draft
}
