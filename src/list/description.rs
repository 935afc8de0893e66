//! Descriptions: what is said of an entry after its link, without the labels of further links.

use std::collections::HashSet;

use crate::list::{
    draft::Draft,
    inline::{Inline, Link, plain_text},
    label::is_label,
    line::{join, tidy},
};

/// The text after the first link, generic link labels marked; `key: value` lines go to the draft.
pub(crate) fn body_text(
    pieces: &[Inline],
    leads_out: &HashSet<*const Link>,
    draft: &mut Draft,
) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Inline::Link(link) => {
                if leads_out.contains(&std::ptr::from_ref(link)) && is_label(&link.text) {
                    let label = tidy(&link.text);
                    text.extend([MARKS[0].to_string(), label, MARKS[1].to_string()]);
                } else {
                    text.push_str(&link.text);
                }
            }
            Inline::Code(code) if !code.chars().any(char::is_alphanumeric) => {}
            piece => text.push_str(&plain_text(std::slice::from_ref(piece))),
        }
    }
    let mut body = String::new();
    for line in text.lines() {
        let line = line.trim();
        if !draft.take_line(line) {
            join(&mut body, line);
        }
    }
    body
}

/// Takes away brackets and trailing runs that hold nothing but generic links.
pub(crate) fn clean_description(body: &str) -> String {
    let mut text = String::new();
    // Where each open bracket stands in `text`, and whether something worth reading came since.
    let mut groups: Vec<(usize, bool, bool)> = Vec::new();
    let mut marked = false;
    for c in body.chars() {
        match c {
            '(' | '[' | '（' | '【' => groups.push((text.len(), false, false)),
            _ if c == MARKS[0] => {
                marked = true;
                if let Some((_, _, has_mark)) = groups.last_mut() {
                    *has_mark = true;
                }
            }
            _ if c == MARKS[1] => marked = false,
            c if c.is_alphanumeric() && !marked => {
                if let Some((_, has_text, _)) = groups.last_mut() {
                    *has_text = true;
                }
            }
            _ => {}
        }
        text.push(c);
        if matches!(c, ')' | ']' | '）' | '】')
            && let Some((start, has_text, has_mark)) = groups.pop()
        {
            if let Some((_, outer_has_text, _)) = groups.last_mut() {
                *outer_has_text |= has_text;
            }
            let is_empty = text[start..].chars().nth(2).is_none();
            if !has_text && (has_mark || is_empty) {
                text.truncate(text[..start].trim_end().len());
            }
        }
    }
    let mut text = tidy_marks(trim_front(&text));
    // `… pipelines. [Paper](…) | [Code](…)`
    while let Some(start) = text
        .trim_end_matches(is_separator)
        .strip_suffix(MARKS[1])
        .and_then(|_| text.rfind(MARKS[0]))
    {
        let before = text[..start].trim_end();
        if before.ends_with(|c: char| c.is_alphanumeric()) {
            break;
        }
        text.truncate(before.trim_end_matches(is_separator).len());
    }
    let text: String = text.chars().filter(|c| !MARKS.contains(c)).collect();
    tidy(
        text.trim_end_matches(|c: char| {
            c.is_whitespace() || matches!(c, '-' | '–' | '—' | '|' | ',')
        }),
    )
}

/// Tidied text in which the marks stay.
fn tidy_marks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, ',' | ';' | '|' | '/' | '·' | '•' | '-' | '–' | '—' | '&' | '+')
}

/// The description without the punctuation that parts it from the title.
fn trim_front(text: &str) -> &str {
    let mut rest = text;
    loop {
        let before = rest;
        rest = rest.trim_start_matches(|c: char| {
            is_separator(c)
                || matches!(c, ':' | '：' | '.' | '。' | '，' | '~' | ')' | ']' | '）' | '】' | '→')
        });
        // A generic link in front: `[Title](…) [Paper](…) - Text`.
        if let Some((_, after)) =
            rest.strip_prefix(MARKS[0]).and_then(|rest| rest.split_once(MARKS[1]))
            && !after.trim_start().starts_with(char::is_alphanumeric)
        {
            rest = after;
        }
        if rest.len() == before.len() {
            return rest;
        }
    }
}

/// Marks around the label of a link that only names a kind; they never occur in tidied text.
const MARKS: [char; 2] = ['\u{1}', '\u{2}'];
