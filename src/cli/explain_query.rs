//! `search --explain-query`: how a query is understood, for people and for scripts.

use std::io::Write;

use mlsearch::{search::ExplainedQuery, wording::note::worded};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{context::Context, failure::Failure, text::sanitize};

/// How a query is understood.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ExplainedOutput<'a> {
    /// The tree, as it would be typed.
    tree: &'a str,
    /// Each word with all that counts for it.
    words: Vec<ExplainedWord<'a>>,
    /// What was changed or ignored, for people.
    notes: Vec<String>,
}

/// A word of a query.
#[derive(Serialize, JsonSchema)]
struct ExplainedWord<'a> {
    /// The word as typed.
    word: &'a str,
    /// What counts for it, itself among them.
    variants: Vec<WordVariant<'a>>,
}

/// What counts for a word.
#[derive(Serialize, JsonSchema)]
struct WordVariant<'a> {
    /// What is looked for.
    variant: &'a str,
    /// What finding it is worth.
    weight: f32,
}

/// Prints how a query is understood: the tree, then each word with all that counts for it.
pub(crate) fn print(
    explained: &ExplainedQuery,
    json: bool,
    context: &mut Context,
) -> Result<(), Failure> {
    let ExplainedQuery { tree, words, notes } = explained;
    let named = context.named();
    let notes: Vec<String> = notes.iter().map(|note| worded(note, named)).collect();
    if json {
        let words = words.iter().map(|(word, variants)| {
            let variants = variants.iter();
            let variants =
                variants.map(|(variant, weight)| WordVariant { variant, weight: *weight });
            ExplainedWord { word, variants: variants.collect() }
        });
        return context.json(&ExplainedOutput { tree, words: words.collect(), notes });
    }
    let mut lines = vec![format!("query: {tree}")];
    for (word, variants) in words {
        let variants: Vec<String> =
            variants.iter().map(|(variant, weight)| format!("{variant} ×{weight}")).collect();
        lines.push(format!("word: {word} → {}", variants.join(" | ")));
    }
    lines.extend(notes.iter().map(|note| format!("note: {note}")));
    for line in lines {
        writeln!(context.out, "{}", sanitize(&line))?;
    }
    Ok(())
}
