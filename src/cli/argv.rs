//! The arguments as they were typed, before they are parsed: the command that is implied, and words
//! of a query that look like options.

use std::ffi::OsString;

use clap::{ArgAction, Command};
use mlsearch::wording::hint::quoted;

/// How an argument stands among the options of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OptionKind {
    /// Options, or one with its value.
    Whole,
    /// Options, the last of which has its value in the next argument.
    Open,
    /// What asks for the help or the version.
    Help,
    /// No option of the command.
    Other,
}

/// The arguments with `search` put in where no command is named.
///
/// A bare word is a query, so that `mlsearch feature store` needs no command.
/// Only options of every command may stand before one.
/// `help`, alone or before a command, is `--help`; before other words it is a word like them.
/// A query that begins with an excluded word (`'-spark drift'`, or `-spark` where no option bears
/// that name) is no option: a blank is put before it.
pub(crate) fn with_search_implied(argv: &[OsString], cli: &Command) -> Vec<OsString> {
    let mut argv: Vec<OsString> = argv.iter().map(unlike_option).collect();
    let Some(position) = first_word(&argv, cli) else { return argv };
    let is_command = |arg: &OsString| arg.to_str().is_some_and(|word| is_command(word, cli));
    match &argv[position..] {
        [word, ..] if is_command(word) => {}
        [word] if word == "help" => argv[position] = "--help".into(),
        [word, command] if word == "help" && is_command(command) => {
            argv.remove(position);
            argv.push("--help".into());
        }
        _ => argv.insert(position, "search".into()),
    }
    for word in excluded_words(&argv, cli) {
        argv[word] = format!(" {}", argv[word].display()).into();
    }
    argv
}

/// Whether the arguments are a query though they do not say so, neither by `search` nor by `--`.
pub(crate) fn is_search_implied(argv: &[OsString], cli: &Command) -> bool {
    let first = first_word(argv, cli).and_then(|position| argv[position].to_str());
    first.is_some_and(|word| word != "help" && !is_command(word, cli))
        && argv.iter().all(|arg| arg != "--")
}

/// What to say of words of a query that look like options: what they were taken for.
pub(crate) fn notes(argv: &[OsString], cli: &Command) -> Vec<String> {
    let argv = with_search_implied(argv, cli);
    let Some(search) = search_of(&argv, cli) else { return Vec::new() };
    let mut words = argv.iter().filter_map(|arg| arg.to_str());
    let excluded = words.by_ref().take_while(|word| *word != "--").filter_map(|word| {
        let word = word.strip_prefix(" -").filter(|word| !word.contains(' '))?;
        Some(format!("`-{word}` is no option: articles with `{word}` are left out"))
    });
    let mut notes: Vec<String> = excluded.collect();
    let is_option = |word: &&str| {
        kind(word, search, |_| true) != OptionKind::Other
            || long_name(word).is_some_and(|name| !name.is_empty())
    };
    notes.extend(
        words.filter(is_option).map(|word| {
            format!("`{word}` was searched as a word: behind `--` there are no options")
        }),
    );
    notes
}

/// The option of two hyphens that an argument with one of them bears the name of.
pub(crate) fn long_option(arg: &str, command: &Command) -> Option<String> {
    let name = arg.strip_prefix('-').filter(|rest| !rest.starts_with('-'))?;
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    command.get_arguments().find(|option| option.get_long() == Some(name))?;
    Some(format!("--{name}"))
}

/// The words of a command as they were typed with one more option, quoted for a shell, without the
/// program and the options that a command to paste has before them.
pub(crate) fn again(argv: impl IntoIterator<Item = OsString>, option: &str) -> String {
    let mut argv = argv.into_iter().skip(1).map(|arg| arg.to_string_lossy().into_owned());
    let mut words = Vec::new();
    let mut place = None;
    while let Some(arg) = argv.next() {
        let is_named = |name: &&str| arg.strip_prefix(*name).is_some_and(|v| v.starts_with('='));
        if place.is_none() && ["--index", "--engine"].contains(&&*arg) {
            argv.next();
        } else if place.is_some() || !["--index", "--engine"].iter().any(is_named) {
            if place.is_none() && arg == "--" {
                place = Some(words.len());
            }
            words.push(quoted(&arg));
        }
    }
    words.insert(place.unwrap_or(words.len()), option.to_owned());
    words.join(" ")
}

/// The last value of an option among arguments that are not parsed.
pub(crate) fn value_of<'a>(option: &str, argv: &'a [OsString]) -> Option<&'a str> {
    let words: Vec<_> = argv.iter().map_while(|arg| arg.to_str()).collect();
    let words = words.split(|word| *word == "--").next().unwrap_or_default();
    words.iter().enumerate().rev().find_map(|(at, word)| match word.strip_prefix(option)? {
        "" => words.get(at + 1).copied(),
        value => value.strip_prefix('='),
    })
}

/// Whether a word is the name of a command.
pub(crate) fn is_command(word: &str, cli: &Command) -> bool {
    cli.get_subcommands().any(|command| command.get_name() == word)
}

/// The command `search`, when it is the one that is named.
fn search_of<'c>(argv: &[OsString], cli: &'c Command) -> Option<&'c Command> {
    let position = first_word(argv, cli)?;
    let search = cli.find_subcommand("search")?;
    (argv[position] == "search").then_some(search)
}

/// The place of the first argument that is no option of every command; none when there is none, or
/// when help or version are asked for before it.
pub(crate) fn first_word(argv: &[OsString], cli: &Command) -> Option<usize> {
    let mut position = 1;
    loop {
        let arg = argv.get(position)?.to_str();
        position += match arg.map(|arg| kind(arg, cli, clap::Arg::is_global_set)) {
            Some(OptionKind::Whole) => 1,
            Some(OptionKind::Open) => 2,
            Some(OptionKind::Help) => return None,
            Some(OptionKind::Other) | None => return Some(position),
        }
    }
}

/// The places of the words of a search that begin with one hyphen, and no option bears their name.
fn excluded_words(argv: &[OsString], cli: &Command) -> Vec<usize> {
    let Some(search) = search_of(argv, cli) else { return Vec::new() };
    let mut excluded = Vec::new();
    let mut is_value = false;
    for (position, arg) in argv.iter().enumerate().skip(1) {
        let Some(arg) = arg.to_str() else { continue };
        if arg == "--" {
            break;
        }
        let kind = kind(arg, search, |_| true);
        let is_word = arg.len() > 1 && arg.starts_with('-') && !arg.starts_with("--");
        if is_word && !is_value && kind == OptionKind::Other && long_option(arg, search).is_none() {
            excluded.push(position);
        }
        is_value = kind == OptionKind::Open && !is_value;
    }
    excluded
}

/// How an argument stands among those options of a command that `counts`.
fn kind(arg: &str, command: &Command, counts: impl Fn(&clap::Arg) -> bool) -> OptionKind {
    let option = |is_it: &dyn Fn(&clap::Arg) -> bool| {
        let mut options =
            command.get_arguments().filter(|option| is_help(option) || counts(option));
        options.find(|option| is_it(option))
    };
    if let Some(long) = arg.strip_prefix("--") {
        let (name, value) = long.split_once('=').map_or((long, None), |(n, v)| (n, Some(v)));
        return match option(&|option| option.get_long() == Some(name)) {
            None => OptionKind::Other,
            Some(found) if is_help(found) => OptionKind::Help,
            Some(found) if takes_value(found) && value.is_none() => OptionKind::Open,
            Some(_) => OptionKind::Whole,
        };
    }
    let Some(letters) = arg.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
        return OptionKind::Other;
    };
    let mut kind = OptionKind::Whole;
    for (at, letter) in letters.char_indices() {
        match option(&|option| option.get_short() == Some(letter)) {
            None => return OptionKind::Other,
            Some(found) if is_help(found) => kind = OptionKind::Help,
            Some(found) if takes_value(found) => {
                // All values of short options are numbers.
                let value = letters[at + letter.len_utf8()..].trim_start_matches('=');
                return match value {
                    _ if kind == OptionKind::Help => kind,
                    "" => OptionKind::Open,
                    value if value.starts_with(|c: char| c.is_ascii_digit()) => kind,
                    _ => OptionKind::Other,
                };
            }
            Some(_) => {}
        }
    }
    kind
}

/// The name of an option with two hyphens, known or not.
fn long_name(arg: &str) -> Option<&str> {
    let name = arg.strip_prefix("--")?;
    let name = name.split_once('=').map_or(name, |(name, _)| name);
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(name)
}

fn is_help(option: &clap::Arg) -> bool {
    matches!(
        option.get_action(),
        ArgAction::Help | ArgAction::HelpShort | ArgAction::HelpLong | ArgAction::Version
    )
}

fn takes_value(option: &clap::Arg) -> bool {
    matches!(option.get_action(), ArgAction::Set | ArgAction::Append)
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

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use crate::cli::{
        args,
        argv::{again, is_search_implied, notes, with_search_implied},
    };

    fn argv(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[track_caller]
    fn check(line: &str, expected: &str) {
        assert_eq!(with_search_implied(&argv(line), &args::command()), argv(expected), "{line}");
    }

    #[test]
    fn a_word_that_is_no_command_begins_a_query() {
        check("mlsearch drift", "mlsearch search drift");
        check("mlsearch --index x -v drift --json", "mlsearch --index x -v search drift --json");
        check("mlsearch -vq drift", "mlsearch -vq search drift");
        check("mlsearch -- update", "mlsearch search -- update");
        check("mlsearch --json drift", "mlsearch search --json drift");
        check("mlsearch --index x status", "mlsearch --index x status");
        check("mlsearch --index=x status", "mlsearch --index=x status");
        check("mlsearch --help drift", "mlsearch --help drift");
        check("mlsearch -vh drift", "mlsearch -vh drift");
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
    fn a_command_is_told_again_with_one_more_option() {
        for (line, expected) in [
            ("mlsearch drift", "drift --hybrid"),
            (
                "mlsearch --index x drift --company=O'Reilly -n 3",
                r"drift '--company=O'\''Reilly' -n 3 --hybrid",
            ),
            ("mlsearch drift --engine=local -- --index x", "drift --hybrid -- --index x"),
        ] {
            assert_eq!(again(argv(line), "--hybrid"), expected, "{line}");
        }
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
            assert_eq!(is_search_implied(&argv(line), &args::command()), expected, "{line}");
        }
    }

    /// The words of a search that are taken for excluded ones.
    #[track_caller]
    fn check_excluded(line: &str, expected: &[&str]) {
        let argv: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let with_search = with_search_implied(&argv, &args::command());
        let words = with_search.iter().filter_map(|arg| arg.to_str()?.strip_prefix(' '));
        assert_eq!(words.collect::<Vec<_>>(), expected, "{line}");
    }

    #[test]
    fn a_word_with_a_hyphen_is_excluded_where_no_option_bears_its_name() {
        check_excluded("mlsearch store -spark", &["-spark"]);
        check_excluded("mlsearch -spark store --json", &["-spark"]);
        check_excluded("mlsearch search store -spark -ray", &["-spark", "-ray"]);
        check_excluded(
            "mlsearch store -company:uber -\"real -2022",
            &["-company:uber", "-\"real", "-2022"],
        );
        // Each short option, with others and with its value.
        for options in ["-n5", "-n=5", "-n 5", "-v", "-q", "-vv", "-vqn5", "-qn 5", "-h", "-V"] {
            check_excluded(&format!("mlsearch store {options}"), &[]);
        }
        for word in
            ["-nlp", "-vision", "-query", "-quality", "-vae", "-VAE", "-hadoop", "-né", "-ünder"]
        {
            check_excluded(&format!("mlsearch store {word}"), &[word]);
        }
        // The name of an option is rather a slip of the hand than a word.
        for slip in ["-json", "-company uber", "-limit=5", "-all", "-help"] {
            check_excluded(&format!("mlsearch store {slip}"), &[]);
        }
        // Values of options, what stands behind `--`, other commands, a sign alone.
        check_excluded("mlsearch store --company -spark", &[]);
        check_excluded("mlsearch store -n -spark", &[]);
        check_excluded("mlsearch -- store -spark", &[]);
        check_excluded("mlsearch facets -spark", &[]);
        check_excluded("mlsearch a - b", &[]);
    }

    #[track_caller]
    fn check_notes(line: &str, expected: &[&str]) {
        assert_eq!(notes(&argv(line), &args::command()), expected, "{line}");
    }

    #[test]
    fn what_looks_like_an_option_and_is_a_word_gets_a_note() {
        let excluded = "`-spark` is no option: articles with `spark` are left out";
        check_notes("mlsearch store -spark", &[excluded]);
        check_notes("mlsearch store -- -spark", &[]);
        let word =
            |word| format!("`{word}` was searched as a word: behind `--` there are no options");
        for option in ["--company", "--company=uber", "--json", "--jsno", "-n5", "-n", "-v"] {
            check_notes(&format!("mlsearch -- store {option}"), &[&word(option)]);
        }
        check_notes("mlsearch store -n5 --json", &[]);
        check_notes("mlsearch C++ -- dash -- more", &[]);
        check_notes("mlsearch update --json -- --company", &[]);
    }
}
