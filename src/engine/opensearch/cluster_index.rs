//! A published index on a cluster, opened: what a search asks of it.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::{Value, json};

use crate::{
    aliases::Aliases,
    analysis::{
        english::is_english,
        language::{self, Language},
        stem_set::StemSet,
        text_field::TextField,
    },
    engine::{
        document::Document,
        execution::Execution,
        index::{Index, NearWord, TermKind},
        opensearch::{
            candidates::terms,
            cluster::Cluster,
            facets::all_counts,
            hits::{HitParts, hits},
            index_record::IndexRecord,
            indexes::{Indexes, Published},
            query::{AskedWords, Translator, keyed, marked, words_beginning, written_beginning},
            term_counts::{FieldTerm, TermCounts, WORDS},
            text_fields::text_field,
        },
        terms as value_terms,
    },
    error::Error,
    query::{
        bm25::{idf, saturated},
        group::{Group, Variant},
        key::DocumentKey,
        plan::Plan,
    },
};

/// Words near to a typed one that the cluster may name, the most frequent first.
const NEAR_WORDS: usize = 1_000;

/// An index on a cluster.
///
/// It is searched by its own name, not by the alias: it never changes, so that all answers are of the
/// same documents and what was said once need not be asked again.
pub(crate) struct ClusterIndex {
    pub(crate) cluster: Cluster,
    pub(crate) index: String,
    pub(crate) record: IndexRecord,
    pub(crate) counts: TermCounts,
}

impl ClusterIndex {
    /// Opens the published index.
    pub(crate) fn open(indexes: Indexes) -> Result<ClusterIndex, Error> {
        let Published { index, record } = indexes.open()?;
        let counts = TermCounts::default();
        Ok(ClusterIndex { cluster: indexes.cluster, index, record, counts })
    }

    /// Asks how many documents have terms, those of which that is not known.
    pub(crate) fn learn(&self, terms: impl IntoIterator<Item = FieldTerm>) -> Result<(), Error> {
        self.counts.learn(&self.cluster, &self.index, &self.record.routings, terms)
    }

    /// The path of a search.
    pub(crate) fn search_path(&self) -> String {
        format!("/{}/_search?search_type=dfs_query_then_fetch", self.index)
    }

    /// How many documents match a query.
    pub(crate) fn count(&self, query: &Value) -> Result<u64, Error> {
        let answer =
            self.cluster.search(&format!("/{}/_count", self.index), &json!({ "query": query }))?;
        answer["count"].as_u64().ok_or_else(|| self.cluster.unexpected("no count"))
    }

    /// What translates a plan: the words in it are counted first that need it.
    pub(crate) fn translator(&self, plan: &Plan) -> Result<Translator<'_>, Error> {
        let asked = AskedWords::of(plan);
        let several = asked.words.iter().filter(|(_, word)| word.iter().count() > 1);
        self.learn(several.flat_map(|(field, word)| {
            word.iter().map(|term| (text_field(*field), term.to_owned()))
        }))?;
        let documents = self.documents() as f32;
        let mut beginnings = HashMap::new();
        for (field, beginning) in asked.beginnings {
            if let Entry::Vacant(counted) = beginnings.entry(marked(field, beginning)) {
                let with_y = beginning.strip_suffix('i').map(|rest| format!("{rest}y"));
                let is_with_y = match with_y {
                    Some(with_y) => self.count(&written_beginning(field, &with_y))? > 0,
                    None => false,
                };
                let query = words_beginning(field, beginning, is_with_y);
                let found = self.count(&query)? as f32;
                counted.insert((query, idf(found, documents) * saturated(1.0, 1.0)));
            }
        }
        Ok(Translator { beginnings, counts: &self.counts, documents })
    }

    /// How many documents have a word as it is; of one that is its own stem also those that inflect
    /// it.
    fn word_count(&self, word: &str) -> u32 {
        let of_stem = self.counts.get(text_field(TextField::Text), word);
        match self.counts.get(WORDS, word) {
            0 if !is_english(word) => 0,
            found => found.max(of_stem),
        }
    }

    /// The terms of groups in all texts.
    pub(crate) fn text_terms(groups: &[Group]) -> Vec<FieldTerm> {
        let fields = [TextField::Text, TextField::Title, TextField::Heading].map(text_field);
        let of_term = |term: &str| fields.map(|field| (field, term.to_owned()));
        terms(groups).flat_map(of_term).collect()
    }
}

impl Index for ClusterIndex {
    fn documents(&self) -> u64 {
        self.record.manifest.as_ref().map_or(0, |manifest| manifest.documents)
    }

    fn full_texts(&self) -> u64 {
        self.record.manifest.as_ref().map_or(0, |manifest| manifest.full_texts)
    }

    fn aliases(&self) -> &Aliases {
        &self.record.aliases
    }

    fn languages(&self) -> Vec<Language> {
        self.record.manifest.as_ref().map_or_else(Vec::new, |of| language::of_counts(&of.languages))
    }

    fn expect(&self, plan: &Plan) -> Result<(), Error> {
        let text = text_field(TextField::Text);
        let marked = plan.marked_terms().into_keys().map(|term| (text, term));
        let words = plan.groups.iter().map(|group| (WORDS, group.surface.clone()));
        self.learn(ClusterIndex::text_terms(&plan.groups).into_iter().chain(marked).chain(words))
    }

    fn doc_freqs(&self, kind: TermKind, terms: &[&str]) -> Result<Vec<u32>, Error> {
        let (stems, words) =
            (text_field(TextField::Text), terms.iter().map(|term| (*term).to_owned()));
        if kind == TermKind::Stem {
            self.learn(words.map(|term| (stems, term)))?;
            return Ok(terms.iter().map(|term| self.counts.get(stems, term)).collect());
        }
        self.learn(words.flat_map(|word| [(stems, word.clone()), (WORDS, word)]))?;
        Ok(terms.iter().map(|word| self.word_count(word)).collect())
    }

    fn has_any(&self, group: &Group) -> Result<bool, Error> {
        let plan = Plan { groups: vec![group.clone()], ..Plan::default() };
        let Some(query) = self.translator(&plan)?.group(group) else { return Ok(true) };
        Ok(self.count(&query)? > 0)
    }

    fn count_phrase(&self, words: &[StemSet]) -> Result<usize, Error> {
        let variants = vec![(Variant::Phrase(words.to_vec()), 1.0)];
        let group = Group { variants, ..Group::of_term(String::new()) };
        let plan = Plan { groups: vec![group], ..Plan::default() };
        let phrase = words.iter().enumerate();
        let found = self.count(&self.translator(&plan)?.phrase(TextField::Text, phrase, 0, 1.0))?;
        Ok(usize::try_from(found).unwrap_or(usize::MAX))
    }

    fn two_mistakes_away(&self, typed: &str) -> Result<Option<NearWord>, Error> {
        let term = json!({
            "field": WORDS,
            "suggest_mode": "always",
            "sort": "frequency",
            "max_edits": 2,
            "prefix_length": 1,
            "size": NEAR_WORDS,
            "shard_size": NEAR_WORDS,
            "max_term_freq": 2_000_000_000,
            "accuracy": 0.0,
        });
        let suggest = json!({ "near": { "text": typed, "term": term } });
        let body = json!({ "size": 0, "track_total_hits": false, "suggest": suggest });
        let answer = self.cluster.search(&format!("/{}/_search", self.index), &body)?;
        let options = answer["suggest"]["near"][0]["options"].as_array();
        let near = options.into_iter().flatten().filter_map(|option| option["text"].as_str());
        let near: Vec<&str> =
            near.filter(|word| word.bytes().all(|b| b.is_ascii_lowercase())).collect();
        let found = self.doc_freqs(TermKind::Word, &near)?;
        let near = near.into_iter().zip(found).filter(|(_, documents)| *documents > 0);
        // The first in the order of words, of those that as many documents have.
        let best = near.max_by(|a, b| a.1.cmp(&b.1).then_with(|| b.0.cmp(a.0)));
        Ok(best.map(|(word, documents)| NearWord { word: word.to_owned(), documents }))
    }

    fn has_value(&self, facet: &'static str, folded: &str) -> Result<bool, Error> {
        let term = value_terms::facet(facet, folded);
        Ok(self.count(&json!({ "term": { "facet": term } }))? > 0)
    }

    fn facet_values(&self, facet: &'static str) -> Result<Vec<(String, String)>, Error> {
        let all = json!({ "match_all": {} });
        let counts = all_counts(&self.cluster, &self.index, facet, &all)?;
        let parts = counts.keys().map(|value| value_terms::parts(value));
        Ok(parts.map(|(folded, display)| (folded.to_owned(), display.to_owned())).collect())
    }

    fn execute(&self, plan: &Plan) -> Result<Execution, Error> {
        self.executed(plan)
    }

    fn ids(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        self.ranked_ids(plan)
    }

    fn document(&self, keys: &[DocumentKey]) -> Result<Option<Document>, Error> {
        // Each key counts for more than all behind it.
        let wanted = keys.iter().enumerate().map(|(at, key)| {
            let any = keyed(std::slice::from_ref(key));
            let boost = (keys.len() - at) as f32;
            json!({ "constant_score": {
                "filter": { "bool": { "should": any, "minimum_should_match": 1 } }, "boost": boost,
            } })
        });
        let body = json!({
            "size": 1,
            "query": { "dis_max": { "queries": wanted.collect::<Vec<_>>() } },
            "sort": [{ "_score": "desc" }, { "number": "asc" }],
            "_source": HitParts::Sections.source(),
        });
        let mut answer = self.cluster.search(&format!("/{}/_search", self.index), &body)?;
        let found = hits(&self.cluster, &mut answer)?;
        Ok(found.into_iter().next().and_then(|found| found.document))
    }
}
