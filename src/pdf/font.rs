//! Fonts: the text and the width of each code of a string.

use std::{cell::RefCell, collections::HashMap, rc::Rc, sync::Arc};

use hayro_cmap::{BfString, CMap, CMapName, CidFamily};
use hayro_font::{CMapResolverFn, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId};
use hayro_syntax::object::{Array, Dict, Name, Rect, String as PdfString, dict::keys};
use unicode_normalization::UnicodeNormalization;

/// The fonts of a file that were read already.
pub(crate) struct Fonts<'a> {
    cache: FontCache<'a>,
    programs: FontResolverFn,
    maps: CMapResolverFn,
    /// By where their dictionaries stand.
    read: HashMap<usize, Option<Rc<Font<'a>>>>,
    /// Known maps that were needed, by their names.
    known: HashMap<Vec<u8>, Option<Rc<CMap>>>,
}

/// A font as far as its text and its widths go.
pub(crate) struct Font<'a> {
    font: hayro_font::Font<'a>,
    /// What it shows for the codes that were met.
    glyphs: RefCell<HashMap<u32, Glyph>>,
    /// Adobe's characters of an East Asian font, for texts that the file does not give.
    characters: Option<Characters>,
    /// The height of its em, in units of the size that a page gives it.
    pub(crate) em: f64,
    pub(crate) is_bold: bool,
    pub(crate) is_horizontal: bool,
}

/// What a font shows for a code.
#[derive(Clone)]
pub(crate) struct Glyph {
    /// The text that it stands for; none if the font does not say.
    pub(crate) text: Option<Rc<str>>,
    /// To the right and upwards, in text space units for a font of size 1.
    pub(crate) advance: (f64, f64),
    /// Whether it is the code 32 of a single byte, to which word spacing applies.
    pub(crate) is_space: bool,
}

impl<'a> Fonts<'a> {
    pub(crate) fn new() -> Fonts<'a> {
        Fonts {
            cache: FontCache::new(),
            programs: Arc::new(|query| {
                Some(match query {
                    FontQuery::Standard(font) => font.get_font_data(),
                    FontQuery::Fallback(font) => font.pick_standard_font().get_font_data(),
                })
            }),
            maps: Arc::new(|name| {
                let unicode = || match &name {
                    CMapName::Custom(name) => Unicode::of(name).map(Unicode::map),
                    _ => None,
                };
                hayro_cmap::load_embedded(name).or_else(unicode)
            }),
            read: HashMap::new(),
            known: HashMap::new(),
        }
    }

    /// The font of a dictionary.
    pub(crate) fn get(&mut self, dict: &Dict<'a>) -> Option<Rc<Font<'a>>> {
        let place = dict.data().as_ptr() as usize;
        if let Some(font) = self.read.get(&place) {
            return font.clone();
        }
        let font = self.cache.font(dict, &self.programs, &self.maps).map(|font| {
            Rc::new(Font {
                is_horizontal: font.is_horizontal(),
                font,
                glyphs: RefCell::default(),
                characters: self.characters(dict),
                em: em(dict),
                is_bold: is_bold(dict),
            })
        });
        self.read.insert(place, font.clone());
        font
    }

    fn characters(&mut self, dict: &Dict<'a>) -> Option<Characters> {
        if dict.contains_key(keys::TO_UNICODE) {
            return None;
        }
        let encoding = dict.get::<Name<'_>>(keys::ENCODING);
        if let Some(unicode) = encoding.as_ref().and_then(|name| Unicode::of(name)) {
            return Some(Characters::Unicode(unicode));
        }
        let below = descendant(dict)?;
        let system = below.get::<Dict<'_>>(keys::CIDSYSTEMINFO)?;
        let text = |key: &[u8]| system.get::<PdfString<'_>>(key).map(|text| text.to_vec());
        let (registry, ordering) = (text(keys::REGISTRY)?, text(keys::ORDERING)?);
        let unicode = CidFamily::from_registry_ordering(&registry, &ordering).ucs2_cmap()?;
        let unicode = self.known_map(unicode)?;
        let is_numbers = encoding.as_ref().is_none_or(|name| name.starts_with(b"Identity"));
        let codes = encoding.filter(|_| !is_numbers);
        let codes = codes.and_then(|name| self.known_map(CMapName::from_bytes(&name)));
        Some(Characters::Numbered { unicode, codes })
    }

    fn known_map(&mut self, name: CMapName<'_>) -> Option<Rc<CMap>> {
        let known = self.known.entry(name.to_bytes().to_vec()).or_insert_with(|| {
            let map = hayro_cmap::load_embedded(name)?;
            CMap::parse(map, hayro_cmap::load_embedded).map(Rc::new)
        });
        known.clone()
    }
}

impl Font<'_> {
    /// The glyph of the code at a place of a string, and the length of the code.
    pub(crate) fn glyph(&self, text: &[u8], at: usize) -> (Glyph, usize) {
        let (code, length) = self.font.read_code(text, at);
        // Codes of different lengths are different codes.
        let key = code ^ (length as u32) << 28;
        if let Some(glyph) = self.glyphs.borrow().get(&key) {
            return (glyph.clone(), length);
        }
        let advance = self.font.code_advance(code);
        let glyph = Glyph {
            text: self.text(code, length).map(Rc::from),
            advance: (advance.x / 1000.0, advance.y / 1000.0),
            is_space: length == 1 && code == 32,
        };
        self.glyphs.borrow_mut().insert(key, glyph.clone());
        (glyph, length)
    }

    fn text(&self, code: u32, length: usize) -> Option<String> {
        let told = || match self.font.glyph(GlyphId::NOTDEF, code) {
            FontGlyph::Outline(glyph) => glyph.as_unicode().map(text_of),
            FontGlyph::Type3(glyph) => glyph.as_unicode().map(text_of),
        };
        let by_encoding = self.characters.as_ref().and_then(|all| all.text(code, length));
        let text = by_encoding.or_else(told).filter(|text| is_told(text))?;
        let is_ligature = |c: char| ('\u{fb00}'..='\u{fb06}').contains(&c);
        Some(if text.contains(is_ligature) { text.nfkc().collect() } else { text })
    }
}

/// Private characters and controls mean that the maker of the file did not know either.
fn is_told(text: &str) -> bool {
    text.chars().all(|c| !c.is_control() && !('\u{e000}'..='\u{f8ff}').contains(&c))
}

fn text_of(told: BfString) -> String {
    match told {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    }
}

/// The way from codes to Unicode that East Asian fonts have by their encodings.
enum Characters {
    /// The codes are Unicode themselves.
    Unicode(Unicode),
    /// Adobe's numbers of the characters of a collection.
    Numbered {
        unicode: Rc<CMap>,
        /// From codes to numbers; none where codes are numbers.
        codes: Option<Rc<CMap>>,
    },
}

impl Characters {
    fn text(&self, code: u32, length: usize) -> Option<String> {
        match self {
            Characters::Unicode(unicode) => unicode.text(code, length),
            Characters::Numbered { unicode, codes } => {
                let number = match codes {
                    Some(codes) => codes.lookup_cid_code(code, length as u8)?,
                    None => code,
                };
                unicode.lookup_bf_string(number).map(text_of)
            }
        }
    }
}

/// The ways to write Unicode that encodings have in their names.
#[derive(Clone, Copy)]
enum Unicode {
    Utf8,
    Utf16,
    Utf32,
}

impl Unicode {
    /// That of an encoding such as `UniJIS-UTF8-H`.
    fn of(encoding: &[u8]) -> Option<Unicode> {
        let has = |part: &[u8]| encoding.windows(part.len()).any(|window| window == part);
        let is_unicode = encoding.starts_with(b"Uni");
        [
            (b"UTF8".as_slice(), Unicode::Utf8),
            (b"UTF16", Unicode::Utf16),
            (b"UCS2", Unicode::Utf16),
            (b"UTF32", Unicode::Utf32),
        ]
        .into_iter()
        .find_map(|(part, unicode)| (is_unicode && has(part)).then_some(unicode))
    }

    /// A map that cuts a string into codes and knows the numbers of ASCII, for its widths; the others
    /// have those of no character.
    fn map(self) -> &'static [u8] {
        match self {
            Unicode::Utf8 => {
                b"4 begincidrange <20> <7e> 1 <c080> <dfbf> 50000 <e08080> <efbfbf> 50000 \
                <f0808080> <f7bfbfbf> 50000 endcidrange"
            }
            Unicode::Utf16 => {
                b"4 begincidrange <0020> <007e> 1 <007f> <d7ff> 50000 <e000> <ffff> 50000 \
                <d800dc00> <dbffdfff> 50000 endcidrange"
            }
            Unicode::Utf32 => {
                b"2 begincidrange <00000020> <0000007e> 1 <0000007f> <0010ffff> 50000 endcidrange"
            }
        }
    }

    fn text(self, code: u32, length: usize) -> Option<String> {
        let bytes = code.to_be_bytes();
        let bytes = bytes.get(4 - length.min(4)..)?;
        match self {
            Unicode::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Unicode::Utf16 => {
                let units =
                    bytes.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
                String::from_utf16(&units.collect::<Vec<_>>()).ok()
            }
            Unicode::Utf32 => char::from_u32(code).map(String::from),
        }
    }
}

fn descendant<'a>(dict: &Dict<'a>) -> Option<Dict<'a>> {
    dict.get::<Array<'_>>(keys::DESCENDANT_FONTS)?.iter::<Dict<'_>>().next()
}

/// The glyphs of Type 3 fonts have units of their own, which the size of the text hides.
fn em(dict: &Dict<'_>) -> f64 {
    let is_type3 = dict.get::<Name<'_>>(keys::SUBTYPE).is_some_and(|name| &*name == b"Type3");
    let unit = dict.get::<[f64; 6]>(keys::FONT_MATRIX).filter(|_| is_type3);
    let Some([unit, ..]) = unit else { return 1.0 };
    let bounds = dict.get::<Rect>(keys::FONT_BBOX).map_or(0.0, |bounds| bounds.height());
    let widths = dict.get::<Array<'_>>(keys::WIDTHS);
    let widths = widths.iter().flat_map(|widths| widths.iter::<f64>().take(256));
    let (sum, count) = widths
        .filter(|width| *width > 0.0)
        .fold((0.0, 0.0), |(sum, count), width| (sum + width, count + 1.0));
    // Letters are half as wide as high, on average.
    let height = if bounds > 0.0 {
        bounds
    } else if count > 0.0 {
        2.0 * sum / count
    } else {
        1000.0
    };
    let em = (height * unit).abs();
    // What is nearly an em is one.
    if (0.5..2.0).contains(&em) || !em.is_finite() || em == 0.0 { 1.0 } else { em }
}

fn is_bold(dict: &Dict<'_>) -> bool {
    const FORCE_BOLD: u32 = 1 << 18;
    let name = dict.get::<Name<'_>>(keys::BASE_FONT);
    let name = name.as_ref().map(|name| name.as_str()).unwrap_or_default();
    let marks =
        ["Bold", "bold", "Black", "Heavy", "Semibold", "CMBX", "CMSSBX", "CMB1", "Medi", "-Bd"];
    let below = descendant(dict);
    let descriptor = below.as_ref().unwrap_or(dict).get::<Dict<'_>>(keys::FONT_DESC);
    let weight = descriptor.as_ref().and_then(|d| d.get::<f32>(keys::FONT_WEIGHT));
    let flags = descriptor.as_ref().and_then(|d| d.get::<u32>(keys::FLAGS));
    marks.iter().any(|mark| name.contains(mark) && !name.contains("Medium"))
        || weight.is_some_and(|weight| weight >= 600.0)
        || flags.is_some_and(|flags| flags & FORCE_BOLD != 0)
}
