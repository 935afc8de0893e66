//! PDF: papers and reports.
//!
//! Objects, filters, encryption, fonts and their maps are read by packages; which text a page shows,
//! in which order it is read and what it is in a document is told here. The packages inflate what a
//! file asks them to, so files are read in a process of their own, which bounds that.

mod annotations;
mod bidi;
mod blocks;
mod columns;
mod content;
mod drawn;
mod font;
mod info;
mod layers;
mod layout;
mod line;
mod margins;
mod rows;
mod span;
mod strings;
mod text;
mod vertical;

use std::ops::Range;

use hayro_syntax::{LoadPdfError, Pdf};

use crate::{
    content::Content,
    counted::counted,
    dates,
    page::Outcome,
    pdf::{content::PdfReader, info::Info, layers::Layers, span::Span, text::DocumentText},
};

/// Pages that are read; what follows is left out.
const MAX_PAGES: usize = 3_000;
/// Bytes of text that are kept, as of other documents.
const MAX_TEXT: usize = 2 << 20;
/// Lines that are kept, each about 100 bytes in memory; the manual of 566 pages has 25,000.
const MAX_LINES: usize = 200_000;
/// A file whose pages hold less text than this, on average, is a scan.
const MIN_CHARS_OF_PAGE: usize = 20;

/// Reads a PDF file.
///
/// # Errors
/// What the file is instead of a text, and why.
pub(crate) fn read(body: &[u8]) -> Result<Content, (Outcome, String)> {
    let pdf = Pdf::new(body.to_vec()).map_err(|error| {
        let reason = match error {
            LoadPdfError::Decryption(_) => "an encrypted PDF file",
            LoadPdfError::Invalid => "a broken PDF file: no page was found",
        };
        (Outcome::UnsupportedType, reason.into())
    })?;
    if pdf.pages().is_empty() {
        return Err((Outcome::UnsupportedType, "a broken PDF file: no page was found".into()));
    }
    let mut reader = PdfReader::new(Layers::new(&pdf));
    let mut lines = Vec::new();
    let mut stamps = Vec::new();
    let (mut columns, mut rows, mut chars, mut unknown, mut pictures) = (0, 0, 0, 0, 0);
    for page in pdf.pages().iter().take(MAX_PAGES) {
        if reader.is_spent() || chars > MAX_TEXT || rows > MAX_LINES {
            break;
        }
        let shown = content::run(page, &mut reader);
        unknown += shown.unknown;
        pictures += shown.pictures;
        chars += shown.bytes;
        if stamps.is_empty() && lines.is_empty() {
            stamps = stamped(&shown.spans);
        }
        lines.push(layout::lines(shown.spans, &mut columns));
        rows += lines.last().map_or(0, Vec::len);
    }
    if chars < MIN_CHARS_OF_PAGE * lines.len().max(1) {
        return Err(no_text(reader.is_spent(), lines.len(), chars, unknown, pictures));
    }
    margins::without_margins(&mut lines);
    Ok(document(Info::new(&pdf), &DocumentText::new(&lines), &stamps))
}

fn no_text(
    is_spent: bool,
    pages: usize,
    chars: usize,
    unknown: usize,
    pictures: usize,
) -> (Outcome, String) {
    let is_unknown = unknown > chars;
    let (pages, chars) = (counted(pages, "page"), counted(chars, "character"));
    if is_spent {
        (Outcome::TooLarge, "the PDF file takes too much work to read".into())
    } else if is_unknown {
        let reason = "a PDF file whose fonts do not say what their characters mean";
        (Outcome::UnsupportedType, reason.into())
    } else if pictures > 0 {
        let reason = format!("a scanned PDF file: {pages} with {chars} of text");
        (Outcome::Empty, reason)
    } else {
        let reason = format!("a PDF file of {pages} with {chars} of text");
        (Outcome::Empty, reason)
    }
}

fn document(info: Info, text: &DocumentText, stamps: &[String]) -> Content {
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
