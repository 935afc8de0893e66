//! The page of results.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use crate::{
    search::{FACETS, Filters, OpenedIndex, Request},
    serve::{
        app::App,
        asked::Asked,
        facets::{Chip, ShownFacet, chips, shown},
        frame::{PageFrame, page_of, problem_page},
        hits::ShownHit,
        marked::{clean, counted, number},
        pages::{PageLink, PageLinks, sorts},
        parameters::{DATES, Parameters},
        problem::RequestProblem,
        start_page,
        suggestions::{Drop, Spelling, drops, notes, search, spelling},
    },
};

/// The page of results.
#[derive(Template)]
#[template(path = "results.html")]
struct ResultsPage {
    frame: PageFrame,
    /// How much was found, in words.
    status: String,
    chips: Vec<Chip>,
    /// The address without any filter, where there are several.
    without_filters: Option<String>,
    facets: Vec<ShownFacet>,
    after: String,
    before: String,
    /// What is wrong with the request.
    problem: Option<RequestProblem>,
    spelling: Vec<Spelling>,
    notes: Vec<String>,
    sorts: Vec<PageLink>,
    hits: Vec<ShownHit>,
    first: usize,
    /// What would be found with one filter less, where nothing is found; the most first.
    drops: Vec<Drop>,
    pages: PageLinks,
}

/// Answers with the page of what an address asks for.
pub(crate) async fn answer(asked: Asked) -> Response {
    let made = asked.search(|app, opened, parameters| match parameters.is_empty() {
        true => start_page::page(app, opened).map(|page| (StatusCode::OK, page)),
        false => page(app, opened, parameters),
    });
    match made.await {
        Ok((status, text)) => page_of(status, text),
        Err(problem) => problem_page(&problem),
    }
}

fn page(
    app: &App,
    opened: &OpenedIndex,
    parameters: &Parameters,
) -> Result<(StatusCode, String), RequestProblem> {
    let searcher = &*opened.searcher;
    let (status, page) = match parameters.request((app.options.local_now)()) {
        Ok(request) => (StatusCode::OK, found(app, opened, parameters, request)?),
        Err(problem) => {
            let page = ResultsPage {
                facets: shown(&[], parameters, searcher),
                problem: Some(problem.clone()),
                ..ResultsPage::empty(app, opened, parameters)
            };
            (problem.status, page)
        }
    };
    let failed = |_| RequestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page has failed");
    Ok((status, page.render().map_err(failed)?))
}

fn found(
    app: &App,
    opened: &OpenedIndex,
    parameters: &Parameters,
    request: Request,
) -> Result<ResultsPage, RequestProblem> {
    let searcher = &*opened.searcher;
    let request = Request { facets: true, limit: request.limit.max(1), ..request };
    let (results, unknown) = search(searcher, &request).map_err(|error| app.problem(&error))?;
    let results = app.told(results);
    let total = if unknown.is_empty() { results.total } else { 0 };
    let hits = if unknown.is_empty() { results.hits.as_slice() } else { &[] };
    let mut page = ResultsPage {
        facets: shown(&results.facets, parameters, searcher),
        first: request.offset + 1,
        status: status(total, hits.len(), &request),
        hits: hits.iter().map(|hit| ShownHit::new(hit, &request.query, app.is_public())).collect(),
        spelling: spelling(&results, parameters),
        notes: notes(app, &results, &unknown, &request),
        ..ResultsPage::empty(app, opened, parameters)
    };
    page.sorts = sorts(&results, parameters, searcher.is_by_meaning(&request));
    page.pages = PageLinks::new(total, &request, parameters);
    if total == 0 {
        page.drops = drops(searcher, parameters, &request).map_err(|error| app.problem(&error))?;
    }
    Ok(page)
}

/// How much was found, in words: it is what a screen reader tells when the results change.
fn status(total: usize, shown: usize, request: &Request) -> String {
    let Filters { facets, after, before, published_after, published_before } = &request.filters;
    let dates = [after, before, published_after, published_before].into_iter().flatten().count();
    let filters = match facets.len() + dates {
        0 => String::new(),
        filters => format!(" with {}", counted(filters, "filter")),
    };
    match total {
        0 => format!("No articles{filters}"),
        total if shown == 0 => format!("Only {}{filters}", counted(total, "article")),
        total if request.offset == 0 => format!("{}{filters}", counted(total, "article")),
        total => {
            let (first, last) = (request.offset + 1, request.offset + shown);
            let (first, last) = (number(first as u64), number(last as u64));
            format!("{first} to {last} of {}{filters}", counted(total, "article"))
        }
    }
}

impl ResultsPage {
    fn empty(app: &App, opened: &OpenedIndex, parameters: &Parameters) -> ResultsPage {
        let chips = chips(parameters);
        let without_filters = (chips.len() > 1).then(|| {
            let bare = FACETS
                .into_iter()
                .chain(DATES)
                .fold(parameters.clone(), |p, name| p.without(name, None));
            bare.without("exact", None).results()
        });
        let mut frame = PageFrame::of("results", app, opened, parameters);
        frame.title = match frame.query.as_str() {
            "" => chips.iter().map(|chip| chip.label.as_str()).collect::<Vec<_>>().join(", "),
            query => query.to_owned(),
        };
        frame.feed = Some(
            parameters
                .without("offset", None)
                .without("limit", None)
                .without("sort", None)
                // By date words alone count.
                .without("hybrid", None)
                .at("/feed.atom"),
        );
        ResultsPage {
            frame,
            status: String::new(),
            chips,
            without_filters,
            facets: Vec::new(),
            after: clean(parameters.get("after").unwrap_or_default()),
            before: clean(parameters.get("before").unwrap_or_default()),
            problem: None,
            spelling: Vec::new(),
            notes: Vec::new(),
            sorts: Vec::new(),
            hits: Vec::new(),
            first: 1,
            drops: Vec::new(),
            pages: PageLinks::default(),
        }
    }
}
