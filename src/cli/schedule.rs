//! `schedule`: units that let the system update a collection on a schedule.

use std::{
    ffi::OsStr,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, ValueEnum};
use etcetera::BaseStrategy;
use mlsearch::{Error, collection::Collection};
use siphasher::sip::SipHasher13;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    interval,
};

#[derive(Debug, Args)]
pub(crate) struct ScheduleArgs {
    /// What starts the updates [default: systemd, on macOS launchd]
    #[arg(value_enum)]
    by: Option<By>,
    /// How often: 6h, 1d, 7d; cron and github may have to round it
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = interval::every)]
    every: Duration,
    /// Install the files instead of printing them
    #[arg(long)]
    install: bool,
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
}

/// A file of a unit: where it belongs, and what is in it.
#[derive(Debug, PartialEq, Eq)]
struct Unit {
    path: PathBuf,
    text: String,
}

/// Templates of units; `%name%` stands for what is filled in.
const SERVICE: &str = include_str!("schedule/mlsearch.service");
const TIMER: &str = include_str!("schedule/mlsearch.timer");
const PLIST: &str = include_str!("schedule/mlsearch.plist");
const WORKFLOW: &str = include_str!("schedule/mlsearch.yml");

/// A template with its parts filled in, which may hold percent signs themselves.
fn fill(template: &str, parts: &[(&str, &str)]) -> String {
    let part = |name: &str| parts.iter().find(|(part, _)| *part == name).map(|(_, text)| *text);
    let pieces = template.split('%').enumerate();
    let filled = pieces.map(|(at, piece)| match at % 2 {
        0 => piece,
        _ => part(piece).expect("each template names only parts that it is given"),
    });
    filled.collect()
}

/// Prints the unit, or installs it.
pub(crate) fn run(args: &ScheduleArgs, context: &mut Context) -> Result<Exit, Failure> {
    let default = if cfg!(target_os = "macos") { By::Launchd } else { By::Systemd };
    let by = args.by.unwrap_or(default);
    let (units, next) = match by {
        By::Github => {
            let folder = folder_in_repository(&context.dir()?)?;
            github(&folder, &cron_times(args.every, context))
        }
        _ => {
            let program = std::env::current_exe().map_err(|e| Error::io("mlsearch", e))?;
            let dir = context.collection()?.dir;
            let dir = std::path::absolute(&dir).map_err(|e| Error::io(&dir, e))?;
            let real = dir.canonicalize().map_err(|e| Error::io(&dir, e))?;
            let name = unit_name(&path_text(&real)?);
            let dir = path_text(&dir)?;
            let command = [path_text(&program)?, "--index".into(), dir.clone(), "update".into()];
            match by {
                By::Systemd => systemd(&name, &command, args.every, &config_dir()?),
                By::Launchd => launchd(&name, &command, args.every, &home_dir()?),
                _ => return cron(&dir, &command, args, context),
            }
        }
    };
    for unit in &units {
        if args.install {
            let wrote = if unit.path.exists() { "replaced" } else { "wrote" };
            write(unit)?;
            context.note(&format!("{wrote} {}", unit.path.display()));
        } else {
            writeln!(context.out, "# {}\n{}", unit.path.display(), unit.text)?;
        }
    }
    context.note(&if args.install { next } else { "to write it there, add --install".into() });
    Ok(Exit::Found)
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

/// A service and its timer (systemd.timer(5), systemd.service(5)).
fn systemd(name: &str, command: &[String], every: Duration, config: &Path) -> (Vec<Unit>, String) {
    let dir = config.join("systemd").join("user");
    let words: Vec<String> = command.iter().map(|word| systemd_word(word)).collect();
    let service = fill(SERVICE, &[("command", &words.join(" "))]);
    let jitter = (every.as_secs() / 20).min(7_200).to_string();
    let timer = fill(TIMER, &[("every", &interval::short(every)), ("jitter", &jitter)]);
    let units = vec![
        Unit { path: dir.join(format!("{name}.service")), text: service },
        Unit { path: dir.join(format!("{name}.timer")), text: timer },
    ];
    let next = format!(
        "to start it, run `systemctl --user daemon-reload && systemctl --user enable --now {name}.timer`"
    );
    (units, next)
}

/// A word of a command in a unit: quoted, with specifiers and variables made plain.
fn systemd_word(word: &str) -> String {
    let word = word.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", word.replace('%', "%%").replace('$', "$$"))
}

/// A property list (launchd.plist(5)).
fn launchd(name: &str, command: &[String], every: Duration, home: &Path) -> (Vec<Unit>, String) {
    let words: String = command
        .iter()
        .map(|word| format!("    <string>{}</string>\n", quick_xml::escape::escape(word.as_str())))
        .collect();
    let seconds = every.as_secs().to_string();
    let text = fill(PLIST, &[("name", name), ("command", &words), ("seconds", &seconds)]);
    let path = home.join(format!("Library/LaunchAgents/{name}.plist"));
    // What is loaded under that name keeps its old interval.
    let file = quoted(&path.display().to_string());
    let next =
        format!("to start it, run `launchctl unload {file} 2>/dev/null; launchctl load {file}`");
    (vec![Unit { path, text }], next)
}

/// Prints a line for crontab(5), which only its owner can install.
fn cron(
    dir: &str,
    command: &[String],
    args: &ScheduleArgs,
    context: &mut Context,
) -> Result<Exit, Failure> {
    if args.install {
        return Err(Failure::Usage {
            message: "a crontab is edited by its owner".into(),
            hint: format!(
                "run `(crontab -l; mlsearch --index {} schedule cron --every {}) | crontab -`",
                quoted(dir),
                interval::short(args.every)
            ),
        });
    }
    let times = cron_times(args.every, context);
    writeln!(context.out, "{}", cron_line(&times, command))?;
    Ok(Exit::Found)
}

/// The times at which it is done; says so when they keep another interval than the one asked for.
fn cron_times(every: Duration, context: &Context) -> String {
    let (times, note) = interval::cron_times(every);
    if let Some(note) = note {
        context.note(&note);
    }
    times
}

fn cron_line(times: &str, command: &[String]) -> String {
    let words: Vec<String> = command.iter().map(|word| cron_word(word)).collect();
    format!("{times} {} >/dev/null", words.join(" "))
}

/// A word of a command in a crontab, where an unescaped percent sign is a line break, within quotes
/// as well, and `\%` is one.
///
/// A backslash of the word itself must not stand before it: `''` is nothing to the shell and parts
/// them.
fn cron_word(word: &str) -> String {
    quoted(word).replace("\\%", "\\''%").replace('%', "\\%")
}

/// A word of a shell's command.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// The collection's folder as seen from the current one, where a workflow finds itself.
fn folder_in_repository(dir: &Path) -> Result<String, Failure> {
    let here = Path::new(".").canonicalize().map_err(|e| Error::io(".", e))?;
    let real = dir.canonicalize().or_else(|_| std::path::absolute(dir));
    let real = real.map_err(|e| Error::io(dir, e))?;
    let Ok(below) = real.strip_prefix(&here) else {
        return Err(Failure::Usage {
            message: format!("`{}` is not in the current folder or below it", dir.display()),
            hint: "run it at the root of the repository that holds the collection, with \
                   `--index DIR`"
                .into(),
        });
    };
    Collection::open(dir)?;
    let names: Option<Vec<&str>> = below.iter().map(OsStr::to_str).collect();
    let folder = names.ok_or_else(|| unfit(dir))?.join("/");
    // What a shell, YAML or a pattern of paths would read otherwise is left out.
    let plain = |c: char| c.is_alphanumeric() || "-_./ ".contains(c);
    match folder.as_str() {
        "" => Ok(".".into()),
        folder if folder.chars().all(plain) && !folder.starts_with(['-', ' ']) => Ok(folder.into()),
        _ => Err(unfit(dir)),
    }
}

/// A workflow that keeps the pages between its runs and publishes the index as an artifact.
fn github(folder: &str, times: &str) -> (Vec<Unit>, String) {
    let name = unit_name(folder);
    let parts =
        [("name", &*name), ("times", times), ("folder", folder), ("quoted", &quoted(folder))];
    let text = fill(WORKFLOW, &parts);
    let path = PathBuf::from(format!(".github/workflows/{name}.yml"));
    let next = "to start it, say in it where the source of mlsearch is, then commit and push it";
    (vec![Unit { path, text }], next.into())
}

fn write(unit: &Unit) -> Result<(), Error> {
    if let Some(dir) = unit.path.parent() {
        fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    }
    fs::write(&unit.path, &unit.text).map_err(|e| Error::io(&unit.path, e))
}

fn path_text(path: &Path) -> Result<String, Failure> {
    let plain = path.to_str().filter(|text| !text.chars().any(char::is_control));
    plain.map(str::to_owned).ok_or_else(|| unfit(path))
}

fn unfit(path: &Path) -> Failure {
    Failure::Usage {
        message: format!("`{}` cannot be written into a unit", path.display()),
        hint: "move it to a folder with a plain name".into(),
    }
}

fn config_dir() -> Result<PathBuf, Failure> {
    etcetera::choose_base_strategy().map(|base| base.config_dir()).map_err(|_| no_home())
}

fn home_dir() -> Result<PathBuf, Failure> {
    etcetera::home_dir().map_err(|_| no_home())
}

fn no_home() -> Failure {
    Failure::Usage {
        message: "no home folder to put the unit in".into(),
        hint: "set HOME, or run `mlsearch schedule cron`".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use crate::cli::schedule::{cron_line, cron_word, launchd, systemd, unit_name};

    const DAY: Duration = Duration::from_secs(86_400);

    fn command() -> Vec<String> {
        ["/opt/a b/mlsearch", "--index", "/data/50% <$x>'\"", "update"].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_path_of_any_form_stays_one_word() {
        let (units, _) = systemd("mlsearch-x", &command(), DAY, Path::new("/home/u/.config"));
        let line =
            "ExecStart=\"/opt/a b/mlsearch\" \"--index\" \"/data/50%% <$$x>'\\\"\" \"update\"\n";
        assert!(units[0].text.contains(line), "{}", units[0].text);
        assert!(units[1].text.contains("OnUnitInactiveSec=1d\n"));
        let (units, _) = launchd("mlsearch-x", &command(), DAY, Path::new("/Users/u"));
        assert!(units[0].text.contains("<string>/data/50% &lt;$x&gt;&apos;&quot;</string>"));
        assert_eq!(
            cron_line("17 4 * * *", &command()),
            "17 4 * * * '/opt/a b/mlsearch' '--index' '/data/50\\% <$x>'\\''\"' 'update' >/dev/null"
        );
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
            let line = given_to_the_shell(&cron_word(path));
            let output = std::process::Command::new("sh")
                .args(["-c", &format!("printf %s {line}")])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(output.stdout).unwrap(), path, "{line}");
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
