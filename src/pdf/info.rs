//! What a PDF file says of itself: its information dictionary and its XMP packet.

use hayro_syntax::{
    Pdf,
    object::{Dict, Stream, String as PdfString, dict::keys},
};
use jiff::civil::Date;
use memchr::memmem;

use crate::{content::collapse, dates, pdf::strings};

/// What a file says of itself.
#[derive(Debug, Default)]
pub(crate) struct Info {
    pub(crate) title: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) date: Option<Date>,
    pub(crate) language: Option<String>,
}

impl Info {
    /// Reads both places; the dictionary first, which more writers fill in.
    pub(crate) fn new(pdf: &Pdf) -> Info {
        let dict = pdf.metadata();
        let xref = pdf.xref();
        let root = xref.get::<Dict<'_>>(xref.root_id()).unwrap_or_default();
        let packet = root.get::<Stream<'_>>(keys::METADATA);
        let packet = packet.and_then(|packet| packet.decoded_data().ok()).unwrap_or_default();
        let text = |bytes: &[u8]| Some(collapse(&strings::text(bytes))).filter(|t| !t.is_empty());
        let named = |bytes: &Option<Box<[u8]>>, element| {
            bytes.as_deref().and_then(text).or_else(|| xmp(&packet, element))
        };
        let created = dict
            .creation_date
            .and_then(|date| Date::new(date.year as i16, date.month as i8, date.day as i8).ok());
        let language = root.get::<PdfString<'_>>(keys::LANG).and_then(|lang| text(&lang));
        Info {
            title: named(&dict.title, "dc:title").filter(|title| !is_file_name(title)),
            author: named(&dict.author, "dc:creator").filter(|author| is_person(author)),
            date: created.or_else(|| dates::find(&xmp(&packet, "xmp:CreateDate")?)),
            language: language.or_else(|| xmp(&packet, "dc:language")),
        }
    }
}

/// The text of an XMP element, inner tags left out.
fn xmp(packet: &[u8], element: &str) -> Option<String> {
    let open = format!("<{element}");
    let start = memmem::find(packet, open.as_bytes())? + open.len();
    let rest = &packet[start..];
    let end = memmem::find(rest, format!("</{element}>").as_bytes())?;
    let inner = String::from_utf8_lossy(&rest[..end.min(4096)]);
    let mut text = String::new();
    for piece in format!("<{inner}").split('<') {
        text.push_str(piece.split_once('>').map_or("", |(_, text)| text));
        text.push(' ');
    }
    let text = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (entity, character)| text.replace(entity, character));
    Some(collapse(&text)).filter(|text| !text.is_empty())
}

/// Titles that name the source file, as word processors put them there.
fn is_file_name(title: &str) -> bool {
    let lower = title.to_lowercase();
    let suffixes = [
        ".tex", ".dvi", ".doc", ".docx", ".pdf", ".indd", ".ps", ".html", ".rtf", ".odt", ".ppt",
        ".pptx", ".qxd", ".eps",
    ];
    suffixes.iter().any(|suffix| lower.ends_with(suffix))
        || lower.starts_with("microsoft ")
        || lower.starts_with("untitled")
        || lower.chars().filter(|c| c.is_alphabetic()).count() < 3
}

/// Names of accounts are no writers.
fn is_person(author: &str) -> bool {
    let lower = author.to_lowercase();
    author.contains(' ')
        && author.len() < 300
        && !lower.contains("user")
        && !lower.contains("admin")
}
