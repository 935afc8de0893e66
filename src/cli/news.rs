//! `new`: what came in, for people, for scripts and for feed readers.

use std::{io::Write, path::PathBuf};

use clap::Args;
use jiff::tz::TimeZone;
use mlsearch::{
    Error,
    atom::AtomFeed,
    dates::NotASpan,
    files,
    inspect::{self, NewsKind, Since},
};

use crate::cli::{
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    layout::Hanging,
    text::{address, link},
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
With --json there is one object for each entry: `what` is `added` or `changed`.
Exit codes: 0 something is new, 1 nothing is new, 2 error.")]
pub(crate) struct NewArgs {
    /// A day, month or year, a span like 30d or 12h, or `last` for what the last update brought
    #[arg(long, value_name = "WHEN", default_value = "last", value_parser = when)]
    since: Since,
    /// Write an Atom feed
    #[arg(long, value_name = "FILE")]
    atom: Option<PathBuf>,
    /// Print one JSON object for each entry
    #[arg(long)]
    json: bool,
}

/// Prints what is new.
pub(crate) fn run(args: &NewArgs, context: &mut Context) -> Result<Exit, Failure> {
    let collection = context.collection()?;
    let now = Context::now();
    let news = inspect::news(&collection, args.since, now)?;
    if let Some(path) = &args.atom {
        let lists = collection.settings.lists.iter().map(|list| list.source.as_str());
        let feed = AtomFeed::of_news(&lists.collect::<Vec<_>>(), &news, now).to_xml();
        files::replace(path, &feed).map_err(|e| Error::io(path, e))?;
    }
    if args.json {
        for item in &news {
            context.json(item)?;
        }
    } else if args.atom.is_none() {
        let zone = TimeZone::system();
        for item in &news {
            let day = zone.to_datetime(item.at).date();
            let what = match item.what {
                NewsKind::Added => "added",
                NewsKind::Changed => "changed",
            };
            let about = context.styled(DIM, &format!("{day} {what:<7}"));
            let url = link(&item.url, &address(&item.url), context.decorated);
            let title = Hanging { indent: 20, style: BOLD, url: "" };
            title.print(&format!("{about}  "), &item.title, context)?;
            writeln!(context.out, "{:20}{url}", "")?;
        }
        if news.is_empty() {
            context.note(match args.since {
                Since::LastUpdate => "the last update brought nothing new",
                Since::Moment(_) => "nothing is new since then",
            });
        }
    }
    Ok(Exit::found(!news.is_empty()))
}

fn when(text: &str) -> Result<Since, String> {
    Since::parse(text, Context::now(), &TimeZone::system()).map_err(|error| match error {
        NotASpan::Ambiguous { .. } => error.to_string(),
        NotASpan::Unknown { .. } => "not a date (2026-11-23), a span (30d, 12h) or `last`".into(),
    })
}
