//! The names of lists, made from where they are.

use std::{
    collections::{HashMap, HashSet},
    iter,
};

use url::Url;

/// The stem of a file that says nothing about what is in it: its folder does.
const NAMELESS: &str = "readme";

/// A list's name made from its path or URL: the file without its suffix, the folder of a README, or
/// owner, repository and folder at GitHub.
///
/// ```
/// use mlsearch::collection::name_of_source;
///
/// assert_eq!(name_of_source("notes/reading.md"), "reading");
/// assert_eq!(name_of_source("notes/README.md"), "notes");
/// assert_eq!(name_of_source("https://github.com/o/r/tree/main/docs"), "o/r/docs");
/// ```
pub fn name_of_source(source: &str) -> String {
    Parts::of(source).name(1)
}

/// Names for several lists, each of them another one: those that would have the same name have the
/// folders above before it.
pub fn names_of_sources<'s>(sources: impl IntoIterator<Item = &'s str>) -> Vec<String> {
    let parts: Vec<Parts> = sources.into_iter().map(Parts::of).collect();
    let mut lengths = vec![1; parts.len()];
    loop {
        let name = |(parts, length): (&Parts, &usize)| parts.name(*length);
        let mut names: Vec<String> = parts.iter().zip(&lengths).map(name).collect();
        let mut uses: HashMap<String, usize> = HashMap::new();
        names.iter().for_each(|name| *uses.entry(name.clone()).or_default() += 1);
        let mut longer = false;
        for (at, name) in names.iter().enumerate() {
            if uses[name] > 1 && lengths[at] < parts[at].parts.len() {
                lengths[at] += 1;
                longer = true;
            }
        }
        if !longer {
            let mut taken = HashSet::new();
            for name in &mut names {
                let numbered = (2..).map(|number| format!("{name}-{number}"));
                let mut names = iter::once(name.clone()).chain(numbered);
                let free = names.find(|name| !taken.contains(name));
                *name = free.expect("one of endless numbers is free");
                taken.insert(name.clone());
            }
            return names;
        }
    }
}

/// What a name is made of: the folders of a list and its own name, the last.
struct Parts {
    parts: Vec<String>,
    /// How many of them the shortest name has.
    least: usize,
}

impl Parts {
    fn of(source: &str) -> Parts {
        let url = Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        match &url {
            Some(url) => Parts::of_url(url),
            None => Parts { parts: stems(source.split(['/', '\\']), None), least: 1 },
        }
    }

    fn of_url(url: &Url) -> Parts {
        let host = url.host_str().unwrap_or_default();
        let host = host.strip_prefix("www.").unwrap_or(host);
        let segments: Vec<&str> = url.path_segments().into_iter().flatten().collect();
        let (repository, path) = match (host, segments.as_slice()) {
            ("github.com", [owner, name, "tree" | "blob" | "raw", _, path @ ..])
            | ("raw.githubusercontent.com", [owner, name, _, path @ ..])
            | ("github.com", [owner, name, path @ ..]) => ([*owner, *name], path),
            _ => return Parts { parts: stems(segments, Some(host)), least: 1 },
        };
        let mut parts = repository.map(str::to_owned).to_vec();
        parts.extend(stems(path.iter().copied(), None));
        if path.iter().filter(|part| !part.is_empty()).count() == 1 && parts.len() == 3 {
            // The README of the repository itself.
            parts.truncate(2 + usize::from(!is_nameless(&parts[2])));
        }
        Parts { least: parts.len(), parts }
    }

    /// The name of so many parts, or of as many as there are at least.
    fn name(&self, length: usize) -> String {
        let length = length.max(self.least).min(self.parts.len());
        self.parts[self.parts.len() - length..].join("/")
    }
}

fn is_nameless(stem: &str) -> bool {
    stem.eq_ignore_ascii_case(NAMELESS)
}

/// The folders of a path that are named, and its file without a suffix unless it is nameless. A
/// `root` stands in for a folder where there is none.
fn stems<'p>(path: impl IntoIterator<Item = &'p str>, root: Option<&str>) -> Vec<String> {
    let mut parts: Vec<String> = root.into_iter().map(str::to_owned).collect();
    for part in path {
        match part {
            "" | "." => {}
            // Which folder that is, only the disk knows.
            ".." => parts.clear(),
            part => parts.push(part.to_owned()),
        }
    }
    let is_file = parts.len() > usize::from(root.is_some());
    if let Some(last) = parts.last_mut().filter(|_| is_file) {
        if let Some((stem, _)) = last.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) {
            *last = stem.to_owned();
        }
        if is_nameless(last) && parts.len() > 1 {
            parts.pop();
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use crate::collection::naming::{name_of_source, names_of_sources};

    #[test]
    fn a_list_is_named_for_its_file_and_a_readme_for_its_folder() {
        for (source, expected) in [
            ("reading.md", "reading"),
            ("../notes/reading list.html", "reading list"),
            ("C:\\Users\\me\\notes\\README.md", "notes"),
            ("/home/me/awesome-things/readme.rst", "awesome-things"),
            ("README.md", "README"),
            ("../README.md", "README"),
            ("./.bookmarks", ".bookmarks"),
            ("v1.2/list", "list"),
            ("https://a.example/", "a.example"),
            ("https://www.a.example/feeds/all.atom?x=1", "all"),
            ("https://a.example/readme.html", "a.example"),
            ("https://a.example/links/", "links"),
            ("https://github.com/o/r", "o/r"),
            ("https://github.com/o/r#readme", "o/r"),
            ("https://github.com/o/r/blob/main/README.md", "o/r"),
            ("https://github.com/o/r/blob/main/docs/list.md", "o/r/docs/list"),
            ("https://github.com/o/r/tree/main/docs", "o/r/docs"),
            ("https://raw.githubusercontent.com/o/r/HEAD/docs/README.md", "o/r/docs"),
        ] {
            assert_eq!(name_of_source(source), expected, "{source}");
        }
    }

    #[test]
    fn lists_of_one_name_have_their_folders_before_it() {
        let sources =
            ["/n/README.md", "/a/docs/README.md", "/b/docs/README.md", "/x/n.md", "n.md", "m.md"];
        assert_eq!(names_of_sources(sources), ["n", "a/docs", "b/docs", "x/n", "n-2", "m"]);
    }
}
