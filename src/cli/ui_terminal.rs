//! The terminal while a window is drawn on it: taken over, and given back on any end.

use std::{
    fs::{File, OpenOptions},
    io::{self, BufWriter, IsTerminal, Stderr, Stdout, Write},
};

use mlsearch::ui::{FEWEST_ROWS, to_clipboard};
use ratatui::{
    Frame, Terminal, TerminalOptions, Viewport,
    backend::CrosstermBackend,
    crossterm::{
        cursor::{self, MoveTo, MoveToColumn, MoveUp, Show},
        event::{DisableBracketedPaste, EnableBracketedPaste},
        queue,
        style::ResetColor,
        terminal::{
            Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
            enable_raw_mode,
        },
    },
    layout::{Position, Rect},
};
use terminal_size::{Height, Width, terminal_size_of};

/// The terminal of a process, whatever its streams are.
const TTY: &str = "/dev/tty";
/// The window of a terminal that does not tell its size.
const UNKNOWN_SIZE: (u16, u16) = (80, 24);

/// How much of the window is drawn.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Extent {
    Whole,
    /// So many rows below the prompt; about half of them when no number is given.
    Inline(Option<u16>),
}

/// A stream that leads to a terminal.
pub(crate) enum Stream {
    Out(Stdout),
    Err(Stderr),
    Tty(File),
}

impl Stream {
    /// Standard output if it is a terminal, else standard error, else the terminal itself; none
    /// without one, or without keys.
    pub(crate) fn of_window() -> Option<Stream> {
        let tty = || OpenOptions::new().read(true).write(true).open(TTY).ok();
        if !io::stdin().is_terminal() && tty().is_none() {
            return None;
        }
        if io::stdout().is_terminal() {
            Some(Stream::Out(io::stdout()))
        } else if io::stderr().is_terminal() {
            Some(Stream::Err(io::stderr()))
        } else {
            tty().map(Stream::Tty)
        }
    }

    /// Columns and rows.
    fn size(&self) -> (u16, u16) {
        let size = match self {
            Stream::Out(out) => terminal_size_of(out),
            Stream::Err(err) => terminal_size_of(err),
            Stream::Tty(tty) => terminal_size_of(tty),
        };
        let size = size.map(|(Width(columns), Height(rows))| (columns, rows));
        size.filter(|(columns, rows)| *columns > 0 && *rows > 0).unwrap_or(UNKNOWN_SIZE)
    }

    /// Another handle of it.
    fn again(&self) -> io::Result<Stream> {
        Ok(match self {
            Stream::Out(_) => Stream::Out(io::stdout()),
            Stream::Err(_) => Stream::Err(io::stderr()),
            Stream::Tty(tty) => Stream::Tty(tty.try_clone()?),
        })
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Out(out) => out.write(bytes),
            Stream::Err(err) => err.write(bytes),
            Stream::Tty(tty) => tty.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Stream::Out(out) => out.flush(),
            Stream::Err(err) => err.flush(),
            Stream::Tty(tty) => tty.flush(),
        }
    }
}

/// A terminal that is taken over until this is dropped.
pub(crate) struct UiTerminal {
    stream: Stream,
    extent: Extent,
    /// The first row that is drawn.
    top: u16,
    /// Where the cursor is, when not the whole window is drawn.
    cursor: Position,
    terminal: Terminal<CrosstermBackend<BufWriter<Stream>>>,
}

impl UiTerminal {
    /// Takes a terminal over, before anybody reads its keys.
    pub(crate) fn enter(stream: Stream, extent: Extent) -> io::Result<UiTerminal> {
        let area = Rect { height: 1, width: 1, ..Rect::default() };
        let terminal = fixed(&stream, area)?;
        // What fails from here on gives it back.
        let mut taken = UiTerminal { stream, extent, top: 0, cursor: Position::ORIGIN, terminal };
        taken.take(true)?;
        Ok(taken)
    }

    /// Draws a frame by something that tells where the cursor is.
    pub(crate) fn draw(
        &mut self,
        draw: impl FnOnce(&mut Frame<'_>) -> Option<Position>,
    ) -> io::Result<()> {
        let mut shown = None;
        self.terminal.draw(|frame| shown = draw(frame))?;
        if matches!(self.extent, Extent::Inline(_)) {
            self.cursor = shown.unwrap_or(Position { x: 0, y: self.top });
            // One that is hidden would stay where the last character was drawn.
            queue!(self.stream, MoveTo(self.cursor.x, self.cursor.y))?;
            self.stream.flush()?;
        }
        Ok(())
    }

    /// Fits what is drawn to a window of another size.
    ///
    /// What is drawn in a part of the window stands anywhere then: terminals break lines anew. They
    /// keep the cursor where it is in the text, though, and by it all that was drawn is found.
    pub(crate) fn resize(&mut self) -> io::Result<()> {
        if matches!(self.extent, Extent::Inline(_)) {
            let (width, rows) = self.stream.size();
            let height = self.height(rows);
            let up = self.cursor.y.saturating_sub(self.top) + self.cursor.x / width;
            queue!(self.stream, MoveToColumn(0))?;
            if up > 0 {
                queue!(self.stream, MoveUp(up))?;
            }
            queue!(self.stream, Clear(ClearType::FromCursorDown))?;
            // Which row that is nobody tells, so the last ones are taken. The lines scroll what would
            // be drawn over.
            write!(self.stream, "{}", "\n".repeat(usize::from(height) - 1))?;
            self.top = rows - height;
        }
        self.fit()
    }

    /// Fits what is drawn to the window, and draws all of it anew.
    pub(crate) fn fit(&mut self) -> io::Result<()> {
        let (width, rows) = self.stream.size();
        let height = self.height(rows);
        self.top = self.top.min(rows - height);
        queue!(self.stream, MoveTo(0, self.top), Clear(ClearType::FromCursorDown))?;
        self.stream.flush()?;
        self.cursor = Position { x: 0, y: self.top };
        let area = Rect { x: 0, y: self.top, width, height };
        self.terminal = fixed(&self.stream, area)?;
        Ok(())
    }

    /// Puts a text into the clipboard, if the terminal does that.
    pub(crate) fn copy(&mut self, text: &str) -> io::Result<()> {
        write!(self.stream, "{}", to_clipboard(text))?;
        self.stream.flush()
    }

    /// Lets the shell have the terminal until it lets this program go on.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        #[cfg(unix)]
        {
            use nix::{
                sys::signal::{Signal, kill},
                unistd::Pid,
            };
            self.give_back();
            // All programs of a pipe stop, as when the terminal sends the signal.
            kill(Pid::from_raw(0), Signal::SIGTSTP)?;
            self.take(false)?;
        }
        Ok(())
    }

    /// Rows that are drawn of a window of so many.
    fn height(&self, rows: u16) -> u16 {
        match self.extent {
            Extent::Whole => rows,
            Extent::Inline(asked) => asked.unwrap_or((rows / 2).max(FEWEST_ROWS)).min(rows),
        }
    }

    fn take(&mut self, can_ask: bool) -> io::Result<()> {
        enable_raw_mode()?;
        match self.extent {
            Extent::Whole => queue!(self.stream, EnterAlternateScreen)?,
            Extent::Inline(_) => self.make_room(can_ask)?,
        }
        queue!(self.stream, EnableBracketedPaste)?;
        self.fit()
    }

    /// Scrolls until there is room below the cursor. Where it is can be asked of standard output
    /// alone, and not once somebody reads the keys; elsewhere the last rows of the window are taken.
    fn make_room(&mut self, can_ask: bool) -> io::Result<()> {
        let (_, rows) = self.stream.size();
        let height = self.height(rows);
        let can_ask = can_ask && matches!(self.stream, Stream::Out(_));
        let row = if can_ask { cursor::position().ok().map(|(_, row)| row) } else { None };
        let lines = if row.is_some() { height - 1 } else { height };
        write!(self.stream, "\r{}", "\n".repeat(lines.into()))?;
        self.top = row.unwrap_or(rows).min(rows - height);
        Ok(())
    }

    /// Gives the terminal back as it was. What fails is left: more cannot be done, and it may be
    /// gone.
    fn give_back(&mut self) {
        let _ = queue!(self.stream, DisableBracketedPaste, ResetColor);
        let _ = match self.extent {
            Extent::Whole => queue!(self.stream, LeaveAlternateScreen, Show),
            Extent::Inline(_) => {
                queue!(self.stream, MoveTo(0, self.top), Clear(ClearType::FromCursorDown), Show)
            }
        };
        let _ = self.stream.flush();
        let _ = disable_raw_mode();
    }
}

impl Drop for UiTerminal {
    fn drop(&mut self) {
        self.give_back();
    }
}

/// What draws into a part of a window: the size is that of the stream, and no other.
fn fixed(stream: &Stream, area: Rect) -> io::Result<Terminal<CrosstermBackend<BufWriter<Stream>>>> {
    let backend = CrosstermBackend::new(BufWriter::new(stream.again()?));
    Terminal::with_options(backend, TerminalOptions { viewport: Viewport::Fixed(area) })
}
