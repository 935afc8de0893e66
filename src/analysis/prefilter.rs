//! A prefilter by the beginnings of words, to pass over most words of a text without analysing them.

use crate::analysis::british::BEGINNINGS;

/// How the words begin that are looked for: most words of a text differ from them at once, which
/// saves looking closer.
pub(crate) struct WordPrefilter {
    /// For each first letter the second letters, as bits.
    second: [u32; 128],
}

impl WordPrefilter {
    /// The beginnings of words.
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a str>) -> WordPrefilter {
        let mut second = [0; 128];
        let british = |word: &'a str| {
            let is_like =
                move |american: &str| word.starts_with(american) || american.starts_with(word);
            BEGINNINGS
                .iter()
                .filter(move |(_, american)| is_like(american))
                .map(|(british, _)| *british)
        };
        for word in words.flat_map(|word| british(word).chain([word])) {
            let mut bytes = word.bytes();
            if let Some(first @ 0..128) = bytes.next() {
                second[usize::from(first)] |= WordPrefilter::bit(bytes.next()).unwrap_or(u32::MAX);
            }
        }
        WordPrefilter { second }
    }

    /// Whether a word as written may be one that is looked for.
    pub(crate) fn allow(&self, word: &str) -> bool {
        let mut bytes = word.bytes();
        let Some(first @ 0..128) = bytes.next() else { return true };
        let seconds = self.second[usize::from(first.to_ascii_lowercase())];
        match WordPrefilter::bit(bytes.next()) {
            Some(bit) => seconds & bit != 0,
            // The first half of `e-mail`, or `A/B` with a joint that is lost.
            None => seconds != 0,
        }
    }

    /// The bit of a second letter; the stemmer takes `y` for `i` and leaves all other beginnings.
    fn bit(letter: Option<u8>) -> Option<u32> {
        match letter?.to_ascii_lowercase() {
            b'y' => Some(1 << (b'i' - b'a')),
            letter @ b'a'..=b'z' => Some(1 << (letter - b'a')),
            _ => None,
        }
    }
}
