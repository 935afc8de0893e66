//! Where the words of a text are.

use unicode_normalization::char::is_combining_mark;

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

/// Finds the words of a text, in order.
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
        if !c.is_alphanumeric() && !is_dotnet {
            at += c.len_utf8();
            continue;
        }
        let start = at;
        if is_cjk(c) {
            at = scan_cjk(text, at, &mut emit);
            continue;
        }
        let mut keeps_joints = true;
        if is_dotnet {
            at += 4;
        } else {
            at = word_end(text, at);
            if let Some(end) = initials_end(text, start, at) {
                (at, keeps_joints) = (end, false);
            }
        }
        let is_joined = last_end != usize::MAX && is_hyphen(&text[last_end..start]);
        // Few words are followed by the first byte of a hyphen, which is quickly seen.
        let continues = matches!(bytes.get(at), Some(b'-' | 0xE2))
            && text[at..].strip_prefix(['-', '\u{2010}']).is_some_and(|rest| {
                rest.chars().next().is_some_and(|c| c.is_alphanumeric() && !is_cjk(c))
            });
        let text = &text[start..at];
        emit(Raw { text, start, is_joined, continues, keeps_joints });
        last_end = at;
    }
}

/// Emits the pairs of a run of characters that are not separated into words; a lone one as itself.
fn scan_cjk<'a>(text: &'a str, start: usize, emit: &mut impl FnMut(Raw<'a>)) -> usize {
    let (mut before, mut at, mut pairs) = (start, start, 0);
    for c in text[start..].chars() {
        if !is_cjk(c) {
            break;
        }
        let next = at + c.len_utf8();
        if at > start {
            emit(raw(text, before, next));
            pairs += 1;
        }
        (before, at) = (at, next);
    }
    if pairs == 0 {
        emit(raw(text, start, at));
    }
    at
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
            '\'' | '\u{2019}' => next_is(text, at + c.len_utf8(), char::is_alphabetic),
            '.' => {
                is_number
                    && at > start
                    && bytes[at - 1].is_ascii_digit()
                    && next_is(text, at + 1, |c| c.is_ascii_digit())
            }
            c if c.is_ascii() => false,
            c => !is_cjk(c) && (c.is_alphanumeric() || is_combining_mark(c)),
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

fn is_hyphen(between: &str) -> bool {
    matches!(between, "-" | "\u{2010}")
}

/// Whether a term is a lone character of a script that does not separate words.
pub(crate) fn is_single_cjk(term: &str) -> bool {
    let mut chars = term.chars();
    chars.next().is_some_and(is_cjk) && chars.next().is_none()
}

/// Whether a character belongs to a script that does not separate words.
pub(crate) fn is_cjk(c: char) -> bool {
    matches!(u32::from(c),
        0x3040..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D | 0x20000..=0x3FFFF)
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
