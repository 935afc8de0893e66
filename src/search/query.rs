//! The query language: from what people type to a tree of our own. Parsing never fails.
//!
//! Words stand side by side; `"a phrase"` and `"a phrase"~3`; `+must` and `-not`; `deplo*`;
//! `field:value`; `AND`, `OR`, `NOT` in capitals; parentheses; `after:2022-07`, `before:30d`.
//! What is not syntax is words.

use std::fmt;

/// Longer queries are cut.
pub const MAX_BYTES: usize = 10_000;
/// Deeper groups are read as words.
const MAX_DEPTH: usize = 16;

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
    fn parse(name: &str) -> Option<FieldName> {
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
            other => FieldName::Facet(
                crate::index::schema::FACETS.into_iter().find(|facet| *facet == other)?,
            ),
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
        // Nothing but function words: `TO BE OR NOT TO BE` is a text, not an expression.
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

enum Token {
    Word(String),
    Other { occur: Occur, node: Node },
    Open { occur: Occur },
    Close,
    And,
    Or,
    Not,
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Token::And => "AND",
            Token::Or => "OR",
            Token::Not => "NOT",
            Token::Open { .. } => "(",
            Token::Close => ")",
            Token::Word(word) => word,
            Token::Other { .. } => "",
        })
    }
}

fn is_content(word: &str) -> bool {
    crate::index::analyzer::Analyzer::default()
        .words(&word.to_lowercase())
        .iter()
        .any(|w| !w.is_stop)
}

fn tokens(text: &str, notes: &mut Vec<String>) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let mut said_quote = false;
    while !rest.is_empty() {
        let (occur, body) = match rest.as_bytes()[0] {
            b'+' if starts_operand(&rest[1..]) => (Occur::Must, &rest[1..]),
            b'-' if starts_operand(&rest[1..]) => (Occur::MustNot, &rest[1..]),
            _ => (Occur::Should, rest),
        };
        if let Some(inner) = body.strip_prefix('(') {
            tokens.push(Token::Open { occur });
            rest = inner.trim_start();
            continue;
        }
        if let Some(inner) = body.strip_prefix(')') {
            tokens.push(Token::Close);
            rest = inner.trim_start();
            continue;
        }
        if let Some((node, after)) = phrase(body) {
            tokens.push(Token::Other { occur, node });
            rest = after.trim_start();
            continue;
        }
        if let Some((node, after)) = field(body) {
            tokens.push(Token::Other { occur, node });
            rest = after.trim_start();
            continue;
        }
        if body.starts_with('"') && !said_quote {
            said_quote = true;
            notes.push("a quotation mark has no partner; its words were searched as words".into());
        }
        let end = word_end(body);
        let word = &body[..end];
        rest = body[end..].trim_start();
        tokens.push(match (word, occur) {
            ("AND", Occur::Should) => Token::And,
            ("OR", Occur::Should) => Token::Or,
            ("NOT", Occur::Should) => Token::Not,
            (word, Occur::Should) => match prefix(word) {
                Some(node) => Token::Other { occur, node },
                None => Token::Word(word.to_owned()),
            },
            (word, _) => Token::Other {
                occur,
                node: prefix(word).unwrap_or_else(|| Node::Words(word.to_owned())),
            },
        });
    }
    tokens
}

/// Whether `+` or `-` before this is an operator.
fn starts_operand(rest: &str) -> bool {
    rest.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '"' | '(' | '.'))
}

/// A word ends at white space and before parentheses that stand at its end: `f(x)` is one word.
fn word_end(body: &str) -> usize {
    let end = body.find(char::is_whitespace).unwrap_or(body.len());
    let word = &body[..end];
    let extra = word
        .bytes()
        .filter(|b| *b == b')')
        .count()
        .saturating_sub(word.bytes().filter(|b| *b == b'(').count());
    let trailing = word.len() - word.trim_end_matches(')').len();
    (end - extra.min(trailing)).max(body.chars().next().map_or(0, char::len_utf8))
}

fn phrase(body: &str) -> Option<(Node, &str)> {
    let inner = body.strip_prefix('"')?;
    let (text, mut after) = inner.split_once('"')?;
    let mut slop = 0;
    if let Some(number) = after.strip_prefix('~') {
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(value) = number[..digits].parse::<u32>() {
            slop = value.min(100);
            after = &number[digits..];
        }
    }
    Some((Node::Phrase { text: text.to_owned(), slop }, after))
}

fn field(body: &str) -> Option<(Node, &str)> {
    let (name, value) = body.split_once(':')?;
    let name = FieldName::parse(name)?;
    if value.chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let (node, after) = phrase(value).unwrap_or_else(|| {
        let end = word_end(value);
        let word = &value[..end];
        (prefix(word).unwrap_or_else(|| Node::Words(word.to_owned())), &value[end..])
    });
    Some((Node::Field(name, Box::new(node)), after))
}

fn prefix(word: &str) -> Option<Node> {
    let stem = word.strip_suffix('*')?;
    let is_word = stem.chars().all(char::is_alphanumeric) && stem.chars().count() >= 2;
    is_word.then(|| Node::Prefix(stem.to_owned()))
}

/// Drops parentheses without partner, and those too deep.
fn balance(tokens: &mut Vec<Token>, notes: &mut Vec<String>) {
    let mut open = Vec::new();
    let mut drop = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open { .. } => open.push(at),
            Token::Close => match open.pop() {
                Some(start) if open.len() >= MAX_DEPTH => (drop[start], drop[at]) = (true, true),
                Some(_) => {}
                None => drop[at] = true,
            },
            _ => {}
        }
    }
    open.iter().for_each(|&at| drop[at] = true);
    if drop.contains(&true) {
        notes.push("a parenthesis has no partner; it was ignored".into());
        let mut drop = drop.iter();
        tokens.retain(|_| drop.next() != Some(&true));
    }
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
