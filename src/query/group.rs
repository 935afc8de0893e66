//! Groups: the variants in which a document may say what a word of a query says.

use std::{collections::BTreeMap, fmt};

use crate::{
    aliases::Aliases,
    analysis::analyzer::{Analyzer, Word},
    query::{prefix::Prefix, weights},
};

/// One thing that a document may say in several variants.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// As typed.
    pub(crate) surface: String,
    /// How often it was typed.
    pub(crate) times: f32,
    /// The variants with their weights, the typed one first.
    pub(crate) variants: Vec<(Variant, f32)>,
    /// How many typed words it stands for.
    pub(crate) words: usize,
    /// Where it stood in the query, for the nearness of words; stop words count.
    pub(crate) position: Option<usize>,
}

/// A variant of saying something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Variant {
    /// A term of the text.
    Term(String),
    /// Several terms, in any order.
    All(Vec<String>),
    /// Several terms one after the other.
    Phrase(Vec<String>),
    /// Stop words that follow each other, or a lone one in a title: a term of their own field.
    StopWords(String),
    /// A word that begins like this.
    Prefix(Prefix),
}

/// Terms of a word or phrase, joined by spaces → the terms of what means the same.
pub(crate) type Synonyms = BTreeMap<String, Vec<Vec<String>>>;

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Variant::Term(term) => f.write_str(term),
            Variant::All(terms) => f.write_str(&terms.join("+")),
            Variant::Phrase(terms) => write!(f, "\"{}\"", terms.join(" ")),
            Variant::StopWords(words) => write!(f, "stop words:{words}"),
            Variant::Prefix(prefix) => prefix.fmt(f),
        }
    }
}

impl Variant {
    /// The terms of the text that it is made of.
    pub(crate) fn terms(&self) -> &[String] {
        match self {
            Variant::Term(term) => std::slice::from_ref(term),
            Variant::All(terms) | Variant::Phrase(terms) => terms,
            Variant::Prefix(prefix) => &prefix.before,
            Variant::StopWords(_) => &[],
        }
    }
}

impl Group {
    /// A group of one term that nobody typed.
    pub(crate) fn of_term(term: String) -> Group {
        let (surface, variants) = (term.clone(), vec![(Variant::Term(term), 1.0)]);
        Group { surface, times: 1.0, variants, words: 0, position: None }
    }

    /// Adds what means the same, each variant once: spellings that differ for people are
    /// often the same terms, and a variant that stands there twice would count twice.
    pub(crate) fn add_synonyms(&mut self, others: Option<&Vec<Vec<String>>>) {
        for other in others.into_iter().flatten() {
            let variant = variant_of(other.clone(), Variant::Phrase);
            if self.variants.iter().all(|(known, _)| *known != variant) {
                self.variants.push((variant, weights::SYNONYM_WEIGHT));
            }
        }
    }

    /// Its pairs of stop words.
    pub(crate) fn stop_words(&self) -> impl Iterator<Item = &str> {
        self.variants.iter().filter_map(|(variant, _)| match variant {
            Variant::StopWords(words) if !words.starts_with('=') => Some(words.as_str()),
            _ => None,
        })
    }
}

/// Pairs of stop words that follow each other, or a lone one, with the variants of saying them.
pub(crate) fn stop_word_variants(words: &[Word]) -> Vec<(String, Vec<(Variant, f32)>)> {
    if let [word] = words {
        return vec![(
            word.folded.clone(),
            vec![(Variant::StopWords(format!("={}", word.folded)), 1.0)],
        )];
    }
    let pairs = words.windows(2).map(|pair| format!("{} {}", pair[0].folded, pair[1].folded));
    let variants = |pair: &str| {
        vec![
            (Variant::StopWords(format!("={pair}")), 1.0),
            (Variant::StopWords(pair.to_owned()), 1.0),
        ]
    };
    pairs.map(|pair| (pair.clone(), variants(&pair))).collect()
}

/// The synonyms of aliases, analysed.
pub(crate) fn synonyms(aliases: &Aliases) -> Synonyms {
    let mut analyzer = Analyzer::default();
    let mut synonyms = Synonyms::new();
    for set in &aliases.synonyms {
        let members: Vec<Vec<String>> = set
            .iter()
            .map(|text| {
                let words = analyzer.words(text).into_iter();
                words.filter(|word| !word.is_stop).map(|word| word.term).collect()
            })
            .filter(|terms: &Vec<String>| !terms.is_empty())
            .collect();
        for member in &members {
            let others = members.iter().filter(|other| *other != member).cloned();
            synonyms.entry(member.join(" ")).or_default().extend(others);
        }
    }
    synonyms
}

/// One term as itself, several by the variant that is given.
pub(crate) fn variant_of(
    mut terms: Vec<String>,
    several: impl Fn(Vec<String>) -> Variant,
) -> Variant {
    if terms.len() == 1 { Variant::Term(terms.remove(0)) } else { several(terms) }
}

#[cfg(test)]
mod tests {
    use crate::{
        aliases::Aliases,
        query::group::{Group, Variant, synonyms},
    };

    /// The variants of saying what means the same as `term`.
    #[track_caller]
    fn check(groups: &[&[&str]], term: &str, expected: &[&str]) {
        let group = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let groups = groups.iter().map(group).collect();
        let synonyms = synonyms(&Aliases { synonyms: groups, ..Aliases::default() });
        let variants = vec![(Variant::Term(term.to_owned()), 1.0)];
        let mut group =
            Group { surface: term.to_owned(), times: 1.0, variants, words: 1, position: None };
        group.add_synonyms(synonyms.get(term));
        let variants: Vec<String> =
            group.variants.iter().map(|(variant, _)| variant.to_string()).collect();
        assert_eq!(variants, expected);
    }

    #[test]
    fn what_means_the_same_counts_once() {
        let in_one = ["real time", "real-time", "realtime", "Real Time"];
        check(&[&in_one], "realtim", &["realtim", "\"real time\""]);
        let in_two: [&[&str]; 2] = [&["k8s", "kubernetes"], &["kubernetes", "kube", "k8s"]];
        check(&in_two, "k8s", &["k8s", "kubernet", "kube"]);
        check(&[&["test", "testing"]], "test", &["test"]);
    }
}
