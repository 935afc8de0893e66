//! The program that shows page by page what does not fit the window, chosen as git chooses it.

use std::{
    env, io,
    io::{IsTerminal, Write},
    process::{Command, Stdio},
};

use crate::cli::signals;

/// The pager when none is named.
const LESS: &str = "less";
/// What less is asked for unless `LESS` says otherwise, as git does: to end at once where one window
/// is enough, to show colours, and to leave on the screen what was read.
const LESS_OPTIONS: &str = "FRX";
/// What a shell ends with when it cannot start a program.
const NOT_STARTED: [i32; 2] = [126, 127];

/// A pager.
pub(crate) struct Pager {
    /// The command of `MLSEARCH_PAGER` or `PAGER`; without one it is less.
    named: Option<String>,
}

impl Pager {
    /// The pager for somebody who can press keys in it; none when `cat` is named for one.
    pub(crate) fn chosen() -> Option<Pager> {
        let variable = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let is_plain = variable("TERM").is_none_or(|term| term == "dumb") && cfg!(unix);
        if is_plain || !io::stdin().is_terminal() {
            return None;
        }
        let named = variable("MLSEARCH_PAGER").or_else(|| variable("PAGER"));
        (named.as_deref().map(str::trim) != Some("cat")).then_some(Pager { named })
    }

    /// Shows a text until the reader leaves it; false when the pager cannot be started.
    pub(crate) fn show(&self, text: &[u8]) -> bool {
        let mut command = self.command();
        if env::var_os("LESS").is_none_or(|options| options.is_empty()) {
            command.env("LESS", LESS_OPTIONS);
        }
        let Ok(mut child) = command.stdin(Stdio::piped()).spawn() else { return false };
        // In a pager Ctrl-C ends a search of the reader's, and nothing else.
        signals::ignore();
        if let Some(mut pages) = child.stdin.take() {
            // Who has read enough leaves, and the rest is not wanted.
            let _ = pages.write_all(text);
        }
        let code = child.wait().ok().and_then(|status| status.code());
        !code.is_some_and(|code| self.named.is_some() && NOT_STARTED.contains(&code))
    }

    /// What is named is a command of the shell, with arguments and pipes.
    fn command(&self) -> Command {
        match &self.named {
            None => Command::new(LESS),
            Some(named) if cfg!(unix) => {
                let mut shell = Command::new("sh");
                shell.args(["-c", named]);
                shell
            }
            Some(named) => {
                let mut words = named.split_whitespace();
                let mut command = Command::new(words.next().unwrap_or(LESS));
                command.args(words);
                command
            }
        }
    }
}
