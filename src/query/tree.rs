//! The tree of a query, and the fields that it can name.

use std::fmt;

use crate::query::facet::FACETS;

/// A query as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree {
    /// Text without syntax; one word as typed, which may hold several words for the index.
    Words(String),
    /// Words in this order, with at most `slop` other words between them.
    Phrase {
        /// The words.
        text: String,
        /// How many words may stand between.
        slop: u32,
    },
    /// Words that begin like this.
    Prefix(String),
    /// Something in one field only.
    Field(FieldName, Box<Tree>),
    /// Things side by side.
    Bag(Vec<Clause>),
    /// All of them.
    And(Vec<Tree>),
    /// Any of them.
    Or(Vec<Tree>),
    /// Everything but this.
    Not(Box<Tree>),
}

/// One of the things that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// How it takes part.
    pub occur: Occur,
    /// What it is.
    pub node: Tree,
}

/// How a clause takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occur {
    /// The more the better.
    Should,
    /// `+`: documents without it do not match.
    Must,
    /// `-`: documents with it do not match.
    MustNot,
}

/// The fields that can be named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldName {
    /// Titles, tags and company.
    Title,
    /// Headings within the text.
    Heading,
    /// Everything.
    Text,
    /// The link.
    Url,
    /// The id.
    Id,
    /// A facet: its name.
    Facet(&'static str),
    /// Listed on that day or later.
    After,
    /// Listed before that day.
    Before,
}

/// The fields by one name each.
pub(crate) const FIELDS: [&str; 15] = [
    "title",
    "heading",
    "text",
    "url",
    "id",
    "company",
    "tag",
    "site",
    "section",
    "list",
    "year",
    "kind",
    "provenance",
    "after",
    "before",
];

/// The names of fields beside those of the facets.
const NAMES: [(&str, FieldName); 11] = [
    ("title", FieldName::Title),
    ("heading", FieldName::Heading),
    ("text", FieldName::Text),
    ("body", FieldName::Text),
    ("url", FieldName::Url),
    ("id", FieldName::Id),
    ("after", FieldName::After),
    ("since", FieldName::After),
    ("before", FieldName::Before),
    ("until", FieldName::Before),
    ("tags", FieldName::Facet("tag")),
];

impl FieldName {
    /// The field of that name.
    pub(crate) fn parse(name: &str) -> Option<FieldName> {
        let name = name.to_ascii_lowercase();
        let (_, field) = FieldName::all().find(|(known, _)| *known == name)?;
        Some(field)
    }

    /// All fields by their names.
    fn all() -> impl Iterator<Item = (&'static str, FieldName)> {
        NAMES.into_iter().chain(FACETS.map(|facet| (facet, FieldName::Facet(facet))))
    }

    /// The name as typed.
    pub fn name(self) -> &'static str {
        match self {
            FieldName::Title => "title",
            FieldName::Heading => "heading",
            FieldName::Text => "text",
            FieldName::Url => "url",
            FieldName::Id => "id",
            FieldName::Facet(name) => name,
            FieldName::After => "after",
            FieldName::Before => "before",
        }
    }
}

impl Tree {
    /// The tree with a field at each of its leaves, save where it names another one.
    pub(crate) fn within(&self, field: FieldName) -> Tree {
        let within = |nodes: &[Tree]| nodes.iter().map(|node| node.within(field)).collect();
        match self {
            Tree::Words(_) | Tree::Phrase { .. } | Tree::Prefix(_) => {
                Tree::Field(field, Box::new(self.clone()))
            }
            Tree::Field(..) => self.clone(),
            Tree::Not(node) => Tree::Not(Box::new(node.within(field))),
            Tree::And(nodes) => Tree::And(within(nodes)),
            Tree::Or(nodes) => Tree::Or(within(nodes)),
            Tree::Bag(clauses) => {
                let within = |clause: &Clause| Clause {
                    occur: clause.occur,
                    node: clause.node.within(field),
                };
                Tree::Bag(clauses.iter().map(within).collect())
            }
        }
    }
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, nodes: &[Tree], word: &str| {
            for (at, node) in nodes.iter().enumerate() {
                f.write_str(if at == 0 { "(" } else { word })?;
                write!(f, "{node}")?;
            }
            f.write_str(")")
        };
        match self {
            Tree::Words(text) => f.write_str(text),
            Tree::Phrase { text, slop: 0 } => write!(f, "\"{text}\""),
            Tree::Phrase { text, slop } => write!(f, "\"{text}\"~{slop}"),
            Tree::Prefix(stem) => write!(f, "{stem}*"),
            Tree::Field(name, node) => match **node {
                Tree::Bag(_) | Tree::Not(_) => write!(f, "{}:({node})", name.name()),
                _ => write!(f, "{}:{node}", name.name()),
            },
            Tree::And(nodes) => list(f, nodes, " AND "),
            Tree::Or(nodes) => list(f, nodes, " OR "),
            Tree::Not(node) => write!(f, "NOT {node}"),
            Tree::Bag(clauses) => {
                for (at, clause) in clauses.iter().enumerate() {
                    let sign = match clause.occur {
                        Occur::Should => "",
                        Occur::Must => "+",
                        Occur::MustNot => "-",
                    };
                    let space = if at == 0 { "" } else { " " };
                    match &clause.node {
                        Tree::Bag(_) => write!(f, "{space}{sign}({})", clause.node)?,
                        node => write!(f, "{space}{sign}{node}")?,
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::query::tree::{FIELDS, FieldName};

    #[test]
    fn the_reference_names_every_field() {
        let reference = include_str!("../../docs/query.md");
        let fields = reference.split("\n## Fields").nth(1).unwrap().split("\n## ").next().unwrap();
        let cells = fields.lines().filter_map(|row| row.strip_prefix("| `")?.split(" |").next());
        let names = cells.flat_map(|cell| cell.split(", "));
        let names: BTreeSet<&str> = names.map(|name| name.trim_matches('`')).collect();
        assert_eq!(names, FieldName::all().map(|(name, _)| name).collect());
    }

    #[test]
    fn every_field_is_listed_by_one_name() {
        let names: BTreeSet<&str> = FieldName::all().map(|(_, field)| field.name()).collect();
        assert_eq!(names, FIELDS.into_iter().collect());
    }
}
