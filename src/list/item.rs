//! Items: from the inline content of one block to the draft of one entry.

use url::Url;

use crate::{
    dates::{self, PartialDate},
    entry::DatePrecision,
    list::{
        address::resolve,
        description::{body_text, clean_description},
        draft::Draft,
        inline::{Inline, Link, plain_text},
        label::{is_host_of, is_label, is_without_name},
        line::{is_ornament, is_shortcode, join, tidy},
        name::{self, NamedThing},
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
    let rest_text = plain_text(rest);
    let in_group = lead_text.trim_end().ends_with(['(', '[', '（', '【']);
    let goes_on =
        rest_text.trim_start().starts_with(|c: char| c.is_alphanumeric() && !c.is_lowercase());
    let in_brackets = is_in_brackets(&first.link.text, &lead_text, &rest_text);
    let bold = name::bold_in(rest);
    let rest = if in_group { after_group(rest) } else { rest };
    let leads_out = found.iter().map(|found| std::ptr::from_ref(found.link)).collect();
    let body = body_text(rest, &leads_out, &mut draft);
    let mut said = if is_ornament(&body) { String::new() } else { clean_description(&body) };
    if let Some(listed) = dates::parse(&said) {
        draft.date = draft.date.or(Some(listed));
        said.clear();
    }
    if let Some((listed, company, rest)) = dated_by(&said) {
        draft.date = draft.date.or(Some(listed));
        draft.company = company;
        said = rest;
    }
    let label = trim_title(&first.link.text);
    let named = name::read(lead);
    let is_label_here = |named: &NamedThing| {
        in_brackets
            || named.is_sentence && name::is_citation(&label)
            || is_host_of(&label, &draft.url)
    };
    let year_said = year_in_front(&said);
    if !is_label(&label) && !named.as_ref().is_some_and(is_label_here) {
        take_link_text(&mut draft, label, &lead_text, &said);
    } else if let Some(named) = named {
        take_name_before(&mut draft, named, &label, &said);
    } else if let Some(bold) = bold {
        take_bold_name(&mut draft, bold, &said);
    } else if !is_label(&said)
        && (in_group || goes_on || is_without_name(&label) && says_what(&said))
    {
        // `https://a.example - Attention is all you need`: what follows is the title.
        (draft.title, draft.description) = name::first_sentence(&said);
    } else {
        draft.title = label;
        join(&mut draft.description, &said);
    }
    draft.date = draft.date.or_else(|| year_in_title(&draft.title)).or(year_said);
    Some(draft)
}

/// The text of the link is the title; what stands before and after it describes the entry.
fn take_link_text(draft: &mut Draft, label: String, before: &str, said: &str) {
    draft.title = label;
    let before = if is_ornament(before) { String::new() } else { name::trim_lead(before) };
    if let Some(listed) = dates::parse(&before) {
        draft.date = draft.date.or(Some(listed));
    } else if !is_label(&before) && before.chars().filter(|c| c.is_alphabetic()).count() > 1 {
        draft.description = before;
    }
    join(&mut draft.description, said);
}

/// What stands before the link names the thing: `Title (2019), Author. [pdf](…)`.
fn take_name_before(draft: &mut Draft, named: NamedThing, label: &str, said: &str) {
    draft.title = trim_title(&named.title);
    draft.description = named.rest;
    draft.date = draft.date.or(named.date);
    if !is_label(label) && !is_host_of(label, &draft.url) {
        draft.date = draft.date.or_else(|| year_in_title(label));
        join(&mut draft.description, label);
    }
    join(&mut draft.description, said);
}

/// The bold part behind the link names the thing, unless it is short and more follows:
/// `[[Paper](…)] **Attention is all you need**`, `[2014](…) - **Acme** - Mining of data sets`.
fn take_bold_name(draft: &mut Draft, bold: String, said: &str) {
    let after = said.strip_prefix(bold.as_str()).map(clean_description);
    match after.filter(|after| !is_label(after)) {
        Some(after) if bold.split_whitespace().count() < 3 => {
            (draft.title, draft.description) = name::first_sentence(&after);
            join(&mut draft.description, &bold);
        }
        after => {
            draft.title = bold;
            draft.description = after.unwrap_or_else(|| said.to_owned());
        }
    }
}

/// Whether a link stands in double brackets, `[[Thesis](…)]` or `[[Thesis]](…)`.
fn is_in_brackets(text: &str, before: &str, after: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']')
        || before.trim_end().ends_with(['[', '【']) && after.trim_start().starts_with([']', '】'])
}

/// Whether a description is long enough to say what a link without a name leads to.
fn says_what(description: &str) -> bool {
    let letters = description.chars().filter(|c| c.is_alphabetic()).count();
    letters > 12
        || letters > 3 && description.split_whitespace().nth(1).is_some()
        || letters > 1 && !description.is_ascii()
}

/// Cuts trailing code spans off: `` `Uber`, `2021` ``.
fn cut_labels(pieces: &[Inline]) -> (&[Inline], Vec<&str>) {
    let is_filler = |piece: &Inline| match piece {
        Inline::Text(text) => {
            text.chars().all(|c| c.is_whitespace() || ",;|/·()[]、，".contains(c))
        }
        Inline::Emphasis | Inline::Bold | Inline::Break => true,
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

/// A title without the brackets and shortcodes around it: `:yen: [Text]`, `Text :zap`.
fn trim_title(text: &str) -> String {
    let text = tidy(text);
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(' ').filter(|(word, _)| is_shortcode(word)) {
        rest = after;
    }
    while let Some((before, _)) = rest.rsplit_once(' ').filter(|(_, word)| is_shortcode(word)) {
        rest = before;
    }
    match rest.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')) {
        Some(inner) if !inner.contains(['[', ']']) => inner.to_owned(),
        _ => rest.to_owned(),
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

/// What `(2019-11-06, Acme) The text …` says: the day or month, the company and the text.
fn dated_by(description: &str) -> Option<(PartialDate, String, String)> {
    let (inner, rest) = description.strip_prefix('(')?.split_once(')')?;
    // The month may be followed by a comma, too: `(May 4, 2021, Acme)`.
    let (date, company) = inner.rsplit_once(", ")?;
    let listed = dates::parse(date).filter(|date| date.precision != DatePrecision::Year)?;
    let is_name = company.contains(char::is_alphabetic) && company.split_whitespace().count() < 5;
    is_name.then(|| (listed, company.trim().to_owned(), clean_description(rest)))
}

/// The year of `(1995): The text …`.
fn year_in_front(description: &str) -> Option<PartialDate> {
    dates::year(description.strip_prefix('(')?.split_once(')')?.0)
}
