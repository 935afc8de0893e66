//! Sections: the headings above an entry, and those whose content is not of the list.

use crate::{
    canonical::without_userinfo,
    entry::{LONGEST_HEADING, LONGEST_NAME, shortened},
    list::{
        address::leads_within,
        draft::{Draft, MOST_SECTIONS},
        inline::Inline,
        line::{is_shortcode, tidy},
    },
};

/// The headings, summaries and list items above the current place, outermost first.
#[derive(Default)]
pub(crate) struct SectionPath {
    open: Vec<OpenSection>,
}

struct OpenSection {
    /// Level of the heading, 1 to 6; one that is no heading stands with the heading above it.
    level: u8,
    name: String,
    skipped: bool,
    /// Whether a user name or a password was cut from the name.
    had_userinfo: bool,
}

/// A place in the path, to come back to.
#[derive(Clone, Copy)]
pub(crate) struct PathMark(usize);

impl SectionPath {
    /// Leaves all sections that a heading of this level ends.
    pub(crate) fn pop_to(&mut self, level: u8) {
        let end = self.open.iter().position(|section| section.level >= level);
        self.open.truncate(end.unwrap_or(self.open.len()));
    }

    /// Enters the section of a heading.
    pub(crate) fn push(&mut self, level: u8, text: &str) {
        let cut = without_userinfo(text);
        let name = tidy(cut.as_deref().unwrap_or(text));
        // The colon of `:zap:` is not one that leads over to the list.
        let ends_with_shortcode =
            name.ends_with(':') && name.split(' ').next_back().is_some_and(is_shortcode);
        let bare = name.trim_end_matches([':', '：', ' ']);
        let name = if ends_with_shortcode { name.as_str() } else { bare };
        let name = shortened(name, LONGEST_HEADING).into_owned();
        let skipped = self.skipped() || is_about_the_list(&name);
        self.open.push(OpenSection { level, name, skipped, had_userinfo: cut.is_some() });
    }

    /// Enters a section that is no heading, until [`SectionPath::leave`].
    pub(crate) fn enter(&mut self, text: &str) -> PathMark {
        let mark = self.mark();
        let level = self.open.last().map_or(0, |section| section.level);
        self.push(level, text);
        mark
    }

    /// Where the path stands.
    pub(crate) fn mark(&self) -> PathMark {
        PathMark(self.open.len())
    }

    /// Goes back to a place, unless a heading has left it already.
    pub(crate) fn leave(&mut self, mark: PathMark) {
        self.open.truncate(mark.0);
    }

    /// Puts a draft into the sections, the outermost first, as many as an entry has.
    pub(crate) fn place(&self, draft: &mut Draft) {
        let below = std::mem::take(&mut draft.section);
        let names = self.open.iter().map(|section| &section.name).chain(&below);
        draft.section =
            names.filter(|name| !name.is_empty()).take(MOST_SECTIONS).cloned().collect();
        draft.had_userinfo |= self.open.iter().any(|section| section.had_userinfo);
    }

    /// The outermost section that is not of the list, when the place is within one.
    pub(crate) fn skipped_name(&self) -> Option<&str> {
        self.open.iter().find(|section| section.skipped).map(|section| section.name.as_str())
    }

    /// Whether the place is within a section that is not of the list.
    pub(crate) fn skipped(&self) -> bool {
        self.open.last().is_some_and(|section| section.skipped)
    }
}

/// The level of a heading element.
pub(crate) fn heading_level(element: &str) -> Option<u8> {
    match element.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}

/// Takes the way back to the contents out of a heading: a link to a place of the list behind a text.
pub(crate) fn cut_way_back(pieces: &mut Vec<Inline>) {
    const WHOLE: &[&str] = &["back", "top", "up", "haut", "oben", "наверх"];
    const BEGINNINGS: &[&str] = &[
        "back to ",
        "go to top",
        "to top",
        "to the top",
        "return to ",
        "回到",
        "返回",
        "トップへ",
        "上に戻る",
        "맨 위",
        "위로",
        "volver a",
        "voltar a",
        "retour ",
        "haut de ",
        "nach oben",
        "zurück ",
        "к началу",
    ];
    let says_so = |text: &str| {
        let words = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let words = words.replace('-', " ");
        words.is_empty()
            || WHOLE.contains(&words.as_str())
            || BEGINNINGS.iter().any(|way| words.starts_with(way))
    };
    let leads_back = |piece: &Inline| match piece {
        Inline::Link(link) => leads_within(&link.href) && says_so(&link.text),
        _ => false,
    };
    let names_itself = |piece: &Inline| match piece {
        Inline::Text(text) => text.contains(char::is_alphanumeric),
        Inline::Link(link) => !leads_within(&link.href),
        _ => false,
    };
    if pieces.iter().any(names_itself) {
        let links = pieces.len();
        pieces.retain(|piece| !leads_back(piece));
        if pieces.len() < links
            && let Some(Inline::Text(text)) = pieces.last_mut()
        {
            let kept = text.trim_end_matches([' ', '(', ')', '[', ']', '|', '-', '\n']).len();
            // A bracket that was opened before belongs to the name.
            if text[kept..].contains(['(', '[', '|']) {
                text.truncate(kept);
            }
        }
    }
}

/// The name of a section that is the text of an item: up to the first sentence or colon when it is
/// long.
pub(crate) fn name_of(text: &str) -> String {
    let text = tidy(text);
    if text.chars().count() <= LONGEST_NAME {
        return text;
    }
    let ends = [": ", "：", ". ", "。", " - ", " – ", " — ", "; ", ", "];
    let end = ends.iter().find_map(|end| text.find(end).filter(|at| *at < LONGEST_NAME));
    end.map_or(text.as_str(), |end| &text[..end]).to_owned()
}

/// Whether a section is about the list itself: how to contribute, its licence, its sponsors.
///
/// Contents are never skipped by their name: links back to the list are no entries anyway, and some
/// lists hang every section under it.
fn is_about_the_list(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "acknowledgement",
        "acknowledgements",
        "acknowledgment",
        "acknowledgments",
        "authors",
        "backers",
        "citation",
        "citing",
        "code of conduct",
        "contribute",
        "contributing",
        "contributing guidelines",
        "contribution",
        "contribution guide",
        "contribution guidelines",
        "contributors",
        "copyright",
        "credits",
        "donate",
        "donations",
        "how to contribute",
        "licence",
        "license",
        "maintainers",
        "our sponsors",
        "sponsor",
        "sponsors",
        "sponsorship",
        "star history",
        "stargazers",
        "support this project",
        "thanks",
        "贡献",
        "贡献者",
        "贡献新文章",
        "参与贡献",
        "如何贡献",
        "许可",
        "许可证",
        "协议",
        "版权",
        "赞助",
        "致谢",
        "貢獻",
        "授權",
        "コントリビュート",
        "ライセンス",
    ];
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    // A shortcode such as `:information_source:` is no part of the name.
    let shortcodes = name.matches(':').count() / 2;
    let without = words.iter().skip(shortcodes.min(words.len())).cloned().collect::<Vec<_>>();
    [words, without].iter().any(|words| NAMES.contains(&words.join(" ").as_str()))
}

/// Whether a summary only says that it can be opened.
pub(crate) fn is_toggle(text: &str) -> bool {
    let text = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    text.is_empty()
        || words.iter().all(|word| {
            word.bytes().all(|byte| byte.is_ascii_digit())
                || matches!(
                    *word,
                    "click"
                        | "tap"
                        | "to"
                        | "expand"
                        | "collapse"
                        | "show"
                        | "hide"
                        | "open"
                        | "see"
                        | "view"
                        | "toggle"
                        | "unfold"
                        | "me"
                        | "here"
                        | "more"
                        | "all"
                        | "the"
                        | "list"
                        | "details"
                        | "full"
                        | "hidden"
                        | "other"
                        | "projects"
                        | "items"
                        | "entries"
                        | "links"
                        | "resources"
                        | "点击展开"
                        | "展开"
                        | "查看"
                        | "点击查看"
                        | "详情"
                        | ""
                )
        })
}
