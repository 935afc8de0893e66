//! The context of a command: streams, terminal, environment, and the collection that is meant.

use std::{
    io::{self, IsTerminal, Write},
    path::{Path, PathBuf},
};

use anstyle::Style;
use clap::{Args, ColorChoice};
use etcetera::BaseStrategy;
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use mlsearch::{
    canonical::discreet,
    collection::Collection,
    json,
    wording::hint::{self, Named, Origin},
};

use crate::cli::{
    color::decorates,
    failure::Failure,
    output::Output,
    pager::Pager,
    text::{sanitize, tell},
};

/// Style of titles and of matched words.
pub(crate) const BOLD: Style = Style::new().bold();
/// Style of what is beside the point.
pub(crate) const DIM: Style = Style::new().dimmed();

/// What every command understands.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The collection [default: MLSEARCH_INDEX, ./index, or your own]
    #[arg(long, value_name = "DIR", global = true)]
    index: Option<PathBuf>,
    /// The cluster with the index, or local [default: MLSEARCH_ENGINE]
    #[arg(long, value_name = "URL", global = true)]
    pub(crate) engine: Option<String>,
    /// When to use colours and links
    #[arg(
        long,
        value_name = "WHEN",
        global = true,
        default_value = "auto",
        hide_possible_values = true
    )]
    pub(crate) color: ColorChoice,
    /// Print what does not fit the window at once
    #[arg(long, global = true)]
    no_pager: bool,
    /// Say more about what is done
    #[arg(short, long, global = true, overrides_with = "quiet")]
    pub(crate) verbose: bool,
    /// Print results and errors alone: no notes, no progress
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Show a progress bar on a terminal without colours, too
    #[arg(long, global = true)]
    progress: bool,
}

/// What a command knows of the world outside.
pub(crate) struct Context {
    /// Standard output.
    pub(crate) out: Output,
    /// When to use colours and links.
    pub(crate) color: ColorChoice,
    /// Whether standard output is a terminal.
    pub(crate) is_terminal: bool,
    /// Whether standard output gets colours and links.
    pub(crate) decorated: bool,
    /// Whether standard error gets colours.
    pub(crate) decorated_stderr: bool,
    /// Whether a terminal without colours gets progress bars, too.
    pub(crate) progress: bool,
    /// Columns of a line, at most 100.
    pub(crate) width: usize,
    /// Whether to say more.
    pub(crate) verbose: bool,
    /// Whether to print nothing but results and errors.
    pub(crate) quiet: bool,
    /// The folder that was named, by `--index` or the environment.
    pub(crate) index: Option<PathBuf>,
    /// The engine that was named by `--engine`.
    pub(crate) engine: Option<String>,
}

impl Global {
    /// The folder that `--index` or `MLSEARCH_INDEX` names; an empty variable names none.
    pub(crate) fn named_index(&self) -> Option<PathBuf> {
        let variable = || std::env::var_os("MLSEARCH_INDEX").filter(|dir| !dir.is_empty());
        self.index.clone().or_else(|| variable().map(PathBuf::from))
    }
}

impl Context {
    pub(crate) fn new(global: &Global) -> Context {
        let (stdout, stderr) = (io::stdout(), io::stderr());
        let pager = if global.no_pager { None } else { Pager::chosen() };
        Context {
            color: global.color,
            is_terminal: stdout.is_terminal(),
            decorated: decorates(global.color, &stdout),
            decorated_stderr: decorates(global.color, &stderr),
            progress: global.progress,
            width: columns().clamp(20, 100),
            verbose: global.verbose,
            quiet: global.quiet,
            index: global.named_index(),
            engine: global.engine.clone(),
            out: Output::new(stdout, pager),
        }
    }

    /// The wall clock.
    pub(crate) fn now() -> Timestamp {
        Timestamp::now()
    }

    /// The wall clock in the user's time zone.
    pub(crate) fn local_now() -> DateTime {
        TimeZone::system().to_datetime(Context::now())
    }

    /// The folder of the collection that is meant, which may not exist yet.
    ///
    /// `--index` or `MLSEARCH_INDEX`, else `./index` if it is a collection, else a folder among
    /// the user's own data.
    pub(crate) fn dir(&self) -> Result<PathBuf, Failure> {
        if let Some(dir) = &self.index {
            return Ok(dir.clone());
        }
        let here = Path::new("index");
        if Collection::exists(here) {
            return Ok(here.to_owned());
        }
        let base = etcetera::choose_base_strategy().map_err(|_| Failure::Usage {
            message: "no home folder to keep the index in".into(),
            hint: "name a folder with `--index DIR`".into(),
        })?;
        Ok(base.data_dir().join("mlsearch"))
    }

    /// The folder that `--index` or `MLSEARCH_INDEX` names.
    pub(crate) fn named_dir(&self) -> Option<PathBuf> {
        self.index.clone()
    }

    /// The collection that is meant; the default one is made among the user's own data if needed.
    pub(crate) fn collection(&self) -> Result<Collection, Failure> {
        let dir = self.dir()?;
        if self.index.is_none() && !Collection::exists(&dir) {
            return Ok(Collection::create_default(&dir)?);
        }
        Ok(Collection::open(&dir)?)
    }

    /// Text in a style, when standard output has styles.
    pub(crate) fn styled(&self, style: Style, text: &str) -> String {
        if self.decorated { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Prints clap's styled text.
    pub(crate) fn write_styled(&mut self, text: &clap::builder::StyledStr) -> io::Result<()> {
        if self.decorated {
            write!(self.out, "{}", text.ansi())
        } else {
            write!(self.out, "{text}")
        }
    }

    /// Prints a value as one line of JSON, with the version before its fields.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        Ok(json::write_line(&mut self.out, value)?)
    }

    /// Tells something beside the results, unless nobody wants to know.
    pub(crate) fn note(&self, message: &str) {
        if self.quiet {
            return;
        }
        let style = if self.decorated_stderr { DIM } else { Style::new() };
        tell(&format!("{style}mlsearch: {}{style:#}", sanitize(&discreet(message))));
    }

    /// What was named, as commands to paste name it again.
    pub(crate) fn named(&self) -> Named<'_> {
        Named { index: self.index.as_deref(), engine: self.engine.as_deref() }
    }

    /// What was named, or the folder that is meant where nobody has named it and its index was pulled.
    pub(crate) fn named_at<'a>(&'a self, dir: &'a Path) -> Named<'a> {
        let is_pulled = self.index.is_none() && Origin::of(Some(dir)) == Origin::Pull;
        Named { index: self.index.as_deref().or(is_pulled.then_some(dir)), ..self.named() }
    }

    /// A command of this program on the collection that is meant, to be pasted into a shell.
    pub(crate) fn command(&self, words: &str) -> String {
        hint::command(self.named(), words)
    }

    /// Tells what to do about a note.
    pub(crate) fn hint(&self, message: &str) {
        if !self.quiet {
            print_hint(message);
        }
    }

    /// Writes out what is buffered.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Tells of a failure and returns the exit code.
    pub(crate) fn report(&mut self, failure: &Failure) -> u8 {
        match failure {
            Failure::Stdout(e) if e.kind() == io::ErrorKind::BrokenPipe => 0,
            Failure::Told => 2,
            failure => {
                // What was printed before the failure is still a result; its loss changes nothing.
                let _ = self.out.flush();
                let style = if self.decorated_stderr {
                    anstyle::AnsiColor::Red.on_default().bold()
                } else {
                    Style::new()
                };
                let message = failure.to_string();
                tell(&format!("{style}error:{style:#} {}", sanitize(&discreet(&message))));
                let hint = match failure {
                    Failure::Error(error) => {
                        let named = self.named();
                        // One that nobody has named may have been pulled as well.
                        let dir = self.dir().ok();
                        let origin = match Origin::of(dir.as_deref()) {
                            Origin::Pull => Origin::Pull,
                            _ => Origin::of(named.index),
                        };
                        hint::hint(error, named, origin)
                    }
                    Failure::Usage { hint, .. } => Some(hint.clone()),
                    Failure::Stdout(_) | Failure::Told => None,
                };
                if let Some(hint) = hint {
                    print_hint(&hint);
                }
                2
            }
        }
    }
}

/// The columns of the terminal; where there is none, as in the preview of a fuzzy finder, those of
/// the environment, else 80.
fn columns() -> usize {
    let window = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    let variable = || std::env::var("COLUMNS").ok()?.parse().ok();
    window.or_else(variable).unwrap_or(80)
}

fn print_hint(message: &str) {
    tell(&format!("hint: {}", sanitize(&discreet(message))));
}
