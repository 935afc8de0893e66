//! The fields of JSON objects: which of them say something of an entry, and what.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use crate::{
    canonical,
    list::{
        field::{FieldRole, compact},
        name_set::MOST_NAMES,
        records::{Column, FieldContent, FieldValue, ListRecord},
    },
};

/// Keys of an object whose address is that of the record around it.
pub(crate) const WRAPPERS: [&str; 9] =
    ["content", "data", "link", "bookmark", "item", "page", "article", "node", "entity"];

/// Keys that say that there is a list, and not what of.
pub(crate) const CONTAINERS: [&str; 34] = [
    "children",
    "roots",
    "items",
    "item",
    "links",
    "link",
    "bookmarks",
    "bookmark",
    "entries",
    "entry",
    "list",
    "lists",
    "data",
    "collections",
    "resources",
    "sections",
    "categories",
    "content",
    "contents",
    "posts",
    "articles",
    "results",
    "records",
    "groups",
    "folders",
    "urls",
    "references",
    "documents",
    "pages",
    "nodes",
    "elements",
    "response",
    "subcategories",
    "objects",
];

/// The fields of an object, as far as they may say something of an entry.
pub(crate) struct JsonFields<'t> {
    fields: Vec<(Cow<'t, str>, &'t RawValue)>,
    /// How many there are of any sort.
    count: usize,
    /// Whether one of them is a list of others, perhaps an empty one.
    pub(crate) has_list: bool,
}

impl<'t> JsonFields<'t> {
    pub(crate) fn record(&self) -> ListRecord {
        let mut record = ListRecord::default();
        for (name, value) in &self.fields {
            if let Some(value) = value_of(value, Column::of(name).content) {
                record.add(name, value);
            }
        }
        record
    }

    /// The objects and arrays in it.
    pub(crate) fn inner(&self) -> impl Iterator<Item = (&Cow<'t, str>, &'t RawValue)> {
        let fields = self.fields.iter().map(|(name, value)| (name, *value));
        fields.filter(|(_, value)| value.get().starts_with(['{', '[']))
    }

    /// The first address in it that is no picture's.
    pub(crate) fn page(&self) -> Option<String> {
        const PICTURES: [&str; 8] =
            ["image", "icon", "cover", "avatar", "thumb", "logo", "picture", "photo"];
        let is_picture = |name: &str| {
            let name = compact(name);
            PICTURES.iter().any(|picture| name.contains(picture))
        };
        let pages = self.fields.iter().filter(|(name, _)| !is_picture(name));
        pages.into_iter().find_map(|(_, value)| address(value))
    }

    /// Names and addresses, when it is made of nothing else.
    pub(crate) fn links(&self) -> Option<Vec<(&str, String, &'t RawValue)>> {
        let links: Vec<(&str, String, &'t RawValue)> = self
            .fields
            .iter()
            .map_while(|(name, value)| Some((name.as_ref(), address(value)?, *value)))
            .collect();
        (!links.is_empty() && links.len() == self.count).then_some(links)
    }
}

/// The address that a value is.
pub(crate) fn address(value: &RawValue) -> Option<String> {
    let raw = value.get();
    if !raw.starts_with("\"http") {
        return None;
    }
    let url: String = serde_json::from_str(raw).ok()?;
    canonical::web_url(&url).map(|_| url)
}

/// What a value says of a field: texts, numbers, and what objects are called.
fn value_of(value: &RawValue, content: FieldContent) -> Option<FieldValue> {
    let raw = value.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok().map(FieldValue::Text),
        b'-' | b'0'..=b'9' => Some(FieldValue::Text(raw.to_owned())),
        b'[' if matches!(content, FieldContent::Is(FieldRole::Title | FieldRole::Link)) => {
            let texts: Vec<String> = serde_json::from_str(raw).ok()?;
            Some(FieldValue::Texts(texts, 0))
        }
        b'[' => {
            let (mut texts, mut more) = (Vec::new(), 0);
            let items = Items(|item: &RawValue| match texts.len() < MOST_NAMES {
                true => texts.extend(text_of(item)),
                false => more += 1,
            });
            items.deserialize(&mut serde_json::Deserializer::from_str(raw)).ok()?;
            Some(FieldValue::Texts(texts, more))
        }
        b'{' => match content {
            FieldContent::Is(FieldRole::Date) => date_parts(raw).map(FieldValue::Text),
            FieldContent::Is(FieldRole::Tags) => {
                let fields: JsonFields<'_> = serde_json::from_str(raw).ok()?;
                let names = fields.fields.into_iter().map(|(name, _)| name.into_owned());
                Some(FieldValue::Texts(names.collect(), 0))
            }
            FieldContent::Is(FieldRole::Company) | FieldContent::Authors | FieldContent::Folder => {
                text_of(value).map(FieldValue::Text)
            }
            _ => None,
        },
        _ => None,
    }
}

/// A text, or the name of an object: `{"name": "a"}`, `{"given": "Ada", "family": "Potter"}`.
fn text_of(value: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct NamedValue {
        #[serde(
            alias = "title",
            alias = "label",
            alias = "tag",
            alias = "literal",
            alias = "text"
        )]
        name: Option<String>,
        given: Option<String>,
        #[serde(alias = "lastName")]
        family: Option<String>,
    }
    let raw = value.get();
    match raw.as_bytes().first()? {
        b'"' => serde_json::from_str(raw).ok(),
        b'-' | b'0'..=b'9' => Some(raw.to_owned()),
        b'{' => {
            let named: NamedValue = serde_json::from_str(raw).ok()?;
            let parts: Vec<String> = named.given.into_iter().chain(named.family).collect();
            named.name.or_else(|| Some(parts.join(" ")).filter(|name| !name.is_empty()))
        }
        _ => None,
    }
}

/// The date that an object is: `{"date-parts": [[2020, 3, 10]]}`, `{"raw": "2020"}`, `{"$date": 1}`.
fn date_parts(raw: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct DateParts {
        #[serde(rename = "date-parts")]
        parts: Option<Vec<Vec<serde_json::Value>>>,
        #[serde(alias = "literal", alias = "$date")]
        raw: Option<serde_json::Value>,
    }
    let plain = |value: &serde_json::Value| value.to_string().trim_matches('"').to_owned();
    let date: DateParts = serde_json::from_str(raw).ok()?;
    let parts = date.parts.and_then(|parts| parts.into_iter().next()).map(|parts| {
        let numbers: Vec<String> =
            parts.iter().map(|part| format!("{:0>2}", plain(part))).collect();
        numbers.join("-")
    });
    parts.or_else(|| date.raw.as_ref().map(plain))
}

impl<'de> Deserialize<'de> for JsonFields<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<JsonFields<'de>, D::Error> {
        reader.deserialize_map(JsonFieldsVisitor)
    }
}

pub(crate) struct JsonFieldsVisitor;

impl<'de> Visitor<'de> for JsonFieldsVisitor {
    type Value = JsonFields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<JsonFields<'de>, A::Error> {
        let mut fields = JsonFields { fields: Vec::new(), count: 0, has_list: false };
        while let Some(name) = entries.next_key::<Name<'de>>()?.map(|name| name.0) {
            let value: &RawValue = entries.next_value()?;
            fields.count += 1;
            let raw = value.get();
            fields.has_list |= raw.starts_with(['[', '{'])
                && CONTAINERS.contains(&compact(&name).as_str())
                && !WRAPPERS.contains(&name.as_ref());
            let is_wanted = match raw.as_bytes().first() {
                Some(b'{' | b'[') => {
                    !matches!(raw, "[]" | "{}") || Column::of(&name).content != FieldContent::Other
                }
                Some(b'"') => {
                    raw.starts_with("\"http") || Column::of(&name).content != FieldContent::Other
                }
                Some(b'-' | b'0'..=b'9') => Column::of(&name).content != FieldContent::Other,
                _ => false,
            };
            if is_wanted {
                fields.fields.push((name, value));
            }
        }
        Ok(fields)
    }
}

/// The name of a field, borrowed where it has no escapes.
#[derive(Deserialize)]
struct Name<'t>(#[serde(borrow)] Cow<'t, str>);

/// Shows the items of an array, one after the other.
pub(crate) struct Items<F>(pub(crate) F);

impl<'de, F: FnMut(&'de RawValue)> DeserializeSeed<'de> for Items<F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(&'de RawValue)> Visitor<'de> for Items<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<(), A::Error> {
        while let Some(item) = items.next_element()? {
            (self.0)(item);
        }
        Ok(())
    }
}
