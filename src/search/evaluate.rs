//! Evaluation: how good a ranking is by relevance judgments.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, LineFormat};

/// The relevance judgments of people: query id → document id → grade; 0 and less is not relevant.
pub type RelevanceJudgments = BTreeMap<String, BTreeMap<String, i64>>;

/// Means over all judged queries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct RankingMeasures {
    /// Queries with at least one relevant document.
    pub queries: usize,
    /// Normalized discounted cumulative gain of the first ten.
    pub ndcg_at_10: f64,
    /// Mean average precision over all that was returned.
    pub map: f64,
    /// Reciprocal rank of the first relevant document, 0 beyond the tenth.
    pub mrr_at_10: f64,
    /// Share of the relevant documents among the first hundred.
    pub recall_at_100: f64,
}

/// Reads queries, one a line: id, tab, text.
///
/// # Errors
/// [`Error::Line`] naming the line without a tab.
pub fn read_queries(text: &str, name: &str) -> Result<Vec<(String, String)>, Error> {
    let mut queries = Vec::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (id, query) = line.split_once('\t').ok_or_else(|| Error::Line {
            name: name.to_owned(),
            line: number as u64 + 1,
            message: "no tab between id and query".into(),
            expected: LineFormat::Query,
        })?;
        queries.push((id.trim().to_owned(), query.trim().to_owned()));
    }
    Ok(queries)
}

/// Reads relevance judgments as the TREC conferences write them: query id, a column that is not used,
/// document id, grade.
///
/// # Errors
/// [`Error::Line`] naming the line that is otherwise.
pub fn read_judgments(text: &str, name: &str) -> Result<RelevanceJudgments, Error> {
    let mut judgments = RelevanceJudgments::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let cells: Vec<&str> = line.split_whitespace().collect();
        let parsed = match cells[..] {
            [query, _, document, grade] => grade.parse().ok().map(|grade| (query, document, grade)),
            _ => None,
        };
        let (query, document, grade) = parsed.ok_or_else(|| Error::Line {
            name: name.to_owned(),
            line: number as u64 + 1,
            message: "not `query 0 document grade`".into(),
            expected: LineFormat::Judgment,
        })?;
        judgments.entry(query.to_owned()).or_default().insert(document.to_owned(), grade);
    }
    Ok(judgments)
}

/// Measures a run: query id → document ids, best first.
pub fn measure(
    run: &BTreeMap<String, Vec<String>>,
    judgments: &RelevanceJudgments,
) -> RankingMeasures {
    let mut sums = RankingMeasures::default();
    for (query, grades) in judgments {
        let mut ideal: Vec<i64> = grades.values().copied().filter(|grade| *grade > 0).collect();
        if ideal.is_empty() {
            continue;
        }
        ideal.sort_unstable_by(|a, b| b.cmp(a));
        let relevant = ideal.len() as f64;
        let ranked = run.get(query).map_or(&[][..], Vec::as_slice);
        let gains: Vec<i64> =
            ranked.iter().map(|id| grades.get(id).copied().unwrap_or(0).max(0)).collect();
        let mut found = 0.0;
        let mut precision = 0.0;
        for (rank, _) in gains.iter().enumerate().filter(|(_, gain)| **gain > 0) {
            found += 1.0;
            precision += found / (rank + 1) as f64;
        }
        let first = gains.iter().take(10).position(|gain| *gain > 0);
        sums.queries += 1;
        sums.ndcg_at_10 += discounted(&gains) / discounted(&ideal);
        sums.map += precision / relevant;
        sums.mrr_at_10 += first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
        sums.recall_at_100 +=
            gains.iter().take(100).filter(|gain| **gain > 0).count() as f64 / relevant;
    }
    let count = sums.queries.max(1) as f64;
    RankingMeasures {
        queries: sums.queries,
        ndcg_at_10: sums.ndcg_at_10 / count,
        map: sums.map / count,
        mrr_at_10: sums.mrr_at_10 / count,
        recall_at_100: sums.recall_at_100 / count,
    }
}

/// Cumulative gain of the first ten, each divided by the logarithm of its rank.
fn discounted(gains: &[i64]) -> f64 {
    gains
        .iter()
        .take(10)
        .enumerate()
        .map(|(rank, gain)| *gain as f64 / ((rank + 2) as f64).log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use crate::search::evaluate::{measure, read_judgments, read_queries};

    #[test]
    fn measures_are_those_of_a_hand_made_run() {
        let judgments = read_judgments("q 0 a 1\nq 0 b 2\nq 0 c 0\nr 0 a 0\n", "qrels").unwrap();
        let run = [("q".to_owned(), ["c", "a", "b"].map(str::to_owned).to_vec())].into();
        let measures = measure(&run, &judgments);
        assert_eq!(measures.queries, 1);
        let gain = 1.0 / 3_f64.log2() + 2.0 / 4_f64.log2();
        let ideal = 2.0 + 1.0 / 3_f64.log2();
        assert!((measures.ndcg_at_10 - gain / ideal).abs() < 1e-12);
        assert!((measures.map - (1.0 / 2.0 + 2.0 / 3.0) / 2.0).abs() < 1e-12);
        assert_eq!((measures.mrr_at_10, measures.recall_at_100), (0.5, 1.0));
    }

    #[test]
    fn lines_that_are_otherwise_are_named() {
        let error = read_judgments("q 0 a 1\nq a\n", "qrels").unwrap_err();
        assert_eq!(error.to_string(), "`qrels`: line 2: not `query 0 document grade`");
        let error = read_queries("1\tx\nno tab\n", "queries").unwrap_err();
        assert_eq!(error.to_string(), "`queries`: line 2: no tab between id and query");
    }
}
