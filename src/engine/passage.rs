//! The best passage: where in a text most of a query stands closest together.

use crate::query::weights::{PASSAGE_GAP, PASSAGE_LENGTH};

/// A passage that begins with one word of a query and ends with another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct BestPassage {
    /// At most what all words of the query together are worth.
    pub(crate) worth: f32,
    /// How many different words of the query it holds.
    pub(crate) words: usize,
    /// How many positions it takes.
    pub(crate) length: u32,
}

/// The best passage of a text; none when no two words of the query are near each other.
///
/// `positions` says for each word of the query where it stands, in ascending order, and `worths`
/// what it is worth.
/// A passage is worth its different words, times the square of the share of the query that they are,
/// and the less the more other words stand between them.
/// One good passage shows that a text speaks of what is asked, which the words do not show that a
/// long text holds here and there (Tao and Zhai, "An exploration of proximity measures in
/// information retrieval", 2007).
pub(crate) fn best_passage(positions: &[Vec<u32>], worths: &[f32]) -> Option<BestPassage> {
    let whole: f32 = worths.iter().sum();
    // Where each word stood last, the latest first.
    let mut latest: Vec<(u32, usize)> = Vec::with_capacity(worths.len());
    let mut best: Option<BestPassage> = None;
    let mut ahead: Vec<&[u32]> = positions.iter().map(Vec::as_slice).collect();
    while let Some((end, word)) = next_place(&mut ahead) {
        // Of two passages with the same words the one that ends here is the longer.
        if let Some((before, _)) = latest.first_mut().filter(|(_, latest)| *latest == word) {
            *before = end;
            continue;
        }
        let known = latest.iter().position(|(_, known)| *known == word);
        let known = known.unwrap_or_else(|| {
            latest.push((end, word));
            latest.len() - 1
        });
        latest.copy_within(..known, 1);
        latest[0] = (end, word);
        let mut held = worths[word];
        for (before, (start, word)) in latest.iter().enumerate().skip(1) {
            if end - start >= PASSAGE_LENGTH {
                break;
            }
            held += worths[*word];
            let share = held / whole;
            let most = held * share * share;
            if best.is_some_and(|best| most <= best.worth) {
                continue;
            }
            let length = end - start + 1;
            let words = before + 1;
            let between = length.saturating_sub(words as u32) as f32;
            let worth = most * PASSAGE_GAP / (PASSAGE_GAP + between);
            if best.is_none_or(|best| worth > best.worth) {
                best = Some(BestPassage { worth, words, length });
            }
        }
    }
    best
}

/// The next of the places of all words in ascending order, with the number of its word; of several
/// words at one place the first.
fn next_place(ahead: &mut [&[u32]]) -> Option<(u32, usize)> {
    let firsts = ahead.iter().enumerate().filter_map(|(word, ahead)| Some((*ahead.first()?, word)));
    let (place, word) = firsts.min()?;
    ahead[word] = &ahead[word][1..];
    Some((place, word))
}

#[cfg(test)]
mod tests {
    use crate::{
        engine::passage::{BestPassage, best_passage},
        query::weights::{PASSAGE_GAP, PASSAGE_LENGTH},
    };

    /// The words and the length of the best passage of words that are worth 1 each.
    #[track_caller]
    fn check(positions: &[&[u32]], expected: Option<(usize, u32)>) {
        let positions: Vec<Vec<u32>> = positions.iter().map(|word| word.to_vec()).collect();
        let passage = best_passage(&positions, &vec![1.0; positions.len()]);
        assert_eq!(passage.map(|BestPassage { words, length, .. }| (words, length)), expected);
    }

    #[test]
    fn the_passage_with_most_words_closest_together_wins() {
        check(&[&[3], &[4]], Some((2, 2)));
        check(&[&[0, 50], &[9, 51], &[20, 53]], Some((3, 4)));
        // Order does not matter here, and a word that stands there twice counts once.
        check(&[&[7, 9], &[6, 8]], Some((2, 2)));
        // Two side by side are better than three that are far apart, and worse than three close
        // together.
        check(&[&[0], &[1], &[99]], Some((2, 2)));
        check(&[&[0], &[1], &[5]], Some((3, 6)));
        // Two words may stand at one place, as a compound does with its second part.
        check(&[&[4], &[4]], Some((2, 1)));
    }

    #[test]
    fn words_that_are_far_apart_or_alone_make_no_passage() {
        check(&[], None);
        check(&[&[1, 2, 3]], None);
        check(&[&[1, 2, 3], &[]], None);
        check(&[&[0], &[PASSAGE_LENGTH]], None);
        check(&[&[0], &[PASSAGE_LENGTH - 1]], Some((2, PASSAGE_LENGTH)));
        check(&[&[0], &[u32::MAX]], None);
    }

    #[test]
    fn rare_words_and_the_share_of_the_query_decide_what_a_passage_is_worth() {
        let worth = |positions: &[&[u32]], worths: &[f32]| {
            let positions: Vec<Vec<u32>> = positions.iter().map(|word| word.to_vec()).collect();
            best_passage(&positions, worths).map_or(0.0, |passage| passage.worth)
        };
        assert_eq!(worth(&[&[0], &[1]], &[2.0, 1.0]), 3.0);
        assert_eq!(worth(&[&[0], &[1], &[]], &[2.0, 1.0, 3.0]), 0.75);
        let half = PASSAGE_GAP as u32 + 1;
        assert_eq!(worth(&[&[0], &[half]], &[2.0, 1.0]), 1.5);
        // The passage with the rare word is chosen though the other one is found first.
        assert_eq!(worth(&[&[0, 50], &[1], &[51]], &[1.0, 1.0, 2.0]), 1.6875);
    }
}
