//! Phrases by which boilerplate is recognized inside an article.

use crate::extract::blocks::{Block, BlockKind};

/// Characters at the beginning of a block in which phrases are looked for.
const OPENING_CHARS: usize = 100;

/// How notices about cookies begin.
const COOKIE_NOTICES: &[&str] = &[
    "this website",
    "this site",
    "we use",
    "we and our",
    "our website",
    "by using",
    "by clicking",
    "by continuing",
    "necessary cookies",
    "any cookies",
    "cookies are",
    "functional cookies",
    "analytical cookies",
    "advertisement cookies",
    "performance cookies",
    "the cookie is",
    "this cookie is",
    "cookie settings",
];

/// How lines begin that say what a reader agrees to by doing something.
const CONSENT_LINES: &[&str] = &[
    "by signing up",
    "by clicking",
    "by submitting",
    "by subscribing",
    "by entering your email",
    "by providing your email",
    "by joining",
    "by continuing",
    "by registering",
    "by checking this box",
];

/// How lines of links to other articles begin.
const POINTERS: &[&str] = &[
    "also read",
    "read also",
    "read more",
    "read next",
    "related:",
    "see also",
    "see more",
    "more:",
    "watch:",
    "watch now",
    "related article",
    "related post",
    "related stor",
    "related content",
    "related read",
    "don't miss",
    "click here",
    "you may also",
    "you might also",
    "recommended:",
    "recommended read",
    "keep reading",
    "continue reading",
    "lesen sie auch",
    "lire aussi",
    "leia também",
    "lea también",
    "leggi anche",
    "lees ook",
    "read:",
    "more on",
    "follow us",
    "follow ",
    "join us",
    "subscribe",
    "sign up",
    "listen:",
    "download our",
    "view post on",
    "share this",
];

/// How lines begin that belong to advertisements, buttons and players.
const LABELS: &[&str] = &[
    "advertisement",
    "story continues below",
    "article continues below",
    "sponsored content",
    "this slideshow requires",
    "sharing is caring",
    "scroll to continue",
    "share this",
    "sign up for our",
    "sign up to our",
    "subscribe to our",
    "get the latest updates",
    "please enable javascript",
    "enable javascript",
    "loading...",
    "skip to",
    "share on",
    "share via",
    "tweet this",
    "click to share",
    "like this:",
    "share article",
    "copy link",
    "print this",
    "follow us on",
    "jump to",
    "view this post on",
    "a post shared by",
];

/// How headings of what follows an article begin.
const AFTERWORDS: &[&str] = &[
    "about the author",
    "about author",
    "author bio",
    "written by",
    "about us",
    "related",
    "you may also",
    "you might also",
    "more from",
    "more stories",
    "more like this",
    "recommended",
    "read next",
    "read more",
    "up next",
    "further reading from",
    "other posts",
    "other articles",
    "recent posts",
    "latest posts",
    "popular posts",
    "similar posts",
    "similar articles",
    "keep reading",
    "comments",
    "leave a",
    "join the conversation",
    "share this",
    "subscribe",
    "sign up",
    "newsletter",
    "explore more",
    "explore further",
    "contact us",
    "get in touch",
    "follow us",
    "stay connected",
    "trending",
    "most read",
    "most popular",
    "don't miss",
    "what to read next",
    "editors' picks",
    "continue reading",
    "table of contents",
    "tags",
    "privacy overview",
    "über den autor",
    "ähnliche",
    "artículos relacionados",
    "articles similaires",
    "関連記事",
];

/// The rule by which a block is boilerplate for its own wording, wherever it stands.
pub(crate) fn boilerplate(block: &Block) -> Option<&'static str> {
    if block.chars > 700 || block.kind == BlockKind::Code {
        return None;
    }
    let start = opening(&block.text);
    let has = |words: &str| start.contains(words);
    let begins = |list: &[&str]| list.iter().any(|words| start.starts_with(words));
    if (has("cookies") || has("cookie"))
        && (has("website") || has("site use") || has("we use") || has("consent") || has("browser"))
        && begins(COOKIE_NOTICES)
    {
        return Some("cookie notice");
    }
    if begins(CONSENT_LINES) && (has("agree") || has("consent") || has("confirm"))
        || begins(&["this site is protected by recaptcha", "protected by recaptcha"])
    {
        return Some("consent line");
    }
    if block.chars > 300 {
        return None;
    }
    if begins(&["copyright ©", "©", "copyright 20", "all rights reserved", "(c) 20"])
        || block.chars < 120 && has("all rights reserved") && (has("©") || has("copyright"))
    {
        return Some("copyright line");
    }
    if block.link_share() > 0.3 && begins(POINTERS) {
        return Some("pointer");
    }
    let alone = block.kind != BlockKind::Item && block.kind != BlockKind::Row;
    if alone && block.chars < 120 && begins(LABELS) {
        return Some("label");
    }
    if alone
        && block.text.len() < 300
        && !block.text.contains(' ')
        && (start.starts_with("http://") || start.starts_with("https://"))
    {
        return Some("bare address");
    }
    None
}

/// How sure a heading announces what follows the article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announcement {
    /// It may be a section of the article, as “Related work” and “Tags in Git” are.
    Likely,
    /// It is none, whatever stands below it.
    Sure,
}

/// Whether a heading announces what follows the article.
pub(crate) fn announces_afterword(block: &Block) -> Option<Announcement> {
    let start = opening(&block.text);
    let heading = matches!(block.kind, BlockKind::Heading(_));
    let may = block.chars < if heading { 60 } else { 30 }
        && matches!(block.kind, BlockKind::Heading(_) | BlockKind::Loose | BlockKind::Paragraph)
        && (heading || !["comments", "tags", "share"].iter().any(|w| start.starts_with(w)))
        && AFTERWORDS.iter().any(|words| start.starts_with(words));
    let is_sure = || {
        let line = start.trim_end_matches(|c: char| !c.is_alphanumeric());
        let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
        let follows = |first: &[&str], second: &[&str]| {
            let rest = first.iter().find_map(|words| line.strip_prefix(words));
            rest.is_some_and(|rest| second.iter().any(|word| rest.trim_start().starts_with(word)))
        };
        SURE_AFTERWORDS.contains(&line)
            || SURE_OPENINGS.iter().any(|words| line.starts_with(words))
            || follows(
                &[
                    "related",
                    "recommended",
                    "similar",
                    "more",
                    "recent",
                    "latest",
                    "popular",
                    "other",
                ],
                POSTS,
            )
            || follows(
                &["subscribe", "sign up"],
                &["to our", "to the", "to my", "for our", "for the", "for my", "now", "today"],
            )
    };
    may.then(|| if is_sure() { Announcement::Sure } else { Announcement::Likely })
}

/// Headings that, whole, announce what is no part of an article.
const SURE_AFTERWORDS: &[&str] = &[
    "comments",
    "subscribe",
    "sign up",
    "newsletter",
    "related",
    "recommended",
    "trending",
    "tags",
    "contact us",
    "get in touch",
    "follow us",
    "stay connected",
    "read more",
    "read next",
    "up next",
];

/// How headings begin that announce nothing else.
const SURE_OPENINGS: &[&str] = &[
    "about the author",
    "about author",
    "author bio",
    "written by",
    "about us",
    "you may also",
    "you might also",
    "more from",
    "more stories",
    "more like this",
    "leave a",
    "join the conversation",
    "share this",
    "don't miss",
    "what to read next",
    "editors' picks",
    "most read",
    "most popular",
    "privacy overview",
    "über den autor",
    "ähnliche",
    "artículos relacionados",
    "articles similaires",
    "関連記事",
    "trending now",
    "recommended for you",
];

/// What a site has many of.
const POSTS: &[&str] = &[
    "article", "post", "stor", "content", "read", "link", "news", "video", "topic", "page",
    "product", "entries", "blog",
];

/// Whether a heading announces comments or answers.
pub(crate) fn announces_comments(block: &Block) -> bool {
    let start = opening(&block.text);
    let line = start.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    ["comment", "repl", "answer"].iter().any(|word| line.starts_with(word))
}

/// Whether an announcement is no more than a pointer when running text follows it.
pub(crate) fn may_point_ahead(block: &Block) -> bool {
    let start = opening(&block.text);
    !matches!(block.kind, BlockKind::Heading(_))
        && [
            "read more",
            "recommended",
            "explore",
            "continue reading",
            "keep reading",
            "further reading",
        ]
        .iter()
        .any(|words| start.starts_with(words))
}

/// Whether a heading announces the works that the article rests on.
pub(crate) fn announces_references(block: &Block) -> bool {
    let start = opening(&block.text);
    matches!(block.kind, BlockKind::Heading(_))
        && block.chars < 40
        && [
            "references",
            "sources",
            "bibliography",
            "works cited",
            "citations",
            "resources",
            "notes",
            "literatur",
            "quellen",
            "referencias",
            "références",
        ]
        .iter()
        .any(|words| start.starts_with(words))
}

/// Whether a short line announces links to other articles.
pub(crate) fn announces_pointers(block: &Block) -> bool {
    let start = opening(&block.text);
    block.chars < 40
        && ["see also", "read next", "read also", "more on", "more:", "related"]
            .iter()
            .any(|words| start.starts_with(words))
}

/// Whether a paragraph says who one of the authors is: `Ann Example is a writer …`.
pub(crate) fn is_biography(block: &Block, authors: &str) -> bool {
    let start: String = block.text.chars().take(160).flat_map(char::to_lowercase).collect();
    let start = start.strip_prefix("about the author: ").unwrap_or(&start);
    let start = start.strip_prefix("about ").unwrap_or(start);
    authors.to_lowercase().split(", ").any(|name| {
        name.contains(' ')
            && start.strip_prefix(name).is_some_and(|rest| {
                [
                    " is ", " has ", " writes", " covers", " was ", ", ", " works", " joined",
                    " reports",
                ]
                .iter()
                .any(|words| rest.starts_with(words))
            })
    })
}

/// Whether a short line names the writer, the date or the time it takes to read.
pub(crate) fn is_byline(block: &Block) -> bool {
    let start = opening(&block.text);
    // A line that ends like a sentence or announces what follows is part of the text.
    let sentence = block.chars >= 50 && block.text.ends_with(['.', ':', '!', '?']);
    block.chars < 160
        && !sentence
        && ([
            "by ",
            "by:",
            "written by",
            "posted ",
            "published",
            "updated",
            "last updated",
            "last modified",
            "photo:",
            "photo by",
            "photograph",
            "image:",
            "image credit",
            "image source",
            "image courtesy",
            "photo credit",
            "photo courtesy",
            "credit:",
            "source:",
            "author:",
            "date:",
            "reviewed by",
            "edited by",
            "first published",
            "story by",
            "words by",
            "on behalf of",
            "reading time",
            "read time",
            "estimated read",
            "tempo de leitura",
            "lesezeit",
            "temps de lecture",
            "share",
        ]
        .iter()
        .any(|words| start.starts_with(words))
            || start.contains("min read")
            || start.contains("minute read")
            || start.contains("minutes read"))
}

/// The first 100 letters in lower case, with typographic apostrophes made plain.
fn opening(text: &str) -> String {
    let text = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(');
    let ascii = &text.as_bytes()[..text.len().min(OPENING_CHARS)];
    if ascii.is_ascii() {
        return text[..ascii.len()].to_ascii_lowercase();
    }
    text.chars()
        .take(OPENING_CHARS)
        .map(|c| if c == '’' { '\'' } else { c })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The letters and digits of a text in lower case, to compare lines by.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
