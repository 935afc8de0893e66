//! Where the pages lead, and what they name, there is something, on GitHub and in the book.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Component, Path, PathBuf},
};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::docs::{Page, pages, root};

/// The chapters of the book.
const CONTENTS: &str = "docs/SUMMARY.md";

/// What a page has for links to lead to, and where its own lead.
#[derive(Default)]
struct Read {
    anchors: BTreeSet<String>,
    links: Vec<String>,
    /// The texts of its code spans.
    names: Vec<String>,
    /// What each of its first blocks is.
    begins_with: Vec<Tag<'static>>,
}

#[test]
fn links_lead_to_files_and_headings() {
    let pages = pages();
    let read: BTreeMap<&str, Read> =
        pages.iter().map(|page| (page.name.as_str(), read(&page.text))).collect();
    let mut wrong = Vec::new();
    for (name, page) in &read {
        for link in page.links.iter().filter(|link| !link.contains("://")) {
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { (*name).to_owned() } else { beside(name, file) };
            // A folder and the list of chapters have a page on GitHub and none in the book.
            if !root().join(&target).is_file() || target == CONTENTS {
                wrong.push(format!("{name}: no such page in the book: {link}"));
            } else if !anchor.is_empty()
                && !read.get(target.as_str()).is_some_and(|page| page.anchors.contains(anchor))
            {
                wrong.push(format!("{name}: no such heading: {link}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_that_pages_name_exist() {
    let folders = ["benches/", "docs/", "packaging/", "src/", "tests/"];
    let mut wrong = Vec::new();
    for page in pages() {
        for name in read(&page.text).names {
            // The rest of a command, the item of a file, or one of many files is no path.
            let is_path = !name.contains([' ', '*', '…', '<', '{']);
            if is_path
                && folders.iter().any(|folder| name.starts_with(folder))
                && !root().join(&name).exists()
            {
                wrong.push(format!("{}: no such file: {name}", page.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_page_is_a_chapter_of_the_book_once() {
    let contents = pages().into_iter().find(|page| page.name == CONTENTS).unwrap();
    let links = read(&contents.text).links;
    let mut chapters: Vec<String> = links.iter().map(|link| beside(CONTENTS, link)).collect();
    chapters.sort();
    let is_chapter = |page: &Page| page.name != CONTENTS && !page.name.starts_with("packaging/");
    let expected: Vec<String> =
        pages().into_iter().filter(is_chapter).map(|page| page.name).collect();
    assert_eq!(chapters, expected, "name each page in {CONTENTS}");
}

#[test]
fn every_page_begins_with_a_title_and_what_it_is_for() {
    for page in pages() {
        let begins_with = read(&page.text).begins_with;
        let is_right = matches!(
            begins_with[..],
            [Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. }, Tag::Paragraph, ..]
        );
        assert!(is_right || page.name == CONTENTS, "{} begins with {begins_with:?}", page.name);
    }
}

#[test]
fn headings_have_the_anchors_that_github_makes() {
    let check = |text: &str, expected: &[&str]| {
        let anchors = read(text).anchors;
        assert_eq!(anchors, expected.iter().map(|anchor| (*anchor).to_owned()).collect());
    };
    check("# What's *new*?\n## `a --b` (C++)", &["whats-new", "a---b-c"]);
    check("# Same\n# Same\n# Same", &["same", "same-1", "same-2"]);
    check("# Größe_x …\n```\n# no heading\n```", &["größe_x-"]);
}

fn read(text: &str) -> Read {
    let mut read = Read::default();
    let mut heading: Option<String> = None;
    let mut depth = 0;
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for event in Parser::new_ext(text, options) {
        match &event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                read.links.push(dest_url.to_string());
            }
            Event::Code(code) => {
                read.names.push(code.to_string());
                heading.iter_mut().for_each(|heading| heading.push_str(code));
            }
            Event::Text(text) => heading.iter_mut().for_each(|heading| heading.push_str(text)),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap());
                let numbered = (1..).map(|number| format!("{anchor}-{number}"));
                let mut anchors = std::iter::once(anchor.clone()).chain(numbered);
                let free = anchors.find(|anchor| !read.anchors.contains(anchor));
                read.anchors.extend(free);
            }
            _ => {}
        }
        match event {
            Event::Start(tag) => {
                if depth == 0 && !matches!(tag, Tag::MetadataBlock(_)) && read.begins_with.len() < 2
                {
                    read.begins_with.push(tag.into_static());
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    read
}

/// The anchor of a heading, as GitHub and mdBook make it.
fn anchor(heading: &str) -> String {
    let kept = |character: &char| character.is_alphanumeric() || "-_ ".contains(*character);
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The file that a link of a page names, below the root.
fn beside(page: &str, link: &str) -> String {
    let mut path = PathBuf::new();
    let folder = Path::new(page).parent().unwrap();
    for component in folder.join(link).components() {
        match component {
            Component::ParentDir => assert!(path.pop(), "{page}: {link} leads out"),
            component => path.push(component),
        }
    }
    path.to_str().unwrap().replace('\\', "/")
}
