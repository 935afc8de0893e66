//! What browsers and feed readers take: a feed of what is new or of a query, and a search engine.

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    response::Response,
};

use crate::{
    atom::AtomFeed,
    collection::Collection,
    search::{OpenedIndex, Sort},
    serve::{
        api::{news, of_kind},
        app::App,
        asked::Asked,
        login::is_https,
        parameters::Parameters,
        problem::RequestProblem,
    },
};

/// Entries of a feed.
const ENTRIES: usize = 50;
/// What a feed of what is new goes back to.
const SINCE: &str = "30d";

/// The feed of what is new, or of the newest hits of a query.
pub(crate) async fn feed(asked: Asked, request: Request) -> Response {
    let address = origin(request.headers()) + &asked.parameters.at("/feed.atom");
    let made = asked.search(move |app, opened, parameters| {
        let feed = match parameters.without("since", None).is_empty() {
            true if has_news(app) => of_news(app, parameters.get("since").unwrap_or(SINCE))?,
            // By date words alone count.
            _ => of_query(app, opened, &parameters.without("since", None).without("hybrid", None))?,
        };
        Ok(AtomFeed { address: Some(address.clone()), ..feed }.to_xml())
    });
    match made.await {
        Ok(xml) => of_kind("application/atom+xml; charset=utf-8", xml),
        Err(problem) => problem.text(),
    }
}

/// Whether it is known what came when; of documents that were imported it is not.
fn has_news(app: &App) -> bool {
    Collection::open(&app.options.dir).is_ok_and(|collection| collection.store_path().exists())
}

fn of_news(app: &App, since: &str) -> Result<AtomFeed, RequestProblem> {
    let (lists, mut news) = news(app, since)?;
    news.truncate(ENTRIES);
    // To the public no path of a file is told.
    let lists: Vec<&str> = lists.iter().map(|list| list.as_str()).collect();
    let feed = AtomFeed::of_news(&lists, &news, (app.options.now)());
    Ok(if app.is_public() { AtomFeed { subtitle: feed.title.clone(), ..feed } } else { feed })
}

fn of_query(
    app: &App,
    opened: &OpenedIndex,
    parameters: &Parameters,
) -> Result<AtomFeed, RequestProblem> {
    let mut request = parameters.request((app.options.local_now)())?;
    (request.sort, request.limit, request.offset, request.facets) = (Sort::Date, ENTRIES, 0, false);
    request.hybrid = Some(false);
    let results = opened.searcher.search(&request).map_err(|error| app.problem(&error))?;
    let built_at = opened.built_at().unwrap_or((app.options.now)());
    let words = Some(parameters.words()).filter(|words| !words.is_empty());
    let words = words.unwrap_or_else(|| "The newest articles".into());
    Ok(AtomFeed::of_hits(&words, &results.hits, built_at))
}

/// What makes this a search engine of a browser (OpenSearch description document 1.1).
pub(crate) async fn opensearch(headers: HeaderMap) -> Response {
    let origin = origin(&headers);
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
  <ShortName>mlsearch</ShortName>
  <Description>Search what the articles on curated lists say</Description>
  <InputEncoding>UTF-8</InputEncoding>
  <Url type="text/html" template="{origin}/?q={{searchTerms}}"/>
  <Url type="application/json" template="{origin}/api/search?q={{searchTerms}}"/>
  <Url type="application/atom+xml" template="{origin}/feed.atom?q={{searchTerms}}"/>
</OpenSearchDescription>
"#
    );
    of_kind("application/opensearchdescription+xml; charset=utf-8", xml.into_bytes())
}

/// Where the server is for who asks. The name has been checked: it has letters, digits, dots,
/// hyphens, underscores, colons and brackets.
fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    format!("{}://{host}", if is_https(headers) { "https" } else { "http" })
}
