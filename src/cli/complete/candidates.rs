//! The candidates for a word: commands and options by their definitions, values of facets by the
//! index.

use std::{
    ffi::{OsStr, OsString},
    path::Path,
};

use clap::{Arg, Command, ValueHint};
use clap_complete::engine::{ArgValueCandidates, ArgValueCompleter, CompletionCandidate, complete};
use mlsearch::{
    counted::counted,
    engine::choice::Engine,
    search::{FACETS, Filters, Searcher},
    text::{is_harmful, sanitize},
};

use crate::cli::{args, argv, context::Context};

/// The most values of a facet that are offered; the most frequent ones come first.
const MOST: usize = 500;
/// The tag of a candidate that stands for the names of files.
const FILES: &str = "files";

/// What may stand in place of a word.
pub(crate) enum Completions<C> {
    /// The names of files, which the shell knows better.
    Files,
    /// These.
    Values(Vec<C>),
}

/// One word that may stand there.
pub(crate) struct Completion {
    pub(crate) value: String,
    pub(crate) description: String,
}

impl<C> Completions<C> {
    pub(crate) fn map<D>(self, form: impl FnMut(C) -> D) -> Completions<D> {
        match self {
            Completions::Files => Completions::Files,
            Completions::Values(values) => {
                Completions::Values(values.into_iter().map(form).collect())
            }
        }
    }
}

/// What may stand in place of the last word. The first word is the program.
pub(crate) fn candidates(words: &[String]) -> Completions<Completion> {
    let Some((current, before)) = words.split_last() else {
        return Completions::Values(Vec::new());
    };
    let named = named_before(before);
    let mut cli = completing(args::definition(), &named).mut_subcommand("facets", |facets| {
        facets.mut_arg("name", |name| {
            name.add(ArgValueCandidates::new(|| FACETS.map(Into::into).into()))
        })
    });
    cli.build();
    let before: Vec<OsString> = before.iter().map(OsString::from).collect();
    let mut argv = argv::with_search_implied(&before, &cli);
    let is_first = argv.len() == before.len() && argv::first_word(&argv, &cli).is_none();
    argv.push(current.into());
    let index = argv.len() - 1;
    let mut found = complete(&mut cli, argv, index, None).unwrap_or_default();
    if found.iter().any(|candidate| candidate.get_tag().is_some_and(|tag| tag.to_string() == FILES))
    {
        return Completions::Files;
    }
    if is_first && "help".starts_with(current.as_str()) {
        let help = CompletionCandidate::new("help").help(Some("What a command does".into()));
        found.push(help);
    }
    // An empty word may be anything: options are offered where there is nothing else.
    let begins_so = |candidate: &CompletionCandidate| {
        candidate.get_value().as_encoded_bytes().starts_with(b"-")
    };
    let is_option = |candidate: &CompletionCandidate| {
        candidate.get_id().is_some_and(|id| id.starts_with("arg::"))
    };
    if current.is_empty() && found.iter().any(|candidate| !is_option(candidate)) {
        found.retain(|candidate| !is_option(candidate));
    }
    // A value that begins with a hyphen can be given behind `=` alone.
    found.retain(|candidate| {
        !begins_so(candidate) || is_option(candidate) || current.starts_with("--")
    });
    let readable = |candidate: &CompletionCandidate| {
        let value = candidate.get_value().to_str().filter(|value| !value.contains(is_harmful))?;
        let description = candidate.get_help().map(|help| help.to_string()).unwrap_or_default();
        let description = description.lines().next().unwrap_or_default().to_owned();
        Some(Completion { value: value.to_owned(), description })
    };
    Completions::Values(found.iter().filter_map(readable).collect())
}

/// A command with what completes the values of its arguments.
fn completing(command: Command, named: &[OsString]) -> Command {
    let command = command.mut_args(|arg| with_values(arg, named));
    command.mut_subcommands(|command| completing(command, named))
}

/// An argument with what completes its values: the values of a facet, or files.
fn with_values(arg: Arg, named: &[OsString]) -> Arg {
    let facet = FACETS.into_iter().find(|facet| arg.get_long() == Some(facet));
    if let Some(facet) = facet {
        let named = named.to_vec();
        return arg.add(ArgValueCompleter::new(move |typed: &OsStr| values(facet, typed, &named)));
    }
    let files = |typed: &OsStr| vec![CompletionCandidate::new(typed).tag(Some(FILES.into()))];
    match arg.get_value_hint() {
        ValueHint::AnyPath => arg.add(ArgValueCompleter::new(files)),
        _ => arg,
    }
}

/// The values of a facet that begin like what was typed, however they are written.
fn values(facet: &str, typed: &OsStr, named: &[OsString]) -> Vec<CompletionCandidate> {
    let Some(typed) = typed.to_str() else { return Vec::new() };
    let begins = typed.to_lowercase();
    let Some(searcher) = searcher(named) else { return Vec::new() };
    let facets = searcher.facets(Some(facet), &Filters::default()).unwrap_or_default();
    let counts = facets.into_iter().flat_map(|facet| facet.values);
    counts
        .map(|count| (sanitize(&count.value).trim().to_owned(), count.count))
        .filter(|(value, _)| value.to_lowercase().starts_with(&begins))
        .take(MOST)
        .map(|(value, count)| {
            CompletionCandidate::new(value).help(Some(counted(count, "article").into()))
        })
        .collect()
}

/// The published index of the collection that is meant; none when there is none, or when it is on a
/// cluster, which may be slow to answer.
fn searcher(named: &[OsString]) -> Option<Searcher> {
    let argv = [&["mlsearch".into()], named, &["status".into()]].concat();
    let cli = args::parse(&argv, &mut args::command()).ok()?;
    let context = Context::new(&cli.global);
    let engine = match context.cluster().ok()? {
        Some(_) => return None,
        None => Engine::of(&context.dir().ok()?, None).ok()?,
    };
    engine.is_published().ok().filter(|is_published| *is_published)?;
    Searcher::of(engine).ok()
}

/// The options before the cursor that name a collection, with `~` as the shell would read it.
fn named_before(words: &[String]) -> Vec<OsString> {
    let mut named = Vec::new();
    let mut words = words.iter().take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        for option in ["--index", "--engine"] {
            let value = match word.strip_prefix(option) {
                Some("") => words.next().map(String::as_str),
                Some(rest) => rest.strip_prefix('='),
                None => None,
            };
            if let Some(value) = value {
                named.extend([option.into(), at_home(value)]);
                break;
            }
        }
    }
    named
}

fn at_home(path: &str) -> OsString {
    let below = path.strip_prefix("~/");
    let home = below.and_then(|below| Some(std::env::home_dir()?.join(below)));
    home.map_or_else(|| Path::new(path).into(), Into::into)
}
