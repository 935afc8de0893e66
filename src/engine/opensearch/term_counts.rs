//! How many documents have a term: what a cluster has said is remembered, since an index never
//! changes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use serde_json::{Map, Value, json};

use crate::{
    analysis::text_field::TextField,
    engine::opensearch::{cluster::Cluster, text_fields::text_field},
    error::Error,
};

/// Terms that are asked for in one request.
const AT_ONCE: usize = 4_000;
/// The field of words as they were written.
pub(crate) const WORDS: &str = "words";
/// The fields of which lengths are wanted, too.
const TEXTS: [TextField; 3] = [TextField::Text, TextField::Title, TextField::Heading];

/// A field and a term.
pub(crate) type FieldTerm = (&'static str, String);

/// What is known of the terms of an index.
#[derive(Debug, Default)]
pub(crate) struct TermCounts {
    known: Mutex<HashMap<FieldTerm, u32>>,
    /// The terms of all documents together, for each of [`TEXTS`].
    lengths: OnceLock<[u64; TEXTS.len()]>,
}

impl TermCounts {
    /// Asks for what is not known yet, all at once.
    ///
    /// A document that does not exist is analysed in each shard, which says how many of its own have
    /// the terms: no other request counts thousands of terms as fast.
    pub(crate) fn learn(
        &self,
        cluster: &Cluster,
        index: &str,
        routings: &[String],
        terms: impl IntoIterator<Item = FieldTerm>,
    ) -> Result<(), Error> {
        let unknown: BTreeSet<FieldTerm> = {
            let known = self.known();
            terms.into_iter().filter(|term| !known.contains_key(term)).collect()
        };
        let unknown: Vec<FieldTerm> = unknown.into_iter().collect();
        for part in unknown.chunks(AT_ONCE) {
            let body = request(index, routings, part);
            let answer = cluster.ask("/_mtermvectors", &body)?;
            let shards = answer["docs"].as_array().filter(|docs| docs.len() == routings.len());
            let shards = shards.ok_or_else(|| cluster.unexpected("no counts of terms"))?;
            let mut counts: HashMap<FieldTerm, u32> =
                part.iter().map(|term| (term.clone(), 0)).collect();
            let mut lengths = [0_u64; TEXTS.len()];
            for shard in shards {
                if shard["error"].is_object() {
                    return Err(cluster.failed(&shard["error"]));
                }
                for ((field, term), count) in &mut counts {
                    let found = &shard["term_vectors"][field]["terms"][term]["doc_freq"];
                    let found = u32::try_from(found.as_u64().unwrap_or_default());
                    *count = count.saturating_add(found.unwrap_or(u32::MAX));
                }
                for (length, field) in lengths.iter_mut().zip(TEXTS) {
                    let field = &shard["term_vectors"][text_field(field)]["field_statistics"];
                    *length = length.saturating_add(field["sum_ttf"].as_u64().unwrap_or_default());
                }
            }
            self.lengths.get_or_init(|| lengths);
            self.known().extend(counts);
        }
        Ok(())
    }

    /// How many documents have a term; 0 when that is not known.
    pub(crate) fn get(&self, field: &'static str, term: &str) -> u32 {
        self.known().get(&(field, term.to_owned())).copied().unwrap_or_default()
    }

    /// The terms of all documents together in a field; 0 when that is not known.
    pub(crate) fn length(&self, field: TextField) -> u64 {
        let at = TEXTS.iter().position(|known| *known == field);
        at.zip(self.lengths.get()).map_or(0, |(at, lengths)| lengths[at])
    }

    fn known(&self) -> MutexGuard<'_, HashMap<FieldTerm, u32>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request for the counts of terms in each shard.
fn request(index: &str, routings: &[String], terms: &[FieldTerm]) -> Value {
    // Without a term a field says nothing of itself.
    let mut texts: HashMap<&str, String> =
        TEXTS.map(|field| (text_field(field), "x".to_owned())).into();
    for (field, term) in terms {
        let text = texts.entry(field).or_default();
        text.push(' ');
        text.push_str(term);
    }
    let fields: Vec<&str> = texts.keys().copied().collect();
    let texts: Map<String, Value> =
        texts.iter().map(|(field, text)| ((*field).to_owned(), text.as_str().into())).collect();
    let of_shard = |routing: &String| {
        json!({
            "_index": index,
            "routing": routing,
            "doc": texts,
            "fields": fields,
            "term_statistics": true,
            "field_statistics": true,
            "positions": false,
            "offsets": false,
            "payloads": false,
        })
    };
    json!({ "docs": routings.iter().map(of_shard).collect::<Vec<_>>() })
}
