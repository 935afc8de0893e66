//! Where the words of a text are.

use unicode_normalization::char::is_combining_mark;

use crate::analysis::{
    compound::Compound,
    raw_word::{RawWord, Role},
    unspaced::{Unspaced, cut, unspaced},
};

/// Most shorter beginnings of a number with points.
const MOST_BEGINNINGS: usize = 3;
/// What parts the thousands of a number: as in English, in Switzerland, and the narrow blanks.
const THOUSANDS: [char; 5] = [',', '\'', '\u{A0}', '\u{2009}', '\u{202F}'];

/// French and Italian articles and particles that lose their vowel before a word: `l'avion`. Those of
/// Lucene's `FrenchAnalyzer` and `ItalianAnalyzer`.
const ELIDED: [&str; 29] = [
    "agl", "all", "c", "coll", "d", "dagl", "dall", "degl", "dell", "gl", "j", "jusqu", "l",
    "lorsqu", "m", "n", "negl", "nell", "pell", "puisqu", "qu", "quell", "quoiqu", "s", "sugl",
    "sull", "t", "un", "v",
];

/// The longest of [`ELIDED`], in bytes.
const LONGEST_ELIDED: usize = 6;

/// Finds the words of a text in [one form](crate::analysis::forms), in order.
pub(crate) fn scan<'a>(text: &'a str, mut emit: impl FnMut(RawWord<'a>)) {
    let bytes = text.as_bytes();
    let (mut at, mut compound) = (0, Compound::default());
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b'.' {
            at += 1;
            continue;
        }
        let c = if byte.is_ascii() { char::from(byte) } else { char_at(text, at) };
        let is_dotnet = c == '.' && starts_dotnet(text, at);
        let is_word = c.is_ascii_alphanumeric() || c.is_alphanumeric() && !is_combining_mark(c);
        if !is_word && !is_dotnet {
            at += c.len_utf8();
            continue;
        }
        let word = |start: usize, end: usize, role: Role, joints: &'static str| RawWord {
            text: &text[start..end],
            start,
            end,
            role,
            name: (start, end),
            joints,
        };
        if let Some(way) = unspaced(c) {
            compound.finish(text, &mut emit);
            let mut role = Role::Word;
            at = cut(text, at, way, |start, end| {
                emit(word(start, end, role, ""));
                role = if way == Unspaced::Words { Role::Part } else { Role::Word };
            });
            continue;
        }
        let (mut start, mut joints) = (at, "");
        if is_dotnet {
            at += 4;
        } else if let Some(end) = byte.is_ascii_digit().then(|| thousands_end(text, at)).flatten() {
            (at, joints) = (end, ",'\u{A0}\u{2009}\u{202F}");
        } else {
            let has_apostrophe;
            (at, has_apostrophe) = word_end(text, at);
            start += if has_apostrophe { elided(&text[start..at]) } else { 0 };
            start += version_sign(&text[start..at]);
            if let Some(end) = initials_end(text, start, at) {
                (at, joints) = (end, "/&.");
            }
        }
        compound.add(text, word(start, at, Role::Word, joints), &mut emit);
        if bytes[at - 1].is_ascii_digit() {
            for length in beginnings(&text[start..at]) {
                emit(RawWord { end: at, ..word(start, start + length, Role::Beginning, "") });
            }
        }
    }
    compound.finish(text, &mut emit);
}

/// The end of the word that begins at `at`, and whether it has an apostrophe.
fn word_end(text: &str, start: usize) -> (usize, bool) {
    let bytes = text.as_bytes();
    let (mut at, mut is_number, mut has_apostrophe) = (start, true, false);
    if matches!(bytes[at], b'v' | b'V') && next_is(text, at + 1, |c| c.is_ascii_digit()) {
        at += 1;
    }
    while at < bytes.len() {
        let byte = bytes[at];
        if byte.is_ascii_alphanumeric() {
            is_number &= byte.is_ascii_digit();
            at += 1;
            continue;
        }
        if byte.is_ascii() && byte != b'\'' && byte != b'.' {
            break;
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
            c => unspaced(c).is_none() && (c.is_alphanumeric() || is_combining_mark(c)),
        };
        if !is_inside {
            break;
        }
        is_number &= c == '.';
        has_apostrophe |= c == '\'';
        at += c.len_utf8();
    }
    (at + signs(&bytes[start..], at - start), has_apostrophe)
}

/// How many bytes of signs belong to a word that ends at `end`: `C++`, `C#`, `C++17`.
fn signs(bytes: &[u8], end: usize) -> usize {
    let rest = &bytes[end..];
    let signs = match rest {
        [b'+', b'+', ..] => 2,
        [b'#', ..] if end == 1 => 1,
        _ => return 0,
    };
    let digits = rest[signs..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let next = rest.get(signs + digits);
    if next.is_some_and(|next| next.is_ascii_alphanumeric() || *next == b'+' || !next.is_ascii()) {
        return 0;
    }
    signs + digits
}

/// The lengths of the beginnings that a word which ends with a digit is found by, too. Those of numbers
/// keep their last point, so that `3.11` itself counts for more than `3.11.2` and stays as rare as it is.
fn beginnings(word: &str) -> impl Iterator<Item = usize> {
    let name = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_version = name.len() < word.len() && name.ends_with(['+', '#']);
    let is_number = word.starts_with(|c: char| c.is_ascii_digit());
    let points = word.match_indices('.').map(|(at, _)| at + 1).skip(1);
    let points = points.take(if is_number { MOST_BEGINNINGS } else { 0 });
    points.chain(is_version.then_some(name.len()))
}

/// The bytes of the `v` before the number of a version with a point.
fn version_sign(word: &str) -> usize {
    let number = word.strip_prefix(['v', 'V']).unwrap_or_default();
    let is_version =
        number.contains('.') && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    usize::from(is_version)
}

/// The end of a number whose thousands are parted: `1,000,000`, `1,000.50`.
fn thousands_end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let digits = |at: usize| bytes[at..].iter().take(4).take_while(|b| b.is_ascii_digit()).count();
    let mut end = start + Some(digits(start)).filter(|count| (1..=3).contains(count))?;
    let sign = text[end..].chars().next().filter(|sign| THOUSANDS.contains(sign))?;
    let mut groups = 0;
    while text[end..].starts_with(sign) && digits(end + sign.len_utf8()) == 3 {
        end += sign.len_utf8() + 3;
        groups += 1;
    }
    let goes_on = text[end..].starts_with(sign) && digits(end + sign.len_utf8()) > 0;
    let is_number = groups > 0 && !goes_on && !next_is(text, end, goes_on_as_word);
    is_number.then(|| fraction_end(text, end).unwrap_or(end))
}

/// The end of the digits behind a point at `at`; none of what may be a version or a word.
fn fraction_end(text: &str, at: usize) -> Option<usize> {
    let digits = text[at..].strip_prefix('.')?;
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let end = text.len() - rest.len();
    let goes_on = match rest.strip_prefix('.') {
        Some(rest) => rest.starts_with(|c: char| c.is_ascii_digit()),
        None => rest.starts_with(goes_on_as_word),
    };
    (rest.len() < digits.len() && !goes_on).then_some(end)
}

/// The bytes of elided articles before a word.
fn elided(word: &str) -> usize {
    let mut elided = 0;
    while let Some(length) = article(&word.as_bytes()[elided..]) {
        elided += length;
    }
    elided
}

/// The bytes of an elided article with its apostrophe; none when but one letter follows.
fn article(word: &[u8]) -> Option<usize> {
    let end = word.iter().take(LONGEST_ELIDED + 1).position(|byte| *byte == b'\'')?;
    let is_article = ELIDED.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(&word[..end]));
    (is_article && word.len() > end + 2).then_some(end + 1)
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

/// Whether a number that such a character follows is the beginning of a word.
fn goes_on_as_word(c: char) -> bool {
    c.is_alphanumeric() && unspaced(c).is_none()
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
    use crate::analysis::{raw_word::Role, words::scan};

    /// Looking back at each point would take hours.
    #[test]
    fn a_number_of_a_million_points_is_one_word() {
        let (text, mut words) = ("1.".repeat(1 << 20), 0);
        scan(&text, |raw| {
            assert_eq!(raw.end, text.len() - 1);
            words += usize::from(raw.role == Role::Word);
        });
        assert_eq!(words, 1);
    }
}
