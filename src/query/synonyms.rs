//! Synonyms: the terms of what means the same.

use std::collections::BTreeMap;

use crate::{
    aliases::Aliases,
    analysis::{analyzer::Analyzer, language::Language, stem_set::StemSet},
    query::typed_word::{TypedWord, typed_words},
};

/// Terms of a word or phrase by the first stemmer, joined by spaces → what means the same.
pub(crate) type Synonyms = BTreeMap<String, Vec<Vec<StemSet>>>;

/// The words of a phrase as [`Synonyms`] know it.
pub(crate) fn key<'w>(words: impl Iterator<Item = &'w StemSet>) -> String {
    words.map(StemSet::first).collect::<Vec<_>>().join(" ")
}

/// The synonyms of aliases, analysed for texts of these languages.
pub(crate) fn synonyms(aliases: &Aliases, languages: &[Language]) -> Synonyms {
    let mut analyzer = Analyzer::of(languages);
    let mut synonyms = Synonyms::new();
    for set in &aliases.synonyms {
        let members: Vec<Vec<StemSet>> = set
            .iter()
            .map(|text| {
                let words = analyzer.words(text);
                let typed = typed_words(&words);
                let words = typed.iter().flat_map(TypedWord::words);
                words.map(|word| word.term.clone()).collect()
            })
            .filter(|terms: &Vec<StemSet>| !terms.is_empty())
            .collect();
        for member in &members {
            let others = members.iter().filter(|other| *other != member).cloned();
            synonyms.entry(key(member.iter())).or_default().extend(others);
        }
    }
    synonyms
}

#[cfg(test)]
mod tests {
    use crate::{
        aliases::Aliases,
        query::{group::Group, synonyms::synonyms},
    };

    /// The variants of saying what means the same as `term`.
    #[track_caller]
    fn check(groups: &[&[&str]], term: &str, expected: &[&str]) {
        let group = |words: &&[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let groups = groups.iter().map(group).collect();
        let synonyms = synonyms(&Aliases { synonyms: groups, ..Aliases::default() }, &[]);
        let mut group = Group::of_term(term.to_owned());
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
