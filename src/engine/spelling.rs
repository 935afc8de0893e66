//! Spelling: words that no document has are corrected against the words that documents do have.

use crate::{
    analysis::{analyzer::Analyzer, english::is_english, stem_set::StemSet},
    engine::{
        index::{Index, NearWord, TermKind},
        near_words::NearWords,
    },
    error::Error,
    query::{
        group::{Group, Variant, variant_of},
        note::{Corrected, Note},
        plan::Plan,
        synonyms::{Synonyms, key},
        weights::NEAR_WORD_WEIGHT,
    },
};

/// Shorter words are left alone: too many others are near.
const MIN_LETTERS: usize = 4;
/// From so many letters on two mistakes are forgiven, when the first letter is right.
const TWO_MISTAKES_LETTERS: usize = 9;
/// One document of so many must have the word then: few people make two mistakes, and rare words
/// that are right are two letters from others.
const TWO_MISTAKES_DOCUMENTS: u64 = 10_000;
/// Parts of a word that was written without its blank have so many letters.
const MIN_PART_LETTERS: usize = 3;
/// So many words of a query are corrected: each takes a millisecond or more in a large index.
const MOST_CORRECTED: usize = 32;
/// A word of so few documents may be a mistake, when so many times more have a near one. It is
/// suggested, or searched for as well.
const FEW: u32 = 3;
const SUGGESTED: u32 = 10;
const SEARCHED: u32 = 100;

/// Replaces words that no document has by near ones that some have, and lets near ones that are
/// far more frequent be found, too.
pub(crate) fn correct(
    index: &dyn Index,
    analyzer: &mut Analyzer,
    near: &mut NearWords,
    plan: &mut Plan,
    synonyms: &Synonyms,
) -> Result<(), Error> {
    let mut speller = Speller::new(index, analyzer, near);
    let mut at = 0;
    while at < plan.groups.len() {
        if let Some(note) = speller.correct(&mut plan.groups, at, synonyms)? {
            let (Note::Corrected(corrected) | Note::AlsoSearched(corrected)) = &note else {
                continue;
            };
            plan.corrected.push(corrected.clone());
            plan.notes.push(note);
        }
        at += 1;
    }
    Ok(())
}

/// Notes words that are near to those of a plan, when `total` documents match: to words that no
/// document has though all must, and to those that few have.
pub(crate) fn suggestions(
    index: &dyn Index,
    analyzer: &mut Analyzer,
    near: &mut NearWords,
    plan: &Plan,
    total: usize,
) -> Result<Vec<Note>, Error> {
    let mut speller = Speller::new(index, analyzer, near);
    let is_corrected = |word: &str| plan.corrected.iter().any(|known| known.typed == word);
    let mut words = Vec::new();
    for group in plan.groups.iter().filter(|group| is_single_word(group)) {
        // By the reading that most documents have.
        if index.word_freq(&group.variants[0].0.terms()[0])? <= FEW {
            words.push(&group.surface);
        }
    }
    words.extend(&plan.demanded_words);
    let mut notes: Vec<Note> = Vec::new();
    for word in words.into_iter().filter(|word| !is_corrected(word)) {
        let documents = speller.documents(word)?;
        let other = match documents {
            0 => speller.correction(word)?.map(|words| words.join(" ")),
            1..=FEW if total <= FEW as usize => {
                speller.more_frequent(word, documents * SUGGESTED)?
            }
            _ => None,
        };
        let note =
            other.map(|other| Note::MaybeMisspelled { typed: word.clone(), other, documents });
        notes.extend(note.filter(|note| !notes.contains(note)));
    }
    Ok(notes)
}

/// Whether a group is a word as it was typed.
fn is_single_word(group: &Group) -> bool {
    group.words == 1 && group.position.is_some() && matches!(group.variants[0].0, Variant::Term(_))
}

struct Speller<'a> {
    index: &'a dyn Index,
    analyzer: &'a mut Analyzer,
    near: &'a mut NearWords,
    /// How many more words may be looked for.
    left: usize,
}

impl<'a> Speller<'a> {
    fn new(
        index: &'a dyn Index,
        analyzer: &'a mut Analyzer,
        near: &'a mut NearWords,
    ) -> Speller<'a> {
        Speller { index, analyzer, near, left: MOST_CORRECTED }
    }

    /// Corrects the group at a place, perhaps with one beside it.
    fn correct(
        &mut self,
        groups: &mut Vec<Group>,
        at: usize,
        synonyms: &Synonyms,
    ) -> Result<Option<Note>, Error> {
        if !is_single_word(&groups[at]) {
            return Ok(None);
        }
        let mut documents = 0;
        for (variant, _) in &groups[at].variants {
            let mut rarest = None;
            for term in variant.terms() {
                let found = self.index.word_freq(term)?;
                rarest = Some(rarest.map_or(found, |rarest: u32| rarest.min(found)));
            }
            documents += rarest.unwrap_or_default();
        }
        let typed = groups[at].surface.clone();
        if documents >= FEW {
            return Ok(None);
        }
        if documents > 0 {
            let Some(used) = self.more_frequent(&typed, documents * SEARCHED)? else {
                return Ok(None);
            };
            let variant = Variant::Term(self.analyzer.stem(&used));
            groups[at].variants.push((variant, NEAR_WORD_WEIGHT));
            return Ok(Some(Note::AlsoSearched(Corrected { typed, used })));
        }
        for first in [Some(at), at.checked_sub(1)].into_iter().flatten() {
            let Some([left, right]) = groups.get(first..first + 2) else { continue };
            if let Some(whole) = self.joined(left, right)? {
                let typed = format!("{} {}", left.surface, right.surface);
                groups.remove(first + 1);
                return Ok(Some(self.replaced(&mut groups[first], typed, vec![whole], synonyms)));
            }
        }
        let words = self.correction(&typed)?;
        Ok(words.map(|words| self.replaced(&mut groups[at], typed, words, synonyms)))
    }

    /// Takes other words for a group.
    fn replaced(
        &mut self,
        group: &mut Group,
        typed: String,
        words: Vec<String>,
        synonyms: &Synonyms,
    ) -> Note {
        let terms: Vec<StemSet> = words.iter().map(|word| self.analyzer.stem(word)).collect();
        let others = synonyms.get(&key(terms.iter()), self.analyzer);
        group.words = terms.len();
        group.variants = vec![(variant_of(terms, Variant::All), 1.0)];
        group.add_synonyms(others);
        Note::Corrected(Corrected { typed, used: words.join(" ") })
    }

    /// What a word was most likely meant to be that no document has: a word or, when a blank is
    /// missing, two.
    fn correction(&mut self, typed: &str) -> Result<Option<Vec<String>>, Error> {
        if !self.may_correct(typed) {
            return Ok(None);
        }
        let near = self.near.one_mistake_away(self.index, typed, 0)?;
        if let Some(NearWord { word, .. }) = near {
            return Ok(Some(vec![word]));
        }
        if let Some(parts) = self.parts(typed)? {
            return Ok(Some(parts));
        }
        if typed.len() < TWO_MISTAKES_LETTERS {
            return Ok(None);
        }
        let near = self.index.two_mistakes_away(typed)?;
        let is_frequent = |near: &NearWord| {
            u64::from(near.documents) >= self.index.documents() / TWO_MISTAKES_DOCUMENTS
        };
        Ok(near.filter(is_frequent).map(|near| vec![near.word]))
    }

    /// The word near to one of few documents, when so many have it.
    fn more_frequent(&mut self, typed: &str, at_least: u32) -> Result<Option<String>, Error> {
        if !self.may_correct(typed) {
            return Ok(None);
        }
        let near = self.near.one_mistake_away(self.index, typed, at_least)?;
        Ok(near.map(|near| near.word))
    }

    /// Whether a word is one that can be misspelled and is not known to be right, and not one of too
    /// many.
    fn may_correct(&mut self, typed: &str) -> bool {
        if !is_word(typed) || is_english(typed) || self.left == 0 {
            return false;
        }
        self.left -= 1;
        true
    }

    /// How many documents have a word, inflected or not; of a frequent one those of the first stemmer.
    fn documents(&mut self, word: &str) -> Result<u32, Error> {
        let word = self.analyzer.stem(word);
        let documents = self.index.doc_freq(TermKind::Stem, word.first())?;
        if documents > FEW { Ok(documents) } else { self.index.word_freq(&word) }
    }

    /// The word of which two are the parts, when documents have it.
    fn joined(&self, left: &Group, right: &Group) -> Result<Option<String>, Error> {
        let follows = right.position == left.position.map(|position| position + 1);
        let whole = format!("{}{}", left.surface, right.surface);
        if !(follows && is_single_word(left) && is_single_word(right) && is_word(&whole)) {
            return Ok(None);
        }
        Ok(self.has(&whole)?.then_some(whole))
    }

    /// Whether any document has a word as it is.
    fn has(&self, word: &str) -> Result<bool, Error> {
        Ok(self.index.doc_freq(TermKind::Word, word)? > 0 && self.index.is_written(word)?)
    }

    /// The two words that were written as one, when documents have one after the other.
    fn parts(&mut self, typed: &str) -> Result<Option<Vec<String>>, Error> {
        let mut best: Option<(usize, Vec<String>)> = None;
        for at in MIN_PART_LETTERS..=typed.len().saturating_sub(MIN_PART_LETTERS) {
            let parts = [&typed[..at], &typed[at..]];
            let mut are_there = true;
            for part in parts {
                are_there = are_there && self.index.doc_freq(TermKind::Word, part)? > 0;
            }
            if !are_there {
                continue;
            }
            let terms = parts.map(|part| self.analyzer.stem(part));
            let documents = self.index.count_phrase(&terms)?;
            // Documents are read last, and only where it matters.
            if documents > best.as_ref().map_or(0, |(most, _)| *most)
                && self.index.is_written(parts[0])?
                && self.index.is_written(parts[1])?
            {
                best = Some((documents, parts.map(str::to_owned).to_vec()));
            }
        }
        Ok(best.map(|(_, parts)| parts))
    }
}

/// Whether a word has letters alone, and enough of them: numbers and names with digits have no
/// spelling, and too many words are near to a short one.
fn is_word(word: &str) -> bool {
    (MIN_LETTERS..=40).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase())
}
