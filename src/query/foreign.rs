//! Syntax of other search engines, which is none here: it is searched as words, with a note.

use strsim::osa_distance;

use crate::query::{
    note::Note,
    prefix::before_star,
    tree::{FIELDS, FieldName},
};

/// Names of fields elsewhere, with the field that is meant here, if there is one.
const NAMES: [(&str, Option<&str>); 27] = [
    ("abstract", Some("text")),
    ("author", None),
    ("by", None),
    ("categories", Some("section")),
    ("category", Some("section")),
    ("companies", Some("company")),
    ("content", Some("text")),
    ("date", Some("after")),
    ("domain", Some("site")),
    ("filetype", Some("kind")),
    ("from", Some("after")),
    ("host", Some("site")),
    ("inbody", Some("text")),
    ("intext", Some("text")),
    ("intitle", Some("title")),
    ("inurl", Some("url")),
    ("keyword", Some("tag")),
    ("label", Some("tag")),
    ("lang", None),
    ("language", None),
    ("link", Some("url")),
    ("org", Some("company")),
    ("published", Some("after")),
    ("source", Some("list")),
    ("topic", Some("tag")),
    ("type", Some("kind")),
    ("website", Some("site")),
];

/// The note of a word that is written like syntax and is none.
pub(crate) fn note(word: &str) -> Option<Note> {
    let text = word.trim_start_matches(['+', '-', '(']);
    if let Some(nearest) = unknown_field(text) {
        let nearest = nearest.map(str::to_owned);
        return Some(Note::UnknownField { text: text.into(), nearest, known: &FIELDS });
    }
    if is_operator(text) {
        return Some(Note::UnknownOperator { text: text.into() });
    }
    let is_starred = text.ends_with('*') && text.contains(char::is_alphanumeric);
    let is_dropped = is_starred && before_star(text).is_none();
    is_dropped.then(|| Note::StarDropped { text: text.into() })
}

/// For a word that seems to name a field: the field that may be meant.
fn unknown_field(word: &str) -> Option<Option<&'static str>> {
    let (name, value) = word.split_once(':')?;
    let is_name = name.len() >= 2 && name.bytes().all(|b| b.is_ascii_alphabetic());
    // `std::vector` and `http://a.example` name no field.
    if !is_name || value.is_empty() || value.starts_with([':', '/', '\\']) {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let singular = name.strip_suffix('s').unwrap_or(&name);
    if let Some((_, meant)) = NAMES.iter().find(|(known, _)| *known == singular || *known == name) {
        return Some(*meant);
    }
    FIELDS.into_iter().find(|known| *known == singular || is_near(&name, known)).map(Some)
}

/// Whether a name is likely to be a mistyped one: short names are near many words.
fn is_near(name: &str, known: &str) -> bool {
    let distance = osa_distance(name, known);
    match known.len() {
        0..=3 => distance == 1 && letters(name) == letters(known),
        4 => distance == 1 && (name.len() != known.len() || letters(name) == letters(known)),
        5 => distance == 1,
        _ => distance <= 2,
    }
}

fn letters(word: &str) -> Vec<u8> {
    let mut letters = word.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}

/// Whether a word is written with an operator that the language does not have.
fn is_operator(word: &str) -> bool {
    if matches!(word, "&&" | "||") {
        return true;
    }
    let compares = |(name, value): (&str, &str)| {
        FieldName::parse(name).is_some()
            && value.starts_with(|c: char| c.is_ascii_digit() || c == '=')
    };
    has_number(word, '~')
        || has_number(word, '^')
        || stands_within_letters(word, '*')
        || stands_within_letters(word, '?')
        || is_pattern(word)
        || word.split_once(['<', '>']).is_some_and(compares)
}

/// Whether a word ends with a sign and perhaps a number: `word~`, `word~1`, `word^2`, or this behind
/// a phrase. Shorter ones are arithmetic: `x^2`.
fn has_number(word: &str, sign: char) -> bool {
    let Some((base, number)) = word.rsplit_once(sign) else { return false };
    let base = base.trim_end_matches(['"', ')', '*']);
    let is_word = base.chars().count() >= 3 && base.chars().all(char::is_alphanumeric);
    let is_number = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (is_word && is_number && (sign == '~' || !number.is_empty()))
        || (sign == '^' && base.is_empty() && is_number && !number.is_empty())
}

/// Whether a wildcard stands before or between letters, as in `k*s`, `*tion` and `wom?n`.
fn stands_within_letters(word: &str, sign: char) -> bool {
    if word.contains(['/', '=', '&', ':']) {
        return false;
    }
    let is_letter = |c: char| c.is_alphabetic() || c == '*';
    word.match_indices(sign).any(|(at, _)| {
        let before = word[..at].chars().next_back();
        let after = word[at + sign.len_utf8()..].chars().next();
        let ends_well = after.is_some_and(char::is_alphabetic);
        ends_well && before.map_or(sign == '*', is_letter)
    })
}

/// Whether a word stands between slashes, as in `/k.*s/`, and is no path.
fn is_pattern(word: &str) -> bool {
    let inner = word.strip_prefix('/').and_then(|word| word.strip_suffix('/'));
    inner.is_some_and(|inner| !inner.contains('/') && inner.contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use crate::query::{foreign::note, note::Note};

    #[track_caller]
    fn check(words: &[&str], expected: Option<&str>) {
        for word in words {
            let found = note(word).map(|note| match note {
                Note::UnknownField { nearest, .. } => nearest.unwrap_or("no field".into()),
                Note::StarDropped { .. } => "no beginning".into(),
                _ => "no operator".into(),
            });
            assert_eq!(found.as_deref(), expected, "{word}");
        }
    }

    #[test]
    fn names_that_are_nearly_those_of_fields_are_noted() {
        check(
            &["titel:store", "Tilte:store", "titles:a", "intitle:a", "-tittle:(a"],
            Some("title"),
        );
        check(&["compnay:uber", "companies:uber", "companny:uber"], Some("company"));
        check(&["tga:ray", "topics:ray"], Some("tag"));
        check(&["yaer:2020", "years:2020"], Some("year"));
        check(&["author:ann", "lang:en"], Some("no field"));
        check(&["http://a.example", "https://a.example", "std::vector", "12:30", "a:b"], None);
        check(&["test:unit", "next:js", "key:value", "title:", "k8s:", ":title", "機械:x"], None);
    }

    #[test]
    fn operators_of_other_search_engines_are_noted() {
        let operators = [
            "kuber~",
            "word~1",
            "word~0.8",
            "k*s",
            "*tion",
            "wom?n",
            "/k.*s/",
            "word^2",
            "^2",
            "year>2012",
            "year>=2012",
            "&&",
            "||",
            "kub*net*",
        ];
        check(&operators, Some("no operator"));
        check(&["x*", "real-*", "c+*", "-é*"], Some("no beginning"));
        let words = [
            "C++",
            "what's new?",
            "a/b",
            "x^2",
            "2^10",
            "~",
            "*",
            "~2",
            "-",
            "~/notes",
            "50%",
            "/usr/bin/",
            "http://a.example/?b=c",
            "a->b",
            "deplo*",
            "1.2*",
            "x>0",
            "<b>",
            "🚀",
        ];
        check(&words, None);
    }
}
