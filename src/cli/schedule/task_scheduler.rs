//! A task of the Windows Task Scheduler, as `schtasks` makes and removes it.

use std::{path::Path, time::Duration};

use jiff::civil::Time;

use crate::cli::{
    failure::Failure,
    interval::{self, Timing},
    schedule::unit::unfit,
};

/// Characters that `schtasks` takes as what a task runs.
const LONGEST_RUN: usize = 261;

/// The command that makes the task, and a note when it keeps another interval than the one asked for.
pub(crate) fn to_create(
    name: &str,
    command: &[String],
    Timing { every, at }: Timing,
) -> Result<(String, Option<String>), Failure> {
    let mut run = String::new();
    for (number, word) in command.iter().enumerate() {
        // The prompt reads these within quotes, too.
        if word.contains(['"', '%']) {
            return Err(unfit(Path::new(word)));
        }
        let is_plain = word.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let word = if is_plain { word.clone() } else { format!("\\\"{word}\\\"") };
        run.push_str(if number == 0 { "" } else { " " });
        run.push_str(&word);
    }
    if run.chars().count() > LONGEST_RUN {
        return Err(Failure::Usage {
            message: format!("the task's command is longer than {LONGEST_RUN} characters"),
            hint: "move the collection to a folder with a shorter path".into(),
        });
    }
    let (unit, count, kept) = interval_of(every);
    let start = at.map_or(String::new(), |at: Time| format!(" /ST {}", at.strftime("%H:%M")));
    let command =
        format!("schtasks /Create /F /TN {name} /SC {unit} /MO {count}{start} /TR \"{run}\"");
    let note = (kept != every).then(|| {
        let (asked, kept) = (interval::short(every), interval::short(kept));
        format!("the Task Scheduler cannot repeat every {asked}: every {kept} instead")
    });
    Ok((command, note))
}

/// The command that removes it.
pub(crate) fn to_delete(name: &str) -> String {
    format!("schtasks /Delete /F /TN {name}")
}

/// An interval no shorter than asked that a task can have, at most a year: its unit, how many of
/// those, and all of it.
fn interval_of(every: Duration) -> (&'static str, u64, Duration) {
    let minutes = every.as_secs().div_ceil(60);
    let of =
        |unit, count: u64, minutes: u64| (unit, count, Duration::from_secs(count * minutes * 60));
    match minutes {
        ..1_440 if minutes.is_multiple_of(60) => of("HOURLY", minutes / 60, 60),
        ..1_440 => of("MINUTE", minutes, 1),
        _ => of("DAILY", minutes.div_ceil(1_440).min(365), 1_440),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::time;

    use crate::cli::{
        interval::{Timing, every},
        schedule::task_scheduler::to_create,
    };

    #[track_caller]
    fn check(interval: &str, at: bool, expected: &str, note: Option<&str>) {
        let command = [r"C:\My Programs\mlsearch.exe", "--index", r"C:\data", "update"];
        let command = command.map(str::to_owned);
        let at = at.then(|| time(2, 5, 0, 0));
        let timing = Timing { every: every(interval).unwrap(), at };
        let (made, said) = to_create("mlsearch-x", &command, timing).unwrap();
        let run = r#"/TR "\"C:\My Programs\mlsearch.exe\" --index \"C:\data\" update""#;
        assert_eq!(made, format!("schtasks /Create /F /TN mlsearch-x {expected} {run}"));
        assert_eq!(said.as_deref(), note, "{interval}");
    }

    #[test]
    fn a_task_is_made_by_one_command() {
        check("1d", true, "/SC DAILY /MO 1 /ST 02:05", None);
        check("2w", false, "/SC DAILY /MO 14", None);
        check("6h", false, "/SC HOURLY /MO 6", None);
        check("90min", false, "/SC MINUTE /MO 90", None);
        let told = |kept: &str| format!("the Task Scheduler cannot repeat every {kept} instead");
        check("36h", false, "/SC DAILY /MO 2", Some(&told("36h: every 2d")));
        check("30s", false, "/SC MINUTE /MO 1", Some(&told("30s: every 1min")));
        check("2y", false, "/SC DAILY /MO 365", Some(&told("730d: every 365d")));
    }

    #[test]
    fn what_a_prompt_would_read_otherwise_is_refused() {
        let timing = Timing { every: every("1d").unwrap(), at: None };
        for path in ["C:\\50%", &"x".repeat(300)] {
            let command = ["mlsearch".to_owned(), path.to_owned()];
            assert!(to_create("mlsearch-x", &command, timing).is_err(), "{path}");
        }
    }
}
