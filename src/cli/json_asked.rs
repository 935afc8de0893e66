//! JSON as other programs are asked for it: `--format json`, `-o json`.

use clap::Command;
use mlsearch::wording::hint::quoted;

/// Options by which other programs are told the form of their output.
const OPTIONS: [&str; 6] = ["--format", "--output", "--output-format", "--out", "-f", "-o"];
/// Values that mean JSON.
const FORMS: [&str; 5] = ["json", "jsonl", "jsonlines", "ndjson", "json-lines"];

/// The command to run in place of one that asks for JSON in such a way, if it can print JSON.
pub(crate) fn hint(words: &[&str], cli: &Command) -> Option<String> {
    let options = words.iter().take_while(|word| **word != "--").count();
    let asked = |at: usize| -> Option<usize> {
        let (option, value, length) = match words[at].split_once('=') {
            Some((option, value)) => (option, value, 1),
            None => (words[at], *words.get(at + 1)?, 2),
        };
        let is_json = FORMS.contains(&value.to_ascii_lowercase().as_str());
        (OPTIONS.contains(&option) && is_json).then_some(length)
    };
    let (at, length) = (0..options).find_map(|at| Some((at, asked(at)?)))?;
    let command =
        words.iter().fold(cli, |command, word| command.find_subcommand(word).unwrap_or(command));
    command.get_arguments().find(|option| option.get_long() == Some("json"))?;
    let line =
        ["mlsearch"].iter().chain(&words[..at]).chain(&["--json"]).chain(&words[at + length..]);
    let line: Vec<String> = line.map(|word| quoted(word)).collect();
    Some(format!("run `{}`", line.join(" ")))
}
