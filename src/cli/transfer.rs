//! Progress of bytes that are packed, fetched or unpacked: a bar on a terminal, and nothing elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::cli::context::Context;

/// Shows how far a work of many bytes is, on standard error.
pub(crate) struct TransferBar {
    bar: Option<ProgressBar>,
    is_shown: bool,
    what: &'static str,
}

impl TransferBar {
    pub(crate) fn new(context: &Context) -> TransferBar {
        // Hidden where standard error is no terminal that can draw one.
        let can_draw = !ProgressDrawTarget::stderr().is_hidden();
        let is_wanted = !context.quiet && (context.decorated_stderr || context.progress);
        TransferBar { bar: None, is_shown: can_draw && is_wanted, what: "" }
    }

    /// Shows that so many bytes are done, of how many if that is known.
    pub(crate) fn show(&mut self, what: &'static str, done: u64, all: Option<u64>) {
        if !self.is_shown {
            return;
        }
        if self.what != what {
            self.end();
            self.what = what;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let style = match all {
                Some(_) => "{prefix} {bar:24} {bytes}/{total_bytes} {elapsed}",
                None => "{prefix} {bytes} {elapsed}",
            };
            let style = ProgressStyle::with_template(style);
            let bar = all.map_or_else(ProgressBar::no_length, ProgressBar::new);
            bar.set_style(style.expect("the template is a constant that parses"));
            bar.set_prefix(what);
            bar.enable_steady_tick(Duration::from_millis(200));
            bar
        });
        bar.set_position(done);
    }

    /// Takes the bar off the screen.
    pub(crate) fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}
