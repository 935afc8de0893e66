//! The planner: from the tree of a query to a plan.

use std::{borrow::Cow, ops::RangeInclusive};

use jiff::civil::{Date, DateTime};

use crate::{
    aliases::Aliases,
    analysis::{
        analyzer::{Analyzer, Word},
        stem_set::StemSet,
        text_field::TextField,
    },
    dates::{self, NotASpan},
    query::{
        condition::Condition,
        filters::{DateField, DateRange, FacetChoice},
        group::{Group, Variant, stop_word_variants},
        grouping::add_groups,
        key::DocumentKey,
        note::Note,
        plan::{MarkedPhrase, Plan},
        prefix::Prefix,
        synonyms::Synonyms,
        tree::{Clause, FieldName, Occur, Tree},
        typed_word::{phrase_words, typed_words},
        weights, years,
    },
};

/// What plans are made with.
pub(crate) struct Planner<'a> {
    aliases: &'a Aliases,
    synonyms: &'a Synonyms,
    analyzer: &'a mut Analyzer,
    now: Option<DateTime>,
    /// Whether the query is all in capitals, so that stop words in capitals are no names.
    is_shouted: bool,
    /// Whether the query asks for more than stop words, so that these need not be there.
    has_content: bool,
}

impl<'a> Planner<'a> {
    /// A planner for what was typed, with an analyzer of the languages of the documents.
    pub(crate) fn new(
        aliases: &'a Aliases,
        synonyms: &'a Synonyms,
        analyzer: &'a mut Analyzer,
        typed: &str,
        now: Option<DateTime>,
    ) -> Planner<'a> {
        let has_words = typed.split_whitespace().count() > 1;
        let is_shouted = has_words && !typed.contains(char::is_lowercase);
        Planner { aliases, synonyms, analyzer, now, is_shouted, has_content: false }
    }

    /// Plans a tree.
    pub(crate) fn plan(&mut self, root: &Tree) -> Plan {
        let mut plan = Plan::default();
        self.has_content = self.says_more_than_stop_words(root);
        self.named_values(root, &mut plan.named_values);
        let single;
        let clauses = match root {
            Tree::Bag(clauses) => clauses.as_slice(),
            Tree::Not(node) => {
                single = [Clause { occur: Occur::MustNot, node: (**node).clone() }];
                &single
            }
            node => {
                single = [Clause { occur: Occur::Should, node: node.clone() }];
                &single
            }
        };
        let mut words = Vec::new();
        let mut prefixes = Vec::new();
        let mut free = Vec::new();
        flatten(clauses, &mut free);
        let is_prose = free.iter().filter(|clause| clause.occur == Occur::Should).count()
            > weights::PROSE_WORDS;
        for Clause { occur, node } in free {
            match (occur, node) {
                (Occur::Should, Tree::Words(text)) => self.free_words(text, &mut words),
                (Occur::Should, Tree::Phrase { text, .. }) if is_prose => {
                    self.free_words(text, &mut words);
                }
                (Occur::Should, Tree::Prefix(text)) => prefixes.push(text),
                (Occur::MustNot, node) => {
                    let excluded = self.condition(node, TextField::Text, &mut Plan::default());
                    plan.excluded.extend(excluded);
                }
                (_, node) => {
                    let required = self.condition(node, TextField::Text, &mut plan);
                    plan.required.extend(required);
                }
            }
        }
        if !self.has_content || words.iter().any(|word| !word.is_stop) {
            add_groups(&words, self.synonyms, self.analyzer, &mut plan);
        }
        for text in prefixes {
            let prefixes = self.prefixes(text, &mut plan);
            let variants =
                prefixes.into_iter().map(|prefix| (Variant::Prefix(prefix), 1.0)).collect();
            let surface = format!("{text}*");
            plan.groups.push(Group { surface, times: 1.0, variants, words: 1, position: None });
        }
        plan
    }

    fn free_words(&mut self, text: &str, words: &mut Vec<Word>) {
        let offset = words.last().map_or(0, |word| word.position + 1);
        let text = self.as_said(text);
        words.extend(self.analyzer.words(&text).into_iter().map(|mut word| {
            word.position += offset;
            word
        }));
    }

    /// A text that is not shouted.
    fn as_said<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.is_shouted { text.to_lowercase().into() } else { text.into() }
    }

    /// Whether a tree asks for something that is not a stop word; what it excludes does not count.
    fn says_more_than_stop_words(&mut self, node: &Tree) -> bool {
        match node {
            Tree::Words(text) => {
                let text = self.as_said(text);
                self.analyzer.says_more_than_stop_words(&text)
            }
            Tree::Phrase { text, .. } => {
                self.analyzer.says_more_than_stop_words(text) || self.analyzer.words(text).len() > 1
            }
            Tree::Prefix(_) => true,
            Tree::Field(FieldName::Title | FieldName::Heading | FieldName::Text, node) => {
                self.says_more_than_stop_words(node)
            }
            Tree::Field(..) => true,
            Tree::Not(_) => false,
            Tree::And(nodes) | Tree::Or(nodes) => {
                nodes.iter().any(|node| self.says_more_than_stop_words(node))
            }
            Tree::Bag(clauses) => clauses
                .iter()
                .filter(|clause| clause.occur != Occur::MustNot)
                .any(|clause| self.says_more_than_stop_words(&clause.node)),
        }
    }

    /// A tree as one condition on one field; none when it says nothing.
    fn condition(&mut self, node: &Tree, field: TextField, plan: &mut Plan) -> Option<Condition> {
        match node {
            Tree::Words(text) => {
                let words = self.analyzer.words(text);
                if words.iter().all(|word| word.is_stop) {
                    return if self.has_content { None } else { stop_words(&words, plan) };
                }
                let typed = typed_words(&words);
                let parts = typed.iter().filter(|typed| !typed.is_stop()).filter_map(|typed| {
                    plan.demanded_words.push(typed.surface());
                    for (variant, weight) in typed.variants() {
                        variant.terms().iter().for_each(|term| plan.marks.add_term(term, weight));
                    }
                    Some((Occur::Must, typed.condition(field)?))
                });
                Condition::of_parts(parts.collect())
            }
            Tree::Phrase { text, slop } => self.phrase(text, *slop, field, plan),
            Tree::Prefix(text) => {
                let prefixes = self.prefixes(text, plan).into_iter();
                let parts =
                    prefixes.map(|prefix| (Occur::Should, Condition::Prefix { field, prefix }));
                Condition::of_parts(parts.collect())
            }
            Tree::Field(name, node) => self.field(*name, node, plan),
            Tree::And(nodes) => {
                let parts = nodes
                    .iter()
                    .filter_map(|node| Some((Occur::Must, self.condition(node, field, plan)?)));
                Condition::of_parts(parts.collect())
            }
            Tree::Or(nodes) => {
                let parts = nodes
                    .iter()
                    .filter_map(|node| Some((Occur::Should, self.condition(node, field, plan)?)));
                Condition::of_parts(parts.collect())
            }
            Tree::Not(node) => {
                let excluded = self.condition(node, field, &mut Plan::default())?;
                Condition::of_parts(vec![(Occur::MustNot, excluded)])
            }
            Tree::Bag(clauses) => {
                let parts = clauses.iter().filter_map(|Clause { occur, node }| {
                    Some((*occur, self.condition(node, field, plan)?))
                });
                Condition::of_parts(parts.collect())
            }
        }
    }

    fn phrase(
        &mut self,
        text: &str,
        slop: u32,
        field: TextField,
        plan: &mut Plan,
    ) -> Option<Condition> {
        let words = self.analyzer.words(text);
        if words.iter().all(|word| word.is_stop) {
            // A lone one is indexed for titles only, but several are a phrase like any other.
            let says_nothing = self.has_content && words.len() < 2;
            return if says_nothing { None } else { stop_words(&words, plan) };
        }
        let words = phrase_words(&words);
        let content = words.iter().filter(|word| !word.is_stop);
        let mut terms: Vec<(usize, StemSet)> =
            content.map(|word| (word.position, word.term.clone())).collect();
        terms.iter().for_each(|(_, term)| plan.marks.add_term(term, 1.0));
        let demanded = words.iter().filter(|word| !word.is_stop).map(|word| word.folded.clone());
        plan.demanded_words.extend(demanded);
        plan.marks.phrases.push(MarkedPhrase { words, slop });
        match terms.len() {
            1 => Some(Condition::Term { field, term: terms.remove(0).1 }),
            _ => Some(Condition::Phrase { field, terms, slop }),
        }
    }

    /// What may begin like a text, to be marked too.
    fn prefixes(&mut self, text: &str, plan: &mut Plan) -> Vec<Prefix> {
        let prefixes = Prefix::of_text(text, self.analyzer);
        for prefix in &prefixes {
            plan.marks.prefixes.push(prefix.beginning.clone());
            prefix.before.iter().for_each(|term| plan.marks.add_term(term, 1.0));
        }
        prefixes
    }

    /// A day as written; else a note that it is none.
    fn day(&self, text: &str) -> Result<Date, Note> {
        let day = match self.now {
            Some(now) => dates::day(text, now),
            None => dates::first_day(text).ok_or(NotASpan::Unknown { text: text.into() }),
        };
        day.map_err(|error| match error {
            NotASpan::Ambiguous { text, minutes, months } => {
                Note::AmbiguousDate { text, minutes, months }
            }
            NotASpan::Unknown { .. } => Note::NoDate { text: text.into() },
        })
    }

    fn field(&mut self, name: FieldName, node: &Tree, plan: &mut Plan) -> Option<Condition> {
        let Some(value) = value_of(node) else {
            return self.condition(&node.within(name), TextField::Text, plan);
        };
        let is_text = matches!(name, FieldName::Title | FieldName::Heading | FieldName::Text);
        if let (false, Tree::Prefix(text)) = (is_text, node) {
            plan.notes.push(Note::StarDropped { text: format!("{text}*") });
        }
        match name {
            FieldName::Title => self.condition(node, TextField::Title, plan),
            FieldName::Heading => self.condition(node, TextField::Heading, plan),
            FieldName::Text => self.condition(node, TextField::Text, plan),
            FieldName::Id => Condition::of_parts(vec![
                (Occur::Should, Condition::Id(value.to_owned())),
                (Occur::Should, Condition::Key(DocumentKey::Id(value.to_owned()))),
            ]),
            FieldName::Url => Some(Condition::Key(DocumentKey::url(value))),
            FieldName::Facet(facet) => Some(match years_of(facet, value) {
                Some(years) => {
                    let [from, until] =
                        [years.start(), years.end()].map(|year| format!("{year:04}"));
                    Condition::FacetRange { facet, from, until }
                }
                None => Condition::Facet(FacetChoice::new(facet, value, self.aliases)),
            }),
            FieldName::After | FieldName::Before => match self.day(bound(name, value)) {
                Ok(day) => {
                    let day = Some(day);
                    let (from, until) =
                        if name == FieldName::After { (day, None) } else { (None, day) };
                    Some(Condition::Date(DateRange { of: DateField::Listed, from, until }))
                }
                Err(note) => {
                    plan.notes.push(note);
                    self.condition(node, TextField::Text, plan)
                }
            },
        }
    }

    /// The values of facets that a tree names, in its order.
    fn named_values(&self, node: &Tree, values: &mut Vec<FacetChoice>) {
        match node {
            Tree::Field(name @ FieldName::Facet(facet), node) => match value_of(node) {
                Some(value) if years_of(facet, value).is_some() => {}
                Some(value) => values.push(FacetChoice::new(facet, value, self.aliases)),
                None => self.named_values(&node.within(*name), values),
            },
            Tree::Field(_, node) | Tree::Not(node) => self.named_values(node, values),
            Tree::And(nodes) | Tree::Or(nodes) => {
                nodes.iter().for_each(|node| self.named_values(node, values));
            }
            Tree::Bag(clauses) => {
                clauses.iter().for_each(|clause| self.named_values(&clause.node, values));
            }
            Tree::Words(_) | Tree::Phrase { .. } | Tree::Prefix(_) => {}
        }
    }
}

/// Nothing but stop words, all of which must follow each other.
fn stop_words(words: &[Word], plan: &mut Plan) -> Option<Condition> {
    let parts = stop_word_variants(words).into_iter().map(|(surface, variants)| {
        let group = Group { surface, times: 1.0, variants, words: 1, position: None };
        plan.marks.stop_words.extend(group.stop_words().map(str::to_owned));
        (Occur::Must, Condition::Group(group))
    });
    Condition::of_parts(parts.collect())
}

/// The text behind the name of a field; none when parentheses stand there.
fn value_of(node: &Tree) -> Option<&str> {
    match node {
        Tree::Words(text) | Tree::Phrase { text, .. } | Tree::Prefix(text) => Some(text),
        _ => None,
    }
}

/// The years behind the name of a facet, when they are a range.
fn years_of(facet: &str, value: &str) -> Option<RangeInclusive<u16>> {
    if facet == "year" { years::range(value) } else { None }
}

/// A day without the sign that says what the field before it says already: `after:>2022`.
fn bound(name: FieldName, value: &str) -> &str {
    let sign = if name == FieldName::After { '>' } else { '<' };
    value.strip_prefix(sign).map_or(value, |day| day.strip_prefix('=').unwrap_or(day))
}

/// Clauses with parentheses that only enclose words taken away.
fn flatten<'a>(clauses: &'a [Clause], free: &mut Vec<&'a Clause>) {
    for clause in clauses {
        match &clause.node {
            Tree::Bag(inner)
                if clause.occur == Occur::Should
                    && inner.iter().all(|clause| clause.occur == Occur::Should) =>
            {
                flatten(inner, free);
            }
            _ => free.push(clause),
        }
    }
}
