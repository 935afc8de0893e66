//! Help in a window that is too narrow for it as it is written: what stands below the options has
//! columns and paragraphs, which are laid out again.

use std::ffi::OsString;

use clap::Command;
use textwrap::core::display_width;

/// Columns by which the text of a row stands behind its name when it goes below it.
const INDENT: usize = 4;

/// The command line with help that fits the terminal, if the help is asked for.
pub(crate) fn fitted(command: Command, argv: &[OsString]) -> Command {
    let is_asked = |arg: &OsString| arg == "--help" || arg == "-h" || arg == "help";
    match terminal_size::terminal_size() {
        Some((columns, _)) if argv.len() < 2 || argv.iter().any(is_asked) => {
            with_columns(command, columns.0.into())
        }
        _ => command,
    }
}

fn with_columns(command: Command, columns: usize) -> Command {
    let laid_out = |text: &clap::builder::StyledStr| lines(&text.to_string(), columns);
    let short = command.get_after_help().map(laid_out);
    let long = command.get_after_long_help().map(laid_out);
    let command = command.mut_subcommands(|command| with_columns(command, columns));
    let command = match short {
        Some(short) => command.after_help(short),
        None => command,
    };
    match long {
        Some(long) => command.after_long_help(long),
        None => command,
    }
}

/// A text whose pieces fit so many columns, or can be wrapped: a paragraph is one line then, and the
/// text of a row stands below its name.
fn lines(text: &str, columns: usize) -> String {
    let mut pieces: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        let goes_on = pieces.last().is_some_and(|piece| goes_on(piece, line));
        match pieces.last_mut().filter(|_| goes_on) {
            Some(piece) => piece.push(line),
            None => pieces.push(vec![line]),
        }
    }
    let pieces =
        pieces.iter().map(|piece| match piece.iter().all(|l| display_width(l) <= columns) {
            true => piece.join("\n"),
            false => laid_out(piece),
        });
    pieces.collect::<Vec<_>>().join("\n")
}

/// Whether a line goes on with a paragraph, or with the text of a row: that is far to the right.
fn goes_on(piece: &[&str], line: &str) -> bool {
    let (first, next) = (indent(piece[0]), indent(line));
    let is_paragraph = first == 0 && next == 0 && !piece[0].ends_with(':');
    !piece[0].is_empty() && !line.is_empty() && (is_paragraph || first > 0 && next > first + INDENT)
}

fn laid_out(piece: &[&str]) -> String {
    let indent = indent(piece[0]);
    let words: Vec<&str> = piece.iter().map(|line| line.trim()).collect();
    let text = words.join(" ");
    match text.split_once("  ").filter(|_| indent > 0) {
        Some((name, text)) => {
            let below = indent + INDENT;
            format!("{:indent$}{name}\n{:below$}{}", "", "", text.trim_start())
        }
        None => format!("{:indent$}{text}", ""),
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use crate::cli::narrow_help::lines;

    #[track_caller]
    fn check(text: &str, columns: usize, expected: &str) {
        assert_eq!(lines(text, columns), expected);
    }

    #[test]
    fn what_fits_stays_as_it_is_written() {
        let text = "A paragraph\nof two lines.\n\nExamples:\n  a b   does this\n  c     does that";
        check(text, 30, text);
    }

    #[test]
    fn a_paragraph_is_wrapped_as_one() {
        check("A paragraph\nof two lines.\n\nNext.", 10, "A paragraph of two lines.\n\nNext.");
        check("Exit codes:\n  0  found, or done", 14, "Exit codes:\n  0\n      found, or done");
    }

    #[test]
    fn the_text_of_a_row_goes_below_its_name() {
        let text = "Examples:\n  a b   does this and\n        that\n  c     does that";
        check(text, 20, "Examples:\n  a b\n      does this and that\n  c     does that");
        check("  cd my-list && mlsearch init", 20, "  cd my-list && mlsearch init");
    }
}
