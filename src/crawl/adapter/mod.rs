//! Adapters: for a few services the documented way to the text, instead of a page made for browsers.
//!
//! Each is a pure function from a URL to a plan: which requests to send, and how their answers
//! become an article. A plan that yields nothing leaves the visit to the plain page.

mod article;
mod arxiv;
mod doi;
mod github;
mod plan;
mod tweet;
mod youtube;

use std::collections::BTreeSet;

use url::Url;

pub(crate) use crate::crawl::adapter::plan::{AdapterPlan, Ask};
use crate::crawl_policy::Adapter;

/// The plan for a URL, if one of these services answers for it.
pub(crate) fn plan(url: &Url, adapters: &BTreeSet<Adapter>) -> Option<AdapterPlan> {
    adapters.iter().find_map(|adapter| match adapter {
        Adapter::Github => github::plan(url),
        Adapter::Arxiv => arxiv::plan(url),
        Adapter::Doi => doi::plan(url),
        Adapter::Youtube => youtube::plan(url),
        Adapter::Tweets => tweet::plan(url),
    })
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::{crawl::adapter::plan, crawl_policy::Adapter};

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
