//! Papers with a DOI: title, authors and abstract from OpenAlex, which is open to programs where
//! the landing pages of publishers are not.

use std::collections::BTreeMap;

use serde_json::Value;
use url::Url;

use crate::crawl::adapter::{
    article::ServiceArticle,
    plan::{AdapterPlan, ask, field, site},
};

/// Words of an abstract; more are no abstract.
const MAX_WORDS: u64 = 5000;

pub(crate) fn plan(url: &Url) -> Option<AdapterPlan> {
    let path = url.path().trim_start_matches('/');
    let doi = match site(url) {
        "doi.org" | "dx.doi.org" => path,
        "dl.acm.org" => {
            let rest = path.strip_prefix("doi/")?;
            ["pdf/", "abs/", "full/", "fullHtml/", "epdf/"]
                .iter()
                .find_map(|kind| rest.strip_prefix(kind))
                .unwrap_or(rest)
        }
        _ => return None,
    };
    if !doi.starts_with("10.") || !doi.contains('/') {
        return None;
    }
    // docs.openalex.org, "Get a single work".
    let address = format!("https://api.openalex.org/works/https://doi.org/{doi}");
    let asks = vec![ask(&address, &[], "application/json")?];
    Some(AdapterPlan {
        what: "title, authors and abstract, by OpenAlex",
        is_summary: true,
        asks,
        compose,
    })
}

fn compose(_: &Url, answers: &[Option<Vec<u8>>]) -> Option<String> {
    let work: Value = serde_json::from_slice(answers.first()?.as_deref()?).ok()?;
    let article = ServiceArticle {
        title: field(&work, "/title")?.to_owned(),
        authors: work
            .pointer("/authorships")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|authorship| field(authorship, "/author/display_name"))
            .map(str::to_owned)
            .collect(),
        published: field(&work, "/publication_date").and_then(|date| date.parse().ok()),
        site: "OpenAlex",
        sections: vec![("Abstract".into(), text_of(work.pointer("/abstract_inverted_index")?)?)],
    };
    Some(article.html())
}

/// The text of an abstract that is given as words with their places.
fn text_of(inverted: &Value) -> Option<String> {
    let mut words = BTreeMap::new();
    for (word, places) in inverted.as_object()? {
        for place in places.as_array()?.iter().filter_map(Value::as_u64) {
            if place < MAX_WORDS {
                words.insert(place, word.as_str());
            }
        }
    }
    let text = words.into_values().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use crate::crawl::adapter::tests::check;

    #[test]
    fn a_doi_gives_title_and_abstract() {
        let work = r#"{"title": "On Drift", "publication_date": "2021-02-03",
            "authorships": [{"author": {"display_name": "Ada Example"}}],
            "abstract_inverted_index": {"Features": [0, 3], "drift.": [1], "Do": [2], "stay?": [4]}}"#;
        for url in [
            "https://doi.org/10.1000/12.34",
            "https://dl.acm.org/doi/pdf/10.1000/12.34",
            "https://dl.acm.org/doi/10.1000/12.34",
        ] {
            check(
                url,
                &["https://api.openalex.org/works/https://doi.org/10.1000/12.34"],
                &[work],
                &["<h1>On Drift</h1>", "<p>Features drift. Do Features stay?</p>", "2021-02-03"],
            );
        }
        let closed = work.replace("abstract_inverted_index", "other");
        check(
            "https://doi.org/10.1000/1",
            &["https://api.openalex.org/works/https://doi.org/10.1000/1"],
            &[&closed],
            &[],
        );
    }
}
