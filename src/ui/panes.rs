//! Where things stand in a window of any size.

use ratatui::layout::Rect;

use crate::ui::keys::Focus;

/// Columns of a window in which there is room for a pane.
pub const FEWEST_COLUMNS: u16 = 40;
/// Its rows.
pub const FEWEST_ROWS: u16 = 10;
/// From that many columns on the facets stand beside the hits.
const COLUMNS_FOR_FACETS: u16 = 72;
/// Columns of the facets there.
const FACET_COLUMNS: u16 = 24;
/// From that many columns on, without the facets, the preview stands beside the hits.
const COLUMNS_FOR_TWO: u16 = 84;
/// From that many rows on it stands below them.
const ROWS_FOR_TWO: u16 = 14;

/// The parts of a window. A pane has its name in its first row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Panes {
    pub(crate) query: Rect,
    pub(crate) chips: Rect,
    pub(crate) notes: Rect,
    pub(crate) facets: Option<Rect>,
    pub(crate) hits: Option<Rect>,
    pub(crate) preview: Option<Rect>,
    pub(crate) footer: Rect,
}

impl Panes {
    /// The parts of a window, with so many rows of chips and of notes; none in a small one.
    pub(crate) fn of(area: Rect, focus: Focus, chip_rows: u16, note_rows: u16) -> Option<Panes> {
        if area.width < FEWEST_COLUMNS || area.height < FEWEST_ROWS {
            return None;
        }
        let rows = |y: u16, height: u16| Rect { y, height, ..area };
        let query = rows(area.y, 1);
        let chips = rows(query.bottom(), chip_rows);
        let notes = rows(chips.bottom(), note_rows);
        let footer = rows(area.bottom() - 1, 1);
        let body = rows(notes.bottom(), footer.y - notes.bottom());
        let panes = Panes { query, chips, notes, footer, ..Panes::default() };
        Some(panes.with_body(body, focus))
    }

    fn with_body(self, body: Rect, focus: Focus) -> Panes {
        if body.width < COLUMNS_FOR_FACETS {
            return match focus {
                Focus::Facets => Panes { facets: Some(body), ..self },
                _ => self.with_texts(body, focus),
            };
        }
        let (facets, texts) = beside(body, FACET_COLUMNS);
        Panes { facets: Some(facets), ..self }.with_texts(texts, focus)
    }

    fn with_texts(self, body: Rect, focus: Focus) -> Panes {
        if body.width >= COLUMNS_FOR_TWO {
            let (hits, preview) = beside(body, body.width * 9 / 20);
            return Panes { hits: Some(hits), preview: Some(preview), ..self };
        }
        if body.height >= ROWS_FOR_TWO {
            let height = body.height.div_ceil(2);
            let hits = Rect { height, ..body };
            let preview = Rect { y: hits.bottom(), height: body.height - height, ..body };
            return Panes { hits: Some(hits), preview: Some(preview), ..self };
        }
        match focus {
            Focus::Preview => Panes { preview: Some(body), ..self },
            _ => Panes { hits: Some(body), ..self },
        }
    }
}

/// Two parts beside each other, the first of so many columns, with one between them.
fn beside(body: Rect, columns: u16) -> (Rect, Rect) {
    let first = Rect { width: columns, ..body };
    let second = Rect { x: first.right() + 1, width: body.width - columns - 1, ..body };
    (first, second)
}
