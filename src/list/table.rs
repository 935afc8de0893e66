//! Tables: rows to drafts, by what the column headers say.

use std::collections::BTreeMap;

use url::Url;

use crate::{
    dates,
    html::{Node, NodeRef},
    list::{
        address::resolve,
        draft::Draft,
        field::{FieldRole, role_of},
        inline::{Inline, collect, plain_text},
        item,
        label::{is_host_of, is_label},
        line::{join, tidy},
        name,
    },
};

/// Reads the rows of a table that lead out of the list.
pub(crate) fn read(table: NodeRef<'_, Node>, base: Option<&Url>) -> Vec<Draft> {
    let mut rows = rows_of(table).into_iter().peekable();
    let is_header = |row: &TableRow| {
        let known = row.cells.iter().filter(|cell| role_of(&plain_text(cell)).is_some()).count();
        row.is_header || (known >= 2 && known == row.cells.len())
    };
    let header = rows.next_if(is_header);
    let mut roles: Vec<Option<FieldRole>> = Vec::new();
    for cell in header.iter().flat_map(|row| &row.cells) {
        let role = role_of(&plain_text(cell));
        // The first column of a kind is the one; `API | Description | API docs` has one title.
        roles.push(role.filter(|role| !roles.contains(&Some(*role))));
    }
    // A header full of links is a row like the others.
    let header = header.filter(|row| !row.is_header || roles.iter().all(Option::is_none));
    header.into_iter().chain(rows).flat_map(|row| drafts_of(&row, &roles, base)).collect()
}

/// Most rows that a cell can stand in, and most columns whose cells do.
const MOST_SPANS: usize = 200;

struct TableRow {
    cells: Vec<Vec<Inline>>,
    /// The items of lists in the cells.
    items: Vec<Vec<Inline>>,
    is_header: bool,
}

fn rows_of(table: NodeRef<'_, Node>) -> Vec<TableRow> {
    let mut rows = Vec::new();
    // Column → a cell that stands in further rows, and in how many.
    let mut spans: BTreeMap<usize, (usize, Vec<Inline>)> = BTreeMap::new();
    for node in table.descendants() {
        if node.value().as_element().is_none_or(|element| element.name() != "tr") {
            continue;
        }
        let in_head = node
            .parent()
            .and_then(|parent| parent.value().as_element())
            .is_some_and(|parent| parent.name() == "thead");
        let mut row = TableRow { cells: Vec::new(), items: Vec::new(), is_header: in_head };
        for cell in node.children() {
            let Some(element) = cell.value().as_element() else { continue };
            if !matches!(element.name(), "td" | "th") {
                continue;
            }
            row.continue_spans(&mut spans);
            row.is_header |= element.name() == "th";
            let mut pieces = Vec::new();
            cell.children().for_each(|inner| collect_cell(inner, &mut pieces, &mut row.items));
            let further = element.attr("rowspan").and_then(|rows| rows.parse::<usize>().ok());
            let further = further.unwrap_or(1).saturating_sub(1).min(MOST_SPANS);
            if further > 0 && spans.len() < MOST_SPANS {
                spans.insert(row.cells.len(), (further, vec![Inline::Text(plain_text(&pieces))]));
            }
            row.cells.push(pieces);
        }
        row.continue_spans(&mut spans);
        rows.push(row);
    }
    rows
}

impl TableRow {
    /// Adds the cells of rows above that reach down to here; their links belong to the first row.
    fn continue_spans(&mut self, spans: &mut BTreeMap<usize, (usize, Vec<Inline>)>) {
        while let Some((left, cell)) = spans.get_mut(&self.cells.len()) {
            let column = self.cells.len();
            self.cells.push(cell.clone());
            *left -= 1;
            if *left == 0 {
                spans.remove(&column);
            }
        }
    }
}

/// The content of a cell; a list in it is a part of it.
fn collect_cell(node: NodeRef<'_, Node>, pieces: &mut Vec<Inline>, items: &mut Vec<Vec<Inline>>) {
    match node.value().as_element().map_or("", |element| element.name()) {
        name @ ("ul" | "ol" | "li" | "details") => {
            let before = pieces.len();
            node.children().for_each(|inner| collect_cell(inner, pieces, items));
            if name == "li" {
                items.push(pieces[before..].to_vec());
            }
            pieces.push(Inline::Break);
        }
        _ => collect(node, pieces),
    }
}

/// The entries of a row: one, or those of the list that stands in it, in a section of their own.
fn drafts_of(row: &TableRow, roles: &[Option<FieldRole>], base: Option<&Url>) -> Vec<Draft> {
    let listed = row.items.iter().filter_map(|item| item::read(item, base));
    let mut listed: Vec<Draft> = listed.filter(|draft| !is_label(&draft.title)).collect();
    if listed.len() < 2 {
        return draft_of(row, roles, base).into_iter().collect();
    }
    let texts = row.cells.iter().map(|cell| tidy(&plain_text(cell)));
    let name = row.cells.first().filter(|cell| !cell.iter().any(|p| matches!(p, Inline::Link(_))));
    if let (Some(_), Some(name)) = (name, texts.into_iter().next()) {
        listed.iter_mut().for_each(|draft| draft.section = vec![name.clone()]);
    }
    listed
}

fn draft_of(row: &TableRow, roles: &[Option<FieldRole>], base: Option<&Url>) -> Option<Draft> {
    let cell_of = |wanted: FieldRole| {
        let at = roles.iter().position(|role| *role == Some(wanted))?;
        row.cells.get(at).map(|cell| (at, cell))
    };
    let leads_out = |cell: &Vec<Inline>| item::read(cell, base);
    let order = [cell_of(FieldRole::Title), cell_of(FieldRole::Link)].into_iter().flatten();
    let all = row.cells.iter().enumerate();
    let (at, mut draft) =
        order.chain(all).find_map(|(at, cell)| leads_out(cell).map(|draft| (at, draft)))?;
    // Whether the title is what the column of titles says.
    let mut is_named = roles.get(at) == Some(&Some(FieldRole::Title));
    if let Some((title_at, cell)) = cell_of(FieldRole::Title)
        && title_at != at
        && let Some(named) = name::read(cell)
    {
        is_named = true;
        draft.title = named.title;
        draft.date = draft.date.or(named.date);
        draft.description = named.rest;
    }
    let mut other = Vec::new();
    for (column, cell) in row.cells.iter().enumerate() {
        if column == at {
            continue;
        }
        for piece in cell {
            if let Inline::Link(link) = piece
                && let Some(url) = resolve(&link.href, base)
            {
                draft.also.push_url(url);
            }
        }
        let text = tidy(&plain_text(cell));
        match roles.get(column).copied().flatten() {
            Some(FieldRole::Description) => join(&mut draft.description, &text),
            Some(FieldRole::Date) if dates::parse(&text).is_some() || text.is_empty() => {
                draft.date = dates::parse(&text).or(draft.date);
            }
            Some(FieldRole::Company) => draft.company = text,
            Some(FieldRole::Tags) => draft.tags.push_tags(&text),
            Some(FieldRole::Title | FieldRole::Link) => {}
            _ if is_label(&text) || text == draft.title => {}
            _ => other.push(text),
        }
    }
    let is_described = cell_of(FieldRole::Description).is_some() || !draft.description.is_empty();
    let is_host = !other.is_empty() && is_host_of(&draft.title, &draft.url);
    if !is_named && (is_host || is_label(&draft.title)) {
        let bold = row.cells.iter().enumerate().filter(|(column, _)| *column != at);
        if let Some(bold) = bold.map(|(_, cell)| cell).find_map(|cell| name::bold_in(cell)) {
            draft.title = bold;
        } else if !other.is_empty() {
            draft.title = other.remove(0);
        } else if !is_label(&draft.description) {
            (draft.title, draft.description) = name::first_sentence(&draft.description);
        }
    }
    // Where no column is the description, the others are; where one is, they are details.
    if !is_described {
        draft.description = other.join(", ");
    }
    Some(draft)
}
