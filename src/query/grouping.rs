//! Grouping: the free words of a query as groups for ranking.

use crate::{
    analysis::{
        analyzer::{Analyzer, Word},
        raw_word::Joint,
        stem_set::StemSet,
        unspaced::is_single_cjk,
    },
    query::{
        group::{Group, Variant, stop_word_variants, variant_of},
        note::Note,
        plan::Plan,
        prefix::Prefix,
        synonyms::{Synonyms, key},
        typed_word::{TypedWord, typed_words},
    },
};

/// More words than this in one query are ignored.
const MAX_GROUPS: usize = 512;
/// Words of the longest synonym that is looked for.
const LONGEST_SYNONYM: usize = 4;

/// Adds the groups of free words to a plan: stop words are left out unless there is nothing else,
/// repeated words are counted, synonyms and compounds are added.
pub(crate) fn add_groups(
    words: &[Word],
    synonyms: &Synonyms,
    analyzer: &mut Analyzer,
    plan: &mut Plan,
) {
    let has_synonyms = |typed: &[TypedWord<'_>]| synonyms.has(&key_of(typed));
    let has_own = |typed: &TypedWord<'_>| has_synonyms(std::slice::from_ref(typed));
    let typed = typed_words(words).into_iter().filter(|typed| !typed.is_stop());
    // `ML-based` is said by what means the same as `ML`.
    let typed = typed.flat_map(|typed| {
        let is_hyphenated = typed.joint() == Some(Joint::Hyphen);
        let parts = if is_hyphenated { typed.clone().split() } else { Vec::new() };
        match !has_own(&typed) && parts.iter().any(has_own) {
            true => parts,
            false => vec![typed],
        }
    });
    let typed: Vec<TypedWord<'_>> = typed.collect();
    if typed.is_empty() && plan.required.is_empty() {
        plan.groups.extend(stop_word_groups(words));
        return;
    }
    let mut rest = typed.as_slice();
    while !rest.is_empty() && plan.groups.len() < MAX_GROUPS {
        let mut known = (1..=LONGEST_SYNONYM.min(rest.len())).rev();
        let count = known.find(|count| has_synonyms(&rest[..*count])).unwrap_or(1);
        let (now, later) = rest.split_at(count);
        rest = later;
        let group = group_of(now, synonyms.get(&key_of(now), analyzer));
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

/// Words that follow each other as synonyms know them; nothing when there are too many.
fn key_of(typed: &[TypedWord<'_>]) -> String {
    let words: Vec<&Word> = typed.iter().flat_map(TypedWord::words).collect();
    let words = if words.len() > LONGEST_SYNONYM { &[] } else { words.as_slice() };
    key(words.iter().map(|word| &word.term))
}

/// The group of one word or compound, or of several that have synonyms together.
fn group_of(typed: &[TypedWord<'_>], others: Vec<Vec<StemSet>>) -> Group {
    let words: Vec<&Word> = typed.iter().flat_map(TypedWord::words).collect();
    let mut variants = match typed {
        [one] => one.variants(),
        _ => {
            let terms = words.iter().map(|word| word.term.clone()).collect();
            vec![(variant_of(terms, Variant::All), 1.0)]
        }
    };
    if let [(Variant::Term(term), _)] = variants.as_slice()
        && is_single_cjk(term.first())
    {
        variants.push((Variant::Prefix(Prefix::of_word(term.first().to_owned())), 1.0));
    }
    let surface: Vec<String> = typed.iter().map(TypedWord::surface).collect();
    let position = words.first().map(|word| word.position);
    let mut group =
        Group { surface: surface.join(" "), times: 1.0, variants, words: words.len(), position };
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
