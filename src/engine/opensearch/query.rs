//! The query language of a cluster for the conditions and the words of a plan.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::{
    analysis::{stem_set::StemSet, text_field::TextField, unspaced::is_single_cjk},
    dates,
    engine::{
        execution::Match,
        opensearch::{
            keyword::keyword,
            term_counts::TermCounts,
            text_fields::text_field,
            written_terms::{BAR, joined, phrase},
        },
        terms,
    },
    query::{
        bm25::idf,
        condition::Condition,
        filters::{DateField, DateRange, FacetChoice, PlannedFilters},
        group::{Group, Variant},
        key::DocumentKey,
        plan::Plan,
        prefix::Prefix,
        tree::Occur,
    },
};

/// Translates plans. The cluster has been asked before how many documents have what is in them.
#[derive(Debug)]
pub(crate) struct Translator<'a> {
    /// Documents that have a word with a beginning and what they get, by the beginning with the marker
    /// of its field.
    pub(crate) beginnings: HashMap<String, (Value, f32)>,
    /// How many documents have terms.
    pub(crate) counts: &'a TermCounts,
    /// How many documents there are.
    pub(crate) documents: f32,
}

impl Translator<'_> {
    /// Documents that match a plan and pass filters.
    pub(crate) fn plan(&self, plan: &Plan, words: Match, filters: &[Value]) -> Value {
        let groups = plan.groups.iter().filter_map(|group| self.group(group));
        let mut must: Vec<Value> = match words {
            Match::AllWords => groups.collect(),
            Match::AnyWord => any(groups.collect(), 1.0).into_iter().collect(),
        };
        must.extend(plan.required.iter().filter_map(|condition| self.condition(condition)));
        if must.is_empty() && filters.is_empty() {
            must.push(json!({ "match_all": {} }));
        }
        let excluded = plan.excluded.iter().filter_map(|condition| self.condition(condition));
        json!({ "bool": {
            "must": must,
            "should": balance(plan),
            "filter": filters,
            "must_not": excluded.collect::<Vec<_>>(),
        } })
    }

    /// Documents that say a thing in any of its variants.
    pub(crate) fn group(&self, group: &Group) -> Option<Value> {
        let variants = group.variants.iter().filter_map(|(variant, weight)| {
            let boost = weight * group.times;
            Some(match variant {
                Variant::Term(word) => self.word(TextField::Text, word, boost),
                Variant::StopWords(words) => term_query("stop_words", &joined(words), boost),
                Variant::All(words) => {
                    let words = words.iter().map(|word| self.word(TextField::Text, word, 1.0));
                    all(words.collect(), boost)?
                }
                Variant::Phrase(words) => {
                    self.phrase(TextField::Text, words.iter().enumerate(), 0, boost)
                }
                Variant::Apart { terms: words, offsets } => {
                    let words = offsets.iter().copied().zip(words);
                    self.phrase(TextField::Text, words, 0, boost)
                }
                Variant::Prefix(prefix) => self.prefix(TextField::Text, prefix, boost)?,
            })
        });
        any(variants.collect(), 1.0)
    }

    /// Documents that are like a condition; none when no document can be.
    fn condition(&self, condition: &Condition) -> Option<Value> {
        Some(match condition {
            Condition::Term { field, term } => self.word(*field, term, 1.0),
            Condition::Phrase { field, terms, slop } => {
                self.phrase(*field, terms.iter().map(|(at, word)| (*at, word)), *slop, 1.0)
            }
            Condition::Prefix { field, prefix } => self.prefix(*field, prefix, 1.0)?,
            Condition::Group(group) => self.group(group)?,
            Condition::Facet(choice) => unscored(&facet_query(choice)),
            Condition::FacetRange { facet, from, until } => {
                let term = |value| terms::facet(facet, value);
                let range = json!({ "gte": term(from), "lte": term(until) });
                unscored(&json!({ "range": { "facet": range } }))
            }
            Condition::Date(range) => unscored(&date_query(range)),
            Condition::Key(key) => term_query("key", &keyword(&terms::key(key)), 1.0),
            Condition::Id(id) => unscored(&json!({ "term": { "id": keyword(id) } })),
            Condition::Clauses(clauses) => self.clauses(clauses),
        })
    }

    fn clauses(&self, clauses: &[(Occur, Condition)]) -> Value {
        let (mut must, mut should, mut must_not) = (Vec::new(), Vec::new(), Vec::new());
        for (occur, condition) in clauses {
            let Some(query) = self.condition(condition) else { continue };
            match occur {
                Occur::Should => should.push(query),
                Occur::Must => must.push(query),
                Occur::MustNot => must_not.push(query),
            }
        }
        if must.is_empty() && should.is_empty() {
            must.push(json!({ "match_all": {} }));
        }
        let least = usize::from(must.is_empty());
        json!({ "bool": {
            "must": must, "should": should, "must_not": must_not, "minimum_should_match": least,
        } })
    }

    /// Documents with a word, by whichever stemmer they were read.
    fn word(&self, field: TextField, word: &StemSet, boost: f32) -> Value {
        self.phrase(field, std::iter::once((0, word)), 0, boost)
    }

    /// Documents with words at these places, all read by one stemmer.
    ///
    /// Several readings count as one: as frequent as all of them together, lest a word count more in a
    /// text of the language in which there are few.
    pub(crate) fn phrase<'w>(
        &self,
        field: TextField,
        words: impl Iterator<Item = (usize, &'w StemSet)>,
        slop: u32,
        boost: f32,
    ) -> Value {
        let name = text_field(field);
        let (places, words): (Vec<usize>, Vec<&StemSet>) = words.unzip();
        let of_reading = |terms: &[&str], boost: f32| match terms {
            [term] => term_query(name, term, boost),
            terms => {
                let terms = places.iter().copied().zip(terms.iter().copied());
                phrase_query(name, &phrase(terms), slop, boost)
            }
        };
        let mut readings = StemSet::readings(&words);
        if let [reading] = readings.as_slice() {
            return of_reading(reading, boost);
        }
        let found = |reading: &Vec<&str>, word: usize| self.counts.get(name, reading[word]);
        readings.retain(|reading| (0..words.len()).all(|word| found(reading, word) > 0));
        let rarity = |found: &dyn Fn(usize) -> u32| -> f32 {
            let rarity = |word| idf((found(word) as f32).min(self.documents), self.documents);
            (0..words.len()).map(rarity).sum()
        };
        let all = rarity(&|word| readings.iter().map(|reading| found(reading, word)).sum());
        let boosted = readings.iter().map(|reading| {
            let own = rarity(&|word| found(reading, word));
            of_reading(reading, if own > 0.0 { boost * all / own } else { boost })
        });
        let mut boosted: Vec<Value> = boosted.collect();
        match boosted.len() {
            0 => json!({ "match_none": {} }),
            1 => boosted.remove(0),
            // A text may have a word by several stemmers; these say the same, so that they are no sum.
            _ => json!({ "dis_max": { "queries": boosted } }),
        }
    }

    /// Documents with a word that begins like this, and with the terms before it.
    fn prefix(&self, field: TextField, prefix: &Prefix, boost: f32) -> Option<Value> {
        let Prefix { before, beginning } = prefix;
        let name = text_field(field);
        let last = match is_single_cjk(beginning) {
            // Texts of such scripts are indexed in pairs of characters.
            true => json!({ "regexp": { name: { "value": format!(".?{beginning}.?") } } }),
            false => {
                let counted = self.beginnings.get(&marked(field, beginning)).cloned();
                let (filter, boost) =
                    counted.unwrap_or_else(|| (words_beginning(field, beginning, false), 1.0));
                json!({ "constant_score": { "filter": filter, "boost": boost } })
            }
        };
        let before = before.iter().map(|word| self.word(field, word, 1.0));
        all(before.chain([last]).collect(), boost)
    }
}

/// Words that no document has, in the fields in which phrases are looked for.
///
/// A shard that has no word of a phrase does not say how many documents it has, so that phrases would
/// count as commoner than they are; for a word it does.
fn balance(plan: &Plan) -> Vec<Value> {
    let mut fields = Vec::new();
    for field in AskedWords::of(plan).phrases {
        if !fields.contains(&text_field(field)) {
            fields.push(text_field(field));
        }
    }
    fields.into_iter().map(|field| term_query(field, &BAR.to_string(), 1.0)).collect()
}

/// Words and beginnings of words that a plan asks for, with their fields.
#[derive(Debug, Default)]
pub(crate) struct AskedWords<'p> {
    pub(crate) words: Vec<(TextField, &'p StemSet)>,
    pub(crate) beginnings: Vec<(TextField, &'p str)>,
    /// The fields of phrases.
    pub(crate) phrases: Vec<TextField>,
}

impl<'p> AskedWords<'p> {
    /// Those of a plan.
    pub(crate) fn of(plan: &'p Plan) -> AskedWords<'p> {
        let mut asked = AskedWords::default();
        plan.groups.iter().for_each(|group| asked.add_group(group));
        let conditions = plan.required.iter().chain(&plan.excluded);
        conditions.for_each(|condition| asked.add_condition(condition));
        asked
    }

    fn add_group(&mut self, group: &'p Group) {
        for (variant, _) in &group.variants {
            self.words.extend(variant.terms().iter().map(|word| (TextField::Text, word)));
            match variant {
                Variant::Prefix(prefix) => self.add_beginning(TextField::Text, prefix),
                Variant::Phrase(_) | Variant::Apart { .. } => {
                    self.phrases.push(TextField::Text);
                }
                _ => {}
            }
        }
    }

    fn add_condition(&mut self, condition: &'p Condition) {
        match condition {
            Condition::Term { field, term } => self.words.push((*field, term)),
            Condition::Phrase { field, terms, .. } => {
                self.phrases.push(*field);
                self.words.extend(terms.iter().map(|(_, word)| (*field, word)));
            }
            Condition::Prefix { field, prefix } => {
                self.words.extend(prefix.before.iter().map(|word| (*field, word)));
                self.add_beginning(*field, prefix);
            }
            Condition::Group(group) => self.add_group(group),
            Condition::Clauses(clauses) => {
                clauses.iter().for_each(|(_, condition)| self.add_condition(condition));
            }
            _ => {}
        }
    }

    fn add_beginning(&mut self, field: TextField, prefix: &'p Prefix) {
        if !is_single_cjk(&prefix.beginning) {
            self.beginnings.push((field, &prefix.beginning));
        }
    }
}

/// A beginning with the marker of its field.
pub(crate) fn marked(field: TextField, beginning: &str) -> String {
    format!("{}{beginning}", field.marker())
}

/// Words as they were written with a beginning.
pub(crate) fn written_beginning(field: TextField, beginning: &str) -> Value {
    json!({ "prefix": { "words": { "value": marked(field, beginning) } } })
}

/// Documents with a word in a field that begins so, as it was written or by its stem. Stems are the
/// beginnings of their words, but for those of words with a y: `studi`.
pub(crate) fn words_beginning(field: TextField, beginning: &str, is_with_y: bool) -> Value {
    let stems = match is_with_y {
        true => {
            let longer = format!("{}.+", escaped(beginning));
            json!({ "regexp": { text_field(field): { "value": longer, "flags": "NONE" } } })
        }
        false => json!({ "prefix": { text_field(field): { "value": beginning } } }),
    };
    json!({ "bool": {
        "should": [written_beginning(field, beginning), stems], "minimum_should_match": 1,
    } })
}

/// A text as a regular expression for itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_alphanumeric() {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// Documents that can be asked for by any of these keys.
pub(crate) fn keyed(keys: &[DocumentKey]) -> Vec<Value> {
    let mut queries = Vec::new();
    for key in keys {
        if let DocumentKey::Id(id) = key {
            queries.push(json!({ "term": { "id": keyword(id) } }));
        }
        // Only the ids of further addresses are among the keys.
        queries.push(json!({ "term": { "key": keyword(&terms::key(key)) } }));
    }
    queries
}

/// Documents that pass filters: a query for each facet and each range of dates.
pub(crate) fn of_filters(filters: &PlannedFilters) -> Vec<Value> {
    let choices = of_choices(filters).into_iter().map(|(_, query)| query);
    choices.chain(of_dates(filters)).collect()
}

/// Documents that pass the choices of each facet.
pub(crate) fn of_choices(filters: &PlannedFilters) -> Vec<(&'static str, Value)> {
    let facets = filters.choices.chunk_by(|a, b| a.facet == b.facet);
    let query = |choices: &[FacetChoice]| {
        let term = |choice: &FacetChoice| terms::facet(choice.facet, &choice.folded);
        let any: Vec<String> = choices.iter().map(term).collect();
        (choices[0].facet, json!({ "terms": { "facet": any } }))
    };
    facets.map(query).collect()
}

/// Documents that pass the filters by date.
pub(crate) fn of_dates(filters: &PlannedFilters) -> Vec<Value> {
    filters.dates.iter().map(date_query).collect()
}

/// Documents with a term, scored.
fn term_query(field: &str, term: &str, boost: f32) -> Value {
    json!({ "term": { field: { "value": term, "boost": boost } } })
}

/// Documents with a phrase.
fn phrase_query(field: &str, phrase: &str, slop: u32, boost: f32) -> Value {
    json!({ "match_phrase": { field: { "query": phrase, "slop": slop, "boost": boost } } })
}

fn facet_query(choice: &FacetChoice) -> Value {
    json!({ "term": { "facet": terms::facet(choice.facet, &choice.folded) } })
}

fn date_query(range: &DateRange) -> Value {
    let field = match range.of {
        DateField::Listed => "listed",
        DateField::Published => "published",
    };
    let mut bounds = Map::new();
    bounds.extend(range.from.map(|day| ("gte".to_owned(), dates::number(day).into())));
    bounds.extend(range.until.map(|day| ("lt".to_owned(), dates::number(day).into())));
    if bounds.is_empty() {
        return json!({ "exists": { "field": field } });
    }
    json!({ "range": { field: bounds } })
}

/// Documents of a query, all with score 0.
fn unscored(query: &Value) -> Value {
    json!({ "constant_score": { "filter": query, "boost": 0.0 } })
}

/// Documents of any query, their scores added; none when there is no query.
fn any(mut queries: Vec<Value>, boost: f32) -> Option<Value> {
    if queries.len() < 2 && boost == 1.0 {
        return queries.pop();
    }
    Some(json!({ "bool": { "should": queries, "minimum_should_match": 1, "boost": boost } }))
}

/// Documents of all queries, their scores added; none when there is no query.
fn all(queries: Vec<Value>, boost: f32) -> Option<Value> {
    (!queries.is_empty()).then(|| json!({ "bool": { "must": queries, "boost": boost } }))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    use crate::{
        aliases::Aliases,
        analysis::analyzer::Analyzer,
        engine::{
            execution::Match,
            opensearch::{query::Translator, term_counts::TermCounts},
        },
        query::{parser::parse, planner::Planner, synonyms::Synonyms},
    };

    /// What a query becomes, in short: its fields, signs and values.
    #[track_caller]
    fn check(query: &str, words: Match, expected: &str) {
        let (aliases, parsed) = (Aliases::default(), parse(query));
        let (synonyms, mut analyzer) = (Synonyms::new(&aliases, &[]), Analyzer::default());
        let plan = Planner::new(&aliases, &synonyms, &mut analyzer, query, None).plan(&parsed.root);
        let counts = TermCounts::default();
        let (beginnings, documents) = (HashMap::new(), 1.0);
        let translator = Translator { beginnings, counts: &counts, documents };
        let translated = translator.plan(&plan, words, &[]);
        assert_eq!(short(&translated), expected, "{query}: {translated}");
    }

    fn short(query: &serde_json::Value) -> String {
        let (kind, body) = query.as_object().unwrap().iter().next().unwrap();
        let field = || body.as_object().unwrap().iter().next().unwrap();
        let boost = |of: &serde_json::Value| match of["boost"].as_f64() {
            Some(boost) if boost != 1.0 => format!("^{boost:.1}"),
            _ => String::new(),
        };
        match kind.as_str() {
            "bool" => {
                let of = |name: &str, sign: &str| -> Vec<String> {
                    let queries = body[name].as_array().cloned().unwrap_or_default();
                    queries.iter().map(|query| format!("{sign}{}", short(query))).collect()
                };
                let parts = [of("must", "+"), of("should", ""), of("must_not", "-")].concat();
                format!("({}){}", parts.join(" "), boost(body))
            }
            "match_all" => "*".to_owned(),
            "constant_score" => format!("{}{}", short(&body["filter"]), boost(body)),
            "term" | "prefix" | "regexp" if field().1.is_object() => {
                let value = field().1["value"].as_str().unwrap();
                let star = if kind == "prefix" { "*" } else { "" };
                format!("{}:{value}{star}{}", field().0, boost(field().1))
            }
            "match_phrase" => {
                let (phrase, slop) = (&field().1["query"], &field().1["slop"]);
                let slop = if *slop == json!(0) { String::new() } else { format!("~{slop}") };
                format!("{}:{phrase}{slop}{}", field().0, boost(field().1))
            }
            _ => format!("{}:{}", field().0, field().1).replace("\\u0000", "="),
        }
    }

    #[test]
    fn words_and_operators_are_translated() {
        check("drift", Match::AnyWord, "(+text:drift)");
        check("feature drift", Match::AnyWord, "(+(text:featur text:drift))");
        check("feature drift", Match::AllWords, "(+text:featur +text:drift)");
        check("real-time", Match::AnyWord, "(+((+text:real +text:time) text:realtim^0.2))");
        check("\"state of the art\"", Match::AnyWord, "(+text:\"state | | art\" text:|)");
        check("\"feature store\"~2", Match::AnyWord, "(+text:\"featur store\"~2 text:|)");
        check("drift -spark", Match::AnyWord, "(+text:drift -text:spark)");
        check("title:drift", Match::AnyWord, "(+title:drift)");
        check("deploym*", Match::AnyWord, "(+(+(words:deploym* text:deploym*)))");
        check("", Match::AnyWord, "(+*)");
        check("-spark", Match::AnyWord, "(+* -text:spark)");
        check("site:a.example", Match::AnyWord, "(+facet:\"site=a example\"^0.0)");
        check(
            "drift AND (skew OR decay)",
            Match::AnyWord,
            "(+(+text:drift +(text:skew text:decay)))",
        );
    }
}
