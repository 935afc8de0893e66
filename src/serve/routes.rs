//! Which address leads where.

use std::sync::Arc;

use axum::{
    Router,
    http::{StatusCode, Uri},
    middleware,
    response::Response,
    routing::get,
};
use tower_http::{CompressionLevel, compression::CompressionLayer};

use crate::serve::{
    agents, api,
    app::App,
    assets, document_page, feeds, guard, login,
    problem::{MCP_PATH, RequestProblem},
    results_page,
};

/// Everything that is answered, behind all that a request has to pass first.
pub(crate) fn app(app: Arc<App>) -> Router {
    let mut routes = Router::new()
        .route("/", get(results_page::answer))
        .route("/doc/{id}", get(document_page::answer))
        .route("/api/search", get(api::search))
        .route("/api/similar/{id}", get(api::similar))
        .route("/api/facets", get(api::all_facets))
        .route("/api/facets/{name}", get(api::one_facet))
        .route("/api/show/{id}", get(api::show))
        .route("/api/new", get(api::new))
        .route("/openapi.json", get(api::openapi))
        .route("/opensearch.xml", get(feeds::opensearch))
        .route("/feed.atom", get(feeds::feed))
        .route("/healthz", get(api::health))
        .route("/login", get(login::form).post(login::enter))
        .route("/assets/{name}", get(assets::answer))
        .fallback(nothing);
    if app.options.mcp {
        let answers = agents::answers(&app);
        routes = routes.route(&format!("{MCP_PATH}/"), answers.clone()).route(MCP_PATH, answers);
    }
    let routes = routes.with_state(Arc::clone(&app));
    // The layer that is added last is passed first. Those of a router with routes come behind the
    // choice of a route, these come before it.
    Router::new()
        .fallback_service(routes)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::limit))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::check_token))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::check_form))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::check_host))
        .layer(middleware::from_fn_with_state(app, guard::secure))
}

async fn nothing(uri: Uri) -> Response {
    let problem = RequestProblem::new(StatusCode::NOT_FOUND, "there is nothing at this address");
    problem.told(uri.path())
}
