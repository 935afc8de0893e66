//! Lists: from the bytes of a curated list to its entries.

mod address;
mod asciidoc;
mod bare_url;
mod bibtex;
mod blocks;
mod bookmarks;
mod changes;
mod chunk;
mod delimited;
mod description;
mod detect;
mod draft;
mod feed;
mod feed_entry;
mod field;
pub(crate) mod fix;
mod folder;
pub mod format;
mod heading;
mod html;
mod inline;
mod item;
mod items;
mod json_fields;
mod jsonfeed;
mod label;
mod line;
mod lines;
pub mod lint;
mod markdown;
mod marks;
mod merge;
mod name;
mod name_set;
mod nested;
mod omitted;
mod org;
mod parsed;
mod plain_text;
mod records;
mod section;
pub mod source;
mod table;
mod tag;
mod walk;
mod warnings;
mod xml;
mod yaml;

pub(crate) use crate::list::merge::crowded;
pub use crate::list::{
    changes::{ChangeKind, changes},
    format::SUPPORTED,
    merge::{infer_companies, merge, unite},
    parsed::{List, ListOptions},
    warnings::Warning,
};

use std::ops::ControlFlow;

use url::Url;

use crate::{
    canonical, charset,
    counted::counted_as,
    entry::{LONGEST_NAME, shortened},
    error::{Error, ListFault},
    html::{Piece, pieces as html_pieces},
    list::{
        draft::Drafts,
        format::Format,
        html::Writer,
        name_set::MOST_NAMES,
        omitted::Omitted,
        walk::Walk,
        warnings::{RepeatedWarning, Warnings},
    },
};

/// The largest list in bytes: three times as much as 110,000 entries take. Reading a list takes less
/// than 350 MB of memory, whatever stands in it.
pub const MAX_BYTES: usize = 32 << 20;

/// Reads a list in whatever format its content has.
///
/// # Errors
/// [`Error::List`] when the source holds no entry, and the message says what was found instead, or
/// when it is over [`MAX_BYTES`].
pub fn parse(source: &[u8], options: &ListOptions) -> Result<List, Error> {
    if source.len() > MAX_BYTES {
        return Err(Error::List {
            name: options.name.clone(),
            message: format!("it is over {} MB", MAX_BYTES >> 20),
            fault: ListFault::Size,
        });
    }
    let (text, replaced) = charset::written(source);
    let text = text.trim_start_matches('\u{feff}');
    let format = detect::detect(text);
    let base = options.base.as_ref().map(source::reading_page).map(|mut base| {
        canonical::cut_userinfo(&mut base);
        base
    });
    let is_feed = format == Format::Feed;
    let mut list = List { name: options.name.clone(), is_feed, ..List::default() };
    let mut warnings = Warnings::default();
    for line in replaced {
        warnings.add(line, || "a byte that is no UTF-8 is replaced".to_owned());
    }
    let mut with_userinfo = RepeatedWarning::default();
    let mut omitted = Omitted::default();
    let drafts = match format {
        Format::Markdown => walk(base.as_ref(), &mut omitted, &mut warnings, |warnings, show| {
            markdown::render(text, warnings, show);
        }),
        Format::Bookmarks => bookmarks::read(text, base.as_ref(), &mut warnings),
        Format::Html => {
            let base = page_base(text, base);
            walk(base.as_ref(), &mut omitted, &mut warnings, |warnings, show| {
                let mut writer = Writer::piecewise(show);
                let since = writer.mark();
                writer.raw(text, 1, since);
                writer.finish_piecewise(warnings);
            })
        }
        Format::Opml => {
            let (drafts, problem) = xml::outline(text);
            problem.into_iter().for_each(|problem| warnings.add(0, || problem));
            drafts
        }
        Format::Sitemap => {
            let map = xml::sitemap(text, &mut warnings);
            list.take_sitemaps(map.sitemaps, &mut with_userinfo, &mut warnings);
            map.problem.into_iter().for_each(|problem| warnings.add(0, || problem));
            map.drafts
        }
        Format::Feed => feed::feed(text, base.as_ref(), &mut warnings),
        Format::Posts => xml::posts(text, &mut warnings),
        Format::Csv => match delimited::layout(text) {
            Some(layout) => delimited::read(text, layout, &mut warnings),
            None => Drafts::default(),
        },
        Format::Json => nested::read(text, &mut warnings),
        Format::Yaml => {
            let (json, problem) = yaml::to_json(text);
            problem.into_iter().for_each(|problem| warnings.add(0, || problem));
            nested::read(&json, &mut warnings)
        }
        Format::Org | Format::AsciiDoc => {
            walk(base.as_ref(), &mut omitted, &mut warnings, |warnings, show| {
                let mut writer = Writer::piecewise(show);
                match format {
                    Format::Org => org::render(text, &mut writer),
                    _ => asciidoc::render(text, &mut writer),
                }
                writer.finish_piecewise(warnings);
            })
        }
        Format::Bibtex => bibtex::read(text, &mut warnings),
        Format::Unread(_) => Drafts::default(),
        Format::Text => plain_text::read(text),
    };
    list.take(drafts, options, &mut with_userinfo, &mut warnings);
    with_userinfo.warn(&mut warnings, |url| {
        format!("a user name or password is cut from the entry of `{url}`")
    });
    omitted.warn(&mut warnings);
    list.warnings = warnings.finish();
    if list.entries.is_empty() && list.sitemaps.is_empty() {
        return Err(nothing_found(source, text, format, list));
    }
    Ok(list)
}

/// The address against which a page says that its links are meant (`<base href>`), else its own.
fn page_base(page: &str, own: Option<Url>) -> Option<Url> {
    let mut base = None;
    html_pieces(page, |piece, _| match piece {
        Piece::Start("base", attributes) => {
            base = attributes.get("href").map(str::to_owned);
            ControlFlow::Break(())
        }
        Piece::Start("body" | "a" | "ul" | "dl" | "p", _) => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let Some(href) = base else { return own };
    let mut base = match &own {
        Some(own) => own.join(&href).ok(),
        None => canonical::web_url(&href),
    };
    base.iter_mut().for_each(|base| {
        canonical::cut_userinfo(base);
    });
    base.filter(|base| matches!(base.scheme(), "http" | "https")).or(own)
}

/// The drafts of a list whose HTML is written piece by piece.
fn walk(
    base: Option<&Url>,
    omitted: &mut Omitted,
    warnings: &mut Warnings,
    write: impl FnOnce(&mut Warnings, &mut dyn FnMut(&str)),
) -> Drafts {
    let mut walk = Walk::new(base);
    write(warnings, &mut |html| walk.read(html));
    let (drafts, relative) = walk.finish(omitted);
    if relative > 0 {
        warnings.add(0, || {
            format!(
                "{} left out, because the list's own address is not known",
                counted_as(relative, "relative link is", "relative links are")
            )
        });
    }
    drafts
}

impl List {
    /// Makes entries of drafts.
    fn take(
        &mut self,
        drafts: Drafts,
        options: &ListOptions,
        with_userinfo: &mut RepeatedWarning,
        warnings: &mut Warnings,
    ) {
        let Drafts { kept: mut drafts, left_out, refused, .. } = drafts;
        warnings.append(refused);
        if left_out > 0 {
            let (kept, all) = (drafts.len(), drafts.len() + left_out);
            warnings.add(0, || {
                format!("only the first {kept} of its {all} entries are read, for want of memory")
            });
        }
        // From the end, so that the memory of drafts becomes that of entries.
        drafts.reverse();
        while let Some(mut draft) = drafts.pop() {
            if drafts.len() < drafts.capacity() / 2 {
                drafts.shrink_to_fit();
            }
            let has_userinfo = draft.cut_userinfo();
            let (line, names) = (draft.line, draft.left_out());
            if has_userinfo {
                with_userinfo.add(line, &draft.url);
            }
            if names > 0 {
                warnings.add(line, || {
                    format!(
                        "{names} tags or links of an entry are left out: of each {MOST_NAMES} are kept"
                    )
                });
            }
            let url = shortened(&draft.url, LONGEST_NAME).into_owned();
            match draft.into_entry(options) {
                Some(entry) => self.entries.push(entry),
                None => warnings.add_refused(line, &url),
            }
        }
    }

    /// Takes over the addresses of further lists, except those that are no web pages.
    fn take_sitemaps(
        &mut self,
        sitemaps: Vec<(u32, String)>,
        with_userinfo: &mut RepeatedWarning,
        warnings: &mut Warnings,
    ) {
        let mut refused = RepeatedWarning::default();
        for (line, url) in sitemaps {
            let url = address::address(&url);
            let cut = canonical::url_without_userinfo(&url);
            cut.iter().for_each(|url| with_userinfo.add(line, url));
            let url = cut.unwrap_or(url);
            match canonical::web_url(&url) {
                Some(_) => self.sitemaps.push(url),
                None => refused.add(line, &canonical::discreet_url(&url)),
            }
        }
        refused.warn(warnings, |url| {
            format!("`{url}` is no address of a web page, so that it is not read as a list")
        });
    }
}

/// The error for a source without entries, which says what it is as far as that is known.
fn nothing_found(source: &[u8], text: &str, format: Format, list: List) -> Error {
    let first_line = text.lines().map(line::tidy).find(|line| !line.is_empty());
    let first_line = first_line.map(|line| {
        // Whatever it is, it may be an address.
        let line = canonical::discreet(&line).into_owned();
        let words: Vec<_> = line.split(' ').map(canonical::discreet_url).collect();
        shortened(&words.join(" "), 60).into_owned()
    });
    let is_binary = source[..source.len().min(1024)].contains(&0) && text.contains('\0');
    let found = if is_binary {
        "it is no text".to_owned()
    } else if let Some(warning) = list
        .warnings
        .iter()
        // What a whole text has of relative links says nothing of why it has no entries.
        .find(|warning| format != Format::Markdown || warning.line > 0)
    {
        match format.name() {
            Some(name) => format!("it looks like {name}: {}", warning.message),
            None => warning.message.clone(),
        }
    } else if let Some(name) = format.name() {
        match format {
            Format::Unread(_) => format!("it looks like {name}, which is not read"),
            _ => format!("it looks like {name}, but no record or link in it has an address"),
        }
    } else if bare_url::bare_url(text).is_none() {
        "it has no address of a web page".to_owned()
    } else {
        "its links stand within sentences and not in items, rows or headings".to_owned()
    };
    let message = match first_line {
        Some(line) => format!("no entries found: {found}; it begins with `{line}`"),
        None => "no entries found: it is empty".to_owned(),
    };
    let message = canonical::discreet(&message).into_owned();
    Error::List { name: list.name, message, fault: ListFault::Format }
}
