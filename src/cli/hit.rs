//! How hits look: for people, as Markdown, as a table, as links.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use mlsearch::{
    canonical::link_target,
    search::{FacetCounts, Hit},
    wording::dates,
};
use textwrap::{WordSeparator, WordSplitter, WrapAlgorithm};

use crate::cli::{
    context::{BOLD, Context, DIM},
    text::{address, is_harmful, link, sanitize},
};

/// Style of the words that matched.
const MATCH: Style = AnsiColor::Yellow.on_default().bold();
/// Values of one facet shown to people.
const FACET_VALUES: usize = 10;

/// The forms of output beside JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum HitFormat {
    /// For people
    #[default]
    Text,
    /// A numbered list with links
    Markdown,
    /// rank, score, id, url, title, company, date, tags
    Tsv,
    /// One link a line
    Urls,
}

/// Prints hits; the first has the given number.
pub(crate) fn print(
    hits: &[Hit],
    first: usize,
    format: HitFormat,
    context: &mut Context,
) -> io::Result<()> {
    for (number, hit) in (first..).zip(hits) {
        match format {
            HitFormat::Text => text(hit, number, context)?,
            HitFormat::Markdown => markdown(hit, number, context)?,
            HitFormat::Tsv => tsv(hit, number, context)?,
            HitFormat::Urls => writeln!(context.out, "{}", address(&hit.url))?,
        }
    }
    Ok(())
}

/// Prints counts, one facet after the other.
pub(crate) fn print_facets(
    facets: &[FacetCounts],
    all: bool,
    context: &mut Context,
) -> io::Result<()> {
    for facet in facets.iter().filter(|facet| !facet.values.is_empty()) {
        let name = context.styled(BOLD, &facet.name);
        writeln!(context.out, "{name}")?;
        let shown = if all { facet.values.len() } else { FACET_VALUES };
        for value in facet.values.iter().take(shown) {
            writeln!(context.out, "{:6}  {}", value.count, sanitize(&value.value))?;
        }
        let more = facet.values.len().saturating_sub(shown);
        if more > 0 {
            let line = context.styled(DIM, &format!("        and {more} more"));
            writeln!(context.out, "{line}")?;
        }
    }
    Ok(())
}

/// Wraps text with marked words to the terminal, each line after an indent.
pub(crate) fn print_marked(
    text: &str,
    marks: &[(usize, usize)],
    indent: usize,
    context: &mut Context,
) -> io::Result<()> {
    let style = if context.decorated { MATCH } else { Style::new() };
    let columns = context.width.saturating_sub(indent).max(20);
    for line in wrapped(&styled_words(text, marks, style), columns) {
        writeln!(context.out, "{:indent$}{line}", "")?;
    }
    Ok(())
}

/// The words of a text with one blank between them, those that are marked in a style. A style ends
/// with its word, so that a line can end behind each.
fn styled_words(text: &str, marks: &[(usize, usize)], style: Style) -> String {
    let mut words = String::new();
    let (mut is_styled, mut is_space_due) = (false, false);
    let mut marks = marks.iter().peekable();
    for (at, c) in text.char_indices() {
        while marks.next_if(|(_, end)| *end <= at).is_some() {}
        let is_marked = marks.peek().is_some_and(|(start, _)| *start <= at) && !c.is_whitespace();
        if is_styled && !is_marked {
            words += &format!("{style:#}");
            is_styled = false;
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
        if is_marked && !is_styled {
            words += &style.to_string();
            is_styled = true;
        }
        words.push(c);
    }
    if is_styled {
        words += &format!("{style:#}");
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

fn text(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let label = context.styled(BOLD, &sanitize(&hit.title));
    let label = link(&hit.passage_url(), &label, context.decorated);
    writeln!(context.out, "{number:2}. {label}")?;
    if !hit.url.is_empty() {
        let url = address(&hit.url);
        writeln!(context.out, "    {}", link(&hit.url, &url, context.decorated))?;
    }
    let about = about(hit).join(" · ");
    print_marked_dim(&about, context)?;
    if !hit.missing.is_empty() {
        print_marked_dim(&format!("lacks: {}", sanitize(&hit.missing.join(", "))), context)?;
    }
    for snippet in &hit.snippets {
        if let Some(heading) = &snippet.heading {
            let heading = context.styled(DIM, &format!("    § {}", sanitize(heading)));
            writeln!(context.out, "{heading}")?;
        }
        print_marked(&snippet.text, &snippet.marks, 4, context)?;
    }
    if let Some(explanation) = &hit.explanation {
        let score = format!("    score {:.3}", hit.score);
        writeln!(context.out, "{}", context.styled(DIM, &score))?;
        for line in explanation.lines() {
            let line = context.styled(DIM, &format!("    {}", sanitize(line)));
            writeln!(context.out, "{line}")?;
        }
    }
    writeln!(context.out)
}

/// Company, dates, tags and provenance, as far as they are known.
fn about(hit: &Hit) -> Vec<String> {
    let mut about = Vec::new();
    if let Some(company) = &hit.company {
        let sign = if hit.company_inferred { "?" } else { "" };
        about.push(format!("{}{sign}", sanitize(company)));
    }
    about.extend(dates(hit.date_listed, hit.date_published));
    if !hit.tags.is_empty() {
        let tags: Vec<_> = hit.tags.iter().map(|tag| sanitize(tag.trim())).collect();
        about.push(tags.join(", "));
    }
    about.push(hit.provenance.to_string());
    about
}

fn print_marked_dim(about: &str, context: &mut Context) -> io::Result<()> {
    if context.decorated {
        write!(context.out, "{DIM}")?;
    }
    print_marked(about, &[], 4, context)?;
    if context.decorated {
        write!(context.out, "{DIM:#}")?;
    }
    Ok(())
}

fn markdown(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let title = escaped(&sanitize(&hit.title));
    let title = match link_target(&hit.url) {
        Some(target) => format!("[{title}](<{}>)", destination(&target)),
        None => title,
    };
    writeln!(context.out, "{number}. {title}  \n   {}", escaped(&about(hit).join(" · ")))?;
    for snippet in &hit.snippets {
        let mut line = String::new();
        let mut at = 0;
        for &(start, end) in &snippet.marks {
            line += &escaped(&snippet.text[at..start]);
            line += &format!("**{}**", escaped(&snippet.text[start..end]));
            at = end;
        }
        line += &escaped(&snippet.text[at..]);
        writeln!(context.out, "   > {}", sanitize(&line))?;
    }
    Ok(())
}

/// The target of a link as it stands between angle brackets, where backslashes and entities count.
fn destination(target: &str) -> String {
    let target = target.replace('\\', r"\\");
    if target.contains(';') { target.replace('&', "&amp;") } else { target }
}

/// Markdown and HTML syntax taken literally.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

fn tsv(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let date =
        hit.date_listed.or(hit.date_published).map_or(String::new(), |date| date.to_string());
    let score = format!("{:.4}", hit.score);
    let company = hit.company.as_deref().unwrap_or_default();
    let number = number.to_string();
    let tags = hit.tags.join(", ");
    let url = address(&hit.url);
    let cells = [&number, &score, &hit.id, &*url, &hit.title, company, &date, &tags];
    let cells: Vec<_> = cells.iter().map(|cell| sanitize(cell)).collect();
    writeln!(context.out, "{}", cells.join("\t"))
}

#[cfg(test)]
mod tests {
    use anstyle::Style;

    use crate::cli::hit::{MATCH, styled_words, wrapped};

    #[track_caller]
    fn check_wrapped(text: &str, columns: usize, expected: &[&str]) {
        assert_eq!(wrapped(&styled_words(text, &[], Style::new()), columns), expected, "{text}");
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
        let words = styled_words("a feature store", &[(2, 15)], MATCH);
        let (on, off) = (MATCH.to_string(), format!("{MATCH:#}"));
        assert_eq!(words, format!("a {on}feature{off} {on}store{off}"));
        let lines = wrapped(&words, 9);
        assert_eq!(lines, [format!("a {on}feature{off}"), format!("{on}store{off}")]);
    }
}
