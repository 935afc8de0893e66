//! When a stream gets colours and links: the option, then the environment, then the terminal.

use std::{
    ffi::OsString,
    io::{self, IsTerminal},
};

use anstream::ColorChoice as Streams;
use clap::ColorChoice;

use crate::cli::argv::value_of;

/// Whether a stream gets colours and links.
pub(crate) fn decorates(choice: ColorChoice, stream: &impl IsTerminal) -> bool {
    decided(choice, stream.is_terminal(), |name| std::env::var_os(name))
}

/// Whether a terminal gets colours that a program draws on.
pub(crate) fn decorates_terminal(choice: ColorChoice) -> bool {
    decided(choice, true, |name| std::env::var_os(name))
}

/// Gives messages the colours that are meant for standard error.
pub(crate) fn set_for_messages(choice: ColorChoice) {
    let is_decorated = decorates(choice, &io::stderr());
    if is_decorated { Streams::Always } else { Streams::Never }.write_global();
}

/// The choice among arguments that are not parsed yet: the help and its errors have colours, too.
pub(crate) fn choice_in(argv: &[OsString]) -> ColorChoice {
    value_of("--color", argv).and_then(|named| named.parse().ok()).unwrap_or_default()
}

/// The rules of <https://bixense.com/clicolors/> and <https://no-color.org>. An empty variable is
/// unset.
fn decided(
    choice: ColorChoice,
    is_terminal: bool,
    variable: impl Fn(&str) -> Option<OsString>,
) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if set("NO_COLOR").is_some() => false,
        ColorChoice::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        ColorChoice::Auto => {
            let is_off = set("CLICOLOR").is_some_and(|value| value == "0");
            let is_dumb = set("TERM").is_some_and(|term| term == "dumb");
            is_terminal && !is_off && !is_dumb
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::ColorChoice;

    use crate::cli::color::{choice_in, decided};

    /// What is decided on a terminal and elsewhere.
    #[track_caller]
    fn check(choice: ColorChoice, variables: &[(&str, &str)], expected: (bool, bool)) {
        let variable = |name: &str| {
            let named = variables.iter().find(|(other, _)| *other == name);
            named.map(|(_, value)| (*value).into())
        };
        let decided = |is_terminal| decided(choice, is_terminal, variable);
        assert_eq!((decided(true), decided(false)), expected, "{choice} {variables:?}");
    }

    #[test]
    fn the_option_counts_more_than_the_environment_and_that_more_than_the_terminal() {
        use ColorChoice::{Always, Auto, Never};
        check(Auto, &[], (true, false));
        check(Auto, &[("NO_COLOR", "1")], (false, false));
        check(Auto, &[("NO_COLOR", "0")], (false, false));
        check(Auto, &[("CLICOLOR", "0")], (false, false));
        check(Auto, &[("CLICOLOR", "1")], (true, false));
        check(Auto, &[("CLICOLOR_FORCE", "1")], (true, true));
        check(Auto, &[("CLICOLOR_FORCE", "1"), ("CLICOLOR", "0")], (true, true));
        check(Auto, &[("CLICOLOR_FORCE", "0")], (true, false));
        check(Auto, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], (false, false));
        check(Auto, &[("TERM", "dumb")], (false, false));
        check(Auto, &[("TERM", "dumb"), ("CLICOLOR_FORCE", "1")], (true, true));
        let empty = ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "TERM"].map(|name| (name, ""));
        check(Auto, &empty, (true, false));
        check(Never, &[("CLICOLOR_FORCE", "1")], (false, false));
        check(Always, &[("NO_COLOR", "1"), ("TERM", "dumb")], (true, true));
    }

    #[test]
    fn the_last_choice_before_the_double_hyphen_counts() {
        for (line, expected) in [
            ("mlsearch", ColorChoice::Auto),
            ("mlsearch --color never --help", ColorChoice::Never),
            ("mlsearch --color=never --color always x", ColorChoice::Always),
            ("mlsearch -- --color never", ColorChoice::Auto),
            ("mlsearch --color", ColorChoice::Auto),
            ("mlsearch --color=mauve", ColorChoice::Auto),
        ] {
            let argv: Vec<_> = line.split(' ').map(Into::into).collect();
            assert_eq!(choice_in(&argv), expected, "{line}");
        }
    }
}
