//! Lines of paragraphs: which of them are entries.

use url::Url;

use crate::list::{
    address::resolve,
    field::role_of,
    inline::{Inline, plain_text},
    label::is_label,
    line::{is_ornament, tidy},
    name,
};

/// How a line of a paragraph is an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineForm {
    /// It begins with a bullet or a number.
    Marked,
    /// It cites a paper, with links behind it that are labels.
    Citation,
    /// It begins with a link; it may as well be a remark.
    Plain,
}

/// The form in which a line is an entry; none when its links stand within a sentence.
pub(crate) fn form_of(line: &[Inline]) -> Option<LineForm> {
    if is_citation(line) {
        Some(LineForm::Citation)
    } else if has_mark(line) {
        Some(LineForm::Marked)
    } else {
        names_an_entry(line).then_some(LineForm::Plain)
    }
}

/// Whether a line begins with a link, and what follows does not go on with the sentence.
/// Emoji, bullets and shortcodes may stand before the link.
pub(crate) fn names_an_entry(line: &[Inline]) -> bool {
    let Some(at) = line.iter().position(|piece| matches!(piece, Inline::Link(_))) else {
        return false;
    };
    let rest = plain_text(&line[at + 1..]);
    begins_with_link(line) && !rest.trim_start().starts_with(char::is_alphanumeric)
}

/// The name that a line consists of, in bold: that of the links below it.
pub(crate) fn bold_line(line: &[Inline], base: Option<&Url>) -> Option<String> {
    let leads_out =
        |piece: &Inline| matches!(piece, Inline::Link(link) if resolve(&link.href, base).is_some());
    let mut is_open = false;
    for piece in line {
        match piece {
            Inline::Bold => is_open = !is_open,
            Inline::Emphasis | Inline::Break => {}
            piece if leads_out(piece) => return None,
            piece if !is_open => {
                let text = plain_text(std::slice::from_ref(piece));
                if !is_ornament(&text[name::after_number(&text)..]) {
                    return None;
                }
            }
            _ => {}
        }
    }
    name::bold_in(line).filter(|_| line.iter().any(|piece| matches!(piece, Inline::Bold)))
}

/// A line of links with nothing but punctuation between them: `[English](…) | [中文](…)`.
pub(crate) fn is_navigation(line: &[Inline], base: Option<&Url>) -> bool {
    let links = line.iter().filter(|piece| matches!(piece, Inline::Link(_))).count();
    let leads_out = |piece: &Inline| match piece {
        Inline::Link(link) => resolve(&link.href, base).is_some(),
        _ => false,
    };
    let first_leads_out = line.iter().find(|p| matches!(p, Inline::Link(_))).is_some_and(leads_out);
    let speaks = line.iter().any(|piece| match piece {
        Inline::Text(text) => text.chars().any(char::is_alphanumeric) && !is_ornament(text),
        Inline::Code(_) => true,
        _ => false,
    });
    !first_leads_out || (links > 1 && !speaks)
}

/// `**[1]** Author. "**Title**." Venue. [[pdf]](…) [[code]](…)`: a name in bold or quotes, and links
/// behind the text that are labels; at most a remark in brackets follows.
fn is_citation(line: &[Inline]) -> bool {
    let Some(at) = line.iter().position(|piece| matches!(piece, Inline::Link(_))) else {
        return false;
    };
    let (lead, links) = line.split_at(at);
    let are_labels = links.iter().all(|piece| match piece {
        Inline::Link(link) => is_label(&link.text) || link.text.trim().starts_with('['),
        _ => true,
    });
    let last = links.iter().rposition(|piece| matches!(piece, Inline::Link(_))).unwrap_or(0);
    let behind = tidy(&plain_text(&links[last + 1..]));
    let goes_on = behind.trim_start_matches([']', ')', ' ']).starts_with(char::is_alphanumeric);
    let between = plain_text(&links[..last]);
    let is_short = between.split_whitespace().count() < 8 && behind.chars().count() < 200;
    are_labels && !goes_on && is_short && name::read(lead).is_some_and(|named| named.is_marked)
}

/// Whether a link is the first thing of a line that is read.
fn begins_with_link(line: &[Inline]) -> bool {
    for piece in line {
        match piece {
            Inline::Link(_) => return true,
            Inline::Text(text) if is_ornament(text) => {}
            Inline::Break | Inline::Bold => {}
            Inline::Text(_) | Inline::Code(_) | Inline::Emphasis => return false,
        }
    }
    false
}

/// Whether a line begins as an item does, with a bullet or a number that Markdown does not know.
fn has_mark(line: &[Inline]) -> bool {
    const BULLETS: &[char] = &[
        '•', '・', '●', '▪', '◦', '‣', '■', '□', '▶', '►', '·', '○', '◆', '◇', '➤', '✅', '☑', '✔',
    ];
    let Some(Inline::Text(text)) = line.first() else { return false };
    let text = text.trim_start();
    text.starts_with(BULLETS)
        || text.starts_with(|c: char| c.is_ascii_digit()) && name::after_number(text) > 0
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
        begins_with_link(line)
            || has_mark(line)
            || plain_text(line)
                .split_once([':', '：'])
                .is_some_and(|(key, _)| role_of(key).is_some())
    };
    if lines.len() > 1 && lines.iter().all(stands_alone) { lines } else { vec![line] }
}
