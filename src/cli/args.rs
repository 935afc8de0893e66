//! The arguments, and the help that they make.

use std::ffi::OsString;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::cli::{
    check, context::Global, eval, extract, facets, import, init, list, news, schedule, search,
    setup, show, similar, status, update,
};

const EXAMPLES: &str = "\
Examples:
  mlsearch feature store drift          the best articles for these words
  mlsearch '\"feature store\" -spark'     a phrase, and without a word
  mlsearch \"real time\" --company uber   only what Uber wrote
  mlsearch facets company               who is in the index, with counts
  mlsearch update                       read the lists again and visit the pages
  mlsearch -- update                    search for a word that is a command

Exit codes: 0 found, 1 nothing found, 2 error.";

/// Search what the articles on curated lists say
#[derive(Debug, Parser)]
#[command(
    name = "mlsearch",
    version,
    about = "Search what the articles on curated lists say",
    override_usage = "mlsearch [OPTIONS] QUERY...\n       mlsearch [OPTIONS] COMMAND",
    after_help = EXAMPLES,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Search; the command that is meant when none is named
    Search(search::SearchArgs),
    /// Read the lists, visit the pages, rebuild the index and publish it
    Update(update::UpdateArgs),
    /// Count the documents by company, tag, site, year, ...
    Facets(facets::FacetsArgs),
    /// Show the stored text of an article
    Show(show::ShowArgs),
    /// Open an article in the browser
    Open(show::OpenArgs),
    /// Find more like one article, or like a text file
    Similar(similar::SimilarArgs),
    /// Tell how collection and index are
    Status(status::StatusArgs),
    /// Make a collection from one or several lists
    Init(init::InitArgs),
    /// Tell what came in: new entries, and pages whose text has changed
    New(news::NewArgs),
    /// Tell which links are dead, have moved or are blocked
    Check(check::CheckArgs),
    /// Print or install a unit that updates by the clock
    Schedule(schedule::ScheduleArgs),
    /// Parse a list and print its entries
    List(list::ListArgs),
    /// Extract the main content of pages
    Extract(extract::ExtractArgs),
    /// Index documents of your own
    Import(import::ImportArgs),
    /// Measure the ranking by judged queries
    Eval(eval::EvalArgs),
    /// Print a completion script for a shell
    Completions(setup::CompletionsArgs),
    /// Print the manual page
    Man,
}

/// The arguments with `search` put in where no command is named.
///
/// A bare word is a query, so that `mlsearch feature store` needs no command.
/// Only options of [`Global`] may stand before a command.
/// A quoted query that begins with an excluded word (`'-spark drift'`) is no option.
pub(crate) fn with_search_implied(argv: &[OsString]) -> Vec<OsString> {
    let argv: Vec<OsString> = argv.iter().map(unlike_option).collect();
    let mut position = 1;
    while let Some(arg) = argv.get(position) {
        match arg.to_str() {
            Some("--index" | "--color") => position += 2,
            Some("-v" | "--verbose") => position += 1,
            Some(option) if option.starts_with("--index=") || option.starts_with("--color=") => {
                position += 1;
            }
            Some("-h" | "--help" | "-V" | "--version") => return argv.to_vec(),
            Some(word) if Command::has_subcommand(word) => return argv.to_vec(),
            _ => {
                let mut argv = argv.to_vec();
                argv.insert(position, "search".into());
                return argv;
            }
        }
    }
    argv.to_vec()
}

/// An argument with blanks that begins with one hyphen, with a blank before it.
fn unlike_option(arg: &OsString) -> OsString {
    match arg.to_str() {
        Some(text) if text.starts_with('-') && !text.starts_with("--") && text.contains(' ') => {
            format!(" {text}").into()
        }
        _ => arg.clone(),
    }
}

/// Prints what clap has to say and returns the exit code.
pub(crate) fn report(error: &clap::Error, argv: &[OsString]) -> u8 {
    let printed = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match printed {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => 2,
            _ => 0,
        },
        ErrorKind::UnknownArgument
        | ErrorKind::InvalidValue
        | ErrorKind::MissingRequiredArgument => {
            let words: Vec<_> = argv.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
            let is_command = |word: &&&str| Command::has_subcommand(word);
            if let Some(command) =
                words.first().filter(is_command).filter(|word| **word != "search")
            {
                let query = words.iter().filter(|word| !word.starts_with('-')).copied();
                anstream::eprintln!(
                    "hint: `{command}` is a command; to search for these words, run `mlsearch -- {}`",
                    crate::cli::text::sanitize(&query.collect::<Vec<_>>().join(" "))
                );
            }
            2
        }
        _ => 2,
    }
}
