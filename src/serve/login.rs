//! The page that asks for the token, for browsers: it becomes a cookie.

use std::sync::Arc;

use askama::Template;
use axum::{
    body::{Body, to_bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use tokio::time::timeout;
use url::form_urlencoded;

use crate::serve::{
    access::Access,
    app::App,
    frame::{PageFrame, html},
    limits::FORM_BYTES,
    problem::RequestProblem,
};

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: PageFrame,
    next: String,
    is_wrong: bool,
}

/// The form.
pub(crate) async fn form(State(app): State<Arc<App>>, RawQuery(query): RawQuery) -> Response {
    let next = next(query.unwrap_or_default().as_bytes());
    match app.options.access {
        Access::Token(_) => login_page(StatusCode::OK, next, false),
        Access::Open | Access::Public => Redirect::to(&next).into_response(),
    }
}

/// What the form has sent.
pub(crate) async fn enter(State(app): State<Arc<App>>, headers: HeaderMap, body: Body) -> Response {
    let Access::Token(token) = &app.options.access else {
        return Redirect::to("/").into_response();
    };
    let sent = timeout(app.options.limits.answer, to_bytes(body, FORM_BYTES)).await;
    let Ok(Ok(sent)) = sent else {
        return RequestProblem::bad_request("the form is too long or never ends").text();
    };
    let next = next(&sent);
    let is_right = form_urlencoded::parse(&sent).any(|(n, v)| n == "token" && token.is(v.trim()));
    if !is_right {
        return login_page(StatusCode::UNAUTHORIZED, next, true);
    }
    let cookie = token.cookie(is_https(&headers));
    let cookie = HeaderValue::from_str(&cookie).expect("a token has characters of a header only");
    ([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response()
}

/// Whether the server in front says that it speaks TLS with the browser.
pub(crate) fn is_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https")
}

fn login_page(status: StatusCode, next: String, is_wrong: bool) -> Response {
    html(status, &LoginPage { frame: PageFrame::bare("login", "Sign in"), next, is_wrong })
}

/// Where to go then: an address of this server and of no other one.
fn next(form: &[u8]) -> String {
    let next = form_urlencoded::parse(form).find(|(name, _)| name == "next");
    let next = next.map(|(_, value)| value.into_owned()).unwrap_or_default();
    let is_ours = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_plain = next.bytes().all(|b| b.is_ascii_graphic());
    if is_ours && is_plain { next } else { "/".into() }
}

#[cfg(test)]
mod tests {
    use crate::serve::login::next;

    #[test]
    fn nobody_is_led_elsewhere() {
        for (form, expected) in [
            ("next=/doc/7?q%3Da+b", "/"),
            ("next=/doc/7?q%3Da%2Bb", "/doc/7?q=a+b"),
            ("next=//evil.example", "/"),
            ("next=/%5Cevil.example", "/"),
            ("next=https://evil.example", "/"),
            ("next=/%0d%0aSet-Cookie:x", "/"),
            ("next=/%09/evil.example", "/"),
            ("", "/"),
        ] {
            assert_eq!(next(form.as_bytes()), expected, "{form}");
        }
    }
}
