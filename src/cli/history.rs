//! The history of an article, as `show --history` and `show --diff` print it.

use std::{io::Write, time::Duration};

use jiff::Timestamp;
use mlsearch::{
    counted::counted,
    inspect::{self, History},
};
use schemars::JsonSchema;
use serde::Serialize;
use similar::TextDiff;

use crate::cli::{
    context::{BOLD, Context},
    failure::{Exit, Failure},
    text::sanitize,
};

/// After this time a diff is finished with less care for being short.
const DIFF_TIME: Duration = Duration::from_secs(2);

/// One version of a text in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct VersionRow<'a> {
    /// Its number, counted from 1; the newest is the last.
    number: u32,
    /// When it was fetched.
    #[schemars(with = "String", extend("format" = "date-time"))]
    at: Timestamp,
    /// The text.
    text: &'a str,
}

/// One change of a text in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ChangeRow<'a> {
    /// The number of the text before it.
    old: u32,
    /// When that was fetched.
    #[schemars(with = "String", extend("format" = "date-time"))]
    old_at: Timestamp,
    /// The number of the text after it.
    new: u32,
    /// When that was fetched.
    #[schemars(with = "String", extend("format" = "date-time"))]
    new_at: Timestamp,
    /// What has changed, as a unified diff.
    diff: &'a str,
}

/// Prints when the article was listed, visited and changed. With `json`, one object for each
/// version of its text.
pub(crate) fn print(id_or_url: &str, json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let History { entry, versions, visits } = inspect::history(&context.collection()?, id_or_url)?;
    if json {
        for version in &versions {
            context.json(&VersionRow {
                number: version.number,
                at: version.at,
                text: &version.text,
            })?;
        }
        return Ok(Exit::found(!versions.is_empty()));
    }
    let title = context.styled(BOLD, &sanitize(&entry.title));
    writeln!(context.out, "{title}\n{}", sanitize(&entry.url))?;
    writeln!(context.out, "{}  first seen in a list", minute(entry.first_seen))?;
    if let Some(removed) = entry.removed {
        writeln!(context.out, "{}  no longer in a list", minute(removed))?;
    }
    for visit in visits.iter().rev() {
        let reason = visit.reason.as_deref().unwrap_or("");
        let line = format!("{}  visit: {} {}", minute(visit.at), visit.outcome, sanitize(reason));
        writeln!(context.out, "{}", line.trim_end())?;
    }
    for version in &versions {
        let characters = version.text.chars().count();
        let (at, number) = (minute(version.at), version.number);
        writeln!(context.out, "{at}  text {number}: {}", counted(characters, "character"))?;
    }
    Ok(Exit::Found)
}

/// Prints what has changed from each version of the article's text to the next, the newest change
/// first, as a unified diff. With `json`, one object for each change. Exit code 1 when it never
/// changed.
pub(crate) fn print_diff(
    id_or_url: &str,
    json: bool,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let versions = inspect::history(&context.collection()?, id_or_url)?.versions;
    for pair in versions.windows(2).rev() {
        let [old, new] = pair else { continue };
        let name = |number: u32, at| format!("text {number}\t{}", minute(at));
        let diff = TextDiff::configure()
            .timeout(DIFF_TIME)
            .diff_lines(&old.text, &new.text)
            .unified_diff()
            .header(&name(old.number, old.at), &name(new.number, new.at))
            .to_string();
        if json {
            let (old_at, new_at, diff) = (old.at, new.at, &diff);
            context.json(&ChangeRow { old: old.number, old_at, new: new.number, new_at, diff })?;
            continue;
        }
        for line in diff.lines() {
            writeln!(context.out, "{}", sanitize(line))?;
        }
    }
    if versions.len() < 2 {
        context.note(match versions.len() {
            0 => "there is no text of it yet",
            _ => "its text has never changed",
        });
    }
    Ok(Exit::found(versions.len() > 1))
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
