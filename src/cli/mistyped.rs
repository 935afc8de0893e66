//! A word that was meant as a command, not as a query.

use clap::CommandFactory;
use mlsearch::{engine::choice::Engine, wording::hint};

use crate::cli::{args::Cli, context::Context, failure::Failure};

/// Takes care of a word that may be a mistyped command: where there is no index yet, a search for it
/// would visit every page of the lists.
pub(crate) fn heed(word: &str, context: &Context) -> Result<(), Failure> {
    let Some(command) = command_like(word) else { return Ok(()) };
    let dir = context.dir()?;
    let command = context.command(&command);
    if Engine::of(&dir, context.cluster()?.as_ref())?.is_published()? {
        context.note(&format!("searched for `{word}`; the command is `{command}`"));
        return Ok(());
    }
    let search = context.command(&format!("-- {}", hint::quoted(word)));
    Err(Failure::Usage {
        message: format!(
            "`{word}` is no command, and there is no index in `{}` to search for it",
            dir.display()
        ),
        hint: format!("run `{command}`, or `{search}` to search for the word"),
    })
}

/// The command that a word is but for one letter, or for two that are swapped.
fn command_like(word: &str) -> Option<String> {
    let word = word.to_lowercase();
    let cli = Cli::command();
    let names = cli.get_subcommands().map(|command| command.get_name()).chain(["help"]);
    // Every short word is one edit from `ui`.
    let names = names.filter(|name| name.len() > 2);
    let near = names.map(|name| (strsim::osa_distance(&word, name), name));
    let (distance, name) = near.min_by_key(|(distance, _)| *distance)?;
    (distance <= 1).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::cli::mistyped::command_like;

    #[test]
    fn a_word_one_edit_from_a_command_is_like_it() {
        for (word, command) in [
            ("stauts", "status"),
            ("statu", "status"),
            ("Status", "status"),
            ("updatee", "update"),
            ("ipdate", "update"),
            ("hlep", "help"),
        ] {
            assert_eq!(command_like(word).as_deref(), Some(command), "{word}");
        }
        for word in ["drift", "statsu2", "kubernetes", "data", "ai", "gui", "u", ""] {
            assert_eq!(command_like(word), None, "{word}");
        }
    }
}
