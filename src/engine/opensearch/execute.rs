//! Executing a plan on a cluster: ranking, counting, and reading the documents that are asked for.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::{
    engine::{
        execution::{Execution, FoundDocument, Match},
        explain::explanation,
        index::Index,
        opensearch::{
            candidates::WordPlaces,
            cluster_index::ClusterIndex,
            hits::{ClusterHit, HitParts, hits},
            ranking::{RankedHits, RemoteRanking},
        },
    },
    error::Error,
    query::plan::{Counts, Plan},
};

/// Documents that are read in one request: their texts may be long.
const READ_AT_ONCE: usize = 100;

/// A document of the index, and the groups of the query that it has.
type ReadDocument = (ClusterHit, Vec<usize>);

impl ClusterIndex {
    /// Answers a plan.
    pub(crate) fn executed(&self, plan: &Plan) -> Result<Execution, Error> {
        let wanted = self.at_most(plan.offset.saturating_add(plan.limit));
        let ranking = RemoteRanking::new(self, plan, wanted)?;
        let RankedHits { found: ranked, named, total, facets } = ranking.ranked()?;
        let total = match plan.counts {
            Counts::Nothing => ranked.len(),
            _ => total.max(ranked.len()),
        };
        let shown: Vec<ClusterHit> =
            ranked.into_iter().skip(plan.offset).take(plan.limit).collect();
        let (shown, mut missing) = self.read(plan, shown)?;
        // Who knows a document by its name asks for no words.
        let named_here = named.saturating_sub(plan.offset);
        missing.iter_mut().take(named_here).for_each(Vec::clear);
        let is_relaxed = plan.groups.len() > 1 && missing.iter().any(|missing| !missing.is_empty());
        let is_counted =
            is_relaxed && named == 0 && plan.is_short() && plan.counts != Counts::Nothing;
        let complete = is_counted.then(|| ranking.count(Match::AllWords)).transpose()?;
        let mut found = Vec::new();
        for (hit, missing) in shown.into_iter().zip(missing) {
            let explanation = plan.wants_explanations.then(|| self.explanation(plan, &hit));
            let explanation = explanation.transpose()?;
            let mut document =
                hit.document.ok_or_else(|| self.cluster.unexpected("a hit without its text"))?;
            if !plan.wants_sections {
                document.content.sections.clear();
            }
            found.push(FoundDocument {
                document,
                score: hit.score,
                missing,
                explanation,
                ranks: None,
                nearest_passage: None,
            });
        }
        Ok(Execution { found, total, facets, is_relaxed, complete })
    }

    /// The ids of the hits of a plan.
    pub(crate) fn ranked_ids(&self, plan: &Plan) -> Result<Vec<String>, Error> {
        let limit = self.at_most(plan.limit);
        let ranked = RemoteRanking::new(self, plan, limit)?.ranked()?;
        let shown = ranked.found.into_iter().take(limit).collect();
        let bare = Plan { wants_sections: false, wants_explanations: false, ..Plan::default() };
        let (shown, _) = self.read(&bare, shown)?;
        Ok(shown.into_iter().filter_map(|found| Some(found.document?.id)).collect())
    }

    /// Reads what is missing of documents, and the words of a plan that each lacks, as typed. Of a
    /// single word nothing is looked up: a hit has it.
    fn read(
        &self,
        plan: &Plan,
        mut shown: Vec<ClusterHit>,
    ) -> Result<(Vec<ClusterHit>, Vec<Vec<String>>), Error> {
        let needs_sections = plan.wants_sections || plan.wants_explanations;
        let groups: Vec<usize> = match plan.groups.len() < 2 && !plan.wants_related {
            true => Vec::new(),
            false => {
                let all = plan
                    .groups
                    .iter()
                    .enumerate()
                    .filter(|(_, group)| group.words > 0 && !group.variants.is_empty());
                all.map(|(at, _)| at).collect()
            }
        };
        let mut missing = Vec::with_capacity(shown.len());
        for part in shown.chunks_mut(READ_AT_ONCE) {
            let is_complete = |found: &ClusterHit| {
                found.document.is_some() && (found.has_sections || !needs_sections)
            };
            let is_read = part.iter().all(is_complete);
            if is_read && groups.is_empty() {
                missing.extend(part.iter().map(|_| Vec::new()));
                continue;
            }
            let reading = match (is_read, needs_sections) {
                (true, _) => HitParts::Number,
                (false, true) => HitParts::Sections,
                (false, false) => HitParts::Document,
            };
            let mut read = self.read_part(plan, &groups, part, reading)?;
            for found in part {
                let known = read.remove(&found.number);
                let (known, has) =
                    known.ok_or_else(|| self.cluster.unexpected("a document is gone"))?;
                if !is_complete(found) {
                    found.document = known.document;
                    found.has_sections = known.has_sections;
                }
                let lacks = groups.iter().filter(|at| !has.contains(at));
                missing.push(lacks.map(|at| plan.groups[*at].surface.clone()).collect());
            }
        }
        Ok((shown, missing))
    }

    /// Documents by their numbers, each with the groups that it has.
    fn read_part(
        &self,
        plan: &Plan,
        groups: &[usize],
        part: &[ClusterHit],
        reading: HitParts,
    ) -> Result<HashMap<u64, ReadDocument>, Error> {
        let translator = self.translator(plan)?;
        let named = groups.iter().filter_map(|at| {
            let query = translator.group(&plan.groups[*at])?;
            Some(json!({ "bool": { "must": [query], "_name": at.to_string() } }))
        });
        let numbers: Vec<String> = part.iter().map(|found| found.number.to_string()).collect();
        let body = json!({
            "size": part.len(),
            "query": { "bool": {
                "filter": [{ "ids": { "values": numbers } }], "should": named.collect::<Vec<_>>(),
            } },
            "track_total_hits": false,
            "_source": reading.source(),
        });
        let mut answer = self.cluster.search(&format!("/{}/_search", self.index), &body)?;
        let rows = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
        let has: Vec<Vec<usize>> =
            rows.iter().map(|row| matched(&row["matched_queries"])).collect();
        let found = hits(&self.cluster, &mut answer)?;
        Ok(found.into_iter().zip(has).map(|(found, has)| (found.number, (found, has))).collect())
    }

    fn explanation(&self, plan: &Plan, hit: &ClusterHit) -> Result<String, Error> {
        let Some(document) = &hit.document else { return Ok(String::new()) };
        self.learn(ClusterIndex::text_terms(&plan.groups))?;
        let places = WordPlaces::of(document, &plan.groups, self.aliases());
        explanation(&self.candidates(vec![&places]), plan, Some(hit.score))
    }

    /// A number of documents, or how many there are.
    fn at_most(&self, count: usize) -> usize {
        count.min(usize::try_from(self.documents()).unwrap_or(usize::MAX))
    }
}

/// The numbers of the groups that a hit has; a group that no document can have is not among them.
fn matched(names: &Value) -> Vec<usize> {
    let names = names.as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str()?.parse().ok()).collect()
}
