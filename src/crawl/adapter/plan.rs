//! The plan of an adapter: which requests to send, and how their answers become an article.

use serde_json::Value;
use url::Url;

/// What to ask, and what to make of it.
#[derive(Clone, Debug)]
pub(crate) struct AdapterPlan {
    /// What the text is, for people.
    pub(crate) what: &'static str,
    /// Whether that is less than the whole text.
    pub(crate) is_summary: bool,
    /// The requests. The first one is asked conditionally, its validators stand for all.
    pub(crate) asks: Vec<Ask>,
    /// Makes an HTML page of the bodies that came, in the order of the requests.
    pub(crate) compose: Compose,
}

/// Makes an HTML page of a URL and the bodies of its requests; none when they hold no text.
pub(crate) type Compose = fn(&Url, &[Option<Vec<u8>>]) -> Option<String>;

/// One request of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) url: Url,
    /// The `Accept` value.
    pub(crate) accept: &'static str,
}

/// A request of a plan; none when the parts make no URL.
pub(crate) fn ask(base: &str, query: &[(&str, &str)], accept: &'static str) -> Option<Ask> {
    let mut url = Url::parse(base).ok()?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Some(Ask { url, accept })
}

/// The host without `www.`.
pub(crate) fn site(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The parts of the path that are not empty.
pub(crate) fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

/// A string field of a JSON object, at any depth.
pub(crate) fn field<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}
