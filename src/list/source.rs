//! Sources: the addresses at which the list behind a URL can be fetched.

use url::Url;

/// The names under which a repository keeps its list, likeliest first.
pub(crate) const READMES: [&str; 8] = [
    "README.md",
    "readme.md",
    "Readme.md",
    "README.MD",
    "README.markdown",
    "README.rst",
    "README.org",
    "README.adoc",
];

/// What the names of files end with that are written by hand and may be lists.
const WRITTEN: [&str; 8] = ["md", "markdown", "mdown", "mkd", "rst", "org", "adoc", "asciidoc"];
/// What the names of other files end with that may be lists, though most are none in the web.
const OTHERS: [&str; 6] = ["html", "htm", "txt", "csv", "tsv", "opml"];

/// The addresses to try in order for the list at a URL.
///
/// A GitHub repository or folder stands for its README, a file there for its source; both are read
/// from the raw host, which needs no key. Any other URL stands for itself.
///
/// ```
/// let url = "https://github.com/o/r/blob/main/list.md".parse().unwrap();
/// let plan = mlsearch::list::source::fetch_plan(&url);
/// assert_eq!(plan[0].as_str(), "https://raw.githubusercontent.com/o/r/main/list.md");
/// ```
pub fn fetch_plan(url: &Url) -> Vec<Url> {
    match raw_paths(url) {
        Some(paths) => paths
            .iter()
            .filter_map(|path| {
                Url::parse("https://raw.githubusercontent.com").ok()?.join(path).ok()
            })
            .collect(),
        None => vec![url.clone()],
    }
}

/// Whether a file of this name may be a list.
pub(crate) fn may_be_list(path: &str) -> bool {
    has_ending(path, &WRITTEN) || has_ending(path, &OTHERS)
}

/// Whether what is at a URL may be a list rather than an article: a repository or a folder at
/// GitHub, or a file that is written by hand.
pub(crate) fn may_be_web_list(url: &Url) -> bool {
    let is_repository = raw_paths(url).is_some_and(|paths| paths.len() > 1);
    is_repository || has_ending(url.path(), &WRITTEN) || has_ending(url.path(), &["opml"])
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| endings.iter().any(|one| ending.eq_ignore_ascii_case(one)))
}

/// The raw paths behind a GitHub page; none when it is neither repository, folder nor file.
fn raw_paths(url: &Url) -> Option<Vec<String>> {
    if !matches!(url.host_str(), Some("github.com" | "www.github.com")) {
        return None;
    }
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let readmes = |folder: String| {
        Some(READMES.iter().map(|name| format!("/{folder}/{name}")).collect::<Vec<_>>())
    };
    match parts.as_slice() {
        [owner, repository] => {
            let repository = repository.strip_suffix(".git").unwrap_or(repository);
            readmes(format!("{owner}/{repository}/HEAD"))
        }
        [owner, repository, "tree", rest @ ..] if !rest.is_empty() => {
            readmes(format!("{owner}/{repository}/{}", rest.join("/")))
        }
        [owner, repository, "blob" | "raw", rest @ ..] if rest.len() > 1 => {
            Some(vec![format!("/{owner}/{repository}/{}", rest.join("/"))])
        }
        _ => None,
    }
}

/// The page on which a person reads the list at this address: relative links are relative to it,
/// and links to it are links to the list itself.
pub(crate) fn reading_page(base: &Url) -> Url {
    let parts: Vec<&str> =
        base.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).collect();
    let path = match (base.host_str(), parts.as_slice()) {
        (Some("raw.githubusercontent.com"), [owner, repository, reference, rest @ ..])
            if !rest.is_empty() =>
        {
            format!("{owner}/{repository}/blob/{reference}/{}", rest.join("/"))
        }
        (Some("github.com" | "www.github.com"), [owner, repository]) => {
            format!("{owner}/{repository}/blob/HEAD/README.md")
        }
        (Some("github.com" | "www.github.com"), [owner, repository, "tree", rest @ ..])
            if !rest.is_empty() =>
        {
            format!("{owner}/{repository}/blob/{}/README.md", rest.join("/"))
        }
        _ => return base.clone(),
    };
    Url::parse("https://github.com/").and_then(|host| host.join(&path)).unwrap_or(base.clone())
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::list::source::{fetch_plan, reading_page};

    #[track_caller]
    fn check(url: &str, first: &str, page: &str) {
        let url = Url::parse(url).unwrap();
        assert_eq!(fetch_plan(&url)[0].as_str(), first);
        assert_eq!(reading_page(&fetch_plan(&url)[0]).as_str(), page);
    }

    #[test]
    fn a_repository_stands_for_its_readme() {
        let raw = "https://raw.githubusercontent.com/o/r/HEAD/README.md";
        let page = "https://github.com/o/r/blob/HEAD/README.md";
        check("https://github.com/o/r", raw, page);
        check("https://github.com/o/r.git", raw, page);
        check("https://www.github.com/o/r/?tab=readme-ov-file#top", raw, page);
        check(
            "https://github.com/o/r/tree/main/docs",
            "https://raw.githubusercontent.com/o/r/main/docs/README.md",
            "https://github.com/o/r/blob/main/docs/README.md",
        );
        check(
            "https://github.com/o/r/blob/main/a%20b.md",
            "https://raw.githubusercontent.com/o/r/main/a%20b.md",
            "https://github.com/o/r/blob/main/a%20b.md",
        );
    }

    #[test]
    fn other_addresses_stand_for_themselves() {
        for url in ["https://github.com/o", "https://github.com/o/r/issues", "https://a.example/x"]
        {
            assert_eq!(fetch_plan(&Url::parse(url).unwrap()), [Url::parse(url).unwrap()]);
        }
    }
}
