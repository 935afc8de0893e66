//! A line for crontab(5), which only its owner can install.

use mlsearch::wording::hint::{self, Named};

use crate::cli::{
    failure::Failure,
    interval::{self, Timing},
    schedule::{environment::Environment, unit::quoted},
};

/// The line.
pub(crate) fn line(times: &str, command: &[String], environment: &Environment) -> String {
    let variables = environment.kept.iter();
    let variables = variables.map(|(name, value)| format!("{name}={}", word(value)));
    let words: Vec<String> = variables.chain(command.iter().map(|part| word(part))).collect();
    format!("{times} {} >/dev/null", words.join(" "))
}

/// The refusal to install it, with the command that does.
pub(crate) fn to_install(named: Named<'_>, Timing { every, at }: Timing) -> Failure {
    let at = at.map_or(String::new(), |at| format!(" --at {}", at.strftime("%H:%M")));
    Failure::Usage {
        message: "a crontab is edited by its owner".into(),
        hint: {
            let cron = format!("schedule cron --every {}{at}", interval::short(every));
            format!("run `(crontab -l; {}) | crontab -`", hint::command(named, &cron))
        },
    }
}

/// The refusal to remove it, with the command that does.
pub(crate) fn to_remove(command: &[String]) -> Failure {
    // Whatever program and variables stand before them, these words are of this collection alone.
    let words: Vec<String> = command.iter().skip(1).map(|part| word(part)).collect();
    Failure::Usage {
        message: "a crontab is edited by its owner".into(),
        hint: format!("run `crontab -l | grep -vF -- {} | crontab -`", quoted(&words.join(" "))),
    }
}

/// A word of a command in a crontab, where an unescaped percent sign is a line break, within quotes
/// as well, and `\%` is one.
///
/// A backslash of the word itself must not stand before it: `''` is nothing to the shell and parts
/// them.
fn word(word: &str) -> String {
    quoted(word).replace("\\%", "\\''%").replace('%', "\\%")
}

#[cfg(test)]
mod tests {
    use crate::cli::schedule::{
        cron::{line, word},
        environment::Environment,
    };

    #[test]
    fn a_line_has_the_variables_before_the_command() {
        let command = ["/opt/a b/mlsearch", "--index", "/data/50% <$x>'\"", "update"];
        let command = command.map(str::to_owned);
        let words = "'/opt/a b/mlsearch' '--index' '/data/50\\% <$x>'\\''\"' 'update' >/dev/null";
        let mut environment = Environment::default();
        let found = line("17 4 * * *", &command, &environment);
        assert_eq!(found, format!("17 4 * * * {words}"));
        environment.kept.push(("NO_PROXY", "a b,50%".into()));
        let found = line("0 2 * * *", &command, &environment);
        assert_eq!(found, format!("0 2 * * * NO_PROXY='a b,50\\%' {words}"));
    }

    /// What cron gives to the shell: up to the first percent sign that no backslash stands before
    /// (the loop over the command in do_command.c of Vixie cron).
    fn given_to_the_shell(line: &str) -> String {
        let (mut out, mut is_escaped) = (String::new(), false);
        for c in line.chars() {
            if std::mem::take(&mut is_escaped) {
                if c == '%' {
                    out.pop();
                }
            } else if c == '%' {
                break;
            } else {
                is_escaped = c == '\\';
            }
            out.push(c);
        }
        out
    }

    #[cfg(unix)]
    #[test]
    fn a_crontab_gives_each_path_to_the_shell_as_it_is() {
        for path in [
            "/a b",
            "/50%",
            "/a\\%b",
            "/a\\\\%b",
            "/a\\\\\\%%\\",
            "/'%'",
            "/\"$x\" `y` \\'%\\",
            "%",
            "\\",
        ] {
            let line = given_to_the_shell(&word(path));
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {line}")])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), path, "{line}");
        }
    }
}
