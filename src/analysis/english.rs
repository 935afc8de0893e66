//! English words and names that need no correction, from a list that comes along.

/// One a line, in the order of their bytes: those of SCOWL (2020.12.07) in lower case, of three
/// letters and more, American and British, of its sizes up to 60, and names and words of computing of
/// its sizes up to 50. Those that [`bases`] leads to others of the list are left out.
/// NOTICE has its licence.
const WORDS: &str = include_str!("english.txt");

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
        let mut last = base.bytes().rev();
        if replacements.len() > 1 && last.next() == last.next() && base.is_ascii() {
            bases.extend(base.get(..base.len().saturating_sub(1)).map(str::to_owned));
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
            std::cmp::Ordering::Less => low = start + listed.len() + 1,
            std::cmp::Ordering::Greater => high = start,
            std::cmp::Ordering::Equal => return true,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use crate::analysis::english::{WORDS, is_english, is_listed};

    #[test]
    fn every_word_of_the_list_is_found() {
        assert!(WORDS.lines().is_sorted_by(|a, b| a < b));
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
