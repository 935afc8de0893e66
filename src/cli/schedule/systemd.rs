//! A service and its timer (systemd.timer(5), systemd.service(5)).

use std::path::Path;

use crate::cli::{
    interval::{self, Days, Timing},
    schedule::{
        environment::Environment,
        unit::{Unit, Units, fill, quoted},
    },
};

const SERVICE: &str = include_str!("mlsearch.service");
const TIMER: &str = include_str!("mlsearch.timer");

/// The line of a service that names no unit to start after a failure.
const NO_FAILURE_UNIT: &str = "# `--on-failure UNIT` writes here: OnFailure=UNIT";

/// The units, in the user's folder of settings.
pub(crate) fn units(
    name: &str,
    command: &[String],
    timing: Timing,
    environment: &Environment,
    on_failure: Option<&str>,
    config: &Path,
) -> Units {
    let dir = config.join("systemd").join("user");
    let words: Vec<String> = command.iter().map(|word| command_word(word)).collect();
    let on_failure = on_failure.map(|unit| format!("OnFailure={unit}"));
    let variables = environment.kept.iter();
    let variables = variables
        .map(|(name, value)| format!("Environment={}\n", setting_word(&format!("{name}={value}"))));
    let mut variables: String = variables.collect();
    let secrets = config.join("mlsearch").join(format!("{name}.env"));
    if !environment.secret.is_empty() {
        let path = secrets.display().to_string().replace('%', "%%");
        variables.push_str(&format!("EnvironmentFile=-{path}\n"));
    }
    let parts = [
        ("command", words.join(" ")),
        ("failure", on_failure.unwrap_or_else(|| NO_FAILURE_UNIT.into())),
        ("variables", variables),
    ];
    let service = fill(SERVICE, &parts.each_ref().map(|(name, text)| (*name, text.as_str())));
    let every = interval::short(timing.every);
    let timer = fill(TIMER, &[("every", &every), ("when", &when(timing))]);
    let (service_file, timer_file) = (format!("{name}.service"), format!("{name}.timer"));
    Units {
        files: vec![
            Unit { path: dir.join(service_file), text: service },
            Unit { path: dir.join(&timer_file), text: timer },
        ],
        links: vec![dir.join("timers.target.wants").join(&timer_file)],
        start: format!(
            "to start it, run `systemctl --user daemon-reload && systemctl --user enable --now \
             {timer_file}`; it runs while you are logged in, and always after `loginctl \
             enable-linger`"
        ),
        stop: format!(
            "to stop it, run `systemctl --user stop {timer_file}; systemctl --user daemon-reload`"
        ),
        note: note(&environment.secret, &secrets),
    }
}

/// When the timer starts its service.
fn when(Timing { every, at }: Timing) -> String {
    let Some(at) = at else {
        // Not all who update every day shall do so at the same time.
        let jitter = (every.as_secs() / 20).min(7_200);
        return format!(
            "OnBootSec=10min\nOnUnitInactiveSec={}\nRandomizedDelaySec={jitter}s",
            interval::short(every)
        );
    };
    let days = match Days::of(every) {
        Days::All => "*-*-*".to_owned(),
        Days::OfMonth(step) => format!("*-*-01/{step}"),
        Days::Mondays => "Mon *-*-*".to_owned(),
    };
    // What was missed while the machine was off is made up for.
    format!("OnCalendar={days} {}\nPersistent=true", at.strftime("%H:%M:%S"))
}

/// Where what is secret goes.
fn note(secret: &[&str], file: &Path) -> Option<String> {
    let first = secret.first()?;
    let folder = file.parent().map(|folder| folder.display().to_string()).unwrap_or_default();
    Some(format!(
        "not written into the unit, since others may read it: {}; the service reads a file of \
         yours: run `(umask 077; mkdir -p {}; printf '{first}=%s\\n' \"${first}\" >> {})`{}",
        secret.join(", "),
        quoted(&folder),
        quoted(&file.display().to_string()),
        if secret.len() > 1 { ", and so for each of them" } else { "" }
    ))
}

/// A word of a command: quoted, with specifiers and variables made plain.
fn command_word(word: &str) -> String {
    setting_word(word).replace('$', "$$")
}

/// A word of another setting, in which variables are no syntax.
fn setting_word(word: &str) -> String {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", word.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use jiff::civil::time;

    use crate::cli::{
        interval::Timing,
        schedule::{environment::Environment, systemd::units, unit::Units},
    };

    const DAY: Duration = Duration::from_secs(86_400);

    fn made(timing: Timing, environment: &Environment, on_failure: Option<&str>) -> Units {
        let command = ["/opt/a b/mlsearch", "--index", "/data/50% <$x>'\"", "update"];
        let command = command.map(str::to_owned);
        let config = Path::new("/home/u/.config");
        units("mlsearch-x", &command, timing, environment, on_failure, config)
    }

    #[test]
    fn a_path_of_any_form_stays_one_word() {
        let units = made(Timing { every: DAY, at: None }, &Environment::default(), None);
        let line =
            "ExecStart=\"/opt/a b/mlsearch\" \"--index\" \"/data/50%% <$$x>'\\\"\" \"update\"\n";
        assert!(units.files[0].text.contains(line), "{}", units.files[0].text);
        assert!(units.files[1].text.contains("OnUnitInactiveSec=1d\n"));
    }

    #[test]
    fn a_time_of_day_is_kept_and_made_up_for() {
        for (days, expected) in [
            (1, "OnCalendar=*-*-* 02:05:00\nPersistent=true\n"),
            (3, "OnCalendar=*-*-01/3 02:05:00\nPersistent=true\n"),
            (7, "OnCalendar=Mon *-*-* 02:05:00\nPersistent=true\n"),
        ] {
            let timing = Timing { every: DAY * days, at: Some(time(2, 5, 0, 0)) };
            let units = made(timing, &Environment::default(), None);
            let timer = &units.files[1].text;
            assert!(timer.contains(expected) && !timer.contains("OnUnitInactive"), "{timer}");
        }
    }

    #[test]
    fn what_is_no_secret_of_the_shell_is_in_the_service() {
        let environment = Environment {
            kept: vec![("HTTPS_PROXY", "http://p.example:3128/50%$\"".into())],
            secret: vec!["HTTP_PROXY", "MLSEARCH_ENGINE_API_KEY"],
        };
        let timing = Timing { every: DAY, at: None };
        let units = made(timing, &environment, Some("mail@%n.service"));
        let service = &units.files[0].text;
        for line in [
            "OnFailure=mail@%n.service",
            "Environment=\"HTTPS_PROXY=http://p.example:3128/50%%$\\\"\"",
            "EnvironmentFile=-/home/u/.config/mlsearch/mlsearch-x.env",
        ] {
            assert!(service.lines().any(|found| found == line), "{line}: {service}");
        }
        let note = units.note.unwrap();
        assert!(note.contains(": HTTP_PROXY, MLSEARCH_ENGINE_API_KEY; "), "{note}");
        assert!(note.contains("printf 'HTTP_PROXY=%s\\n' \"$HTTP_PROXY\" >> '/home/u/"), "{note}");
    }
}
