//! Compounds: words that are made of words, as in `real-time`, `select_related`, `HTTPServer` and
//! `Node.js`.

use crate::analysis::{
    raw_word::{Joint, RawWord, Role},
    stop_words::is_stop_word,
};

/// Most parts of a compound with hyphens: `state-of-the-art` has four. Longer chains are sentences in
/// addresses.
const MOST_PARTS: usize = 5;
/// Most parts of a name with underscores that is found as a phrase.
const MOST_PARTS_OF_PHRASE: usize = 4;
/// Longest compound of other joints, in bytes.
const LONGEST: usize = 64;
/// Longest second part behind a point, as in `asp.net`.
const LONGEST_SUFFIX: usize = 3;

/// The compound that may go on with the next word.
#[derive(Default)]
pub(crate) struct Compound {
    start: usize,
    end: usize,
    parts: usize,
    joint: Joint,
    is_complete: bool,
}

impl Compound {
    /// Emits a word with its parts, and the compound before it when the word does not continue it.
    pub(crate) fn add<'a>(
        &mut self,
        text: &'a str,
        raw: RawWord<'a>,
        emit: &mut impl FnMut(RawWord<'a>),
    ) {
        let (start, end) = (raw.start, raw.end);
        if has_humps(raw.text) && self.add_camel_case(text, raw, emit) {
            return;
        }
        if !self.is_continued(text, start, end) {
            self.finish(text, emit);
            self.start = start;
        }
        self.end = end;
        let role = if self.parts == 0 { Role::Word } else { Role::Part };
        emit(RawWord { role, ..raw });
        self.parts += 1;
    }

    /// Emits the parts and the whole of a word in camel case, which is a compound for itself whatever
    /// it is joined with: `PyType_Type` is found by `pytype`. Whether it is such a word.
    fn add_camel_case<'a>(
        &mut self,
        text: &'a str,
        raw: RawWord<'a>,
        emit: &mut impl FnMut(RawWord<'a>),
    ) -> bool {
        let mut ends = humps(raw.text).map(|at| raw.start + at).chain([raw.end]).peekable();
        if ends.peek() == Some(&raw.end) {
            return false;
        }
        self.finish(text, emit);
        let (mut start, mut role) = (raw.start, Role::Word);
        for end in ends {
            emit(RawWord { text: &text[start..end], start, end, role, ..raw });
            (start, role) = (end, Role::Part);
        }
        if raw.text.len() <= LONGEST {
            emit(RawWord { role: Role::Whole { joint: Joint::Capital }, ..raw });
        }
        true
    }

    /// Emits the compound when there is one, and begins anew.
    pub(crate) fn finish<'a>(&mut self, text: &'a str, emit: &mut impl FnMut(RawWord<'a>)) {
        let Compound { start, end, parts, joint, .. } = std::mem::take(self);
        if parts < 2 {
            return;
        }
        let is_short = match joint {
            Joint::Hyphen => parts <= MOST_PARTS,
            _ => end - start <= LONGEST,
        };
        // A phrase of the parts finds a name with underscores as well as a term of its own would.
        let is_phrase = joint == Joint::Underscore
            && parts <= MOST_PARTS_OF_PHRASE
            && text[start..end].split('_').filter(|part| is_content(part)).count() > 1;
        if is_short && !is_phrase {
            let role = Role::Whole { joint };
            let (whole, name) = (&text[start..end], (start, end));
            let joints = if joint == Joint::Capital { "" } else { "-_." };
            emit(RawWord { text: whole, start, end, role, name, joints });
        }
    }

    /// Whether a word at this place continues the compound.
    fn is_continued(&mut self, text: &str, start: usize, end: usize) -> bool {
        if self.parts == 0 || self.is_complete || start - self.end > 2 {
            return false;
        }
        match &text.as_bytes()[self.end..start] {
            // A range of numbers or a date is no word.
            [b'-'] if is_number(&text[self.start..self.end]) && is_number(&text[start..end]) => {
                false
            }
            [b'-'] => {
                self.joint = Joint::Hyphen;
                true
            }
            [b'_'] | [b'_', b'_'] => {
                self.joint = self.joint.max(Joint::Underscore);
                true
            }
            [b'.'] => {
                self.is_complete = self.parts == 1 && is_name_with_suffix(text, self, start, end);
                if self.is_complete {
                    self.joint = Joint::Point;
                }
                self.is_complete
            }
            _ => false,
        }
    }
}

/// Whether a word has capitals behind its first letter and small letters, too.
fn has_humps(word: &str) -> bool {
    let rest = word.as_bytes().get(1..).unwrap_or_default();
    rest.iter().any(u8::is_ascii_uppercase) && word.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// Where the second and further parts of a word in camel case begin: `Random|Forest`, `HTTP|Server`,
/// `parse|JSON2`. Each part has two letters at least, so that `iPhone` and `GPUs` are whole.
fn humps(word: &str) -> impl Iterator<Item = usize> {
    let bytes = word.as_bytes();
    let begins = |at: &usize| {
        let [before, this] = [bytes[at - 1], bytes[*at]];
        let next = |ahead: usize| bytes.get(at + ahead).is_some_and(u8::is_ascii_lowercase);
        this.is_ascii_uppercase()
            && (before.is_ascii_lowercase()
                || before.is_ascii_digit()
                || before.is_ascii_uppercase() && next(1) && next(2))
    };
    let is_part = |from: usize, to: usize| to - from >= 2 && bytes[from].is_ascii_alphabetic();
    let mut from = 0;
    let are_parts = (1..bytes.len()).filter(begins).chain([bytes.len()]).all(|to| {
        let is_part = is_part(from, to);
        from = to;
        is_part
    });
    (1..if are_parts { bytes.len() } else { 1 }).filter(begins)
}

/// Whether a point joins a name and a short suffix, as in `Node.js`: not at the end of a sentence,
/// and not in an address or a call.
fn is_name_with_suffix(text: &str, name: &Compound, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let suffix = &bytes[start..end];
    let before = name.start.checked_sub(1).map(|at| bytes[at]);
    name.end - name.start >= 2
        && bytes[name.start].is_ascii_alphabetic()
        && (2..=LONGEST_SUFFIX).contains(&suffix.len())
        && !is_stop_word(&text[start..end])
        && (suffix.iter().all(u8::is_ascii_lowercase) || suffix.iter().all(u8::is_ascii_uppercase))
        && !matches!(before, Some(b'@' | b'/' | b'.' | b':' | b'\\' | b'-' | b'_'))
        && !matches!(bytes.get(end), Some(b'(' | b'/' | b':' | b'@' | b'_' | b'-'))
        && !(bytes.get(end) == Some(&b'.')
            && bytes.get(end + 1).is_some_and(u8::is_ascii_alphanumeric))
}

/// Whether a part of a name is neither a stop word nor a number.
fn is_content(part: &str) -> bool {
    !is_number(part) && !is_stop_word(&part.to_lowercase())
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','))
}
