//! Stems: what words have in common with their inflected forms.

use frostem::{Algorithm, Stemmer};

use crate::analysis::stop_words::is_stop_word;

/// Words whose stems are at hand, one a slot. The near ones (64 kB) stay in a core's own cache: five
/// of six words of a text are found there. The far ones (4 MB) come when a text is long. Both are
/// pure caches, so that their sizes change the time only.
const NEAR: usize = 1 << 11;
const FAR: usize = 1 << 17;

/// The stemmer, with a memory of the words it has seen last: a text repeats most of its words.
pub(crate) struct Stems {
    stemmer: Stemmer,
    /// Powers of two; the hash of a word names one of each.
    near: Vec<Slot>,
    far: Vec<Slot>,
    /// Words that had to be stemmed.
    stemmed: usize,
}

/// A word and how it becomes its stem, in half a cache line; in an empty slot the word is none.
#[derive(Clone, Copy, Default)]
#[repr(align(32))]
struct Slot {
    word: ShortWord,
    /// So many of its first bytes begin the stem.
    kept: u8,
    /// The bytes that follow, up to a zero.
    added: [u8; 6],
    /// It is a stop word and has no stem.
    is_stop: bool,
}

/// A word of at most 24 bytes, eight in each number, the first one lowest; zeros behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ShortWord([u64; 3]);

impl Default for Stems {
    fn default() -> Stems {
        let slots = |count| vec![Slot::default(); count];
        let stemmer = Stemmer::new(Algorithm::English);
        Stems { stemmer, near: slots(NEAR), far: slots(1), stemmed: 0 }
    }
}

impl Stems {
    /// Writes the stem of a folded word behind `out`, unless it is a stop word. `short` is the
    /// same word, when it is known.
    pub(crate) fn push(
        &mut self,
        folded: &str,
        short: Option<ShortWord>,
        out: &mut String,
    ) -> bool {
        let Some(word) = short.or_else(|| ShortWord::of(folded)) else {
            return self.work_out(folded, out);
        };
        let hash = word.hash();
        let near = hash % NEAR;
        if self.near[near].word != word {
            let mut far = hash % self.far.len();
            if self.far[far].word != word {
                let start = out.len();
                let is_term = self.work_out(folded, out);
                let stem = is_term.then(|| &out[start..]);
                let Some(slot) = Slot::of(word, folded, stem) else { return is_term };
                self.stemmed += 1;
                if self.stemmed == NEAR {
                    self.far = vec![Slot::default(); FAR];
                    far = hash % FAR;
                }
                self.far[far] = slot;
                out.truncate(start);
            }
            self.near[near] = self.far[far];
        }
        self.near[near].push(folded, out)
    }

    /// The same without the memory.
    fn work_out(&self, folded: &str, out: &mut String) -> bool {
        if has_no_stem(folded) {
            let word = folded.strip_suffix("'s").unwrap_or(folded);
            out.extend(word.chars().filter(|&c| c != '\''));
            return true;
        }
        let stem = (!is_stop_word(folded)).then(|| self.stem(folded));
        out.push_str(stem.as_deref().unwrap_or_default());
        stem.is_some()
    }

    /// The stem of a folded word, be it a stop word or not.
    pub(crate) fn stem(&self, folded: &str) -> Box<str> {
        let word = folded.strip_suffix("'s").unwrap_or(folded).replace('\'', "");
        if word.len() < 3 { word.into() } else { self.stemmer.stem(&word).into() }
    }
}

const _: () = assert!(size_of::<Slot>() == 32);

impl Slot {
    /// None for a word that needs no stemmer, and if its stem is too far from it.
    fn of(word: ShortWord, folded: &str, stem: Option<&str>) -> Option<Slot> {
        let Some(stem) = stem else {
            return Some(Slot { word, is_stop: true, ..Slot::default() });
        };
        let same = folded.bytes().zip(stem.bytes()).take_while(|(ours, theirs)| ours == theirs);
        let kept = same.count();
        let mut added = [0; 6];
        added.get_mut(..stem.len() - kept)?.copy_from_slice(&stem.as_bytes()[kept..]);
        let slot = Slot { word, kept: kept as u8, added, is_stop: false };
        (!has_no_stem(folded)).then_some(slot)
    }

    fn push(&self, folded: &str, out: &mut String) -> bool {
        out.push_str(&folded[..usize::from(self.kept)]);
        let added = self.added.iter().take_while(|byte| **byte != 0);
        added.for_each(|byte| out.push(char::from(*byte)));
        !self.is_stop
    }
}

/// Whether a word stays as it is: a number, a name such as `k8s`, another language.
fn has_no_stem(folded: &str) -> bool {
    folded.bytes().any(|b| !b.is_ascii() || b.is_ascii_digit())
}

/// The same byte eight times.
const fn eight(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

impl ShortWord {
    /// The letters without accents that a text begins with, in lower case, and how many they are;
    /// the empty word when it begins with none. None for 24 letters or more, and where fewer than
    /// eight bytes are left to look at.
    ///
    /// Eight bytes are looked at together: a byte below 128 is at least `n` exactly when adding
    /// `128 - n` sets its highest bit.
    pub(crate) fn read(text: &[u8]) -> Option<(ShortWord, usize)> {
        let (mut word, mut len) = (ShortWord::default(), 0);
        for part in &mut word.0 {
            let bytes = u64::from_le_bytes(*text.get(len..)?.first_chunk()?);
            // Letters become lower case; nothing else becomes a letter.
            let lower = bytes & eight(0x7F) | eight(0x20);
            let from_a = lower + eight(0x80 - b'a');
            let beyond_z = lower + eight(0x7F - b'z');
            let others = !(from_a & !beyond_z & !bytes) & eight(0x80);
            let count = others.trailing_zeros() / 8;
            let mask = 1_u64.checked_shl(8 * count).map_or(u64::MAX, |bit| bit - 1);
            *part = lower & mask;
            len += count as usize;
            if count < 8 {
                return Some((word, len));
            }
        }
        None
    }

    /// None for a longer word, for a number, which has no stem, and for the empty word; and for one
    /// that ends in a zero, as if it were shorter.
    pub(crate) fn of(word: &str) -> Option<ShortWord> {
        let bytes = word.as_bytes();
        if bytes.first().is_none_or(u8::is_ascii_digit) || bytes.ends_with(&[0]) {
            return None;
        }
        let mut padded = [0; 24];
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let (parts, _) = padded.as_chunks();
        Some(ShortWord([0, 1, 2].map(|part: usize| u64::from_le_bytes(parts[part]))))
    }

    /// Both halves of a product tell, so that each byte changes the lowest bits.
    fn hash(&self) -> usize {
        let mixed = self.0.iter().fold(0, |hash: u64, part| hash.rotate_left(29) ^ part);
        let product = u128::from(mixed) * 0x9e37_79b9_7f4a_7c15;
        (product ^ product >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::stems::{NEAR, Stems};

    #[track_caller]
    fn check(stems: &mut Stems, word: &str, expected: Option<&str>) {
        // First from the stemmer, then from its slot.
        for _ in 0..2 {
            let mut out = String::from("x");
            let found = stems.push(word, None, &mut out).then_some(&out[1..]);
            assert_eq!(found, expected, "{word}");
        }
    }

    #[test]
    fn a_word_that_comes_again_has_the_same_stem() {
        let mut stems = Stems::default();
        for _ in 0..2 {
            check(&mut stems, "features", Some("featur"));
            check(&mut stems, "happy", Some("happi"));
            check(&mut stems, "hoping", Some("hope"));
            check(&mut stems, "the", None);
            check(&mut stems, "model's", Some("model"));
            check(&mut stems, "k8s", Some("k8s"));
            check(&mut stems, "go\0\0", Some("go\0\0"));
            check(&mut stems, "go", Some("go"));
            check(&mut stems, "\0", Some("\0"));
            check(&mut stems, "überraschung", Some("überraschung"));
            check(&mut stems, "electroencephalographically", Some("electroencephalograph"));
            // Words enough for the far slots to come.
            for number in 0..2 * NEAR {
                let number = number.to_string();
                let letters = number.bytes().map(|digit| char::from(digit + 49));
                let word = format!("{}ation", letters.collect::<String>());
                let expected = stems.stem(&word);
                check(&mut stems, &word, Some(&expected));
            }
        }
    }
}
