//! The pane with the text of the selected article, at its best passage.

use std::ops::Range;

use ratatui::{Frame, layout::Rect, style::Style};

use crate::ui::{
    article::{ArticleText, LineKind},
    look::Look,
};

/// The text and where somebody is in it.
#[derive(Default)]
pub(crate) struct Preview {
    article: ArticleText,
    /// Rows of the lines in so many columns: the line, and the bytes of it.
    rows: Vec<(usize, Range<usize>)>,
    columns: usize,
    /// The row at the top.
    top: usize,
    height: usize,
    /// All marks: the line, and the number among its marks.
    marks: Vec<(usize, usize)>,
    /// The mark to which one has gone.
    current: Option<usize>,
    /// That the current mark is to be seen when this is drawn.
    is_sought: bool,
}

impl Preview {
    /// Shows an article at its best passage.
    pub(crate) fn show(&mut self, article: ArticleText) {
        let mut marks = Vec::new();
        for (number, line) in article.lines.iter().enumerate() {
            marks.extend((0..line.text.marks.len()).map(|mark| (number, mark)));
        }
        let current = article.passage.and_then(|(line, at)| {
            let is_behind = |&(in_line, mark): &(usize, usize)| {
                let start = article.lines[in_line].text.marks[mark].start;
                in_line > line || in_line == line && start >= at
            };
            marks.iter().position(is_behind)
        });
        let current = current.or(if marks.is_empty() { None } else { Some(0) });
        *self = Preview {
            article,
            marks,
            current,
            is_sought: true,
            height: self.height,
            ..Preview::default()
        };
    }

    /// Where among the marks one is, and how many there are.
    pub(crate) fn place(&self) -> Option<(usize, usize)> {
        self.current.map(|current| (current + 1, self.marks.len()))
    }

    /// Goes to the next mark or the one before, round the ends.
    pub(crate) fn go_to_mark(&mut self, forwards: bool) {
        let all = self.marks.len();
        self.current = self.current.map(|current| match forwards {
            true => (current + 1) % all,
            false => (current + all - 1) % all,
        });
        self.is_sought = true;
    }

    /// Scrolls so many rows down.
    pub(crate) fn move_by(&mut self, rows: isize) {
        self.top = self.top.saturating_add_signed(rows).min(self.last_top());
    }

    /// The same by what the pane shows at once.
    pub(crate) fn page_by(&mut self, pages: isize) {
        let rows = self.height.saturating_sub(1).max(1) as isize;
        self.move_by(pages.saturating_mul(rows));
    }

    fn last_top(&self) -> usize {
        self.rows.len().saturating_sub(self.height.max(1))
    }

    /// Draws the rows that there is room for.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, look: Look) {
        // What one reads stays in sight when the window is another one.
        let was_seen = self.row_of_mark().is_some_and(|row| self.shows(row));
        self.height = area.height.into();
        self.wrap(area.width.into());
        if std::mem::take(&mut self.is_sought) || was_seen {
            self.seek();
        }
        self.top = self.top.min(self.last_top());
        let current = self.current.map(|current| self.marks[current]);
        let seen = self.rows.iter().skip(self.top).take(self.height);
        for ((number, bytes), y) in seen.zip(area.y..) {
            let line = &self.article.lines[*number];
            let style = match line.kind {
                LineKind::Heading => look.title(),
                LineKind::Fact => look.dim(),
                LineKind::Text => Style::new(),
            };
            let mark = |mark| match current == Some((*number, mark)) {
                true => look.current_mark(),
                false => look.mark(),
            };
            let line = line.text.line(bytes.clone(), style, mark);
            frame.render_widget(line, Rect { y, height: 1, ..area });
        }
    }

    /// Cuts the lines into rows; what is at the top stays there when the width is another one.
    fn wrap(&mut self, columns: usize) {
        if columns == self.columns {
            return;
        }
        let at_top = self.rows.get(self.top).map(|(line, bytes)| (*line, bytes.start));
        self.columns = columns;
        self.rows.clear();
        for (number, line) in self.article.lines.iter().enumerate() {
            self.rows.extend(line.text.rows(columns).into_iter().map(|bytes| (number, bytes)));
        }
        let place = at_top.and_then(|(line, start)| {
            self.rows.iter().rposition(|(other, bytes)| (*other, bytes.start) <= (line, start))
        });
        self.top = place.unwrap_or(0);
    }

    /// Brings the current mark into the upper third, unless it is seen.
    fn seek(&mut self) {
        match self.row_of_mark() {
            Some(row) if self.shows(row) => {}
            Some(row) => self.top = row.saturating_sub(self.height / 3),
            None => self.top = 0,
        }
    }

    fn shows(&self, row: usize) -> bool {
        (self.top..self.top + self.height).contains(&row)
    }

    /// The row in which the current mark begins.
    fn row_of_mark(&self) -> Option<usize> {
        let (line, mark) = self.marks[self.current?];
        let start = self.article.lines[line].text.marks[mark].start;
        self.rows.iter().rposition(|(other, bytes)| (*other, bytes.start) <= (line, start))
    }
}
