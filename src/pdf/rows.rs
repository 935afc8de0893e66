//! Runs that stand on one line.

use crate::pdf::{
    bidi,
    line::Line,
    span::{COLUMN_GAP, SPACE_GAP, Span, is_space, is_wide},
};

/// A gap of this many ems within a line stands between cells of a table.
const CELL_GAP: f32 = 2.0;
/// How much larger than its text a letter is that begins a chapter.
const DROP_CAP: f32 = 1.6;
/// Large letters of a page; more are no beginnings.
const MAX_DROP_CAPS: usize = 40;

/// Joins runs that follow each other in the file and on the line: other fonts, raised and lowered
/// characters.
pub(crate) fn pieces(spans: Vec<Span>) -> Vec<Line> {
    let mut pieces: Vec<(Line, usize, usize)> = Vec::new();
    for span in spans {
        let chars = span.text.chars().count();
        let bold = if span.is_bold { chars } else { 0 };
        if let Some((line, all, all_bold)) = pieces.last_mut() {
            let larger = line.size.max(span.size);
            let gap = (span.left - line.right) / larger;
            let rise = (span.base - line.base) / larger;
            let alike = (line.size - span.size).abs() < 0.1 * larger;
            let reach = if alike { 0.3 } else { 0.6 };
            let is_cap = is_drop_cap(line, span.size);
            if (-0.5..COLUMN_GAP).contains(&gap) && rise.abs() < reach && !is_cap {
                let raised = !alike && rise > 0.2 && span.size < line.size && gap > -0.1;
                let word = line.text.chars().rev().take(3).all(char::is_alphabetic);
                if is_space(line.text.chars().next_back(), span.text.chars().next(), gap)
                    || raised && word && !line.text.ends_with(' ')
                {
                    line.text.push(' ');
                }
                line.text.push_str(&span.text);
                line.right = line.right.max(span.right);
                let letters = line.letters.take().filter(|_| gap > SPACE_GAP).zip(span.letters);
                line.letters = letters.map(|(line, span)| line.joined(span, gap));
                if span.size > line.size * 1.1 {
                    (line.size, line.base) = (span.size, span.base);
                }
                *all += chars;
                *all_bold += bold;
                continue;
            }
        }
        let Span { left, right, base, size, text, letters, .. } = span;
        let drawn = pieces.len();
        let line =
            Line { text, left, right, base, size, is_bold: false, drawn, column: 0, letters };
        pieces.push((line, chars, bold));
    }
    let bold = |(line, all, bold): (Line, usize, usize)| {
        // Numbers and marks of another font do not change what the line is.
        Line { is_bold: bold * 10 > all * 8, ..line }
    };
    pieces.into_iter().map(bold).collect()
}

/// Whether a piece is the large letter that a text of some size begins with, with a quotation mark
/// perhaps.
fn is_drop_cap(piece: &Line, size: f32) -> bool {
    let text = piece.text.trim();
    let letters = text.trim_start_matches(|c: char| !c.is_alphanumeric());
    piece.size > DROP_CAP * size
        && letters.chars().count() == 1
        && text.len() - letters.len() <= 4
        && letters.chars().all(char::is_alphabetic)
}

/// Puts large first letters before the lines that they begin.
pub(crate) fn join_drop_caps(pieces: &mut Vec<Line>) {
    let smallest = pieces.iter().map(|piece| piece.size).fold(f32::MAX, f32::min);
    let caps: Vec<usize> =
        (0..pieces.len()).filter(|at| is_drop_cap(&pieces[*at], smallest)).collect();
    if caps.len() > MAX_DROP_CAPS {
        return;
    }
    let joined: Vec<usize> = caps.into_iter().filter(|cap| join_drop_cap(pieces, *cap)).collect();
    let mut at = 0..;
    pieces.retain(|_| at.next().is_none_or(|at| !joined.contains(&at)));
}

/// Puts a large letter before the first of the lines beside it, if there is one.
fn join_drop_cap(pieces: &mut [Line], at: usize) -> bool {
    let cap = &pieces[at];
    // The letters of a line beside it stand between its foot and its head.
    let is_beside = |line: &Line| {
        is_drop_cap(cap, line.size)
            && (-0.5..2.0).contains(&((line.left - cap.right) / line.size))
            && line.base > cap.base - 0.3 * line.size
            && line.base + 0.6 * line.size < cap.base + 0.95 * cap.size
    };
    let beside: Vec<usize> = (0..pieces.len()).filter(|line| is_beside(&pieces[*line])).collect();
    let first = beside.iter().copied().max_by(|a, b| pieces[*a].base.total_cmp(&pieces[*b].base));
    let Some(first) = first.filter(|line| pieces[*line].text.chars().count() > 3) else {
        return false;
    };
    // A word of one letter stands further from the next word than from the other lines.
    let others = beside.iter().filter(|line| **line != first).map(|line| pieces[*line].left);
    let indent = (pieces[first].left - others.fold(f32::MAX, f32::min)) / pieces[first].size;
    let space = if (SPACE_GAP..1.0).contains(&indent) { " " } else { "" };
    let (left, text) = (cap.left, cap.text.trim().to_owned());
    for line in beside {
        pieces[line].left = left;
    }
    pieces[first].text.insert_str(0, &(text + space));
    pieces[first].letters = None;
    true
}

/// The pieces that stand on one line, from top to bottom and from left to right.
pub(crate) fn rows(mut pieces: Vec<Line>) -> Vec<Vec<Line>> {
    pieces.sort_by(|a, b| b.base.total_cmp(&a.base));
    let mut rows: Vec<Vec<Line>> = Vec::new();
    for piece in pieces {
        match rows.last_mut() {
            Some(row) if (row[0].base - piece.base) < 0.3 * row[0].size.max(piece.size) => {
                row.push(piece);
            }
            _ => rows.push(vec![piece]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.left.total_cmp(&b.left));
    }
    rows
}

/// Joins the pieces of a column that stand on one line.
pub(crate) fn joined(pieces: Vec<Line>) -> impl Iterator<Item = Line> {
    rows(pieces).into_iter().filter_map(|mut row| {
        let is_bold = row.iter().all(|piece| piece.is_bold);
        spell(&mut row);
        let mut row = row.into_iter();
        let mut line = row.next()?;
        for piece in row {
            let larger = line.size.max(piece.size);
            let gap = (piece.left - line.right) / larger;
            let is_one_word =
                (-0.3..0.1).contains(&gap) && (line.base - piece.base).abs() < 0.1 * larger;
            if gap > CELL_GAP {
                line.text.truncate(line.text.trim_end().len());
                line.text.push('\t');
                line.text.push_str(piece.text.trim_start());
            } else if is_one_word {
                line.text.push_str(&piece.text);
            } else {
                line.text.truncate(line.text.trim_end().len());
                let wide = |c: Option<char>| c.is_some_and(is_wide);
                let is_solid = gap < 0.5
                    && wide(line.text.chars().next_back())
                    && wide(piece.text.trim_start().chars().next());
                if !is_solid {
                    line.text.push(' ');
                }
                line.text.push_str(piece.text.trim_start());
            }
            line.right = line.right.max(piece.right);
            if piece.size > line.size {
                (line.size, line.base) = (piece.size, piece.base);
            }
        }
        line.text = without_soft_hyphens(bidi::reordered(line.text.trim()));
        line.is_bold = is_bold;
        (!line.text.is_empty()).then_some(line)
    })
}

/// Writes letters that stand apart as words: those of a whole row, or of a piece of it.
fn spell(row: &mut Vec<Line>) {
    let whole = row.iter().skip(1).try_fold(
        (row[0].letters.clone(), row[0].right),
        |(letters, right), piece| {
            let gap = (piece.left - right) / piece.size;
            let joined = letters?.joined(piece.letters.clone()?, gap);
            Some((Some(joined), piece.right))
        },
    );
    if let Some((Some(letters), right)) = whole
        && let Some(words) = letters.words()
    {
        row.truncate(1);
        (row[0].text, row[0].right) = (words, right);
        return;
    }
    for piece in row {
        if let Some(words) = piece.letters.as_ref().and_then(|letters| letters.words()) {
            piece.text = words;
        }
    }
}

/// Hyphens that are seen only where a line ends.
fn without_soft_hyphens(line: String) -> String {
    const SOFT: char = '\u{ad}';
    let end = line.len() - if line.ends_with(SOFT) { SOFT.len_utf8() } else { 0 };
    if !line[..end].contains(SOFT) {
        return line;
    }
    line[..end].replace(SOFT, "") + &line[end..]
}
