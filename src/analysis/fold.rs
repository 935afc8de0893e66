//! Folding: a word without case and accents.

use icu_casemap::CaseMapper;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};

/// Writes a word without case, accents and `joints`. The word is in [one form](crate::analysis::forms).
pub(crate) fn fold(word: &str, joints: &str, out: &mut String) {
    fold_letters(word, joints, without_accents, out);
}

/// Writes a word without case and `joints` and with its accents, as stemmers know it.
pub(crate) fn fold_case(word: &str, joints: &str, out: &mut String) {
    let plain = |c, out: &mut String| {
        out.push(match c {
            'ی' | 'ے' => 'ي',
            'ک' => 'ك',
            c => c,
        });
    };
    fold_letters(word, joints, plain, out);
}

/// Writes a stem, which is in small letters, without accents behind `out`.
pub(crate) fn push_without_accents(stem: &str, out: &mut String) {
    if stem.is_ascii() {
        out.push_str(stem);
    } else {
        strip_marks(stem, without_accents, out);
    }
}

fn fold_letters(word: &str, joints: &str, write: impl Fn(char, &mut String), out: &mut String) {
    out.clear();
    if word.is_ascii() {
        out.push_str(word);
        out.make_ascii_lowercase();
    } else {
        strip_marks(&CaseMapper::new().fold_string(word), write, out);
    }
    if !joints.is_empty() {
        out.retain(|c| !joints.contains(c));
    }
}

/// Writes the letters of a word in small letters without marks that are accents: those of Latin, Greek
/// and Cyrillic letters, the points of Hebrew and the vowels of Arabic. Other marks are letters, such
/// as the vowels of Indic scripts.
fn strip_marks(word: &str, write: impl Fn(char, &mut String), out: &mut String) {
    let mut takes_accents = false;
    for c in word.chars() {
        if is_combining_mark(c) {
            if !takes_accents && !is_point(c) && !out.is_empty() {
                out.push(c);
            }
            continue;
        }
        // The tatweel stretches a word and is no letter.
        if c == 'ـ' {
            continue;
        }
        takes_accents = is_accentable(c);
        write(c, out);
    }
}

/// Writes a letter without its accents.
fn without_accents(c: char, out: &mut String) {
    let c = if is_accentable(c) { without_accent(c) } else { c };
    match c {
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ø' => out.push('o'),
        'đ' | 'ð' => out.push('d'),
        'ł' => out.push('l'),
        'ı' => out.push('i'),
        c => out.push(plain_arabic(c)),
    }
}

/// Whether a letter belongs to a script whose marks are accents.
fn is_accentable(c: char) -> bool {
    matches!(c, '\0'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{1D00}'..='\u{1FFF}'
        | '\u{2C60}'..='\u{2C7F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}'
        | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}')
}

/// A letter without its accents. The short `й` and `ў` are letters of their own, which nobody
/// writes as `и` and `у`.
fn without_accent(c: char) -> char {
    if c.is_ascii() || matches!(c, 'й' | 'ў') {
        return c;
    }
    let mut letter = None;
    decompose_canonical(c, |part| letter = letter.or(Some(part)));
    letter.unwrap_or(c)
}

/// Whether a mark is a point of Hebrew or a vowel of Arabic, which texts have or lack at will.
fn is_point(c: char) -> bool {
    matches!(c, '\u{591}'..='\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{6D6}'..='\u{6ED}' | '\u{8CA}'..='\u{8FF}')
}

/// A letter as Arabic, Persian and Urdu texts have in common: the pairs of Lucene's
/// `ArabicNormalizer` and `PersianNormalizer`.
fn plain_arabic(c: char) -> char {
    match c {
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ى' | 'ی' | 'ے' => 'ي',
        'ک' => 'ك',
        'ة' | 'ۀ' | 'ہ' | 'ۂ' | 'ۃ' => 'ه',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::{
        fold::{fold, fold_case},
        forms::Former,
    };

    /// All spellings of a word are folded to the same.
    #[track_caller]
    fn check(spellings: &str, expected: &str) {
        for word in spellings.split(' ') {
            let (mut former, mut folded) = (Former::default(), String::new());
            fold(former.form(word).text, "", &mut folded);
            assert_eq!(folded, expected, "{word}");
            fold(former.form(&folded.clone()).text, "", &mut folded);
            assert_eq!(folded, expected, "{word} twice");
        }
    }

    #[test]
    fn case_is_folded_as_unicode_does() {
        check("ΔΡΌΜΟΣ δρόμος δρομοσ", "δρομοσ");
        check("Straße STRASSE STRAẞE", "strasse");
        check("İstanbul istanbul ıstanbul", "istanbul");
        check("ΑΙ ᾳ ᾼ", "αι");
        check("Կև կեւ", "կեւ");
    }

    #[test]
    fn accents_are_taken_off_and_letters_are_left() {
        check("Café cafe\u{301} CAFÉ", "cafe");
        check("Ærø ærö", "aero");
        check("Ёлка елка", "елка");
        check("мой МОИ\u{306}", "мой");
        check("שָׁלוֹם שלום", "שלום");
        check("दिन", "दिन");
        check("Tiếng Tie\u{302}\u{301}ng", "tieng");
        check("パ ﾊﾟ ハ\u{309A}", "パ");
        check("か\u{309A}", "か\u{309A}");
    }

    #[test]
    fn arabic_letters_of_one_sound_are_one() {
        check("كتاب كتـــــاب کتاب كِتَاب", "كتاب");
        check("أحمد احمد إحمد", "احمد");
        check("مدرسة مدرسه", "مدرسه");
        check("فارسی فارسي فارسى", "فارسي");
        check("٢٠٢٣ ۲۰۲۳ २०२३ ２０２３ 𝟚𝟘𝟚𝟛", "2023");
    }

    #[test]
    fn stemmers_get_words_with_their_accents() {
        let check = |word: &str, expected: &str| {
            let (mut former, mut folded) = (Former::default(), String::new());
            fold_case(former.form(word).text, "", &mut folded);
            assert_eq!(folded, expected, "{word}");
        };
        check("Präzise", "präzise");
        check("CAFE\u{301}S", "cafés");
        check("за\u{301}мок", "замок");
        check("İstanbul", "istanbul");
        check("كِتَـــابی", "كتابي");
        check("مدرسة", "مدرسة");
    }
}
