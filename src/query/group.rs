//! Groups: the variants in which a document may say what a word of a query says.

use std::fmt;

use crate::{
    analysis::{analyzer::Word, stem_set::StemSet},
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
    /// A word of the text.
    Term(StemSet),
    /// Several words, in any order.
    All(Vec<StemSet>),
    /// Several words one after the other.
    Phrase(Vec<StemSet>),
    /// Several words at these distances from the first.
    Apart { terms: Vec<StemSet>, offsets: Vec<usize> },
    /// Stop words that follow each other, or a lone one in a title: a term of their own field.
    StopWords(String),
    /// A word that begins like this.
    Prefix(Prefix),
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Variant::Term(term) => term.fmt(f),
            Variant::All(terms) => f.write_str(&joined(terms, "+")),
            Variant::Phrase(terms) => write!(f, "\"{}\"", joined(terms, " ")),
            Variant::Apart { terms, offsets } => {
                f.write_str("\"")?;
                let mut next = 0;
                for (term, &offset) in terms.iter().zip(offsets) {
                    f.write_str(if offset > 0 { " " } else { "" })?;
                    f.write_str(&"* ".repeat(offset - next))?;
                    term.fmt(f)?;
                    next = offset + 1;
                }
                f.write_str("\"")
            }
            Variant::StopWords(words) => write!(f, "stop words:{words}"),
            Variant::Prefix(prefix) => prefix.fmt(f),
        }
    }
}

impl Variant {
    /// The words of the text that it is made of.
    pub(crate) fn terms(&self) -> &[StemSet] {
        match self {
            Variant::Term(term) => std::slice::from_ref(term),
            Variant::All(terms) | Variant::Phrase(terms) | Variant::Apart { terms, .. } => terms,
            Variant::Prefix(prefix) => &prefix.before,
            Variant::StopWords(_) => &[],
        }
    }
}

impl Group {
    /// A group of one term that nobody typed.
    pub(crate) fn of_term(term: String) -> Group {
        let (surface, variants) = (term.clone(), vec![(Variant::Term(StemSet::of(term)), 1.0)]);
        Group { surface, times: 1.0, variants, words: 0, position: None }
    }

    /// Adds what means the same, each variant once: spellings that differ for people are
    /// often the same terms, and a variant that stands there twice would count twice.
    pub(crate) fn add_synonyms(&mut self, others: Vec<Vec<StemSet>>) {
        for other in others {
            let variant = variant_of(other, Variant::Phrase);
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

fn joined(terms: &[StemSet], separator: &str) -> String {
    terms.iter().map(StemSet::to_string).collect::<Vec<_>>().join(separator)
}

/// One word as itself, several by the variant that is given.
pub(crate) fn variant_of(
    mut terms: Vec<StemSet>,
    several: impl Fn(Vec<StemSet>) -> Variant,
) -> Variant {
    if terms.len() == 1 { Variant::Term(terms.remove(0)) } else { several(terms) }
}
