//! A launch agent (launchd.plist(5)).

use std::path::Path;

use jiff::civil::Time;
use quick_xml::escape::escape;

use crate::cli::{
    interval::{Days, Timing},
    schedule::{
        environment::Environment,
        unit::{Unit, Units, fill, quoted},
    },
};

const PLIST: &str = include_str!("mlsearch.plist");

/// The property list, in the home of the user.
pub(crate) fn units(
    name: &str,
    command: &[String],
    timing: Timing,
    environment: &Environment,
    home: &Path,
) -> Units {
    let words = command.iter().map(|word| format!("    <string>{}</string>\n", escape(&**word)));
    let words: String = words.collect();
    let log = home.join(format!("Library/Logs/{name}.log")).display().to_string();
    let when = match timing.at {
        Some(at) => calendar(Days::of(timing.every), at),
        None => {
            format!("  <key>StartInterval</key>\n  <integer>{}</integer>\n", timing.every.as_secs())
        }
    };
    let parts = [
        ("name", name),
        ("command", &words),
        ("variables", &variables(environment)),
        ("when", &when),
        ("log", &escape(&*log)),
    ];
    let text = fill(PLIST, &parts);
    let path = home.join(format!("Library/LaunchAgents/{name}.plist"));
    let file = quoted(&path.display().to_string());
    Units {
        files: vec![Unit { path, text }],
        links: Vec::new(),
        // What is loaded under that name keeps its old interval.
        start: format!(
            "to start it, run `launchctl bootout gui/$(id -u)/{name} 2>/dev/null; launchctl \
             bootstrap gui/$(id -u) {file}`; what it says is in {log}"
        ),
        stop: format!("to stop it, run `launchctl bootout gui/$(id -u)/{name}`"),
        note: environment.secret_note("the agent"),
    }
}

/// The variables of the agent.
fn variables(environment: &Environment) -> String {
    if environment.kept.is_empty() {
        return String::new();
    }
    let pairs = environment.kept.iter().map(|(name, value)| {
        format!("    <key>{name}</key>\n    <string>{}</string>\n", escape(&**value))
    });
    let pairs: String = pairs.collect();
    format!("  <key>EnvironmentVariables</key>\n  <dict>\n{pairs}  </dict>\n")
}

/// The days and the time at which the agent starts; launchd makes up for what a sleeping machine
/// has missed.
fn calendar(days: Days, at: Time) -> String {
    let key =
        |key: &str, value: i64| format!("    <key>{key}</key>\n    <integer>{value}</integer>\n");
    let time = key("Hour", at.hour().into()) + &key("Minute", at.minute().into());
    let dict = |text: &str| format!("  <dict>\n{text}  </dict>\n");
    let dicts = match days {
        Days::All => dict(&time),
        Days::Mondays => dict(&(key("Weekday", 1) + &time)),
        Days::OfMonth(step) => {
            let days = (1..=31).step_by(usize::from(step));
            let dicts = days.map(|day| dict(&(key("Day", day) + &time)));
            format!("  <array>\n{}  </array>\n", dicts.collect::<String>())
        }
    };
    format!("  <key>StartCalendarInterval</key>\n{dicts}")
}

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use jiff::civil::time;

    use crate::cli::{
        interval::Timing,
        schedule::{environment::Environment, launchd::units, unit::Units},
    };

    const DAY: Duration = Duration::from_secs(86_400);

    fn made(timing: Timing, environment: &Environment) -> Units {
        let command = ["/opt/a b/mlsearch", "--index", "/data/50% <$x>'\"", "update"];
        let command = command.map(str::to_owned);
        units("mlsearch-x", &command, timing, environment, Path::new("/Users/u & v"))
    }

    #[test]
    fn a_path_of_any_form_stays_one_string() {
        let units = made(Timing { every: DAY, at: None }, &Environment::default());
        let text = &units.files[0].text;
        for expected in [
            "<string>/data/50% &lt;$x&gt;&apos;&quot;</string>",
            "<key>StartInterval</key>\n  <integer>86400</integer>\n",
            "<string>/Users/u &amp; v/Library/Logs/mlsearch-x.log</string>",
        ] {
            assert!(text.contains(expected), "{text}");
        }
        assert!(!text.contains("EnvironmentVariables"), "{text}");
        let agents = "'/Users/u & v/Library/LaunchAgents/mlsearch-x.plist'";
        let start = format!("launchctl bootstrap gui/$(id -u) {agents}`");
        assert!(units.start.contains(&start), "{}", units.start);
    }

    #[test]
    fn a_time_of_day_is_kept_on_each_of_its_days() {
        let hour = "    <key>Hour</key>\n    <integer>2</integer>\n";
        for (days, dicts, expected) in [
            (1, 1, String::new()),
            (5, 7, "    <key>Day</key>\n    <integer>31</integer>\n".into()),
            (7, 1, "    <key>Weekday</key>\n    <integer>1</integer>\n".into()),
        ] {
            let timing = Timing { every: DAY * days, at: Some(time(2, 5, 0, 0)) };
            let text = made(timing, &Environment::default()).files.remove(0).text;
            assert_eq!(text.matches(&format!("{expected}{hour}")).count(), 1, "{text}");
            assert_eq!(text.matches(hour).count(), dicts, "{text}");
            assert!(!text.contains("StartInterval<"), "{text}");
        }
    }

    #[test]
    fn what_is_no_secret_of_the_shell_is_in_the_agent() {
        let kept = vec![("HTTPS_PROXY", "http://p.example/?a&b".to_owned())];
        let environment = Environment { kept, secret: vec!["HTTP_PROXY"] };
        let units = made(Timing { every: DAY, at: None }, &environment);
        let pair = "    <key>HTTPS_PROXY</key>\n    <string>http://p.example/?a&amp;b</string>\n";
        assert!(units.files[0].text.contains(pair), "{}", units.files[0].text);
        assert!(units.note.unwrap().contains("HTTP_PROXY"));
    }
}
