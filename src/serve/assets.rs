//! The style sheet and the script, under names that change with them.

use std::{hash::Hasher, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use siphasher::sip::SipHasher13;

use crate::serve::problem::RequestProblem;

/// The style sheet, as it is written.
pub(crate) const STYLE_SHEET: &str = include_str!("assets/style.css");

/// The style sheet.
pub(crate) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css; charset=utf-8", STYLE_SHEET));
/// The script.
pub(crate) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("page", "js", "text/javascript; charset=utf-8", include_str!("assets/page.js"))
});

/// A file that pages load.
pub(crate) struct Asset {
    /// Its name, with a hash of what it holds.
    name: String,
    kind: &'static str,
    text: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, kind: &'static str, text: &'static str) -> Asset {
        let mut hasher = SipHasher13::new();
        hasher.write(text.as_bytes());
        Asset { name: format!("{stem}.{:016x}.{extension}", hasher.finish()), kind, text }
    }

    /// Its address.
    pub(crate) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

/// The file of a name.
pub(crate) async fn answer(Path(name): Path<String>) -> Response {
    let Some(asset) = [&*STYLE, &*SCRIPT].into_iter().find(|asset| asset.name == name) else {
        return RequestProblem::new(StatusCode::NOT_FOUND, "there is no file of this name").text();
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
    ];
    (headers, asset.text).into_response()
}
