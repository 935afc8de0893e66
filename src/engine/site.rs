//! What a URL says of a page: its site, and what sort of thing it is.

/// The site as people name it: the host without `www.`.
pub(crate) fn site_of_host(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// Hosts on which everything is of one kind; subdomains count.
const HOSTS: [(&str, &str); 24] = [
    ("arxiv.org", "paper"),
    ("aclanthology.org", "paper"),
    ("dl.acm.org", "paper"),
    ("ieeexplore.ieee.org", "paper"),
    ("openreview.net", "paper"),
    ("papers.nips.cc", "paper"),
    ("proceedings.mlr.press", "paper"),
    ("semanticscholar.org", "paper"),
    ("usenix.org", "paper"),
    ("vldb.org", "paper"),
    ("youtube.com", "video"),
    ("youtu.be", "video"),
    ("vimeo.com", "video"),
    ("twitter.com", "post"),
    ("x.com", "post"),
    ("linkedin.com", "post"),
    ("reddit.com", "post"),
    ("news.ycombinator.com", "post"),
    ("readthedocs.io", "docs"),
    ("readthedocs.org", "docs"),
    ("gist.github.com", "repo"),
    ("oreilly.com", "book"),
    ("manning.com", "book"),
    ("amazon.com", "book"),
];
/// Hosts on which `/owner/name` is a repository.
const FORGES: [&str; 5] =
    ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co"];

/// What sort of thing a URL names, as far as the URL says.
pub(crate) fn kind_of_url(url: &str) -> &'static str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest).to_ascii_lowercase();
    let (host, path) = rest.split_once('/').unwrap_or((&rest, ""));
    let path = path.split(['?', '#']).next().unwrap_or(path);
    let host = site_of_host(host);
    let is_at = |site: &str| {
        host.strip_suffix(site).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
    };
    if path.ends_with(".pdf") {
        return "paper";
    }
    let company_blog = host.split('.').any(|label| matches!(label, "engineering" | "blog"))
        || path.split('/').any(|part| part == "blog");
    if let Some((_, kind)) = HOSTS.iter().find(|(site, _)| is_at(site) && !company_blog) {
        return kind;
    }
    if FORGES.contains(&host) && path.split('/').filter(|part| !part.is_empty()).count() >= 2 {
        return if company_blog { "article" } else { "repo" };
    }
    if host.starts_with("docs.") || path.split('/').any(|part| part == "docs") {
        return "docs";
    }
    if host.split('.').any(|label| label == "book") || path.split('/').any(|part| part == "book") {
        return "book";
    }
    "article"
}

#[cfg(test)]
mod tests {
    use crate::engine::site::kind_of_url;

    #[test]
    fn kinds_are_inferred_from_urls() {
        for (url, kind) in [
            ("https://github.com/eugeneyan/applied-ml", "repo"),
            ("https://github.com/readme", "article"),
            ("https://github.blog/2023-01-01-x", "article"),
            ("https://engineering.linkedin.com/blog/2022/x", "article"),
            ("https://www.linkedin.com/posts/someone_x", "post"),
            ("https://twitter.com/someone/status/1", "post"),
            ("https://netflix.com/x", "article"),
            ("https://arxiv.org/abs/1234.5678", "paper"),
            ("https://example.org/paper.pdf?download=1", "paper"),
            ("https://www.youtube.com/watch?v=x", "video"),
            ("https://docs.example.org/guide", "docs"),
        ] {
            assert_eq!(kind_of_url(url), kind, "{url}");
        }
    }
}
