//! Standard output: written as it comes, or held until its end to be shown as a whole.

use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use terminal_size::{Height, Width};
use textwrap::core::display_width;

use crate::cli::pager::Pager;

/// Rows below what is printed: the next prompt stands there.
const PROMPT_ROWS: usize = 1;

/// The window of a terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    columns: usize,
    rows: usize,
}

/// Standard output.
pub(crate) struct Output {
    stdout: BufWriter<Stdout>,
    /// The window in which it is shown; none when it is no terminal, or one without a size.
    window: Option<Window>,
    pager: Option<Pager>,
    /// What is held until the next flush; none when all is written as it comes.
    held: Option<Vec<u8>>,
    /// Rows of the window that others need.
    other_rows: usize,
}

impl Window {
    /// The window of standard output.
    fn of(stdout: &Stdout) -> Option<Window> {
        if !stdout.is_terminal() {
            return None;
        }
        let (Width(columns), Height(rows)) = terminal_size::terminal_size_of(stdout)?;
        (columns > 0 && rows > 0).then_some(Window { columns: columns.into(), rows: rows.into() })
    }

    /// Rows that a text takes: lines that are too long go on in the next row.
    pub(crate) fn rows_of(self, text: &str) -> usize {
        text.lines().map(|line| display_width(line).div_ceil(self.columns).max(1)).sum()
    }

    /// Whether a text fits beside so many other rows.
    fn has_room(self, text: &[u8], other_rows: usize) -> bool {
        self.rows_of(&String::from_utf8_lossy(text)) + other_rows <= self.rows
    }

    /// How many pieces of so many rows fit.
    pub(crate) fn pieces(self, rows: usize) -> usize {
        self.rows / rows
    }
}

impl Output {
    pub(crate) fn new(stdout: Stdout, pager: Option<Pager>) -> Output {
        Output {
            window: Window::of(&stdout),
            stdout: BufWriter::new(stdout),
            pager,
            held: None,
            other_rows: PROMPT_ROWS,
        }
    }

    /// Holds what is written from now on, if it goes to a window, and shows it when it is flushed:
    /// by a pager if it does not fit.
    pub(crate) fn hold(&mut self) {
        self.held = self.window.is_some().then(Vec::new);
    }

    /// The window in which what is held will be shown.
    pub(crate) fn window(&self) -> Option<Window> {
        self.window.filter(|_| self.held.is_some())
    }

    /// Leaves so many rows to what is told besides, above and below.
    pub(crate) fn leave(&mut self, rows: usize) {
        self.other_rows = PROMPT_ROWS + rows;
    }

    /// Bytes that are held.
    pub(crate) fn held(&self) -> usize {
        self.held.as_ref().map_or(0, Vec::len)
    }

    /// Takes back what is held beyond so many bytes if there is no room for it; whether it did.
    pub(crate) fn take_back_overflow(&mut self, bytes: usize) -> bool {
        let (Some(window), Some(held)) = (self.window, &mut self.held) else { return false };
        let is_overflow = !window.has_room(held, self.other_rows);
        if is_overflow {
            held.truncate(bytes);
        }
        is_overflow
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.held {
            Some(held) => held.write(bytes),
            None => self.stdout.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if let (Some(window), Some(held)) = (self.window, &mut self.held) {
            let held = std::mem::take(held);
            let has_room = window.has_room(&held, self.other_rows);
            let pager = self.pager.as_ref().filter(|_| !has_room);
            if !pager.is_some_and(|pager| pager.show(&held)) {
                self.stdout.write_all(&held)?;
            }
        }
        self.stdout.flush()
    }
}
