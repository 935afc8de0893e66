//! Hints: what an element's tag, role, class and id say about its content.
//!
//! Classes and ids are compared word by word (`entry-content`, `entryContent` and `entry_content`
//! are `entry`, `content`), never by substring, so `gradient` is no advertisement.

use crate::{
    extract::dom::{Dom, Id, Tag},
    html::local_name,
};

/// What is known of each element before its text is looked at.
pub(crate) struct Hints {
    /// For each node, the rule that would remove it.
    pub(crate) cut: Vec<Option<Cut>>,
    /// For each node, how sure its class or id names the article's body: 0 not at all, 3 most.
    pub(crate) body: Vec<u8>,
    inline: Vec<bool>,
}

/// Why an element might not be content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Not shown to the reader.
    Hidden(&'static str),
    /// The tag or role says that it is boilerplate.
    Structure(&'static str),
    /// A word of its class or id says so.
    Word(&'static str),
}

impl Cut {
    /// The rule's name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Cut::Hidden(name) | Cut::Structure(name) | Cut::Word(name) => name,
        }
    }
}

impl Cut {
    /// Whether the word names things that hold no running text.
    pub(crate) fn names_something_short(self) -> bool {
        let Cut::Word(name) = self else { return false };
        matches!(
            name,
            "nav"
                | "share"
                | "breadcrumb"
                | "pagination"
                | "disclaimer"
                | "tags"
                | "meta"
                | "copyright"
                | "gutter"
                | "caption"
                | "toc"
                | "skip link"
        )
    }
}

impl Hints {
    /// Reads the hints of every element.
    pub(crate) fn new(dom: &Dom<'_>) -> Hints {
        let count = dom.nodes.len();
        let mut hints =
            Hints { cut: vec![None; count], body: vec![0; count], inline: vec![false; count] };
        let classes: Vec<ClassWords> =
            dom.classes.iter().map(|classes| ClassWords::of_classes(classes)).collect();
        for id in 0..count {
            let node = &dom.nodes[id];
            if node.element.is_none() || node.tag.is_silent() {
                continue;
            }
            let mut words = classes[node.class].clone();
            if let Some(name) = dom.attr(id, &local_name!("id")) {
                words.read_id(name);
            }
            let cut = hidden(dom, id).or_else(|| structure(dom, id));
            hints.cut[id] = cut.or(words.cut.map(Cut::Word));
            hints.body[id] = words.body;
            if matches!(node.tag, Tag::Body | Tag::Heading(_) | Tag::Pre | Tag::Code)
                || dom.attr(id, &local_name!("itemprop")).is_some_and(|v| v == "articleBody")
            {
                hints.cut[id] = hints.cut[id].filter(|cut| matches!(cut, Cut::Hidden(_)));
            }
            hints.inline[id] = hints.cut[id].is_some() && !node.tag.is_block();
        }
        // An inline element around blocks is judged like a block, by what it holds.
        let mut last_block = None;
        for id in (0..count).rev() {
            if hints.inline[id] && last_block.is_some_and(|block| block < dom.nodes[id].end) {
                hints.inline[id] = false;
            }
            if dom.nodes[id].tag.is_block() {
                last_block = Some(id);
            }
        }
        hints
    }

    /// Whether it is a piece of a line that is no part of the text: a hidden label, a button.
    pub(crate) fn is_dropped_inline(&self, id: Id) -> bool {
        self.inline[id]
    }
}

fn hidden(dom: &Dom<'_>, id: Id) -> Option<Cut> {
    if dom.attr(id, &local_name!("hidden")).is_some_and(|v| v != "until-found") {
        // Streamed parts that a script moves into place once they have come.
        let streamed = dom.attr(id, &local_name!("id")).is_some_and(|v| v.starts_with("S:"));
        return (!streamed && !is_panel(dom, id)).then_some(Cut::Hidden("hidden"));
    }
    if dom.attr(id, &local_name!("aria-hidden")) == Some("true") {
        return Some(Cut::Hidden("aria-hidden"));
    }
    let style = dom.attr(id, &local_name!("style"))?;
    let mut declarations = style.split(';').filter_map(|d| d.split_once(':'));
    let is_hidden = declarations.any(|(name, value)| {
        let (name, value) = (name.trim(), value.trim());
        name.eq_ignore_ascii_case("display") && value.starts_with("none")
            || name.eq_ignore_ascii_case("visibility") && value.starts_with("hidden")
    });
    (is_hidden && !is_panel(dom, id)).then_some(Cut::Hidden("display: none"))
}

/// Tabs and accordions: all panels but one are hidden until the reader opens them.
fn is_panel(dom: &Dom<'_>, id: Id) -> bool {
    dom.attr(id, &local_name!("role")).is_some_and(|v| v == "tabpanel" || v == "region")
        || dom.attr(id, &local_name!("class")).is_some_and(|c| {
            c.contains("accordion")
                || c.contains("collapse")
                || c.contains("tab-pane")
                || c.contains("tabpanel")
        })
}

fn structure(dom: &Dom<'_>, id: Id) -> Option<Cut> {
    let rule = match dom.nodes[id].tag {
        Tag::Nav => "nav",
        Tag::Aside => "aside",
        Tag::Footer => "footer",
        Tag::Header => "header",
        Tag::Caption => "caption",
        Tag::Dialog => "dialog",
        Tag::Form => "form",
        _ => match dom.attr(id, &local_name!("role"))? {
            "navigation" | "menu" | "menubar" | "toolbar" => "role navigation",
            "banner" => "role banner",
            "contentinfo" => "role contentinfo",
            "complementary" => "role complementary",
            "search" => "role search",
            "dialog" | "alertdialog" => "role dialog",
            _ => return None,
        },
    };
    Some(Cut::Structure(rule))
}

/// What the words of an element's class and id say, the first cut and the surest body.
#[derive(Clone, Default)]
struct ClassWords {
    cut: Option<&'static str>,
    body: u8,
}

impl ClassWords {
    fn of_classes(classes: &str) -> ClassWords {
        let mut words = ClassWords::default();
        classes.split_ascii_whitespace().for_each(|class| words.read(class));
        words
    }

    fn read_id(&mut self, id: &str) {
        // An id made of a heading's words names the heading's subject.
        if id.matches(['-', '_']).count() < 3 {
            self.read(id);
        }
    }

    fn read(&mut self, class: &str) {
        if class.len() > 80 || is_taxonomy(class) {
            return;
        }
        let class = without_hash(class);
        let mut previous = String::new();
        let mut word = String::new();
        let mut lower = false;
        for c in class.chars().chain(['-']) {
            let edge = !c.is_alphanumeric() || (c.is_ascii_uppercase() && lower);
            if edge && !word.is_empty() {
                self.cut = self
                    .cut
                    .or_else(|| cut_of_word(&word))
                    .or_else(|| cut_of_pair(&previous, &word));
                self.body = self.body.max(body_of_pair(&previous, &word));
                std::mem::swap(&mut previous, &mut word);
                word.clear();
            }
            if c.is_alphanumeric() {
                word.push(c.to_ascii_lowercase());
            }
            lower = c.is_ascii_lowercase();
        }
    }
}

/// A class without the hash that a build tool appends: `Item_text__adF2E`, `css-1x2y3z`.
/// Its letters are random, and some would spell a word.
fn without_hash(class: &str) -> &str {
    let Some(mark) = class.rfind(['_', '-']) else { return class };
    let hash = &class[mark + 1..];
    let digit = hash.bytes().any(|b| b.is_ascii_digit());
    let letter = hash.bytes().any(|b| b.is_ascii_alphabetic());
    let lower = hash.bytes().any(|b| b.is_ascii_lowercase());
    let inner_upper = hash.bytes().skip(1).any(|b| b.is_ascii_uppercase());
    let random = digit && letter || lower && inner_upper;
    if (5..=8).contains(&hash.len()) && random { &class[..mark] } else { class }
}

/// Classes that a content system writes from the article's own categories and tags.
fn is_taxonomy(class: &str) -> bool {
    ["tag-", "category-", "cat-", "type-", "status-", "format-", "has-", "no-", "js-", "topic-"]
        .iter()
        .any(|prefix| class.starts_with(prefix))
}

fn cut_of_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "share" | "sharing" | "shares" | "sharedaddy" | "sharebar" | "sharethis" | "social"
        | "socials" | "addthis" | "addtoany" | "shariff" | "sociable" => "share",
        "related" | "relatedposts" | "recommended" | "recommendations" | "recommendation"
        | "recirc" | "recirculation" | "outbrain" | "taboola" | "zergnet" | "revcontent"
        | "trending" | "upnext" | "readnext" | "similar" => "related",
        "newsletter" | "newsletters" | "subscribe" | "subscription" | "signup" | "mailchimp"
        | "optin" | "mailinglist" => "newsletter",
        "sidebar" | "sidenav" | "rail" => "sidebar",
        "breadcrumb" | "breadcrumbs" | "crumbs" => "breadcrumb",
        "comment" | "comments" | "commentlist" | "disqus" | "respond" => "comments",
        "cookie" | "cookies" | "consent" | "gdpr" => "cookie",
        "onetrust" | "didomi" | "cookiebot" | "usercentrics" | "truste" | "cookielaw" => {
            "consent dialog"
        }
        "promo" | "promos" | "promotion" | "cta" => "promo",
        "ad" | "ads" | "advert" | "adverts" | "advertisement" | "advertising" | "adsense"
        | "adsbygoogle" | "dfp" | "sponsor" | "sponsored" | "sponsors" => "advert",
        "byline" | "authorbox" | "bio" => "author",
        "tags" | "taglist" | "tagcloud" => "tags",
        "pagination" | "pager" | "paging" | "pagenav" => "pagination",
        "footer" | "colophon" => "footer",
        "nav" | "navbar" | "navigation" | "menu" | "submenu" | "topbar" | "masthead" => "nav",
        "disclaimer" | "disclosure" => "disclaimer",
        "pagedate" | "postinfo" | "postmeta" | "timestamp" | "dateline" | "pubdate" | "rating"
        | "ratings" => "meta",
        "popup" | "popover" | "modal" | "lightbox" | "overlay" | "tooltip" | "rollover" => "popup",
        "copyright" => "copyright",
        "toc" | "tableofcontents" => "toc",
        "caption" | "captions" | "figcaption" => "caption",
        "noprint" => "noprint",
        "signature" => "signature",
        "gutter" | "lineno" | "linenos" | "linenumbers" | "headerlink" | "anchorjs" => "gutter",
        _ => return None,
    })
}

fn cut_of_pair(first: &str, second: &str) -> Option<&'static str> {
    Some(match (first, second) {
        (
            "author",
            "bio" | "box" | "info" | "card" | "about" | "profile" | "description" | "block",
        )
        | ("about", "author" | "authors") => "author",
        ("entry" | "post" | "article" | "story", "meta" | "footer" | "tags" | "date" | "info") => {
            "meta"
        }
        ("sr", "only") | ("screen", "reader") | ("visually", "hidden") => "screen reader",
        ("photo" | "image" | "media" | "picture", "credit" | "caption" | "credits") => "caption",
        ("print", "only") | ("visible", "print") | ("print", "block") => "print",
        ("privacy", "overview") => "consent dialog",
        ("table", "contents") => "toc",
        ("widget", "area") => "sidebar",
        ("read", "more") | ("see", "also") | ("more", "from") | ("also", "read") => "related",
        ("line", "numbers" | "number") => "gutter",
        ("sign", "up") => "newsletter",
        ("skip", "link" | "to") => "skip link",
        ("edit", "section") | ("mw", "editsection") => "edit link",
        _ => return None,
    })
}

fn body_of_pair(first: &str, second: &str) -> u8 {
    match (first, second) {
        (_, "articlebody" | "storytext" | "articletext" | "articlecontent" | "postcontent") => 3,
        (
            "entry" | "post" | "article" | "story" | "rich" | "blog" | "news",
            "content" | "body" | "text" | "copy" | "entry",
        ) => 3,
        ("body", "content" | "copy") | ("markdown", "body") | (_, "prose") => 2,
        ("page" | "main" | "single" | "site", "content" | "body" | "text") => 1,
        ("", "content" | "article" | "story" | "main") => 1,
        _ => 0,
    }
}
