//! What a word is known by: a term for each stemmer with which texts were read.

use std::fmt;

/// The terms of a word, by the stemmers of several languages. A text has one of them, or two of one
/// language, with accents and without; together they count as one word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StemSet {
    first: String,
    /// By the other stemmers, in the order of these for every word; none where it is the first.
    others: Vec<Option<String>>,
    /// By all stemmers, of the word without its accents; none where these change nothing.
    accentless: Vec<Option<String>>,
}

impl StemSet {
    /// The only term of a word.
    pub(crate) fn of(term: String) -> StemSet {
        StemSet { first: term, others: Vec::new(), accentless: Vec::new() }
    }

    /// The terms of a word by all stemmers, and of the word without its accents if it has some.
    pub(crate) fn of_all(
        first: String,
        mut others: Vec<Option<String>>,
        mut accentless: Vec<Option<String>>,
    ) -> StemSet {
        if accentless.iter().all(Option::is_none) {
            accentless.clear();
            if others.iter().flatten().all(|other| *other == first) {
                others.clear();
            }
        }
        StemSet { first, others, accentless }
    }

    /// The term by the first stemmer.
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// Whether a text may have two of the terms at one place.
    fn overlaps(&self) -> bool {
        !self.accentless.is_empty()
    }

    /// All terms, each once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let more = self.others.iter().chain(&self.accentless).flatten();
        let mut terms = Vec::with_capacity(1 + self.others.len());
        for term in std::iter::once(&self.first).chain(more) {
            if !terms.contains(&term.as_str()) {
                terms.push(term.as_str());
            }
        }
        terms.into_iter()
    }

    /// Words as each of the stemmers reads all of them, each reading once.
    pub(crate) fn readings<'s>(words: &[&'s StemSet]) -> Vec<Vec<&'s str>> {
        let stemmers = 1 + words.iter().map(|word| word.others.len()).max().unwrap_or_default();
        let ways = if words.iter().any(|word| word.overlaps()) { 2 } else { 1 };
        let mut readings: Vec<Vec<&str>> = Vec::new();
        for way in 0..ways {
            for stemmer in 0..stemmers {
                let read = |word: &&'s StemSet| word.by(stemmer, way > 0);
                let reading = words.iter().map(read).collect();
                if !readings.contains(&reading) {
                    readings.push(reading);
                }
            }
        }
        readings
    }

    fn by(&self, stemmer: usize, is_accentless: bool) -> &str {
        let accentless = self.accentless.get(stemmer).filter(|_| is_accentless);
        if let Some(Some(term)) = accentless {
            return term;
        }
        let other = stemmer.checked_sub(1).and_then(|at| self.others.get(at)?.as_deref());
        other.unwrap_or(&self.first)
    }

    /// Leaves out the readings of words, which are read together, with terms that no document has.
    pub(crate) fn retain(words: &mut [&mut StemSet], is_there: impl Fn(&str) -> bool) {
        if let [word] = words {
            let is_lost = |term: &Option<String>| !term.as_deref().is_some_and(&is_there);
            let StemSet { others, accentless, .. } = &mut **word;
            others.retain(|term| !is_lost(term));
            accentless.retain(|term| !is_lost(term));
            return;
        }
        let read: Vec<&StemSet> = words.iter().map(|word| &**word).collect();
        let kept: Vec<Vec<String>> = StemSet::readings(&read)
            .into_iter()
            .skip(1)
            .filter(|reading| reading.iter().all(|term| is_there(term)))
            .map(|reading| reading.into_iter().map(str::to_owned).collect())
            .collect();
        for (at, word) in words.iter_mut().enumerate() {
            word.others = kept.iter().map(|reading| Some(reading[at].clone())).collect();
            word.accentless.clear();
        }
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

    /// Terms, then those without accents; `-` is none.
    fn stems(terms: &str, accentless: &str) -> StemSet {
        let optional = |term: &str| (term != "-").then(|| term.to_owned());
        let mut terms = terms.split(' ');
        let first = terms.next().unwrap().to_owned();
        let accentless = accentless.split_whitespace().map(optional).collect();
        StemSet::of_all(first, terms.map(optional).collect(), accentless)
    }

    fn readings(words: &[StemSet]) -> Vec<String> {
        let words: Vec<&StemSet> = words.iter().collect();
        StemSet::readings(&words).iter().map(|reading| reading.join(" ")).collect()
    }

    #[test]
    fn each_term_counts_once() {
        assert_eq!(stems("plane ~plan ~plan - ~plane", "").to_string(), "plane|~plan|~plane");
        assert_eq!(stems("k8s - k8s -", "- - - -"), StemSet::of("k8s".into()));
        assert_eq!(stems("a ~b", "- ~c").to_string(), "a|~b|~c");
    }

    #[test]
    fn a_stemmer_reads_all_words() {
        let words = [stems("a ~a ~b", ""), stems("x", ""), stems("c - ~d", "")];
        assert_eq!(readings(&words), ["a x c", "~a x c", "~b x ~d"]);
        let words = [stems("a ~a", "- ~z"), stems("c ~c", "")];
        assert_eq!(readings(&words), ["a c", "~a ~c", "~z ~c"]);
        assert_eq!(readings(&[stems("a a", ""), stems("b", "")]), ["a b"]);
        assert_eq!(readings(&[]), [""]);
    }

    #[test]
    fn readings_that_no_document_has_are_left_out() {
        let there = ["a", "~a", "~c", "~d"];
        let mut words = [stems("a ~a ~b", ""), stems("c ~c ~d", "")];
        StemSet::retain(&mut words.each_mut(), |term| there.contains(&term));
        assert_eq!(readings(&words), ["a c", "~a ~c"]);
        let mut word = stems("a ~b ~d -", "- ~c ~e -");
        StemSet::retain(&mut [&mut word], |term| there.contains(&term));
        assert_eq!(word.to_string(), "a|~d|~c");
    }
}
