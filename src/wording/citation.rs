//! Citations of articles, to be pasted into a text or a bibliography.

use std::fmt::Write;

use jiff::civil::Date;

use crate::{
    canonical::link_target,
    engine::Document,
    search::{Snippet, passage_url},
    text::sanitize,
    wording::markdown,
};

/// Bytes of an id in the key of an entry.
const KEY_BYTES: usize = 12;

/// What a citation says of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citation {
    title: String,
    author: Option<String>,
    site: Option<String>,
    date: Option<Date>,
    url: Option<String>,
    id: String,
}

impl Citation {
    /// The citation of a document, with an address that leads to a passage of it, where there is one.
    pub fn of(document: &Document, passage: Option<&Snippet>) -> Citation {
        let line = |text: &str| {
            let text = sanitize(text).split_whitespace().collect::<Vec<_>>().join(" ");
            Some(text).filter(|text| !text.is_empty())
        };
        let content = &document.content;
        let site = content.site_name.as_deref().or(document.site.as_deref());
        Citation {
            title: line(document.title()).unwrap_or_else(|| sanitize(&document.id).into_owned()),
            author: content.author.as_deref().and_then(line),
            site: site.and_then(line),
            date: content.date_published.or(document.date_listed),
            url: link_target(&passage_url(&document.url, &document.provenance, passage)),
            id: document.id.clone(),
        }
    }

    /// One line of Markdown: the linked title, then author, site and date.
    pub fn markdown(&self) -> String {
        let mut line = match &self.url {
            Some(url) => markdown::link(&self.title, url),
            None => markdown::escaped(&self.title),
        };
        for text in [&self.author, &self.site].into_iter().flatten() {
            let _ = write!(line, ", {}", markdown::escaped(text));
        }
        if let Some(date) = self.date {
            let _ = write!(line, ", {date}");
        }
        line
    }

    /// An entry of a bibliography, as BibTeX and biblatex read it.
    pub fn bibtex(&self) -> String {
        let mut entry = format!("@misc{{{},\n", self.key());
        let mut add = |name: &str, value: &str| {
            let _ = writeln!(entry, "  {name} = {{{value}}},");
        };
        // Inner braces keep capital letters.
        add("title", &format!("{{{}}}", latex(&self.title)));
        if let Some(author) = &self.author {
            add("author", &authors(author));
        }
        if let Some(site) = &self.site {
            add("howpublished", &latex(site));
        }
        if let Some(date) = self.date {
            add("year", &date.year().to_string());
            add("month", &date.month().to_string());
            add("date", &date.to_string());
        }
        if let Some(url) = &self.url {
            add("url", &url.replace('{', "%7B").replace('}', "%7D"));
        }
        entry.push('}');
        entry
    }

    /// The last name of the first author, the year and the first long word of the title, as far as
    /// they are ASCII; else the id, in hexadecimal digits where it is not ASCII either.
    fn key(&self) -> String {
        let plain = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        };
        let first = self.author.as_deref().and_then(|author| author.split(',').next());
        let name = first.and_then(|name| name.split_whitespace().last()).map(plain);
        let name = name.filter(|name| !name.is_empty());
        let year = self.date.map(|date| date.year().to_string());
        let words = self.title.split(|c: char| !c.is_alphanumeric());
        let word = words.map(plain).find(|word| word.len() > 3);
        match (name, word) {
            (None, None) => {
                Some(plain(&self.id)).filter(|key| !key.is_empty()).unwrap_or_else(|| {
                    let bytes = self.id.bytes().take(KEY_BYTES).map(|byte| format!("{byte:02x}"));
                    format!("id{}", bytes.collect::<String>())
                })
            }
            (name, word) => [name, year, word].into_iter().flatten().collect(),
        }
    }
}

/// What LaTeX would take for syntax.
const LATEX: &[(char, &str)] = &[
    ('\\', "\\textbackslash{}"),
    ('{', "\\{"),
    ('}', "\\}"),
    ('$', "\\$"),
    ('&', "\\&"),
    ('#', "\\#"),
    ('_', "\\_"),
    ('%', "\\%"),
    ('~', "\\textasciitilde{}"),
    ('^', "\\textasciicircum{}"),
];

fn latex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match LATEX.iter().find(|(special, _)| *special == c) {
            Some((_, written)) => escaped.push_str(written),
            None => escaped.push(c),
        }
    }
    escaped
}

/// The authors as BibTeX parts them; what is no list of full names is one name.
fn authors(text: &str) -> String {
    let names: Vec<&str> = text.split(", ").map(str::trim).collect();
    let is_full = |name: &&str| name.contains(' ') && !name.contains(" and ");
    match names.iter().all(is_full) {
        true => names.iter().map(|name| latex(name)).collect::<Vec<_>>().join(" and "),
        false => format!("{{{}}}", latex(text)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::wording::citation::{Citation, authors};

    fn citation() -> Citation {
        Citation {
            title: "Feature_stores & [drift]: 100 %".into(),
            author: Some("Ada Writer, Bo Reader".into()),
            site: Some("Example".into()),
            date: Some(date(2024, 3, 2)),
            url: Some("https://a.example/x#:~:text=drift".into()),
            id: "7k".into(),
        }
    }

    #[test]
    fn a_citation_is_one_line_of_markdown() {
        assert_eq!(
            citation().markdown(),
            "[Feature\\_stores &amp; \\[drift\\]: 100 %](<https://a.example/x#:~:text=drift>), \
             Ada Writer, Bo Reader, Example, 2024-03-02"
        );
        let bare = Citation { author: None, site: None, date: None, url: None, ..citation() };
        assert_eq!(bare.markdown(), "Feature\\_stores &amp; \\[drift\\]: 100 %");
    }

    #[test]
    fn a_citation_is_an_entry_of_a_bibliography() {
        assert_eq!(
            citation().bibtex(),
            "@misc{writer2024feature,\n  \
             title = {{Feature\\_stores \\& [drift]: 100 \\%}},\n  \
             author = {Ada Writer and Bo Reader},\n  howpublished = {Example},\n  year = {2024},\n  \
             month = {3},\n  date = {2024-03-02},\n  url = {https://a.example/x#:~:text=drift},\n}"
        );
        let bare = Citation { author: None, title: "日本".into(), ..citation() };
        assert!(bare.bibtex().starts_with("@misc{7k,\n"), "{}", bare.bibtex());
        let foreign = Citation { author: Some("山田 太郎".into()), ..bare.clone() };
        assert!(foreign.bibtex().starts_with("@misc{7k,\n"), "{}", foreign.bibtex());
        let nameless = Citation { id: "本/1".replace('1', "二"), url: None, ..bare };
        assert!(
            nameless.bibtex().starts_with("@misc{ide69cac2fe4ba8c,\n"),
            "{}",
            nameless.bibtex()
        );
    }

    #[test]
    fn an_address_breaks_no_entry() {
        let braces = Citation { url: Some("https://a.example/{x}}".into()), ..citation() };
        let entry = braces.bibtex();
        assert!(entry.contains("  url = {https://a.example/%7Bx%7D%7D},\n"), "{entry}");
    }

    #[test]
    fn what_is_no_list_of_names_is_one_name() {
        assert_eq!(authors("Ada Writer"), "Ada Writer");
        assert_eq!(authors("Writer, Ada"), "{Writer, Ada}");
        assert_eq!(authors("The R&D team"), "The R\\&D team");
        assert_eq!(authors("Ada Writer and Bo Reader"), "{Ada Writer and Bo Reader}");
    }
}
