//! Items: from the inline content of one block to the draft of one entry.

use std::collections::HashSet;

use url::Url;

use crate::{
    dates::{self, PartialDate},
    list::{
        draft::{Draft, resolve},
        inline::{Inline, Link, plain_text},
        line::{join, tidy},
    },
};

/// A link with its absolute address.
struct Found<'p> {
    link: &'p Link,
    url: String,
    /// Index of its piece.
    at: usize,
}

/// The draft that some inline content gives; none when no link in it leads out of the list.
pub(crate) fn read(pieces: &[Inline], base: Option<&Url>) -> Option<Draft> {
    let found: Vec<Found<'_>> = pieces
        .iter()
        .enumerate()
        .filter_map(|(at, piece)| match piece {
            Inline::Link(link) => Some(Found { link, url: resolve(&link.href, base)?, at }),
            _ => None,
        })
        .collect();
    let first = found.first()?;
    let mut draft = Draft {
        url: first.url.clone(),
        line: first.link.line,
        date: first.link.added.as_deref().and_then(dates::from_epoch),
        ..Draft::default()
    };
    found[1..].iter().for_each(|found| draft.also.push_url(found.url.clone()));
    first.link.tags.iter().for_each(|tags| draft.tags.push_tags(tags));
    let (lead, rest) = (&pieces[..first.at], &pieces[first.at + 1..]);
    let (rest, labels) = cut_labels(rest);
    let mut lead_text = String::new();
    for piece in lead {
        match piece {
            Inline::Code(code) => add_labels(&mut draft, code),
            piece => lead_text.push_str(&plain_text(std::slice::from_ref(piece))),
        }
    }
    for label in &labels {
        add_labels(&mut draft, label);
    }
    let in_group = lead_text.trim_end().ends_with(['(', '[', '（', '【']);
    let goes_on = plain_text(rest).trim_start().starts_with(char::is_alphanumeric);
    let rest = if in_group { after_group(rest) } else { rest };
    let leads_out = found.iter().map(|found| std::ptr::from_ref(found.link)).collect();
    let body = body_text(rest, &leads_out, &mut draft);
    let lead_text = if is_ornament(&lead_text) { String::new() } else { trim_lead(&lead_text) };
    let label = trim_title(&first.link.text);
    let mut description = if is_ornament(&body) { String::new() } else { clean_description(&body) };
    if let Some(listed) = dates::parse(&description) {
        draft.date = draft.date.or(Some(listed));
        description.clear();
    }
    if !is_generic(&label) {
        draft.title = label;
        if let Some(listed) = dates::parse(&lead_text) {
            draft.date = draft.date.or(Some(listed));
        } else if !is_generic(&lead_text)
            && lead_text.chars().filter(|c| c.is_alphabetic()).count() > 1
        {
            draft.description = lead_text;
        }
        join(&mut draft.description, &description);
    } else if !is_generic(&lead_text) {
        draft.title = lead_text;
        join(&mut draft.description, &description);
    } else if (in_group || goes_on) && !is_url(&label) && !is_generic(&description) {
        // `[[Paper](…)] Attention is all you need`: what follows is the title.
        draft.title.clone_from(&description);
    } else {
        draft.title = label;
        join(&mut draft.description, &description);
    }
    let date = year_in_title(&draft.title).or_else(|| year_in_front(&description));
    draft.date = draft.date.or(date);
    Some(draft)
}

/// Whether a text only says what sort of thing is linked: `code`, `PDF`, an address, nothing at all.
pub(crate) fn is_generic(text: &str) -> bool {
    const KINDS: &str = " abstract archive arxiv article audio blog bio book code colab crate crates \
        crates.io data dataset demo doc docs documentation download epub example examples fund gh \
        git github gitlab here home homepage info link live mirror more mp3 npm notebook notes \
        official page paper papers pdf playground podcast post poster preprint ppt presentation \
        project ps pypi repo repository script show site slide slides source src summary talk \
        tutorial twitter tweet video videos web website wiki wikipedia wp www youtube 主页 代码 仓库 \
        原文 地址 官网 幻灯片 文档 文章 演示 源码 博客 视频 论文 链接 网站 ";
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    if bare.is_empty() || is_url(text.trim()) {
        return true;
    }
    // `source code`, `project page`, `read more`, `code (PyTorch)`
    let bare = bare.split_once(" (").map_or(bare.as_str(), |(kind, _)| kind);
    bare.split([' ', '-', '/']).filter(|word| !word.is_empty()).all(|word| {
        matches!(word, "read" | "the" | "full" | "a" | "this" | "and" | "&" | "1" | "2" | "3" | "4")
            || (word.len() < 24 && KINDS.contains(&format!(" {word} ")))
    })
}

fn is_url(text: &str) -> bool {
    let text = text.trim_start_matches(['<', '(']);
    ["http://", "https://", "www."]
        .iter()
        .any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)))
        && !text.contains(char::is_whitespace)
}

/// Whether a text is nothing but white space, bullets, emoji and `:shortcodes:`.
pub(crate) fn is_ornament(text: &str) -> bool {
    text.split_whitespace().all(|word| {
        let is_shortcode = word.len() > 2
            && word.starts_with(':')
            && word.ends_with(':')
            && word[1..word.len() - 1]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"_-+".contains(&b));
        is_shortcode || !word.contains(|c: char| c.is_alphanumeric() || "[]()\"'“‘".contains(c))
    })
}

/// Cuts trailing code spans off: `` `Uber`, `2021` ``.
fn cut_labels(pieces: &[Inline]) -> (&[Inline], Vec<&str>) {
    let is_filler = |piece: &Inline| match piece {
        Inline::Text(text) => {
            text.chars().all(|c| c.is_whitespace() || ",;|/·()[]、，".contains(c))
        }
        Inline::Emphasis | Inline::Break => true,
        Inline::Code(_) | Inline::Link(_) => false,
    };
    let mut end = pieces.len();
    let mut labels = Vec::new();
    for (at, piece) in pieces.iter().enumerate().rev() {
        match piece {
            Inline::Code(code) => {
                labels.push(code.as_str());
                end = at;
            }
            piece if is_filler(piece) => {}
            // `bindings for `libfoo``: the span is a part of the sentence.
            Inline::Text(text) if labels.len() == 1 && asks_for_more(text) => {
                return (pieces, Vec::new());
            }
            _ => break,
        }
    }
    labels.reverse();
    (&pieces[..end], labels)
}

/// Whether a sentence cannot end here.
fn asks_for_more(text: &str) -> bool {
    const LINKING: &[&str] = &[
        "a", "an", "and", "as", "at", "by", "called", "command", "for", "from", "in", "into", "is",
        "like", "named", "of", "on", "or", "run", "the", "through", "to", "use", "uses", "using",
        "via", "with", "your",
    ];
    let word = text.split_whitespace().next_back().unwrap_or_default().to_ascii_lowercase();
    LINKING.contains(&word.as_str())
}

/// One label, several in brackets (`` `(linux, windows)` ``), or a year.
fn add_labels(draft: &mut Draft, code: &str) {
    let code = draft.cut(code.trim());
    let inner = code.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
    let parts = match inner {
        Some(inner) => inner.split(',').collect(),
        None => vec![&*code],
    };
    for part in parts.into_iter().map(str::trim) {
        match dates::year(part) {
            Some(year) => draft.date = draft.date.or(Some(year)),
            None if part.chars().any(char::is_alphanumeric) => draft.labels.push(part),
            None => {}
        }
    }
}

/// What follows the bracket in which the first link stands: `([Repo](…), [Docs](…)) Text`.
fn after_group(pieces: &[Inline]) -> &[Inline] {
    for (at, piece) in pieces.iter().enumerate() {
        if let Inline::Text(text) = piece {
            if text.contains([')', ']', '）', '】']) {
                return &pieces[at..];
            }
            if text.chars().any(char::is_alphanumeric) {
                break;
            }
        }
    }
    pieces
}

/// Marks around the label of a link that only names a kind; they never occur in tidied text.
const MARKS: [char; 2] = ['\u{1}', '\u{2}'];

/// The text after the first link, generic link labels marked; `key: value` lines go to the draft.
fn body_text(pieces: &[Inline], leads_out: &HashSet<*const Link>, draft: &mut Draft) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Inline::Link(link) => {
                if leads_out.contains(&std::ptr::from_ref(link)) && is_generic(&link.text) {
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
fn clean_description(body: &str) -> String {
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

fn is_separator(c: char) -> bool {
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

/// The text before the first link, without what parts it from the link.
fn trim_lead(text: &str) -> String {
    let text = text.trim_end_matches(|c: char| {
        is_separator(c)
            || matches!(c, ':' | '：' | '(' | '[' | '（' | '【' | '.' | '，' | '→' | '>')
    });
    let text = text.trim_start_matches(|c: char| is_separator(c) || matches!(c, ')' | ']' | '.'));
    tidy(text)
}

/// A title without the brackets and shortcodes around it.
fn trim_title(text: &str) -> String {
    let text = tidy(text);
    match text.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) if !inner.contains(['[', ']']) => inner.to_owned(),
        _ => text,
    }
}

/// The year of `Title, 2020` and `Title (2014)`.
fn year_in_title(title: &str) -> Option<PartialDate> {
    let title = title.trim_end();
    let year = match title.strip_suffix(')') {
        Some(inner) => inner.rsplit_once('(')?.1,
        None => title.rsplit_once(", ")?.1,
    };
    dates::year(year)
}

/// The year of `(1995): The text …`.
fn year_in_front(description: &str) -> Option<PartialDate> {
    dates::year(description.strip_prefix('(')?.split_once(')')?.0)
}
