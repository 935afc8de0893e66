//! What a word is known by: a term for each stemmer with which texts were read.

use std::fmt;

/// The terms of a word, by the stemmers of several languages. A text has one of them at most, or two
/// of one language, with accents and without; together they count as one word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StemSet {
    first: String,
    /// By the other stemmers, in the order of these for every word; none when all agree.
    others: Vec<String>,
}

impl StemSet {
    /// The only term of a word.
    pub(crate) fn of(term: String) -> StemSet {
        StemSet { first: term, others: Vec::new() }
    }

    /// The terms of a word by all stemmers.
    pub(crate) fn of_all(first: String, mut others: Vec<String>) -> StemSet {
        if others.iter().all(|other| *other == first) {
            others.clear();
        }
        StemSet { first, others }
    }

    /// The term by the first stemmer.
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// All terms, each once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let is_new = |(at, other): &(usize, &String)| {
            **other != self.first && !self.others[..*at].contains(other)
        };
        let others = self.others.iter().enumerate().filter(is_new);
        std::iter::once(&self.first).chain(others.map(|(_, other)| other)).map(String::as_str)
    }

    /// Words as each of the stemmers reads all of them, each reading once.
    pub(crate) fn readings<'s>(words: &[&'s StemSet]) -> Vec<Vec<&'s str>> {
        let stemmers = words.iter().map(|word| word.others.len()).max().unwrap_or_default();
        let by = |word: &&'s StemSet, other: usize| -> &'s str {
            word.others.get(other).unwrap_or(&word.first)
        };
        let mut readings = vec![words.iter().map(|word| word.first()).collect::<Vec<_>>()];
        for other in 0..stemmers {
            let reading = words.iter().map(|word| by(word, other)).collect();
            if !readings.contains(&reading) {
                readings.push(reading);
            }
        }
        readings
    }
}

impl fmt::Display for StemSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.iter().enumerate() {
            write!(f, "{}{term}", if at > 0 { "|" } else { "" })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::analysis::stem_set::StemSet;

    fn stems(terms: &str) -> StemSet {
        let mut terms = terms.split(' ').map(str::to_owned);
        StemSet::of_all(terms.next().unwrap(), terms.collect())
    }

    #[test]
    fn each_term_counts_once() {
        assert_eq!(stems("plane de:plan de:plan fr:plan").to_string(), "plane|de:plan|fr:plan");
        assert_eq!(stems("k8s k8s k8s"), StemSet::of("k8s".into()));
    }

    #[test]
    fn a_stemmer_reads_all_words() {
        let readings = |words: &[&str]| -> Vec<String> {
            let words: Vec<StemSet> = words.iter().map(|terms| stems(terms)).collect();
            let words: Vec<&StemSet> = words.iter().collect();
            StemSet::readings(&words).iter().map(|reading| reading.join(" ")).collect()
        };
        assert_eq!(
            readings(&["a de:a fr:b", "x", "c de:c fr:c"]),
            ["a x c", "de:a x de:c", "fr:b x fr:c"]
        );
        assert_eq!(readings(&["a a", "b"]), ["a b"]);
        assert_eq!(readings(&[]), [""]);
    }
}
