//! The arguments, and the help that they make.

use std::ffi::OsString;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::cli::{
    check, context::Global, eval, export, extract, facets, import, init, list, news, schedule,
    search, serve, setup, show, similar, status, update,
};

const EXAMPLES: &str = "\
Examples:
  mlsearch feature store drift          the best articles for these words
  mlsearch '\"feature store\" -spark'     a phrase, and without a word
  mlsearch \"real time\" --company uber   only what Uber wrote
  mlsearch facets company               who is in the index, with counts
  mlsearch serve --open                 search in the browser
  mlsearch update                       read the lists again and visit the pages
  mlsearch help update                  what a command does
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
    /// Print the address of an article and open it in the browser
    Open(show::OpenArgs),
    /// Find more like one article, or like a text file
    Similar(similar::SimilarArgs),
    /// Show the state of the collection and its index
    Status(status::StatusArgs),
    /// Serve a page on which people search, and the JSON for programs
    Serve(serve::ServeArgs),
    /// Make a collection from one or several lists
    Init(init::InitArgs),
    /// Show what is new: entries, and pages whose text has changed
    New(news::NewArgs),
    /// List the links that are dead, have moved or are blocked
    Check(check::CheckArgs),
    /// Print or install a unit that updates on a schedule
    Schedule(schedule::ScheduleArgs),
    /// Parse a list and print its entries
    List(list::ListArgs),
    /// Extract the main content of pages
    Extract(extract::ExtractArgs),
    /// Index documents of your own
    Import(import::ImportArgs),
    /// Write the stored pages as WARC files, the links as seeds, or a static site
    Export(export::ExportArgs),
    /// Measure the ranking against relevance judgments
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
/// `help`, alone or before a command, is `--help`; before other words it is a word like them.
pub(crate) fn with_search_implied(argv: &[OsString]) -> Vec<OsString> {
    let mut argv: Vec<OsString> = argv.iter().map(unlike_option).collect();
    let Some(position) = first_word(&argv) else { return argv };
    let is_command = |arg: &OsString| arg.to_str().is_some_and(Command::has_subcommand);
    match &argv[position..] {
        [word, ..] if is_command(word) => {}
        [word] if word == "help" => argv[position] = "--help".into(),
        [word, command] if word == "help" && is_command(command) => {
            argv.remove(position);
            argv.push("--help".into());
        }
        _ => argv.insert(position, "search".into()),
    }
    argv
}

/// Whether the arguments are a query though they do not say so, neither by `search` nor by `--`.
pub(crate) fn is_search_implied(argv: &[OsString]) -> bool {
    let is_command = |word: &str| word == "help" || Command::has_subcommand(word);
    let first = first_word(argv).and_then(|position| argv[position].to_str());
    first.is_some_and(|word| !is_command(word)) && argv.iter().all(|arg| arg != "--")
}

/// The place of the first argument that is no option of [`Global`]; none when there is none, or
/// when help or version are asked for before it.
fn first_word(argv: &[OsString]) -> Option<usize> {
    let mut position = 1;
    loop {
        match argv.get(position)?.to_str() {
            Some("--index" | "--engine" | "--color") => position += 2,
            Some("-v" | "--verbose") => position += 1,
            Some(option)
                if ["--index=", "--engine=", "--color="]
                    .iter()
                    .any(|name| option.starts_with(name)) =>
            {
                position += 1;
            }
            Some("-h" | "--help" | "-V" | "--version") => return None,
            _ => return Some(position),
        }
    }
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use crate::cli::args::{is_search_implied, with_search_implied};

    fn argv(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(with_search_implied(&argv(line)), argv(expected), "{line}");
    }

    #[test]
    fn a_word_that_is_no_command_begins_a_query() {
        check("mlsearch drift", "mlsearch search drift");
        check("mlsearch --index x -v drift --json", "mlsearch --index x -v search drift --json");
        check("mlsearch -- update", "mlsearch search -- update");
        check("mlsearch --json drift", "mlsearch search --json drift");
        check("mlsearch --index x status", "mlsearch --index x status");
        check("mlsearch --help drift", "mlsearch --help drift");
        check("mlsearch", "mlsearch");
    }

    #[test]
    fn help_alone_or_before_a_command_is_help() {
        check("mlsearch help", "mlsearch --help");
        check("mlsearch --index x help", "mlsearch --index x --help");
        check("mlsearch help update", "mlsearch update --help");
        check("mlsearch --index x help update", "mlsearch --index x update --help");
        check("mlsearch help desk", "mlsearch search help desk");
        check("mlsearch help update policy", "mlsearch search help update policy");
        check("mlsearch -- help", "mlsearch search -- help");
    }

    #[test]
    fn a_search_is_implied_unless_it_is_said() {
        for (line, expected) in [
            ("mlsearch stauts", true),
            ("mlsearch --index x stauts --json", true),
            ("mlsearch --json stauts", true),
            ("mlsearch -- stauts", false),
            ("mlsearch search stauts", false),
            ("mlsearch status", false),
            ("mlsearch help", false),
            ("mlsearch", false),
        ] {
            assert_eq!(is_search_implied(&argv(line)), expected, "{line}");
        }
    }
}
