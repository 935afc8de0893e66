//! Parts of an article: its outline, a section, or so many characters of its text.

use std::io::Write;

use clap::{Args, builder::RangedU64ValueParser};
use mlsearch::{counted::counted, engine::Document, search::ReadableText, wording::hint};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct PartArgs {
    /// Show the headings of its text with their numbers and characters
    #[arg(long, conflicts_with_all = ["section", "offset", "chars"])]
    outline: bool,
    /// Show only the section of that number in the outline
    #[arg(long, value_name = "N")]
    section: Option<usize>,
    /// Skip so many characters of the text
    #[arg(long, value_name = "N")]
    offset: Option<usize>,
    /// Show at most so many characters
    #[arg(long, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    chars: Option<usize>,
}

/// The outline of a text in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OutlineOutput<'a> {
    /// The id of the document.
    id: &'a str,
    /// Characters of the whole text.
    total_chars: usize,
    /// The sections in order.
    sections: Vec<OutlineRow<'a>>,
}

/// A section of an outline in JSON.
#[derive(Serialize, JsonSchema)]
struct OutlineRow<'a> {
    /// Its number, from 1.
    section: usize,
    /// From 1 for the outermost.
    level: usize,
    /// Its heading; empty for what stands before the first one.
    heading: &'a str,
    /// Where it begins, in characters from 0.
    offset: usize,
    /// Its characters, those of the sections below it among them.
    chars: usize,
}

/// A part of a text in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct PartOutput<'a> {
    /// The id of the document.
    id: &'a str,
    /// Characters of the whole text.
    total_chars: usize,
    /// Where the part begins, in characters from 0.
    offset: usize,
    /// Where the next part begins; null at the end.
    next_offset: Option<usize>,
    /// The part, as Markdown.
    text: &'a str,
}

impl PartArgs {
    /// Whether a part is asked for.
    pub(crate) fn is_asked(&self) -> bool {
        self.outline || self.section.or(self.offset).or(self.chars).is_some()
    }
}

/// Prints what is asked for; `id` is the document as it was named.
pub(crate) fn print(
    args: &PartArgs,
    json: bool,
    document: &Document,
    id: &str,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let reading = ReadableText::of(document);
    match args.outline {
        true => print_outline(&reading, json, document, context),
        false => print_part(args, &reading, json, document, id, context),
    }
}

fn print_outline(
    reading: &ReadableText,
    json: bool,
    document: &Document,
    context: &mut Context,
) -> Result<Exit, Failure> {
    if json {
        let sections = reading.sections().iter().enumerate().map(|(at, section)| OutlineRow {
            section: at + 1,
            level: section.level,
            heading: &section.heading,
            offset: section.chars.start,
            chars: section.chars.len(),
        });
        let sections = sections.collect();
        let total_chars = reading.chars();
        context.json(&OutlineOutput { id: &document.id, total_chars, sections })?;
    } else {
        for (at, section) in reading.sections().iter().enumerate() {
            let indent = "  ".repeat(section.level.saturating_sub(1));
            let heading = Some(section.heading.as_str()).filter(|heading| !heading.is_empty());
            let (number, heading) = (at + 1, heading.unwrap_or("(beginning)"));
            writeln!(context.out, "{number:>3}  {indent}{heading} ({})", section.chars.len())?;
        }
    }
    Ok(Exit::found(!reading.sections().is_empty()))
}

fn print_part(
    args: &PartArgs,
    reading: &ReadableText,
    json: bool,
    document: &Document,
    id: &str,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let offset = args.offset.unwrap_or_default();
    let range = match args.section {
        None => offset..reading.chars(),
        Some(number) => {
            let section = reading.section(number).ok_or_else(|| Failure::Usage {
                message: format!("`{id}` has no section {number}"),
                hint: format!(
                    "run `{}`",
                    context.command(&format!("show {} --outline", hint::quoted(id)))
                ),
            })?;
            section.start.max(offset)..section.end
        }
    };
    let (start, is_beyond) = (range.start, range.is_empty());
    let slice = reading.slice(range, args.chars.unwrap_or(usize::MAX));
    if json {
        context.json(&PartOutput {
            id: &document.id,
            total_chars: reading.chars(),
            offset: start,
            next_offset: slice.next,
            text: slice.text,
        })?;
    } else if is_beyond {
        let chars = counted(reading.chars() as u64, "character");
        context.note(&format!("there is nothing at that place: the text has {chars}"));
    } else {
        writeln!(context.out, "{}", slice.text)?;
        if let Some(next) = slice.next {
            context.note(&format!("the text goes on at `--offset {next}` of {}", reading.chars()));
        }
    }
    Ok(Exit::found(!is_beyond))
}
