//! English words and names that need no correction, from a list that comes along.

use std::{cmp::Ordering, sync::LazyLock};

/// One a line, in the order of their bytes, those of SCOWL (2020.12.07) in lower case: words of three
/// letters and more, American and British, names, and words of computing, of its sizes up to 70.
/// Those that [`bases`] leads to others of the list are left out. Each line begins with a letter that
/// says how many letters the word shares with the one before it: none is `a`, one is `b`.
/// NOTICE has the licence.
const LIST: &str = include_str!("english.txt");

/// The words as they are, one a line; it takes a millisecond to write them out.
static WORDS: LazyLock<String> = LazyLock::new(|| {
    let (mut words, mut before) = (String::with_capacity(2 * LIST.len()), 0..0);
    for line in LIST.lines() {
        let (shared, rest) = line.split_at(1);
        let shared = usize::from(shared.as_bytes()[0] - b'a');
        let start = words.len();
        words.extend_from_within(before.start..before.start + shared);
        words.push_str(rest);
        before = start..words.len();
        words.push('\n');
    }
    words
});

/// Endings, with what may stand in their place in the word without them.
const ENDINGS: [(&str, &[&str]); 16] = [
    ("ies", &["y"]),
    ("ied", &["y"]),
    ("ier", &["y"]),
    ("iest", &["y"]),
    ("ily", &["y"]),
    ("iness", &["y"]),
    ("es", &[""]),
    ("s", &[""]),
    ("ed", &["", "e"]),
    ("er", &["", "e"]),
    ("ers", &["", "e"]),
    ("est", &["", "e"]),
    ("ing", &["", "e"]),
    ("ings", &["", "e"]),
    ("ly", &[""]),
    ("ness", &[""]),
];

/// Letters that endings double.
const DOUBLED: &[u8] = b"bdgklmnprstvz";

/// Whether a folded word is an English word or a name, as far as is known.
pub(crate) fn is_english(word: &str) -> bool {
    is_listed(word) || bases(word).iter().any(|base| is_listed(base))
}

/// The words that a word may be an inflection of.
fn bases(word: &str) -> Vec<String> {
    let mut bases = Vec::new();
    for (ending, replacements) in ENDINGS {
        let Some(base) = word.strip_suffix(ending) else { continue };
        if ending == "s" && base.ends_with('s') {
            continue;
        }
        bases.extend(replacements.iter().map(|replacement| format!("{base}{replacement}")));
        // `stopping` has a letter more than `stop`.
        if let [.., before, last] = base.as_bytes()
            && before == last
            && replacements.len() > 1
            && DOUBLED.contains(last)
        {
            bases.push(base[..base.len() - 1].to_owned());
        }
    }
    bases
}

/// Whether a word stands in the list, by halving what of the list may hold it.
fn is_listed(word: &str) -> bool {
    let (mut low, mut high) = (0, WORDS.len());
    while low < high {
        let start = WORDS[..low + (high - low) / 2].rfind('\n').map_or(0, |at| at + 1);
        let listed = WORDS[start..].lines().next().unwrap_or_default();
        match listed.cmp(word) {
            Ordering::Less => low = start + listed.len() + 1,
            Ordering::Greater => high = start,
            Ordering::Equal => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::analysis::english::{WORDS, is_english, is_listed};

    #[test]
    fn every_word_of_the_list_is_found() {
        assert!(WORDS.lines().count() > 70_000 && WORDS.lines().is_sorted_by(|a, b| a < b));
        assert!(WORDS.lines().all(|word| word.bytes().all(|b| b.is_ascii_lowercase())));
        assert!(WORDS.lines().all(is_listed));
    }

    #[test]
    fn inflections_and_names_are_known_and_mistakes_are_not() {
        for known in [
            "lectures",
            "safely",
            "medical",
            "stopping",
            "makers",
            "feelings",
            "happiest",
            "colour",
            "color",
            "optimise",
            "tried",
            "london",
            "linux",
            "happiness",
        ] {
            assert!(is_english(known), "{known}");
        }
        for unknown in [
            "lectrues",
            "kubernetes",
            "storess",
            "enginerering",
            "unleashhing",
            "recieve",
            "ss",
            "",
            "s",
            "größe",
            "機械",
        ] {
            assert!(!is_english(unknown), "{unknown}");
        }
        assert!(!is_english(&"er".repeat(1_000)));
    }
}
