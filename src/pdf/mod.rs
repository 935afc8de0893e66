//! PDF: papers and reports, read within a budget.
//!
//! The reader is our own: those in packages inflate whatever a file asks them to, and a file of a
//! few kilobytes can ask for gigabytes. This one counts its work and stops.

mod cmap;
mod content;
mod file;
mod filter;
mod font;
mod glyph;
mod info;
mod layout;
mod object;
mod strings;
mod text;

use std::{collections::HashSet, ops::Range};

use crate::{
    content::Content,
    dates,
    page::Outcome,
    pdf::{
        content::{Fonts, Span},
        file::File,
        info::Info,
        object::{Dict, Object},
        text::DocumentText,
    },
};

/// Pages that are read; what follows is left out.
const MAX_PAGES: usize = 3_000;
/// Bytes of text that are kept, as of other documents.
const MAX_TEXT: usize = 2 << 20;
/// Lines that are kept, each about 100 bytes in memory; the manual of 566 pages has 25,000.
const MAX_LINES: usize = 200_000;
/// Nodes of the tree of pages that are looked at.
const MAX_NODES: usize = 20_000;
/// Bytes of one page's contents.
const MAX_CONTENTS: usize = 16 << 20;
/// A file whose pages hold less text than this, on average, is a scan.
const MIN_CHARS_OF_PAGE: usize = 20;

/// Reads a PDF file.
///
/// # Errors
/// What the file is instead of a text, and why.
pub(crate) fn read(body: &[u8]) -> Result<Content, (Outcome, String)> {
    let file = File::new(body);
    if !matches!(file.trailer.raw("Encrypt"), None | Some(Object::Null)) {
        return Err((Outcome::UnsupportedType, "an encrypted PDF file".into()));
    }
    let pages = pages(&file);
    if pages.is_empty() {
        return Err(match file.is_spent() {
            true => (Outcome::TooLarge, "the PDF file takes too much work to read".into()),
            false => (Outcome::UnsupportedType, "a broken PDF file: no page was found".into()),
        });
    }
    let mut fonts = Fonts::new();
    let mut lines = Vec::new();
    let mut stamps = Vec::new();
    let (mut columns, mut rows, mut chars, mut unknown, mut pictures) = (0, 0, 0, 0, 0);
    for page in &pages {
        if file.is_spent() || chars > MAX_TEXT || rows > MAX_LINES {
            break;
        }
        let shown = content::run(&file, page.contents(&file), page.resources(&file), &mut fonts);
        unknown += shown.unknown;
        pictures += shown.pictures;
        chars += shown.spans.iter().map(|span| span.text.len()).sum::<usize>();
        if stamps.is_empty() && lines.is_empty() {
            stamps = stamped(&shown.spans);
        }
        lines.push(layout::lines(shown.spans, &mut columns));
        rows += lines.last().map_or(0, Vec::len);
    }
    if chars < MIN_CHARS_OF_PAGE * lines.len().max(1) {
        return Err(no_text(&file, lines.len(), chars, unknown, pictures));
    }
    layout::without_margins(&mut lines);
    Ok(document(&file, &DocumentText::new(&lines), &stamps))
}

fn no_text(
    file: &File<'_>,
    pages: usize,
    chars: usize,
    unknown: usize,
    pictures: usize,
) -> (Outcome, String) {
    if file.is_spent() {
        (Outcome::TooLarge, "the PDF file takes too much work to read".into())
    } else if unknown > chars {
        let reason = "a PDF file whose fonts do not say what their characters mean";
        (Outcome::UnsupportedType, reason.into())
    } else if pictures > 0 {
        let reason = format!("a scanned PDF file: {pages} pages with {chars} characters of text");
        (Outcome::Empty, reason)
    } else {
        let reason = format!("a PDF file of {pages} pages with {chars} characters of text");
        (Outcome::Empty, reason)
    }
}

fn document(file: &File<'_>, text: &DocumentText, stamps: &[String]) -> Content {
    let info = Info::new(file);
    let shown = text.title().map(|paragraph| paragraph.text.clone());
    let first: String = text.paragraphs.iter().take(12).map(|p| text::letters(&p.text)).collect();
    // What the file says of itself counts when the page says it too, or says nothing.
    let told = info.title.filter(|told| shown.is_none() || first.contains(&text::letters(told)));
    let title = told.or(shown);
    let front = text.front(title.as_deref());
    let between = front.start + usize::from(!front.is_empty())..front.end;
    let date = stamps
        .iter()
        .find_map(|stamp| dates::find(stamp.split(']').next_back()?))
        .or_else(|| date_in(text, between.clone()))
        .or(info.date);
    Content {
        author: info.author.or_else(|| author_in(text, between)),
        date_published: date,
        language: info.language,
        sections: text.sections(front),
        title,
        ..Content::default()
    }
}

/// What stands across the other text of a page, as arXiv prints its number and date.
fn stamped(spans: &[Span]) -> Vec<String> {
    let turn = layout::main_turn(spans);
    let across = spans.iter().filter(|span| span.turn != turn);
    across.map(|span| span.text.clone()).filter(|text| text.starts_with("arXiv:")).collect()
}

fn date_in(text: &DocumentText, front: Range<usize>) -> Option<jiff::civil::Date> {
    let lines = text.paragraphs[front].iter().map(|p| p.text.as_str());
    lines.filter(|line| dates::is_date_line(line)).find_map(dates::find)
}

/// The lines of names below a title.
fn author_in(text: &DocumentText, front: Range<usize>) -> Option<String> {
    let lines = text.paragraphs[front].iter().map(|paragraph| names(&paragraph.text));
    let names: Vec<String> = lines.map_while(|names| names).take(12).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// A line of names, the marks that lead to footnotes left out.
fn names(line: &str) -> Option<String> {
    if dates::is_date_line(line) {
        return None;
    }
    let marks = |c: char| c.is_ascii_digit() || matches!(c, '*' | '∗' | '†' | '‡' | '§' | '¶');
    let line = line.replace(marks, "").replace('\t', ", ");
    let line = ["By ", "by "].iter().find_map(|by| line.strip_prefix(by)).unwrap_or(&line);
    let words: Vec<&str> = line.split_whitespace().collect();
    let small = ["and", ",", "&", "de", "van", "von", "der", "da", "di", "la"];
    let is_name = |word: &&str| word.starts_with(char::is_uppercase) || small.contains(word);
    let places = ["Universi", "Institut", "Department", "Laborator", "Inc.", "Research", "School"];
    let is_place = places.iter().any(|place| line.contains(place));
    let fits = (2..=40).contains(&words.len()) && words.iter().all(is_name);
    (fits && !is_place && !line.contains(['@', ':'])).then(|| words.join(" ").replace(" ,", ","))
}

/// A page as the tree of pages has it.
struct PageNode {
    dict: Dict,
    /// The resources of the nodes above it, for pages that have none.
    inherited: Option<Object>,
}

impl PageNode {
    fn resources(&self, file: &File<'_>) -> Dict {
        let own = file.dict(&self.dict, "Resources").map(|own| own.into_owned());
        let above = || file.follow(self.inherited.as_ref()?).dict().cloned();
        own.or_else(above).unwrap_or_default()
    }

    fn contents(&self, file: &File<'_>) -> Vec<u8> {
        let contents = self.dict.raw("Contents").cloned().unwrap_or(Object::Null);
        let parts = match file.follow(&contents).array() {
            Some(parts) => parts.to_vec(),
            None => vec![contents],
        };
        let mut all = Vec::new();
        for (_, data) in parts.iter().filter_map(|part| file.stream_of(part)) {
            if all.len() + data.len() > MAX_CONTENTS {
                break;
            }
            all.extend_from_slice(&data);
            all.push(b'\n');
        }
        all
    }
}

/// The pages in order; those of a file without a tree, in the order of their numbers.
fn pages(file: &File<'_>) -> Vec<PageNode> {
    let mut pages = Vec::new();
    let mut seen = HashSet::new();
    let root = file.dict(&file.trailer, "Root");
    let mut open: Vec<(Object, Option<Object>)> = root
        .and_then(|root| root.raw("Pages").cloned())
        .map(|top| (top, None))
        .into_iter()
        .collect();
    while let Some((node, inherited)) = open.pop() {
        if pages.len() >= MAX_PAGES || seen.len() >= MAX_NODES || file.is_spent() {
            break;
        }
        if let Object::Ref(number) = node
            && !seen.insert(number)
        {
            continue;
        }
        let Object::Dict(dict) = file.follow(&node).into_owned() else { continue };
        let kids = file.get(&dict, "Kids").array().map(<[Object]>::to_vec);
        match kids {
            Some(kids) => {
                let inherited = dict.raw("Resources").cloned().or(inherited);
                let kids = kids.into_iter().take(MAX_NODES).rev();
                open.extend(kids.map(|kid| (kid, inherited.clone())));
            }
            None if file.get(&dict, "Type").name() == Some("Pages") => {}
            None => pages.push(PageNode { dict, inherited }),
        }
    }
    if pages.is_empty() {
        for number in file.numbers() {
            if pages.len() >= MAX_PAGES || file.is_spent() {
                break;
            }
            let Some(Object::Dict(dict)) = file.object(number) else { continue };
            if dict.raw("Type").and_then(Object::name) == Some("Page") {
                pages.push(PageNode { dict, inherited: None });
            }
        }
    }
    pages
}
