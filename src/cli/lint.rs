//! `list --lint`: what may be wrong with a list, by itself and by a visit to its links.

use std::io::Write;

use jiff::civil::Date;
use mlsearch::{
    counted::counted,
    entry::Entry,
    inspect::LinkState,
    list::{
        self, List,
        lint::{Finding, Problem},
    },
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    context::{Context, DIM},
    failure::Failure,
    text::sanitize,
    visit::VisitArgs,
};

/// Something that may be wrong with a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct FindingRow<'f> {
    /// Its line, counted from 1.
    line: u32,
    /// The title of the entry or the section.
    title: &'f str,
    /// What sort of thing it is.
    kind: &'static str,
    /// What it is, for people.
    message: String,
    /// The tag that looks misspelt or is written in two ways.
    tag: Option<&'f str>,
    /// How it is written elsewhere.
    suggestion: Option<&'f str>,
}

impl FindingRow<'_> {
    fn of(finding: &Finding) -> FindingRow<'_> {
        let (kind, tag, suggestion) = match &finding.problem {
            Problem::Misspelling { tag, suggestion } => {
                ("misspelling", Some(tag), Some(suggestion))
            }
            Problem::Spelling { tag, suggestion } => ("spelling", Some(tag), Some(suggestion)),
            Problem::Duplicate { .. } => ("duplicate", None, None),
            Problem::Twin { .. } => ("twin", None, None),
            Problem::SameTitle { .. } => ("same_title", None, None),
            Problem::Malformed { .. } => ("malformed", None, None),
            Problem::Private { .. } => ("private", None, None),
            Problem::NotTaken { .. } => ("not_taken", None, None),
            Problem::ToCome { .. } => ("to_come", None, None),
            Problem::OutOfOrder { .. } => ("out_of_order", None, None),
            Problem::Fails { .. } => ("fails", None, None),
            Problem::Moved { .. } => ("moved", None, None),
            Problem::EmptySection => ("empty_section", None, None),
            Problem::Missing { .. } => ("missing", None, None),
        };
        FindingRow {
            line: finding.line,
            title: &finding.title,
            kind,
            message: finding.problem.to_string(),
            tag: tag.map(String::as_str),
            suggestion: suggestion.map(String::as_str),
        }
    }
}

/// What the list itself tells, by lines.
pub(crate) fn findings(list: &List, source: &[u8], today: Date) -> Vec<Finding> {
    let mut findings = list::lint::lint(list, today);
    findings.extend(list::lint::empty_sections(source));
    findings.sort_by_key(|finding| finding.line);
    findings
}

/// Visits the links and adds those that fail or have moved.
pub(crate) fn visit(
    findings: &mut Vec<Finding>,
    list: &List,
    args: &VisitArgs,
    context: &Context,
) -> Result<(), Failure> {
    context.note(&format!("visiting {}", counted(list.entries.len(), "page")));
    let visits = args.visit(&list.entries.iter().collect::<Vec<&Entry>>(), &[], None)?;
    visits.or_no_network()?;
    for entry in &list.entries {
        let link = visits.link(entry);
        let problem = match (link.state, link.final_url) {
            (LinkState::Moved, Some(target)) => Problem::Moved { target },
            (state, _) if state.is_failure() => {
                let reason = link.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
                Problem::Fails { url: entry.url.clone(), what: format!("{state}{reason}") }
            }
            _ => continue,
        };
        let line = entry.lists.first().map_or(0, |mention| mention.line);
        findings.push(Finding { line, title: entry.title().to_owned(), problem });
    }
    findings.sort_by_key(|finding| finding.line);
    Ok(())
}

/// Prints them, and how many there are.
pub(crate) fn print(
    findings: &[Finding],
    list: &List,
    source: &str,
    json: bool,
    context: &mut Context,
) -> Result<(), Failure> {
    for finding in findings {
        if json {
            context.json(&FindingRow::of(finding))?;
        } else {
            let message = sanitize(&finding.problem.to_string()).into_owned();
            let title = context.styled(DIM, &sanitize(&finding.title));
            let source = sanitize(source).into_owned();
            let about = format!("{message} {title}");
            writeln!(context.out, "{source}:{}: {}", finding.line, about.trim_end())?;
        }
    }
    if !json {
        let (entries, findings) = (list.entries.len(), findings.len());
        context.note(&format!(
            "{}, {} to look at",
            counted(entries, "entry"),
            counted(findings, "thing")
        ));
    }
    Ok(())
}
