//! A document: one row of the index, made of an entry and what its page says.

use std::{borrow::Cow, fmt, hash::Hasher};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;

use crate::{
    analysis::language::Language,
    canonical::CanonicalUrl,
    content::{Content, Section},
    engine::site::{kind_of_url, site_of_host},
    entry::{
        Entry, LONGEST_DESCRIPTION, LONGEST_HEADING, LONGEST_NAME, LONGEST_TITLE, shorten,
        shortened,
    },
    language,
};

/// One row of the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Document {
    /// Short and stable: made from the canonical URL, the first one if the link has moved since, or
    /// the id that an import gives.
    pub id: String,
    /// The link; empty for imported documents without one.
    pub url: String,
    /// The canonical URL, or the id of imported documents without one; breaks ties in ranking.
    pub key: String,
    /// Every title, the one to display first.
    pub titles: Vec<String>,
    /// The date that the list gives.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date")))]
    pub date_listed: Option<Date>,
    /// Tags as written.
    pub tags: Vec<String>,
    /// The company as written.
    pub company: Option<String>,
    /// True when no list names the company and it was inferred.
    pub company_inferred: bool,
    /// Headings above the entry in its list, outermost first.
    pub section: Vec<String>,
    /// What the list says about the article.
    pub description: Option<String>,
    /// Further links of the entry.
    pub also: Vec<String>,
    /// Further addresses at which the article itself is: those of other entries, and where the
    /// listed ones lead to.
    #[serde(default)]
    pub also_at: Vec<String>,
    /// The addresses that gave the text, when it is not, or not only, that of the page itself.
    #[serde(default)]
    pub text_from: Vec<String>,
    /// Names of the lists that have it.
    pub lists: Vec<String>,
    /// Host of the link.
    pub site: Option<String>,
    /// What sort of thing it is, as the address and the media type say.
    pub kind: String,
    /// What its page says; empty when there is only the list.
    pub content: Content,
    /// What the text is and how far it can be trusted.
    pub provenance: Provenance,
}

/// What the text of a document is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Provenance {
    /// The article as its site serves it.
    FullText,
    /// Its beginning or summary only.
    Abstract,
    /// What was said in a recording.
    Transcript,
    /// A copy in a web archive.
    Archived {
        /// When the archive captured it.
        #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date")))]
        captured: Date,
    },
    /// The last good copy of a page that is now gone, blocked or empty.
    LastGood {
        /// When that copy was fetched.
        #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date")))]
        fetched: Date,
    },
    /// Only what the list says.
    ListOnly,
}

impl Document {
    /// A document of an entry and, when there is one, the content of its page.
    pub fn new(entry: Entry, content: Option<(Content, Provenance)>) -> Document {
        let (content, provenance) = content.unwrap_or((Content::default(), Provenance::ListOnly));
        let mut lists: Vec<String> = Vec::new();
        for mention in entry.lists {
            if !lists.contains(&mention.list) {
                lists.push(mention.list);
            }
        }
        let document = Document::of_parts(Some(entry.canonical), entry.url, entry.titles);
        Document {
            date_listed: entry.date_listed,
            tags: entry.tags,
            company: entry.company,
            company_inferred: entry.company_inferred,
            section: entry.section,
            description: entry.description,
            also: entry.also,
            lists,
            content,
            provenance,
            ..document
        }
    }

    /// A document of which nothing is known but its link and titles.
    pub(crate) fn of_parts(
        canonical: Option<CanonicalUrl>,
        url: String,
        titles: Vec<String>,
    ) -> Document {
        let key = canonical.as_ref().map_or(String::new(), CanonicalUrl::to_string);
        Document {
            id: id_of_key(&key),
            kind: kind_of_url(&key).to_owned(),
            site: canonical.as_ref().map(|url| site_of_host(url.host()).to_owned()),
            url,
            key,
            titles,
            date_listed: None,
            tags: Vec::new(),
            company: None,
            company_inferred: false,
            section: Vec::new(),
            description: None,
            also: Vec::new(),
            also_at: Vec::new(),
            text_from: Vec::new(),
            lists: Vec::new(),
            content: Content::default(),
            provenance: Provenance::ListOnly,
        }
    }

    /// Cuts what pages and lists give as titles, names and headings and nobody could read as such.
    ///
    /// A heading that is cut may be the article itself, in the wrong element: it stays searchable as
    /// the first paragraph of its section.
    pub(crate) fn shorten(&mut self) {
        let content = &mut self.content;
        let titles = self.titles.iter_mut().chain(&mut content.title).chain(&mut content.author);
        titles.for_each(|title| shorten(title, LONGEST_TITLE));
        let names = self.tags.iter_mut().chain(&mut self.company).chain(&mut self.section);
        let names =
            names.chain(&mut self.lists).chain(&mut self.site).chain(&mut content.site_name);
        names.for_each(|name| shorten(name, LONGEST_NAME));
        self.description.iter_mut().for_each(|text| shorten(text, LONGEST_DESCRIPTION));
        for section in &mut content.sections {
            if let Some(own) = section.heading.last_mut()
                && let Cow::Owned(short) = shortened(own, LONGEST_HEADING)
            {
                section.paragraphs.insert(0, std::mem::replace(own, short));
            }
            section.heading.iter_mut().for_each(|heading| shorten(heading, LONGEST_HEADING));
        }
    }

    /// Leaves of its page what a quotation may have: at most so many characters of the text, and what
    /// is known of it, such as its title and author. What the lists say stays.
    pub(crate) fn abridge(&mut self, most: usize) {
        let mut text = String::new();
        let sections = std::mem::take(&mut self.content.sections);
        let mut paragraphs = sections.into_iter().flat_map(|section| section.paragraphs);
        // One more tells that something was left out.
        while text.chars().count() <= most
            && let Some(paragraph) = paragraphs.next()
        {
            text.push_str(if text.is_empty() { "" } else { " " });
            text.push_str(&paragraph);
        }
        shorten(&mut text, most);
        if !text.is_empty() {
            self.content.sections = vec![Section { heading: Vec::new(), paragraphs: vec![text] }];
        }
        if self.provenance != Provenance::ListOnly {
            self.provenance = Provenance::Abstract;
        }
    }

    /// Finds the language of its text, given the one that is declared for it, and keeps it, so that
    /// its words are read in that language ever after.
    pub(crate) fn find_language(&mut self) -> Language {
        let mut sample = String::with_capacity(2 * language::WINDOW_BYTES);
        let paragraphs = self.content.sections.iter().flat_map(|section| &section.paragraphs);
        for text in self.titles.iter().chain(&self.description).chain(paragraphs) {
            if sample.len() >= language::WINDOW_BYTES {
                break;
            }
            sample.push_str(&text[..text.floor_char_boundary(language::WINDOW_BYTES)]);
            sample.push('\n');
        }
        self.content.language = language::find(&sample, self.content.language.as_deref());
        Language::of(self.content.language.as_deref())
    }

    /// The date by which it is sorted: that of the list, else that of the article.
    pub(crate) fn date(&self) -> Option<Date> {
        self.date_listed.or(self.content.date_published)
    }

    /// The title to display.
    pub fn title(&self) -> &str {
        let listed = self.titles.first().map(String::as_str).filter(|title| !title.is_empty());
        listed.or(self.content.title.as_deref()).unwrap_or(&self.key)
    }
}

impl Provenance {
    /// The name of the kind, for people and as a facet's value.
    pub fn name(&self) -> &'static str {
        match self {
            Provenance::FullText => "full text",
            Provenance::Abstract => "abstract",
            Provenance::Transcript => "transcript",
            Provenance::Archived { .. } => "archived",
            Provenance::LastGood { .. } => "last good copy",
            Provenance::ListOnly => "list only",
        }
    }
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Provenance::Archived { captured } => write!(f, "archived {captured}"),
            Provenance::LastGood { fetched } => write!(f, "copy of {fetched}"),
            other => f.write_str(other.name()),
        }
    }
}

/// Eight characters that stand for a key: 40 bits of its SipHash-1-3, in base 32.
pub fn id_of_key(key: &str) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = SipHasher13::new();
    hasher.write(key.as_bytes());
    let hash = hasher.finish();
    (0..8).map(|digit| char::from(DIGITS[(hash >> (59 - 5 * digit) & 31) as usize])).collect()
}

#[cfg(test)]
mod tests {
    use crate::{
        content::{Content, Section},
        engine::{Document, document::id_of_key},
    };

    #[test]
    fn titles_names_and_headings_are_cut_and_the_text_is_kept() {
        let long = "word ".repeat(200_000);
        let mut document = Document {
            tags: vec![long.clone(), "short".into()],
            company: Some(long.clone()),
            description: Some(long.clone()),
            content: Content {
                title: Some(long.clone()),
                author: Some(long.clone()),
                site_name: Some("w".repeat(1 << 20)),
                sections: vec![
                    Section {
                        heading: vec![long.clone(), "a".into()],
                        paragraphs: vec![long.clone()],
                    },
                    Section { heading: vec![long.clone()], paragraphs: Vec::new() },
                ],
                ..Content::default()
            },
            ..Document::of_parts(None, String::new(), vec![long.clone()])
        };
        document.shorten();
        let content = &document.content;
        let lengths = |texts: &[&str]| texts.iter().map(|t| t.chars().count()).collect::<Vec<_>>();
        assert_eq!(lengths(&[document.title(), content.title.as_deref().unwrap()]), [300, 300]);
        assert_eq!(lengths(&[&document.tags[0], &document.tags[1]]), [120, 5]);
        assert_eq!(lengths(&[content.site_name.as_deref().unwrap()]), [120]);
        assert_eq!(lengths(&[document.description.as_deref().unwrap()]), [5_000]);
        assert!(document.title().ends_with("word…"));
        let [first, second] = &content.sections[..] else { panic!("{:?}", content.sections.len()) };
        assert_eq!((lengths(&[&first.heading[0]]), first.heading[1].as_str()), (vec![200], "a"));
        assert_eq!(first.paragraphs, [long.as_str()]);
        assert_eq!(
            (lengths(&[&second.heading[0]]), &second.paragraphs[..]),
            (vec![200], &[long][..])
        );
    }

    #[test]
    fn ids_never_change() {
        assert_eq!(id_of_key("https://example.org/"), "6qj14q9x");
        assert_ne!(id_of_key("https://example.org/a"), id_of_key("https://example.org/b"));
    }
}
