//! Tables: rows to drafts, by what the column headers say.

use url::Url;

use crate::{
    dates,
    html::{Node, NodeRef},
    list::{
        draft::{Draft, resolve},
        field::{FieldRole, role_of},
        inline::{Inline, collect, plain_text},
        item,
        line::{join, tidy},
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
    header.into_iter().chain(rows).filter_map(|row| draft_of(&row, &roles, base)).collect()
}

struct TableRow {
    cells: Vec<Vec<Inline>>,
    is_header: bool,
}

fn rows_of(table: NodeRef<'_, Node>) -> Vec<TableRow> {
    let mut rows = Vec::new();
    for node in table.descendants() {
        if node.value().as_element().is_none_or(|element| element.name() != "tr") {
            continue;
        }
        let in_head = node
            .parent()
            .and_then(|parent| parent.value().as_element())
            .is_some_and(|parent| parent.name() == "thead");
        let mut row = TableRow { cells: Vec::new(), is_header: in_head };
        for cell in node.children() {
            let name = cell.value().as_element().map_or("", |element| element.name());
            if matches!(name, "td" | "th") {
                row.is_header |= name == "th";
                let mut pieces = Vec::new();
                cell.children().for_each(|inner| collect_cell(inner, &mut pieces));
                row.cells.push(pieces);
            }
        }
        rows.push(row);
    }
    rows
}

/// The content of a cell; a list in it is a part of it.
fn collect_cell(node: NodeRef<'_, Node>, pieces: &mut Vec<Inline>) {
    match node.value().as_element().map_or("", |element| element.name()) {
        "ul" | "ol" | "li" | "details" => {
            node.children().for_each(|inner| collect_cell(inner, pieces));
            pieces.push(Inline::Break);
        }
        _ => collect(node, pieces),
    }
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
    if let Some((title_at, cell)) = cell_of(FieldRole::Title)
        && title_at != at
    {
        let title = tidy(&plain_text(cell));
        if !title.is_empty() {
            draft.title = title;
        }
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
            Some(FieldRole::Date) => draft.date = dates::parse(&text).or(draft.date),
            Some(FieldRole::Company) => draft.company = text,
            Some(FieldRole::Tags) => draft.tags.push_tags(&text),
            Some(FieldRole::Title | FieldRole::Link) => {}
            None if item::is_generic(&text) || text == draft.title => {}
            None => other.push(text),
        }
    }
    // Where no column is the description, the others are; where one is, they are details.
    if cell_of(FieldRole::Description).is_none() && draft.description.is_empty() {
        draft.description = other.join(", ");
    }
    if item::is_generic(&draft.title)
        && let Some(first) = other.first()
    {
        draft.title.clone_from(first);
    }
    Some(draft)
}

/// Cuts a paragraph into its lines: at line breaks; at line ends only if each line begins with a
/// link or is a `key: value` line, else they are where the author's editor wrapped the text.
pub(crate) fn lines_of(pieces: &[Inline]) -> Vec<Vec<Inline>> {
    let mut lines = vec![Vec::new()];
    for piece in pieces {
        match piece {
            Inline::Break => lines.push(Vec::new()),
            piece => lines.last_mut().into_iter().for_each(|line| line.push(piece.clone())),
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.into_iter().flat_map(soft_lines).collect()
}

fn soft_lines(line: Vec<Inline>) -> Vec<Vec<Inline>> {
    let mut lines: Vec<Vec<Inline>> = vec![Vec::new()];
    for piece in &line {
        match piece {
            Inline::Text(text) if text.contains('\n') => {
                for (at, part) in text.split('\n').enumerate() {
                    if at > 0 {
                        lines.push(Vec::new());
                    }
                    if let (false, Some(last)) = (part.trim().is_empty(), lines.last_mut()) {
                        last.push(Inline::Text(part.to_owned()));
                    }
                }
            }
            piece => lines.last_mut().into_iter().for_each(|line| line.push(piece.clone())),
        }
    }
    lines.retain(|line| !line.is_empty());
    let stands_alone = |line: &Vec<Inline>| {
        matches!(line.first(), Some(Inline::Link(_)))
            || plain_text(line)
                .split_once([':', '：'])
                .is_some_and(|(key, _)| role_of(key).is_some())
    };
    if lines.len() > 1 && lines.iter().all(stands_alone) { lines } else { vec![line] }
}
