//! `completions` and `man`: made from the same definitions as the help.

use std::io::Write;

use clap::{Args, Command};
use clap_complete::Shell;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    man,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
For bash, with its package bash-completion; without it, `source` the script in
~/.bashrc:
  mkdir -p ~/.local/share/bash-completion/completions
  mlsearch completions bash > ~/.local/share/bash-completion/completions/mlsearch

For zsh, with `fpath=(~/.zfunc $fpath)` before `compinit` in ~/.zshrc:
  mkdir -p ~/.zfunc
  mlsearch completions zsh > ~/.zfunc/_mlsearch

For fish:
  mkdir -p ~/.config/fish/completions
  mlsearch completions fish > ~/.config/fish/completions/mlsearch.fish

Companies, tags and other values come from the index of the collection that the
line names.")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints a completion script.
pub(crate) fn completions(
    args: &CompletionsArgs,
    mut command: Command,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let script = script(args.shell).map_or_else(
        || {
            let mut script = Vec::new();
            clap_complete::generate(args.shell, &mut command, "mlsearch", &mut script);
            script
        },
        |script| script.as_bytes().to_vec(),
    );
    context.out.write_all(&script)?;
    Ok(Exit::Found)
}

/// The script for a shell that asks the program; none for others.
fn script(shell: Shell) -> Option<&'static str> {
    match shell {
        Shell::Bash => Some(include_str!("complete/mlsearch.bash")),
        Shell::Zsh => Some(include_str!("complete/mlsearch.zsh")),
        Shell::Fish => Some(include_str!("complete/mlsearch.fish")),
        _ => None,
    }
}

/// Prints the manual page in roff.
pub(crate) fn man(command: &Command, context: &mut Context) -> Result<Exit, Failure> {
    context.out.write_all(man::page(command)?.as_bytes())?;
    Ok(Exit::Found)
}
