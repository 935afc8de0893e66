//! The interface for programs: the JSON of the command line, byte for byte.

use axum::{
    extract::Path,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::{
    collection::Collection,
    inspect::{self, News, Since},
    json::{self, FacetsOutput, HealthOutput, SearchOutput, SimilarOutput},
    search::{FACETS, OpenedIndex},
    serve::{
        app::App,
        asked::Asked,
        document_page::check_shown,
        limits::MAX_HITS,
        parameters::{DATES, Parameters},
        problem::RequestProblem,
    },
    wording::note::{notes, worded},
};

/// The description of all of it.
const OPENAPI: &str = include_str!("assets/openapi.json");

/// `mlsearch QUERY --json`.
pub(crate) async fn search(asked: Asked) -> Response {
    answered(asked, |app, opened, parameters| {
        let request = parameters.request((app.options.local_now)())?;
        let results = opened.searcher.search(&request).map_err(|error| app.problem(&error))?;
        let results = app.told(results);
        let notes = notes(&request, &results, app.named());
        line(&SearchOutput { query: &request.query, results: &results, notes: &notes })
    })
    .await
}

/// `mlsearch similar ID --json`.
pub(crate) async fn similar(Path(id): Path<String>, asked: Asked) -> Response {
    answered(asked, move |app, opened, parameters| {
        parameters.know(&[&["limit"]])?;
        let limit = parameters.number("limit", 10, MAX_HITS)?;
        let results = opened.searcher.similar(&id, limit).map_err(|error| app.problem(&error))?;
        let results = app.told(results);
        let notes: Vec<String> =
            results.notes.iter().map(|note| worded(note, app.named())).collect();
        line(&SimilarOutput { results: &results, notes: &notes })
    })
    .await
}

/// `mlsearch facets --json`.
pub(crate) async fn all_facets(asked: Asked) -> Response {
    facets(asked, None).await
}

/// `mlsearch facets NAME --json`.
pub(crate) async fn one_facet(Path(name): Path<String>, asked: Asked) -> Response {
    facets(asked, Some(name)).await
}

async fn facets(asked: Asked, name: Option<String>) -> Response {
    answered(asked, move |app, opened, parameters| {
        parameters.know(&[&FACETS, &DATES])?;
        let filters = parameters.filters((app.options.local_now)())?;
        let facets = opened.searcher.facets(name.as_deref(), &filters);
        line(&FacetsOutput { facets: &facets.map_err(|error| app.problem(&error))? })
    })
    .await
}

/// `mlsearch show ID --json`.
pub(crate) async fn show(Path(id): Path<String>, asked: Asked) -> Response {
    answered(asked, move |app, opened, parameters| {
        check_shown(app)?;
        parameters.know(&[])?;
        let document = opened.searcher.document(&id).map_err(|error| app.problem(&error))?;
        line(&document)
    })
    .await
}

/// `mlsearch new --json`: a line for each entry.
pub(crate) async fn new(asked: Asked) -> Response {
    let lines = asked.search(|app, _, parameters| {
        parameters.know(&[&["since"]])?;
        let (_, news) = news(app, parameters.get("since").unwrap_or("last"))?;
        let lines: Result<Vec<Vec<u8>>, RequestProblem> = news.iter().map(line).collect();
        Ok(lines?.concat())
    });
    match lines.await {
        Ok(lines) => of_kind("application/x-ndjson", lines),
        Err(problem) => problem.json(),
    }
}

/// What is new since a moment, with the sources of the lists.
pub(crate) fn news(app: &App, since: &str) -> Result<(Vec<String>, Vec<News>), RequestProblem> {
    let now = (app.options.now)();
    let since = Since::parse(since, now, &TimeZone::system()).map_err(|_| {
        RequestProblem::bad_request(format!("`{since}` is not a date, a span of time or `last`"))
            .with_hint("write `since=2026-11-23`, `since=30d` or `since=last`")
    })?;
    let collection = Collection::open(&app.options.dir).map_err(|error| app.problem(&error))?;
    let news = inspect::news(&collection, since, now).map_err(|error| app.problem(&error))?;
    Ok((collection.settings.lists.into_iter().map(|list| list.source).collect(), news))
}

/// Whether the server answers, and from what.
pub(crate) async fn health(asked: Asked) -> Response {
    answered(asked, |_, opened, _| {
        let (documents, built_at) = (opened.searcher.documents(), opened.built_at());
        let refused = opened.refusal.is_some();
        line(&HealthOutput { status: "ok", documents, built_at, refused })
    })
    .await
}

/// The description of the interface, as OpenAPI.
pub(crate) async fn openapi() -> Response {
    of_kind("application/json", OPENAPI.as_bytes().to_vec())
}

async fn answered(
    asked: Asked,
    work: impl Fn(&App, &OpenedIndex, &Parameters) -> Result<Vec<u8>, RequestProblem> + Send + 'static,
) -> Response {
    match asked.search(work).await {
        Ok(line) => of_kind("application/json", line),
        Err(problem) => problem.json(),
    }
}

fn line(value: &impl Serialize) -> Result<Vec<u8>, RequestProblem> {
    let mut line = Vec::new();
    json::write_line(&mut line, value).map_err(|error| {
        RequestProblem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    })?;
    Ok(line)
}

/// Bytes of a kind as an answer.
pub(crate) fn of_kind(kind: &'static str, bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], bytes).into_response()
}
