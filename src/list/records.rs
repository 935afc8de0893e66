//! Records: tables with a header line, and JSON objects.

use std::fmt;

use csv::{ReaderBuilder, StringRecord};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    dates,
    list::{
        draft::{Draft, Drafts, MOST_SECTIONS},
        field::{FieldRole, role_of},
        format::delimiter,
        line::tidy,
        warnings::Warnings,
    },
};

/// Reads a table whose header names a column of addresses, as Pocket, Instapaper and Raindrop
/// export it.
pub(crate) fn table(text: &str, warnings: &mut Warnings) -> Drafts {
    let text = text.trim_start_matches(|c: char| c.is_whitespace());
    let header = text.lines().next().unwrap_or_default();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(header).unwrap_or(b','))
        .flexible(true)
        .from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let columns: Vec<Column> = names.iter().map(Column::of).collect();
    let mut drafts = Drafts::default();
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {
                let draft = row(&record, &columns);
                if !draft.url.is_empty() {
                    drafts.push(draft);
                }
            }
            Ok(false) => return drafts,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                warnings.add(u32::try_from(line).unwrap_or(u32::MAX), || error.to_string());
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Is(FieldRole),
    Folder,
    Other,
}

impl Column {
    fn of(name: &str) -> Column {
        let name = name.trim().trim_matches('"');
        match name.to_ascii_lowercase().as_str() {
            "folder" | "folders" | "collection" | "section" => Column::Folder,
            _ => role_of(name).map_or(Column::Other, Column::Is),
        }
    }
}

fn row(record: &StringRecord, columns: &[Column]) -> Draft {
    let line = record.position().map_or(0, csv::Position::line);
    let mut draft = Draft { line: u32::try_from(line).unwrap_or(u32::MAX), ..Draft::default() };
    for (value, column) in record.iter().zip(columns) {
        let value = value.trim();
        if !value.is_empty() {
            set(&mut draft, *column, value);
        }
    }
    draft
}

/// Sets one field of a draft from the text of a record.
fn set(draft: &mut Draft, column: Column, value: &str) {
    match column {
        Column::Is(FieldRole::Link) if draft.url.is_empty() => draft.url = value.to_owned(),
        Column::Is(FieldRole::Link) => draft.also.push_url(value.to_owned()),
        Column::Is(FieldRole::Title) if draft.title.is_empty() => draft.title = value.to_owned(),
        Column::Is(FieldRole::Description) if draft.description.is_empty() => {
            draft.description = value.to_owned();
        }
        Column::Is(FieldRole::Date) => {
            let listed = dates::from_epoch(value).filter(|_| value.len() > 8);
            draft.date = draft.date.or_else(|| listed.or_else(|| dates::parse(value)));
        }
        Column::Is(FieldRole::Company) if draft.company.is_empty() => {
            draft.company = value.to_owned()
        }
        Column::Is(FieldRole::Tags) => {
            // Instapaper writes `["a","b"]` into one cell.
            match serde_json::from_str::<Vec<String>>(value) {
                Ok(tags) => tags.iter().for_each(|tag| draft.tags.push(tag)),
                Err(_) => draft.tags.push_tags(value),
            }
        }
        Column::Folder => {
            // An address has slashes of its own.
            let value = draft.cut(value);
            let names = value.split('/').map(tidy).filter(|name| !name.is_empty());
            draft.section = names.take(MOST_SECTIONS).collect();
        }
        Column::Is(_) | Column::Other => {}
    }
}

/// Reads JSON objects, one a line or all in one array, without holding more than one of them.
pub(crate) fn json(text: &str, warnings: &mut Warnings) -> Drafts {
    let mut drafts = Drafts::default();
    let mut reader = serde_json::Deserializer::from_str(text);
    let others = Array(&mut drafts).deserialize(&mut reader);
    if let Ok(others) = others.and_then(|others| reader.end().map(|()| others)) {
        if others > 0 {
            warnings.add(0, || format!("{others} values in it are no objects with a url"));
        }
        return drafts;
    }
    let mut drafts = Drafts::default();
    if let Ok(draft) = object(text, 1) {
        draft.into_iter().for_each(|draft| drafts.push(draft));
        return drafts;
    }
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match object(text, line) {
            Ok(Some(draft)) => drafts.push(draft),
            Ok(None) => warnings.add(line, || "no object with a url".to_owned()),
            Err(_) => warnings.add(line, || "no JSON".to_owned()),
        }
    }
    drafts
}

/// The draft of a text that is one JSON value; none when it is no object with a url.
fn object(text: &str, line: u32) -> Result<Option<Draft>, serde_json::Error> {
    serde_json::from_str(text).map(|value| draft_of(value, line))
}

fn draft_of(value: Value, line: u32) -> Option<Draft> {
    let Value::Object(fields) = value else { return None };
    let mut draft = Draft { line, ..Draft::default() };
    for (name, value) in fields {
        let column = Column::of(&name);
        match (value, name.as_str()) {
            (Value::Text(text), "section") => draft.section = vec![tidy(&text)],
            (Value::Text(text), _) => set(&mut draft, column, &text),
            (Value::Number(number), _) if column == Column::Is(FieldRole::Date) => {
                set(&mut draft, column, &number);
            }
            (Value::Texts(texts), "section") => {
                draft.section = texts.iter().take(MOST_SECTIONS).map(|text| tidy(text)).collect();
            }
            (Value::Texts(texts), "also") => {
                texts.into_iter().for_each(|url| draft.also.push_url(url));
            }
            (Value::Texts(texts), "labels") => {
                texts.iter().for_each(|label| draft.labels.push(label));
            }
            (Value::Texts(texts), _) if column == Column::Is(FieldRole::Tags) => {
                texts.iter().for_each(|tag| draft.tags.push(tag));
            }
            _ => {}
        }
    }
    (!draft.url.is_empty()).then_some(draft)
}

/// What is kept of a JSON value: the texts and numbers that an entry may be made of.
enum Value {
    Text(String),
    Number(String),
    /// The texts of an array.
    Texts(Vec<String>),
    /// The fields of an object that describe an entry.
    Object(Vec<(String, Value)>),
    Other,
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Number(number.to_string()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Value, A::Error> {
        let mut texts = Vec::new();
        while let Some(value) = values.next_element()? {
            if let Value::Text(text) = value {
                texts.push(text);
            }
        }
        Ok(Value::Texts(texts))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut fields = Vec::new();
        while let Some(name) = entries.next_key::<String>()? {
            let is_known =
                Column::of(&name) != Column::Other || matches!(name.as_str(), "also" | "labels");
            if is_known {
                fields.push((name, entries.next_value()?));
            } else {
                entries.next_value::<IgnoredAny>()?;
            }
        }
        Ok(Value::Object(fields))
    }
}

/// Reads the drafts of an array, one after the other, and counts the values that are no entries.
struct Array<'d>(&'d mut Drafts);

impl<'de> DeserializeSeed<'de> for Array<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<u64, D::Error> {
        reader.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Array<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<u64, A::Error> {
        let (mut others, mut number) = (0, 0_u32);
        while let Some(value) = values.next_element()? {
            number = number.saturating_add(1);
            match draft_of(value, number) {
                Some(draft) => self.0.push(draft),
                None => others += 1,
            }
        }
        Ok(others)
    }
}
