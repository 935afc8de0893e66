//! Typed words: single words and compounds, each of which says one thing.

use crate::{
    analysis::{
        analyzer::Word,
        raw_word::{Joint, Role},
        stem_set::StemSet,
        text_field::TextField,
    },
    query::{
        condition::Condition,
        group::{Variant, variant_of},
        tree::Occur,
        weights,
    },
};

/// Longer compounds without a whole are words of their own.
const MOST_PARTS: usize = 4;

/// A word or a compound as it was typed.
#[derive(Clone)]
pub(crate) struct TypedWord<'w> {
    /// Its parts, stop words among them; a single word is its only part.
    parts: Vec<&'w Word>,
    /// All parts as one word.
    whole: Option<&'w Word>,
}

/// The words and compounds that were typed.
pub(crate) fn typed_words(words: &[Word]) -> Vec<TypedWord<'_>> {
    let mut typed: Vec<TypedWord<'_>> = Vec::new();
    for word in words {
        match (word.role, typed.last_mut()) {
            (Role::Beginning, _) => {}
            (Role::Part, Some(last)) => last.parts.push(word),
            (Role::Whole { .. }, Some(last)) => last.whole = Some(word),
            _ => typed.push(TypedWord { parts: vec![word], whole: None }),
        }
    }
    let mut short = Vec::with_capacity(typed.len());
    for word in typed {
        match word.whole.is_none() && word.parts.len() > MOST_PARTS {
            true => short.extend(word.split()),
            false => short.push(word),
        }
    }
    short
}

/// The words of a phrase: of compounds the whole, but the parts of those that are often written
/// apart, and of one that stands alone.
pub(crate) fn phrase_words(words: &[Word]) -> Vec<Word> {
    let typed = typed_words(words);
    let is_alone = typed.len() == 1;
    let of_typed = |typed: &TypedWord<'_>| match typed.whole {
        Some(whole) if !(typed.has_words() || is_alone && typed.content().len() > 1) => {
            vec![whole.clone()]
        }
        _ => typed.parts.iter().map(|part| (*part).clone()).collect(),
    };
    typed.iter().flat_map(of_typed).collect()
}

impl<'w> TypedWord<'w> {
    /// Whether it is but a stop word.
    pub(crate) fn is_stop(&self) -> bool {
        self.whole.is_none() && self.content().is_empty()
    }

    /// Whether each text that has it has its words: not so names in camel case.
    pub(crate) fn has_words(&self) -> bool {
        self.parts.len() > 1 && self.joint() != Some(Joint::Capital) && self.content().len() > 1
    }

    /// What joins its parts.
    pub(crate) fn joint(&self) -> Option<Joint> {
        match self.whole?.role {
            Role::Whole { joint } => Some(joint),
            _ => None,
        }
    }

    /// The words that it is known by, none of them a stop word.
    pub(crate) fn words(&self) -> Vec<&'w Word> {
        match self.whole {
            Some(whole) if !self.has_words() => vec![whole],
            _ => self.content(),
        }
    }

    /// As it was typed.
    pub(crate) fn surface(&self) -> String {
        let words = self.words();
        words.iter().map(|word| word.folded.as_str()).collect::<Vec<_>>().join("-")
    }

    /// Its parts as words of their own.
    pub(crate) fn split(self) -> Vec<TypedWord<'w>> {
        let content = self.parts.into_iter().filter(|part| !part.is_stop);
        content.map(|part| TypedWord { parts: vec![part], whole: None }).collect()
    }

    /// How a document may say it, with weights, the way it was typed first.
    pub(crate) fn variants(&self) -> Vec<(Variant, f32)> {
        let whole = self.whole.map(|whole| Variant::Term(whole.term.clone()));
        let content = self.content();
        if content.len() < 2 {
            let part = content.first().map(|word| Variant::Term(word.term.clone()));
            let longer = content.first().filter(|word| is_version(word.term.first()));
            let longer = longer.map(|word| format!("{}.", word.term.first()));
            let longer = longer.map(|term| Variant::Term(StemSet::of(term)));
            let said = whole.or(part).map(|variant| (variant, 1.0));
            let longer = longer.map(|variant| (variant, weights::COMPOUND_WEIGHT));
            return said.into_iter().chain(longer).collect();
        }
        let terms: Vec<StemSet> = content.iter().map(|word| word.term.clone()).collect();
        let first = content[0].position;
        let offsets: Vec<usize> = content.iter().map(|word| word.position - first).collect();
        let is_gapless = content.len() == self.parts.len();
        let is_loose = matches!(self.joint(), Some(Joint::Point | Joint::Hyphen));
        let apart = match is_gapless && is_loose {
            true => variant_of(terms, Variant::All),
            false => Variant::Apart { terms, offsets },
        };
        match whole {
            Some(whole) if self.has_words() => {
                vec![(apart, 1.0), (whole, weights::COMPOUND_WEIGHT)]
            }
            Some(whole) => vec![(whole, 1.0), (apart, weights::COMPOUND_WEIGHT)],
            None => vec![(apart, 1.0)],
        }
    }

    /// What a document must be like that says it in a field.
    pub(crate) fn condition(&self, field: TextField) -> Option<Condition> {
        let variants = self.variants().into_iter().filter_map(|(variant, _)| {
            let condition = match variant {
                Variant::Term(term) => Condition::Term { field, term },
                Variant::Apart { terms, offsets } => {
                    let terms = offsets.into_iter().zip(terms).collect();
                    Condition::Phrase { field, terms, slop: 0 }
                }
                variant => {
                    let terms = variant.terms().iter().cloned();
                    let terms = terms.map(|term| (Occur::Must, Condition::Term { field, term }));
                    Condition::of_parts(terms.collect())?
                }
            };
            Some((Occur::Should, condition))
        });
        Condition::of_parts(variants.collect())
    }

    fn content(&self) -> Vec<&'w Word> {
        self.parts.iter().copied().filter(|part| !part.is_stop).collect()
    }
}

/// Whether a term is a number that longer ones may begin with: `3.11`.
fn is_version(term: &str) -> bool {
    term.contains('.') && term.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests {
    use crate::{
        analysis::analyzer::Analyzer,
        query::typed_word::{phrase_words, typed_words},
    };

    /// The variants of what was typed, and the words of it as a phrase.
    #[track_caller]
    fn check(text: &str, variants: &str, phrase: &str) {
        let words = Analyzer::default().words(text);
        let typed = typed_words(&words);
        let typed = typed.iter().filter(|typed| !typed.is_stop()).map(|typed| {
            let variants = typed.variants().into_iter();
            variants.map(|(variant, _)| variant.to_string()).collect::<Vec<_>>().join("|")
        });
        assert_eq!(typed.collect::<Vec<_>>().join(" "), variants);
        let phrase_words = phrase_words(&words);
        let terms = phrase_words.iter().filter(|word| !word.is_stop);
        let terms = terms.map(|word| format!("{}@{}", word.term, word.position));
        assert_eq!(terms.collect::<Vec<_>>().join(" "), phrase);
    }

    #[test]
    fn compounds_are_said_in_several_ways() {
        check("the real-time store", "real+time|realtim store", "real@1 time@2 store@3");
        check("end-to-end", "\"end * end\"|endtoend", "end@0 end@2");
        check("over-fitting to-do", "overfit todo", "overfit@1 todo@3");
        check("RandomForest x", "randomforest|\"random forest\" x", "randomforest@1 x@2");
        check("select_related is_on", "\"select relat\" ison", "select@0 relat@1 ison@3");
        check("Node.js LinkedIn", "node+js|nodej linkedin", "node@0 js@1 linkedin@3");
        check("C++17 3.11.2", "c++17 3.11.2|3.11.2.", "c++17@0 3.11.2@1");
        check("การเรียนรู้", "\"การ เรียน รู้\"", "การ@0 เรียน@1 รู้@2");
        check("a-b-c-d-e-f", "b c d e f", "b@1 c@2 d@3 e@4 f@5");
    }
}
