//! Progress of an update: a bar on a terminal, a line now and then elsewhere.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use mlsearch::{
    canonical::discreet,
    counted::{counted, counted_as},
    page::Outcome,
    update::Progress,
};

use crate::cli::{
    context::Context,
    text::{sanitize, tell},
};

/// How often a line is printed where there is no bar.
const LINE_EVERY: Duration = Duration::from_secs(10);

/// Shows how far an update is, on standard error.
pub(crate) struct Meter {
    bar: Option<ProgressBar>,
    shows_bars: bool,
    verbose: bool,
    quiet: bool,
    pages: u64,
    done: u64,
    /// Whether pages come out of files, so that their number is not known.
    is_reading: bool,
    /// Whether pages are done and passages are in hand.
    is_embedding: bool,
    outcomes: BTreeMap<Outcome, u64>,
    last_line: Instant,
}

impl Meter {
    pub(crate) fn new(context: &Context) -> Meter {
        // Hidden where standard error is no terminal that can draw one.
        let can_draw = !ProgressDrawTarget::stderr().is_hidden();
        let is_wanted = !context.quiet && (context.decorated_stderr || context.progress);
        Meter {
            bar: None,
            shows_bars: can_draw && is_wanted,
            verbose: context.verbose,
            quiet: context.quiet,
            pages: 0,
            done: 0,
            is_reading: false,
            is_embedding: false,
            outcomes: BTreeMap::new(),
            last_line: Instant::now(),
        }
    }

    /// Shows one step.
    pub(crate) fn show(&mut self, progress: &Progress<'_>) {
        match progress {
            Progress::Warning { list, line: 0, message } => self.say(&format!("{list}: {message}")),
            Progress::Warning { list, line, message } if self.verbose => {
                self.say(&format!("{list}:{line}: {message}"));
            }
            Progress::Listed { entries, documents } if self.verbose => {
                self.say(&format!(
                    "{} {}",
                    counted_as(*entries, "entry makes", "entries make"),
                    counted(*documents, "document")
                ));
            }
            Progress::Crawling { pages } => self.begin(*pages),
            Progress::Reading { name } => self.begin_reading(name),
            Progress::Request { url } if self.verbose => self.say(&format!("GET {url}")),
            Progress::Visited(row) => {
                *self.outcomes.entry(row.outcome).or_default() += 1;
                self.done += 1;
                if self.verbose {
                    let reason = row.reason.as_deref().unwrap_or("");
                    self.say(&format!("{}: {} {reason}", row.outcome, row.url));
                }
                self.advance();
            }
            Progress::NoNetwork => {
                self.say("no network: pages could not be fetched");
                self.end();
            }
            Progress::Indexing { documents } if self.verbose => {
                self.end();
                self.say(&format!("indexing {}", counted(*documents, "document")));
            }
            Progress::Embedding { done, documents, passages } => {
                self.embed(*done, *documents, *passages);
            }
            _ => {}
        }
    }

    /// Shows how many documents have vectors, and for how many passages these were computed.
    pub(crate) fn embed(&mut self, done: u64, documents: u64, passages: u64) {
        let new = counted_as(passages, "new passage", "new passages");
        if self.shows_bars {
            if !self.is_embedding {
                self.is_embedding = true;
                self.end();
                let style =
                    ProgressStyle::with_template("{bar:24} {pos}/{len} documents {elapsed} {msg}");
                let bar = ProgressBar::new(documents);
                bar.set_style(style.expect("the template is a constant that parses"));
                bar.enable_steady_tick(Duration::from_millis(200));
                self.bar = Some(bar);
            }
            if let Some(bar) = &self.bar {
                bar.set_position(done);
                bar.set_message(new);
            }
        } else if passages > 0 && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.say(&format!("embedding: {done}/{}, {new}", counted(documents, "document")));
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn begin(&mut self, pages: u64) {
        self.pages = pages;
        if self.shows_bars {
            let style = ProgressStyle::with_template("{bar:24} {pos}/{prefix} {elapsed} {msg}");
            let bar = ProgressBar::new(pages);
            bar.set_style(style.expect("the template is a constant that parses"));
            bar.set_prefix(counted(pages, "page"));
            bar.enable_steady_tick(Duration::from_millis(200));
            self.bar = Some(bar);
        } else {
            self.say(&format!("visiting {}", counted(pages, "page")));
        }
    }

    /// Shows which file is being read, of whose pages the number is not known. Where there is no
    /// bar, that is said of the first one and now and then.
    fn begin_reading(&mut self, name: &str) {
        if self.shows_bars && !self.verbose {
            let bar = self.bar.get_or_insert_with(|| {
                let style = ProgressStyle::with_template("{pos} pages {elapsed} {prefix} {msg}");
                let bar = ProgressBar::no_length();
                bar.set_style(style.expect("the template is a constant that parses"));
                bar.enable_steady_tick(Duration::from_millis(200));
                bar
            });
            bar.set_prefix(sanitize(&discreet(name)).into_owned());
        } else if self.verbose || !self.is_reading || self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            self.say(&format!("reading {name}"));
        }
        self.is_reading = true;
    }

    fn advance(&mut self) {
        let counts: Vec<String> =
            self.outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect();
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
            bar.set_message(counts.join(", "));
        } else if self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let visited = match self.is_reading {
                true => counted(self.done, "page"),
                false => format!("{}/{}", self.done, counted(self.pages, "page")),
            };
            self.say(&format!("{visited}: {}", counts.join(", ")));
        }
    }

    fn say(&self, message: &str) {
        if self.quiet {
            return;
        }
        let message = format!("mlsearch: {}", sanitize(&discreet(message)));
        match &self.bar {
            Some(bar) => bar.suspend(|| tell(&message)),
            None => tell(&message),
        }
    }
}
