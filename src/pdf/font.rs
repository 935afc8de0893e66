//! Fonts: the text and the width of each code of a string.

use memchr::memmem;
use unicode_normalization::UnicodeNormalization;

use crate::pdf::{
    cmap::{self, CMap},
    file::File,
    glyph::{self, Base},
    object::{Dict, Object},
};

/// Widths of Helvetica from the space to `~`, for fonts that come without any.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/// Bytes of a font program in which its encoding is looked for.
const ENCODING_WINDOW: usize = 64 << 10;

/// A font as far as its text and its widths go.
#[derive(Debug)]
pub(crate) struct Font {
    codes: Codes,
    to_unicode: Option<CMap>,
    /// First code, last code and width; sorted.
    widths: Vec<(u32, u32, f32)>,
    default_width: f32,
    /// Text space units of a unit of width.
    unit: f64,
    pub(crate) is_bold: bool,
}

#[derive(Debug)]
enum Codes {
    /// One byte each, with the texts that the encoding gives them.
    Bytes(Vec<Option<String>>),
    /// Several bytes, cut by a map or into twos; UTF-16 itself or not.
    Wide { spaces: Option<CMap>, is_utf16: bool },
}

/// One code of a string.
#[derive(Debug)]
pub(crate) struct Glyph {
    /// The text that it stands for; none if the font does not say.
    pub(crate) text: Option<String>,
    /// In text space units for a font of size 1.
    pub(crate) width: f64,
    /// Whether it is the code 32 of a single byte, to which word spacing applies.
    pub(crate) is_space: bool,
    /// Bytes of the code.
    pub(crate) length: usize,
}

impl Font {
    /// Reads a font's dictionary.
    pub(crate) fn new(file: &File<'_>, dict: &Dict) -> Font {
        let subtype = file.get(dict, "Subtype").name().unwrap_or_default().to_owned();
        let to_unicode = file.stream(dict, "ToUnicode").map(|(_, data)| {
            file.spend(data.len() as u64 * 20);
            CMap::new(&data)
        });
        let mut font = if subtype == "Type0" {
            Font::composite(file, dict)
        } else {
            Font::simple(file, dict, &subtype)
        };
        font.to_unicode = to_unicode;
        font
    }

    /// The code that a string begins with.
    pub(crate) fn glyph(&self, text: &[u8]) -> Glyph {
        let length = match &self.codes {
            Codes::Bytes(_) => 1,
            Codes::Wide { spaces, .. } => {
                spaces.as_ref().and_then(|spaces| spaces.code_length(text)).unwrap_or(2)
            }
        };
        let length = length.min(text.len());
        let bytes = &text[..length];
        let code = cmap::code(bytes);
        let mapped = self.to_unicode.as_ref().and_then(|map| map.text(code)).filter(|text| {
            // Private characters and controls mean that the maker did not know either.
            text.chars().all(|c| !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&c))
        });
        let encoded = || match &self.codes {
            Codes::Bytes(texts) => texts.get(code as usize)?.clone(),
            Codes::Wide { is_utf16, .. } => is_utf16.then(|| cmap::utf16(bytes)),
        };
        Glyph {
            text: mapped.or_else(encoded).map(without_ligatures),
            width: f64::from(self.width(code)) * self.unit,
            is_space: length == 1 && code == 32,
            length,
        }
    }

    fn width(&self, code: u32) -> f32 {
        let after = self.widths.partition_point(|(low, ..)| *low <= code);
        let found = after.checked_sub(1).and_then(|at| self.widths.get(at));
        found.filter(|(_, high, _)| code <= *high).map_or(self.default_width, |(.., width)| *width)
    }

    fn composite(file: &File<'_>, dict: &Dict) -> Font {
        let below = file.get(dict, "DescendantFonts");
        let below = below.array().and_then(|list| list.first()).map(|font| file.follow(font));
        let below = below.as_ref().and_then(|font| font.dict()).cloned().unwrap_or_default();
        let encoding = file.get(dict, "Encoding").into_owned();
        let name = encoding.name().unwrap_or_default();
        let spaces = file.stream(dict, "Encoding").map(|(_, data)| CMap::new(&data));
        Font {
            codes: Codes::Wide {
                spaces,
                is_utf16: name.contains("UTF16") || name.contains("UCS2"),
            },
            to_unicode: None,
            widths: wide_widths(file, &below),
            default_width: file.get(&below, "DW").number().unwrap_or(1000.0) as f32,
            unit: 0.001,
            is_bold: is_bold(file, dict, &below),
        }
    }

    fn simple(file: &File<'_>, dict: &Dict, subtype: &str) -> Font {
        let descriptor = file.dict(dict, "FontDescriptor");
        let mut texts = built_in(file, descriptor.as_deref());
        let encoding = file.get(dict, "Encoding");
        let base = match &*encoding {
            Object::Name(name) => Base::of(name),
            Object::Dict(dict) => file.get(dict, "BaseEncoding").name().and_then(Base::of),
            _ => None,
        };
        if let Some(base) = base.or(texts.is_empty().then_some(if subtype == "TrueType" {
            Base::Windows
        } else {
            Base::Standard
        })) {
            texts = (0..=255).map(|byte| base.text(byte)).collect();
        }
        if let Some(differences) = encoding.dict().map(|dict| file.get(dict, "Differences")) {
            let mut code = 0;
            for object in differences.array().unwrap_or_default() {
                match object {
                    Object::Number(number) => code = *number as usize,
                    Object::Name(name) => {
                        if let Some(text) = texts.get_mut(code) {
                            *text = glyph::text(name);
                        }
                        code += 1;
                    }
                    _ => {}
                }
            }
        }
        let first = file.get(dict, "FirstChar").count().unwrap_or(0) as u32;
        let widths = file.get(dict, "Widths");
        let numbered = (first..=255).zip(widths.array().unwrap_or_default());
        let mut widths: Vec<(u32, u32, f32)> = numbered
            .map(|(code, width)| (code, code, file.follow(width).number().unwrap_or(0.0) as f32))
            .collect();
        let mut default_width = descriptor
            .as_ref()
            .and_then(|descriptor| file.get(descriptor, "MissingWidth").number())
            .unwrap_or(0.0) as f32;
        if widths.is_empty() {
            let name = file.get(dict, "BaseFont").name().unwrap_or_default().to_owned();
            default_width = if name.contains("Courier") { 600.0 } else { 556.0 };
            if !name.contains("Courier") {
                let codes = (32..).zip(HELVETICA);
                widths = codes.map(|(code, width)| (code, code, f32::from(width))).collect();
            }
        }
        let matrix = file.get(dict, "FontMatrix");
        let unit = matrix.array().filter(|_| subtype == "Type3");
        let unit = unit.and_then(|matrix| matrix.first()?.number()).unwrap_or(0.001).abs();
        Font {
            codes: Codes::Bytes(texts),
            to_unicode: None,
            widths,
            default_width,
            unit,
            is_bold: is_bold(file, dict, dict),
        }
    }
}

/// `fi` for the one character that stands for both letters.
fn without_ligatures(text: String) -> String {
    let is_ligature = |c: char| ('\u{fb00}'..='\u{fb06}').contains(&c);
    if text.contains(is_ligature) { text.nfkc().collect() } else { text }
}

/// Widths by pairs of a code and a list, or triples of two codes and a width.
fn wide_widths(file: &File<'_>, dict: &Dict) -> Vec<(u32, u32, f32)> {
    let list = file.get(dict, "W");
    let mut widths: Vec<(u32, u32, f32)> = Vec::new();
    let mut list = list.array().unwrap_or_default().iter().map(|object| file.follow(object));
    while let (Some(first), Some(second)) = (list.next(), list.next()) {
        let Some(first) = first.count().map(|code| code as u32) else { break };
        if let Some(each) = second.array() {
            let width = |object: &Object| object.number().unwrap_or(0.0) as f32;
            widths.extend((first..).zip(each).map(|(code, object)| (code, code, width(object))));
        } else {
            let (Some(last), Some(width)) = (second.count(), list.next()) else { break };
            widths.push((first, last as u32, width.number().unwrap_or(0.0) as f32));
        }
    }
    widths.sort_by_key(|(first, ..)| *first);
    widths
}

fn is_bold(file: &File<'_>, dict: &Dict, descriptor_of: &Dict) -> bool {
    const FORCE_BOLD: usize = 1 << 18;
    let name = file.get(dict, "BaseFont");
    let name = name.name().unwrap_or_default();
    let marks =
        ["Bold", "bold", "Black", "Heavy", "Semibold", "CMBX", "CMSSBX", "CMB1", "Medi", "-Bd"];
    let descriptor = file.dict(descriptor_of, "FontDescriptor");
    let weight = descriptor.as_ref().and_then(|d| file.get(d, "FontWeight").number());
    let flags = descriptor.as_ref().and_then(|d| file.get(d, "Flags").count());
    marks.iter().any(|mark| name.contains(mark) && !name.contains("Medium"))
        || weight.is_some_and(|weight| weight >= 600.0)
        || flags.is_some_and(|flags| flags & FORCE_BOLD != 0)
}

/// The encoding that a Type 1 font program brings along; empty when there is none.
fn built_in(file: &File<'_>, descriptor: Option<&Dict>) -> Vec<Option<String>> {
    let program = descriptor.and_then(|descriptor| file.stream(descriptor, "FontFile"));
    let Some((_, program)) = program else { return Vec::new() };
    let program = &program[..program.len().min(ENCODING_WINDOW)];
    let Some(start) = memmem::find(program, b"/Encoding") else { return Vec::new() };
    let program = &program[start..];
    let end = memmem::find(program, b"eexec").unwrap_or(program.len());
    let program: String = program[..end].iter().map(|b| char::from(*b)).collect();
    let mut words = program.split_ascii_whitespace().skip(1);
    if words.next() == Some("StandardEncoding") {
        return Vec::new();
    }
    let mut texts = vec![None; 256];
    while let Some(word) = words.next() {
        match word {
            "dup" => {
                let code = words.next().and_then(|code| code.parse::<usize>().ok());
                let name = words.next().and_then(|name| name.strip_prefix('/'));
                if let Some(text) = code.and_then(|code| texts.get_mut(code)) {
                    *text = name.and_then(glyph::text);
                }
            }
            "def" | "readonly" => break,
            _ => {}
        }
    }
    texts
}
