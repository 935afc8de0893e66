//! The settings explained: one table, of which docs/settings.md and the comments in a new
//! `mlsearch.toml` are made.

mod setting;
mod tables;

use std::fmt::Write;

use crate::collection::reference::{
    setting::{Setting, SettingDefault, SettingTable},
    tables::TABLES,
};

/// What stands above the tables of docs/settings.md.
const INTRODUCTION: &str = "\
# Settings

A collection is a folder with two files that people write: `mlsearch.toml` and, if names are to be folded, `aliases.toml`.
[index/mlsearch.toml](../index/mlsearch.toml) is the one of the default collection; the one that `mlsearch init` writes names every setting with its default.
Every setting but the lists may be left out. A key that is not on this page is an error, and so is a value that is not what is expected; the message names the line.
";

/// The page about all settings, docs/settings.md.
pub fn page() -> String {
    let mut page = INTRODUCTION.to_owned();
    for SettingTable { heading, before, after, has_ranges, settings } in TABLES {
        let _ = write!(page, "\n## `{heading}`\n\n");
        if !before.is_empty() {
            let _ = write!(page, "{before}\n\n");
        }
        page.push_str(match has_ranges {
            true => "| key | default | unit and range | what it sets |\n|---|---|---|---|\n",
            false => "| key | default | what it sets |\n|---|---|---|\n",
        });
        for Setting { key, default, range, what } in *settings {
            let default = match default {
                SettingDefault::Value(value) => format!("`{value}`"),
                SettingDefault::Words(words, _) => (*words).to_owned(),
            };
            let _ = match (has_ranges, *range) {
                (false, _) => writeln!(page, "| `{key}` | {default} | {what} |"),
                (true, "") => writeln!(page, "| `{key}` | {default} | | {what} |"),
                (true, range) => writeln!(page, "| `{key}` | {default} | {range} | {what} |"),
            };
        }
        if !after.is_empty() {
            let _ = write!(page, "\n{after}\n");
        }
    }
    page
}

/// The settings of a table without those that are `given` already: what each sets, in a sentence, and
/// a line with its default or an example.
pub fn settings(heading: &str, given: &[&str]) -> Vec<(String, String)> {
    let table = TABLES.iter().find(|table| table.heading == heading);
    let settings = table.map_or(&[][..], |table| table.settings).iter();
    let settings = settings.filter(|setting| !given.contains(&setting.key));
    let explained = settings.filter_map(|Setting { key, default, range, what }| {
        let (value, note) = match default {
            // Tables are explained by themselves.
            SettingDefault::Words(_, "") => return None,
            SettingDefault::Value(value) => (*value, String::new()),
            SettingDefault::Words("must be given", value) => {
                (*value, " It must be given.".to_owned())
            }
            SettingDefault::Words(words, value) => (*value, format!(" Default: {words}.")),
        };
        let range = if range.is_empty() { String::new() } else { format!(" ({range})") };
        let words = plain(&format!("{}{range}.{note}", capitalized(what)));
        Some((words, format!("{key} = {value}")))
    });
    explained.collect()
}

/// A text with a capital at its beginning.
fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or(String::new(), |first| first.to_uppercase().chain(rest).collect())
}

/// Markdown without the addresses of its links.
fn plain(markdown: &str) -> String {
    let mut text = String::new();
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once("](") {
        let (before, label) = before.rsplit_once('[').unwrap_or((before, ""));
        text.push_str(before);
        text.push_str(label);
        rest = after.split_once(')').map_or("", |(_, rest)| rest);
    }
    text + rest
}
