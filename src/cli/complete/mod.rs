//! What may follow on a command line: the scripts of bash, zsh and fish ask the program for it.

mod bash;
mod candidates;

use std::{
    ffi::OsString,
    io::{self, Write},
};

use crate::cli::complete::candidates::{Completion, Completions, candidates};

/// The argument that asks for candidates. It is in no help: only the scripts give it.
const ARGUMENT: &str = "--complete-words";
/// The exit code that asks the shell to complete the names of files itself.
const FILES: u8 = 3;

/// Whether these arguments ask for candidates.
pub(crate) fn is_asked(argv: &[OsString]) -> bool {
    argv.get(1).is_some_and(|arg| arg == ARGUMENT)
}

/// Prints the candidates for the last word, one on each line, and returns the exit code.
///
/// bash gives the line up to the cursor and the part of it that it will replace, zsh and fish the
/// words, of which fish leaves the last one as it is written; what these two get is a value, a tab
/// and a description. Nothing else is ever printed.
pub(crate) fn run(argv: &[OsString]) -> u8 {
    let args: Vec<String> = argv.iter().skip(2).map(|arg| arg.display().to_string()).collect();
    let described = |candidate: Completion| {
        format!("{}\t{}", candidate.value, candidate.description.replace('\t', " "))
    };
    let lines = match args.as_slice() {
        [shell, line, replaced] if shell == "bash" => {
            let words = bash::words(line);
            candidates(&words.values).map(|candidate| words.completed(&candidate.value, replaced))
        }
        [shell, before @ .., current] if shell == "fish" => {
            let current = bash::words(current).values;
            candidates(&[before, &current].concat()).map(described)
        }
        [_, words @ ..] => candidates(words).map(described),
        [] => return 2,
    };
    match lines {
        Completions::Files => FILES,
        Completions::Values(lines) => {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            // A shell that does not listen any more needs no answer.
            let _ = io::stdout().write_all(text.as_bytes());
            u8::from(lines.is_empty())
        }
    }
}
