//! Formats of lists.

/// A format of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Markdown, with or without HTML in it.
    Markdown,
    /// An HTML page.
    Html,
    /// A browser's bookmark file.
    Bookmarks,
    /// An outline of feeds or links.
    Opml,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// The bookmarks of Pinboard and del.icio.us in XML.
    Posts,
    /// A table of text.
    Csv,
    /// JSON records, one a line, in arrays or in folders.
    Json,
    /// YAML records.
    Yaml,
    /// An Org file.
    Org,
    /// An AsciiDoc file.
    AsciiDoc,
    /// A bibliography of BibTeX.
    Bibtex,
    /// Text with addresses in it.
    Text,
    /// A format with this name, which is not read.
    Unread(&'static str),
}

impl Format {
    /// What a format is called, when a text has it and no entries.
    pub(crate) fn name(self) -> Option<&'static str> {
        match self {
            Format::Yaml => Some("YAML"),
            Format::Org => Some("Org"),
            Format::AsciiDoc => Some("AsciiDoc"),
            Format::Bibtex => Some("BibTeX"),
            Format::Json => Some("JSON"),
            Format::Unread(name) => Some(name),
            _ => None,
        }
    }
}

/// A sentence that names the formats that can be read.
pub const SUPPORTED: &str = "Markdown, HTML and bookmark files, OPML, RSS, Atom, sitemaps, \
    CSV with a column of addresses, JSON and YAML with url fields, Org, AsciiDoc, BibTeX, \
    and plain text with addresses can be read";
