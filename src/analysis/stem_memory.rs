//! The memory of stems: what a stemmer gave for the words that texts repeat.

/// The word that a slot holds when it is empty; no word has no bytes.
const NO_WORD: ShortWord = ShortWord(0, 0, 0);

/// What stands for the stem of a stop word, which has none.
const NO_STEM: u8 = u8::MAX;

/// Odd numbers with as many ones as zeros, which mix the bits of a word.
const MIX: (u64, u64) = (0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F);

/// Remembers the words that were seen last.
///
/// Each word has one place, which it shares with another one, so that a look-up reads one line of a
/// processor's cache. What was seen earlier of two words makes room for a third one.
pub(crate) struct StemMemory {
    pairs: Vec<Pair>,
    words: usize,
    /// Places at most.
    most_pairs: usize,
}

#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Pair([Slot; 2]);

#[derive(Clone, Copy, Default)]
struct Slot {
    word: ShortWord,
    known: Known,
}

/// A word that is no longer than nearly all, in place, so that a look-up compares three numbers and
/// follows no pointer.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ShortWord(u64, u64, u64);

/// What is known of a word.
#[derive(Clone, Copy, Default)]
pub(crate) struct Known {
    pub(crate) stem: ShortStem,
    /// The last document in which it was seen.
    pub(crate) document: u32,
}

/// A stem as a stretch of its word, and up to two letters behind it in place of others.
#[derive(Clone, Copy, Default)]
pub(crate) struct ShortStem {
    start: u8,
    end: u8,
    letters: [u8; 2],
}

impl StemMemory {
    /// An empty memory of at most so many words.
    pub(crate) fn of(most_words: usize) -> StemMemory {
        StemMemory { pairs: vec![Pair::default(); 8], words: 0, most_pairs: most_words / 2 }
    }

    /// What is known of a word.
    pub(crate) fn get(&mut self, word: ShortWord) -> Option<&mut Known> {
        let at = self.place(word);
        let Pair([first, second]) = &mut self.pairs[at];
        if first.word != word {
            if second.word != word {
                return None;
            }
            std::mem::swap(first, second);
        }
        Some(&mut first.known)
    }

    /// Remembers a word that is not known.
    pub(crate) fn insert(&mut self, word: ShortWord, known: Known) {
        if self.words >= self.pairs.len() && self.pairs.len() < self.most_pairs {
            let grown = vec![Pair::default(); self.pairs.len() * 2];
            let pairs = std::mem::replace(&mut self.pairs, grown);
            self.words = 0;
            for Slot { word, known } in pairs.into_iter().flat_map(|Pair([a, b])| [b, a]) {
                if word != NO_WORD {
                    self.insert(word, known);
                }
            }
        }
        let at = self.place(word);
        let Pair([first, second]) = &mut self.pairs[at];
        self.words += usize::from(second.word == NO_WORD);
        *second = std::mem::replace(first, Slot { word, known });
    }

    /// Where a word is kept.
    fn place(&self, ShortWord(a, b, c): ShortWord) -> usize {
        let mixed = u128::from(a ^ c.rotate_left(31) ^ MIX.0) * u128::from(b ^ MIX.1);
        (mixed ^ mixed >> 64) as usize & (self.pairs.len() - 1)
    }
}

impl ShortWord {
    /// A word when it is short enough.
    pub(crate) fn of(word: &str) -> Option<ShortWord> {
        let bytes = word.as_bytes();
        let length = bytes.len();
        // The last byte tells words apart that end with a zero.
        let sign = u64::from(u8::try_from(length).ok().filter(|length| *length < 24)?) << 56;
        Some(match length {
            0..8 => ShortWord(number(bytes), 0, sign),
            8..16 => ShortWord(
                eight(bytes, 0),
                eight(bytes, length - 8) >> (8 * (15 - length)) >> 8,
                sign,
            ),
            _ => {
                let third = eight(bytes, length - 8) >> (8 * (23 - length)) >> 8;
                ShortWord(eight(bytes, 0), eight(bytes, 8), third | sign)
            }
        })
    }
}

/// Eight bytes as a number.
fn eight(bytes: &[u8], at: usize) -> u64 {
    bytes[at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Up to seven bytes as a number: what is read twice is the same.
fn number(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let [first, last] = [first, last].map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
        return first | last << (8 * (length - 4));
    }
    match bytes {
        [] => 0,
        _ => [0, length / 2, length - 1]
            .iter()
            .fold(0, |all, at| all | u64::from(bytes[*at]) << (8 * at)),
    }
}

impl ShortStem {
    /// What a stop word has.
    pub(crate) const NONE: ShortStem = ShortStem { start: 0, end: NO_STEM, letters: [0; 2] };

    /// The stem of a word, when it is made of it as most are.
    pub(crate) fn of(word: &str, stem: &str) -> Option<ShortStem> {
        let start = if word.starts_with(stem) { 0 } else { word.find(stem).unwrap_or(0) };
        let rest = &word[start..];
        let same = rest.bytes().zip(stem.bytes()).take_while(|(a, b)| a == b).count();
        let same = rest.floor_char_boundary(same);
        let other = &stem.as_bytes()[same..];
        let mut letters = [0; 2];
        letters.get_mut(..other.len())?.copy_from_slice(other);
        if !other.is_ascii() || other.contains(&0) {
            return None;
        }
        let [start, end] = [start, start + same].map(|at| u8::try_from(at).ok());
        Some(ShortStem { start: start?, end: end.filter(|end| *end < NO_STEM)?, letters })
    }

    /// Whether there is no stem.
    pub(crate) fn is_none(self) -> bool {
        self.end == NO_STEM
    }

    /// Whether the stem is the word.
    pub(crate) fn is_whole(self, word: &str) -> bool {
        usize::from(self.end) == word.len() && self.start == 0
    }

    /// Writes the stem of a word behind `out`.
    pub(crate) fn push(self, word: &str, out: &mut String) {
        out.push_str(&word[usize::from(self.start)..usize::from(self.end)]);
        for letter in self.letters {
            if letter != 0 {
                out.push(char::from(letter));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use crate::analysis::stem_memory::{Known, ShortStem, ShortWord, StemMemory};

    #[test]
    fn words_of_all_lengths_are_told_apart() {
        let mut seen = HashSet::new();
        for length in 0..24 {
            let word = "a".repeat(length);
            for at in 0..length {
                for other in ["b", "\0"] {
                    let mut word = word.clone();
                    word.replace_range(at..=at, other);
                    let ShortWord(a, b, c) = ShortWord::of(&word).unwrap();
                    assert!(seen.insert((a, b, c)), "{word}");
                }
            }
        }
        assert!(ShortWord::of(&"a".repeat(24)).is_none());
    }

    #[track_caller]
    fn check(word: &str, stem: &str, is_short: bool) {
        let short = ShortStem::of(word, stem);
        assert_eq!(short.is_some(), is_short, "{word}");
        let Some(short) = short else { return };
        let mut out = String::new();
        short.push(word, &mut out);
        assert_eq!((out.as_str(), short.is_whole(word)), (stem, word == stem));
        assert!(!short.is_none());
    }

    #[test]
    fn most_stems_are_made_of_their_words() {
        check("model", "model", true);
        check("models", "model", true);
        check("happy", "happi", true);
        check("theatre", "theater", true);
        check("الكتاب", "كتاب", true);
        check("hoping", "hope", true);
        check("дома", "дом", true);
        check("aé", "aè", false);
        check("maneuvre", "manoeuver", false);
        check(&"a".repeat(300), "a", true);
        check(&"a".repeat(300), &"a".repeat(255), false);
        check("x", "x\0", false);
    }

    #[test]
    fn no_more_words_are_remembered_than_is_allowed_and_the_last_ones_are() {
        let mut memory = StemMemory::of(64);
        let word = |number: u32| ShortWord::of(&number.to_string()).unwrap();
        for number in 0..1_000 {
            assert!(memory.get(word(number)).is_none());
            memory.insert(word(number), Known { document: number, ..Known::default() });
            assert_eq!(memory.get(word(number)).unwrap().document, number);
        }
        assert_eq!(memory.pairs.len(), 32);
        let kept = (0..1_000).filter(|number| memory.get(word(*number)).is_some()).count();
        assert_eq!((kept, memory.words), (64, 64));
    }

    #[test]
    fn of_two_words_in_one_place_the_one_that_was_seen_last_is_kept() {
        let mut memory = StemMemory::of(16);
        let words: Vec<ShortWord> =
            (0..200).map(|n| ShortWord::of(&format!("w{n}")).unwrap()).collect();
        let place = memory.place(words[0]);
        let is_there = |word: &ShortWord| memory.place(*word) == place;
        let same: Vec<ShortWord> = words.into_iter().filter(is_there).take(3).collect();
        memory.insert(same[0], Known::default());
        memory.insert(same[1], Known::default());
        memory.get(same[0]).unwrap();
        memory.insert(same[2], Known::default());
        let kept: Vec<bool> = same.iter().map(|word| memory.get(*word).is_some()).collect();
        assert_eq!(kept, [true, false, true]);
    }
}
