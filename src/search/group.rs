//! Groups: the ways in which a document may say what a word of a query says.

use std::{collections::BTreeMap, fmt};

use tantivy::{
    Term,
    query::{Occur, PhraseQuery, Query},
};

use crate::{
    aliases::Aliases,
    analysis::analyzer::{Analyzer, Word},
    engine::local::schema::Fields,
    search::{
        engine::{boolean, boosted, prefix_query, term_query},
        rank,
    },
};

/// One thing that a document may say in several ways.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// As typed.
    pub(crate) surface: String,
    /// How often it was typed.
    pub(crate) times: f32,
    /// The ways, the typed one first.
    pub(crate) ways: Vec<(Way, f32)>,
    /// How many typed words it stands for.
    pub(crate) words: usize,
    /// Where it stood in the query, for the nearness of words; stop words count.
    pub(crate) position: Option<usize>,
}

/// A way to say something.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Way {
    /// A term of the text.
    Term(String),
    /// Several terms, in any order.
    All(Vec<String>),
    /// Several terms one after the other.
    Phrase(Vec<String>),
    /// Stop words that follow each other, or a lone one in a title: a term of their own field.
    Small(String),
    /// Terms that begin like this.
    Prefix(String),
}

/// Terms of a word or phrase, joined by spaces → the terms of what means the same.
pub(crate) type Synonyms = BTreeMap<String, Vec<Vec<String>>>;

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Way::Term(term) => f.write_str(term),
            Way::All(terms) => f.write_str(&terms.join("+")),
            Way::Phrase(terms) => write!(f, "\"{}\"", terms.join(" ")),
            Way::Small(words) => write!(f, "small:{words}"),
            Way::Prefix(stem) => write!(f, "{stem}*"),
        }
    }
}

impl Way {
    /// The terms of the text that it is made of.
    pub(crate) fn terms(&self) -> &[String] {
        match self {
            Way::Term(term) => std::slice::from_ref(term),
            Way::All(terms) | Way::Phrase(terms) => terms,
            Way::Small(_) | Way::Prefix(_) => &[],
        }
    }
}

impl Group {
    /// Adds what means the same, each way to say it once: spellings that differ for people are
    /// often the same terms, and a way that stands there twice would count twice.
    pub(crate) fn add_synonyms(&mut self, others: Option<&Vec<Vec<String>>>) {
        for other in others.into_iter().flatten() {
            let way = way_of(other.clone(), Way::Phrase);
            if self.ways.iter().all(|(known, _)| *known != way) {
                self.ways.push((way, rank::SYNONYM_WEIGHT));
            }
        }
    }

    /// Its pairs of stop words.
    pub(crate) fn small(&self) -> impl Iterator<Item = &str> {
        self.ways.iter().filter_map(|(way, _)| match way {
            Way::Small(words) if !words.starts_with('=') => Some(words.as_str()),
            _ => None,
        })
    }

    pub(crate) fn query(&self, fields: &Fields) -> Option<Box<dyn Query>> {
        let ways = self.ways.iter().filter_map(|(way, weight)| {
            let query: Box<dyn Query> = match way {
                Way::Term(term) => term_query(fields.text, term),
                Way::Small(words) => term_query(fields.stop_words, words),
                Way::All(terms) => boolean(
                    terms.iter().map(|t| (Occur::Must, term_query(fields.text, t))).collect(),
                )?,
                Way::Phrase(terms) => Box::new(PhraseQuery::new(
                    terms.iter().map(|term| Term::from_field_text(fields.text, term)).collect(),
                )),
                Way::Prefix(stem) => prefix_query(fields.text, stem)?,
            };
            Some((Occur::Should, boosted(query, weight * self.times)))
        });
        boolean(ways.collect())
    }
}

/// Pairs of stop words that follow each other, or a lone one, with the ways to say them.
pub(crate) fn small_ways(words: &[Word]) -> Vec<(String, Vec<(Way, f32)>)> {
    if let [word] = words {
        return vec![(word.folded.clone(), vec![(Way::Small(format!("={}", word.folded)), 1.0)])];
    }
    let pairs = words.windows(2).map(|pair| format!("{} {}", pair[0].folded, pair[1].folded));
    let ways = |pair: &str| {
        vec![(Way::Small(format!("={pair}")), 1.0), (Way::Small(pair.to_owned()), 1.0)]
    };
    pairs.map(|pair| (pair.clone(), ways(&pair))).collect()
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

/// One term as itself, several in the way that is given.
pub(crate) fn way_of(mut terms: Vec<String>, several: impl Fn(Vec<String>) -> Way) -> Way {
    if terms.len() == 1 { Way::Term(terms.remove(0)) } else { several(terms) }
}

#[cfg(test)]
mod tests {
    use crate::{
        aliases::Aliases,
        search::group::{Group, Way, synonyms},
    };

    /// The ways to say what means the same as `term`.
    #[track_caller]
    fn check(groups: &[&[&str]], term: &str, expected: &[&str]) {
        let group = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let groups = groups.iter().map(group).collect();
        let synonyms = synonyms(&Aliases { synonyms: groups, ..Aliases::default() });
        let ways = vec![(Way::Term(term.to_owned()), 1.0)];
        let mut group =
            Group { surface: term.to_owned(), times: 1.0, ways, words: 1, position: None };
        group.add_synonyms(synonyms.get(term));
        let ways: Vec<String> = group.ways.iter().map(|(way, _)| way.to_string()).collect();
        assert_eq!(ways, expected);
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
