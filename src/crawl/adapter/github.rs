//! GitHub repositories: the README through the documented API, as HTML.

use url::Url;

use crate::{
    crawl::adapter::plan::{AdapterPlan, ask, segments, site},
    html,
};

/// First parts of paths that are no owners.
const NO_OWNERS: [&str; 16] = [
    "about",
    "collections",
    "customer-stories",
    "enterprise",
    "events",
    "explore",
    "features",
    "login",
    "marketplace",
    "orgs",
    "search",
    "security",
    "settings",
    "sponsors",
    "topics",
    "trending",
];

pub(crate) fn plan(url: &Url) -> Option<AdapterPlan> {
    let [owner, repository] = segments(url)[..] else { return None };
    if site(url) != "github.com" || NO_OWNERS.contains(&owner) {
        return None;
    }
    let repository = repository.strip_suffix(".git").unwrap_or(repository);
    // docs.github.com/rest/repos/contents, "Get a repository README".
    let address = format!("https://api.github.com/repos/{owner}/{repository}/readme");
    let asks = vec![ask(&address, &[], "application/vnd.github.html")?];
    Some(AdapterPlan { what: "the README, by the GitHub API", is_summary: false, asks, compose })
}

fn compose(url: &Url, answers: &[Option<Vec<u8>>]) -> Option<String> {
    let readme = std::str::from_utf8(answers.first()?.as_deref()?).ok()?;
    let name = segments(url).join("/");
    let name = html::escape(&name);
    Some(format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{name}</title>\
         <meta property=\"og:site_name\" content=\"GitHub\"></head>\
         <body><article>{readme}</article></body></html>"
    ))
}

#[cfg(test)]
mod tests {
    use crate::crawl::adapter::tests::check;

    #[test]
    fn a_repository_gives_its_readme() {
        for url in
            ["https://github.com/owner/repo", "https://www.github.com/owner/repo.git/#readme"]
        {
            check(
                url,
                &["https://api.github.com/repos/owner/repo/readme"],
                &["<div id=\"readme\"><h1>Feature store</h1></div>"],
                &["<title>owner/repo", "<h1>Feature store</h1>"],
            );
        }
    }
}
