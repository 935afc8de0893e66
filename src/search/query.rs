//! The query language: from what people type to a tree of our own. Parsing never fails.
//!
//! Words stand side by side; `"a phrase"` and `"a phrase"~3`; `+must` and `-not`; `deplo*`;
//! `field:value`; `AND`, `OR`, `NOT` in capitals; parentheses; `after:2022-07`, `after:30d`.
//! What is not syntax is words.

use std::fmt;

use crate::{
    engine::local::schema::FACETS,
    search::lexer::{Token, balance, is_content, tokens},
};

/// Longer queries are cut.
pub const MAX_BYTES: usize = 10_000;

/// A query as a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
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
    Field(FieldName, Box<Node>),
    /// Things side by side.
    Bag(Vec<Clause>),
    /// All of them.
    And(Vec<Node>),
    /// Any of them.
    Or(Vec<Node>),
    /// Everything but this.
    Not(Box<Node>),
}

/// One of the things that stand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clause {
    /// How it takes part.
    pub occur: Occur,
    /// What it is.
    pub node: Node,
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

impl FieldName {
    /// The field of that name.
    pub(crate) fn parse(name: &str) -> Option<FieldName> {
        let name = name.to_ascii_lowercase();
        Some(match name.as_str() {
            "title" => FieldName::Title,
            "heading" => FieldName::Heading,
            "text" | "body" => FieldName::Text,
            "url" => FieldName::Url,
            "id" => FieldName::Id,
            "after" | "since" => FieldName::After,
            "before" | "until" => FieldName::Before,
            "tags" => FieldName::Facet("tag"),
            other => FieldName::Facet(FACETS.into_iter().find(|facet| *facet == other)?),
        })
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

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The tree; an empty bag for an empty query.
    pub root: Node,
    /// What was not understood as syntax, for people.
    pub notes: Vec<String>,
}

/// Parses what was typed.
pub fn parse(text: &str) -> Query {
    let mut notes = Vec::new();
    let cut = &text[..text.floor_char_boundary(MAX_BYTES)];
    if cut.len() < text.len() {
        notes.push(format!("the query is longer than {MAX_BYTES} bytes; the rest was ignored"));
    }
    let mut tokens = tokens(cut, &mut notes);
    balance(&mut tokens, &mut notes);
    if !tokens.iter().any(|token| matches!(token, Token::Word(word) if is_content(word)))
        && tokens.iter().all(|token| !matches!(token, Token::Other { .. } | Token::Open { .. }))
    {
        // Nothing but stop words: `TO BE OR NOT TO BE` is a text, not an expression.
        for token in &mut tokens {
            if let Token::And | Token::Or | Token::Not = token {
                *token = Token::Word(token.to_string());
            }
        }
    }
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let root = parser.or();
    Query { root, notes }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Node {
        let mut nodes = vec![self.and()];
        while self.eat(|token| matches!(token, Token::Or)) {
            nodes.push(self.and());
        }
        combined(nodes, Node::Or)
    }

    fn and(&mut self) -> Node {
        let mut nodes = vec![self.bag()];
        while self.eat(|token| matches!(token, Token::And)) {
            nodes.push(self.bag());
        }
        combined(nodes, Node::And)
    }

    fn bag(&mut self) -> Node {
        let mut clauses = Vec::new();
        let mut is_negated = false;
        while let Some(token) = self.tokens.get(self.at) {
            let (mut occur, node) = match token {
                Token::Close | Token::And | Token::Or => break,
                Token::Not => {
                    self.at += 1;
                    is_negated = !is_negated;
                    continue;
                }
                Token::Word(word) => {
                    self.at += 1;
                    (Occur::Should, Node::Words(word.clone()))
                }
                Token::Other { occur, node } => {
                    self.at += 1;
                    (*occur, node.clone())
                }
                Token::Open { occur } => {
                    self.at += 1;
                    let node = self.or();
                    self.eat(|token| matches!(token, Token::Close));
                    (*occur, node)
                }
            };
            if std::mem::take(&mut is_negated) {
                occur = match occur {
                    Occur::MustNot => Occur::Must,
                    Occur::Must | Occur::Should => Occur::MustNot,
                };
            }
            if node != Node::Bag(Vec::new()) {
                clauses.push(Clause { occur, node });
            }
        }
        match clauses.as_mut_slice() {
            [Clause { occur: Occur::Should, node }] => {
                std::mem::replace(node, Node::Bag(Vec::new()))
            }
            [Clause { occur: Occur::MustNot, node }] => {
                Node::Not(Box::new(std::mem::replace(node, Node::Bag(Vec::new()))))
            }
            _ => Node::Bag(clauses),
        }
    }

    fn eat(&mut self, is_it: impl Fn(&Token) -> bool) -> bool {
        let found = self.tokens.get(self.at).is_some_and(is_it);
        self.at += usize::from(found);
        found
    }
}

/// Several operands by their operator; empty ones, left by a dangling operator, do not count.
fn combined(mut nodes: Vec<Node>, operator: impl Fn(Vec<Node>) -> Node) -> Node {
    nodes.retain(|node| *node != Node::Bag(Vec::new()));
    match nodes.len() {
        0 => Node::Bag(Vec::new()),
        1 => nodes.remove(0),
        _ => operator(nodes),
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, nodes: &[Node], word: &str| {
            for (at, node) in nodes.iter().enumerate() {
                f.write_str(if at == 0 { "(" } else { word })?;
                write!(f, "{node}")?;
            }
            f.write_str(")")
        };
        match self {
            Node::Words(text) => f.write_str(text),
            Node::Phrase { text, slop: 0 } => write!(f, "\"{text}\""),
            Node::Phrase { text, slop } => write!(f, "\"{text}\"~{slop}"),
            Node::Prefix(stem) => write!(f, "{stem}*"),
            Node::Field(name, node) => write!(f, "{}:{node}", name.name()),
            Node::And(nodes) => list(f, nodes, " AND "),
            Node::Or(nodes) => list(f, nodes, " OR "),
            Node::Not(node) => write!(f, "NOT {node}"),
            Node::Bag(clauses) => {
                for (at, clause) in clauses.iter().enumerate() {
                    let sign = match clause.occur {
                        Occur::Should => "",
                        Occur::Must => "+",
                        Occur::MustNot => "-",
                    };
                    let space = if at == 0 { "" } else { " " };
                    match &clause.node {
                        Node::Bag(_) => write!(f, "{space}{sign}({})", clause.node)?,
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
    use proptest::prelude::{Strategy, any, proptest};

    use crate::search::query::{MAX_BYTES, parse};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).root.to_string(), expected, "{text}");
    }

    #[test]
    fn syntax_becomes_a_tree() {
        check("feature store", "feature store");
        check("\"feature store\" drift", "\"feature store\" drift");
        check("\"feature store\"~2", "\"feature store\"~2");
        check("+drift -spark deplo*", "+drift -spark deplo*");
        check("a1 b1 AND c1 OR d1", "((a1 b1 AND c1) OR d1)");
        check("(ray OR spark) +training", "(ray OR spark) +training");
        check("NOT spark", "NOT spark");
        check("company:Uber title:\"real time\"", "company:Uber title:\"real time\"");
        check("after:2022-07", "after:2022-07");
    }

    #[test]
    fn what_is_not_syntax_is_words() {
        for text in [
            "C++",
            "what's new?",
            "a/b",
            "k8s:",
            "f(x) = y",
            "- dash",
            "--flag",
            "x:y",
            "🙂",
            "C#",
            "http://example.org/a?b=c",
            "50%",
            "~",
            "*",
            "a*b",
        ] {
            check(text, text);
        }
        check("to be OR not to be", "to be OR not to be");
        check("AND", "AND");
    }

    #[test]
    fn lost_partners_are_noted() {
        for (text, tree) in
            [("\"unbalanced store", "\"unbalanced store"), ("(ray spark", "ray spark")]
        {
            let query = parse(text);
            assert_eq!(query.root.to_string(), tree);
            assert_eq!(query.notes.len(), 1, "{text}");
        }
    }

    #[test]
    fn long_and_deep_queries_are_bounded() {
        assert_eq!(parse(&"x ".repeat(MAX_BYTES)).notes.len(), 1);
        parse(&"(".repeat(MAX_BYTES));
        parse(&format!("{}x{}", "(".repeat(4000), ")".repeat(4000)));
    }

    proptest! {
        #[test]
        fn no_text_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            parse(&String::from_utf8_lossy(&bytes)).root.to_string();
        }

        #[test]
        fn no_heap_of_syntax_panics(text in syntax()) {
            parse(&text).root.to_string();
        }
    }

    fn syntax() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "(", ")", "\"", "+", "-", " ", "AND ", "OR ", "NOT ", "title:", "after:", "*", "~2",
            "word", "é", "機", "C++", "\u{0}",
        ]);
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }
}
