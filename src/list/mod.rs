//! Lists: from the bytes of a curated list to its entries.

mod date;
mod draft;
mod feed;
pub mod format;
mod html;
mod inline;
mod item;
pub mod lint;
mod markdown;
pub(crate) mod mend;
mod merge;
mod records;
mod section;
pub mod source;
mod table;
mod tag;
mod text;
mod walk;
mod xml;

pub use crate::list::merge::{infer_companies, merge, unite};

use url::Url;

use crate::{
    canonical,
    entry::{Entry, Labels},
    error::Error,
    list::{draft::Draft, format::Format, html::Writer},
};

/// How to read one list.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name under which its entries are filed.
    pub name: String,
    /// The list's own address, against which relative links are resolved.
    pub base: Option<Url>,
    /// What trailing code spans mean.
    pub labels: Labels,
}

/// A parsed list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The name given in [`Options`].
    pub name: String,
    /// Its entries in list order; the same URL may occur more than once until [`merge`].
    pub entries: Vec<Entry>,
    /// Addresses of further lists that this one only names: the sitemaps of a sitemap index. They
    /// are absolute http or https URLs, since whoever wrote the index must not choose a local file.
    pub sitemaps: Vec<String>,
    /// What was odd about it, for people.
    pub warnings: Vec<Warning>,
}

/// Something odd about a list that did not keep it from being read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Line in the source, counted from 1; 0 when the whole list is meant.
    pub line: u32,
    /// What is odd.
    pub message: String,
}

/// The largest list in bytes: three times as much as 110,000 entries take. Reading a list takes about
/// six times its size in memory.
pub const MAX_BYTES: usize = 32 << 20;

/// Warnings of one sort that name their lines; of further ones only the number is told.
const MOST_NAMED: usize = 10;

/// Reads a list in whatever format its content has.
///
/// # Errors
/// [`Error::List`] when the source holds no entry, and the message says what was found instead, or
/// when it is over [`MAX_BYTES`].
pub fn parse(source: &[u8], options: &Options) -> Result<List, Error> {
    if source.len() > MAX_BYTES {
        return Err(Error::List {
            name: options.name.clone(),
            message: format!("it is over {} MB", MAX_BYTES >> 20),
            hint: "cut it into several lists and name each of them".into(),
        });
    }
    let text = format::decode(source);
    let text = text.trim_start_matches('\u{feff}');
    let format = format::detect(text);
    let base = options.base.as_ref().map(source::reading_page).map(|mut base| {
        canonical::cut_userinfo(&mut base);
        base
    });
    let mut list = List { name: options.name.clone(), ..List::default() };
    let mut with_userinfo = Vec::new();
    let drafts = match format {
        Format::Markdown => list.read_html(&markdown::render(text), base.as_ref(), false),
        Format::Html => {
            let mut writer = Writer::default();
            let floor = writer.mark();
            writer.raw(text, 1, floor);
            let is_bookmarks = format::is_bookmarks(text);
            list.read_html(&writer.finish(), base.as_ref(), is_bookmarks)
        }
        Format::Opml => {
            let (drafts, problem) = xml::outline(text);
            list.warnings.extend(problem.map(Warning::of_the_whole));
            drafts
        }
        Format::Sitemap => {
            let map = xml::sitemap(text);
            list.take_sitemaps(map.sitemaps, &mut with_userinfo);
            list.warnings.extend(map.problem.map(Warning::of_the_whole));
            map.drafts
        }
        Format::Feed => feed::feed(text).unwrap_or_else(|problem| {
            list.warnings.push(Warning::of_the_whole(problem));
            Vec::new()
        }),
        Format::Csv => list.take_records(records::table(text)),
        Format::Json => list.take_records(records::json(text)),
        Format::Text => text::plain(text),
    };
    list.entries.reserve_exact(drafts.len());
    for mut draft in drafts {
        let has_userinfo = draft.cut_userinfo();
        let (line, url) = (draft.line, draft.url.clone());
        if has_userinfo {
            with_userinfo.push((line, url.clone()));
        }
        match draft.into_entry(options) {
            Some(entry) => list.entries.push(entry),
            None => {
                list.warnings.push(Warning { line, message: format!("`{url}` is no web page") })
            }
        }
    }
    list.warn_of_lines(&with_userinfo, |url| {
        format!("a user name or password is cut from the entry of `{url}`")
    });
    if list.entries.is_empty() && list.sitemaps.is_empty() {
        return Err(nothing_found(source, text, format, list));
    }
    Ok(list)
}

impl List {
    fn read_html(&mut self, html: &str, base: Option<&Url>, is_bookmarks: bool) -> Vec<Draft> {
        let relative = if base.is_none() { relative_links(html) } else { 0 };
        if relative > 0 {
            self.warnings.push(Warning::of_the_whole(format!(
                "{relative} relative links are left out, because the list's own address is not known"
            )));
        }
        walk::walk(html, base, is_bookmarks)
    }

    /// Takes over the addresses of further lists, but for those that are none of the web.
    fn take_sitemaps(
        &mut self,
        sitemaps: Vec<(u32, String)>,
        with_userinfo: &mut Vec<(u32, String)>,
    ) {
        let mut refused = Vec::new();
        for (line, url) in sitemaps {
            let url = draft::address(&url);
            let cut = canonical::url_without_userinfo(&url);
            with_userinfo.extend(cut.iter().map(|url| (line, url.clone())));
            let url = cut.unwrap_or(url);
            match canonical::web_url(&url) {
                Some(_) => self.sitemaps.push(url),
                None => refused.push((line, url)),
            }
        }
        self.warn_of_lines(&refused, |url| {
            format!("`{url}` is no address of a web page, so that it is not read as a list")
        });
    }

    /// Warns of some lines. These warnings are of the whole list, since they must be seen by those,
    /// too, who ask for no details.
    fn warn_of_lines(&mut self, lines: &[(u32, String)], message: impl Fn(&str) -> String) {
        let named = lines.iter().take(MOST_NAMED);
        self.warnings
            .extend(named.map(|(line, url)| {
                Warning::of_the_whole(format!("line {line}: {}", message(url)))
            }));
        if let Some((_, url)) = lines.get(MOST_NAMED) {
            let more = lines.len() - MOST_NAMED;
            let message = message(url);
            self.warnings.push(Warning::of_the_whole(format!("{message}, and {more} such lines")));
        }
    }

    fn take_records(&mut self, (drafts, problems): records::Records) -> Vec<Draft> {
        let warnings = problems.into_iter().map(|(line, message)| Warning { line, message });
        self.warnings.extend(warnings);
        drafts
    }
}

impl Warning {
    fn of_the_whole(message: String) -> Warning {
        Warning { line: 0, message }
    }
}

/// Links that lead to a place beside the list, in the HTML of [`Writer`].
fn relative_links(html: &str) -> usize {
    let hrefs = html.split("<a href=\"").skip(1);
    let leads_beside = |href: &&str| {
        let head = href.split(['"', '/', '?', '#']).next().unwrap_or_default();
        !href.starts_with(['#', '"']) && !head.contains(':')
    };
    hrefs.filter(leads_beside).count()
}

/// Says what a source without entries is, as far as that can be told.
fn nothing_found(source: &[u8], text: &str, format: Format, list: List) -> Error {
    let first_line = text.lines().map(draft::tidy).find(|line| !line.is_empty());
    let first_line = first_line.map(|line| match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    });
    let is_binary = source[..source.len().min(1024)].contains(&0) && text.contains('\0');
    let found = if is_binary {
        "it is no text".to_owned()
    } else if let Some(warning) = list.warnings.first().filter(|_| format != Format::Markdown) {
        warning.message.clone()
    } else if format::is_restructured(text) {
        "it looks like reStructuredText".to_owned()
    } else if html::bare_url(text).is_none() {
        "it has no address of a web page".to_owned()
    } else {
        "its links stand within sentences and not in items, rows or headings".to_owned()
    };
    let message = match first_line {
        Some(line) => format!("no entries found: {found}; it begins with `{line}`"),
        None => "no entries found: it is empty".to_owned(),
    };
    let message = canonical::discreet(&message).into_owned();
    Error::List { name: list.name, message, hint: format::SUPPORTED.to_owned() }
}
