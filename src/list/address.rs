//! Addresses of links: absolute, relative to the list, or of the list itself.

use url::Url;

use crate::{
    canonical::{self, CanonicalUrl},
    list::name_set::LONGEST_URL,
};

/// The absolute form of a link: as written when it is absolute, else resolved against the list.
///
/// None when it is no web page, or a place in the list itself.
pub(crate) fn resolve(href: &str, base: Option<&Url>) -> Option<String> {
    let href = href.trim();
    if leads_within(href) || href.is_empty() || href.len() > LONGEST_URL {
        return None;
    }
    let (url, parsed) = match canonical::web_url(href) {
        Some(parsed) => (href.to_owned(), parsed),
        None => match with_scheme(href) {
            Some(url) => (url.clone(), canonical::web_url(&url)?),
            None if !is_relative(href) => return None,
            None => {
                let parsed = join(base?, href)?;
                (parsed.to_string(), parsed)
            }
        },
    };
    let canonical = CanonicalUrl::from_url(&parsed)?;
    let itself = base.and_then(CanonicalUrl::from_url).is_some_and(|base| {
        canonical == base
            || github_readme(&canonical).is_some_and(|repo| github_readme(&base) == Some(repo))
    });
    (!itself).then_some(url)
}

/// The address that is meant by one without a scheme, such as `www.a.example/b`: a relative link to
/// a file of such a name is less likely. Names of hosts without `www.` need a path, since `notes.org`
/// is a file, too.
pub(crate) fn with_scheme(href: &str) -> Option<String> {
    const ENDINGS: &[&str] = &[
        "ai", "app", "br", "cn", "co", "com", "de", "dev", "edu", "es", "eu", "fr", "gov", "info",
        "io", "jp", "kr", "me", "net", "org", "ru", "uk", "us", "xyz",
    ];
    let end = href.find(['/', '?', '#']).unwrap_or(href.len());
    let (host, path) = href.split_at(end);
    let labels: Vec<&str> = host.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    if labels.len() < 2 || !labels.iter().all(is_label) {
        return None;
    }
    let begins = labels[0].eq_ignore_ascii_case("www") && labels.len() > 2;
    let ends = ENDINGS.contains(&labels[labels.len() - 1].to_ascii_lowercase().as_str());
    let is_host = begins || ends && (path.len() > 1 || labels.len() > 2 || host.ends_with(".com"));
    is_host.then(|| format!("http://{href}"))
}

/// Whether a link leads to a place within the list.
pub(crate) fn leads_within(href: &str) -> bool {
    href.trim().trim_start_matches("./").starts_with('#')
}

/// Whether a link is the address of a file beside the list: no address with another scheme, and none
/// that is misspelt, such as `http//a.example`.
pub(crate) fn is_relative(href: &str) -> bool {
    let head = href.split(['/', '?', '#']).next().unwrap_or_default();
    !head.contains(':') && !matches!(head, "http" | "https") && !href.contains("://")
}

/// An address without white space around it and without control characters.
pub(crate) fn address(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).collect()
}

/// A relative link, made absolute. On GitHub `/docs/x.md` is a file of the repository.
fn join(base: &Url, href: &str) -> Option<Url> {
    let parts: Vec<&str> = base.path_segments().into_iter().flatten().collect();
    match parts.as_slice() {
        [owner, repository, "blob", reference, _, ..]
            if base.host_str() == Some("github.com")
                && href.starts_with('/')
                && !href.starts_with("//") =>
        {
            base.join(&format!("/{owner}/{repository}/blob/{reference}{href}")).ok()
        }
        _ => base.join(href).ok(),
    }
}

/// The repository, when the address is that of its front page or README.
fn github_readme(url: &CanonicalUrl) -> Option<String> {
    let path = url.as_str().strip_prefix("https://github.com/")?.to_ascii_lowercase();
    let mut parts = path.trim_end_matches('/').split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    let rest: Vec<&str> = parts.collect();
    let front = match rest.as_slice() {
        [] | ["tree" | "blob", _] => true,
        ["blob", _, file] => file.starts_with("readme"),
        _ => false,
    };
    front.then(|| format!("{owner}/{repository}"))
}

#[cfg(test)]
mod tests {
    use crate::list::address::resolve;

    #[track_caller]
    fn check(href: &str, expected: Option<&str>) {
        let base = "https://github.com/o/r/blob/main/lists/papers.md".parse().unwrap();
        assert_eq!(resolve(href, Some(&base)).as_deref(), expected, "{href}");
    }

    #[test]
    fn links_are_resolved_within_the_repository_of_the_list() {
        check("x.pdf", Some("https://github.com/o/r/blob/main/lists/x.pdf"));
        check("../x.pdf", Some("https://github.com/o/r/blob/main/x.pdf"));
        check("/docs/x.md", Some("https://github.com/o/r/blob/main/docs/x.md"));
        check("//a.example/x", Some("https://a.example/x"));
        check("notes.org", Some("https://github.com/o/r/blob/main/lists/notes.org"));
    }

    #[test]
    fn places_of_the_list_and_what_is_no_address_lead_nowhere() {
        for href in ["#a", "./#a", "papers.md#a", "", "http//a.example", "mailto:a@b.example"] {
            check(href, None);
        }
        check("ttps://a.example", None);
        check("http:a.example", None);
    }

    #[test]
    fn a_host_without_a_scheme_is_no_file_beside_the_list() {
        check("www.a.example/b", Some("http://www.a.example/b"));
        check("docs.a.org/b", Some("http://docs.a.org/b"));
        check("a.com", Some("http://a.com"));
        check("docs/www.html", Some("https://github.com/o/r/blob/main/lists/docs/www.html"));
    }
}
