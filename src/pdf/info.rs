//! What a PDF file says of itself: its information dictionary and its XMP packet.

use jiff::civil::Date;
use memchr::memmem;

use crate::{
    content::collapse,
    dates,
    pdf::{file::File, object::Object, strings},
};

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
    pub(crate) fn new(file: &File<'_>) -> Info {
        let dict = file.dict(&file.trailer, "Info").map(|dict| dict.into_owned());
        let dict = dict.unwrap_or_default();
        let root = file.dict(&file.trailer, "Root").map(|root| root.into_owned());
        let root = root.unwrap_or_default();
        let packet = file.stream(&root, "Metadata").map(|(_, data)| data).unwrap_or_default();
        let text = |dict, key| match &*file.get(dict, key) {
            Object::Text(bytes) => Some(collapse(&strings::text(bytes))).filter(|t| !t.is_empty()),
            _ => None,
        };
        let named = |key, element| text(&dict, key).or_else(|| xmp(&packet, element));
        Info {
            title: named("Title", "dc:title").filter(|title| !is_file_name(title)),
            author: named("Author", "dc:creator").filter(|author| is_person(author)),
            date: named("CreationDate", "xmp:CreateDate").and_then(|date| day(&date)),
            language: text(&root, "Lang").or_else(|| xmp(&packet, "dc:language")),
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

/// `D:20210307…`, or any other way to write a day.
fn day(text: &str) -> Option<Date> {
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let number = |range| digits.get(range).and_then(|digits: &str| digits.parse::<i16>().ok());
    let (year, month, day) = (number(0..4)?, number(4..6), number(6..8));
    let plain = Date::new(year, month.unwrap_or(1) as i8, day.unwrap_or(1) as i8).ok();
    plain.filter(|_| month.is_some()).or_else(|| dates::find(text))
}
