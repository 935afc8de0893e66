//! A draft: what any format says of one entry, before it becomes an [`Entry`].

use std::borrow::Cow;

use crate::{
    canonical::{self, CanonicalUrl},
    dates::{self, PartialDate},
    entry::{
        Entry, LONGEST_DESCRIPTION, LONGEST_HEADING, LONGEST_NAME, LONGEST_TITLE, Labels, Mention,
        shorten, shortened,
    },
    list::{
        address::address,
        field::{FieldRole, role_of},
        line::{join, tidy},
        name_set::{LONGEST_URL, NameSet},
        parsed::ListOptions,
        warnings::Warnings,
    },
};

/// Largest number of sections above an entry; the outermost ones are kept.
pub(crate) const MOST_SECTIONS: usize = 12;

/// What a list says of one entry.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) title: String,
    /// Absolute, as written.
    pub(crate) url: String,
    pub(crate) section: Vec<String>,
    pub(crate) description: String,
    pub(crate) date: Option<PartialDate>,
    pub(crate) company: String,
    pub(crate) tags: NameSet,
    pub(crate) labels: NameSet,
    pub(crate) also: NameSet,
    pub(crate) line: u32,
    /// Whether a user name or a password was cut from one of its texts before it was taken apart or
    /// shortened.
    pub(crate) had_userinfo: bool,
}

impl Draft {
    /// Cuts user names and passwords out of the addresses in every field, and says whether there
    /// were any.
    pub(crate) fn cut_userinfo(&mut self) -> bool {
        let names = [&self.tags, &self.labels, &self.also];
        let mut has_any = self.had_userinfo || names.iter().any(|names| names.had_userinfo);
        has_any |= set(&mut self.url, canonical::url_without_userinfo);
        for url in &mut self.also.kept {
            // Some of them are no addresses.
            has_any |= set(url, |url| match canonical::discreet_url(url) {
                Cow::Owned(cut) => Some(cut),
                Cow::Borrowed(_) => None,
            });
        }
        let texts = [&mut self.title, &mut self.description, &mut self.company].into_iter();
        for text in texts.chain(&mut self.section) {
            has_any |= set(text, canonical::without_userinfo);
        }
        has_any
    }

    /// A text of its source without user names and passwords, to be taken apart or shortened.
    pub(crate) fn cut<'t>(&mut self, text: &'t str) -> Cow<'t, str> {
        let cut = canonical::discreet(text);
        self.had_userinfo |= matches!(cut, Cow::Owned(_));
        cut
    }

    /// The entry; none when the address is no web page.
    pub(crate) fn into_entry(self, options: &ListOptions) -> Option<Entry> {
        let url = address(&self.url);
        let canonical = CanonicalUrl::parse(&url).filter(|_| url.len() <= LONGEST_URL)?;
        let short = |text: &str, most| Some(short_line(text, most)).filter(|text| !text.is_empty());
        let mut company = short(&self.company, LONGEST_NAME);
        let mut tags = self.tags;
        match options.labels {
            Labels::Ignore => {}
            Labels::Tags => self.labels.kept.iter().for_each(|label| tags.push(label)),
            Labels::Company => {
                for label in &self.labels.kept {
                    match &company {
                        None => company = Some(label.clone()),
                        Some(name) if name == label => {}
                        Some(_) => tags.push(label),
                    }
                }
            }
        }
        let mut section = self.section;
        section.truncate(MOST_SECTIONS);
        section.iter_mut().for_each(|name| shorten(name, LONGEST_HEADING));
        Some(Entry {
            titles: vec![
                short(&self.title, LONGEST_TITLE)
                    .unwrap_or_else(|| shortened(&url, LONGEST_TITLE).into_owned()),
            ],
            url,
            canonical,
            date_listed: self.date.map(|listed| listed.date),
            date_precision: self.date.map(|listed| listed.precision).unwrap_or_default(),
            tags: tags.kept,
            company,
            company_inferred: false,
            section,
            description: short(&self.description, LONGEST_DESCRIPTION),
            labels: self.labels.kept,
            also: self.also.kept,
            lists: vec![Mention { list: options.name.clone(), line: self.line }],
        })
    }

    /// Takes a `Date: …`, `Tags: …`, `Company: …` or `Description: …` line; false when it is none.
    pub(crate) fn take_line(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once([':', '：']) else { return false };
        let value = value.trim();
        match role_of(key) {
            Some(FieldRole::Date) => match dates::parse(value) {
                Some(listed) => self.date = self.date.or(Some(listed)),
                // An empty or unreadable value is still a line of this kind.
                None => return value.is_empty() || value.len() <= 32,
            },
            Some(FieldRole::Tags) => self.tags.push_tags(value),
            Some(FieldRole::Company) => self.company = value.to_owned(),
            Some(FieldRole::Description) => join(&mut self.description, value),
            Some(FieldRole::Title | FieldRole::Link) | None => return false,
        }
        true
    }
}

/// Replaces a text by the result of a function, if it has one, and returns whether it has.
fn set(text: &mut String, cut: fn(&str) -> Option<String>) -> bool {
    let Some(cut) = cut(text) else { return false };
    *text = cut;
    true
}

/// Text on one line, cut where it is too long.
fn short_line(text: &str, most: usize) -> String {
    let mut line = tidy(text);
    shorten(&mut line, most);
    line
}

/// The drafts of a list, within a limit of memory.
#[derive(Debug, Default)]
pub(crate) struct Drafts {
    pub(crate) kept: Vec<Draft>,
    /// Bytes that the kept ones take.
    spent: usize,
    /// How many were left out because of the limit.
    pub(crate) left_out: usize,
    /// Warnings of what is listed and is no web page.
    pub(crate) refused: Warnings,
}

/// Bytes of memory for the drafts of a list and for the entries made of them, as
/// [`Draft::cost`] counts them.
///
/// With 200 MB the worst of 132 hostile lists (30 MB of entries with two short tags each) took
/// 326 MB of memory altogether, and the 216,000 entries of a list of 28 MB like those of the
/// benchmark took 292 MB and were all read.
const MOST_BYTES: usize = 200 << 20;

impl Drafts {
    /// Adds a draft, unless its address has another scheme than http or https.
    pub(crate) fn push(&mut self, draft: Draft) {
        let scheme = draft.url.trim_start().split_once("://").map(|(scheme, _)| scheme);
        if !scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
        }) {
            self.refused.add_refused(draft.line, &draft.url);
            return;
        }
        self.spent += draft.cost();
        if self.spent > MOST_BYTES {
            self.left_out += 1;
        } else {
            self.kept.push(draft);
        }
    }

    /// Applies the limit of memory to the drafts that were added to `kept` from an index on.
    pub(crate) fn limit(&mut self, from: usize) {
        let mut most = self.kept.len();
        for (at, draft) in self.kept.iter().enumerate().skip(from) {
            self.spent += draft.cost();
            if self.spent > MOST_BYTES {
                most = most.min(at);
            }
        }
        self.left_out += self.kept.len() - most;
        self.kept.truncate(most);
    }
}

impl Draft {
    /// How many of its tags, labels and links were left out.
    pub(crate) fn left_out(&self) -> usize {
        self.tags.left_out + self.labels.left_out + self.also.left_out
    }

    /// About how many bytes it takes as an entry.
    fn cost(&self) -> usize {
        const STRING: usize = 48;
        let lists = [&self.section, &self.tags.kept, &self.labels.kept, &self.also.kept];
        let names: usize = lists.into_iter().flatten().map(|name| STRING + name.len()).sum();
        let texts = self.title.len() + self.description.len().min(4 * LONGEST_DESCRIPTION);
        size_of::<Entry>() + 4 * STRING + names + texts + 2 * self.url.len()
    }
}

#[cfg(test)]
mod tests {
    use crate::list::draft::{Draft, Drafts, MOST_BYTES};

    #[test]
    fn drafts_for_which_there_is_no_memory_are_counted() {
        let many = MOST_BYTES / 4_000;
        let mut drafts = Drafts::default();
        for _ in 0..many {
            let url = format!("https://a.example/{}", "x".repeat(2_000));
            drafts.push(Draft { url, ..Draft::default() });
        }
        assert!(drafts.left_out > 0, "{}", drafts.kept.len());
        assert_eq!(drafts.kept.len() + drafts.left_out, many);
        let before = drafts.kept.len();
        drafts.kept.extend((0..5).map(|_| Draft::default()));
        drafts.limit(before);
        assert_eq!((drafts.kept.len(), drafts.left_out), (before, many - before + 5));
    }

    #[test]
    fn what_is_no_web_page_takes_no_memory() {
        let mut drafts = Drafts::default();
        drafts.push(Draft { url: "x".into(), ..Draft::default() });
        drafts.push(Draft { url: " HTTPS://a.example/".into(), ..Draft::default() });
        assert_eq!(drafts.kept.len(), 1);
    }
}
