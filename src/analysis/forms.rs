//! One form of a text: what Unicode writes in several ways is written in one.
//!
//! Composed and decomposed characters, full and half width, ligatures, the digits of all scripts,
//! apostrophes and hyphens become one each. What cannot be seen within a word, such as a soft
//! hyphen, vanishes. Case and accents stay, since they say where words begin and which are names.

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::is_combining_mark, is_nfc_quick,
};

/// Brings texts into one form; kept for many texts, since it keeps its memory.
#[derive(Default)]
pub(crate) struct Former {
    text: String,
    changes: Vec<Change>,
    piece: String,
}

/// A text in one form, which knows where its parts stood in the text as written.
pub(crate) struct OneForm<'a> {
    /// The text, most often as written.
    pub(crate) text: &'a str,
    changes: &'a [Change],
}

/// A stretch of text that was written differently.
struct Change {
    /// Where it begins and ends in the one form.
    form: (usize, usize),
    /// Where it began and ended as written.
    written: (usize, usize),
}

impl OneForm<'_> {
    /// Where a stretch of the one form stood in the text as written.
    pub(crate) fn written(&self, start: usize, end: usize) -> (usize, usize) {
        let before = |at: usize| self.changes[..at].last();
        let from = before(self.changes.partition_point(|change| change.form.0 <= start));
        let to = before(self.changes.partition_point(|change| change.form.0 < end));
        (
            from.map_or(start, |change| match start < change.form.1 {
                true => change.written.0,
                false => change.written.1 + (start - change.form.1),
            }),
            to.map_or(end, |change| change.written.1 + end.saturating_sub(change.form.1)),
        )
    }
}

impl Former {
    /// The one form of a text.
    pub(crate) fn form<'a>(&'a mut self, written: &'a str) -> OneForm<'a> {
        self.text.clear();
        self.changes.clear();
        if !written.is_ascii() {
            self.read(written);
        }
        let text = if self.changes.is_empty() { written } else { &self.text };
        OneForm { text, changes: &self.changes }
    }

    /// Copies a text, each character with what follows it to change it.
    fn read(&mut self, written: &str) {
        let bytes = written.as_bytes();
        let (mut at, mut before, mut copied) = (0, 0, 0);
        while at < bytes.len() {
            let ascii = ascii_bytes(&bytes[at..]);
            if ascii > 0 {
                (before, at) = (at + ascii - 1, at + ascii);
                continue;
            }
            let Some(c) = written[at..].chars().next() else { break };
            if is_plain(c) {
                (before, at) = (at, at + c.len_utf8());
                continue;
            }
            let start = if extends(c) && at > copied { before } else { at };
            let rest = written[at..].char_indices().skip(1);
            let end = rest.skip_while(|(_, c)| extends(*c)).map(|(length, _)| at + length).next();
            let end = end.unwrap_or(written.len());
            self.piece.clear();
            write_form(&written[start..end], &mut self.piece);
            if self.piece != written[start..end] {
                self.text.push_str(&written[copied..start]);
                let form = (self.text.len(), self.text.len() + self.piece.len());
                self.changes.push(Change { form, written: (start, end) });
                self.text.push_str(&self.piece);
                copied = end;
            }
            (before, at) = (start, end);
        }
        if copied > 0 {
            self.text.push_str(&written[copied..]);
        }
    }
}

/// How many bytes are ASCII until one is not.
fn ascii_bytes(bytes: &[u8]) -> usize {
    const STEP: usize = 32;
    let steps = bytes.chunks_exact(STEP).take_while(|chunk| chunk.is_ascii()).count() * STEP;
    steps + bytes[steps..].iter().take_while(|byte| byte.is_ascii()).count()
}

/// Writes a character with what follows it to change it.
fn write_form(written: &str, out: &mut String) {
    let visible = written.chars().filter(|c| !is_invisible(*c));
    if visible.clone().any(has_plain_form) {
        out.extend(visible.nfkc().map(plain_sign));
    } else {
        out.extend(visible.nfc().map(plain_sign));
    }
}

/// Whether a character is its own form, whatever stands before it.
fn is_plain(c: char) -> bool {
    match u32::from(c) {
        // The letters of most texts, to be quick with them.
        0..=0x7F | 0xC0..=0x131 | 0x134..=0x13E | 0x141..=0x148 | 0x14A..=0x17E => true,
        0x0400..=0x0481 | 0x048A..=0x052F | 0x3041..=0x3094 | 0x30A1..=0x30FC => true,
        0x4E00..=0x9FFF | 0xAC00..=0xD7A3 | 0x2012..=0x2017 | 0x201A | 0x201C..=0x2027 => true,
        _ if extends(c) || plain_sign(c) != c => false,
        _ if has_plain_form(c) => std::iter::once(c).nfkc().eq([c]),
        _ => std::iter::once(c).nfc().eq([c]),
    }
}

/// Whether the compatibility form of a character says the same: that of letters and digits does, and
/// so do full and half width, but `™` is no end of a word.
fn has_plain_form(c: char) -> bool {
    match c {
        // Thai and Lao write this vowel as one character; its parts are no spelling of it.
        '\u{0E33}' | '\u{0EB3}' => false,
        '\u{3200}'..='\u{33FF}' | '\u{FF00}'..='\u{FFEF}' | '\u{FE50}'..='\u{FE6F}' => true,
        c => c.is_alphanumeric(),
    }
}

/// Whether a character may belong to the one before it: marks, what is not seen, and what is composed
/// with others, such as the letters of a Korean syllable and the voicing marks of half-width kana.
fn extends(c: char) -> bool {
    c >= '\u{AD}'
        && (is_combining_mark(c)
            || is_invisible(c)
            || matches!(c, '\u{3131}'..='\u{318E}' | '\u{FF9E}'..='\u{FFDC}')
            || is_nfc_quick(std::iter::once(c)) == IsNormalized::Maybe)
}

/// Whether nothing of a character is to be seen within a word: Unicode's `Default_Ignorable`, without
/// the zero-width space, which parts words.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200C}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// The ASCII sign for an apostrophe, a hyphen or a digit; all else as it is.
fn plain_sign(c: char) -> char {
    match c {
        '\u{B4}'
        | '\u{2B9}'..='\u{2BF}'
        | '\u{2018}'
        | '\u{2019}'
        | '\u{201B}'
        | '\u{2032}'
        | '\u{5F3}'
        | '\u{A78B}'
        | '\u{A78C}'
        | '\u{FF07}' => '\'',
        '\u{58A}' | '\u{5BE}' | '\u{2010}' | '\u{2011}' | '\u{2043}' | '\u{FE63}' | '\u{FF0D}' => {
            '-'
        }
        c if c.is_ascii() || !c.is_numeric() => c,
        c => digit(c).unwrap_or(c),
    }
}

/// The ASCII digit for a digit of another script.
fn digit(c: char) -> Option<char> {
    let at = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?;
    let value = u32::from(c) - u32::from(ZEROS[at]);
    char::from_digit(value, 10)
}

/// The zeros of all scripts, each followed by the nine other digits: Unicode's `Nd`, without those
/// that have a compatibility form.
const ZEROS: [char; 67] = [
    '\u{660}',
    '\u{6F0}',
    '\u{7C0}',
    '\u{966}',
    '\u{9E6}',
    '\u{A66}',
    '\u{AE6}',
    '\u{B66}',
    '\u{BE6}',
    '\u{C66}',
    '\u{CE6}',
    '\u{D66}',
    '\u{DE6}',
    '\u{E50}',
    '\u{ED0}',
    '\u{F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{10D40}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{116D0}',
    '\u{116DA}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11BF0}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{11F50}',
    '\u{16130}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{16D70}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E4F0}',
    '\u{1E5F1}',
    '\u{1E950}',
];

#[cfg(test)]
mod tests {
    use crate::analysis::forms::Former;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        assert_eq!(Former::default().form(written).text, expected);
    }

    #[test]
    fn what_is_written_in_several_ways_is_written_in_one() {
        check("plain", "plain");
        check("Ａ１ ﬁne №٣ – “naïve”", "A1 fine №3 – “naïve”");
        check("nai\u{308}ve ﾌﾟﾛｸﾞﾗﾑ ㎏ ＋", "naïve プログラム kg +");
        check("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8} ﾡￂ", "한국 가");
        check("l’avion компʼютер Hawaiʻi n\u{2011}gram", "l'avion комп'ютер Hawai'i n-gram");
        check("น้ำ हिन्दी Spark™ C♯", "น้ำ हिन्दी Spark™ C♯");
    }

    #[test]
    fn what_cannot_be_seen_vanishes() {
        check("\u{FEFF}Ge\u{AD}samt\u{AD}", "Gesamt");
        check("data\u{2060}base می\u{200C}خواهم e\u{AD}\u{301}", "database میخواهم é");
        check("❤\u{FE0F} 👩\u{200D}💻 two\u{200B}words", "❤ 👩💻 two\u{200B}words");
    }

    #[test]
    fn places_lead_back_to_the_text_as_written() {
        let written = "\u{FEFF}Ge\u{AD}samt\u{AD} ﬁne, nai\u{308}ve x";
        let mut former = Former::default();
        let form = former.form(written);
        for (word, expected) in [
            ("Gesamt", "Ge\u{AD}samt\u{AD}"),
            ("amt", "amt\u{AD}"),
            ("fine", "ﬁne"),
            ("in", "ﬁn"),
            ("naïve", "nai\u{308}ve"),
            ("x", "x"),
        ] {
            let start = form.text.find(word).unwrap();
            let (from, to) = form.written(start, start + word.len());
            assert_eq!(&written[from..to], expected);
        }
    }
}
