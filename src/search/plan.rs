//! The plan: from a tree of ours to queries of the engine, with words grouped for ranking.

use std::collections::BTreeMap;

use jiff::civil::Date;
use tantivy::{
    Term,
    query::{AllQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use crate::{
    aliases::Aliases,
    analysis::{
        analyzer::{Analyzer, Word},
        words::is_single_cjk,
    },
    dates::{self, NotASpan},
    engine::local::{schema::Fields, terms},
    query::{
        facet::{facet_value, folded_value},
        key::DocumentKey,
        tree::{self, Clause, FieldName, Tree},
    },
    search::{
        engine::{boolean, date_query, exclusion, facet_query, id_query, prefix_query, term_query},
        group::{Group, Synonyms, Way, small_ways, way_of},
        rank,
    },
};

/// More words than this in one query are ignored.
const MAX_GROUPS: usize = 512;

/// What is to be searched.
pub(crate) struct Plan {
    /// The words that stand free, in the order in which they were typed.
    pub(crate) groups: Vec<Group>,
    /// What every hit must match, scored.
    pub(crate) required: Vec<Box<dyn Query>>,
    /// What no hit may match.
    pub(crate) excluded: Vec<Box<dyn Query>>,
    /// Terms to mark in snippets beside those of the groups: term → weight.
    pub(crate) marked: BTreeMap<String, f32>,
    /// Beginnings to mark in snippets.
    pub(crate) marked_prefixes: Vec<String>,
    /// Pairs of stop words to mark in snippets beside those of the groups.
    pub(crate) marked_small: Vec<String>,
    /// What was changed, for people.
    pub(crate) notes: Vec<String>,
}

/// What plans are made with.
pub(crate) struct Planner<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) aliases: &'a Aliases,
    pub(crate) synonyms: &'a Synonyms,
    pub(crate) analyzer: Analyzer,
    pub(crate) today: Option<Date>,
    /// Whether the query is all in capitals, so that stop words in capitals are no names.
    pub(crate) is_shouted: bool,
}

impl Planner<'_> {
    /// Plans a tree.
    pub(crate) fn plan(&mut self, root: &Tree) -> Plan {
        let mut plan = Plan::none();
        let single;
        let clauses = match root {
            Tree::Bag(clauses) => clauses.as_slice(),
            Tree::Not(node) => {
                single = [Clause { occur: tree::Occur::MustNot, node: (**node).clone() }];
                &single
            }
            node => {
                single = [Clause { occur: tree::Occur::Should, node: node.clone() }];
                &single
            }
        };
        let mut words = Vec::new();
        let mut prefixes = Vec::new();
        let mut free = Vec::new();
        flatten(clauses, &mut free);
        let is_prose = free.iter().filter(|clause| clause.occur == tree::Occur::Should).count()
            > rank::PROSE_WORDS;
        for Clause { occur, node } in free {
            match (occur, node) {
                (tree::Occur::Should, Tree::Words(text)) => self.free_words(text, &mut words),
                (tree::Occur::Should, Tree::Phrase { text, .. }) if is_prose => {
                    self.free_words(text, &mut words);
                }
                (tree::Occur::Should, Tree::Prefix(stem)) => prefixes.push(stem.clone()),
                (tree::Occur::MustNot, node) => {
                    let query = self.query(node, self.fields.text, &mut Plan::none());
                    plan.excluded.extend(query.map(exclusion));
                }
                (_, node) => {
                    let query = self.query(node, self.fields.text, &mut plan);
                    plan.required.extend(query);
                }
            }
        }
        self.group(words, &mut plan);
        for stem in prefixes {
            let folded = folded_value(&stem);
            plan.marked_prefixes.push(folded.clone());
            let ways = vec![(Way::Prefix(folded), 1.0)];
            let surface = format!("{stem}*");
            plan.groups.push(Group { surface, times: 1.0, ways, words: 1, position: None });
        }
        plan
    }

    fn free_words(&mut self, text: &str, words: &mut Vec<Word>) {
        let offset = words.len();
        let lower = self.is_shouted.then(|| text.to_lowercase());
        let text = lower.as_deref().unwrap_or(text);
        words.extend(self.analyzer.words(text).into_iter().map(|mut word| {
            word.position += offset;
            word
        }));
    }

    /// Groups free words: stop words are left out unless there is nothing else, repeated words
    /// are counted, synonyms and compounds are added.
    fn group(&mut self, words: Vec<Word>, plan: &mut Plan) {
        let content: Vec<&Word> = words.iter().filter(|word| !word.is_stop).collect();
        if content.is_empty() && plan.required.is_empty() {
            for (surface, ways) in small_ways(&words) {
                if plan.groups.iter().all(|group| group.surface != surface) {
                    plan.groups.push(Group { surface, times: 1.0, ways, words: 1, position: None });
                }
            }
            return;
        }
        let synonyms = self.synonyms;
        let mut at = 0;
        while at < content.len() && plan.groups.len() < MAX_GROUPS {
            let longest =
                (1..=4).rev().filter(|length| at + length <= content.len()).find_map(|n| {
                    let terms: Vec<&str> =
                        content[at..at + n].iter().map(|word| word.term.as_str()).collect();
                    let others = synonyms.get(&terms.join(" "))?;
                    Some((n, others))
                });
            let (length, others) = longest.map_or((1, None), |(n, others)| (n, Some(others)));
            let run = &content[at..at + length];
            let is_compound = longest.is_none()
                && content
                    .get(at + 1)
                    .is_some_and(|next| next.is_joined && next.position == run[0].position + 1);
            let run = if is_compound { &content[at..at + 2] } else { run };
            let terms: Vec<String> = run.iter().map(|word| word.term.clone()).collect();
            let surface: Vec<&str> = run.iter().map(|word| word.folded.as_str()).collect();
            let surface = surface.join(if is_compound { "-" } else { " " });
            let mut ways = vec![(way_of(terms.clone(), Way::All), 1.0)];
            if let [term] = terms.as_slice()
                && is_single_cjk(term)
            {
                ways.push((Way::Prefix(term.clone()), 1.0));
                plan.marked_prefixes.push(term.clone());
            }
            if is_compound {
                let whole = self.analyzer.stem(&surface.replace('-', ""));
                ways.push((Way::Term(whole), rank::COMPOUND_WEIGHT));
            }
            at += run.len();
            match plan.groups.iter_mut().find(|group| group.ways[0] == ways[0]) {
                Some(group) => group.times += 1.0,
                None => {
                    let (words, position) = (run.len(), Some(run[0].position));
                    let mut group = Group { surface, times: 1.0, ways, words, position };
                    group.add_synonyms(others);
                    plan.groups.push(group);
                }
            }
        }
    }

    /// A tree as one query over one field; none when it says nothing.
    fn query(&mut self, node: &Tree, field: Field, plan: &mut Plan) -> Option<Box<dyn Query>> {
        match node {
            Tree::Words(text) => {
                let words = self.analyzer.words(text);
                if words.iter().all(|word| word.is_stop) {
                    return self.small(&words, plan);
                }
                let terms = words.iter().filter(|word| !word.is_stop);
                let parts = terms.map(|word| {
                    mark(&mut plan.marked, &word.term, 1.0);
                    (Occur::Must, term_query(field, &word.term))
                });
                boolean(parts.collect())
            }
            Tree::Phrase { text, slop } => self.phrase(text, *slop, field, plan),
            Tree::Prefix(stem) => {
                let folded = folded_value(stem);
                plan.marked_prefixes.push(folded.clone());
                prefix_query(field, &folded)
            }
            Tree::Field(name, node) => self.field(*name, node, plan),
            Tree::And(nodes) => {
                let parts = nodes
                    .iter()
                    .filter_map(|node| Some((Occur::Must, self.query(node, field, plan)?)));
                boolean(parts.collect())
            }
            Tree::Or(nodes) => {
                let parts = nodes
                    .iter()
                    .filter_map(|node| Some((Occur::Should, self.query(node, field, plan)?)));
                boolean(parts.collect())
            }
            Tree::Not(node) => {
                let query = self.query(node, field, &mut Plan::none())?;
                boolean(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, exclusion(query))])
            }
            Tree::Bag(clauses) => {
                let mut parts = Vec::new();
                for Clause { occur, node } in clauses {
                    let occur = match occur {
                        tree::Occur::Should => Occur::Should,
                        tree::Occur::Must => Occur::Must,
                        tree::Occur::MustNot => Occur::MustNot,
                    };
                    if let Some(query) = self.query(node, field, plan) {
                        let query = if occur == Occur::MustNot { exclusion(query) } else { query };
                        parts.push((occur, query));
                    }
                }
                if !parts.is_empty() && parts.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                    parts.push((Occur::Must, Box::new(AllQuery)));
                }
                boolean(parts)
            }
        }
    }

    fn phrase(
        &mut self,
        text: &str,
        slop: u32,
        field: Field,
        plan: &mut Plan,
    ) -> Option<Box<dyn Query>> {
        let words = self.analyzer.words(text);
        if words.iter().all(|word| word.is_stop) {
            return self.small(&words, plan);
        }
        let terms: Vec<(usize, Term)> = words
            .iter()
            .filter(|word| !word.is_stop)
            .map(|word| {
                mark(&mut plan.marked, &word.term, 1.0);
                (word.position, Term::from_field_text(field, &word.term))
            })
            .collect();
        match terms.as_slice() {
            [] => None,
            [(_, term)] => {
                Some(Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs)))
            }
            _ => Some(Box::new(PhraseQuery::new_with_offset_and_slop(terms, slop))),
        }
    }

    /// A day as written; else why it is none, for people.
    fn day(&self, text: &str) -> Result<Date, String> {
        let day = match self.today {
            Some(today) => dates::day(text, today),
            None => dates::first_day(text).ok_or(NotASpan::Unknown { text: text.into() }),
        };
        day.map_err(|error| match error {
            NotASpan::Ambiguous { .. } => error.to_string(),
            NotASpan::Unknown { .. } => {
                format!("`{text}` is no date such as 2022, 2022-07, 2022-07-19 or 30d")
            }
        })
    }

    /// Nothing but stop words, all of which must follow each other.
    fn small(&self, words: &[Word], plan: &mut Plan) -> Option<Box<dyn Query>> {
        let parts = small_ways(words).into_iter().filter_map(|(surface, ways)| {
            let group = Group { surface, times: 1.0, ways, words: 1, position: None };
            plan.marked_small.extend(group.small().map(str::to_owned));
            Some((Occur::Must, group.query(self.fields)?))
        });
        boolean(parts.collect())
    }

    fn field(&mut self, name: FieldName, node: &Tree, plan: &mut Plan) -> Option<Box<dyn Query>> {
        let value = match node {
            Tree::Words(text) | Tree::Phrase { text, .. } | Tree::Prefix(text) => text.as_str(),
            _ => return None,
        };
        let keyed = |key: DocumentKey| term_query(self.fields.key, &terms::key(&key));
        match name {
            FieldName::Title => self.query(node, self.fields.title, plan),
            FieldName::Heading => self.query(node, self.fields.heading, plan),
            FieldName::Text => self.query(node, self.fields.text, plan),
            FieldName::Id => boolean(vec![
                (Occur::Should, id_query(self.fields, value)),
                (Occur::Should, keyed(DocumentKey::Id(value.to_owned()))),
            ]),
            FieldName::Url => Some(keyed(DocumentKey::url(value))),
            FieldName::Facet(facet) => {
                Some(facet_query(self.fields, facet, &facet_value(facet, value, self.aliases)))
            }
            FieldName::After | FieldName::Before => match self.day(value) {
                Ok(date) if name == FieldName::After => {
                    Some(date_query(self.fields.listed, Some(date), None))
                }
                Ok(date) => Some(date_query(self.fields.listed, None, Some(date))),
                Err(why) => {
                    plan.notes.push(format!("{why}; it was searched as a word"));
                    self.query(node, self.fields.text, plan)
                }
            },
        }
    }
}

impl Plan {
    /// A plan that restricts nothing.
    pub(crate) fn none() -> Plan {
        Plan {
            groups: Vec::new(),
            required: Vec::new(),
            excluded: Vec::new(),
            marked: BTreeMap::new(),
            marked_prefixes: Vec::new(),
            marked_small: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The same demands with other words.
    pub(crate) fn with_groups(&self, groups: Vec<Group>) -> Plan {
        let clone = |queries: &[Box<dyn Query>]| queries.iter().map(|q| q.box_clone()).collect();
        let (required, excluded) = (clone(&self.required), clone(&self.excluded));
        Plan { groups, required, excluded, ..Plan::none() }
    }

    /// Everything to mark in texts: terms with their weights.
    pub(crate) fn marked(&self) -> BTreeMap<String, f32> {
        let mut marked = self.marked.clone();
        for (way, weight) in self.groups.iter().flat_map(|group| &group.ways) {
            way.terms().iter().for_each(|term| mark(&mut marked, term, *weight));
        }
        marked
    }

    /// Whether it restricts nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.groups.is_empty() && self.required.is_empty() && self.excluded.is_empty()
    }

    /// The whole as one query: `all` asks for every group, else for any of them.
    pub(crate) fn query(
        &self,
        fields: &Fields,
        all: bool,
        filters: &[Box<dyn Query>],
    ) -> Box<dyn Query> {
        let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        let groups = self.groups.iter().filter_map(|group| group.query(fields));
        if all {
            parts.extend(groups.map(|query| (Occur::Must, query)));
        } else {
            let groups: Vec<_> = groups.map(|query| (Occur::Should, query)).collect();
            parts.extend(boolean(groups).map(|query| (Occur::Must, query)));
        }
        let must = self.required.iter().chain(filters);
        parts.extend(must.map(|query| (Occur::Must, query.box_clone())));
        if parts.is_empty() {
            parts.push((Occur::Must, Box::new(AllQuery)));
        }
        let must_not = self.excluded.iter();
        parts.extend(must_not.map(|query| (Occur::MustNot, query.box_clone())));
        boolean(parts).unwrap_or_else(|| Box::new(AllQuery))
    }
}

/// Clauses with parentheses that only enclose words taken away.
fn flatten<'a>(clauses: &'a [Clause], free: &mut Vec<&'a Clause>) {
    for clause in clauses {
        match &clause.node {
            Tree::Bag(inner)
                if clause.occur == tree::Occur::Should
                    && inner.iter().all(|clause| clause.occur == tree::Occur::Should) =>
            {
                flatten(inner, free);
            }
            _ => free.push(clause),
        }
    }
}

fn mark(marked: &mut BTreeMap<String, f32>, term: &str, weight: f32) {
    let old = marked.entry(term.to_owned()).or_insert(weight);
    *old = old.max(weight);
}
