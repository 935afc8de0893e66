//! Lines of a text on a terminal: wrapped by the columns of their characters, with what matched
//! marked.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm, core::display_width};

use crate::cli::{
    context::Context,
    text::{is_harmful, link, sanitize},
};

/// Style of the words that matched.
const MATCH: Style = AnsiColor::Yellow.on_default().bold();
/// Stands around the words that matched on a terminal without styles.
const MARK: &str = "*";
/// Columns of a line at least, however narrow the window is.
const FEWEST_COLUMNS: usize = 20;
/// A blank at which no line ends.
const NO_BREAK: char = '\u{a0}';

/// A text that begins beside something and goes on below its own beginning.
pub(crate) struct Hanging<'a> {
    /// Columns before it.
    pub(crate) indent: usize,
    pub(crate) style: Style,
    /// The address to which it leads, or nothing.
    pub(crate) url: &'a str,
}

impl Hanging<'_> {
    /// Prints a text behind what stands in front of its first line. Only a terminal has lines that
    /// end somewhere.
    pub(crate) fn print(&self, front: &str, text: &str, context: &mut Context) -> io::Result<()> {
        let text = sanitize(text);
        let lines = match context.is_terminal {
            true => wrapped(&text, columns(self.indent, context)),
            false => vec![text],
        };
        write!(context.out, "{front}")?;
        for (number, line) in lines.iter().enumerate() {
            let indent = if number > 0 { self.indent } else { 0 };
            let line = context.styled(self.style, line);
            let line = link(self.url, &line, context.decorated);
            writeln!(context.out, "{:indent$}{line}", "")?;
        }
        if lines.is_empty() {
            writeln!(context.out)?;
        }
        Ok(())
    }
}

/// Wraps text with marked words to the terminal, each line after an indent.
pub(crate) fn print_marked(
    text: &str,
    marks: &[(usize, usize)],
    indent: usize,
    context: &mut Context,
) -> io::Result<()> {
    let (on, off) = match (context.decorated, context.is_terminal) {
        (true, _) => (MATCH.to_string(), format!("{MATCH:#}")),
        (false, true) => (MARK.into(), MARK.into()),
        (false, false) => (String::new(), String::new()),
    };
    for line in wrapped(&marked_words(text, marks, &on, &off), columns(indent, context)) {
        writeln!(context.out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// Prints facts beside each other in a style; the last of them does not begin a line.
pub(crate) fn print_facts(
    facts: &[String],
    indent: usize,
    style: Style,
    context: &mut Context,
) -> io::Result<()> {
    for line in fact_lines(facts, columns(indent, context)) {
        let line = context.styled(style, &line);
        writeln!(context.out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

fn fact_lines(facts: &[String], columns: usize) -> Vec<String> {
    let text = facts.join(" · ");
    let last = facts.last().map_or(0, String::len);
    let before = text.len() - last;
    // The word before the last fact, and the dot between them.
    let end = text[..before].trim_end_matches(" · ").rfind(' ').map_or(0, |blank| blank + 1);
    let (others, end) = text.split_at(end);
    let text = match display_width(end) <= columns {
        true => format!("{others}{}", end.replace(' ', &NO_BREAK.to_string())),
        // It fits no line.
        false => text,
    };
    wrapped(&text, columns).iter().map(|line| line.replace(NO_BREAK, " ")).collect()
}

fn columns(indent: usize, context: &Context) -> usize {
    context.width.saturating_sub(indent).max(FEWEST_COLUMNS)
}

/// The words of a text with one blank between them, and signs around those that are marked. Signs
/// end with their word, so that a line can end behind each.
fn marked_words(text: &str, marks: &[(usize, usize)], on: &str, off: &str) -> String {
    let mut words = String::new();
    let (mut is_on, mut is_space_due) = (false, false);
    let mut marks = marks.iter().peekable();
    for (at, c) in text.char_indices() {
        while marks.next_if(|(_, end)| *end <= at).is_some() {}
        let is_marked = marks.peek().is_some_and(|(start, _)| *start <= at) && !c.is_whitespace();
        if is_on && !is_marked {
            words += off;
            is_on = false;
        }
        if c.is_whitespace() {
            is_space_due = !words.is_empty();
        }
        if c.is_whitespace() || is_harmful(c) {
            continue;
        }
        if std::mem::take(&mut is_space_due) {
            words.push(' ');
        }
        if is_marked && !is_on {
            words += on;
            is_on = true;
        }
        words.push(c);
    }
    if is_on {
        words += off;
    }
    words
}

/// The lines of a text in so many columns; what has no blanks is broken where a line ends.
fn wrapped(text: &str, columns: usize) -> Vec<Cow<'_, str>> {
    let options = textwrap::Options::new(columns)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .wrap_algorithm(WrapAlgorithm::FirstFit);
    if text.is_empty() { Vec::new() } else { textwrap::wrap(text, options) }
}

#[cfg(test)]
mod tests {
    use crate::cli::layout::{MATCH, fact_lines, marked_words, wrapped};

    #[track_caller]
    fn check_wrapped(text: &str, columns: usize, expected: &[&str]) {
        assert_eq!(wrapped(&marked_words(text, &[], "", ""), columns), expected, "{text}");
    }

    #[test]
    fn lines_end_behind_words_and_count_columns() {
        check_wrapped("  time-sharing \n of\u{1b}  drift ", 12, &["time-sharing", "of drift"]);
        // A Chinese character takes two columns, and a text of them has no blanks.
        check_wrapped("特征存储漂移检测", 10, &["特征存储漂", "移检测"]);
        check_wrapped("ab 特征存储 cd", 10, &["ab", "特征存储", "cd"]);
        check_wrapped("e\u{301}e\u{301}e\u{301} x", 5, &["e\u{301}e\u{301}e\u{301} x"]);
        check_wrapped(" \n ", 10, &[]);
    }

    #[test]
    fn a_style_takes_no_columns_and_ends_with_its_word() {
        let (on, off) = (MATCH.to_string(), format!("{MATCH:#}"));
        let words = marked_words("a feature store", &[(2, 15)], &on, &off);
        assert_eq!(words, format!("a {on}feature{off} {on}store{off}"));
        let lines = wrapped(&words, 9);
        assert_eq!(lines, [format!("a {on}feature{off}"), format!("{on}store{off}")]);
        assert_eq!(marked_words("a feature store", &[(2, 15)], "*", "*"), "a *feature* *store*");
    }

    #[track_caller]
    fn check_facts(facts: &[&str], columns: usize, expected: &[&str]) {
        let facts: Vec<String> = facts.iter().map(ToString::to_string).collect();
        assert_eq!(fact_lines(&facts, columns), expected, "{facts:?}");
    }

    #[test]
    fn the_last_fact_is_never_alone_on_a_line() {
        check_facts(&["Uber", "2022-04-04", "list only"], 40, &["Uber · 2022-04-04 · list only"]);
        check_facts(&["Uber", "a, b c", "list only"], 20, &["Uber · a, b", "c · list only"]);
        check_facts(&["Uber", "feature", "list only"], 16, &["Uber · feature ·", "list only"]);
        check_facts(&["特征存储", "漂移", "full text"], 18, &["特征存储 ·", "漂移 · full text"]);
        check_facts(&["full text"], 18, &["full text"]);
    }
}
