//! Notes about a query in words.

use crate::{
    counted::counted_as,
    search::{Corrected, Note, Request, Results},
    wording::hint::{Named, Origin, command, other_values, rebuild},
};

/// What every note begins with that says why meaning does not count.
const WORDS_ALONE: &str = "searched by words alone";
/// What makes an index of documents of one's own.
const IMPORT: &str = "import FILE";
/// Digits of the id of a model that tell it from others.
pub const MODEL_DIGITS: usize = 8;

/// What there is to say of the results of a search, a sentence each; `named` is what commands in
/// them name.
pub fn notes(request: &Request, results: &Results, named: Named<'_>) -> Vec<String> {
    let mut notes: Vec<String> = results.notes.iter().map(|note| worded(note, named)).collect();
    if results.hits.is_empty() && results.total > 0 && request.limit > 0 {
        notes.push(format!("only {}", matching(results.total)));
    }
    notes
}

/// Results as those are told of them who only visit: without what the owner alone can change.
pub fn for_visitors(mut results: Results) -> Results {
    let for_owner = results.notes.iter_mut().filter(|note| note.is_for_owner());
    for_owner.for_each(|note| *note = Note::WordsAlone);
    results
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
        Note::ByMeaning { hits } => by_meaning_alone(*hits),
        Note::WordsAlone => WORDS_ALONE.into(),
        Note::NoVectors => {
            let why = format!("{WORDS_ALONE}: the index has no vectors");
            match Origin::of(named.index) {
                Origin::Pull => format!(
                    "{why}; one that is packed without `--public` can have some (docs/sharing.md)"
                ),
                origin => {
                    let make =
                        command(named, if origin == Origin::Import { IMPORT } else { "update" });
                    format!(
                        "{why}; run `MLSEARCH_MODEL=DIR {make}` with the folder of a model to make them"
                    )
                }
            }
        }
        Note::ClusterWithoutVectors => {
            format!("{WORDS_ALONE}: the index is on a cluster, which holds no vectors")
        }
        Note::ModelFailed { why } => format!("{WORDS_ALONE}: {why}"),
        Note::DamagedVectors => format!(
            "{WORDS_ALONE}: the vectors of the index are damaged; run `{}` to make them again",
            rebuild(named)
        ),
        Note::NoModel => {
            let settings = match Origin::of(named.index) {
                Origin::Import => "",
                _ => ", or `model` in `[embedding]` of the settings",
            };
            format!("{WORDS_ALONE}: no model is named; set MLSEARCH_MODEL{settings}")
        }
        Note::OtherModel { own } => {
            let own = own.get(..MODEL_DIGITS).unwrap_or(own);
            let why =
                format!("{WORDS_ALONE}: another model ({own}) has made the vectors of the index");
            let make = match Origin::of(named.index) {
                Origin::Pull => return format!("{why}; name that one"),
                Origin::Import => command(named, IMPORT),
                _ => command(named, "update --offline"),
            };
            format!("{why}; name that one, or run `{make}` to make them by this one")
        }
        Note::UnknownToModel => format!(
            "{WORDS_ALONE}: the model does not know much of what was typed, such as the words of \
             another script"
        ),
        Note::ByDate => format!(
            "{WORDS_ALONE}: by date, what is but near in meaning would stand among what has the words"
        ),
        Note::NoneAsDemanded { documents } => format!(
            "what +, AND, OR, phrases and fields demand holds for what is found by meaning, too; \
             without them {} found",
            counted_as(*documents as u64, "document is", "documents are")
        ),
        Note::Relaxed { complete, by_meaning } => {
            let complete = match complete {
                0 => "no document has all words".to_owned(),
                complete => {
                    let having = counted_as(*complete, "document has", "documents have");
                    format!("{having} all words")
                }
            };
            match by_meaning {
                0 if complete.starts_with("no") => format!("{complete}; these have some of them"),
                0 => format!("{complete}; the others have some of them"),
                hits => format!("{complete}; {}", by_meaning_alone(*hits)),
            }
        }
    }
}

/// How many of the hits have none of the words.
fn by_meaning_alone(hits: usize) -> String {
    format!(
        "{} none of the words and {} found by meaning",
        counted_as(hits as u64, "hit has", "hits have"),
        if hits == 1 { "was" } else { "were" }
    )
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
                Note::Relaxed { complete: 1, by_meaning: 0 },
                "1 document has all words; the others have some of them",
            ),
            (
                Note::Relaxed { complete: 0, by_meaning: 0 },
                "no document has all words; these have some of them",
            ),
            (
                Note::Relaxed { complete: 1, by_meaning: 2 },
                "1 document has all words; 2 hits have none of the words and were found by meaning",
            ),
            (
                Note::ClusterWithoutVectors,
                "searched by words alone: the index is on a cluster, which holds no vectors",
            ),
        ] {
            let named = Named { index: Some(Path::new("mine")), engine: None };
            assert_eq!(worded(&note, named), expected);
        }
    }

    #[test]
    fn what_is_said_of_vectors_can_be_done_with_the_index() {
        let pulled = tempfile::tempdir().unwrap();
        let settings = "[pull]\nurl = \"https://lists.example/index.tar.zst\"\n";
        std::fs::write(pulled.path().join("mlsearch.toml"), settings).unwrap();
        let pulled = Named { index: Some(pulled.path()), engine: None };
        let own = "47ab185d00".to_owned();
        let other = Note::OtherModel { own };
        let told = worded(&Note::NoVectors, pulled);
        assert!(
            told.ends_with(
                "; one that is packed without `--public` can have some (docs/sharing.md)"
            ),
            "{told}"
        );
        let told = worded(&other, pulled);
        assert!(
            told.ends_with(
                " another model (47ab185d) has made the vectors of the index; name that one"
            ),
            "{told}"
        );
        let lists = Named::default();
        let told = worded(&other, lists);
        assert!(
            told.ends_with(
                "name that one, or run `mlsearch update --offline` to make them by this one"
            ),
            "{told}"
        );
        let told = worded(&Note::NoVectors, lists);
        assert!(told.contains("run `MLSEARCH_MODEL=DIR mlsearch update` with"), "{told}");
    }
}
