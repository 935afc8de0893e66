//! What an import has come to, for people and as JSON.

use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    path::Path,
};

use mlsearch::{
    counted::{counted, counted_as},
    engine::{
        BuildSummary,
        json_lines::{Import, Skipped},
        slice::Slice,
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{context::Context, failure::Failure};

/// Lines that are named of those that lost a user name or a password.
const MOST_NAMED: usize = 10;

/// What an import has come to, or the share of it that one process loads.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ImportOutput<'a> {
    /// Documents that were loaded.
    documents: u64,
    /// Documents with a text.
    full_texts: u64,
    /// How many documents were read as which language, by its ISO 639-1 code.
    languages: &'a BTreeMap<String, u64>,
    /// Lines that are no document or repeat an id, with `--skip-bad`.
    skipped: u64,
    /// Lines whose id a later line has, too, with `--last-wins`.
    replaced: usize,
    /// Passages whose vectors were computed, when there is a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    embedded: Option<u64>,
    #[serde(flatten)]
    slice: Option<SliceOutput<'a>>,
}

/// How far an import in slices is.
#[derive(Serialize, JsonSchema)]
struct SliceOutput<'a> {
    /// The slice that was loaded, such as `3/8`.
    slice: String,
    /// The numbers of the slices that are not loaded yet.
    missing: &'a [u32],
    /// Documents of the published index; none before all slices are loaded.
    published: Option<u64>,
}

/// What an import has come to.
pub(crate) struct ImportReport<'a> {
    /// The file, for messages.
    name: &'a str,
    replaced: usize,
    skipped: u64,
    /// What was loaded by this process.
    pub(crate) loaded: BuildSummary,
    /// The slice that was loaded.
    pub(crate) slice: Option<Slice>,
    /// Passages whose vectors were computed, when there is a model.
    pub(crate) embedded: Option<u64>,
    /// The slices that are still to be loaded.
    pub(crate) missing: Vec<u32>,
    /// Documents of the published index.
    pub(crate) published: Option<u64>,
}

impl<'a> ImportReport<'a> {
    /// The report on a file, so many lines of which later ones replace.
    pub(crate) fn new(name: &'a str, replaced: usize) -> ImportReport<'a> {
        ImportReport {
            name,
            replaced,
            skipped: 0,
            loaded: BuildSummary::default(),
            slice: None,
            embedded: None,
            missing: Vec::new(),
            published: None,
        }
    }

    /// Names what was odd in the lines that were read.
    ///
    /// # Errors
    /// What kept them from being read.
    pub(crate) fn read<R: BufRead>(
        &mut self,
        documents: Import<R>,
        context: &Context,
    ) -> Result<(), Failure> {
        report_userinfo(documents.with_userinfo(), self.name, context);
        report_skipped(documents.skipped(), self.name, context);
        self.skipped = documents.skipped().count;
        Ok(documents.result()?)
    }

    /// Prints it.
    pub(crate) fn print(
        &self,
        dir: &Path,
        json: bool,
        context: &mut Context,
    ) -> Result<(), Failure> {
        if json {
            return self.print_json(context);
        }
        let mut lines = Vec::new();
        if let Some(slice) = self.slice {
            let missing = match self.missing.as_slice() {
                [] => String::new(),
                missing => format!("; still to be loaded: {}", listed(missing)),
            };
            lines.push(format!(
                "slice {slice}: {}{missing}",
                counted(self.loaded.documents, "document")
            ));
        }
        if let Some(documents) = self.published {
            lines.push(format!("{} in `{}`", counted(documents, "document"), dir.display()));
        }
        if let Some(summary) = lines.last_mut() {
            if self.replaced > 0 {
                *summary += &format!(", {} replaced by later ones", counted(self.replaced, "line"));
            }
            if self.skipped > 0 {
                *summary += &format!(", {} skipped", counted(self.skipped, "bad line"));
            }
            if let Some(passages) = self.embedded {
                let passages = counted_as(passages, "new passage", "new passages");
                *summary += &format!(", {passages} embedded");
            }
        }
        for line in lines {
            writeln!(context.out, "{line}")?;
        }
        Ok(())
    }

    fn print_json(&self, context: &mut Context) -> Result<(), Failure> {
        let BuildSummary { documents, full_texts, languages, .. } = &self.loaded;
        let slice = self.slice.map(|slice| SliceOutput {
            slice: slice.to_string(),
            missing: &self.missing,
            published: self.published,
        });
        context.json(&ImportOutput {
            documents: *documents,
            full_texts: *full_texts,
            languages,
            skipped: self.skipped,
            replaced: self.replaced,
            embedded: self.embedded,
            slice,
        })
    }
}

/// The first of some numbers, and how many more there are.
fn listed(numbers: &[u32]) -> String {
    let first: Vec<String> = numbers.iter().take(MOST_NAMED).map(u32::to_string).collect();
    let more = numbers.len() - first.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", first.join(", "))
}

/// Names the lines that lost a user name or a password.
fn report_userinfo(lines: &[(u64, String)], name: &str, context: &Context) {
    for (line, url) in lines.iter().take(MOST_NAMED) {
        context
            .note(&format!("`{name}`: line {line}: a user name or password is cut from `{url}`"));
    }
    if lines.len() > MOST_NAMED {
        let more = lines.len() - MOST_NAMED;
        context.note(&format!("`{name}`: the same for {}", counted(more, "more line")));
    }
}

/// Names the lines that were skipped, and counts those beyond the first.
fn report_skipped(skipped: &Skipped, name: &str, context: &Context) {
    for error in &skipped.first {
        context.note(&format!("{error}; skipped"));
    }
    let more = skipped.count - skipped.first.len() as u64;
    if more > 0 {
        context.note(&format!(
            "`{name}`: {} skipped",
            counted_as(more, "more line is", "more lines are")
        ));
    }
}
