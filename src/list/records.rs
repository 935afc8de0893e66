//! Records: tables with a header line, and JSON objects.

use csv::{ReaderBuilder, StringRecord};
use serde_json::Value;

use crate::list::{
    date,
    draft::{Draft, Role, push_new, role_of, split_tags, tidy},
    format::delimiter,
};

/// What was read, and what was wrong with single records: line and message.
pub(crate) type Records = (Vec<Draft>, Vec<(u32, String)>);

/// Reads a table whose header names a column of addresses, as Pocket, Instapaper and Raindrop
/// export it.
pub(crate) fn table(text: &str) -> Records {
    let text = text.trim_start_matches(|c: char| c.is_whitespace());
    let header = text.lines().next().unwrap_or_default();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(header).unwrap_or(b','))
        .flexible(true)
        .from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let columns: Vec<Column> = names.iter().map(Column::of).collect();
    let mut drafts = Vec::new();
    let mut problems = Vec::new();
    for record in reader.records() {
        match record {
            Ok(record) => drafts.push(row(&record, &columns)),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                problems.push((u32::try_from(line).unwrap_or(u32::MAX), error.to_string()));
            }
        }
    }
    drafts.retain(|draft| !draft.url.is_empty());
    (drafts, problems)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Is(Role),
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
        Column::Is(Role::Link) if draft.url.is_empty() => draft.url = value.to_owned(),
        Column::Is(Role::Link) => push_new(&mut draft.also, value.to_owned()),
        Column::Is(Role::Title) if draft.title.is_empty() => draft.title = value.to_owned(),
        Column::Is(Role::Description) if draft.description.is_empty() => {
            draft.description = value.to_owned();
        }
        Column::Is(Role::Date) => {
            let listed = date::from_epoch(value).filter(|_| value.len() > 8);
            draft.date = draft.date.or_else(|| listed.or_else(|| date::parse(value)));
        }
        Column::Is(Role::Company) if draft.company.is_empty() => draft.company = value.to_owned(),
        Column::Is(Role::Tags) => {
            // Instapaper writes `["a","b"]` into one cell.
            let tags = serde_json::from_str::<Vec<String>>(value);
            draft.tags.extend(tags.unwrap_or_else(|_| split_tags(value)));
        }
        Column::Folder => {
            draft.section = value.split('/').map(tidy).filter(|name| !name.is_empty()).collect();
        }
        Column::Is(_) | Column::Other => {}
    }
}

/// Reads JSON objects, one a line or all in one array.
pub(crate) fn json(text: &str) -> Records {
    let mut drafts = Vec::new();
    let mut problems = Vec::new();
    if let Ok(Value::Array(values)) = serde_json::from_str(text) {
        for (at, value) in (1..).zip(&values) {
            drafts.extend(object(value, at));
        }
        return (drafts, problems);
    }
    if let Ok(value @ Value::Object(_)) = serde_json::from_str(text) {
        drafts.extend(object(&value, 1));
        return (drafts, problems);
    }
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(text) {
            Ok(value) => match object(&value, line) {
                Some(draft) => drafts.push(draft),
                None => problems.push((line, "no object with a url".to_owned())),
            },
            Err(_) => problems.push((line, "no JSON".to_owned())),
        }
    }
    (drafts, problems)
}

fn object(value: &Value, line: u32) -> Option<Draft> {
    let mut draft = Draft { line, ..Draft::default() };
    for (name, value) in value.as_object()? {
        let column = Column::of(name);
        match value {
            Value::String(text) if name == "section" => draft.section = vec![tidy(text)],
            Value::String(text) => set(&mut draft, column, text),
            Value::Number(number) if column == Column::Is(Role::Date) => {
                set(&mut draft, column, &number.to_string());
            }
            Value::Array(values) => {
                let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
                match (name.as_str(), column) {
                    (_, Column::Is(Role::Tags)) => draft.tags.extend(texts),
                    ("section", _) => draft.section = texts.map(|text| tidy(&text)).collect(),
                    ("also", _) => draft.also.extend(texts),
                    ("labels", _) => draft.labels.extend(texts),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    (!draft.url.is_empty()).then_some(draft)
}
