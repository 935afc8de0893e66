//! Adapters: for a few services the documented way to the text, instead of a page made for browsers.
//!
//! Each is a pure function from a URL to a plan: which requests to send, and how their answers
//! become an article. A plan that yields nothing leaves the visit to the plain page.

mod arxiv;
mod doi;
mod github;
mod tweet;
mod youtube;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;
use url::Url;

use crate::policy::Adapter;

/// What to ask, and what to make of it.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
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

/// The plan for a URL, if one of these services answers for it.
pub(crate) fn plan(url: &Url, adapters: &BTreeSet<Adapter>) -> Option<Plan> {
    adapters.iter().find_map(|adapter| match adapter {
        Adapter::Github => github::plan(url),
        Adapter::Arxiv => arxiv::plan(url),
        Adapter::Doi => doi::plan(url),
        Adapter::Youtube => youtube::plan(url),
        Adapter::Tweets => tweet::plan(url),
    })
}

/// A request of a plan; none when the parts make no URL.
fn ask(base: &str, query: &[(&str, &str)], accept: &'static str) -> Option<Ask> {
    let mut url = Url::parse(base).ok()?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Some(Ask { url, accept })
}

/// The host without `www.`.
fn site(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// The parts of the path that are not empty.
fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect()
}

/// An article put together from the fields of a service.
#[derive(Debug, Default)]
struct Article {
    title: String,
    authors: Vec<String>,
    published: Option<Date>,
    site: &'static str,
    /// Headings (empty before the first one) with the text below them.
    sections: Vec<(String, String)>,
}

impl Article {
    /// The article as a page, in the marks that every extractor knows.
    fn html(&self) -> String {
        let mut html = format!(
            "<!doctype html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta property=\"og:title\" content=\"{title}\">\
             <meta property=\"og:site_name\" content=\"{site}\">",
            title = escape(&self.title),
            site = self.site,
        );
        for author in &self.authors {
            html.push_str(&format!("<meta name=\"author\" content=\"{}\">", escape(author)));
        }
        if let Some(date) = self.published {
            html.push_str(&format!(
                "<meta property=\"article:published_time\" content=\"{date}\">"
            ));
        }
        html.push_str(&format!("</head><body><article><h1>{}</h1>", escape(&self.title)));
        for (heading, text) in &self.sections {
            if !heading.is_empty() {
                html.push_str(&format!("<h2>{}</h2>", escape(heading)));
            }
            for paragraph in text.split("\n\n").map(str::trim).filter(|p| !p.is_empty()) {
                html.push_str(&format!("<p>{}</p>", escape(paragraph)));
            }
        }
        html.push_str("</article></body></html>");
        html
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A string field of a JSON object, at any depth.
fn field<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::{crawl::adapter::plan, policy::Adapter};

    /// The requests for a URL, and the page made of the given answers.
    #[track_caller]
    pub(crate) fn check(url: &str, asked: &[&str], answers: &[&str], parts: &[&str]) {
        let url = Url::parse(url).unwrap();
        let Some(plan) = plan(&url, &Adapter::ALL.into()) else {
            assert!(asked.is_empty(), "no plan for {url}");
            return;
        };
        let asks: Vec<&str> = plan.asks.iter().map(|ask| ask.url.as_str()).collect();
        assert_eq!(asks, asked);
        let answers: Vec<_> = answers.iter().map(|text| Some(text.as_bytes().to_vec())).collect();
        let page = (plan.compose)(&url, &answers);
        if parts.is_empty() {
            assert_eq!(page, None);
        }
        for part in parts {
            let page = page.as_ref().expect("a page");
            assert!(page.contains(part), "`{part}` is not in {page}");
        }
        assert_eq!((plan.compose)(&url, &vec![None; asked.len()]), None);
        assert_eq!((plan.compose)(&url, &vec![Some(b"\xff<{".to_vec()); asked.len()]), None);
    }

    #[test]
    fn ordinary_pages_have_no_plan() {
        for url in [
            "https://example.org/a/b",
            "https://github.com/topics/mlops",
            "https://github.com/owner",
            "https://github.com/owner/repo/issues/1",
            "https://arxiv.org/list/cs.LG/recent",
            "https://www.youtube.com/@channel",
            "https://twitter.com/somebody",
            "https://dl.acm.org/journal/x",
            "https://notgithub.com/a/b",
        ] {
            assert!(plan(&Url::parse(url).unwrap(), &Adapter::ALL.into()).is_none(), "{url}");
        }
    }

    #[test]
    fn each_adapter_answers_for_its_pages_alone() {
        for (adapter, url) in [
            (Adapter::Github, "https://github.com/owner/repo"),
            (Adapter::Arxiv, "https://arxiv.org/abs/2201.00001"),
            (Adapter::Doi, "https://doi.org/10.1000/1"),
            (Adapter::Youtube, "https://youtu.be/abc"),
            (Adapter::Tweets, "https://twitter.com/somebody/status/1"),
        ] {
            let url = Url::parse(url).unwrap();
            for other in Adapter::ALL {
                assert_eq!(plan(&url, &[other].into()).is_some(), other == adapter, "{url}");
            }
        }
    }
}
