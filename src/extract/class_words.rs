//! Words of classes and ids: `entry-content`, `entryContent` and `entry_content` are `entry`,
//! `content`. They are compared whole, never as pieces, so that `gradient` is no advertisement.

/// What the words of an element's class and id say, the first cut and the surest body.
#[derive(Clone, Default)]
pub(crate) struct ClassWords {
    /// The rule by which it is cut.
    pub(crate) cut: Option<&'static str>,
    /// How sure it names the article's body: 0 not at all, 3 most.
    pub(crate) body: u8,
}

impl ClassWords {
    /// Reads a value of `class`.
    pub(crate) fn of_classes(classes: &str) -> ClassWords {
        let mut words = ClassWords::default();
        classes.split_ascii_whitespace().for_each(|class| words.read(class));
        words
    }

    /// Reads a value of `id`.
    pub(crate) fn read_id(&mut self, id: &str) {
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
        if is_random(class) {
            return;
        }
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

/// Whether it is drawn letters, as `QwAdZr` is, some of which would spell a word.
fn is_random(class: &str) -> bool {
    let upper = class.bytes().filter(u8::is_ascii_uppercase).count();
    class.bytes().all(|b| b.is_ascii_alphanumeric())
        && class.bytes().any(|b| b.is_ascii_lowercase())
        && upper >= 3
        && upper * 3 > class.len()
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
        "gutter" | "lineno" | "linenos" | "linenumber" | "linenumbers" | "lnt" | "ln" | "lntd" => {
            "gutter"
        }
        "headerlink" | "anchorjs" => "anchor",
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
