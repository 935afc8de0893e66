//! Hits of a cluster, page by page however many they are.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    engine::{
        document::Document,
        opensearch::{answer::taken, candidates::WordPlaces, cluster::Cluster},
    },
    error::Error,
    http::service::Verb,
};

/// Hits of one request without their documents: the window of the engines.
const LARGEST_PAGE: usize = 10_000;

/// A hit of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct ClusterHit {
    /// The number of the document, which names it within the index.
    pub(crate) number: u64,
    pub(crate) score: f32,
    /// The document, when it was asked for.
    pub(crate) document: Option<Document>,
    /// Whether the document has its sections.
    pub(crate) has_sections: bool,
    /// Where it has the words of the query, when it was rescored.
    pub(crate) places: Option<Arc<WordPlaces>>,
}

/// What is read of each hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HitParts {
    /// Nothing but its number.
    Number,
    /// The document without its sections.
    Document,
    /// The document with its sections.
    Sections,
}

impl HitParts {
    /// The value of `_source`.
    pub(crate) fn source(self) -> Value {
        match self {
            HitParts::Number => Value::Bool(false),
            HitParts::Document => json!(["document"]),
            HitParts::Sections => json!(["document", "sections"]),
        }
    }
}

/// The hits in the answer to a search, in order.
pub(crate) fn hits(cluster: &Cluster, answer: &mut Value) -> Result<Vec<ClusterHit>, Error> {
    let Value::Array(hits) = taken(answer, "/hits/hits") else {
        return Err(cluster.unexpected("no hits"));
    };
    hits.into_iter().map(|hit| found(cluster, hit)).collect()
}

fn found(cluster: &Cluster, mut hit: Value) -> Result<ClusterHit, Error> {
    let number = hit["_id"].as_str().and_then(|id| id.parse().ok());
    let number = number.ok_or_else(|| cluster.unexpected("a document without a number"))?;
    let damaged = |e: serde_json::Error| cluster.unexpected(&format!("document {number}: {e}"));
    let (mut document, mut has_sections) = (None::<Document>, false);
    if hit["_source"]["document"].is_object() {
        let known = taken(&mut hit, "/_source/document");
        let mut known: Document = serde_json::from_value(known).map_err(damaged)?;
        if hit["_source"]["sections"].is_array() {
            let sections = taken(&mut hit, "/_source/sections");
            known.content.sections = serde_json::from_value(sections).map_err(damaged)?;
            has_sections = true;
        }
        document = Some(known);
    }
    let score = hit["_score"].as_f64().unwrap_or_default() as f32;
    Ok(ClusterHit { number, score, document, has_sections, places: None })
}

/// What the last hit of an answer is sorted by, behind which the next page begins.
pub(crate) fn end_of(answer: &Value) -> Option<Value> {
    let last = answer["hits"]["hits"].as_array()?.last()?;
    Some(last["sort"].clone())
}

/// Adds hits behind `end` until there are `wanted` of them, read by their numbers alone.
///
/// Several pages are taken from one point in time, so that all of them come from the same copies of
/// the index.
pub(crate) fn add_pages(
    cluster: &Cluster,
    index: &str,
    search: &Value,
    mut end: Option<Value>,
    wanted: usize,
    found: &mut Vec<ClusterHit>,
) -> Result<(), Error> {
    let mut left = wanted.saturating_sub(found.len());
    let mut pit = None;
    if left > LARGEST_PAGE {
        let (path, field) = cluster.dialect.open_point_in_time(index);
        let opened = cluster.ask(&path, &json!({}))?;
        pit = opened[field].as_str().map(str::to_owned);
    }
    let mut walked = Ok(());
    while left > 0 && walked.is_ok() {
        let size = left.min(LARGEST_PAGE);
        let page = page(cluster, index, search, end.take(), size, pit.as_deref());
        match page {
            Ok((mut hits, next)) => {
                left = if hits.len() < size { 0 } else { left - hits.len() };
                end = next;
                found.append(&mut hits);
            }
            Err(error) => walked = Err(error),
        }
    }
    if let Some(id) = pit {
        let (path, body) = cluster.dialect.close_point_in_time(&id);
        // It ends by itself in two minutes.
        let _ = cluster.send(Verb::Delete, path, &body);
    }
    walked
}

fn page(
    cluster: &Cluster,
    index: &str,
    search: &Value,
    end: Option<Value>,
    size: usize,
    pit: Option<&str>,
) -> Result<(Vec<ClusterHit>, Option<Value>), Error> {
    let mut body = search.clone();
    body["size"] = size.into();
    body["_source"] = Value::Bool(false);
    body["track_total_hits"] = Value::Bool(false);
    if let Some(fields) = body.as_object_mut() {
        fields.remove("aggs");
        fields.extend(end.map(|end| ("search_after".to_owned(), end)));
        fields.extend(pit.map(|id| ("pit".to_owned(), json!({ "id": id, "keep_alive": "2m" }))));
    }
    let path = match pit {
        Some(_) => "/_search?search_type=dfs_query_then_fetch".to_owned(),
        None => format!("/{index}/_search?search_type=dfs_query_then_fetch"),
    };
    let mut answer = cluster.search(&path, &body)?;
    let end = end_of(&answer);
    Ok((hits(cluster, &mut answer)?, end))
}
