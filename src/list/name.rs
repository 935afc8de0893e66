//! Names: the part of a text that names a thing, apart from its authors, its venue and its number.

use std::ops::Range;

use crate::{
    dates::{self, PartialDate},
    list::{
        description::is_separator,
        inline::{Inline, plain_text},
        label::{is_label, is_place},
        line::{is_ornament, join, tidy},
    },
};

/// What a text says of the thing that it names.
#[derive(Debug, Default)]
pub(crate) struct NamedThing {
    pub(crate) title: String,
    /// What stands before and after the name, such as authors and venue.
    pub(crate) rest: String,
    /// The year behind the name.
    pub(crate) date: Option<PartialDate>,
    /// Whether the text is of several words and ends as a sentence does.
    pub(crate) is_sentence: bool,
    /// Whether the name is bold or stands in quotes.
    pub(crate) is_marked: bool,
}

/// The name that some inline content gives: the bold part, else the quoted one, else all up to a
/// year in brackets or to an emphasized venue; none when it is only a label, or nothing.
pub(crate) fn read(pieces: &[Inline]) -> Option<NamedThing> {
    let text = TextRuns::of(pieces);
    let whole = text.text.as_str();
    let start = text.start();
    let words = whole[start..].split_whitespace().count();
    let ends = whole.trim_end().ends_with(['.', '?', '!', '。', '？', '！']);
    let bold = text.bold_name(start);
    let is_bold = bold.is_some();
    let marked = bold.or_else(|| quoted(whole, start));
    let is_marked = marked.is_some();
    let mut named = marked
        .map(|name| cut_out(whole, start, name))
        .or_else(|| text.beside_emphasis(start).map(|name| cut_out(whole, start, name)))
        .or_else(|| dated(&whole[start..]))
        .unwrap_or_else(|| NamedThing {
            title: trim_lead(&whole[start..]),
            ..NamedThing::default()
        });
    if named.title.chars().count() > LONGEST_SENTENCE {
        let (title, more) = first_sentence(&named.title);
        named.title = title;
        named.rest = [more, named.rest].join(" ").trim().to_owned();
    }
    named.is_sentence = ends && words > 2;
    named.is_marked = is_marked;
    if let Some((date, rest)) = year_in_front(&named.rest) {
        named.date = named.date.or(Some(date));
        named.rest = rest;
    }
    // `Slack https://…` names a company, `GitHub: https://…` a sort of link.
    let is_company = is_place(&named.title) && !whole.trim_end().ends_with([':', '：']);
    (is_bold || is_company || !is_label(&named.title)).then_some(named)
}

/// The first bold part, if it names something.
pub(crate) fn bold_in(pieces: &[Inline]) -> Option<String> {
    let text = TextRuns::of(pieces);
    let name =
        text.bold.iter().map(|range| &text.text[range.clone()]).find(|bold| is_name(bold))?;
    Some(trim_name(name))
}

/// Whether a text is a reference to a paper and not its title: `Miller et al. (2015)`.
pub(crate) fn is_citation(text: &str) -> bool {
    let bare = text.trim_end_matches([')', ']', '.']);
    let Some(at) = bare.len().checked_sub(4).filter(|at| bare.is_char_boundary(*at)) else {
        return false;
    };
    let (authors, year) = bare.split_at(at);
    dates::year(year).is_some()
        && authors.ends_with([' ', '(', ',', '['])
        && (1..9).contains(&authors.split_whitespace().count())
}

/// A text as a title and what follows it: cut after its first sentence when it is long.
pub(crate) fn first_sentence(text: &str) -> (String, String) {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let text = inner.filter(|inner| !inner.contains('[')).unwrap_or(text);
    let end = if text.chars().count() <= LONGEST_SENTENCE {
        None
    } else {
        let ends = [". ", "。", "; ", " - ", " – ", " — ", "；"];
        ends.iter().filter_map(|end| text.find(end)).filter(|at| *at >= 12).min()
    };
    let (title, rest) = text.split_at(end.unwrap_or(text.len()));
    (trim_name(title), trim_lead(rest.trim_start_matches(['.', '。', ';', '；'])))
}

/// The text before a link, without what parts it from the link.
pub(crate) fn trim_lead(text: &str) -> String {
    let text = text.trim_end_matches(|c: char| {
        is_separator(c)
            || matches!(c, ':' | '：' | '(' | '[' | '（' | '【' | '.' | '，' | '。' | '→' | '>')
    });
    let text = text.trim_start_matches(|c: char| is_separator(c) || matches!(c, ')' | ']' | '.'));
    // `Join a meetup (e.g. on […])`
    let open = text.rfind(['(', '（']).filter(|at| *at > 0 && !text[*at..].contains([')', '）']));
    tidy(text[..open.unwrap_or(text.len())].trim_end())
}

/// Where the words of a text begin, behind bullets and a number: `6) `, `[1] `, `1、`.
pub(crate) fn after_number(text: &str) -> usize {
    let is_filler = |c: char| !c.is_alphanumeric() && !"[](（【\"“‘'《「*".contains(c);
    let trimmed = text.trim_start_matches(is_filler);
    let at = text.len() - trimmed.len();
    let inner = trimmed.trim_start_matches(['[', '(', '（', '【']);
    let opened = inner.len() < trimmed.len();
    let digits = inner.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &inner[digits..];
    let is_end =
        |c: char| matches!(c, ')' | ']' | '）' | '】') || !opened && matches!(c, '.' | '、' | '．');
    match rest.chars().next() {
        Some(end) if (1..4).contains(&digits) && is_end(end) => {
            let after = &rest[end.len_utf8()..];
            // `3.5 million` is no number of an item.
            let goes_on = end == '.' && after.starts_with(|c: char| !c.is_whitespace());
            if goes_on { at } else { text.len() - after.trim_start_matches(is_filler).len() }
        }
        _ => at,
    }
}

/// The longest text that is a title as a whole, in characters.
const LONGEST_SENTENCE: usize = 120;

/// Text with the places of its bold parts and of its first emphasized part.
struct TextRuns {
    text: String,
    bold: Vec<Range<usize>>,
    emphasis: Option<Range<usize>>,
}

impl TextRuns {
    fn of(pieces: &[Inline]) -> TextRuns {
        let mut runs = TextRuns { text: String::new(), bold: Vec::new(), emphasis: None };
        let (mut open, mut open_emphasis) = (None, None);
        for piece in pieces {
            match piece {
                Inline::Bold => match open.take() {
                    Some(start) => runs.bold.push(start..runs.text.len()),
                    None => open = Some(runs.text.len()),
                },
                Inline::Emphasis => match open_emphasis.take() {
                    Some(start) if runs.emphasis.is_none() => {
                        runs.emphasis = Some(start..runs.text.len());
                    }
                    Some(_) => {}
                    None => open_emphasis = Some(runs.text.len()),
                },
                Inline::Code(_) => {}
                piece => runs.text.push_str(&plain_text(std::slice::from_ref(piece))),
            }
        }
        runs
    }

    /// Where the words begin.
    fn start(&self) -> usize {
        after_number(&self.text)
    }

    /// The bold part that names the thing: at the front, where what follows does not go on with the
    /// sentence, or behind punctuation, as in `Author. "**Title**." Venue`.
    fn bold_name(&self, start: usize) -> Option<Range<usize>> {
        let goes_before =
            ['.', ',', ':', '"', '“', '”', ')', '-', '–', '—', '|', '，', '。', '：', '「', '《'];
        self.bold.iter().filter(|range| range.end > start).cloned().find_map(|range| {
            let range = range.start.max(start)..range.end;
            let (bold, after) = (&self.text[range.clone()], &self.text[range.end..]);
            let before = self.text[start..range.start].trim_end();
            let fits = if is_ornament(before) && !before.ends_with(['"', '“']) {
                let goes_on = after.trim_start().starts_with(char::is_alphanumeric);
                !goes_on || bold.split_whitespace().count() > 2
            } else {
                before.ends_with(goes_before)
            };
            (fits && is_name(bold)).then_some(range)
        })
    }

    /// An emphasized run is the title behind authors (`Miller, Lee, *Drift in the wild*`), and stands
    /// behind the title when it is the authors or the venue (`Drift in the wild. *Miller, Lee*`).
    fn beside_emphasis(&self, start: usize) -> Option<Range<usize>> {
        let run = self.emphasis.clone().filter(|run| run.start > start)?;
        let (before, inner) = (self.text[start..run.start].trim_end(), &self.text[run.clone()]);
        let words = |text: &str| text.split_whitespace().count();
        let authors = before.trim_end_matches([',', '.', ':', ' ']);
        let is_person = before.ends_with(',') && is_name_of_person(authors);
        if (are_names(authors) || is_person) && !are_names(inner) {
            return (words(inner) > 2 && before.ends_with([',', '.', ':'])).then_some(run);
        }
        let ends = ['.', '?', '!', '|', '(', '。', '-', '–', '—', ':'];
        (before.ends_with(ends) && words(before) > 1).then_some(start..start + before.len())
    }
}

/// Whether a text is a list of persons: words with capitals, few between the commas.
fn are_names(text: &str) -> bool {
    let is_list = text.contains([',', ';']) || text.contains(" and ") || text.contains(" et al");
    is_list && text.split([',', ';']).filter(|name| !name.trim().is_empty()).all(is_name_of_person)
}

/// Whether a text may be the name of a person, or of two with `and` between them.
fn is_name_of_person(text: &str) -> bool {
    const PARTICLES: &[&str] =
        &["and", "&", "et", "al", "al.", "de", "der", "den", "la", "van", "von"];
    let mut words = text.split_whitespace();
    let is_short = text.split_whitespace().count() < 10;
    let is_of_name = |word: &str| {
        word.starts_with(|c: char| c.is_uppercase() || c == '"') || PARTICLES.contains(&word)
    };
    is_short && words.all(is_of_name)
}

/// Whether a bold part names a thing: no label, no number, no key before a value.
fn is_name(text: &str) -> bool {
    let text = text.trim();
    text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !text.ends_with([':', '：'])
        && (is_place(text) || !is_label(text))
}

/// The quoted part of a citation: `Author, "Title of several words," Venue`.
fn quoted(text: &str, start: usize) -> Option<Range<usize>> {
    const QUOTES: [(char, char); 6] =
        [('"', '"'), ('“', '”'), ('「', '」'), ('《', '》'), ('«', '»'), ('„', '“')];
    QUOTES.iter().find_map(|(open, close)| {
        let from = start + text[start..].find(*open)? + open.len_utf8();
        let end = from + text[from..].find(*close)?;
        let before = text[start..from - open.len_utf8()].trim_end();
        let is_apart =
            before.is_empty() || before.ends_with(['.', ',', ':', ')', '，', '：', '。']);
        let inner = &text[from..end];
        // `"Network morphism."`: what is quoted in a sentence does not end as one.
        let is_long = inner.split_whitespace().count() > 2
            || !inner.is_ascii()
            || inner.ends_with(['.', ',', '?', '!']);
        (is_apart && is_long).then_some(from..end)
    })
}

/// `Title (2019), A. Author`: the year stands between the title and the rest.
fn dated(text: &str) -> Option<NamedThing> {
    text.match_indices('(').skip(usize::from(text.starts_with('('))).find_map(|(at, _)| {
        let date = dates::year(text.get(at + 1..at + 5)?)?;
        let rest = text[at + 5..].strip_prefix(')')?;
        let ends = rest
            .trim_start()
            .chars()
            .next()
            .is_none_or(|c| matches!(c, ',' | '.' | ':' | ';' | '[' | '('));
        let title = trim_name(&text[..at]);
        (ends && !title.is_empty()).then(|| NamedThing {
            title,
            rest: trim_rest(rest),
            date: Some(date),
            ..NamedThing::default()
        })
    })
}

/// The name at a place of a text, and what stands around it.
fn cut_out(text: &str, start: usize, name: Range<usize>) -> NamedThing {
    let mut rest = trim_rest(&text[start..name.start]);
    join(&mut rest, &trim_rest(&text[name.end..]));
    NamedThing { title: trim_name(&text[name]), rest, ..NamedThing::default() }
}

/// A year in brackets at the front of a text, and the text behind it.
fn year_in_front(text: &str) -> Option<(PartialDate, String)> {
    let (year, rest) = text.strip_prefix('(')?.split_once(')')?;
    Some((dates::year(year)?, trim_rest(rest)))
}

/// A name without the punctuation around it.
fn trim_name(text: &str) -> String {
    let is_around = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '"' | '“'
                    | '”'
                    | '„'
                    | '*'
                    | ','
                    | '.'
                    | ':'
                    | '：'
                    | '，'
                    | '。'
                    | '-'
                    | '–'
                    | '—'
                    | '|'
            )
    };
    let text = tidy(text);
    let short = text.trim_matches(is_around);
    // `Who ate the cake?` keeps its mark, `Node.js.` its last letter.
    tidy(short)
}

/// What stands beside a name, without the punctuation that parts them.
fn trim_rest(text: &str) -> String {
    let is_apart = |c: char| {
        is_separator(c)
            || matches!(c, ':' | '：' | '.' | '。' | '，' | '"' | '“' | '”' | '[' | '【')
    };
    let text = text.trim_start_matches(|c: char| is_apart(c) && !matches!(c, '[' | '【'));
    let text = text.trim_start_matches(['"', '”']).trim_end_matches(is_apart);
    let text = text.strip_suffix('(').unwrap_or(text).trim_end_matches(is_apart);
    if is_ornament(text) { String::new() } else { tidy(text) }
}
