//! The settings of a collection as an archive has them: which lists there are, what is left out of them,
//! and how pages are read. Nothing else of them is for others, and nothing else of others is taken.

use std::path::Path;

use toml::{Table, Value};

use crate::{
    canonical,
    collection::{ListSource, SETTINGS_FILE, parse_settings},
    error::Error,
    pack::lists::PackedList,
};

/// The settings that are packed.
const TOP: &[&str] = &["list", "exclude", "crawl"];
/// Those of a list.
const OF_A_LIST: &[&str] =
    &["source", "name", "base", "depth", "labels", "keep", "exclude", "entry"];
/// Those of the crawl: which texts are taken, and what hosts ask for. Others are about the machine
/// that crawls and the network that it is in.
const OF_THE_CRAWL: &[&str] = &[
    "delay",
    "host_delays",
    "archive",
    "github",
    "arxiv",
    "doi",
    "youtube",
    "tweets",
    "variants",
    "books",
];
/// Settings of which nobody needs to be told that they are left out: they hold no secret.
const QUIET: &[&str] = &["publish", "aliases", "pull"];
/// Those of the crawl.
const QUIET_OF_THE_CRAWL: &[&str] =
    &["hosts_at_once", "max_body_bytes", "connect_timeout", "idle_timeout", "total_timeout"];

/// The settings that are packed, made of all settings and the packed lists. The names of
/// what is left out are added to `notes`; what comments say is left out as well.
pub(crate) fn packed(
    mut table: Table,
    sources: &[ListSource],
    lists: &[PackedList],
    notes: &mut Vec<String>,
) -> Table {
    let mut leave_out = |name: String| notes.push(format!("left out: the setting `{name}`"));
    let others: Vec<String> =
        table.keys().filter(|key| !TOP.contains(&key.as_str())).cloned().collect();
    for name in others {
        match table.remove(&name) {
            _ if QUIET.contains(&name.as_str()) => {}
            Some(Value::Table(inner)) => {
                inner.keys().for_each(|key| leave_out(format!("{name}.{key}")));
            }
            _ => leave_out(name),
        }
    }
    if let Some(Value::Table(crawl)) = table.get_mut("crawl") {
        retain(crawl, OF_THE_CRAWL, |key| {
            if !QUIET_OF_THE_CRAWL.contains(&key) {
                leave_out(format!("crawl.{key}"));
            }
        });
    }
    let all = table.get_mut("list").and_then(Value::as_array_mut).into_iter().flatten();
    for ((list, source), packed) in all.zip(sources).zip(lists) {
        let Value::Table(list) = list else { continue };
        retain(list, OF_A_LIST, |key| leave_out(format!("list.{key}")));
        list.insert("name".into(), source.name().into());
        if let Some(name) = &packed.name {
            list.insert("source".into(), name.as_str().into());
            // The files that it links to are not there.
            list.remove("depth");
        }
        if let Some(Value::Array(entries)) = list.get_mut("entry") {
            let is_url = |entry: &Value| {
                entry
                    .get("url")
                    .and_then(Value::as_str)
                    .is_some_and(|u| canonical::web_url(u).is_some())
            };
            entries.retain(is_url);
        }
    }
    table
}

/// The text of a table.
pub(crate) fn text_of(table: &Table) -> String {
    toml::to_string(table).expect("a table that was read can be written")
}

/// The first name or text in settings with a line end or another sign that nobody sees, which would be
/// written into the settings of others; in words.
pub(crate) fn unseen_sign(table: &Table) -> Option<String> {
    table.iter().find_map(|(key, value)| match odd(key) {
        Some(sign) => Some(format!("the name `{}` has {sign} in it", key.escape_debug())),
        None => unseen_in(key, value),
    })
}

fn unseen_in(key: &str, value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let shown = canonical::discreet(text);
            odd(text).map(|sign| format!("`{key}` = `{}` has {sign} in it", shown.escape_debug()))
        }
        Value::Array(values) => values.iter().find_map(|value| unseen_in(key, value)),
        Value::Table(table) => unseen_sign(table),
        _ => None,
    }
}

/// A sign that ends a line or is none that can be seen, in words.
fn odd(text: &str) -> Option<String> {
    let is_odd = |c: &char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let c = text.chars().find(is_odd)?;
    Some(match c {
        '\n' | '\r' => "a line end".to_owned(),
        c => format!("a control character (U+{:04X})", u32::from(c)),
    })
}

fn retain(table: &mut Table, known: &[&str], mut told: impl FnMut(&str)) {
    table.retain(|key, _| {
        let is_known = known.contains(&key);
        if !is_known {
            told(key);
        }
        is_known
    });
}

/// What is wrong with the settings in an archive that has these files; none when nothing is.
///
/// They are somebody else's: they may name lists on the web and in the archive and nothing else.
pub(crate) fn problem(text: &str, has_file: impl Fn(&str) -> bool) -> Option<String> {
    let table: Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(e) => return Some(format!("its settings cannot be read: {}", e.message())),
    };
    if let Some(problem) = unseen_sign(&table) {
        return Some(format!("its settings cannot be taken: {problem}"));
    }
    let crawl = table.get("crawl").and_then(Value::as_table);
    let of_crawl = crawl.into_iter().flat_map(Table::keys);
    let foreign = table.keys().find(|key| !TOP.contains(&key.as_str())).cloned().or_else(|| {
        let mut keys = of_crawl.filter(|key| !OF_THE_CRAWL.contains(&key.as_str()));
        keys.next().map(|key| format!("crawl.{key}"))
    });
    if let Some(key) = foreign {
        return Some(format!("its settings set `{key}`, which no archive may"));
    }
    let settings = match parse_settings(Path::new(SETTINGS_FILE), text) {
        Ok(settings) => settings,
        Err(Error::Settings { message, .. }) => {
            return Some(format!("its settings cannot be read: {message}"));
        }
        Err(error) => return Some(error.to_string()),
    };
    settings.lists.iter().find_map(|list| {
        let source = list.source.escape_debug();
        if list.as_url().is_none() {
            let is_packed = list.source.starts_with("lists/") && has_file(&list.source);
            if !is_packed {
                return Some(format!("its settings name the file `{source}`, which is not in it"));
            }
            if list.depth > 0 {
                return Some(format!("its settings want files that `{source}` links to"));
            }
        }
        let inner = list.entries.iter().find(|entry| entry.as_url().is_none())?;
        Some(format!("its settings name the file `{}`", inner.url.escape_debug()))
    })
}
