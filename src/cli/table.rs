//! Hits as a table: a line for each, with tabs between its cells.

use std::io::{self, Write};

use mlsearch::search::Hit;

use crate::cli::{
    context::Context,
    text::{address, sanitize},
};

/// The text of a cell, of a hit and its number.
type CellText = fn(&Hit, usize) -> String;

/// The columns in their order, which scripts count on: a new one comes last.
const COLUMNS: [(&str, CellText); 8] = [
    ("rank", |_, number| number.to_string()),
    ("score", |hit, _| format!("{:.4}", hit.score)),
    ("id", |hit, _| hit.id.clone()),
    ("url", |hit, _| address(&hit.url).into_owned()),
    ("title", |hit, _| hit.title.clone()),
    ("company", |hit, _| hit.company.clone().unwrap_or_default()),
    ("date", |hit, _| {
        let date = hit.date_listed.or(hit.date_published);
        date.map_or(String::new(), |date| date.to_string())
    }),
    ("tags", |hit, _| hit.tags.join(", ")),
];

/// Prints the names of the columns.
pub(crate) fn print_header(context: &mut Context) -> io::Result<()> {
    writeln!(context.out, "{}", COLUMNS.map(|(name, _)| name).join("\t"))
}

/// Prints the line of a hit with its number.
pub(crate) fn print_row(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let cells = COLUMNS.map(|(_, cell)| sanitize(&cell(hit, number)).into_owned());
    writeln!(context.out, "{}", cells.join("\t"))
}
