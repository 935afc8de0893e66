//! Notes about a query in words.

use crate::{
    counted::counted_as,
    search::{Corrected, Note, Request, Results},
    wording::hint::{Named, command, other_values},
};

/// What there is to say of the results of a search, a sentence each; `named` is what commands in
/// them name.
pub fn notes(request: &Request, results: &Results, named: Named<'_>) -> Vec<String> {
    let mut notes: Vec<String> = results.notes.iter().map(|note| worded(note, named)).collect();
    if results.hits.is_empty() && results.total > 0 && request.limit > 0 {
        notes.push(format!("only {}", matching(results.total)));
    }
    notes
}

/// How many documents match, as the end of a sentence.
pub fn matching(total: usize) -> String {
    counted_as(total, "matches", "match")
}

/// A note about a query in one sentence; `named` is what commands in it name.
pub fn worded(note: &Note, named: Named<'_>) -> String {
    match note {
        Note::Cut { bytes } => {
            format!("the query is longer than {bytes} bytes; the rest was ignored")
        }
        Note::TooManyWords { words } => {
            format!("the query has more than {words} different words; the rest was ignored")
        }
        Note::UnpairedQuote => {
            "a quotation mark has no partner; its words were searched as words".into()
        }
        Note::UnpairedParenthesis => "a parenthesis has no partner; it was ignored".into(),
        Note::StarDropped { text } => format!(
            "the star of `{text}` was dropped; it can follow two and more letters or digits of a \
             word of the text"
        ),
        Note::AmbiguousDate { text, minutes, months } => format!(
            "`{text}` may be minutes or months: write `{minutes}` or `{months}`; \
             it was searched as a word"
        ),
        Note::NoDate { text } => format!(
            "`{text}` is no date such as 2022, 2022-07, 2022-07-19 or 30d; \
             it was searched as a word"
        ),
        Note::UnknownField { text, nearest, known } => {
            let meant = nearest.as_deref().map(|name| format!("; did you mean `{name}:`?"));
            let meant = meant.unwrap_or_default();
            let known = known.join(", ");
            format!("`{text}` names no field and was searched as words{meant} (fields: {known})")
        }
        Note::UnknownOperator { text } => format!(
            "`{text}` was searched as words; the operators are \"a phrase\", \"a phrase\"~2, \
             +must, -not, prefix*, field:value, year:2019..2021, AND, OR, NOT and parentheses"
        ),
        Note::UnknownValue { facet, value, nearest } => {
            let hint = other_values(facet, nearest, named);
            format!("no document has the {facet} `{value}`; {hint}")
        }
        Note::Corrected(word) => {
            format!("no results for {}; showing {}; --exact to insist", word.typed, word.used)
        }
        Note::AlsoSearched(word) => {
            let Corrected { typed, used } = word;
            format!("few results for {typed}; showing {used}, too; --exact to insist")
        }
        Note::MaybeMisspelled { typed, other, documents: 0 } => {
            format!("no document has {typed}; did you mean {other}?")
        }
        Note::MaybeMisspelled { typed, other, .. } => {
            format!("few documents have {typed}; did you mean {other}?")
        }
        Note::NoPositions => {
            "this index holds no positions of words: phrases were searched as their \
             words, in any order"
                .into()
        }
        Note::ByMeaning { hits } => format!(
            "{} none of the words and {} found by meaning",
            counted_as(*hits as u64, "hit has", "hits have"),
            if *hits == 1 { "was" } else { "were" }
        ),
        Note::NoVectors => {
            let update = command(named, "update");
            format!(
                "searched by words alone: the index has no vectors; run \
                 `MLSEARCH_MODEL=DIR {update}` with the folder of a model to make them"
            )
        }
        Note::NoModel => "searched by words alone: no model is named; set `model` in \
                          `[embedding]`, or MLSEARCH_MODEL"
            .into(),
        Note::ModelFailed { why } => format!("searched by words alone: {why}"),
        Note::DamagedVectors => {
            let update = command(named, "update --offline");
            format!(
                "searched by words alone: the vectors of the index are damaged; run `{update}` to \
                 make them again"
            )
        }
        Note::OtherModel => {
            let update = command(named, "update --offline");
            format!(
                "searched by words alone: another model has made the vectors of the index; run \
                 `{update}` to make them by this one"
            )
        }
        Note::Relaxed { complete: 0 } => {
            "no document has all words; these have some of them".into()
        }
        Note::Relaxed { complete } => format!(
            "{} all words; the others have some of them",
            counted_as(*complete, "document has", "documents have")
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::{
        search::{Corrected, Note},
        wording::{hint::Named, note::worded},
    };

    #[test]
    fn notes_are_sentences_that_say_what_was_done() {
        let (text, minutes, months) = ("2m".into(), "2min".into(), "2mo".into());
        let (typed, used) = ("kuberntes".into(), "kubernetes".into());
        let (facet, value) = ("company".into(), "ubre".into());
        for (note, expected) in [
            (
                Note::AmbiguousDate { text, minutes, months },
                "`2m` may be minutes or months: write `2min` or `2mo`; it was searched as a word",
            ),
            (
                Note::Corrected(Corrected { typed, used }),
                "no results for kuberntes; showing kubernetes; --exact to insist",
            ),
            (
                Note::UnknownField {
                    text: "titel:x".into(),
                    nearest: Some("title".into()),
                    known: &["title", "text"],
                },
                "`titel:x` names no field and was searched as words; did you mean `title:`? \
                 (fields: title, text)",
            ),
            (
                Note::UnknownOperator { text: "k*s".into() },
                "`k*s` was searched as words; the operators are \"a phrase\", \"a phrase\"~2, \
                 +must, -not, prefix*, field:value, year:2019..2021, AND, OR, NOT and parentheses",
            ),
            (
                Note::UnknownValue { facet, value, nearest: vec!["Uber".into()] },
                "no document has the company `ubre`; did you mean Uber?",
            ),
            (
                Note::UnknownValue { facet: "tag".into(), value: "x".into(), nearest: Vec::new() },
                "no document has the tag `x`; run `mlsearch --index mine facets tag` to see all \
                 values",
            ),
            (
                Note::Relaxed { complete: 1 },
                "1 document has all words; the others have some of them",
            ),
        ] {
            let named = Named { index: Some(Path::new("mine")), engine: None };
            assert_eq!(worded(&note, named), expected);
        }
    }
}
