//! `/mcp`: the tools for agents, behind all that other requests pass, too.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodRouter, any_service},
};
use tokio::time::timeout;

use crate::{
    mcp::{
        LocalSessionManager, McpOptions, McpServer, SearchedIndex, StreamableHttpServerConfig,
        StreamableHttpService, refused,
    },
    serve::{
        app::App,
        limits::{MCP_BYTES, ServeLimits},
        problem::RequestProblem,
    },
};

/// Bytes of what rmcp says of a request that it refuses.
const REFUSAL_BYTES: usize = 4 << 10;

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
        .layer(middleware::from_fn(told))
        .layer(middleware::from_fn(move |request, next| in_time(limits, request, next)))
}

/// Tells programs in JSON what rmcp says in text, and in the words of the protocol what is no message.
async fn told(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(sent) = to_bytes(body, MCP_BYTES).await else {
        let message = format!("a call has at most {MCP_BYTES} bytes");
        return RequestProblem::new(StatusCode::PAYLOAD_TOO_LARGE, message).json();
    };
    let is_json_sent = is_json(&head.headers);
    let response = next.run(Request::from_parts(head, Body::from(sent.clone()))).await;
    let status = response.status();
    if is_json_sent && status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
        return no_message(&sent);
    }
    if status.is_success() || is_json(response.headers()) {
        return response;
    }
    let (head, body) = response.into_parts();
    let text = to_bytes(body, REFUSAL_BYTES).await.unwrap_or_default();
    let reason = String::from_utf8_lossy(&text);
    let message = if reason.trim().is_empty() { status.as_str() } else { reason.trim() };
    let problem = RequestProblem::new(status, message).json();
    match head.headers.get(header::ALLOW) {
        Some(methods) => ([(header::ALLOW, methods.clone())], problem).into_response(),
        None => problem,
    }
}

/// The refusal of a body that is no message.
fn no_message(sent: &[u8]) -> Response {
    let Some(refusal) = refused(sent) else {
        return RequestProblem::bad_request("this is no message of JSON-RPC 2.0").json();
    };
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (StatusCode::BAD_REQUEST, kind, refusal).into_response()
}

/// Whether headers say that JSON follows.
fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("application/json")
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
