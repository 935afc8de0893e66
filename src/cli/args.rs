//! The arguments, and the help that they make.

use std::{ffi::OsString, path::Path};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};
use mlsearch::wording::hint::{self, Named};

use crate::cli::{
    argv, check,
    context::Global,
    eval, export, extract, facets, import, init, json_asked, list, mcp, model, news, pack, pull,
    reference, schedule, search, serve, setup, show, similar, status,
    text::{sanitize, tell},
    ui, update,
};

const EXAMPLES: &str = "\
Examples:
  mlsearch feature store drift          the best articles for these words
  mlsearch '\"feature store\" -spark'     a phrase, and without a word
  mlsearch \"real time\" --company uber   only what Uber wrote
  mlsearch help update                  what a command does
  mlsearch -- update                    search for a word that is a command";

/// Search what the articles on curated lists say
#[derive(Debug, Parser)]
#[command(
    name = "mlsearch",
    version,
    about = "Search what the articles on curated lists say",
    override_usage = "mlsearch [OPTIONS] QUERY...\n       mlsearch [OPTIONS] COMMAND",
    after_help = EXAMPLES,
    after_long_help = reference::help(),
    args_override_self = true,
    disable_help_subcommand = true,
    propagate_version = true,
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
    /// Search on a terminal, with the hits there while you type
    Ui(ui::UiArgs),
    /// Give agents the tools to search and read, by the Model Context Protocol
    Mcp(mcp::McpArgs),
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
    /// Write the index, its lists and settings as one archive for others
    Pack(pack::PackArgs),
    /// Fetch and publish an index that somebody else has packed
    Pull(pull::PullArgs),
    /// Measure the ranking against relevance judgments
    Eval(eval::EvalArgs),
    /// Try a model for searches by meaning
    Model(model::ModelArgs),
    /// Print a completion script for a shell
    Completions(setup::CompletionsArgs),
    /// Print the manual page
    Man,
}

/// The command line. The options of a search stand with those of every command, too, so that the
/// help shows them: it is the command that is meant when none is named.
pub(crate) fn command() -> clap::Command {
    let mut command = definition();
    command.build();
    command
}

/// The command line before clap has completed it, so that it can be changed.
pub(crate) fn definition() -> clap::Command {
    let command = Cli::command();
    // Arguments that are added bring the words above them along, in place of those of the program.
    let about = command.get_about().cloned().unwrap_or_default();
    search::SearchArgs::augment_args(command).about(about)
}

/// Reads the arguments of the process.
pub(crate) fn parse(argv: &[OsString], command: &mut clap::Command) -> Result<Cli, clap::Error> {
    let argv = argv::with_search_implied(argv, command);
    let matches = command.try_get_matches_from_mut(argv)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(command))
}

/// Prints what clap has to say and returns the exit code.
pub(crate) fn report(error: &clap::Error, argv: &[OsString], command: &clap::Command) -> u8 {
    let printed = error.print();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match printed {
            Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => 2,
            _ => 0,
        },
        ErrorKind::UnknownArgument
        | ErrorKind::InvalidValue
        | ErrorKind::MissingRequiredArgument => {
            if let Some(hint) = hint(argv, command) {
                tell(&format!("hint: {}", sanitize(&hint)));
            }
            2
        }
        _ => 2,
    }
}

/// What to do about arguments that clap does not take.
fn hint(argv: &[OsString], cli: &clap::Command) -> Option<String> {
    let words: Vec<_> = argv.iter().skip(1).filter_map(|arg| arg.to_str()).collect();
    if let Some(hint) = json_asked::hint(&words, cli) {
        return Some(hint);
    }
    let first = argv::first_word(argv, cli);
    let command = first.and_then(|at| cli.find_subcommand(&argv[at]));
    if let Some(command) = command.filter(|command| command.get_name() != "search") {
        let (index, engine) = (argv::value_of("--index", argv), argv::value_of("--engine", argv));
        let named = Named { index: index.map(Path::new), engine };
        let query = argv.iter().skip(first?).filter_map(|arg| arg.to_str());
        let query =
            query.filter(|word| !word.starts_with('-') && ![index, engine].contains(&Some(*word)));
        let query: Vec<_> = query.map(hint::quoted).collect();
        // Nobody searches for the name of a command alone.
        return (query.len() > 1).then(|| {
            format!(
                "`{}` is a command; to search for these words, run `{}`",
                command.get_name(),
                hint::command(named, &format!("-- {}", query.join(" ")))
            )
        });
    }
    let slip = |word: &&str| Some((word.get(1..)?.to_owned(), argv::long_option(word, cli)?));
    let (word, option) = words.iter().take_while(|word| **word != "--").find_map(slip)?;
    Some(format!(
        "the option is `{option}`; to leave out a word, put the query into quotation marks, or \
         write `NOT {word}`"
    ))
}
