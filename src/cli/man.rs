//! The manual page, in one page for all commands: made from the definitions of the command line and
//! from what the long help says beside them.

use std::io;

use clap::{Command, builder::StyledStr};
use clap_mangen::{
    Man,
    roff::{Roff, bold, roman},
};

use crate::cli::reference::{ENVIRONMENT, EXAMPLES, EXIT_STATUS, FILES, QUERY_SYNTAX, Topic};

/// Lets apostrophes stay what they are, so that commands can be pasted. Each part of the page begins
/// with it; once is enough.
const PREAMBLE: &str = ".ie \\n(.g .ds Aq \\(aq\n.el .ds Aq '\n";

/// The page in roff. The options of a search are those of the program itself.
pub(crate) fn page(program: &Command) -> io::Result<String> {
    let man = Man::new(program.clone());
    // The program bears no date, so that a version has one page.
    let mut page = format!(".TH MLSEARCH 1 \"\" \"mlsearch {}\"\n", env!("CARGO_PKG_VERSION"));
    page += &part(|out| man.render_name_section(out))?;
    page += &part(|out| man.render_synopsis_section(out))?;
    page += &description();
    page += &part(|out| man.render_options_section(out))?;
    page += &rows(&QUERY_SYNTAX);
    page += ".SH COMMANDS\n";
    for command in program.get_subcommands().filter(|command| command.get_name() != "search") {
        page += &one_command(command)?;
        for command in command.get_subcommands() {
            page += &one_command(command)?;
        }
    }
    page += &examples();
    for topic in [EXIT_STATUS, ENVIRONMENT, FILES] {
        page += &rows(&topic);
    }
    let page: Vec<&str> = page.lines().map(str::trim_end).collect();
    Ok(format!("{PREAMBLE}{}\n", page.join("\n")))
}

fn description() -> String {
    written(|roff| {
        roff.control("SH", ["DESCRIPTION"]);
        roff.text([roman(
            "Searches the full text of the articles on curated lists and prints the best ones \
             first. Words that name no command are a query. The first search builds the index: it \
             visits the pages of the lists; later ones send no request.",
        )]);
        roff.control("PP", []);
        roff.text([bold("mlsearch help"), roman(" COMMAND shows the help of one command.")]);
    })
}

/// A command: how it is used, what it does, its own options, and what its long help says below them.
fn one_command(command: &Command) -> io::Result<String> {
    let usage = command.clone().render_usage().to_string();
    let form = usage.trim_start_matches("Usage: ").lines().next().unwrap_or_default().to_owned();
    let mut text = written(|roff| {
        roff.control("SS", [form.as_str()]);
        roff.text([roman(command.get_about().map(StyledStr::to_string).unwrap_or_default())]);
    });
    let own = command.clone().mut_args(|arg| {
        let is_own = !arg.is_global_set() && !["help", "version"].contains(&arg.get_id().as_str());
        let is_hidden = arg.is_hide_set();
        arg.hide(is_hidden || !is_own)
    });
    let options = part(|out| Man::new(own).render_options_section(out))?;
    let below = options.lines().filter(|line| !line.starts_with(".SH "));
    text.extend(below.flat_map(|line| [line, "\n"]));
    if let Some(notes) = command.get_after_long_help() {
        text += &prose(&notes.to_string());
    }
    Ok(text)
}

/// Paragraphs, whose lines are filled, and lines that begin with blanks, which stay as they are.
fn prose(text: &str) -> String {
    written(|roff| {
        let (mut is_example, mut is_paragraph) = (false, false);
        for line in text.lines() {
            let begins_example = line.starts_with(' ');
            if is_example && !begins_example {
                roff.control("EE", []);
            }
            if line.is_empty() || begins_example != is_example {
                is_paragraph = false;
            }
            if !line.is_empty() && !is_paragraph {
                roff.control("PP", []);
                is_paragraph = true;
            }
            if begins_example && !is_example {
                roff.control("EX", []);
            }
            is_example = begins_example;
            if !line.is_empty() {
                roff.text([roman(line)]);
            }
        }
        if is_example {
            roff.control("EE", []);
        }
    })
}

fn examples() -> String {
    written(|roff| {
        roff.control("SH", ["EXAMPLES"]);
        for (number, (command, what)) in EXAMPLES.rows.iter().enumerate() {
            if number > 0 {
                roff.control("PP", []);
            }
            roff.text([roman(format!("{what}:"))]);
            roff.control("RS", ["4"]).control("EX", []);
            roff.text([roman(*command)]);
            roff.control("EE", []).control("RE", []);
        }
    })
}

/// A section with a name and its meaning in each row.
fn rows(topic: &Topic) -> String {
    written(|roff| {
        roff.control("SH", [topic.heading.to_uppercase().as_str()]);
        for (name, text) in topic.rows {
            roff.control("TP", []).text([bold(*name)]).text([roman(*text)]);
        }
    })
}

fn written(write: impl FnOnce(&mut Roff)) -> String {
    let mut roff = Roff::new();
    write(&mut roff);
    roff.render().replace(PREAMBLE, "")
}

/// What clap_mangen writes, without the preamble.
fn part(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<String> {
    let mut text = Vec::new();
    write(&mut text)?;
    Ok(String::from_utf8_lossy(&text).replace(PREAMBLE, ""))
}
