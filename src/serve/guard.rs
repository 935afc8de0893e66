//! What every request passes before it is looked at, and what every answer carries.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use crate::serve::{
    access::Access,
    app::App,
    limits::URI_BYTES,
    problem::{RequestProblem, is_for_programs, is_mcp},
};

/// Nothing but our own style sheet and script is loaded, nothing is run in place, nobody frames a
/// page, and forms lead here.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// Headers of every answer, errors among them. No header allows another site to read one.
const HEADERS: [(header::HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Adds what every answer carries.
pub(crate) async fn secure(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A page that only some may see is kept by nobody.
    let caching = match app.options.access {
        Access::Token(_) => "no-store",
        Access::Open | Access::Public => "private, max-age=0, must-revalidate",
    };
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    headers.entry(header::VARY).or_insert(HeaderValue::from_static("accept-encoding"));
    response
}

/// Refuses what is called by a foreign name, before anything else is looked at.
pub(crate) async fn check_host(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let mut named = request.headers().get_all(header::HOST).into_iter();
    let (host, second) = (named.next().and_then(|host| host.to_str().ok()), named.next());
    let hosts = &app.options.hosts;
    let is_host_allowed = second.is_none() && host.is_some_and(|host| hosts.allow(host));
    let authority = request.uri().authority().map(|authority| authority.as_str());
    if is_host_allowed && authority.is_none_or(|authority| hosts.allow(authority)) {
        return next.run(request).await;
    }
    RequestProblem::new(StatusCode::FORBIDDEN, "this server is not called by that name")
        .with_hint("start it with `--allow-host NAME` if it is")
        .told(request.uri().path())
}

/// Refuses what is too long, no text, or of a method that nothing here has.
pub(crate) async fn check_form(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let uri = request.uri();
    if percent_decode_str(uri.path()).decode_utf8().is_err() {
        return RequestProblem::bad_request("the address is not UTF-8").told(uri.path());
    }
    if uri.path_and_query().is_some_and(|asked| asked.as_str().len() > URI_BYTES) {
        let message = format!("the address is longer than {URI_BYTES} bytes");
        return RequestProblem::new(StatusCode::URI_TOO_LONG, message).told(uri.path());
    }
    let is_call = app.options.mcp && is_mcp(uri.path());
    let is_login = request.method() == Method::POST && uri.path() == "/login";
    if is_login || is_call || matches!(*request.method(), Method::GET | Method::HEAD) {
        return next.run(request).await;
    }
    let refused =
        RequestProblem::new(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered");
    let allowed = [(header::ALLOW, HeaderValue::from_static("GET, HEAD"))];
    (allowed, refused.told(uri.path())).into_response()
}

/// Refuses who lacks the token, where there is one; people are led to the page that asks for it.
pub(crate) async fn check_token(
    State(app): State<Arc<App>>,
    request: Request,
    next: Next,
) -> Response {
    let Access::Token(token) = &app.options.access else { return next.run(request).await };
    let path = request.uri().path();
    let is_open = matches!(path, "/login" | "/healthz") || path.starts_with("/assets/");
    if is_open || token.is_in(request.headers()) {
        return next.run(request).await;
    }
    if wants_page(request.headers()) && !is_for_programs(path) {
        let asked = request.uri().path_and_query().map_or("/", |asked| asked.as_str());
        let next =
            form_urlencoded::Serializer::new(String::new()).append_pair("next", asked).finish();
        return Redirect::to(&format!("/login?{next}")).into_response();
    }
    let refused = RequestProblem::new(StatusCode::UNAUTHORIZED, "the token is missing or wrong")
        .with_hint("send the header `Authorization: Bearer TOKEN`");
    let scheme = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
    (scheme, refused.json()).into_response()
}

/// Refuses what is too much at a time. `axum::serve` counts such limits by connection; this one
/// counts all of them.
pub(crate) async fn limit(
    State(app): State<Arc<App>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(permit) = app.permit() else {
        let busy =
            RequestProblem::new(StatusCode::SERVICE_UNAVAILABLE, "too much is asked at a time");
        let later = [(header::RETRY_AFTER, HeaderValue::from_static("1"))];
        let busy = busy.with_hint("ask again in a second");
        return (later, busy.told(request.uri().path())).into_response();
    };
    request.extensions_mut().insert(permit);
    next.run(request).await
}

/// Whether a browser asks, which shows what it gets.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
