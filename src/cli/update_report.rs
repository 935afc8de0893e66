//! What an update did, in words: at its end, for people, and for who wants it to have done all.

use std::{
    io::{self, Write},
    net::IpAddr,
};

use mlsearch::{
    counted::{counted, counted_as},
    page::Outcome,
    update::{Excluded, FailedTry, PageReport, Pruned, Report, WarcReport},
};

use crate::cli::{
    context::Context,
    failure::Failure,
    text::{address, sanitize},
};

/// Pages that are named, of those that nobody answered for and of those that are forgotten.
const MOST_NAMED: usize = 20;
/// Pages that are named of a pattern that leaves them out; they are the same every day.
const MOST_EXCLUDED: usize = 3;

/// One sentence about the first build.
pub(crate) fn first_words(report: &Report, offline: bool, update: &str) -> String {
    let (documents, texts) = (report.documents, report.full_texts);
    if report.no_network {
        format!(
            "no network: pages could not be fetched{}, {} indexed from the list alone; \
             run `{update}` when there is a network",
            first_reason(report),
            counted_as(documents, "article is", "articles are")
        )
    } else if offline && texts == 0 {
        format!(
            "indexed {} from the lists alone; run `{update}` to visit the pages",
            counted(documents, "article")
        )
    } else {
        format!("indexed {}, {texts} of them with their text", counted(documents, "article"))
    }
}

pub(crate) fn summarize(
    report: &Report,
    failed: &[PageReport],
    context: &mut Context,
) -> Result<(), Failure> {
    let out = &mut context.out;
    if let Some(warc) = &report.warc {
        summarize_warc(warc, out)?;
    }
    for (outcome, count) in &report.outcomes {
        writeln!(out, "{count:>6}  {outcome}")?;
    }
    let (unreached, person): (Vec<&PageReport>, Vec<&PageReport>) =
        failed.iter().partition(|row| row.outcome == Outcome::Unreachable);
    if !person.is_empty() {
        writeln!(out, "\nlinks to check by hand:")?;
        for row in person {
            let reason = row.reason.as_deref().unwrap_or("");
            writeln!(out, "  {}: {}  {}", row.outcome, address(&row.url), sanitize(reason))?;
        }
    }
    if !unreached.is_empty() {
        writeln!(out, "\nnot reached, to be tried again by later updates:")?;
        for row in unreached.iter().take(MOST_NAMED) {
            let reason = row.reason.as_deref().unwrap_or("");
            writeln!(out, "  {}  {}", address(&row.url), sanitize(reason))?;
        }
        if let Some(more) = unreached.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            writeln!(out, "  and {more} more")?;
        }
    }
    for Excluded { pattern, entries, urls } in &report.excluded {
        let pattern = sanitize(pattern);
        writeln!(out, "\nleft out by `exclude`, for `{pattern}`: {entries}")?;
        name(urls, *entries, MOST_EXCLUDED, out)?;
    }
    if let Some(Pruned { pages, urls, versions, texts }) = &report.pruned {
        writeln!(out, "\nforgotten pages that no list has any more: {pages}")?;
        name(urls, *pages, MOST_NAMED, out)?;
        writeln!(out, "forgotten older versions of texts: {versions}")?;
        name(texts, texts.len() as u64, MOST_NAMED, out)?;
    }
    if report.no_network {
        context.note(&format!(
            "no network: no page that was due could be fetched ({} of them); stored texts stay in \
             the index",
            report.not_visited
        ));
        for FailedTry { url, reason } in &report.failed_tries {
            context.note(&format!("  {url}: {reason}"));
        }
    }
    let what = match report.generation {
        Some(number) => format!("published generation {number}"),
        None if report.refused.is_none() => "nothing has changed".into(),
        None => return Ok(()),
    };
    let copies = match report.merged {
        0 => String::new(),
        copies => format!(", {} of the same articles", counted(copies, "more address")),
    };
    let passages = match report.embedded {
        Some(passages) => {
            format!(", {} embedded", counted_as(passages, "new passage", "new passages"))
        }
        None => String::new(),
    };
    let (documents, texts) = (report.documents, report.full_texts);
    writeln!(
        context.out,
        "{what}: {}, {texts} with their text{copies}{passages}",
        counted(documents, "document")
    )?;
    Ok(())
}

/// Names the first few of so many links.
fn name(urls: &[String], all: u64, most: usize, out: &mut impl Write) -> io::Result<()> {
    let named = urls.iter().take(most);
    let more = all.saturating_sub(named.len() as u64);
    for url in named {
        writeln!(out, "  {}", address(url))?;
    }
    if more > 0 { writeln!(out, "  and {more} more") } else { Ok(()) }
}

/// Why the first try failed, in parentheses.
fn first_reason(report: &Report) -> String {
    let first = report.failed_tries.first();
    first.map_or(String::new(), |first| format!(" ({}: {})", first.url, first.reason))
}

/// The address for which a page was not visited, since it is of a private network.
fn private_address(reason: &str) -> Option<&str> {
    let words = reason.strip_prefix("forbidden address: ")?.split([' ', '(', ')', ',', '`']);
    words.into_iter().find(|word| word.parse::<IpAddr>().is_ok())
}

/// Holds an update to what it was for: pages that were due were reached, and the lists were read.
pub(crate) fn check_strictly(report: &Report, context: &Context) -> Result<(), Failure> {
    let hint = |words: &str| format!("run `{}` {words}", context.command("update"));
    if report.reached_nothing() {
        let pages = report.not_visited.max(report.visited);
        let private = report.failed_tries.iter().find_map(|tried| private_address(&tried.reason));
        let allow = |network: &str| context.command(&format!("update --allow-net {network}"));
        return Err(Failure::Usage {
            message: format!("no page that was due could be reached ({pages} of them)"),
            hint: match private {
                Some(network) => format!("run `{}` if that network is yours", allow(network)),
                None => hint("again when there is a network"),
            },
        });
    }
    match report.unread_lists.as_slice() {
        [] => Ok(()),
        lists => Err(Failure::Usage {
            message: format!("not read as they are now: {}", lists.join(", ")),
            hint: hint("again when the lists can be read"),
        }),
    }
}

/// What was in the WARC files, before what became of their pages.
fn summarize_warc(warc: &WarcReport, out: &mut impl Write) -> io::Result<()> {
    let WarcReport { files, unreadable, records, taken, skipped } = warc;
    writeln!(
        out,
        "{} in {}, {} taken",
        counted(*records, "record"),
        counted(*files, "file"),
        counted(*taken, "page")
    )?;
    if *unreadable > 0 {
        writeln!(out, "{unreadable:>6}  files or lines not readable")?;
    }
    for (reason, count) in skipped {
        writeln!(out, "{count:>6}  left out: {reason}")?;
    }
    writeln!(out)
}
