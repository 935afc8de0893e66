//! Searches by meaning beside words: what a query means, and why it may not be asked.

use std::sync::Arc;

use crate::{
    content::{Content, Section},
    embedding::{Model, Vector},
    engine::{Document, index::Index, vectors::passages::passages},
    error::Error,
    query::{
        meaning::Meaning,
        note::{Corrected, Note},
        plan::Plan,
        sort::Sort,
        tree::{FieldName, Occur, Tree},
        weights,
    },
};

/// Passages of a text that a model reads at once.
const PASSAGES_AT_ONCE: usize = 8;

/// What reads the queries of searches by meaning.
#[derive(Clone, Debug, Default)]
pub struct QueryModel {
    /// The model, when one is named.
    pub model: Option<Arc<Model>>,
    /// Why the one that is named cannot be used.
    pub failure: Option<String>,
    /// Whether searches are by meaning, too, that do not say whether they are.
    pub is_default: bool,
}

/// What a query means to the model that has given an index its vectors; else a note that says why
/// words alone count. Neither when the order is not one of relevance.
pub(crate) fn meaning(
    index: &dyn Index,
    query_model: &QueryModel,
    tree: &Tree,
    plan: &Plan,
) -> (Option<Meaning>, Option<Note>) {
    if plan.is_blank || plan.order() != Sort::Relevance {
        return (None, None);
    }
    let text = text_of(tree, &plan.corrected);
    let vector = usable(index, query_model).and_then(|model| match &*text {
        "" => Ok(None),
        text => model.embed(&[text]).map(|mut vectors| vectors.pop()).map_err(failed),
    });
    match vector {
        Ok(vector) => (vector.map(|vector| Meaning { vector, weight: weight_of(plan) }), None),
        Err(note) => (None, Some(note)),
    }
}

/// The model that has given an index its vectors; else why words alone count.
fn usable<'m>(index: &dyn Index, query_model: &'m QueryModel) -> Result<&'m Model, Note> {
    let own = index.vectors_model().map_err(|_| Note::DamagedVectors)?.ok_or(Note::NoVectors)?;
    let model = query_model.model.as_deref().ok_or_else(|| match &query_model.failure {
        Some(why) => Note::ModelFailed { why: why.clone() },
        None => Note::NoModel,
    })?;
    if model.id() == own { Ok(model) } else { Err(Note::OtherModel) }
}

/// That a model could not read a text.
fn failed(error: Error) -> Note {
    Note::ModelFailed { why: error.to_string() }
}

/// What a text means to the model that has given an index its vectors, cut like a document: the mean
/// of its passages. A note when the model or the vectors cannot be used; neither without them.
pub(crate) fn meaning_of_text(
    index: &dyn Index,
    query_model: &QueryModel,
    text: &str,
) -> (Option<Meaning>, Option<Note>) {
    let model = match usable(index, query_model) {
        Ok(model) => model,
        Err(Note::NoModel | Note::NoVectors) => return (None, None),
        Err(note) => return (None, Some(note)),
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let section = Section { heading: Vec::new(), paragraphs: lines.map(str::to_owned).collect() };
    let content = Content { sections: vec![section], ..Content::default() };
    let document = Document { content, ..Document::of_parts(None, String::new(), Vec::new()) };
    let passages = passages(&document);
    let mut vectors = Vec::with_capacity(passages.len());
    for few in passages.chunks(PASSAGES_AT_ONCE) {
        let texts: Vec<&str> = few.iter().map(|passage| passage.text.as_str()).collect();
        match model.embed(&texts) {
            Ok(few) => vectors.extend(few),
            Err(error) => return (None, Some(failed(error))),
        }
    }
    let vector = Vector::mean(vectors);
    (vector.map(|vector| Meaning { vector, weight: weights::MEANING_WEIGHT }), None)
}

/// The words of a query as a model reads them: without operators, fields of facets and what no hit
/// may have, and with corrected words.
fn text_of(tree: &Tree, corrected: &[Corrected]) -> String {
    let mut words = Vec::new();
    add_words(tree, &mut words);
    let meant = |word: &str| {
        let known = corrected.iter().find(|corrected| corrected.typed == word.to_lowercase());
        known.map_or(word.to_owned(), |corrected| corrected.used.clone())
    };
    words.iter().flat_map(|text| text.split_whitespace()).map(meant).collect::<Vec<_>>().join(" ")
}

fn add_words<'t>(tree: &'t Tree, words: &mut Vec<&'t str>) {
    match tree {
        Tree::Words(text) | Tree::Phrase { text, .. } | Tree::Prefix(text) => words.push(text),
        Tree::Field(FieldName::Title | FieldName::Heading | FieldName::Text, node) => {
            add_words(node, words);
        }
        Tree::Field(..) | Tree::Not(_) => {}
        Tree::Bag(clauses) => {
            let wanted = clauses.iter().filter(|clause| clause.occur != Occur::MustNot);
            wanted.for_each(|clause| add_words(&clause.node, words));
        }
        Tree::And(nodes) | Tree::Or(nodes) => {
            nodes.iter().for_each(|node| add_words(node, words));
        }
    }
}

/// What a rank by meaning is worth for a query: who types few words often knows them, and asks in
/// sentences for what may be said otherwise.
fn weight_of(plan: &Plan) -> f32 {
    match plan.words() {
        ..=weights::FEW_WORDS => weights::MEANING_WEIGHT_OF_FEW,
        _ => weights::MEANING_WEIGHT,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        query::{note::Corrected, parser::parse},
        search::hybrid::text_of,
    };

    #[track_caller]
    fn check(query: &str, expected: &str) {
        let corrected = [Corrected { typed: "drfit".into(), used: "drift".into() }];
        assert_eq!(text_of(&parse(query).root, &corrected), expected, "{query}");
    }

    #[test]
    fn a_model_reads_the_words_that_are_wanted() {
        check("how do I notice Drfit?", "how do I notice Drfit?");
        check("Drfit of models", "drift of models");
        check("\"feature store\" -spark company:uber title:drift", "feature store drift");
        check("(kafka OR +pulsar) AND NOT rabbit*", "kafka pulsar");
        check("deplo*", "deplo");
        check("-a", "");
    }
}
