//! The pane of facets: values with their counts, and which of them are filters.

use ratatui::{Frame, layout::Rect, style::Style, text::Line};

use crate::{
    search::{FACETS, FacetCounts, Filters, Searcher},
    text::sanitize,
    ui::{
        look::Look,
        marked_text::{columns, cut},
    },
};

/// Values of a facet that are seen until more are asked for.
const FEW: usize = 8;
/// Values of a facet that are seen at most; the query finds the others.
const MANY: usize = 500;

/// A facet whose values offer a choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FacetValues {
    pub(crate) facet: &'static str,
    pub(crate) values: Vec<ChoosableValue>,
}

/// A value of a facet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChoosableValue {
    pub(crate) value: String,
    pub(crate) count: u64,
    /// The filter that is on for it, as it was typed.
    pub(crate) filter: Option<String>,
}

/// The facets of some results, the filters among their values.
pub(crate) fn facet_values(
    facets: Vec<FacetCounts>,
    filters: &Filters,
    searcher: &Searcher,
) -> Vec<FacetValues> {
    let mut shown = Vec::new();
    for facet in FACETS {
        let counted = facets.iter().find(|counts| counts.name == facet);
        let folded = |value: &str| searcher.folded_value(facet, value);
        let on = filters.facets.iter().filter(|(name, _)| name == facet);
        let mut on: Vec<(&str, String)> =
            on.map(|(_, value)| (value.as_str(), folded(value))).collect();
        let counts = counted.map_or(&[][..], |counts| counts.values.as_slice());
        let mut values: Vec<ChoosableValue> = Vec::new();
        for count in counts.iter().take(if on.is_empty() { MANY } else { usize::MAX }) {
            let is_it = |(_, filter): &(&str, String)| *filter == folded(&count.value);
            let filter = on.iter().position(is_it).map(|at| on.remove(at).0.to_owned());
            if filter.is_some() || values.len() < MANY {
                values.push(ChoosableValue {
                    value: count.value.clone(),
                    count: count.count,
                    filter,
                });
            }
        }
        if facet == "year" {
            values.sort_by(|a, b| b.value.cmp(&a.value));
        }
        let absent = on.iter().map(|(value, _)| ChoosableValue {
            count: counted.map_or(0, |counts| counts.documents_of(value)),
            ..ChoosableValue::absent(value)
        });
        values.splice(0..0, absent);
        if values.len() > 1 || values.iter().any(|value| value.filter.is_some()) {
            shown.push(FacetValues { facet, values });
        }
    }
    shown
}

impl ChoosableValue {
    /// A filter that is none of the values counted.
    fn absent(value: &str) -> ChoosableValue {
        ChoosableValue { value: value.to_owned(), count: 0, filter: Some(value.to_owned()) }
    }
}

/// What is seen in the pane and where somebody is in it.
#[derive(Default)]
pub(crate) struct FacetPane {
    facets: Vec<FacetValues>,
    /// Facets of which many values are seen.
    opened: Vec<&'static str>,
    /// The row that is selected; never one with the name of a facet, if there is another.
    selected: usize,
    first: usize,
    height: usize,
}

/// A row of the pane: a facet, and a value of it by its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FacetRow {
    Name(usize),
    Value(usize, usize),
    /// So many values are not seen.
    More(usize, usize),
}

impl FacetPane {
    /// The pane before anything was found: only the filters are known.
    pub(crate) fn of_filters(filters: &Filters) -> FacetPane {
        let of = |facet: &'static str| {
            let on = filters.facets.iter().filter(|(name, _)| name == facet);
            let values: Vec<_> = on.map(|(_, value)| ChoosableValue::absent(value)).collect();
            (!values.is_empty()).then_some(FacetValues { facet, values })
        };
        let mut pane = FacetPane::default();
        pane.show(FACETS.into_iter().filter_map(of).collect());
        pane
    }

    /// Shows other counts; the selected value stays selected where it is still there.
    pub(crate) fn show(&mut self, facets: Vec<FacetValues>) {
        let selected = self.selected_value().map(|(facet, value)| (facet, value.value.clone()));
        self.facets = facets;
        let rows = self.rows();
        let place = selected.and_then(|(facet, value)| {
            let is_it = |row: &FacetRow| match *row {
                FacetRow::Value(at, of) => {
                    let values = &self.facets[at];
                    values.facet == facet && values.values[of].value == value
                }
                _ => false,
            };
            rows.iter().position(is_it)
        });
        self.selected = place.unwrap_or(self.selected).min(rows.len().saturating_sub(1));
        self.step_off_names(&rows, 1);
    }

    /// Selects a value so many rows further down.
    pub(crate) fn move_by(&mut self, rows: isize) {
        let all = self.rows();
        let last = all.len().saturating_sub(1);
        self.selected = self.selected.saturating_add_signed(rows).min(last);
        self.step_off_names(&all, rows);
    }

    /// The same by what the pane shows at once.
    pub(crate) fn page_by(&mut self, pages: isize) {
        let rows = self.height.saturating_sub(1).max(1) as isize;
        self.move_by(pages.saturating_mul(rows));
    }

    /// Turns the selected value on or off in the filters, or shows more values.
    pub(crate) fn toggle(&mut self, filters: &mut Filters) {
        match self.rows().get(self.selected) {
            Some(&FacetRow::Value(at, of)) => {
                let facet = self.facets[at].facet;
                let value = &mut self.facets[at].values[of];
                match value.filter.take() {
                    Some(on) => {
                        filters.facets.retain(|(name, other)| name != facet || *other != on)
                    }
                    None => {
                        filters.facets.push((facet.to_owned(), value.value.clone()));
                        value.filter = Some(value.value.clone());
                    }
                }
            }
            Some(&FacetRow::More(at, _)) => self.opened.push(self.facets[at].facet),
            _ => {}
        }
    }

    /// Draws the rows that there is room for.
    pub(crate) fn draw(&mut self, frame: &mut Frame<'_>, area: Rect, has_keys: bool, look: Look) {
        self.height = area.height.into();
        let rows = self.rows();
        // The name of the facet above the first value is seen, too.
        let upper = if self.selected == 1 { 0 } else { self.selected };
        self.first = self.first.min(upper).max((self.selected + 1).saturating_sub(self.height));
        let width = usize::from(area.width);
        for (number, row) in rows.iter().enumerate().skip(self.first).take(self.height) {
            let y = area.y + (number - self.first) as u16;
            let place = Rect { y, height: 1, ..area };
            let is_selected = number == self.selected;
            let style = |plain| if is_selected && has_keys { look.selected(true) } else { plain };
            let line = match *row {
                FacetRow::Name(at) => Line::styled(self.facets[at].facet, look.title()),
                FacetRow::Value(at, of) => {
                    let value = &self.facets[at].values[of];
                    let plain = if value.filter.is_some() { look.chip() } else { Style::new() };
                    Line::styled(value_row(value, width), style(plain))
                }
                FacetRow::More(_, count) => {
                    Line::styled(cut(&format!("    {count} more"), width), style(look.dim()))
                }
            };
            frame.render_widget(line, place);
        }
    }

    fn rows(&self) -> Vec<FacetRow> {
        let mut rows = Vec::new();
        for (at, facet) in self.facets.iter().enumerate() {
            rows.push(FacetRow::Name(at));
            let is_open = self.opened.contains(&facet.facet);
            let few = if is_open { MANY } else { FEW };
            let mut hidden = 0;
            for (of, value) in facet.values.iter().enumerate() {
                if of < few || value.filter.is_some() {
                    rows.push(FacetRow::Value(at, of));
                } else {
                    hidden += 1;
                }
            }
            if hidden > 0 {
                rows.push(FacetRow::More(at, hidden));
            }
        }
        rows
    }

    fn selected_value(&self) -> Option<(&'static str, &ChoosableValue)> {
        match *self.rows().get(self.selected)? {
            FacetRow::Value(at, of) => {
                Some((self.facets[at].facet, self.facets[at].values.get(of)?))
            }
            _ => None,
        }
    }

    /// Goes on from a row with a name, in a direction, or back where there is nothing.
    fn step_off_names(&mut self, rows: &[FacetRow], direction: isize) {
        if matches!(rows.get(self.selected), Some(FacetRow::Name(_))) {
            let is_first = self.selected == 0;
            let is_up = direction < 0 && !is_first;
            self.selected = if is_up { self.selected - 1 } else { self.selected + 1 };
        }
    }
}

/// A value with its sign and its count at the right.
fn value_row(value: &ChoosableValue, width: usize) -> String {
    let sign = if value.filter.is_some() { "[x] " } else { "[ ] " };
    let count = value.count.to_string();
    let room = width.saturating_sub(sign.len() + count.len() + 1);
    let text = cut(&sanitize(&value.value), room);
    let blanks = room.saturating_sub(columns(&text)) + 1;
    format!("{sign}{text}{:blanks$}{count}", "")
}
