//! A session drawn into a window.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
    text::{Line, Span},
    widgets::{Clear, Paragraph, Wrap},
};

use crate::{
    counted::counted_as,
    search::Filters,
    text::sanitize,
    ui::{
        finder_failure::FinderFailure,
        keys::{Focus, KEYS},
        look::Look,
        marked_text::{columns, cut, rows},
        panes::{FEWEST_COLUMNS, FEWEST_ROWS, Panes},
        session::UiSession,
    },
};

/// Before the query.
const PROMPT: &str = "> ";
/// Rows that notes, or the message of an error, take at most.
const NOTE_ROWS: usize = 2;
/// Rows that the hint of an error takes at most: it has a command in it, which is of use as a whole.
const HINT_ROWS: usize = 3;
/// Columns of the keys in the help.
const KEY_COLUMNS: usize = 29;

/// Draws a session, as large as the window is, and gives the place of the cursor if it is shown.
pub fn draw(session: &mut UiSession, look: Look, frame: &mut Frame<'_>) -> Option<Position> {
    let area = frame.area();
    let notes = notes(session, usize::from(area.width));
    let chips = chips(&session.request.filters);
    let chip_rows = u16::from(!chips.is_empty());
    let Some(panes) = Panes::of(area, session.focus, chip_rows, notes.len() as u16) else {
        draw_too_small(frame);
        return None;
    };
    let cursor = draw_query(session, look, frame, panes.query);
    let chips = cut(&chips, panes.chips.width.into());
    frame.render_widget(Line::styled(chips, look.chip()), panes.chips);
    let note_style = if session.error.is_some() { look.error() } else { look.dim() };
    for (note, y) in notes.into_iter().zip(panes.notes.y..) {
        let place = Rect { y, height: 1, ..panes.notes };
        frame.render_widget(Line::styled(note, note_style), place);
    }
    let focus = session.focus;
    if let Some(area) = panes.facets {
        let body = draw_name("Facets", area, focus == Focus::Facets, look, frame);
        session.facets.draw(frame, body, focus == Focus::Facets, look);
    }
    if let Some(area) = panes.hits {
        let has_keys = matches!(focus, Focus::Query | Focus::Hits);
        let body = draw_name("Hits", area, focus == Focus::Hits, look, frame);
        session.hits.draw(frame, body, has_keys, look);
    }
    if let Some(area) = panes.preview {
        let place = session.preview.place();
        let name = place.map(|(at, all)| format!("Preview · mark {at} of {all}"));
        let name = name.as_deref().unwrap_or("Preview");
        let body = draw_name(name, area, focus == Focus::Preview, look, frame);
        session.preview.draw(frame, body, look);
    }
    draw_lines_between(&panes, look, frame);
    draw_footer(session, look, frame, panes.footer);
    if let Some(top) = &mut session.help {
        draw_help(top, look, frame);
    }
    spell_flags(frame.buffer_mut());
    cursor
}

/// Writes flags as their letters: terminals do not agree on how many columns a flag has, and what one
/// keeps of it would never be drawn over.
fn spell_flags(buffer: &mut Buffer) {
    for at in 0..buffer.content.len() {
        let letters: Vec<char> =
            buffer.content[at].symbol().chars().filter_map(flag_letter).collect();
        for (cell, letter) in buffer.content[at..].iter_mut().zip(letters) {
            cell.set_char(letter);
        }
    }
}

/// The letter that a regional indicator stands for (UTS #51, section 1.4.1).
fn flag_letter(c: char) -> Option<char> {
    let place = u32::from(c).checked_sub(0x1F1E6).filter(|place| *place < 26)?;
    char::from_u32(u32::from('A') + place)
}

fn draw_too_small(frame: &mut Frame<'_>) {
    let text = format!(
        "this window is too small; {FEWEST_COLUMNS} columns and {FEWEST_ROWS} rows are needed"
    );
    let text = Paragraph::new(text).wrap(Wrap { trim: true });
    frame.render_widget(text, frame.area());
}

/// The query with its cursor, and at the right how much was found.
fn draw_query(
    session: &UiSession,
    look: Look,
    frame: &mut Frame<'_>,
    area: Rect,
) -> Option<Position> {
    let count = match (session.is_searching(), session.hits.hits.len()) {
        (true, _) => "searching…".to_owned(),
        (false, hits) if hits < session.total => format!("{hits} of {}", session.total),
        (false, _) => counted_as(session.total, "hit", "hits"),
    };
    let count_columns = columns(&count) as u16;
    let room = area.width.saturating_sub(columns(PROMPT) as u16 + count_columns + 1);
    let (text, cursor) = session.query.seen(room.into());
    let prompt = Span::styled(PROMPT, look.pane(session.focus == Focus::Query));
    frame.render_widget(prompt, area);
    let place = Rect { x: area.x + columns(PROMPT) as u16, width: room, ..area };
    frame.render_widget(Span::raw(text), place);
    let right = Rect { x: area.right() - count_columns, width: count_columns, ..area };
    frame.render_widget(Span::styled(count, look.dim()), right);
    let is_shown = session.focus == Focus::Query && session.help.is_none();
    let column = (cursor as u16).min(room.saturating_sub(1));
    let cursor = is_shown.then_some(Position { x: place.x + column, y: area.y });
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
    cursor
}

/// The filters that are on, in one line.
fn chips(filters: &Filters) -> String {
    let mut chips: Vec<String> = Vec::new();
    chips.extend(filters.facets.iter().map(|(name, value)| format!("{name}: {}", sanitize(value))));
    let dates = [
        ("listed since", filters.after),
        ("listed before", filters.before),
        ("published since", filters.published_after),
        ("published before", filters.published_before),
    ];
    chips.extend(dates.iter().filter_map(|(name, date)| Some(format!("{name} {}", (*date)?))));
    chips.iter().map(|chip| format!("[{chip}]")).collect::<Vec<_>>().join(" ")
}

/// The error of the last search with its hint, or its notes, in a few rows.
fn notes(session: &UiSession, width: usize) -> Vec<String> {
    let Some(FinderFailure { message, hint }) = &session.error else {
        return wrapped(&session.notes.join(" · "), width, NOTE_ROWS);
    };
    let mut notes = wrapped(&format!("error: {}", sanitize(message)), width, NOTE_ROWS);
    if let Some(hint) = hint {
        notes.extend(wrapped(&format!("hint: {}", sanitize(hint)), width, HINT_ROWS));
    }
    notes
}

/// A text in so many rows at most, none for an empty one.
fn wrapped(text: &str, width: usize, most_rows: usize) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let mut ranges = rows(text, width.max(1));
    let is_cut = ranges.len() > most_rows;
    ranges.truncate(most_rows);
    let mut lines: Vec<String> = ranges.iter().map(|row| text[row.clone()].to_owned()).collect();
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        *last = cut(&format!("{last} …………"), width);
    }
    lines
}

/// The name of a pane over its first row; gives the rows below.
fn draw_name(name: &str, area: Rect, has_keys: bool, look: Look, frame: &mut Frame<'_>) -> Rect {
    let name = cut(&format!("─ {name} "), area.width.into());
    let line = "─".repeat(usize::from(area.width).saturating_sub(columns(&name)));
    frame.render_widget(
        Line::styled(format!("{name}{line}"), look.pane(has_keys)),
        Rect { height: 1, ..area },
    );
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// Lines between panes that stand beside each other.
fn draw_lines_between(panes: &Panes, look: Look, frame: &mut Frame<'_>) {
    let (top, bottom) = (panes.notes.bottom(), panes.footer.y);
    let lefts = [panes.hits, panes.preview].into_iter().flatten().map(|pane| pane.x);
    let mut lefts: Vec<u16> = lefts.filter(|x| *x > panes.query.x).collect();
    lefts.dedup();
    for left in lefts {
        for y in top..bottom {
            let place = Rect { x: left - 1, y, width: 1, height: 1 };
            frame.render_widget(Span::styled("│", look.dim()), place);
        }
    }
}

/// What has come of the last key, or the keys that are used most.
fn draw_footer(session: &UiSession, look: Look, frame: &mut Frame<'_>, area: Rect) {
    let keys = match session.focus {
        Focus::Query => "Enter open · Tab hits · Ctrl-S print · F1 help · Esc out",
        Focus::Hits => "Enter open · y copy · n next mark · Tab facets · ? help · Esc back",
        Focus::Facets => "Space on or off · j k move · Tab preview · ? help · Esc back",
        Focus::Preview => "j k scroll · n N marks · Enter open · Tab query · ? help · Esc back",
    };
    let (text, style) = match &session.told {
        Some(told) => (told.as_str(), Style::new()),
        None => (keys, look.dim()),
    };
    frame.render_widget(Line::styled(cut(text, area.width.into()), style), area);
}

/// The keys over everything else, from a row on that leaves no room unused.
fn draw_help(top: &mut usize, look: Look, frame: &mut Frame<'_>) {
    let area = frame.area();
    frame.render_widget(Clear, area);
    let title = "Keys (up and down scroll, any other key goes back)";
    let title = Line::styled(cut(title, area.width.into()), look.title());
    frame.render_widget(title, Rect { height: 1, ..area });
    let room = usize::from(area.height).saturating_sub(1);
    *top = (*top).min(KEYS.len().saturating_sub(room));
    for (row, y) in KEYS.iter().skip(*top).take(room).zip(area.y + 1..) {
        let line = match row.does {
            "" => Line::styled(row.keys, look.title()),
            does => Line::raw(format!("  {:KEY_COLUMNS$} {does}", row.keys)),
        };
        frame.render_widget(line, Rect { y, height: 1, ..area });
    }
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use crate::ui::draw::spell_flags;

    #[test]
    fn a_flag_is_its_letters() {
        let check = |text: &str, expected: &str| {
            let mut buffer = Buffer::with_lines([text]);
            spell_flags(&mut buffer);
            assert_eq!(buffer, Buffer::with_lines([expected]));
        };
        check("a 🇫🇷 b", "a FR b");
        check("🚀 特征 e\u{301}", "🚀 特征 e\u{301}");
    }
}
