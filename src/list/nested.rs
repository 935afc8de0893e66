//! JSON as programs export it: records in arrays, in objects and in folders of folders.

use serde::de::{DeserializeSeed, Error};
use serde_json::value::RawValue;

use crate::list::{
    draft::{Draft, Drafts, MOST_SECTIONS},
    field::compact,
    html::LineCounter,
    json_fields::{CONTAINERS, Items, JsonFields, WRAPPERS, address},
    line::tidy,
    records::{self, Column, FieldContent, ListRecord},
    warnings::Warnings,
};

/// Objects and arrays within each other that are read.
const MAX_DEPTH: usize = 64;
/// Reads JSON: one value, several after each other, or one a line.
pub(crate) fn read(text: &str, warnings: &mut Warnings) -> Drafts {
    let lines = LineCounter { line: 1, at: 0 };
    let mut walk = JsonWalk { text, lines, drafts: Drafts::default(), warnings };
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| !c.is_whitespace() && c != ',') {
        at += start;
        match walk.one(&text[at..]) {
            Ok(length) => at += length.max(1),
            Err(problem) => {
                let line = walk.lines.of(text, at);
                let first = text[..at].trim().is_empty();
                let ends = text[at..].find('\n').map(|end| at + end + 1);
                let rest = ends.map_or("", |end| text[end..].trim_start());
                // In JSON Lines each line stands for itself.
                let has_lines = rest.starts_with('{') || !first;
                if !has_lines && first && walk.drafts.kept.is_empty() {
                    walk.warnings.add(0, || format!("the JSON does not parse: {problem}"));
                    break;
                }
                // The place that it names is counted from the beginning of this value.
                let problem = problem.to_string();
                let what = problem.split(" at line ").next().unwrap_or_default();
                walk.warnings.add(line, || format!("no JSON: {what}"));
                match ends.filter(|_| has_lines) {
                    Some(end) => at = end,
                    None => break,
                }
            }
        }
    }
    walk.drafts
}

/// Where a value stands.
#[derive(Clone, Copy, Default)]
struct Place<'p> {
    /// The key of the nearest object around it, when it may name something.
    key: &'p str,
    section: &'p [String],
    depth: usize,
}

/// What came out of a value.
enum JsonFound {
    /// It is an entry, or has some.
    Entries,
    /// Nothing that could be one.
    Nothing,
    /// What looks like an entry and has no address: its line and its name.
    NoAddress(u32, String),
}

struct JsonWalk<'t, 'w> {
    text: &'t str,
    lines: LineCounter,
    drafts: Drafts,
    warnings: &'w mut Warnings,
}

impl<'t> JsonWalk<'t, '_> {
    /// Reads the value at the beginning of a text and returns its length.
    fn one(&mut self, text: &'t str) -> Result<usize, serde_json::Error> {
        if text.starts_with('[') {
            // Item by item, so that what stands before a mistake is read.
            let mut reader = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
            if let Some(Ok(whole)) = reader.next() {
                self.value(whole, Place::default());
                return Ok(reader.byte_offset());
            }
            let mut reader = serde_json::Deserializer::from_str(text);
            let kept = self.drafts.kept.len();
            let read =
                Items(|item| drop(self.value(item, Place::default()))).deserialize(&mut reader);
            return match read {
                Err(error) if self.drafts.kept.len() > kept => {
                    self.warnings.add(0, || format!("the JSON ends early: {error}"));
                    Ok(text.len())
                }
                read => read.map(|()| text.len()),
            };
        }
        let mut reader = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
        let value = reader.next().unwrap_or_else(|| Err(serde_json::Error::custom("no value")))?;
        if let JsonFound::NoAddress(line, name) = self.value(value, Place::default()) {
            self.warn_of(line, &name);
        } else if !value.get().starts_with(['{', '[']) {
            return Err(serde_json::Error::custom("no object"));
        }
        Ok(reader.byte_offset())
    }

    fn value(&mut self, value: &'t RawValue, place: Place<'_>) -> JsonFound {
        if place.depth > MAX_DEPTH {
            return JsonFound::Nothing;
        }
        match value.get().as_bytes().first() {
            Some(b'[') => self.array(value, place),
            Some(b'{') => self.object(value, place),
            _ => JsonFound::Nothing,
        }
    }

    fn array(&mut self, array: &'t RawValue, place: Place<'_>) -> JsonFound {
        let mut reader = serde_json::Deserializer::from_str(array.get());
        let (mut has_entries, mut others) = (false, Vec::new());
        let place = Place { depth: place.depth + 1, ..place };
        let mut bare = Vec::new();
        let mut is_bare = true;
        let items = Items(|item: &'t RawValue| {
            if let Some(url) = address(item) {
                bare.push((item, url));
                return;
            }
            is_bare = false;
            match self.value(item, place) {
                JsonFound::Entries => has_entries = true,
                JsonFound::NoAddress(line, name) => others.push((line, name)),
                JsonFound::Nothing => {}
            }
        });
        // What is raw was parsed before.
        let _ = items.deserialize(&mut reader);
        if is_bare {
            has_entries |= !bare.is_empty();
            for (item, url) in bare {
                let line = self.line_of(item);
                self.push(ListRecord::default(), url, line, Place { key: "", ..place });
            }
        }
        if has_entries || place.depth == 1 {
            others.into_iter().for_each(|(line, name)| self.warn_of(line, &name));
            return JsonFound::Entries;
        }
        JsonFound::Nothing
    }

    fn object(&mut self, object: &'t RawValue, place: Place<'_>) -> JsonFound {
        let Ok(fields) = serde_json::from_str::<JsonFields<'t>>(object.get()) else {
            return JsonFound::Nothing;
        };
        let line = self.line_of(object);
        let mut record = fields.record();
        for (name, inner) in fields.inner() {
            if inner.get().starts_with('{')
                && !record.has_link()
                && WRAPPERS.contains(&name.as_ref())
                && let Ok(inner) = serde_json::from_str::<JsonFields<'t>>(inner.get())
                && inner.record().has_link()
            {
                record.append(inner.record());
            }
        }
        if record.has_link() {
            self.push(record, String::new(), line, place);
            let children = fields.inner().filter(|(name, _)| *name == "children");
            let place = Place { key: "", depth: place.depth + 1, ..place };
            children.for_each(|(_, inner)| drop(self.value(inner, place)));
            return JsonFound::Entries;
        }
        if let Some(links) = fields.links() {
            let mut section = place.section.to_vec();
            section.extend(Some(tidy(place.key)).filter(|name| !name.is_empty()));
            for (name, url, value) in links {
                let line = self.line_of(value);
                let place = Place { key: name, section: &section, ..place };
                self.push(ListRecord::default(), url, line, place);
            }
            return JsonFound::Entries;
        }
        let title = record.title();
        if let Some(url) = fields.page().filter(|_| !title.is_empty() && !fields.has_list) {
            self.push(record, url, line, place);
            return JsonFound::Entries;
        }
        let name = if title.is_empty() { record.topic() } else { title };
        self.folder(&fields, name, line, place)
    }

    /// An object that holds others.
    fn folder(
        &mut self,
        fields: &JsonFields<'t>,
        title: String,
        line: u32,
        place: Place<'_>,
    ) -> JsonFound {
        let mut section = place.section.to_vec();
        let name = if title.is_empty() { tidy(place.key) } else { title };
        // The outermost object is the export and no folder.
        if place.depth > 0 && !name.is_empty() && section.len() < MOST_SECTIONS {
            section.push(name.clone());
        }
        let mut found = JsonFound::Nothing;
        let mut has_inner = fields.has_list;
        for (key, inner) in fields.inner() {
            has_inner |=
                !WRAPPERS.contains(&key.as_ref()) && Column::of(key).content == FieldContent::Other;
            let is_name = !CONTAINERS.contains(&compact(key).as_str())
                && Column::of(key).content == FieldContent::Other;
            let key = if is_name { key.as_ref() } else { "" };
            let mut section = section.clone();
            if inner.get().starts_with('[') && !key.is_empty() && section.len() < MOST_SECTIONS {
                section.push(tidy(key));
            }
            let key = if inner.get().starts_with('[') { "" } else { key };
            let inside = Place { key, section: &section, depth: place.depth + 1 };
            if let JsonFound::Entries = self.value(inner, inside) {
                found = JsonFound::Entries;
            }
        }
        match found {
            JsonFound::Nothing if !has_inner && !name.is_empty() => {
                JsonFound::NoAddress(line, name)
            }
            found => found,
        }
    }

    /// Adds the entry that a record is, or that stands at an address.
    fn push(&mut self, record: ListRecord, url: String, line: u32, place: Place<'_>) {
        let mut draft: Draft = record.into_draft(line);
        if draft.url.is_empty() {
            draft.url = url;
        }
        if draft.title.trim().is_empty() {
            draft.title = tidy(place.key);
        }
        if draft.section.is_empty() {
            draft.section = place.section.to_vec();
        }
        records::push(&mut self.drafts, draft, self.warnings);
    }

    fn warn_of(&mut self, line: u32, name: &str) {
        self.warnings.add(line, || format!("`{name}` has no address"));
    }

    /// The line at which a value stands.
    fn line_of(&mut self, value: &RawValue) -> u32 {
        let at = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.lines.of(self.text, at)
    }
}
