//! The query language: from what people type to a tree of our own. Parsing never fails.
//!
//! Words stand side by side; `"a phrase"` and `"a phrase"~3`; `+must` and `-not`; `deplo*`;
//! `field:value`; `AND`, `OR`, `NOT` in capitals; parentheses; `after:2022-07`, `after:30d`.
//! What is not syntax is words.

use crate::query::{
    lexer::{QueryToken, balance, is_content, tokens},
    note::Note,
    tree::{Clause, Occur, Tree},
};

/// Longer queries are cut.
pub const MAX_BYTES: usize = 10_000;

/// A parsed query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedQuery {
    /// The tree; an empty bag for an empty query.
    pub root: Tree,
    /// What was not understood as syntax.
    pub notes: Vec<Note>,
}

/// Parses what was typed.
pub fn parse(text: &str) -> ParsedQuery {
    let mut notes = Vec::new();
    let cut = beginning(text);
    if cut.len() < text.len() {
        notes.push(Note::Cut { bytes: MAX_BYTES });
    }
    let mut tokens = tokens(cut, &mut notes);
    balance(&mut tokens, &mut notes);
    if !tokens.iter().any(|token| matches!(token, QueryToken::Word(word) if is_content(word)))
        && tokens
            .iter()
            .all(|token| !matches!(token, QueryToken::Other { .. } | QueryToken::Open { .. }))
    {
        // Nothing but stop words: `TO BE OR NOT TO BE` is a text, not an expression.
        for token in &mut tokens {
            if let QueryToken::And | QueryToken::Or | QueryToken::Not = token {
                *token = QueryToken::Word(token.to_string());
            }
        }
    }
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let root = parser.or();
    ParsedQuery { root, notes }
}

/// As much of a query as is read: it ends between words, unless one word is all of it.
fn beginning(text: &str) -> &str {
    let (cut, rest) = text.split_at(text.floor_char_boundary(MAX_BYTES));
    if rest.is_empty() || rest.starts_with(char::is_whitespace) {
        return cut;
    }
    cut.rfind(char::is_whitespace).map_or(cut, |end| &cut[..end])
}

struct Parser<'a> {
    tokens: &'a [QueryToken],
    at: usize,
}

impl Parser<'_> {
    fn or(&mut self) -> Tree {
        let mut nodes = vec![self.and()];
        while self.eat(|token| matches!(token, QueryToken::Or)) {
            nodes.push(self.and());
        }
        combined(nodes, Tree::Or)
    }

    fn and(&mut self) -> Tree {
        let mut nodes = vec![self.bag()];
        while self.eat(|token| matches!(token, QueryToken::And)) {
            nodes.push(self.bag());
        }
        combined(nodes, Tree::And)
    }

    fn bag(&mut self) -> Tree {
        let mut clauses = Vec::new();
        let mut is_negated = false;
        while let Some(token) = self.tokens.get(self.at) {
            let (mut occur, node) = match token {
                QueryToken::Close | QueryToken::And | QueryToken::Or => break,
                QueryToken::Not => {
                    self.at += 1;
                    is_negated = !is_negated;
                    continue;
                }
                QueryToken::Word(word) => {
                    self.at += 1;
                    (Occur::Should, Tree::Words(word.clone()))
                }
                QueryToken::Other { occur, node } => {
                    self.at += 1;
                    (*occur, node.clone())
                }
                QueryToken::Open { occur, field } => {
                    self.at += 1;
                    let node = self.or();
                    self.eat(|token| matches!(token, QueryToken::Close));
                    let node = match field {
                        Some(name) if node != Tree::Bag(Vec::new()) => {
                            Tree::Field(*name, Box::new(node))
                        }
                        _ => node,
                    };
                    (*occur, node)
                }
            };
            if std::mem::take(&mut is_negated) {
                occur = match occur {
                    Occur::MustNot => Occur::Must,
                    Occur::Must | Occur::Should => Occur::MustNot,
                };
            }
            if node != Tree::Bag(Vec::new()) {
                clauses.push(Clause { occur, node });
            }
        }
        match clauses.as_mut_slice() {
            [Clause { occur: Occur::Should, node }] => {
                std::mem::replace(node, Tree::Bag(Vec::new()))
            }
            [Clause { occur: Occur::MustNot, node }] => {
                Tree::Not(Box::new(std::mem::replace(node, Tree::Bag(Vec::new()))))
            }
            _ => Tree::Bag(clauses),
        }
    }

    fn eat(&mut self, is_it: impl Fn(&QueryToken) -> bool) -> bool {
        let found = self.tokens.get(self.at).is_some_and(is_it);
        self.at += usize::from(found);
        found
    }
}

/// Several operands by their operator; empty ones, left by a dangling operator, do not count.
fn combined(mut nodes: Vec<Tree>, operator: impl Fn(Vec<Tree>) -> Tree) -> Tree {
    nodes.retain(|node| *node != Tree::Bag(Vec::new()));
    match nodes.len() {
        0 => Tree::Bag(Vec::new()),
        1 => nodes.remove(0),
        _ => operator(nodes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, any, proptest};

    use crate::query::{
        note::Note,
        parser::{MAX_BYTES, parse},
    };

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
    fn quotation_marks_of_all_kinds_make_phrases() {
        for text in [
            "“real time” store",
            "”real time” store",
            "„real time“ store",
            "„real time” store",
            "“real time\" store",
            "«real time» store",
            "»real time« store",
            "‹real time› store",
            "「real time」store",
            "『real time』 store",
            "＂real time＂ store",
        ] {
            check(text, "\"real time\" store");
        }
        check("“real time”~2", "\"real time\"~2");
        check("title:“real time” -„a b“", "title:\"real time\" -\"a b\"");
        check("what’s new", "what’s new");
        check("“real time", "“real time");
        assert_eq!(parse("“real time").notes.len(), 1);
    }

    #[test]
    fn dashes_before_a_word_exclude_it() {
        for text in ["store –spark", "store −spark", "store －spark"] {
            check(text, "store -spark");
        }
        check("store −(ray spark)", "store -(ray spark)");
        check("store – spark", "store – spark");
        check("store —spark", "store —spark");
        check("real–time", "real–time");
    }

    #[test]
    fn parentheses_after_a_field_are_about_that_field() {
        check("company:(uber OR lyft)", "company:(uber OR lyft)");
        check("text -company:(uber OR lyft)", "text -company:(uber OR lyft)");
        check("title:(a b) c", "title:(a b) c");
        check("title:( \"real time\" -store )", "title:(\"real time\" -store)");
        check("company:(NOT uber) x", "company:(NOT uber) x");
        check("tag:(ray)", "tag:ray");
        check("tag:() ray", "ray");
        check("tag:(ray", "tag:(ray");
    }

    #[test]
    fn queries_of_the_reference_are_understood_as_it_says() {
        let reference = include_str!("../../docs/query.md");
        let mut rows = 0;
        for row in reference.lines().filter(|line| line.matches(" | ").count() == 2) {
            let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
            if let Some(typed) = cells[0].strip_prefix('`') {
                check(typed.trim_end_matches('`'), cells[1].trim_matches('`'));
                rows += 1;
            }
        }
        assert!(rows > 20, "{rows}");
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

    #[test]
    fn a_long_query_is_cut_between_words() {
        for (word, last) in [("store ", "store"), ("機械学習 ", "機械学習")] {
            let query = parse(&word.repeat(MAX_BYTES));
            assert_eq!(query.notes, [Note::Cut { bytes: MAX_BYTES }]);
            let tree = query.root.to_string();
            assert!(tree.split(' ').all(|word| word == last), "{}", tree.len());
        }
        assert_eq!(parse(&"x".repeat(2 * MAX_BYTES)).root.to_string().len(), MAX_BYTES);
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
            "word", "é", "機", "C++", "\u{0}", "“", "„", "」", "−",
        ]);
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }
}
