//! The manual page: its structure, and no page that is not there.

use std::collections::BTreeSet;

use crate::program::{Run, program};

/// What the lines of a macro have behind it.
fn lines_of<'p>(name: &str, page: &'p str) -> Vec<&'p str> {
    let lines = page.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    lines.map(|heading| heading.trim_matches('"')).collect()
}

#[test]
fn the_manual_page_has_the_sections_that_people_look_for() {
    let page = Run::of(program().arg("man")).stdout;
    let sections = lines_of(".SH", &page);
    for section in [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "OPTIONS",
        "SEARCH OPTIONS",
        "QUERY SYNTAX",
        "COMMANDS",
        "EXAMPLES",
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
    ] {
        let times = sections.iter().filter(|other| **other == section).count();
        assert_eq!(times, 1, "{section}");
    }
    let names: BTreeSet<_> = sections.iter().collect();
    assert_eq!(names.len(), sections.len(), "{sections:?}");
    assert_eq!(lines_of(".TH", &page).len(), 1);
    assert!(page.contains("mlsearch \\- Search what the articles on curated lists say\n"));
    for name in ["MLSEARCH_INDEX", "NO_COLOR", "mlsearch.toml", "feature store"] {
        assert!(page.contains(&format!(".TP\n\\fB{}\\fR\n", name.replace('-', "\\-"))), "{name}");
    }
}

#[test]
fn the_manual_page_describes_each_command_and_refers_to_no_other_page() {
    let page = Run::of(program().arg("man")).stdout;
    let help = Run::of(program().arg("-h")).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let described = lines_of(".SS", &page);
    for line in commands.lines().take_while(|line| !line.is_empty()) {
        let command = format!("mlsearch {}", line.split_whitespace().next().unwrap());
        let is_described = described.iter().any(|form| {
            form.strip_prefix(&command)
                .is_some_and(|rest| rest.trim_start() != rest || rest.is_empty())
        });
        assert!(is_described || command == "mlsearch search", "{command} {described:?}");
    }
    assert!(!page.contains("(1)") && !page.contains("SEE ALSO"));
}

#[test]
fn examples_in_the_manual_page_stay_as_they_are() {
    let page = Run::of(program().arg("man")).stdout;
    let mut is_example = false;
    let mut examples = Vec::new();
    for line in page.lines() {
        match line {
            ".EX" => assert!(!std::mem::replace(&mut is_example, true), "one within another"),
            ".EE" => assert!(std::mem::replace(&mut is_example, false), "none has begun"),
            line if is_example => examples.push(line),
            line => assert!(!line.starts_with(' '), "a line that would be filled: {line}"),
        }
        assert_eq!(line.trim_end(), line, "{line:?}");
    }
    assert!(!is_example);
    for example in [
        "mlsearch feature store drift",
        "mlsearch \\*(Aq\"feature store\" \\-spark\\*(Aq",
        "mlsearch \\*(Aqdeplo*\\*(Aq \\-\\-after 2022",
        "  mlsearch check \\-\\-patch | git apply \\-\\-allow\\-empty",
    ] {
        assert!(examples.contains(&example), "{example}: {examples:#?}");
    }
}
