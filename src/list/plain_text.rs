//! Plain text with one address on a line, and its title beside it or above it.

use crate::list::{
    bare_url::bare_url,
    draft::{Draft, Drafts},
    line::tidy,
};

/// Words from which on a line is a sentence of a text and not a title.
const SENTENCE_WORDS: usize = 16;

/// Reads the addresses of a text; nothing when it has more sentences than addresses.
pub(crate) fn read(text: &str) -> Drafts {
    let mut drafts = Drafts::default();
    let mut sentences = 0;
    let mut above = String::new();
    for (line, written) in (1..).zip(text.lines()) {
        // Some characters in a password end an address that stands in a text.
        let mut draft = Draft { line, ..Draft::default() };
        let text = draft.cut(written);
        let Some((start, end)) = bare_url(&text) else {
            sentences += usize::from(text.split_whitespace().count() >= SENTENCE_WORDS);
            above = tidy(written);
            continue;
        };
        let beside = |text: &str| {
            let is_filler = |c: char| c.is_whitespace() || "-–—:|,;<>()[]".contains(c);
            tidy(text.trim_matches(is_filler))
        };
        let (before, after) = (beside(&text[..start]), beside(&text[end..]));
        (draft.title, draft.description) = match (before.is_empty(), after.is_empty()) {
            (false, _) => (before, after),
            (true, false) => (after, String::new()),
            (true, true) => (std::mem::take(&mut above), String::new()),
        };
        draft.url = text[start..end].to_owned();
        let mut rest = &text[end..];
        while let Some((start, end)) = bare_url(rest) {
            draft.also.push_url(rest[start..end].to_owned());
            rest = &rest[end..];
        }
        above.clear();
        drafts.push(draft);
    }
    if sentences > drafts.kept.len() + drafts.left_out { Drafts::default() } else { drafts }
}
