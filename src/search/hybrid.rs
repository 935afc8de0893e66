//! Searches by meaning beside words: what a query means, and why it may not be asked.

use std::{cmp::Reverse, fmt, sync::Arc};

use crate::{
    analysis::{analyzer::Analyzer, raw_word::Role},
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
    /// What loads the model that is named by then, for programs that stay.
    pub loader: Option<ModelLoader>,
}

/// Loads the model that is named when it is asked.
#[derive(Clone)]
pub struct ModelLoader(Arc<dyn Fn() -> QueryModel + Send + Sync>);

impl ModelLoader {
    /// A loader that does this.
    pub fn new(load: impl Fn() -> QueryModel + Send + Sync + 'static) -> ModelLoader {
        ModelLoader(Arc::new(load))
    }
}

impl fmt::Debug for ModelLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelLoader").finish_non_exhaustive()
    }
}

impl QueryModel {
    /// Whether a model is loaded.
    pub(crate) fn is_loaded(&self) -> bool {
        self.model.is_some()
    }

    /// What reads the queries of an index whose vectors are by the model of this id: another one than
    /// is loaded may be named by now.
    pub(crate) fn for_vectors_of(&self, own: Option<&str>) -> QueryModel {
        let is_other = own.is_some_and(|own| self.model.as_ref().is_none_or(|m| m.id() != own));
        match self.loader.as_ref().filter(|_| is_other) {
            Some(ModelLoader(load)) => QueryModel { loader: self.loader.clone(), ..load() },
            None => self.clone(),
        }
    }
}

/// What a query means to the model that has given an index its vectors; else a note that says why
/// words alone count. Neither when there are no words.
pub(crate) fn meaning(
    index: &dyn Index,
    query_model: &QueryModel,
    tree: &Tree,
    plan: &Plan,
) -> (Option<Meaning>, Option<Note>) {
    if plan.is_blank {
        return (None, None);
    }
    if plan.order() != Sort::Relevance {
        return (None, Some(Note::ByDate));
    }
    let text = text_of(tree, &plan.corrected);
    let vector = usable(index, query_model).and_then(|model| match &*text {
        "" => Ok(None),
        text if !model.knows_words_of(text) => Err(Note::UnknownToModel),
        text => model.embed(&[text]).map(|mut vectors| vectors.pop()).map_err(failed),
    });
    match vector {
        Ok(vector) => (vector.map(|vector| Meaning { vector, weight: weight_of(plan) }), None),
        Err(note) => (None, Some(note)),
    }
}

/// The model that has given an index its vectors; else why words alone count.
fn usable<'m>(index: &dyn Index, query_model: &'m QueryModel) -> Result<&'m Model, Note> {
    if !index.holds_vectors() {
        return Err(Note::ClusterWithoutVectors);
    }
    let own = index.vectors_model().map_err(|_| Note::DamagedVectors)?.ok_or(Note::NoVectors)?;
    let model = query_model.model.as_deref().ok_or_else(|| match &query_model.failure {
        Some(why) => Note::ModelFailed { why: why.clone() },
        None => Note::NoModel,
    })?;
    if model.id() == own { Ok(model) } else { Err(Note::OtherModel { own: own.to_owned() }) }
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
        Err(Note::NoModel | Note::NoVectors | Note::ClusterWithoutVectors) => return (None, None),
        Err(note) => return (None, Some(note)),
    };
    if text.trim().is_empty() {
        return (None, None);
    }
    if !model.knows_words_of(text) {
        return (None, Some(Note::UnknownToModel));
    }
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

/// Whether a query has words that a model can read.
pub(crate) fn has_text(tree: &Tree) -> bool {
    !text_of(tree, &[]).is_empty()
}

/// The words of a query as a model reads them: without operators, beginnings of words, fields of
/// facets and what no hit may have, and with corrected words.
fn text_of(tree: &Tree, corrected: &[Corrected]) -> String {
    let mut words = Vec::new();
    add_words(tree, &mut words);
    let words: Vec<&str> = words.iter().flat_map(|text| text.split_whitespace()).collect();
    with_corrections(&words.join(" "), corrected)
}

/// A text with corrected words in place of those that were typed, the signs around them as they are.
fn with_corrections(text: &str, corrected: &[Corrected]) -> String {
    if corrected.is_empty() {
        return text.to_owned();
    }
    let mut words = Analyzer::default().words(text);
    words.retain(|word| word.role != Role::Beginning);
    let mut places = Vec::new();
    for Corrected { typed, used } in corrected {
        let one = words.iter().filter(|word| word.folded == *typed);
        places.extend(one.map(|word| (word.start, word.end, used)));
        // A word that was written as two.
        let two = words.iter().zip(words.iter().skip(1));
        let two = two.filter(|(a, b)| typed.split(' ').eq([&*a.folded, &*b.folded]));
        places.extend(two.map(|(a, b)| (a.start, b.end, used)));
    }
    places.sort_unstable_by_key(|(start, end, _)| (*start, Reverse(*end)));
    let (mut out, mut at) = (String::new(), 0);
    for (start, end, used) in places {
        // A compound has the places of its parts, too.
        if start >= at {
            out.push_str(&text[at..start]);
            out.push_str(used);
            at = end;
        }
    }
    out + &text[at..]
}

fn add_words<'t>(tree: &'t Tree, words: &mut Vec<&'t str>) {
    match tree {
        Tree::Words(text) | Tree::Phrase { text, .. } => words.push(text),
        Tree::Field(FieldName::Title | FieldName::Heading | FieldName::Text, node) => {
            add_words(node, words);
        }
        // The beginning of a word means nothing.
        Tree::Prefix(_) | Tree::Field(..) | Tree::Not(_) => {}
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
        let corrected =
            [("drfit", "drift"), ("fea ture", "feature"), ("randomforst", "random forest")];
        let corrected = corrected
            .map(|(typed, used)| Corrected { typed: typed.to_owned(), used: used.to_owned() });
        assert_eq!(text_of(&parse(query).root, &corrected), expected, "{query}");
    }

    #[test]
    fn a_model_reads_the_words_that_are_wanted() {
        check("how do I notice Drfit?", "how do I notice drift?");
        check("drfit, in drfits", "drift, in drfits");
        check("a fea ture, RandomForst!", "a feature, random forest!");
        check("Drfit of models", "drift of models");
        check("\"feature store\" -spark company:uber title:drift", "feature store drift");
        check("(kafka OR +pulsar) AND NOT rabbit*", "kafka pulsar");
        check("deplo* kafka", "kafka");
        check("-a", "");
    }
}
