//! The page that nobody has typed anything on: what is new, who is in the index, how to ask.

use askama::Template;
use axum::http::StatusCode;

use crate::{
    search::{FacetCounts, OpenedIndex, Request, Sort},
    serve::{
        app::App,
        frame::PageFrame,
        hits::ShownHit,
        marked::{clean, number},
        parameters::Parameters,
        problem::RequestProblem,
    },
};

/// Entries that are shown as the newest.
const NEWEST: usize = 8;
/// Values of a facet that are offered.
const VALUES: usize = 18;

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage {
    frame: PageFrame,
    newest: Vec<ShownHit>,
    groups: Vec<ValueGroup>,
    examples: Vec<Example>,
}

/// Values of a facet to begin with.
struct ValueGroup {
    heading: &'static str,
    values: Vec<(String, String, String)>,
}

/// A query with what it means; it leads to its results where the index is sure to have some.
struct Example {
    query: String,
    meaning: &'static str,
    href: Option<String>,
}

/// The start page of an index.
pub(crate) fn page(app: &App, opened: &OpenedIndex) -> Result<String, RequestProblem> {
    let request = Request {
        sort: Sort::Date,
        limit: NEWEST,
        facets: true,
        count: true,
        ..Request::default()
    };
    let results = opened.searcher.search(&request).map_err(|error| app.problem(&error))?;
    let is_public = app.is_public();
    let mut frame = PageFrame::of("start", app, opened, &Parameters::default());
    frame.feed = Some("/feed.atom".into());
    let page = StartPage {
        frame,
        newest: results.hits.iter().map(|hit| ShownHit::new(hit, "", is_public)).collect(),
        groups: [("company", "Companies"), ("tag", "Tags"), ("year", "Years")]
            .into_iter()
            .filter_map(|(name, heading)| group(name, heading, &results.facets))
            .collect(),
        examples: examples(&results.facets),
    };
    page.render()
        .map_err(|_| RequestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page has failed"))
}

fn group(name: &str, heading: &'static str, facets: &[FacetCounts]) -> Option<ValueGroup> {
    let facet = facets.iter().find(|facet| facet.name == name)?;
    let mut values: Vec<_> = facet.values.iter().take(VALUES).collect();
    if name == "year" {
        values.sort_by(|a, b| b.value.cmp(&a.value));
    }
    let values = values.into_iter().map(|value| {
        let href = Parameters::default().with(name, value.value.as_str()).at("/");
        (clean(&value.value), number(value.count), href)
    });
    Some(ValueGroup { heading, values: values.collect() }).filter(|group| group.values.len() > 1)
}

/// One query for each thing that the language has, with values that this index has.
fn examples(facets: &[FacetCounts]) -> Vec<Example> {
    let value = |name: &str, is_good: &dyn Fn(&str) -> bool| {
        let facet = facets.iter().find(|facet| facet.name == name)?;
        let value = facet.values.iter().map(|value| clean(&value.value)).find(|v| is_good(v))?;
        Some(value.replace('"', ""))
    };
    let quoted = |value: String| match value.contains(|c: char| !c.is_alphanumeric()) {
        true => format!("\"{value}\""),
        false => value,
    };
    let phrase =
        value("tag", &|tag| tag.contains(' ')).map(|tag| format!("\"{}\"", tag.to_lowercase()));
    let company = value("company", &|_| true).map(|company| format!("company:{}", quoted(company)));
    let years = value("year", &|_| true).and_then(|year| year.parse::<i32>().ok());
    let years = years.map(|year| format!("year:{}..{year}", year - 1));
    let example = |found: Option<String>, otherwise: &str, meaning| Example {
        href: found.as_ref().map(|query| Parameters::default().with("q", query.as_str()).at("/")),
        query: found.unwrap_or_else(|| otherwise.to_owned()),
        meaning,
    };
    vec![
        example(phrase, "\"a phrase\"", "these words in this order"),
        example(None, "+must -not", "with one word, without another"),
        example(None, "begin*", "words that begin so"),
        example(company, "company:name", "only by one company; tag:, title:, site: likewise"),
        example(years, "year:2019..2021", "only of these years"),
        example(None, "one OR other", "either, and (one OR other) third"),
    ]
}
