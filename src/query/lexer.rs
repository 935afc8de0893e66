//! The pieces of a query: words, operators, parentheses, phrases and fields.

use std::fmt;

use crate::{
    analysis::analyzer::Analyzer,
    query::{
        foreign,
        note::Note,
        prefix,
        tree::{FieldName, Occur, Tree},
    },
};

/// Deeper groups are read as words.
const MAX_DEPTH: usize = 16;

/// A piece of a query.
pub(crate) enum QueryToken {
    /// A word that stands free.
    Word(String),
    /// A leaf of the tree, or a word with a sign.
    Other { occur: Occur, node: Tree },
    /// `(`, perhaps with a sign, perhaps behind the name of a field.
    Open { occur: Occur, field: Option<FieldName> },
    /// `)`.
    Close,
    /// `AND`.
    And,
    /// `OR`.
    Or,
    /// `NOT`.
    Not,
}

impl fmt::Display for QueryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QueryToken::And => "AND",
            QueryToken::Or => "OR",
            QueryToken::Not => "NOT",
            QueryToken::Open { .. } => "(",
            QueryToken::Close => ")",
            QueryToken::Word(word) => word,
            QueryToken::Other { .. } => "",
        })
    }
}

/// Whether a word says something beside grammar.
pub(crate) fn is_content(word: &str) -> bool {
    Analyzer::default().says_more_than_stop_words(&word.to_lowercase())
}

/// Cuts a query into pieces.
pub(crate) fn tokens(text: &str, notes: &mut Vec<Note>) -> Vec<QueryToken> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let mut said_quote = false;
    while !rest.is_empty() {
        let (occur, body) = match sign(rest) {
            Some((occur, after)) if starts_operand(after) => (occur, after),
            _ => (Occur::Should, rest),
        };
        if let Some((field, inner)) = opening(body) {
            tokens.push(QueryToken::Open { occur, field });
            rest = inner.trim_start();
            continue;
        }
        if let Some(inner) = body.strip_prefix(')') {
            tokens.push(QueryToken::Close);
            rest = inner.trim_start();
            continue;
        }
        if let Some((node, after)) = phrase(body) {
            tokens.push(QueryToken::Other { occur, node });
            rest = after.trim_start();
            continue;
        }
        if let Some((node, after)) = field(body) {
            if let Tree::Field(_, value) = &node
                && let Tree::Words(text) = &**value
            {
                add_note(foreign::note(text), notes);
            }
            tokens.push(QueryToken::Other { occur, node });
            rest = after.trim_start();
            continue;
        }
        if closing_marks(body).is_some() && !said_quote {
            said_quote = true;
            notes.push(Note::UnpairedQuote);
        }
        let end = word_end(body);
        let word = &body[..end];
        rest = body[end..].trim_start();
        if prefix(word).is_none() {
            add_note(foreign::note(word), notes);
        }
        tokens.push(match (word, occur) {
            ("AND", Occur::Should) => QueryToken::And,
            ("OR", Occur::Should) => QueryToken::Or,
            ("NOT", Occur::Should) => QueryToken::Not,
            (word, Occur::Should) => match prefix(word) {
                Some(node) => QueryToken::Other { occur, node },
                None => QueryToken::Word(word.to_owned()),
            },
            (word, _) => QueryToken::Other {
                occur,
                node: prefix(word).unwrap_or_else(|| Tree::Words(word.to_owned())),
            },
        });
    }
    tokens
}

/// Adds a note, unless there is one of its kind.
fn add_note(note: Option<Note>, notes: &mut Vec<Note>) {
    let kind = |note: &Note| std::mem::discriminant(note);
    notes.extend(note.filter(|note| notes.iter().all(|known| kind(known) != kind(note))));
}

/// A sign, and what follows it. Minus signs and dashes that editors and keyboards put in the place
/// of a hyphen are signs, too.
fn sign(text: &str) -> Option<(Occur, &str)> {
    let mut rest = text.chars();
    let occur = match rest.next()? {
        '+' => Occur::Must,
        '-' | '–' | '−' | '－' => Occur::MustNot,
        _ => return None,
    };
    Some((occur, rest.as_str()))
}

/// Whether a sign before this is an operator.
fn starts_operand(rest: &str) -> bool {
    rest.chars().next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '(' | '.'))
        || closing_marks(rest).is_some()
}

/// The quotation marks that may end what begins with one: those of many languages, and a straight
/// one for a curly one that an editor missed.
fn closing_marks(text: &str) -> Option<&'static [char]> {
    Some(match text.chars().next()? {
        '"' => &['"'],
        '“' | '„' | '”' | '‟' => &['”', '“', '‟', '"'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '‹' => &['›'],
        '›' => &['‹', '›'],
        '「' => &['」'],
        '『' => &['』'],
        '＂' => &['＂'],
        _ => return None,
    })
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

fn phrase(body: &str) -> Option<(Tree, &str)> {
    let closing = closing_marks(body)?;
    let mut inner = body.chars();
    inner.next();
    let (text, mut after) = inner.as_str().split_once(closing)?;
    let mut slop = 0;
    if let Some(number) = after.strip_prefix('~') {
        let digits = number.bytes().take_while(u8::is_ascii_digit).count();
        if let Ok(value) = number[..digits].parse::<u32>() {
            slop = value.min(100);
            after = &number[digits..];
        }
    }
    Some((Tree::Phrase { text: text.to_owned(), slop }, after))
}

/// `(` or `field:(`, and what follows it. Behind a field it needs a partner: without one it is part
/// of the field's value.
fn opening(body: &str) -> Option<(Option<FieldName>, &str)> {
    if let Some(inner) = body.strip_prefix('(') {
        return Some((None, inner));
    }
    let (name, value) = field_name(body)?;
    let inner = value.strip_prefix('(')?;
    inner.contains(')').then_some((Some(name), inner))
}

/// The name of a field, and what follows its colon.
fn field_name(body: &str) -> Option<(FieldName, &str)> {
    let (name, value) = body.split_once(':')?;
    Some((FieldName::parse(name)?, value))
}

fn field(body: &str) -> Option<(Tree, &str)> {
    let (name, value) = field_name(body)?;
    if value.chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let (node, after) = phrase(value).unwrap_or_else(|| {
        let end = range_end(value).unwrap_or_else(|| word_end(value));
        let word = &value[..end];
        (prefix(word).unwrap_or_else(|| Tree::Words(word.to_owned())), &value[end..])
    });
    Some((Tree::Field(name, Box::new(node)), after))
}

/// The end of `[2019 TO 2021]`, which is one value though blanks stand in it.
fn range_end(value: &str) -> Option<usize> {
    let end = value.strip_prefix('[')?.find(']')? + 2;
    value[..end].contains(" TO ").then_some(end)
}

fn prefix(word: &str) -> Option<Tree> {
    prefix::before_star(word).map(|text| Tree::Prefix(text.to_owned()))
}

/// Drops parentheses without partner, and those too deep.
pub(crate) fn balance(tokens: &mut Vec<QueryToken>, notes: &mut Vec<Note>) {
    let mut open = Vec::new();
    let mut drop = vec![false; tokens.len()];
    for (at, token) in tokens.iter().enumerate() {
        match token {
            QueryToken::Open { .. } => open.push(at),
            QueryToken::Close => match open.pop() {
                Some(start) if open.len() >= MAX_DEPTH => (drop[start], drop[at]) = (true, true),
                Some(_) => {}
                None => drop[at] = true,
            },
            _ => {}
        }
    }
    open.iter().for_each(|&at| drop[at] = true);
    if drop.contains(&true) {
        notes.push(Note::UnpairedParenthesis);
        let mut drop = drop.iter();
        tokens.retain(|_| drop.next() != Some(&true));
    }
}
