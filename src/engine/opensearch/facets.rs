//! Facets: how many of the matching documents have which value, counted by the cluster.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::{
    engine::{
        execution::FacetCounts,
        opensearch::{answer::taken, cluster::Cluster},
        terms,
    },
    error::Error,
    query::facet::FACETS,
};

/// Values of each facet that are counted along with a search: the engines return 65,535 in all. A
/// facet of more values is counted by itself, page by page.
const VALUES: usize = 8_000;
/// Values of such a page.
const PAGE: usize = 10_000;

/// The aggregations that count all facets over the documents of a search, each under the choices of
/// the others.
pub(crate) fn aggregations(choices: &[(&'static str, Value)]) -> Value {
    let of_facet = |facet: &'static str| {
        let values = json!({ "terms": { "field": facet, "size": VALUES, "shard_size": VALUES } });
        let filter = json!({ "bool": { "filter": others(choices, facet) } });
        (facet.to_owned(), json!({ "filter": filter, "aggs": { "values": values } }))
    };
    FACETS.into_iter().map(of_facet).collect::<Map<_, _>>().into()
}

/// The choices of all facets but one.
fn others(choices: &[(&'static str, Value)], facet: &str) -> Vec<Value> {
    choices.iter().filter(|(name, _)| *name != facet).map(|(_, query)| query.clone()).collect()
}

/// The counts in the answer to a search of `query` with [`aggregations`].
pub(crate) fn counts(
    cluster: &Cluster,
    index: &str,
    answer: &Value,
    query: &Value,
    choices: &[(&'static str, Value)],
) -> Result<Vec<FacetCounts>, Error> {
    let mut facets = Vec::new();
    for facet in FACETS {
        let values = &answer["aggregations"][facet]["values"];
        let buckets = values["buckets"].as_array();
        let buckets = buckets.ok_or_else(|| cluster.unexpected("no counts of values"))?;
        let is_whole = values["sum_other_doc_count"] == 0 && buckets.len() < VALUES;
        let counts = match is_whole {
            true => buckets.iter().filter_map(|bucket| counted(bucket, &bucket["key"])).collect(),
            false => {
                let mut filter = others(choices, facet);
                filter.push(query.clone());
                all_counts(cluster, index, facet, &json!({ "bool": { "filter": filter } }))?
            }
        };
        facets.push(facet_counts(facet, &counts));
    }
    Ok(facets)
}

/// All values of a facet with their counts over the documents of a query, in their order.
pub(crate) fn all_counts(
    cluster: &Cluster,
    index: &str,
    facet: &str,
    query: &Value,
) -> Result<BTreeMap<String, u64>, Error> {
    let mut counts = BTreeMap::new();
    let mut after = None;
    loop {
        let mut composite =
            json!({ "size": PAGE, "sources": [{ "value": { "terms": { "field": facet } } }] });
        if let Some(after) = after.take() {
            composite["after"] = after;
        }
        let aggs = json!({ "values": { "composite": composite } });
        let body = json!({ "size": 0, "track_total_hits": false, "query": query, "aggs": aggs });
        let mut answer = cluster.search(&format!("/{index}/_search"), &body)?;
        let values = &answer["aggregations"]["values"];
        let buckets = values["buckets"].as_array();
        let buckets = buckets.ok_or_else(|| cluster.unexpected("no counts of values"))?;
        counts.extend(buckets.iter().filter_map(|bucket| counted(bucket, &bucket["key"]["value"])));
        if buckets.len() < PAGE || values["after_key"].is_null() {
            return Ok(counts);
        }
        after = Some(taken(&mut answer, "/aggregations/values/after_key"));
    }
}

fn counted(bucket: &Value, key: &Value) -> Option<(String, u64)> {
    Some((key.as_str()?.to_owned(), bucket["doc_count"].as_u64()?))
}

fn facet_counts(facet: &str, counts: &BTreeMap<String, u64>) -> FacetCounts {
    let counted = counts.iter().map(|(value, count)| {
        let (folded, display) = terms::parts(value);
        (folded, display, *count)
    });
    FacetCounts::of(facet, counted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::engine::opensearch::facets::{aggregations, facet_counts};

    #[test]
    fn a_facet_is_counted_under_the_choices_of_the_others() {
        let choices = [("company", json!("c")), ("tag", json!("t"))];
        let aggregations = aggregations(&choices);
        let filter = |facet: &str| aggregations[facet]["filter"]["bool"]["filter"].clone();
        assert_eq!(filter("company"), json!(["t"]));
        assert_eq!(filter("tag"), json!(["c"]));
        assert_eq!(filter("year"), json!(["c", "t"]));
    }

    #[test]
    fn spellings_of_one_value_are_counted_together() {
        let counts = [("c\0C", 2), ("uber\0UBER", 1), ("uber\0Uber", 3)];
        let counts = counts.map(|(value, count)| (value.to_owned(), count)).into();
        let facet = facet_counts("company", &counts);
        let values = facet.values.iter().map(|value| (value.value.as_str(), value.count));
        assert_eq!(values.collect::<Vec<_>>(), [("Uber", 4), ("C", 2)]);
    }
}
