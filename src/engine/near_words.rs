//! Near words: what documents have and what a word may have been meant to be.

use std::collections::HashMap;

use crate::{
    analysis::stop_words::is_stop_word,
    engine::index::{Index, NearWord, TermKind},
    error::Error,
};

/// How likely people are to make a mistake, beside leaving out a letter. Of the words one mistake
/// away the likeliest is taken: with these 92 of 100 mistakes in the words of 14,000 pages are set
/// right, with all of them alike 89.
const TRANSPOSED: f32 = 4.0;
const DOUBLED: f32 = 2.5;
const NEIGHBOURS: f32 = 1.5;
const LEFT_OUT: f32 = 1.2;
const ADDED: f32 = 0.6;
const REPLACED: f32 = 0.4;
/// Few mistakes are in the first letter.
const FIRST_LETTER: f32 = 0.2;

/// So many of the likeliest words are looked for in documents, which takes time, to tell them from
/// stems: a rare word seldom has more of these near to it.
pub(crate) const MOST_LOOKED_FOR: usize = 6;

/// The words that typed ones may have been meant to be, as far as they were looked for.
#[derive(Default)]
pub(crate) struct NearWords(HashMap<String, Likeliest>);

/// The likeliest words near to a typed one.
struct Likeliest {
    /// The likeliest first, up to the first stop word.
    near: Vec<NearWord>,
    /// The first of them that documents write so, once it was looked for.
    written: Option<Option<NearWord>>,
}

impl NearWords {
    /// The word one mistake away from a typed one of ASCII letters that was most likely meant, of the
    /// words that documents have; none when fewer documents have it than are asked for, or when a stop
    /// word is likelier.
    pub(crate) fn one_mistake_away(
        &mut self,
        index: &dyn Index,
        typed: &str,
        at_least: u32,
    ) -> Result<Option<NearWord>, Error> {
        let candidates = match self.0.get_mut(typed) {
            Some(known) => known,
            None => {
                let candidates = Likeliest { near: likeliest(index, typed)?, written: None };
                self.0.entry(typed.to_owned()).or_insert(candidates)
            }
        };
        let is_frequent = |near: &NearWord| near.documents >= at_least;
        // Whether a word is written so takes the reading of documents.
        if !candidates.near.iter().any(is_frequent) {
            return Ok(None);
        }
        let written = match &candidates.written {
            Some(written) => written,
            None => candidates.written.insert(first_written(index, &candidates.near)?),
        };
        Ok(written.clone().filter(is_frequent))
    }
}

/// The first of some words that documents write so.
fn first_written(index: &dyn Index, near: &[NearWord]) -> Result<Option<NearWord>, Error> {
    for near in near {
        if index.is_written(&near.word)? {
            return Ok(Some(near.clone()));
        }
    }
    Ok(None)
}

/// The likeliest words one mistake away, up to the first stop word.
///
/// All words one mistake away are looked up: that takes a tenth of what a search of a large
/// dictionary takes.
fn likeliest(index: &dyn Index, typed: &str) -> Result<Vec<NearWord>, Error> {
    let words = mistakes(typed);
    let candidates: Vec<&str> = words.iter().map(String::as_str).collect();
    let found = index.doc_freqs(TermKind::Word, &candidates)?;
    let mut near: Vec<(f32, NearWord)> = Vec::new();
    for (word, found) in words.into_iter().zip(found) {
        let documents = if is_stop_word(&word) { index.documents() as u32 } else { found };
        let likelihood = likelihood(typed, &word, documents);
        if documents > 0 && likelihood >= least_likelihood(typed) {
            near.push((likelihood, NearWord { word, documents }));
        }
    }
    // Of equal ones the last.
    near.reverse();
    near.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let near = near.into_iter().take(MOST_LOOKED_FOR).map(|(_, near)| near);
    Ok(near.take_while(|near| !is_stop_word(&near.word)).collect())
}

/// The words of ASCII letters that are one mistake away: a letter added, left out or replaced, or two
/// that have changed places.
fn mistakes(typed: &str) -> Vec<String> {
    let mut words = Vec::new();
    for at in 0..=typed.len() {
        let (before, after) = typed.split_at(at);
        let rest = after.get(1..);
        for letter in 'a'..='z' {
            words.push(format!("{before}{letter}{after}"));
            words.extend(rest.map(|rest| format!("{before}{letter}{rest}")));
        }
        words.extend(rest.map(|rest| format!("{before}{rest}")));
        if let (Some(two), Some(rest)) = (after.get(..2), after.get(2..)) {
            words.push(format!("{before}{}{}{rest}", &two[1..], &two[..1]));
        }
    }
    words.retain(|word| word != typed && word.len() > 2);
    words
}

/// How likely a correction must be: the shorter a word that nobody knows, the more words are near to
/// it by chance, and the less does it say that one is.
fn least_likelihood(typed: &str) -> f32 {
    (4.0 / typed.len() as f32).powi(2)
}

/// How likely it is that a word was meant which so many documents have. One of a hundred times more
/// documents is ten times likelier: the more of them, the less does it say of what people look for.
fn likelihood(typed: &str, meant: &str, documents: u32) -> f32 {
    (documents as f32).sqrt() * mistake(typed.as_bytes(), meant.as_bytes())
}

/// How likely people are to make the mistake between two words.
fn mistake(typed: &[u8], meant: &[u8]) -> f32 {
    let same = typed.iter().zip(meant).take_while(|(a, b)| a == b).count();
    let (wrong, right) = (&typed[same..], &meant[same..]);
    let before = same.checked_sub(1).map(|at| typed[at]);
    let likelihood = match (wrong, right) {
        ([a, b, rest @ ..], [c, d, other @ ..]) if (a, b, rest) == (d, c, other) => TRANSPOSED,
        ([a, rest @ ..], [b, other @ ..]) if rest == other => {
            if are_neighbours(*a, *b) {
                NEIGHBOURS
            } else {
                REPLACED
            }
        }
        (rest, [left_out, other @ ..]) if rest == other => {
            if before == Some(*left_out) {
                DOUBLED
            } else {
                LEFT_OUT
            }
        }
        ([added, rest @ ..], other) if rest == other => {
            let beside = before.into_iter().chain(rest.first().copied());
            match before == Some(*added) {
                true => DOUBLED,
                false if beside.into_iter().any(|b| are_neighbours(*added, b)) => LEFT_OUT,
                false => ADDED,
            }
        }
        _ => REPLACED,
    };
    if same == 0 { likelihood * FIRST_LETTER } else { likelihood }
}

/// Whether two letters lie beside each other on a keyboard.
fn are_neighbours(a: u8, b: u8) -> bool {
    let place = |letter: u8| {
        let rows = ["qwertyuiop", "asdfghjkl", "zxcvbnm"].into_iter().enumerate();
        let mut places =
            rows.filter_map(|(row, keys)| Some((row, keys.bytes().position(|key| key == letter)?)));
        places.next()
    };
    let (Some(a), Some(b)) = (place(a), place(b)) else { return false };
    a != b && a.0.abs_diff(b.0) <= 1 && a.1.abs_diff(b.1) <= 1
}

#[cfg(test)]
mod tests {
    use crate::engine::near_words::{are_neighbours, mistake, mistakes};

    #[test]
    fn mistakes_are_told_apart() {
        let typed = ["modle", "modell", "mosel", "moel", "omdel", "modael", "mobel"];
        let likelihoods = typed.map(|typed| mistake(typed.as_bytes(), b"model"));
        assert!(likelihoods.is_sorted_by(|a, b| a >= b), "{likelihoods:?}");
        assert_eq!(mistake(b"comit", b"commit"), mistake(b"modell", b"model"));
    }

    #[test]
    fn each_word_is_as_near_as_counted() {
        let words = mistakes("drift");
        assert_eq!(words.len(), 6 * 26 + 5 * 25 + 5 + 4);
        assert!(words.iter().all(|word| strsim::osa_distance(word, "drift") == 1));
    }

    #[test]
    fn keys_around_a_key_are_its_neighbours() {
        let around = |key: u8| -> String {
            (b'a'..=b'z').filter(|other| are_neighbours(key, *other)).map(char::from).collect()
        };
        assert_eq!((around(b'g').as_str(), around(b'a').as_str()), ("bfhnrtvy", "qswxz"));
    }
}
