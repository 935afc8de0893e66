//! Phrases in texts: where the words of a phrase follow each other as a search demands it.

use std::collections::BTreeMap;

use crate::{analysis::analyzer::Word, query::plan::MarkedPhrase};

/// For each term the words of a text that it stands for, in the order of their positions.
type Places<'w> = BTreeMap<&'w str, Vec<&'w Word>>;

/// Byte ranges of a phrase among the words of a text, ascending and disjoint.
///
/// Stop words at its ends belong to it where the text has them, too.
pub(crate) fn find(phrase: &MarkedPhrase, words: &[Word]) -> Vec<(usize, usize)> {
    let mut places = Places::new();
    for word in words {
        word.term.iter().for_each(|term| places.entry(term).or_default().push(word));
    }
    places.values_mut().for_each(|places| places.sort_by_key(|word| word.position));
    let Some(begin) = phrase.words.iter().position(|word| !word.is_stop) else { return Vec::new() };
    let (before, content) = phrase.words.split_at(begin);
    let stop_words = content.iter().rev().take_while(|word| word.is_stop).count();
    let (content, after) = content.split_at(content.len() - stop_words);
    let mut found: Vec<(usize, usize)> = Vec::new();
    for first in places_of(&content[0], &places) {
        if found.last().is_some_and(|(_, end)| first.start < *end) {
            continue;
        }
        let Some((mut range, last)) = from(first, content, phrase.slop, &places) else { continue };
        let stop_word = |position: Option<usize>, wanted: &Word| {
            let places = places_of(wanted, &places);
            let at = places.partition_point(|word| Some(word.position) < position);
            places
                .get(at)
                .copied()
                .filter(|w| Some(w.position) == position && w.folded == wanted.folded)
        };
        for (distance, wanted) in before.iter().rev().enumerate() {
            let Some(word) = stop_word(first.position.checked_sub(distance + 1), wanted) else {
                break;
            };
            range.0 = range.0.min(word.start);
        }
        for (distance, wanted) in after.iter().enumerate() {
            let Some(word) = stop_word(Some(last + distance + 1), wanted) else { break };
            range.1 = range.1.max(word.end);
        }
        found.push(range);
    }
    found
}

/// The byte range of a phrase whose first word stands here, and the position of its last word.
///
/// Each word may stand away from its place behind the word before it, all of them together by
/// `slop` positions.
fn from(
    first: &Word,
    content: &[Word],
    slop: u32,
    places: &Places<'_>,
) -> Option<((usize, usize), usize)> {
    let (mut range, mut at) = ((first.start, first.end), first.position);
    let (mut before, mut left) = (content[0].position, slop as usize);
    for wanted in content[1..].iter().filter(|word| !word.is_stop) {
        let place = at + wanted.position - before;
        let places = places_of(wanted, places);
        let next = places.partition_point(|word| word.position < place);
        let near = places[next.saturating_sub(1)..].iter().take(2);
        let word = near.min_by_key(|word| word.position.abs_diff(place))?;
        left = left.checked_sub(word.position.abs_diff(place))?;
        range = (range.0.min(word.start), range.1.max(word.end));
        (at, before) = (word.position, wanted.position);
    }
    Some((range, at))
}

/// The words of a text that are a wanted one, by whichever stemmer.
fn places_of<'w>(wanted: &Word, places: &'w Places<'_>) -> &'w [&'w Word] {
    let found = wanted.term.iter().find_map(|term| places.get(term));
    found.map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use crate::{analysis::analyzer::Analyzer, query::plan::MarkedPhrase, search::phrase::find};

    /// The phrases of a text between brackets.
    #[track_caller]
    fn check(phrase: &str, slop: u32, text: &str) {
        let mut analyzer = Analyzer::default();
        let phrase = MarkedPhrase { words: analyzer.words(phrase), slop };
        let plain = text.replace(['[', ']'], "");
        let mut marked = plain.clone();
        for (start, end) in find(&phrase, &analyzer.words(&plain)).into_iter().rev() {
            marked.insert(end, ']');
            marked.insert(start, '[');
        }
        assert_eq!(marked, text);
    }

    #[test]
    fn words_that_follow_each_other_are_a_phrase() {
        check("feature store", 0, "A store of features, a [feature store], [Feature Stores].");
        check("new york new york", 0, "new [new york, New York] new york");
        check("store", 0, "a [store]");
        check("feature store", 0, "");
    }

    #[test]
    fn stop_words_within_are_counted_and_at_the_ends_marked() {
        check("state of the art", 0, "The [state of the art]; state art; [state in an art].");
        check("the feature store", 0, "[The feature store], a [feature store]");
        check("that this is the store for", 0, "that was [the store for] it");
    }

    #[test]
    fn slop_lets_words_stand_between() {
        check("feature store", 2, "a [feature or data store], a feature of our old data store");
        check(
            "big data store",
            1,
            "[big old data store], [big data old store], big x data x store",
        );
    }
}
