//! What else could be searched: other spellings, other values of filters, one filter less.

use crate::{
    error::Error,
    search::{FACETS, Filters, Note, Request, Results, Searcher},
    serve::{
        app::App,
        facets::legend,
        marked::{clean, counted},
        parameters::{DATES, Parameters},
    },
    wording::note::worded,
};

/// What was made of a word, and the address of what else can be searched.
pub(crate) struct Spelling {
    pub(crate) told: &'static str,
    pub(crate) word: String,
    /// Where the word leads, if it was not searched.
    pub(crate) word_href: Option<String>,
    pub(crate) instead: Option<(String, String)>,
}

/// A filter that could be dropped.
pub(crate) struct Drop {
    pub(crate) filter: String,
    pub(crate) found: String,
    pub(crate) href: String,
}

/// A value of a filter that no document has, with those that are like it.
pub(crate) struct UnknownChoice {
    pub(crate) facet: String,
    pub(crate) value: String,
    pub(crate) nearest: Vec<String>,
}

/// Searches, leaving out what no document has of the filters; that is told apart.
pub(crate) fn search(
    searcher: &Searcher,
    request: &Request,
) -> Result<(Results, Vec<UnknownChoice>), Error> {
    let mut request = request.clone();
    let mut unknown = Vec::new();
    loop {
        match searcher.search(&request) {
            Err(Error::UnknownValue { facet, value, nearest }) => {
                let asked = request.filters.facets.len();
                request.filters.facets.retain(|(f, v)| *f != facet || *v != value);
                if request.filters.facets.len() == asked {
                    return Err(Error::UnknownValue { facet, value, nearest });
                }
                unknown.push(UnknownChoice { facet, value, nearest });
            }
            results => return results.map(|results| (results, unknown)),
        }
    }
}

/// What would be found with one filter less.
pub(crate) fn drops(
    searcher: &Searcher,
    parameters: &Parameters,
    request: &Request,
) -> Result<Vec<Drop>, Error> {
    let count = |filters: Filters| -> Result<usize, Error> {
        let request =
            Request { filters, limit: 0, offset: 0, facets: false, snippets: 0, ..request.clone() };
        let (results, unknown) = search(searcher, &request)?;
        Ok(if unknown.is_empty() { results.total } else { 0 })
    };
    let mut drops: Vec<(usize, Drop)> = Vec::new();
    let mut add = |filter: String, found: usize, parameters: &Parameters| {
        let drop = Drop { filter, found: counted(found, "article"), href: parameters.results() };
        drops.push((found, drop));
    };
    let mut bare = parameters.clone();
    for name in FACETS.into_iter().chain(DATES) {
        let values: Vec<String> = parameters.all(name).map(clean).collect();
        if values.is_empty() {
            continue;
        }
        bare = bare.without(name, None);
        let mut filters = request.filters.clone();
        filters.facets.retain(|(facet, _)| facet != name);
        let date = match name {
            "after" => Some(&mut filters.after),
            "before" => Some(&mut filters.before),
            "published_after" => Some(&mut filters.published_after),
            "published_before" => Some(&mut filters.published_before),
            _ => None,
        };
        date.into_iter().for_each(|date| *date = None);
        let found = count(filters)?;
        if found > 0 {
            let filter = format!("{} {}", legend(name), values.join(", "));
            add(filter, found, &parameters.without(name, None));
        }
    }
    if drops.is_empty() && bare != *parameters {
        let found = count(Filters::default())?;
        if found > 0 {
            let drop = Drop {
                filter: "all filters".into(),
                found: counted(found, "article"),
                href: bare.results(),
            };
            drops.push((found, drop));
        }
    }
    drops.sort_by_key(|(found, _)| std::cmp::Reverse(*found));
    Ok(drops.into_iter().map(|(_, drop)| drop).collect())
}

/// What was made of words that few or no documents have.
pub(crate) fn spelling(results: &Results, parameters: &Parameters) -> Vec<Spelling> {
    let exact = parameters.set("exact", "1").results();
    let spelling = |note: &Note| match note {
        Note::Corrected(word) => Some(Spelling {
            told: "Showing results for",
            word: clean(&word.used),
            word_href: None,
            instead: Some((format!("Search instead for {}", clean(&word.typed)), exact.clone())),
        }),
        Note::AlsoSearched(word) => Some(Spelling {
            told: "Also showing results for",
            word: clean(&word.used),
            word_href: None,
            instead: Some((format!("Search only for {}", clean(&word.typed)), exact.clone())),
        }),
        Note::MaybeMisspelled { typed, other, .. } => Some(Spelling {
            told: "Did you mean",
            word: clean(other),
            word_href: Some(
                parameters.set("q", replaced(parameters.query(), typed, other)).results(),
            ),
            instead: None,
        }),
        _ => None,
    };
    results.notes.iter().filter_map(spelling).collect()
}

/// The query with another word in place of one, wherever that stands by itself.
fn replaced(query: &str, typed: &str, other: &str) -> String {
    let is_letter = |c: &char| c.is_alphanumeric();
    let mut words: Vec<String> = vec![String::new()];
    for c in query.chars() {
        let is_inner =
            words.last().is_some_and(|word| word.chars().last().as_ref().is_some_and(is_letter));
        match is_letter(&c) == is_inner {
            true => words.last_mut().into_iter().for_each(|word| word.push(c)),
            false => words.push(c.to_string()),
        }
    }
    let is_typed = |word: &str| word.to_lowercase() == typed.to_lowercase();
    match words.iter().any(|word| is_typed(word)) {
        true => words.iter().map(|word| if is_typed(word) { other } else { word }).collect(),
        false => other.to_owned(),
    }
}

/// What else is to be told.
pub(crate) fn notes(
    app: &App,
    results: &Results,
    unknown: &[UnknownChoice],
    request: &Request,
) -> Vec<String> {
    let nothing_has = |facet: &str, value: &str, nearest: &[String]| {
        let mut told = format!("no article has the {facet} `{value}`");
        if !nearest.is_empty() {
            told += &format!("; did you mean {}?", nearest.join(", "));
        }
        told
    };
    let mut notes: Vec<String> =
        unknown.iter().map(|u| nothing_has(&u.facet, &u.value, &u.nearest)).collect();
    for note in &results.notes {
        match note {
            Note::Corrected(_) | Note::AlsoSearched(_) | Note::MaybeMisspelled { .. } => {}
            Note::UnknownValue { facet, value, nearest } => {
                notes.push(nothing_has(facet, value, nearest));
            }
            // Where nothing is shown nothing lacks a word.
            Note::Relaxed { .. } if !unknown.is_empty() || request.offset > results.total => {}
            note => notes.push(worded(note, app.named())),
        }
    }
    notes.iter().map(|note| sentence(&clean(note))).collect()
}

/// A note as a sentence of its own.
fn sentence(note: &str) -> String {
    let mut letters = note.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let end = if note.ends_with(['.', '?', ')']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use crate::serve::suggestions::{replaced, sentence};

    #[test]
    fn a_word_is_replaced_where_it_stands_by_itself() {
        for (query, expected) in [
            ("kuberntes", "kubernetes"),
            ("a \"Kuberntes x\" -b", "a \"kubernetes x\" -b"),
            ("kuberntess", "kubernetes"),
            ("title:kuberntes*", "title:kubernetes*"),
        ] {
            assert_eq!(replaced(query, "kuberntes", "kubernetes"), expected, "{query}");
        }
    }

    #[test]
    fn a_note_becomes_a_sentence() {
        assert_eq!(sentence("no word"), "No word.");
        assert_eq!(sentence("did you mean x?"), "Did you mean x?");
        assert_eq!(sentence(""), ".");
    }
}
