//! Analysed texts as a cluster takes them: our terms, with blanks between.
//!
//! The analyzer of the index only cuts at blanks. Terms of one position are joined by a bar, which it
//! cuts as well; a bar alone keeps a place free, for a stop word.

use std::collections::BTreeSet;

use crate::analysis::{analyzer::SharedTerms, place};

/// Stands between the terms of one position, and in a position without a term.
pub(crate) const BAR: char = '|';

/// The paragraphs of an analysed text.
pub(crate) fn paragraphs(written: &str) -> Vec<String> {
    let (mut paragraphs, mut paragraph) = (Vec::new(), String::new());
    let mut rest = written;
    while let Some(&byte) = rest.as_bytes().first() {
        let body = &rest[1..];
        let end = body.bytes().position(|b| b <= place::BREAK).unwrap_or(body.len());
        let (term, after) = body.split_at(end);
        rest = after;
        match byte {
            place::BREAK => paragraphs.push(std::mem::take(&mut paragraph)),
            place::SAME => {
                let is_free = paragraph == "|" || paragraph.ends_with(" |");
                if is_free {
                    paragraph.pop();
                } else if !paragraph.is_empty() {
                    paragraph.push(BAR);
                }
                paragraph.push_str(term);
            }
            _ => {
                if !paragraph.is_empty() {
                    paragraph.push(' ');
                }
                match byte {
                    place::SKIP => paragraph.push(BAR),
                    _ => paragraph.push_str(term),
                }
            }
        }
    }
    if !paragraph.is_empty() {
        paragraphs.push(paragraph);
    }
    paragraphs
}

/// Terms at distances from the first one, as a phrase.
pub(crate) fn phrase<'t>(terms: impl IntoIterator<Item = (usize, &'t str)>) -> String {
    let (mut phrase, mut next) = (String::new(), None);
    for (at, term) in terms {
        let next_at = next.unwrap_or(at);
        match at.checked_sub(next_at) {
            Some(free) => phrase.extend(std::iter::repeat_n("| ", free)),
            // At the position of the term before it.
            None => {
                phrase.pop();
                phrase.push(BAR);
            }
        }
        phrase.push_str(term);
        phrase.push(' ');
        next = Some(at + 1);
    }
    phrase.pop();
    phrase
}

/// Words as they were written, with the markers of their fields; each once.
pub(crate) fn words(shared: &SharedTerms) -> String {
    let words: BTreeSet<&str> = of_places(&shared.words).collect();
    words.into_iter().collect::<Vec<_>>().join(" ")
}

/// Pairs of stop words and lone ones; each once.
pub(crate) fn stop_words(shared: &SharedTerms) -> String {
    let pairs: BTreeSet<String> = of_places(&shared.stop_words).map(joined).collect();
    pairs.into_iter().collect::<Vec<_>>().join(" ")
}

/// A pair of words as one term without a blank.
pub(crate) fn joined(pair: &str) -> String {
    pair.replace(' ', "+")
}

fn of_places(written: &str) -> impl Iterator<Item = &str> {
    written.split(char::from(place::NEXT)).filter(|words| !words.is_empty())
}

#[cfg(test)]
mod tests {
    use crate::{
        analysis::{
            analyzer::{Analyzer, SharedTerms},
            text_field::TextField,
        },
        engine::opensearch::written_terms::{paragraphs, phrase},
    };

    #[track_caller]
    fn check(texts: &[&str], expected: &[&str]) {
        let (mut written, mut shared) = (String::new(), SharedTerms::default());
        let mut analyzer = Analyzer::default();
        for text in texts {
            analyzer.write_terms(text, TextField::Text, &mut written, &mut shared);
        }
        assert_eq!(paragraphs(&written), expected);
    }

    #[test]
    fn stop_words_keep_their_places_and_compounds_share_one() {
        check(&["The real-time store", "of features"], &["| real time|realtim store", "| featur"]);
        check(&["state-of-the-art"], &["state | | art|stateoftheart"]);
        check(&["over-fitting"], &["| fit|overfit"]);
        check(&["", "x"], &["", "x"]);
        check(&[], &[]);
    }

    #[test]
    fn phrases_keep_their_distances() {
        assert_eq!(phrase([(0, "state"), (3, "art")]), "state | | art");
        assert_eq!(phrase([(2, "a"), (3, "b")]), "a b");
        assert_eq!(phrase([(1, "a"), (1, "b"), (2, "c")]), "a|b c");
    }
}
