//! Synonyms: the terms of what means the same.

use std::collections::BTreeMap;

use crate::{
    aliases::Aliases,
    analysis::{analyzer::Analyzer, language::Language, stem_set::StemSet},
    query::typed_word::{TypedWord, typed_words},
};

/// What means the same as words and phrases.
pub(crate) struct Synonyms {
    /// Terms of a word or phrase by the first stemmer, joined by spaces → the others as written.
    others: BTreeMap<String, Vec<String>>,
}

/// The words of a phrase as [`Synonyms`] know it.
pub(crate) fn key<'w>(words: impl Iterator<Item = &'w StemSet>) -> String {
    words.map(StemSet::first).collect::<Vec<_>>().join(" ")
}

impl Synonyms {
    /// The synonyms of aliases, for texts of these languages, of which the first one counts.
    pub(crate) fn new(aliases: &Aliases, languages: &[Language]) -> Synonyms {
        // The others are read in all languages when they are asked for.
        let mut analyzer = Analyzer::of(&languages[..languages.len().min(1)]);
        let mut others: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for set in &aliases.synonyms {
            let keys = set.iter().map(|text| key(terms(text, &mut analyzer).iter()));
            let members: Vec<(String, &String)> =
                keys.zip(set).filter(|(key, _)| !key.is_empty()).collect();
            for (member, _) in &members {
                let texts = members.iter().filter(|(other, _)| other != member);
                let known = others.entry(member.clone()).or_default();
                known.extend(texts.map(|(_, text)| (*text).clone()));
            }
        }
        Synonyms { others }
    }

    /// Whether there are any of a word or phrase.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.others.contains_key(key)
    }

    /// The terms of each one of a word or phrase, as an analyzer reads them.
    pub(crate) fn get(&self, key: &str, analyzer: &mut Analyzer) -> Vec<Vec<StemSet>> {
        let Some(others) = self.others.get(key) else { return Vec::new() };
        others.iter().map(|text| terms(text, analyzer)).collect()
    }
}

/// The terms of a text.
fn terms(text: &str, analyzer: &mut Analyzer) -> Vec<StemSet> {
    let words = analyzer.words(text);
    let typed = typed_words(&words);
    typed.iter().flat_map(TypedWord::words).map(|word| word.term.clone()).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        aliases::Aliases,
        analysis::analyzer::Analyzer,
        query::{group::Group, synonyms::Synonyms},
    };

    /// The variants of saying what means the same as `term`.
    #[track_caller]
    fn check(groups: &[&[&str]], term: &str, expected: &[&str]) {
        let group = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let groups = groups.iter().map(group).collect();
        let synonyms = Synonyms::new(&Aliases { synonyms: groups, ..Aliases::default() }, &[]);
        let mut group = Group::of_term(term.to_owned());
        group.add_synonyms(synonyms.get(term, &mut Analyzer::default()));
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
