//! `schedule`: units that let the system update a collection on a schedule.

mod cron;
mod environment;
mod github;
mod launchd;
mod systemd;
mod task_scheduler;
mod unit;

use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use etcetera::BaseStrategy;
use jiff::civil::Time;
use mlsearch::{Error, canonical, wording::hint::Named};
use siphasher::sip::SipHasher13;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    interval::{self, Days, Timing},
    schedule::{
        environment::Environment,
        unit::{Units, unfit},
    },
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
Without --at an update runs so long after the one before; with it at that time
of each day, or of every few days with --every, and what was missed while the
machine was off is made up for (systemd, launchd).

HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, NO_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and
MLSEARCH_ENGINE of this shell go into the unit. One with a password does not,
and a note says how the update gets it.

With --on-failure the update is strict: it fails, too, when no page could be
reached or a list not be read.")]
pub(crate) struct ScheduleArgs {
    /// What starts the updates [default: systemd, launchd or schtasks]
    #[arg(value_enum)]
    by: Option<By>,
    /// How often: 6h, 1d, 7d; cron and github may have to round it
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = interval::every)]
    every: Duration,
    /// At which time of the day: 02:00
    #[arg(long, value_name = "HH:MM", value_parser = interval::time_of_day)]
    at: Option<Time>,
    /// The systemd unit to start when an update fails: mail@%n.service
    #[arg(long, value_name = "UNIT", value_parser = unit_to_start)]
    on_failure: Option<String>,
    /// Install the files instead of printing them
    #[arg(long)]
    install: bool,
    /// Remove the files that were installed
    #[arg(long, conflicts_with_all = ["install", "at", "on_failure"])]
    remove: bool,
}

/// What starts the updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum By {
    /// A user timer
    Systemd,
    /// A launch agent
    Launchd,
    /// A line for crontab
    Cron,
    /// A workflow for GitHub Actions, run at the root of the repository
    Github,
    /// A task of the Windows Task Scheduler
    Schtasks,
}

/// Prints the unit, installs it, or removes it.
pub(crate) fn run(args: &ScheduleArgs, context: &mut Context) -> Result<Exit, Failure> {
    let default = match () {
        () if cfg!(target_os = "macos") => By::Launchd,
        () if cfg!(windows) => By::Schtasks,
        () => By::Systemd,
    };
    let by = args.by.unwrap_or(default);
    let timing = timing(args)?;
    if args.on_failure.is_some() && by != By::Systemd {
        return Err(Failure::Usage {
            message: "`--on-failure` is for systemd alone".into(),
            hint: format!("leave it out, or run `{}`", context.command("schedule systemd")),
        });
    }
    if timing.at.is_some()
        && matches!(by, By::Systemd | By::Launchd)
        && let Some(note) = Days::of(timing.every).note("a calendar", timing.every)
    {
        context.note(&note);
    }
    let units = match by {
        By::Github => {
            let folder = github::folder_in_repository(&context.dir()?)?;
            github::units(&unit_name(&folder), &folder, &cron_times(timing, context))
        }
        _ => {
            let dir = folder(args, context)?;
            let name = unit_name(&path_text(&dir.canonicalize().unwrap_or(dir.clone()))?);
            let command = command(args, &path_text(&dir)?, context)?;
            let shell = Environment::of(|name| std::env::var(name).ok());
            match by {
                By::Launchd => launchd::units(&name, &command, timing, &shell, &home_dir(context)?),
                By::Cron => return cron(args, timing, &command, &shell, context),
                By::Schtasks => return task(args, timing, &name, &command, &shell, context),
                _ => {
                    let on_failure = args.on_failure.as_deref();
                    let config = config_dir(context)?;
                    systemd::units(&name, &command, timing, &shell, on_failure, &config)
                }
            }
        }
    };
    if args.remove { remove(&units, context) } else { put(&units, args.install, context) }
}

/// When the updates run.
fn timing(args: &ScheduleArgs) -> Result<Timing, Failure> {
    let ScheduleArgs { every, at, .. } = *args;
    if at.is_some() && !every.as_secs().is_multiple_of(86_400) {
        return Err(Failure::Usage {
            message: format!("`--at` needs whole days, and {} is not", interval::short(every)),
            hint: "leave out `--at`, or name days as in `--every 1d`".into(),
        });
    }
    Ok(Timing { every, at })
}

/// The folder of the collection, which need not be there any more when its units are removed.
fn folder(args: &ScheduleArgs, context: &Context) -> Result<PathBuf, Failure> {
    let dir = if args.remove { context.dir()? } else { context.collection()?.dir };
    Ok(std::path::absolute(&dir).map_err(|e| Error::io(&dir, e))?)
}

/// The command that updates it.
fn command(args: &ScheduleArgs, dir: &str, context: &Context) -> Result<Vec<String>, Failure> {
    let program = std::env::current_exe().map_err(|e| Error::io("mlsearch", e))?;
    let mut command = vec![path_text(&program)?];
    if let Some(engine) = &context.engine {
        command.extend(["--engine".to_owned(), canonical::discreet(engine).into_owned()]);
    }
    command.extend(["--index", dir, "update"].map(str::to_owned));
    command.extend(args.on_failure.is_some().then(|| "--strict".to_owned()));
    Ok(command)
}

/// Prints the files, or writes them.
fn put(units: &Units, install: bool, context: &mut Context) -> Result<Exit, Failure> {
    for unit in &units.files {
        if install {
            let wrote = if unit.path.exists() { "replaced" } else { "wrote" };
            unit.write()?;
            context.note(&format!("{wrote} {}", unit.path.display()));
        } else {
            writeln!(context.out, "# {}\n{}", unit.path.display(), unit.text)?;
        }
    }
    if let Some(note) = &units.note {
        context.note(note);
    }
    if !install {
        context.note("to write it there, add --install");
    }
    context.note(&units.start);
    Ok(Exit::Found)
}

/// Removes the files and what the system has made of them.
fn remove(units: &Units, context: &mut Context) -> Result<Exit, Failure> {
    let mut removed = false;
    let files = units.files.iter().map(|unit| &unit.path);
    for path in units.links.iter().chain(files) {
        match fs::remove_file(path) {
            Ok(()) => {
                context.note(&format!("removed {}", path.display()));
                removed = true;
            }
            Err(e) if e.kind() == ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io(path, e).into()),
        }
    }
    if removed {
        context.note(&units.stop);
    } else {
        context.note("nothing is installed for this collection");
    }
    Ok(Exit::found(removed))
}

/// Prints a line for a crontab, or says how to install or remove it.
fn cron(
    args: &ScheduleArgs,
    timing: Timing,
    command: &[String],
    shell: &Environment,
    context: &mut Context,
) -> Result<Exit, Failure> {
    if args.remove {
        return Err(cron::to_remove(command));
    }
    if args.install {
        let dir = folder(args, context)?;
        return Err(cron::to_install(Named { index: Some(&dir), ..context.named() }, timing));
    }
    let times = cron_times(timing, context);
    if let Some(note) = shell.secret_note("the line") {
        context.note(&note);
    }
    writeln!(context.out, "{}", cron::line(&times, command, shell))?;
    Ok(Exit::Found)
}

/// Prints the command that makes a task of the Task Scheduler, or says how to run or undo it.
fn task(
    args: &ScheduleArgs,
    timing: Timing,
    name: &str,
    command: &[String],
    shell: &Environment,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let by_hand = |command: &str| Failure::Usage {
        message: "a task of the Task Scheduler is made and removed by `schtasks`".into(),
        hint: format!("run `{command}`"),
    };
    if args.remove {
        return Err(by_hand(&task_scheduler::to_delete(name)));
    }
    let (command, note) = task_scheduler::to_create(name, command, timing)?;
    if args.install {
        return Err(by_hand(&command));
    }
    if let Some(note) = note {
        context.note(&note);
    }
    let variables = shell.kept.iter().map(|(name, _)| *name).chain(shell.secret.iter().copied());
    let variables: Vec<&str> = variables.collect();
    if !variables.is_empty() {
        let variables = variables.join(", ");
        context.note(&format!("a task has only what `setx` has set: {variables}"));
    }
    context.note("to start it, run this command at a prompt");
    writeln!(context.out, "{command}")?;
    Ok(Exit::Found)
}

/// The times at which it is done; says so when they keep another interval than the one asked for.
fn cron_times(timing: Timing, context: &Context) -> String {
    let (times, note) = interval::cron_times(timing);
    if let Some(note) = note {
        context.note(&note);
    }
    times
}

/// A name of a systemd unit (systemd.unit(5)), which may have specifiers.
fn unit_to_start(name: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@%".contains(c);
    let has_type = name.rsplit_once('.').is_some_and(|(name, kind)| {
        !name.is_empty() && kind.chars().all(|c| c.is_ascii_lowercase()) && !kind.is_empty()
    });
    match name.len() < 256 && name.chars().all(is_plain) && has_type {
        true => Ok(name.to_owned()),
        false => Err("not a unit of systemd such as mail@%n.service".into()),
    }
}

/// The name of a collection's units: its folder's name, and a hash of the path that tells it from
/// others of that name.
pub(crate) fn unit_name(path: &str) -> String {
    let folder: String =
        path.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(40).collect();
    let hash = format!("{:08x}", SipHasher13::new().hash(path.as_bytes()) >> 32);
    let words = folder.split(|c: char| !c.is_ascii_alphanumeric()).chain([hash.as_str()]);
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    format!("mlsearch-{}", words.join("-").to_ascii_lowercase())
}

fn path_text(path: &Path) -> Result<String, Failure> {
    let plain = path.to_str().filter(|text| !text.chars().any(char::is_control));
    plain.map(str::to_owned).ok_or_else(|| unfit(path))
}

fn config_dir(context: &Context) -> Result<PathBuf, Failure> {
    etcetera::choose_base_strategy().map(|base| base.config_dir()).map_err(|_| no_home(context))
}

fn home_dir(context: &Context) -> Result<PathBuf, Failure> {
    etcetera::home_dir().map_err(|_| no_home(context))
}

fn no_home(context: &Context) -> Failure {
    Failure::Usage {
        message: "no home folder to put the unit in".into(),
        hint: format!("set HOME, or run `{}`", context.command("schedule cron")),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::schedule::{unit_name, unit_to_start};

    #[test]
    fn a_unit_to_start_has_a_name_of_one_line() {
        for right in ["mail@%n.service", "status-email.service", "a.target"] {
            assert!(unit_to_start(right).is_ok(), "{right}");
        }
        for wrong in ["", "mail", ".service", "a b.service", "a.service\nX=1", "a.ser vice"] {
            assert!(unit_to_start(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_unit_is_named_for_its_collection() {
        for (path, begin) in [
            ("/home/u/index", "mlsearch-index-"),
            ("/srv/My Läden (2).d", "mlsearch-my-l-den-2-d-"),
            ("/srv/読書", "mlsearch-"),
            ("/", "mlsearch-"),
            (&"/x".repeat(300), "mlsearch-x-"),
            (&format!("/{}", "x".repeat(300)), "mlsearch-x"),
        ] {
            let name = unit_name(path);
            assert!(name.starts_with(begin) && name.len() <= 60, "{path}: {name}");
            assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{name}");
        }
        // Files are found by it: it must never change.
        assert_eq!(unit_name("/home/u/index"), "mlsearch-index-29b84fc9");
        assert_ne!(unit_name("/home/u/index"), unit_name("/home/v/index"));
    }
}
