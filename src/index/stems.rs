//! Stems: what words have in common with their inflected forms.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

use crate::index::stopwords::is_stop_word;

/// Stems remembered by one analyzer; a pure cache, so its size changes the time only.
const MAX_REMEMBERED: usize = 1 << 17;

/// The stemmer, with a memory of the words it has seen: a text repeats most of its words.
pub(crate) struct Stems {
    stemmer: Stemmer,
    /// Word → stem; function words have none.
    known: HashMap<Box<str>, Option<Box<str>>, foldhash::fast::FixedState>,
}

impl Default for Stems {
    fn default() -> Stems {
        Stems { stemmer: Stemmer::new(Algorithm::English), known: HashMap::default() }
    }
}

impl Stems {
    /// Writes the stem of a folded word behind `out`, unless it is a function word.
    pub(crate) fn push(&mut self, folded: &str, out: &mut String) -> bool {
        if folded.bytes().any(|b| !b.is_ascii() || b.is_ascii_digit()) {
            let word = folded.strip_suffix("'s").unwrap_or(folded);
            out.extend(word.chars().filter(|&c| c != '\''));
            return true;
        }
        let stem = match self.known.get(folded) {
            Some(stem) => stem.as_deref(),
            None => {
                let stem = (!is_stop_word(folded)).then(|| self.stem(folded));
                if self.known.len() >= MAX_REMEMBERED {
                    out.push_str(stem.as_deref().unwrap_or_default());
                    return stem.is_some();
                }
                self.known.entry(folded.into()).or_insert(stem).as_deref()
            }
        };
        out.push_str(stem.unwrap_or_default());
        stem.is_some()
    }

    /// The stem of a folded word, be it a function word or not.
    pub(crate) fn stem(&self, folded: &str) -> Box<str> {
        let word = folded.strip_suffix("'s").unwrap_or(folded).replace('\'', "");
        if word.len() < 3 { word.into() } else { self.stemmer.stem(&word).into() }
    }
}
