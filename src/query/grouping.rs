//! Grouping: the free words of a query as groups for ranking.

use crate::{
    analysis::{
        analyzer::{Analyzer, Word},
        unspaced::is_single_cjk,
    },
    query::{
        group::{Group, Synonyms, Variant, stop_word_variants, variant_of},
        note::Note,
        plan::Plan,
        prefix::Prefix,
        weights,
    },
};

/// More words than this in one query are ignored.
const MAX_GROUPS: usize = 512;
/// Words of the longest synonym that is looked for.
const LONGEST_SYNONYM: usize = 4;

/// Words that make one group.
struct WordRun<'a> {
    words: &'a [&'a Word],
    /// What means the same as the words.
    others: Option<&'a Vec<Vec<String>>>,
    /// Whether a hyphen joins the words.
    is_compound: bool,
}

/// Adds the groups of free words to a plan: stop words are left out unless there is nothing else,
/// repeated words are counted, synonyms and compounds are added.
pub(crate) fn add_groups(
    words: &[Word],
    synonyms: &Synonyms,
    analyzer: &mut Analyzer,
    plan: &mut Plan,
) {
    let content: Vec<&Word> = words.iter().filter(|word| !word.is_stop).collect();
    if content.is_empty() && plan.required.is_empty() {
        plan.groups.extend(stop_word_groups(words));
        return;
    }
    let mut rest = content.as_slice();
    while !rest.is_empty() && plan.groups.len() < MAX_GROUPS {
        let run = next_run(rest, synonyms);
        rest = &rest[run.words.len()..];
        let group = group_of_run(&run, analyzer);
        plan.marks.prefixes.extend(group.variants.iter().filter_map(|(variant, _)| {
            if let Variant::Prefix(prefix) = variant {
                Some(prefix.beginning.clone())
            } else {
                None
            }
        }));
        let known = plan.groups.iter_mut().find(|known| known.variants[0] == group.variants[0]);
        match known {
            Some(known) => known.times += 1.0,
            None => plan.groups.push(group),
        }
    }
    if !rest.is_empty() {
        plan.notes.push(Note::TooManyWords { words: MAX_GROUPS });
    }
}

/// The words at the beginning that make one group: the longest that have synonyms, or two that a
/// hyphen joins, or one.
fn next_run<'w>(words: &'w [&'w Word], synonyms: &'w Synonyms) -> WordRun<'w> {
    for length in (1..=LONGEST_SYNONYM.min(words.len())).rev() {
        let terms: Vec<&str> = words[..length].iter().map(|word| word.term.as_str()).collect();
        if let Some(others) = synonyms.get(&terms.join(" ")) {
            return WordRun { words: &words[..length], others: Some(others), is_compound: false };
        }
    }
    let joins = |next: &&Word| next.is_joined && next.position == words[0].position + 1;
    let is_compound = words.get(1).is_some_and(joins);
    let words = &words[..if is_compound { 2 } else { 1 }];
    WordRun { words, others: None, is_compound }
}

fn group_of_run(run: &WordRun<'_>, analyzer: &mut Analyzer) -> Group {
    let WordRun { words, others, is_compound } = *run;
    let terms: Vec<String> = words.iter().map(|word| word.term.clone()).collect();
    let surface: Vec<&str> = words.iter().map(|word| word.folded.as_str()).collect();
    let surface = surface.join(if is_compound { "-" } else { " " });
    let mut variants = vec![(variant_of(terms.clone(), Variant::All), 1.0)];
    if let [term] = terms.as_slice()
        && is_single_cjk(term)
    {
        variants.push((Variant::Prefix(Prefix::of_word(term.clone())), 1.0));
    }
    if is_compound {
        let whole = analyzer.stem(&surface.replace('-', ""));
        variants.push((Variant::Term(whole), weights::COMPOUND_WEIGHT));
    }
    let (words, position) = (words.len(), Some(words[0].position));
    let mut group = Group { surface, times: 1.0, variants, words, position };
    group.add_synonyms(others);
    group
}

/// A group for each pair of stop words, each once.
fn stop_word_groups(words: &[Word]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (surface, variants) in stop_word_variants(words) {
        if groups.iter().all(|group| group.surface != surface) {
            groups.push(Group { surface, times: 1.0, variants, words: 1, position: None });
        }
    }
    groups
}
