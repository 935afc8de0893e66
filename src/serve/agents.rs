//! `/mcp`: the tools for agents, behind all that other requests pass, too.

use std::sync::Arc;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::{MethodRouter, any_service},
};
use tokio::time::timeout;

use crate::{
    mcp::{
        LocalSessionManager, McpOptions, McpServer, SearchedIndex, StreamableHttpServerConfig,
        StreamableHttpService,
    },
    serve::{
        app::App,
        limits::{MCP_BYTES, ServeLimits},
        problem::RequestProblem,
    },
};

/// What answers there. It keeps no sessions, and each answer is one piece of JSON.
///
/// Whatever says that it comes from a page of the web (`Origin`) is refused: no page of ours asks, and
/// another one could read the index through a browser.
pub(crate) fn answers(app: &App) -> MethodRouter<Arc<App>> {
    let (options, limits) = (&app.options, app.options.limits);
    let server = McpServer::new(McpOptions {
        index: SearchedIndex::of(Arc::clone(&options.live), options.dir.clone(), options.now),
        named_index: options.index.clone(),
        named_engine: options.engine.clone(),
        is_public: app.is_public(),
        answer_time: limits.answer,
        now: options.now,
        local_now: options.local_now,
    });
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(MCP_BYTES)
        // The names by which the server may be called are checked before.
        .disable_allowed_hosts()
        .enforce_origin_validation();
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    any_service(service)
        .layer(middleware::from_fn(move |request, next| in_time(limits, request, next)))
}

/// Ends what takes longer than a request and its answer may, such as one that is sent byte by byte.
async fn in_time(limits: ServeLimits, request: Request, next: Next) -> Response {
    match timeout(limits.head + limits.answer, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            RequestProblem::new(StatusCode::REQUEST_TIMEOUT, "the request takes too long").json()
        }
    }
}
