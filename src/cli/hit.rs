//! How hits look: for people, as Markdown, as a table, as links.

use std::io::{self, Write};

use anstyle::Style;
use clap::ValueEnum;
use mlsearch::{
    canonical::link_target,
    search::{FacetCounts, Hit},
    wording::{dates, markdown},
};

use crate::cli::{
    context::{BOLD, Context, DIM},
    layout::{Hanging, print_facts, print_marked},
    table,
    text::{address, link, sanitize},
};

/// Columns before what stands below a title.
const INDENT: usize = 4;
/// Hits when no number is asked for and no window says how many fit.
const LIMIT: usize = 10;
/// Hits shown at least, however small the window is.
const FEWEST: usize = 3;
/// Rows of the shortest hit: its title, what is known of it, and the one below it.
const ROWS_OF_HIT: usize = 3;
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

/// Prints hits for scripts, and for people if all of them are to be printed; the first has the
/// given number.
pub(crate) fn print(
    hits: &[Hit],
    first: usize,
    format: HitFormat,
    context: &mut Context,
) -> io::Result<()> {
    for (number, hit) in (first..).zip(hits) {
        match format {
            HitFormat::Text => text(hit, number, context)?,
            HitFormat::Markdown => print_markdown(hit, number, context)?,
            HitFormat::Tsv => table::print_row(hit, number, context)?,
            HitFormat::Urls => writeln!(context.out, "{}", address(&hit.url))?,
        }
    }
    Ok(())
}

/// How many hits to look for: as many as are asked for, else what a window can hold, if people read
/// them in one.
pub(crate) fn limit(asked: Option<usize>, is_for_people: bool, context: &Context) -> usize {
    let window = context.out.window().filter(|_| is_for_people);
    let fitting = window.map_or(LIMIT, |window| window.pieces(ROWS_OF_HIT).max(FEWEST));
    asked.unwrap_or(fitting)
}

/// Prints hits for people and gives those that were printed: all when a number of them was asked
/// for, else as many as fit the window below these notes, a few in any case.
pub(crate) fn print_text<'h>(
    hits: &'h [Hit],
    first: usize,
    asked: Option<usize>,
    notes: &[String],
    context: &mut Context,
) -> io::Result<&'h [Hit]> {
    if let Some(window) = context.out.window() {
        let above = notes.iter().map(|note| window.rows_of(&format!("mlsearch: {note}")));
        // One more note says how many there are.
        context.out.leave(above.sum::<usize>() + 1);
    }
    for (at, hit) in hits.iter().enumerate() {
        let end = context.out.held();
        text(hit, first + at, context)?;
        if asked.is_none() && at >= FEWEST && context.out.take_back_overflow(end) {
            return Ok(&hits[..at]);
        }
    }
    Ok(hits)
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
            let hanging = Hanging { indent: 8, style: Style::new(), url: "" };
            hanging.print(&format!("{:6}  ", value.count), &value.value, context)?;
        }
        let more = facet.values.len().saturating_sub(shown);
        if more > 0 {
            let line = context.styled(DIM, &format!("        and {more} more"));
            writeln!(context.out, "{line}")?;
        }
    }
    Ok(())
}

fn text(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let passage = hit.passage_url();
    let title = Hanging { indent: INDENT, style: BOLD, url: &passage };
    title.print(&format!("{number:2}. "), &hit.title, context)?;
    let mut facts = facts(hit);
    // A provenance alone on a line of a terminal says little.
    let is_alone = facts.len() == 1 && context.is_terminal;
    let url = address(&hit.url).into_owned();
    if !url.is_empty() {
        let linked = link(&hit.url, &url, context.decorated);
        write!(context.out, "{:INDENT$}{linked}", "")?;
        if is_alone {
            let provenance = context.styled(DIM, &format!(" · {}", facts.remove(0)));
            write!(context.out, "{provenance}")?;
        }
        writeln!(context.out)?;
    } else if is_alone {
        facts.insert(0, format!("id {}", sanitize(&hit.id)));
    }
    print_facts(&facts, INDENT, DIM, context)?;
    if !hit.missing.is_empty() {
        let missing = format!("lacks: {}", sanitize(&hit.missing.join(", ")));
        print_facts(&[missing], INDENT, DIM, context)?;
    }
    for snippet in &hit.snippets {
        if let Some(heading) = &snippet.heading {
            let place = Hanging { indent: INDENT + 2, style: DIM, url: "" };
            place.print(&context.styled(DIM, "    § "), heading, context)?;
        }
        print_marked(&snippet.text, &snippet.marks, INDENT, context)?;
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
fn facts(hit: &Hit) -> Vec<String> {
    let mut facts = Vec::new();
    if let Some(company) = &hit.company {
        let sign = if hit.company_inferred { "?" } else { "" };
        facts.push(format!("{}{sign}", sanitize(company)));
    }
    facts.extend(dates(hit.date_listed, hit.date_published));
    if !hit.tags.is_empty() {
        let tags: Vec<_> = hit.tags.iter().map(|tag| sanitize(tag.trim())).collect();
        facts.push(tags.join(", "));
    }
    facts.push(hit.provenance.to_string());
    facts
}

fn print_markdown(hit: &Hit, number: usize, context: &mut Context) -> io::Result<()> {
    let title = sanitize(&hit.title);
    let title = match link_target(&hit.url) {
        Some(target) => markdown::link(&title, &target),
        None => markdown::escaped(&title),
    };
    writeln!(
        context.out,
        "{number}. {title}  \n   {}",
        markdown::escaped(&facts(hit).join(" · "))
    )?;
    for snippet in &hit.snippets {
        let mut line = String::new();
        let mut at = 0;
        for &(start, end) in &snippet.marks {
            line += &markdown::escaped(&snippet.text[at..start]);
            line += &format!("**{}**", markdown::escaped(&snippet.text[start..end]));
            at = end;
        }
        line += &markdown::escaped(&snippet.text[at..]);
        writeln!(context.out, "   > {}", sanitize(&line))?;
    }
    Ok(())
}
