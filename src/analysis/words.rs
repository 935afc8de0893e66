//! Where the words of a text are.

use unicode_normalization::char::is_combining_mark;

use crate::analysis::unspaced::{cut, unspaced};

/// A stretch of text that makes a word.
pub(crate) struct Raw<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    /// A hyphen stands between the word before and this one.
    pub(crate) is_joined: bool,
    /// A hyphen and another word follow.
    pub(crate) continues: bool,
    /// `/`, `&` and `.` within it are part of the word.
    pub(crate) keeps_joints: bool,
}

/// French and Italian articles and particles that lose their vowel before a word: `l'avion`. Those of
/// Lucene's `FrenchAnalyzer` and `ItalianAnalyzer`.
const ELIDED: [&str; 29] = [
    "agl", "all", "c", "coll", "d", "dagl", "dall", "degl", "dell", "gl", "j", "jusqu", "l",
    "lorsqu", "m", "n", "negl", "nell", "pell", "puisqu", "qu", "quell", "quoiqu", "s", "sugl",
    "sull", "t", "un", "v",
];

/// Finds the words of a text in [one form](crate::analysis::forms), in order.
pub(crate) fn scan<'a>(text: &'a str, mut emit: impl FnMut(Raw<'a>)) {
    let bytes = text.as_bytes();
    let (mut at, mut last_end) = (0, usize::MAX);
    while at < bytes.len() {
        if matches!(bytes[at], b' '..=b'-' | b':'..=b'@') {
            at += 1;
            continue;
        }
        let c = char_at(text, at);
        let is_dotnet = c == '.' && starts_dotnet(text, at);
        if !is_dotnet && (!c.is_alphanumeric() || is_combining_mark(c)) {
            at += c.len_utf8();
            continue;
        }
        if let Some(way) = unspaced(c) {
            at = cut(text, at, way, |start, end| emit(raw(text, start, end)));
            continue;
        }
        let mut start = at;
        let mut keeps_joints = true;
        if is_dotnet {
            at += 4;
        } else {
            at = word_end(text, at);
            start += elided(&text[start..at]);
            if let Some(end) = initials_end(text, start, at) {
                (at, keeps_joints) = (end, false);
            }
        }
        let is_joined = last_end != usize::MAX && &text[last_end..start] == "-";
        let continues = bytes.get(at) == Some(&b'-') && next_is(text, at + 1, begins_word);
        let text = &text[start..at];
        emit(Raw { text, start, is_joined, continues, keeps_joints });
        last_end = at;
    }
}

fn raw(text: &str, start: usize, end: usize) -> Raw<'_> {
    let text = &text[start..end];
    Raw { text, start, is_joined: false, continues: false, keeps_joints: true }
}

/// The end of the word that begins at `at`.
fn word_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut is_number) = (start, true);
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            is_number &= byte.is_ascii_digit();
            at += 1;
            continue;
        }
        let c = char_at(text, at);
        let is_inside = match c {
            '\'' => next_is(text, at + 1, |c| c.is_alphabetic() && begins_word(c)),
            '.' => {
                is_number
                    && at > start
                    && bytes[at - 1].is_ascii_digit()
                    && next_is(text, at + 1, |c| c.is_ascii_digit())
            }
            c if c.is_ascii() => false,
            c => unspaced(c).is_none() && (c.is_alphanumeric() || is_combining_mark(c)),
        };
        if !is_inside {
            break;
        }
        is_number &= c == '.';
        at += c.len_utf8();
    }
    let next = bytes.get(at);
    if next == Some(&b'+')
        && bytes.get(at + 1) == next
        && !next_is(text, at + 2, |c| c.is_alphanumeric() || c == '+')
    {
        at += 2;
    } else if next == Some(&b'#')
        && at == start + 1
        && !next_is(text, at + 1, char::is_alphanumeric)
    {
        at += 1;
    }
    at
}

/// The bytes of elided articles before a word.
fn elided(word: &str) -> usize {
    let mut rest = word;
    while let Some((article, word)) = rest.split_once('\'')
        && word.len() > 1
        && ELIDED.iter().any(|known| known.eq_ignore_ascii_case(article))
    {
        rest = word;
    }
    word.len() - rest.len()
}

/// The end of single letters joined by `/`, `&` or `.`, such as `A/B`, `R&D` and `U.S.A`.
fn initials_end(text: &str, start: usize, mut end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let joint = *bytes.get(end)?;
    if end != start + 1
        || !bytes[start].is_ascii_alphabetic()
        || !matches!(joint, b'/' | b'&' | b'.')
    {
        return None;
    }
    let first_end = end;
    while bytes.get(end) == Some(&joint)
        && bytes.get(end + 1).is_some_and(u8::is_ascii_alphabetic)
        && !next_is(text, end + 2, char::is_alphanumeric)
    {
        end += 2;
    }
    (end > first_end).then_some(end)
}

fn starts_dotnet(text: &str, at: usize) -> bool {
    let is_first = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    is_first
        && text.get(at + 1..at + 4).is_some_and(|word| word.eq_ignore_ascii_case("net"))
        && !next_is(text, at + 4, char::is_alphanumeric)
}

/// Whether a word of a script with blanks begins with a character.
fn begins_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || c.is_alphanumeric() && !is_combining_mark(c) && unspaced(c).is_none()
}

fn char_at(text: &str, at: usize) -> char {
    text[at..].chars().next().unwrap_or('\0')
}

fn next_is(text: &str, at: usize, test: impl Fn(char) -> bool) -> bool {
    text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(test)
}

#[cfg(test)]
mod tests {
    use crate::analysis::words::scan;

    /// Looking back at each point would take hours.
    #[test]
    fn a_number_of_a_million_points_is_one_word() {
        let (text, mut words) = ("1.".repeat(1 << 20), 0);
        scan(&text, |raw| {
            assert_eq!(raw.text.len(), text.len() - 1);
            words += 1;
        });
        assert_eq!(words, 1);
    }
}
