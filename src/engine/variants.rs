//! Variants of words: what means the same as a word never counts more than the word itself.

use crate::{
    engine::index::Index,
    error::Error,
    query::{bm25::idf, group::Variant, plan::Plan},
};

/// Lowers the weights of variants that fewer documents have than what was typed: BM25 would
/// count `db` more than the `database` that was asked for.
pub(crate) fn weigh(index: &dyn Index, plan: &mut Plan) -> Result<(), Error> {
    for group in &mut plan.groups {
        let Some(((typed, _), others)) = group.variants.split_first_mut() else { continue };
        let mut others = others.iter_mut().filter(|(_, weight)| *weight < 1.0).peekable();
        if others.peek().is_none() {
            continue;
        }
        let typed = rarity(index, typed)?;
        for (variant, weight) in others {
            let rarity = rarity(index, variant)?;
            if typed > 0.0 && rarity > typed {
                *weight *= typed / rarity;
            }
        }
    }
    Ok(())
}

/// What BM25 multiplies the frequency of a variant by; 0 for one without terms.
fn rarity(index: &dyn Index, variant: &Variant) -> Result<f32, Error> {
    let mut sum = 0.0;
    for term in variant.terms() {
        let found = index.word_freq(term)?;
        sum += idf(found as f32, index.documents() as f32);
    }
    Ok(sum)
}
