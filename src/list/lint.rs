//! Lint: what a curator may want to fix in a list. It changes nothing.

mod addresses;
mod finding;
mod order;
mod sections;

use std::collections::{BTreeMap, HashMap};

use jiff::{ToSpan, civil::Date};
use strsim::osa_distance;

pub use crate::list::lint::{
    finding::{Finding, Problem},
    sections::empty_sections,
};
use crate::list::{
    lint::{addresses::Addresses, order::out_of_order},
    parsed::List,
};

/// Words of this field, in their usual spelling, for lists that use a word only once and misspelt.
const VOCABULARY: &str = "Airflow annotation architecture automation BigQuery Cassandra ClickHouse \
    Databricks dataset deployment Docker drift Elasticsearch embedding embeddings engineering \
    evaluation experimentation feature Flink governance GraphQL Hadoop inference infrastructure \
    introduction Kafka Kubeflow Kubernetes latency learning lineage machine management metadata \
    MLflow MLOps MongoDB monitoring observability orchestration pipeline pipelines Pinot platform \
    PostgreSQL prediction principles production productivity PyTorch recommendation recommender \
    reference reproducibility scalability ScyllaDB security serving Snowflake Spark streaming \
    synthetic TensorFlow testing training transformer transformers tutorial validation warehouse \
    workflow";

/// Most words that are compared with each other; lists with more are not searched for misspellings.
const MOST_WORDS: usize = 5_000;

/// Looks at the entries of a list, in list order, then at what is not taken of its lines. `today`
/// tells which dates are still to come.
pub fn lint(list: &List, today: Date) -> Vec<Finding> {
    let words = WordCounts::of(list);
    let mut addresses = Addresses::of(list);
    let expected = expected_fields(list);
    let mut out_of_order = out_of_order(&list.entries);
    // East of here it is tomorrow already.
    let latest = today.saturating_add(1.day());
    let mut findings = Vec::new();
    for (at, entry) in list.entries.iter().enumerate() {
        let line = entry.lists.first().map_or(0, |mention| mention.line);
        let mut problems = addresses.problems_of(entry, line);
        problems.extend(entry.tags.iter().filter_map(|tag| words.problem_of(tag)));
        for &field in &expected {
            let missing = match field {
                "date" => entry.date_listed.is_none(),
                "company" => entry.company.is_none(),
                "tags" => entry.tags.is_empty(),
                _ => entry.description.is_none(),
            };
            if missing {
                problems.push(Problem::Missing { field });
            }
        }
        if let Some(date) = entry.date_listed.filter(|date| *date > latest) {
            problems.push(Problem::ToCome { date: entry.date_precision.write(date) });
        }
        problems.extend(out_of_order.remove(&at));
        let title = entry.title();
        findings.extend(problems.into_iter().map(|problem| Finding {
            line,
            title: title.to_owned(),
            problem,
        }));
    }
    let odd_lines = list.warnings.iter().filter(|warning| warning.line > 0);
    findings.extend(odd_lines.map(|warning| Finding {
        line: warning.line,
        title: String::new(),
        problem: Problem::NotTaken { message: warning.message.clone() },
    }));
    findings
}

/// The fields that at least half of the entries have.
fn expected_fields(list: &List) -> Vec<&'static str> {
    let entries = &list.entries;
    let counts = [
        ("date", entries.iter().filter(|entry| entry.date_listed.is_some()).count()),
        ("company", entries.iter().filter(|entry| entry.company.is_some()).count()),
        ("tags", entries.iter().filter(|entry| !entry.tags.is_empty()).count()),
        ("description", entries.iter().filter(|entry| entry.description.is_some()).count()),
    ];
    let common = counts.into_iter().filter(|(_, count)| count * 2 >= entries.len());
    common.map(|(field, _)| field).collect()
}

/// The words of a list's tags and titles, with the number of their uses.
struct WordCounts {
    /// Word in lower case → uses in tags, and the spelling that is used most.
    tags: BTreeMap<String, (usize, String)>,
    /// Tag as written → uses.
    spellings: HashMap<String, usize>,
    /// Folded tag → the spelling that is used most, the first one of equals.
    best: HashMap<String, String>,
    /// Every word of tags and titles, and the vocabulary, in lower case → uses.
    known: BTreeMap<String, usize>,
}

impl WordCounts {
    fn of(list: &List) -> WordCounts {
        let mut words = WordCounts {
            tags: BTreeMap::new(),
            spellings: HashMap::new(),
            best: HashMap::new(),
            known: BTreeMap::new(),
        };
        for entry in &list.entries {
            for tag in &entry.tags {
                *words.spellings.entry(tag.clone()).or_insert(0) += 1;
                for word in words_of(tag) {
                    let spelt = words.tags.entry(word.to_lowercase()).or_insert((0, word.into()));
                    spelt.0 += 1;
                    *words.known.entry(word.to_lowercase()).or_insert(0) += 1;
                }
            }
            for word in entry.titles.iter().flat_map(|title| words_of(title)) {
                *words.known.entry(word.to_lowercase()).or_insert(0) += 1;
            }
        }
        for tag in list.entries.iter().flat_map(|entry| &entry.tags) {
            let best = words.best.entry(folded(tag)).or_insert_with(|| tag.clone());
            if words.spellings[tag] > words.spellings[best] {
                best.clone_from(tag);
            }
        }
        for word in VOCABULARY.split_ascii_whitespace() {
            words.tags.entry(word.to_lowercase()).or_insert((0, word.into()));
            *words.known.entry(word.to_lowercase()).or_insert(0) += 2;
        }
        words
    }

    fn problem_of(&self, tag: &str) -> Option<Problem> {
        let best = self.best.get(&folded(tag))?;
        let uses_of = |spelling: &str| self.spellings.get(spelling).copied().unwrap_or(0);
        if uses_of(best) > uses_of(tag) {
            return Some(Problem::Spelling { tag: tag.into(), suggestion: best.clone() });
        }
        let corrected: Vec<String> = words_of(tag).map(|word| self.corrected(word)).collect();
        let written: Vec<&str> = words_of(tag).collect();
        (corrected != written)
            .then(|| Problem::Misspelling { tag: tag.into(), suggestion: corrected.join(" ") })
    }

    /// The word, or a better known one that differs by one letter (two in long words).
    fn corrected(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        let uses = self.known.get(&lower).copied().unwrap_or(0);
        let length = lower.chars().count();
        if uses > 1 || length < 5 || self.known.len() > MOST_WORDS || !is_word(&lower) {
            return word.to_owned();
        }
        let allowed = if length > 8 { 2 } else { 1 };
        let better = self.known.iter().filter(|(other, other_uses)| {
            **other_uses > uses
                && other.len().abs_diff(lower.len()) <= allowed
                && is_word(other)
                && !differ_by_ending(&lower, other)
        });
        let near = better.filter_map(|(other, other_uses)| {
            let distance = osa_distance(&lower, other);
            (distance <= allowed).then_some((distance, std::cmp::Reverse(*other_uses), other))
        });
        match near.min() {
            Some((_, _, other)) => match self.tags.get(other) {
                Some((_, spelt)) if spelt != other => spelt.clone(),
                _ => like(word, other),
            },
            None => word.to_owned(),
        }
    }
}

/// Letters only: numbers and codes such as `GPT4` are never misspelt.
fn is_word(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

/// Whether two words are forms of one, such as `model` and `models` or `scale` and `scaled`.
fn differ_by_ending(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    long.starts_with(short) || {
        let common = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
        let length = a.chars().count().max(b.chars().count());
        common + 1 >= length
    }
}

/// A word in the case of another.
fn like(written: &str, word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if written.starts_with(char::is_uppercase) => {
            first.to_uppercase().chain(letters).collect()
        }
        _ => word.to_owned(),
    }
}

fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

fn folded(tag: &str) -> String {
    words_of(tag).flat_map(str::chars).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use strsim::osa_distance;

    #[test]
    fn a_swap_counts_once() {
        for (a, b, distance) in [
            ("cassanra", "cassandra", 1),
            ("syntetic", "synthetic", 1),
            ("mogodb", "mongodb", 1),
            ("fromat", "format", 1),
            ("spark", "spark", 0),
            ("", "abc", 3),
        ] {
            assert_eq!(osa_distance(a, b), distance, "{a} {b}");
            assert_eq!(osa_distance(b, a), distance, "{b} {a}");
        }
    }
}
