//! Sets of names of an entry: tags, labels and links, each once, and a limited number of them.

use std::borrow::Cow;

use crate::{
    canonical::discreet,
    entry::{LONGEST_NAME, shorten},
    list::line::tidy,
};

/// Largest number of tags of an entry, of labels and of further links. An entry with more of them is
/// rather a list, and comparing a million of them with each other would take hours.
pub(crate) const MOST_NAMES: usize = 200;
/// Longest address that is a link, in bytes.
pub(crate) const LONGEST_URL: usize = 2048;

/// Names in their order, each once and without user names and passwords in its addresses.
#[derive(Debug, Default)]
pub(crate) struct NameSet {
    pub(crate) kept: Vec<String>,
    /// How many were left out because there were [`MOST_NAMES`].
    pub(crate) left_out: usize,
    /// Whether a user name or a password was cut from one.
    pub(crate) had_userinfo: bool,
}

impl NameSet {
    /// Adds a name that is neither empty nor there already.
    pub(crate) fn push(&mut self, name: &str) {
        if self.kept.len() >= MOST_NAMES {
            self.left_out += usize::from(!name.trim().is_empty());
            return;
        }
        let mut name = tidy(&self.cut_userinfo(name));
        shorten(&mut name, LONGEST_NAME);
        self.push_as_it_is(name);
    }

    /// Adds an address that is not there already; one that is longer than [`LONGEST_URL`] is left out.
    pub(crate) fn push_url(&mut self, url: String) {
        if self.kept.len() >= MOST_NAMES {
            self.left_out += 1;
        } else if url.len() <= LONGEST_URL {
            self.push_as_it_is(url);
        }
    }

    /// Adds the tags of a line or cell: they are separated by commas, semicolons, bars, and by `&`
    /// between ideographs.
    pub(crate) fn push_tags(&mut self, text: &str) {
        // A password may have commas.
        let text = self.cut_userinfo(text);
        for part in text.split([',', ';', '|', '，', '、', '；', '\n']) {
            // `推荐&图网络` is two tags, `R&D` and `search & ranking` are one.
            let wide = part.split('&').all(|side| !side.trim().is_ascii());
            for tag in part.split(|c| c == '＆' || (c == '&' && wide)) {
                self.push(tag.trim().trim_start_matches('#'));
            }
        }
    }

    /// Adds all names of another set.
    pub(crate) fn append(&mut self, other: NameSet) {
        other.kept.iter().for_each(|name| self.push(name));
        self.left_out += other.left_out;
        self.had_userinfo |= other.had_userinfo;
    }

    fn cut_userinfo<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let cut = discreet(text);
        self.had_userinfo |= matches!(cut, Cow::Owned(_));
        cut
    }

    fn push_as_it_is(&mut self, name: String) {
        if !name.is_empty() && !self.kept.contains(&name) {
            self.kept.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::list::name_set::{MOST_NAMES, NameSet};

    #[test]
    fn names_are_kept_once_and_what_is_too_many_is_counted() {
        let mut names = NameSet::default();
        names.push_tags("a, #b; a | 推荐&图网络, R&D");
        assert_eq!(names.kept, ["a", "b", "推荐", "图网络", "R&D"]);
        let many: Vec<String> = (0..1_000_000).map(|number| number.to_string()).collect();
        names.push_tags(&many.join(","));
        assert_eq!(names.kept.len(), MOST_NAMES);
        assert_eq!(names.left_out, 1_000_000 + 5 - MOST_NAMES);
    }
}
