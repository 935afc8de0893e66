//! The command line: arguments in, results on stdout, everything else on stderr.

mod args;
mod argv;
mod browser;
mod check;
mod cluster;
mod color;
mod complete;
mod context;
mod embedder;
mod eval;
mod explain_query;
mod export;
mod extract;
mod extract_warc;
mod facets;
mod failure;
mod filters;
mod git_patch;
mod git_revision;
mod history;
mod hit;
mod import;
mod import_report;
mod init;
mod interval;
mod json_asked;
mod layout;
mod lint;
mod list;
mod man;
mod mcp;
mod mistyped;
mod model;
mod narrow_help;
mod news;
mod open_index;
mod output;
mod pack;
mod pager;
mod panic;
mod progress;
mod pull;
mod recent;
mod reference;
mod schedule;
#[cfg(test)]
mod schemas;
mod search;
mod serve;
mod setup;
mod show;
mod show_part;
mod signals;
mod similar;
mod status;
mod table;
mod text;
mod transfer;
mod ui;
mod ui_terminal;
mod update;
mod update_report;
mod visit;
mod web;
mod worker;

use std::{ffi::OsString, process::ExitCode};

use mlsearch::wording::hint::{self, Named};

use crate::cli::{
    args::{Cli, Command},
    context::Context,
    failure::{Exit, Failure},
};

/// Runs the program on the arguments and the environment of the process.
pub(crate) fn main() -> ExitCode {
    let argv: Vec<OsString> = std::env::args_os().collect();
    if let Some(code) = worker::run_if_asked(&argv) {
        return code;
    }
    if complete::is_asked(&argv) {
        return ExitCode::from(complete::run(&argv));
    }
    let choice = color::choice_in(&argv);
    color::set_for_messages(choice);
    let mut command = narrow_help::fitted(args::command(), &argv).color(choice);
    let code = match args::parse(&argv, &mut command) {
        Ok(cli) => {
            let (index, engine) = (cli.global.named_index(), cli.global.engine.clone());
            let named = Named { index: index.as_deref(), engine: engine.as_deref() };
            let rebuild = || hint::rebuild(named);
            panic::caught(rebuild, || run(cli, &argv, command))
        }
        Err(error) => args::report(&error, &argv, &command),
    };
    ExitCode::from(code)
}

fn run(cli: Cli, argv: &[OsString], command: clap::Command) -> u8 {
    let mut context = Context::new(&cli.global);
    argv::notes(argv, &command).iter().for_each(|note| context.note(note));
    let result = match &cli.command {
        Some(Command::Search(args)) if argv::is_search_implied(argv, &command) => {
            match args.query.as_slice() {
                [word] => mistyped::heed(word, &context),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    };
    if cli.command.as_ref().is_some_and(is_read_at_the_end) {
        context.out.hold();
    }
    let result = result.and_then(|()| dispatch(cli.command, command, &mut context));
    let result = result.and_then(|exit| context.flush().map(|()| exit));
    match result {
        Ok(Exit::Found) => 0,
        Ok(Exit::Nothing) => 1,
        Ok(Exit::Trouble) => 2,
        Ok(Exit::Signal(code)) => code,
        Err(failure) => context.report(&failure),
    }
}

/// Whether all that a command prints is there when it ends, and is read then from its beginning.
fn is_read_at_the_end(command: &Command) -> bool {
    matches!(
        command,
        Command::Search(_)
            | Command::Facets(_)
            | Command::Show(_)
            | Command::Similar(_)
            | Command::Status(_)
            | Command::New(_)
            | Command::Check(_)
            | Command::List(_)
    )
}

fn dispatch(
    command: Option<Command>,
    cli: clap::Command,
    context: &mut Context,
) -> Result<Exit, Failure> {
    match command {
        Some(Command::Search(args)) => search::run(&args, context),
        Some(Command::Update(args)) => update::run(&args, context),
        Some(Command::Facets(args)) => facets::run(&args, context),
        Some(Command::Show(args)) => show::run(&args, context),
        Some(Command::Open(args)) => show::open(&args, context),
        Some(Command::Similar(args)) => similar::run(&args, context),
        Some(Command::Status(args)) => status::run(&args, context),
        Some(Command::Serve(args)) => serve::run(&args, context),
        Some(Command::Ui(args)) => ui::run(&args, context),
        Some(Command::Mcp(args)) => mcp::run(&args, context),
        Some(Command::Init(args)) => init::run(&args, context),
        Some(Command::New(args)) => news::run(&args, context),
        Some(Command::Check(args)) => check::run(&args, context),
        Some(Command::Schedule(args)) => schedule::run(&args, context),
        Some(Command::List(args)) => list::run(&args, context),
        Some(Command::Extract(args)) if !args.warc.is_empty() => extract_warc::run(&args, context),
        Some(Command::Extract(args)) => extract::run(&args, context),
        Some(Command::Import(args)) => import::run(&args, context),
        Some(Command::Export(args)) => export::run(&args, context),
        Some(Command::Pack(args)) => pack::run(&args, context),
        Some(Command::Pull(args)) => pull::run(&args, context),
        Some(Command::Eval(args)) => eval::run(&args, context),
        Some(Command::Model(args)) => model::run(&args, context),
        Some(Command::Completions(args)) => setup::completions(&args, cli, context),
        Some(Command::Man) => setup::man(&cli, context),
        None => {
            let help = cli.clone().render_help();
            context.write_styled(&help)?;
            Ok(Exit::Found)
        }
    }
}
