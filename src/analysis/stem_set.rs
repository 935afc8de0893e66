//! What a word is known by: a term for each stemmer with which texts were read.

use std::{fmt, sync::Arc};

/// The terms of a word, by the stemmers of several languages. A text has one of them, or two of one
/// language, with accents and without; together they count as one word.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StemSet {
    /// By the first stemmer.
    first: String,
    /// None where all stemmers agree. Shared, since words are copied often.
    more: Option<Arc<MoreTerms>>,
}

/// What the other stemmers give. Most leave most words alike, so that each term stands here once and
/// goes by its number, from 1 on; 0 is the first term.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct MoreTerms {
    terms: Vec<String>,
    /// By the other stemmers, in the order of these for every word.
    others: Vec<u8>,
    /// By all stemmers, of the word without its accents; none where these change nothing.
    accentless: Vec<Option<u8>>,
}

static NO_MORE: MoreTerms =
    MoreTerms { terms: Vec::new(), others: Vec::new(), accentless: Vec::new() };

impl StemSet {
    /// The only term of a word.
    pub(crate) fn of(term: String) -> StemSet {
        StemSet { first: term, more: None }
    }

    /// Adds the term by another stemmer; none where it is the first.
    pub(crate) fn add_other(&mut self, term: Option<&str>) {
        let (more, at) = self.with(term);
        more.others.push(at.unwrap_or(0));
    }

    /// Adds the term by another stemmer of the word without its accents; none where these change nothing.
    pub(crate) fn add_accentless(&mut self, term: Option<&str>) {
        let (more, at) = self.with(term);
        more.accentless.push(at);
    }

    /// Leaves out what says no more than the first term, when all terms were added.
    pub(crate) fn shorten(&mut self) {
        let Some(more) = &mut self.more else { return };
        if more.accentless.iter().all(Option::is_none) {
            Arc::make_mut(more).accentless.clear();
            if more.terms.is_empty() {
                self.more = None;
            }
        }
    }

    /// The further terms, among them a term with its number.
    fn with(&mut self, term: Option<&str>) -> (&mut MoreTerms, Option<u8>) {
        let more = Arc::make_mut(self.more.get_or_insert_default());
        let number = |term: &str| {
            if self.first == term {
                return 0;
            }
            let known = more.terms.iter().position(|known| known == term);
            let at = known.unwrap_or_else(|| {
                more.terms.push(term.to_owned());
                more.terms.len() - 1
            });
            u8::try_from(at + 1).expect("there are fewer stemmers")
        };
        let number = term.map(number);
        (more, number)
    }

    fn more(&self) -> &MoreTerms {
        self.more.as_deref().unwrap_or(&NO_MORE)
    }

    /// The term by the first stemmer.
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// Whether a text may have two of the terms at one place.
    fn overlaps(&self) -> bool {
        !self.more().accentless.is_empty()
    }

    /// All terms, each once.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.first()).chain(self.more().terms.iter().map(String::as_str))
    }

    fn numbered(&self, number: u8) -> &str {
        let more = usize::from(number).checked_sub(1).map(|at| self.more().terms[at].as_str());
        more.unwrap_or(&self.first)
    }

    /// Words as each of the stemmers reads all of them, each reading once.
    pub(crate) fn readings<'s>(words: &[&'s StemSet]) -> Vec<Vec<&'s str>> {
        let stemmers = 1 + words.iter().map(|word| word.more().others.len()).max().unwrap_or(0);
        let ways = if words.iter().any(|word| word.overlaps()) { 2 } else { 1 };
        let mut readings: Vec<Vec<u8>> = Vec::new();
        for way in 0..ways {
            for stemmer in 0..stemmers {
                let read = || words.iter().map(|word| word.by(stemmer, way > 0));
                if !readings.iter().any(|known| known.iter().copied().eq(read())) {
                    readings.push(read().collect());
                }
            }
        }
        let terms = |reading: Vec<u8>| {
            words.iter().zip(reading).map(|(word, number)| word.numbered(number)).collect()
        };
        readings.into_iter().map(terms).collect()
    }

    /// The number of the term that a stemmer gives.
    fn by(&self, stemmer: usize, is_accentless: bool) -> u8 {
        let MoreTerms { others, accentless, .. } = self.more();
        let accentless = accentless.get(stemmer).filter(|_| is_accentless);
        let other = || stemmer.checked_sub(1).and_then(|at| others.get(at).copied());
        accentless.copied().flatten().or_else(other).unwrap_or(0)
    }

    /// Leaves out the readings of words, which are read together, with terms that no document has.
    pub(crate) fn retain(words: &mut [&mut StemSet], is_there: impl Fn(&str) -> bool) {
        if words.iter().all(|word| word.more.is_none()) {
            return;
        }
        if let [word] = words {
            let MoreTerms { terms, others, accentless } = word.more();
            let there: Vec<bool> = terms.iter().map(|term| is_there(term)).collect();
            let is_there = |number: &&u8| match usize::from(**number) {
                0 => is_there(&word.first),
                number => there[number - 1],
            };
            let mut kept = StemSet::of(word.first.clone());
            for number in others.iter().filter(|number| **number > 0).filter(is_there) {
                kept.add_other(Some(word.numbered(*number)));
            }
            for number in accentless.iter().flatten().filter(is_there) {
                kept.add_accentless(Some(word.numbered(*number)));
            }
            **word = kept;
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
            let mut read = StemSet::of(std::mem::take(&mut word.first));
            kept.iter().for_each(|reading| read.add_other(Some(&reading[at])));
            **word = read;
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
    fn stems(terms: &'static str, accentless: &'static str) -> StemSet {
        let optional = |term: &'static str| (term != "-").then_some(term);
        let mut terms = terms.split(' ');
        let mut set = StemSet::of(terms.next().unwrap().to_owned());
        terms.for_each(|term| set.add_other(optional(term)));
        accentless.split_whitespace().for_each(|term| set.add_accentless(optional(term)));
        set.shorten();
        set
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
