//! `list`: the entries of a list.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    io::{self, Read, Write},
    path::PathBuf,
};

use anstyle::Style;
use clap::{ArgGroup, Args, ValueEnum};
use ipnet::IpNet;
use mlsearch::{
    Error, collection,
    counted::counted,
    entry::{Entry, Labels},
    list::{self, List},
};
use schemars::JsonSchema;
use serde::Serialize;
use url::Url;

use crate::cli::{
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    layout::Hanging,
    lint,
    text::{address, sanitize},
    visit::VisitArgs,
    web,
};

#[derive(Clone, Debug, Args)]
#[command(group = ArgGroup::new("visits").multiple(true), after_long_help = "\
Formats, recognized by the content:
  Markdown        and HTML in it; a GitHub repository stands for its README
  HTML            lists, tables and headings with links
  bookmark files  folders, dates, tags and notes, as browsers export them
  OPML            outlines of feeds or links
  RSS, Atom       every version
  JSON Feed       every version
  sitemaps        and indexes of them
  Pinboard XML    the posts of Pinboard and del.icio.us
  CSV             between commas, semicolons, tabs or bars, with or without a
                  header: Instapaper, Pocket, Raindrop, Readwise, Zotero, ...
  JSON            Chrome, Firefox, Karakeep, Linkwarden, Omnivore, Pinboard,
                  wallabag, CSL-JSON, ...
  JSON Lines      one record a line
  YAML            maps with a url
  Org             headings and items with links
  AsciiDoc        headings, items and rows with links
  BibTeX          entries with a url, a DOI or an arXiv number
  text            addresses, each with its title beside it or above it

Other formats are refused by their name. What is not taken is told with its line.")]
pub(crate) struct ListArgs {
    /// Files, URLs, or - for standard input
    #[arg(required = true, value_name = "SOURCE", group = "visits", value_hint = clap::ValueHint::AnyPath)]
    sources: Vec<String>,
    /// The list's own address, for its relative links
    #[arg(long, value_name = "URL")]
    base: Option<Url>,
    /// The name under which its entries are filed
    #[arg(long)]
    name: Option<String>,
    /// What trailing `code` labels mean
    #[arg(long, value_enum, default_value_t = LabelsArg::Tags)]
    labels: LabelsArg,
    /// Report what may be wrong with the list instead
    #[arg(long)]
    lint: bool,
    /// Exit with 1 when --lint reports more than missing fields and equal titles
    #[arg(long, requires = "lint")]
    strict: bool,
    /// With --lint: visit the links, too, each once
    #[arg(long, requires = "lint")]
    online: bool,
    #[command(flatten)]
    visit: VisitArgs,
    /// Print one JSON object for each entry
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LabelsArg {
    /// They are tags
    Tags,
    /// The first is the company, the others are tags
    Company,
    /// They are kept, but are no tags
    Ignore,
}

/// Prints the entries of each list, or what may be wrong with them. One that cannot be had is told,
/// and the others come all the same.
pub(crate) fn run(args: &ListArgs, context: &mut Context) -> Result<Exit, Failure> {
    let mut exit = Exit::Found;
    for source in &args.sources {
        let source = web::without_userinfo(source, context);
        match of_source(&source, args, context) {
            Ok(Exit::Nothing) if exit == Exit::Found => exit = Exit::Nothing,
            Ok(_) => {}
            Err(failure) if failure.ends_all() => return Err(failure),
            Err(failure) => {
                context.report(&failure);
                exit = Exit::Trouble;
            }
        }
    }
    Ok(exit)
}

fn of_source(source: &str, args: &ListArgs, context: &mut Context) -> Result<Exit, Failure> {
    let mut options = list::ListOptions {
        name: args.name.clone().unwrap_or_else(|| collection::name_of_source(source)),
        base: args.base.clone(),
        labels: match args.labels {
            LabelsArg::Tags => Labels::Tags,
            LabelsArg::Company => Labels::Company,
            LabelsArg::Ignore => Labels::Ignore,
        },
    };
    let (list, bytes) = read(source, args.visit.allow_net(), &mut options)?;
    note_warnings(&list, source, !args.lint, context);
    if args.lint {
        let mut findings = lint::findings(&list, &bytes, Context::local_now().date());
        let visited = match args.online {
            true => lint::visit(&mut findings, &list, &args.visit, context),
            false => Ok(()),
        };
        // What is known without a visit is told though nobody answers.
        lint::print(&findings, &list, source, args.json, context)?;
        visited?;
        let is_clean = findings.iter().all(|finding| finding.problem.is_remark());
        return Ok(Exit::found(!args.strict || is_clean));
    }
    for entry in &list.entries {
        if args.json {
            context.json(&EntryRow::of(entry))?;
        } else {
            print_entry(entry, context)?;
        }
    }
    if !list.sitemaps.is_empty() {
        context
            .note(&format!("an index of {}, each a list", counted(list.sitemaps.len(), "sitemap")));
    }
    for sitemap in &list.sitemaps {
        if args.json {
            context.json(&SitemapRow { sitemap })?;
        } else {
            writeln!(context.out, "{}", sanitize(sitemap))?;
        }
    }
    if !args.json {
        let documents: HashSet<&str> =
            list.entries.iter().map(|entry| entry.canonical.as_str()).collect();
        let documents = documents.len();
        context.note(&format!(
            "{}, {}",
            counted(list.entries.len(), "entry"),
            counted(documents, "document")
        ));
    }
    Ok(Exit::Found)
}

/// A sitemap that an index names.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SitemapRow<'l> {
    /// Its address; it is a list itself.
    sitemap: &'l str,
}

/// An entry as it is printed in JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct EntryRow<'e> {
    /// The title.
    title: &'e str,
    /// The link as it is written, made absolute.
    url: &'e str,
    /// The headings above it, the outermost first.
    section: &'e [String],
    /// What the list says of the article.
    description: Option<&'e str>,
    /// The date that the list gives, as far as it does: `2023-03-06`, `2023-03` or `2023`.
    date: Option<String>,
    /// The company.
    company: Option<&'e str>,
    /// The tags as written.
    tags: &'e [String],
    /// Code spans at its end, whatever they mean.
    labels: &'e [String],
    /// Further links: code, slides, video.
    also: &'e [String],
    /// The name of the list.
    list: &'e str,
    /// Its line, counted from 1; 0 where the format has no lines.
    line: u32,
}

impl EntryRow<'_> {
    fn of(entry: &Entry) -> EntryRow<'_> {
        let mention = entry.lists.first();
        EntryRow {
            title: entry.title(),
            url: &entry.url,
            section: &entry.section,
            description: entry.description.as_deref(),
            date: entry.date_listed.map(|date| entry.date_precision.write(date)),
            company: entry.company.as_deref(),
            tags: &entry.tags,
            labels: &entry.labels,
            also: &entry.also,
            list: mention.map_or("", |mention| &mention.list),
            line: mention.map_or(0, |mention| mention.line),
        }
    }
}

fn print_entry(entry: &Entry, context: &mut Context) -> io::Result<()> {
    let row = EntryRow::of(entry);
    let line = context.styled(DIM, &format!("{:>5}", row.line));
    let title = Hanging { indent: 7, style: BOLD, url: row.url };
    title.print(&format!("{line}  "), row.title, context)?;
    let url = context.styled(DIM, &address(row.url));
    writeln!(context.out, "       {url}")?;
    let facts = [
        row.company.map(str::to_owned),
        row.date,
        Some(row.tags.join(", ")),
        Some(row.section.join(" / ")),
    ];
    let facts: Vec<String> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
    if !facts.is_empty() {
        let facts_below = Hanging { indent: 7, style: Style::new(), url: "" };
        facts_below.print("       ", &facts.join(" · "), context)?;
    }
    Ok(())
}

/// Reads each of some things; all that cannot be had are told, so that nobody meets one after the
/// other.
///
/// # Errors
/// [`Failure::Told`] when one could not be had.
pub(crate) fn read_each<S, T>(
    sources: &[S],
    context: &mut Context,
    mut read: impl FnMut(&S, &Context) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut had = Ok(Vec::new());
    for source in sources {
        match (read(source, context), &mut had) {
            (Ok(thing), Ok(things)) => things.push(thing),
            (Ok(_), Err(_)) => {}
            (Err(failure), _) if failure.ends_all() => return Err(failure),
            (Err(failure), _) => {
                context.report(&failure);
                had = Err(Failure::Told);
            }
        }
    }
    had
}

/// Reads the list in a file, at a URL or on standard input; its bytes come with it.
pub(crate) fn read(
    source: &str,
    allow_net: &[IpNet],
    options: &mut list::ListOptions,
) -> Result<(List, Vec<u8>), Failure> {
    let bytes = match web::address(source) {
        Some(url) => from_web(&url, allow_net, options)?,
        None => from_file(source, list::MAX_BYTES as u64 + 1)?,
    };
    let list = list::parse(&bytes, options).map_err(|e| named(e, source))?;
    Ok((list, bytes))
}

/// Tells what is odd about a list, and about single lines of it if that is wanted.
pub(crate) fn note_warnings(list: &List, source: &str, with_lines: bool, context: &Context) {
    for warning in &list.warnings {
        match warning.line {
            0 => context.note(&format!("`{source}`: {}", warning.message)),
            line if with_lines => {
                context.note(&format!("`{source}`, line {line}: {}", warning.message));
            }
            _ => {}
        }
    }
}

/// The error of a list, under the name by which the user knows it.
pub(crate) fn named(error: Error, source: &str) -> Error {
    match error {
        Error::List { message, fault, .. } => {
            Error::List { name: source.to_owned(), message, fault }
        }
        error => error,
    }
}

/// The bytes of a file or of standard input, at most so many.
pub(crate) fn from_file(source: &str, most_bytes: u64) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if source == "-" {
        let read = io::stdin().lock().take(most_bytes).read_to_end(&mut bytes);
        return Ok(read.map(|_| bytes).map_err(|e| Error::io("standard input", e))?);
    }
    let path = PathBuf::from(source);
    let read = fs::File::open(&path).and_then(|file| file.take(most_bytes).read_to_end(&mut bytes));
    read.map(|_| bytes).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => Failure::Usage {
            message: format!("no file `{source}`"),
            hint: "name a file, or a URL that begins with https://".into(),
        },
        io::ErrorKind::IsADirectory => Failure::Usage {
            message: format!("`{source}` is a folder"),
            hint: "name one of its files".into(),
        },
        _ => Error::io(path, e).into(),
    })
}

/// What is at the URL of a list; its address is the base of relative links.
fn from_web(
    url: &Url,
    allow_net: &[IpNet],
    options: &mut list::ListOptions,
) -> Result<Vec<u8>, Failure> {
    let mut failure = Error::Interrupted.into();
    for address in list::source::fetch_plan(url) {
        match web::fetch(&address, allow_net, BTreeSet::new()) {
            Ok(page) => {
                options.base.get_or_insert(address);
                return Ok(page.body);
            }
            Err(other) => failure = other,
        }
    }
    Err(failure)
}
