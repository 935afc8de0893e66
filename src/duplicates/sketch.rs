//! Sketches: as much of a text as is needed to tell whether another one is nearly the same.

/// Words of a shingle, a run of words. A word that differs changes as many shingles, so that texts
/// from one template with other words in it stay apart: at 200 words and three differing places
/// 0.78 agree, with shingles of 5 words 0.86.
const SHINGLE: usize = 8;
/// Hashes kept. The share that two texts have in common is then told with a standard error of
/// 0.027 near 0.9, and exactly for texts of up to 135 words; with 64 it is 0.038.
const KEPT: usize = 128;
/// Texts with fewer shingles are not compared: a sentence of thanks, a notice, a tweet.
const LEAST: usize = 40;
/// The share of shingles from which on two texts are one.
const SHARE: f64 = 0.9;
/// Hashes that may differ among those kept.
const MOST_OTHERS: usize = (KEPT as f64 * (1.0 - SHARE)) as usize;
/// Hashes by which a text is looked up.
const HANDLES: usize = 8;
/// Handles that two texts have in common, as good as surely, when they are nearly the same: those
/// with a share of 0.9 have fewer once in 20,000 times, and seven of eight others that have any.
const LEAST_HANDLES: usize = HANDLES / 2;
/// An odd number without a pattern, 2^64 over the golden ratio, that spreads bits (Knuth, 6.4).
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The smallest hashes of a text's shingles, in order (Broder 1997, bottom-k).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sketch {
    hashes: Vec<u32>,
    /// The first of them, where they are read without a look elsewhere; zeros behind fewer.
    handles: [u32; HANDLES],
}

impl Sketch {
    /// The sketch of a text; none for one that is too short to be compared.
    pub(crate) fn of(text: &str) -> Option<Sketch> {
        let words = words(text);
        let mut hashes: Vec<u32> = words.windows(SHINGLE).map(shingle).collect();
        if hashes.len() < LEAST {
            return None;
        }
        hashes.sort_unstable();
        hashes.dedup();
        hashes.truncate(KEPT);
        Some(Sketch::of_hashes(hashes))
    }

    fn of_hashes(hashes: Vec<u32>) -> Sketch {
        let mut handles = [0; HANDLES];
        handles.iter_mut().zip(&hashes).for_each(|(handle, hash)| *handle = *hash);
        Sketch { hashes, handles }
    }

    /// As it is stored.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect()
    }

    /// As it was stored.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Sketch {
        let (hashes, _) = bytes.as_chunks();
        Sketch::of_hashes(hashes.iter().map(|hash| u32::from_le_bytes(*hash)).collect())
    }

    /// The handles of a stored one.
    pub(crate) fn handles_in(bytes: &[u8]) -> impl Iterator<Item = u32> {
        let (hashes, _) = bytes.as_chunks();
        hashes.iter().take(HANDLES).map(|hash| u32::from_le_bytes(*hash))
    }

    /// The hashes by which it is looked up.
    pub(crate) fn handles(&self) -> &[u32] {
        &self.handles[..self.hashes.len().min(HANDLES)]
    }

    /// Whether the texts are nearly the same.
    pub(crate) fn is_like(&self, other: &Sketch) -> bool {
        let common = self.handles.iter().filter(|handle| other.handles.contains(handle)).count();
        if common < LEAST_HANDLES {
            return false;
        }
        let (mut ours, mut theirs) = (self.hashes.as_slice(), other.hashes.as_slice());
        let (mut seen, mut common) = (0, 0);
        // With so many that differ the share is missed, whatever follows.
        while seen < KEPT && seen - common <= MOST_OTHERS {
            match (ours.first(), theirs.first()) {
                (Some(a), Some(b)) => {
                    ours = &ours[usize::from(a <= b)..];
                    theirs = &theirs[usize::from(b <= a)..];
                    common += usize::from(a == b);
                }
                (None, None) => break,
                _ => {
                    seen = (seen + ours.len() + theirs.len()).min(KEPT);
                    break;
                }
            }
            seen += 1;
        }
        common as f64 >= seen as f64 * SHARE
    }
}

/// Hashes of the words: runs of letters and digits without case. A script without blanks has a
/// word in each of its characters.
fn words(text: &str) -> Vec<u64> {
    let text = text.to_lowercase();
    let mut words = Vec::with_capacity(text.len() / 6);
    let (mut start, mut at) = (None, 0);
    while let Some(c) = text[at..].chars().next() {
        let letters = text[at..].bytes().take_while(u8::is_ascii_alphanumeric).count();
        if letters > 0 {
            start.get_or_insert(at);
            at += letters;
            continue;
        }
        let stands_alone = matches!(c, '\u{2e80}'..='\u{d7ff}' | '\u{20000}'..='\u{3ffff}');
        let belongs = c.is_alphanumeric();
        if (stands_alone || !belongs)
            && let Some(start) = start.take()
        {
            words.push(word_hash(&text[start..at]));
        }
        if belongs && start.is_none() {
            start = Some(at);
        }
        at += c.len_utf8();
    }
    words.extend(start.map(|start| word_hash(&text[start..])));
    words
}

/// The hash of a word, eight bytes at a time; it is the same on every machine.
fn word_hash(word: &str) -> u64 {
    word.as_bytes().chunks(8).fold(word.len() as u64, |hash, chunk| {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        let mixed = (hash ^ u64::from_le_bytes(bytes)).wrapping_mul(ODD);
        mixed ^ mixed >> 32
    })
}

/// The hash of a run of words; the order of the words matters.
fn shingle(words: &[u64]) -> u32 {
    let fold = |hash: u64, word: &u64| (hash.rotate_left(23) ^ word).wrapping_mul(ODD);
    (words.iter().fold(0, fold) >> 32) as u32
}

#[cfg(test)]
mod tests {
    use crate::duplicates::sketch::Sketch;

    /// A text of so many words, no run of which comes twice.
    fn text(seed: u64, words: usize) -> String {
        let mut random = fastrand::Rng::with_seed(seed);
        (0..words).map(|_| format!("w{} ", random.u32(0..5_000))).collect()
    }

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let sketch = |text| Sketch::from_bytes(&Sketch::of(text).unwrap().to_bytes());
        assert_eq!(sketch(one).is_like(&sketch(other)), expected);
        assert_eq!(sketch(other).is_like(&sketch(one)), expected);
    }

    #[test]
    fn the_same_article_in_other_clothes_is_alike() {
        for words in [60, 135, 400, 5_000] {
            let article = text(1, words);
            check(&article, &article.to_uppercase().replace(' ', ",\n"), true);
        }
        let article = text(2, 1_000);
        check(&article, &format!("{article} {}", text(3, 30)), true);
        check(&article, &article.replacen("w4", "v4", 3), true);
    }

    #[test]
    fn another_article_is_not() {
        check(&text(1, 500), &text(2, 500), false);
        let article = text(3, 1_000);
        check(&article, &format!("{article} {}", text(4, 300)), false);
        // From one template: three words of 150 are others.
        let template = text(5, 150);
        let filled = |word: &str| {
            let mut words: Vec<&str> = template.split(' ').collect();
            [20, 70, 120].into_iter().for_each(|at| words[at] = word);
            words.join(" ")
        };
        check(&filled("one"), &filled("two"), false);
    }

    #[test]
    fn a_short_text_has_no_sketch() {
        assert_eq!(Sketch::of(&text(1, 46)), None);
        assert_eq!(Sketch::of(""), None);
        assert!(Sketch::of(&"特徴量ストアの監視と運用について".repeat(4)).is_some());
    }
}
