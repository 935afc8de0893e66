//! The pane of hits: title, company, date, provenance and passage of each.

use std::ops::Range;

use ratatui::{
    Frame,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    search::Hit,
    text::sanitize,
    ui::{
        look::Look,
        marked_text::{MarkedText, cut},
    },
    wording::dates,
};

/// Columns before what stands below a title.
const INDENT: usize = 4;
/// Rows of a hit beside its passage.
const ROWS_OF_FACTS: usize = 2;
/// With that many rows a pane has passages of one row, with twice as many those of two.
const ROWS_FOR_PASSAGES: usize = 6;

/// Where somebody is among the hits.
#[derive(Default)]
pub(crate) struct HitList {
    pub(crate) hits: Vec<Hit>,
    selected: usize,
    first: usize,
    /// Hits that the pane had room for when it was drawn.
    room: usize,
}

impl HitList {
    /// Shows other hits; the first one is selected.
    pub(crate) fn show(&mut self, hits: Vec<Hit>) {
        *self = HitList { hits, room: self.room, ..HitList::default() };
    }

    pub(crate) fn selected(&self) -> Option<&Hit> {
        self.hits.get(self.selected)
    }

    /// Selects a hit so many places further down.
    pub(crate) fn move_by(&mut self, places: isize) {
        let last = self.hits.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(places).min(last);
    }

    /// The same by what the pane shows at once.
    pub(crate) fn page_by(&mut self, pages: isize) {
        self.move_by(pages.saturating_mul(self.room.max(1) as isize));
    }

    /// Draws the hits that there is room for, the selected one among them.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, has_keys: bool, look: Look) {
        let height = usize::from(area.height);
        let passage_rows = (height / ROWS_FOR_PASSAGES).min(2);
        let rows = ROWS_OF_FACTS + passage_rows;
        self.room = (height / rows).max(1);
        let fewest = (self.selected + 1).saturating_sub(self.room);
        self.first = self.first.clamp(fewest, self.selected);
        let bottom = area.bottom();
        let shown = self.hits.iter().enumerate().skip(self.first).take(height.div_ceil(rows));
        for (place, (number, hit)) in shown.enumerate() {
            let is_selected = number == self.selected;
            let lines = lines(hit, number, area.width.into(), passage_rows);
            let top = area.y + (place * rows) as u16;
            for (line, y) in lines.styled(is_selected, has_keys, look).into_iter().zip(top..bottom)
            {
                frame.render_widget(line, Rect { y, height: 1, ..area });
            }
        }
    }
}

/// A hit as it is seen.
struct HitLines {
    title: String,
    facts: String,
    passage: MarkedText,
    rows: Vec<Range<usize>>,
}

fn lines(hit: &Hit, number: usize, width: usize, passage_rows: usize) -> HitLines {
    let title =
        cut(&format!("{:2}. {}", number + 1, sanitize(&hit.title)), width.saturating_sub(1));
    let passage = hit.snippets.first();
    let passage = passage.map(|snippet| MarkedText::of(&snippet.text, &snippet.marks));
    let passage = passage.unwrap_or_default();
    let room = width.saturating_sub(INDENT + 1);
    let mut rows = passage.rows(room);
    rows.truncate(passage_rows);
    HitLines { title, facts: cut(&facts(hit), room), passage, rows }
}

impl HitLines {
    fn styled(&self, is_selected: bool, has_keys: bool, look: Look) -> Vec<Line<'_>> {
        let sign = if is_selected { "▌" } else { " " };
        let title = if is_selected { look.selected(has_keys) } else { look.title() };
        let indent = || Span::raw(" ".repeat(INDENT));
        let mut lines = vec![
            Line::from_iter([Span::raw(sign), Span::styled(self.title.as_str(), title)]),
            Line::from_iter([
                Span::raw(sign),
                indent(),
                Span::styled(self.facts.as_str(), look.dim()),
            ]),
        ];
        for row in &self.rows {
            let mut line = self.passage.line(row.clone(), Style::new(), |_| look.mark());
            line.spans.splice(0..0, [Span::raw(sign), indent()]);
            lines.push(line);
        }
        lines
    }
}

/// Company, dates and provenance, as far as they are known, and the words that it lacks.
fn facts(hit: &Hit) -> String {
    let mut facts = Vec::new();
    if let Some(company) = &hit.company {
        facts.push(format!("{company}{}", if hit.company_inferred { "?" } else { "" }));
    }
    facts.extend(dates(hit.date_listed, hit.date_published));
    facts.push(hit.provenance.to_string());
    if !hit.missing.is_empty() {
        facts.push(format!("lacks {}", hit.missing.join(", ")));
    }
    sanitize(&facts.join(" · ")).into_owned()
}
