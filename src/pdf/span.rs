//! Runs of text on a line, made of glyphs that follow each other.

use unicode_normalization::UnicodeNormalization;

use crate::pdf::bidi;

/// A gap of this many ems is a space: words of justified lines stand at least 0.2 apart, and
/// letters are moved by less than 0.1.
pub(crate) const SPACE_GAP: f32 = 0.15;
/// The same between characters of scripts that are written without spaces.
const WIDE_SPACE_GAP: f32 = 0.5;
/// A gap of this many ems ends a run: what follows may be another column.
pub(crate) const COLUMN_GAP: f32 = 0.85;
/// Spacing accents, and the marks that they combine to.
const ACCENTS: &[(char, char)] = &[
    ('`', '\u{300}'),
    ('´', '\u{301}'),
    ('ˆ', '\u{302}'),
    ('˜', '\u{303}'),
    ('¯', '\u{304}'),
    ('˘', '\u{306}'),
    ('˙', '\u{307}'),
    ('¨', '\u{308}'),
    ('˚', '\u{30a}'),
    ('˝', '\u{30b}'),
    ('ˇ', '\u{30c}'),
    ('¸', '\u{327}'),
    ('˛', '\u{328}'),
];

/// A run of text on one line, in a frame in which it goes from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) left: f32,
    pub(crate) right: f32,
    /// The height of its base line; upwards is positive.
    pub(crate) base: f32,
    /// The height of an em.
    pub(crate) size: f32,
    pub(crate) is_bold: bool,
    /// Quarter turns from the upright; text from top to bottom has three.
    pub(crate) turn: u8,
    pub(crate) text: String,
    /// Its letters, as long as each stands apart.
    pub(crate) letters: Option<Letters>,
}

impl Span {
    /// Adds a glyph where it stands, if that is in this run.
    pub(crate) fn goes_on_with(&mut self, next: &Span) -> bool {
        let size = next.size;
        let gap = (next.left - self.right) / size;
        let is_accent = self.text.chars().next_back().is_some_and(|c| mark_of(c).is_some());
        // Letters that stand before the last one are written from right to left; an accent stands
        // above its letter, higher above a capital.
        let (least, rise) = match is_accent {
            true => (-0.8, 0.35),
            false if bidi::is_rtl(&next.text) => (-0.2, 0.1),
            false => (-0.5, 0.1),
        };
        let goes_on = self.turn == next.turn
            && self.is_bold == next.is_bold
            && (self.base - next.base).abs() < rise * size
            && (self.size - size).abs() < 0.1 * size
            && (least..COLUMN_GAP).contains(&gap);
        if goes_on {
            self.letters = self.letters.take().and_then(|letters| letters.followed(next));
            if is_accent && self.text.chars().count() == 1 {
                self.base = next.base;
            }
            self.append(&next.text, gap);
            self.right = self.right.max(next.right);
        }
        goes_on
    }

    fn append(&mut self, says: &str, gap: f32) {
        let last = self.text.chars().next_back();
        if is_space(last, says.chars().next(), gap) {
            self.text.push(' ');
        } else if gap < -0.1
            && let Some(accent) = last
            && let Some(mark) = mark_of(accent)
            && says.chars().all(char::is_alphabetic)
        {
            // An accent that was set before and above its letter.
            self.text.truncate(self.text.len() - accent.len_utf8());
            let mut letters = says.chars();
            let letter = letters.next().map(|letter| match letter {
                'ı' => 'i',
                'ȷ' => 'j',
                other => other,
            });
            self.text.extend(letter.into_iter().chain([mark]).nfc());
            self.text.extend(letters);
            return;
        }
        self.text.push_str(says);
    }
}

/// The mark that a spacing accent combines to.
fn mark_of(accent: char) -> Option<char> {
    ACCENTS.iter().find(|(spacing, _)| *spacing == accent).map(|(_, mark)| *mark)
}

/// Whether a gap, in ems, between two characters is a space that the file does not have.
pub(crate) fn is_space(before: Option<char>, after: Option<char>, gap: f32) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    let least = if is_wide(before) && is_wide(after) { WIDE_SPACE_GAP } else { SPACE_GAP };
    gap > least && !before.is_whitespace() && !after.is_whitespace()
}

/// Whether a character belongs to a script that is written without spaces.
pub(crate) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// Letters that stand apart, as in `A B S T R A C T`.
#[derive(Clone, Debug)]
pub(crate) struct Letters {
    text: String,
    /// The gap before each letter but the first, in ems.
    gaps: Vec<f32>,
    right: f32,
}

impl Letters {
    /// What a run begins with.
    pub(crate) fn of(text: &str, right: f32) -> Option<Letters> {
        let mut chars = text.chars();
        let is_letter = chars.next().is_some_and(|c| !c.is_numeric() && !c.is_whitespace());
        (is_letter && chars.next().is_none()).then(|| Letters {
            text: text.into(),
            gaps: Vec::new(),
            right,
        })
    }

    /// The same with one letter more, or a space, if it stands apart.
    fn followed(self, next: &Span) -> Option<Letters> {
        if next.text.trim().is_empty() {
            return Some(self);
        }
        let gap = (next.left - self.right) / next.size;
        let letter = Letters::of(&next.text, next.right).filter(|_| gap > SPACE_GAP)?;
        Some(self.joined(letter, gap))
    }

    /// The letters of two runs on a line.
    pub(crate) fn joined(mut self, next: Letters, gap: f32) -> Letters {
        self.text.push_str(&next.text);
        self.gaps.push(gap);
        self.gaps.extend(next.gaps);
        Letters { right: next.right, ..self }
    }

    /// The words that they spell, if they are enough to tell: more letters where those of a formula
    /// could look alike.
    pub(crate) fn words(&self) -> Option<String> {
        let count = self.text.chars().filter(|c| c.is_alphabetic()).count();
        let least = if self.text.chars().any(char::is_lowercase) { 6 } else { 4 };
        let smallest = self.gaps.iter().copied().min_by(f32::total_cmp)?;
        let ends_word = |gap: &f32| *gap > 1.6 * smallest && *gap > smallest + 0.1;
        let ends = self.gaps.iter().filter(|gap| ends_word(gap)).count();
        if count < least || 2 * ends > self.gaps.len() {
            return None;
        }
        let mut words = String::new();
        for (at, letter) in self.text.chars().enumerate() {
            if at.checked_sub(1).and_then(|before| self.gaps.get(before)).is_some_and(ends_word) {
                words.push(' ');
            }
            words.push(letter);
        }
        Some(words)
    }
}
