//! Names of glyphs, and the encodings that fonts begin with.

use encoding_rs::{MACINTOSH, WINDOWS_1252};
use unicode_normalization::UnicodeNormalization;

/// Accents as the names of letters have them, and the marks that they combine to.
const ACCENTS: &[(&str, char)] = &[
    ("acute", '\u{301}'),
    ("grave", '\u{300}'),
    ("circumflex", '\u{302}'),
    ("dieresis", '\u{308}'),
    ("tilde", '\u{303}'),
    ("ring", '\u{30a}'),
    ("caron", '\u{30c}'),
    ("cedilla", '\u{327}'),
    ("ogonek", '\u{328}'),
    ("macron", '\u{304}'),
    ("breve", '\u{306}'),
    ("dotaccent", '\u{307}'),
    ("hungarumlaut", '\u{30b}'),
    ("commaaccent", '\u{326}'),
];

/// Names that follow no rule, in the order of the alphabet.
const NAMES: &[(&str, &str)] = &[
    ("AE", "Æ"),
    ("Alpha", "Α"),
    ("Beta", "Β"),
    ("Chi", "Χ"),
    ("Delta", "Δ"),
    ("Epsilon", "Ε"),
    ("Eta", "Η"),
    ("Eth", "Ð"),
    ("Euro", "€"),
    ("Gamma", "Γ"),
    ("IJ", "IJ"),
    ("Iota", "Ι"),
    ("Kappa", "Κ"),
    ("Lambda", "Λ"),
    ("Lslash", "Ł"),
    ("Mu", "Μ"),
    ("Nu", "Ν"),
    ("OE", "Œ"),
    ("Omega", "Ω"),
    ("Omicron", "Ο"),
    ("Oslash", "Ø"),
    ("Phi", "Φ"),
    ("Pi", "Π"),
    ("Psi", "Ψ"),
    ("Rho", "Ρ"),
    ("Sigma", "Σ"),
    ("Tau", "Τ"),
    ("Theta", "Θ"),
    ("Thorn", "Þ"),
    ("Upsilon", "Υ"),
    ("Xi", "Ξ"),
    ("Zeta", "Ζ"),
    ("acute", "´"),
    ("ae", "æ"),
    ("alpha", "α"),
    ("ampersand", "&"),
    ("approxequal", "≈"),
    ("arrowdown", "↓"),
    ("arrowleft", "←"),
    ("arrowright", "→"),
    ("arrowup", "↑"),
    ("asciicircum", "^"),
    ("asciitilde", "~"),
    ("asterisk", "*"),
    ("asteriskmath", "∗"),
    ("at", "@"),
    ("backslash", "\\"),
    ("bar", "|"),
    ("beta", "β"),
    ("braceleft", "{"),
    ("braceright", "}"),
    ("bracketleft", "["),
    ("bracketright", "]"),
    ("breve", "˘"),
    ("brokenbar", "¦"),
    ("bullet", "•"),
    ("caron", "ˇ"),
    ("cedilla", "¸"),
    ("cent", "¢"),
    ("chi", "χ"),
    ("circumflex", "ˆ"),
    ("colon", ":"),
    ("comma", ","),
    ("copyright", "©"),
    ("currency", "¤"),
    ("dagger", "†"),
    ("daggerdbl", "‡"),
    ("degree", "°"),
    ("delta", "δ"),
    ("dieresis", "¨"),
    ("divide", "÷"),
    ("dollar", "$"),
    ("dotaccent", "˙"),
    ("dotlessi", "ı"),
    ("dotlessj", "ȷ"),
    ("eight", "8"),
    ("element", "∈"),
    ("ellipsis", "…"),
    ("emdash", "—"),
    ("emptyset", "∅"),
    ("endash", "–"),
    ("epsilon", "ε"),
    ("epsilon1", "ϵ"),
    ("equal", "="),
    ("equivalence", "≡"),
    ("eta", "η"),
    ("eth", "ð"),
    ("exclam", "!"),
    ("exclamdown", "¡"),
    ("existential", "∃"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("fi", "fi"),
    ("five", "5"),
    ("fl", "fl"),
    ("florin", "ƒ"),
    ("four", "4"),
    ("fraction", "⁄"),
    ("gamma", "γ"),
    ("germandbls", "ß"),
    ("gradient", "∇"),
    ("grave", "`"),
    ("greater", ">"),
    ("greaterequal", "≥"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("hungarumlaut", "˝"),
    ("hyphen", "-"),
    ("hyphenchar", "-"),
    ("ij", "ij"),
    ("infinity", "∞"),
    ("integral", "∫"),
    ("intersection", "∩"),
    ("iota", "ι"),
    ("kappa", "κ"),
    ("lambda", "λ"),
    ("less", "<"),
    ("lessequal", "≤"),
    ("logicaland", "∧"),
    ("logicalnot", "¬"),
    ("logicalor", "∨"),
    ("lslash", "ł"),
    ("macron", "¯"),
    ("minus", "−"),
    ("mu", "µ"),
    ("multiply", "×"),
    ("nine", "9"),
    ("nonbreakingspace", " "),
    ("notequal", "≠"),
    ("nu", "ν"),
    ("numbersign", "#"),
    ("oe", "œ"),
    ("ogonek", "˛"),
    ("omega", "ω"),
    ("omicron", "ο"),
    ("one", "1"),
    ("onehalf", "½"),
    ("onequarter", "¼"),
    ("onesuperior", "¹"),
    ("ordfeminine", "ª"),
    ("ordmasculine", "º"),
    ("oslash", "ø"),
    ("paragraph", "¶"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("partialdiff", "∂"),
    ("percent", "%"),
    ("period", "."),
    ("periodcentered", "·"),
    ("perthousand", "‰"),
    ("phi", "φ"),
    ("phi1", "ϕ"),
    ("pi", "π"),
    ("plus", "+"),
    ("plusminus", "±"),
    ("product", "∏"),
    ("proportional", "∝"),
    ("psi", "ψ"),
    ("question", "?"),
    ("questiondown", "¿"),
    ("quotedbl", "\""),
    ("quotedblbase", "„"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotesinglbase", "‚"),
    ("quotesingle", "'"),
    ("radical", "√"),
    ("registered", "®"),
    ("rho", "ρ"),
    ("ring", "˚"),
    ("section", "§"),
    ("semicolon", ";"),
    ("seven", "7"),
    ("sigma", "σ"),
    ("sigma1", "ς"),
    ("similar", "∼"),
    ("six", "6"),
    ("slash", "/"),
    ("space", " "),
    ("sterling", "£"),
    ("suchthat", "∋"),
    ("summation", "∑"),
    ("tau", "τ"),
    ("theta", "θ"),
    ("theta1", "ϑ"),
    ("thorn", "þ"),
    ("three", "3"),
    ("threequarters", "¾"),
    ("threesuperior", "³"),
    ("tilde", "˜"),
    ("trademark", "™"),
    ("two", "2"),
    ("twosuperior", "²"),
    ("underscore", "_"),
    ("union", "∪"),
    ("universal", "∀"),
    ("upsilon", "υ"),
    ("visiblespace", " "),
    ("xi", "ξ"),
    ("yen", "¥"),
    ("zero", "0"),
    ("zeta", "ζ"),
];

/// The upper half of Adobe's standard encoding; the lower one is ASCII but for its quotes.
const STANDARD: &[(u8, &str)] = &[
    (0xa1, "¡"),
    (0xa2, "¢"),
    (0xa3, "£"),
    (0xa4, "⁄"),
    (0xa5, "¥"),
    (0xa6, "ƒ"),
    (0xa7, "§"),
    (0xa8, "¤"),
    (0xa9, "'"),
    (0xaa, "“"),
    (0xab, "«"),
    (0xac, "‹"),
    (0xad, "›"),
    (0xae, "fi"),
    (0xaf, "fl"),
    (0xb1, "–"),
    (0xb2, "†"),
    (0xb3, "‡"),
    (0xb4, "·"),
    (0xb6, "¶"),
    (0xb7, "•"),
    (0xb8, "‚"),
    (0xb9, "„"),
    (0xba, "”"),
    (0xbb, "»"),
    (0xbc, "…"),
    (0xbd, "‰"),
    (0xbf, "¿"),
    (0xc1, "`"),
    (0xc2, "´"),
    (0xc3, "ˆ"),
    (0xc4, "˜"),
    (0xc5, "¯"),
    (0xc6, "˘"),
    (0xc7, "˙"),
    (0xc8, "¨"),
    (0xca, "˚"),
    (0xcb, "¸"),
    (0xcd, "˝"),
    (0xce, "˛"),
    (0xcf, "ˇ"),
    (0xd0, "—"),
    (0xe1, "Æ"),
    (0xe3, "ª"),
    (0xe8, "Ł"),
    (0xe9, "Ø"),
    (0xea, "Œ"),
    (0xeb, "º"),
    (0xf1, "æ"),
    (0xf5, "ı"),
    (0xf8, "ł"),
    (0xf9, "ø"),
    (0xfa, "œ"),
    (0xfb, "ß"),
];

/// The text of a glyph by its name.
pub(crate) fn text(name: &str) -> Option<String> {
    let name = name.split('.').next().filter(|name| !name.is_empty())?;
    let mut text = String::new();
    for part in name.split('_').take(8) {
        text.push_str(&one(part)?);
    }
    Some(text)
}

fn one(name: &str) -> Option<String> {
    let mut chars = name.chars();
    if let (Some(letter), None) = (chars.next(), chars.next()) {
        return Some(letter.to_string());
    }
    if let Ok(at) = NAMES.binary_search_by_key(&name, |(name, _)| name) {
        return Some(NAMES[at].1.to_owned());
    }
    if let Some(digits) = name.strip_prefix("uni").filter(|digits| digits.len() >= 4) {
        let units = digits.as_bytes().chunks_exact(4).map(|unit| std::str::from_utf8(unit).ok());
        let units: Option<Vec<u16>> =
            units.map(|unit| u16::from_str_radix(unit?, 16).ok()).collect();
        return String::from_utf16(&units?).ok();
    }
    if let Some(digits) = name.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len())) {
        return char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(String::from);
    }
    let (accent, mark) = ACCENTS.iter().find(|(accent, _)| name.ends_with(accent))?;
    let letter = match &name[..name.len() - accent.len()] {
        "dotlessi" => "i",
        "dotlessj" => "j",
        letter if letter.chars().count() == 1 => letter,
        _ => return None,
    };
    Some([letter, mark.encode_utf8(&mut [0; 4])].concat().nfc().collect())
}

/// The mark that a spacing accent combines to.
pub(crate) fn combining(accent: char) -> Option<char> {
    let spacing = |(name, _): &&(&str, char)| {
        matches!(
            *name,
            "acute"
                | "grave"
                | "circumflex"
                | "dieresis"
                | "tilde"
                | "ring"
                | "caron"
                | "cedilla"
                | "ogonek"
                | "macron"
                | "breve"
                | "dotaccent"
                | "hungarumlaut"
        ) && one(name).is_some_and(|text| text.starts_with(accent))
    };
    ACCENTS.iter().find(spacing).map(|(_, mark)| *mark)
}

/// An encoding that fonts begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    Standard,
    Windows,
    Mac,
}

impl Base {
    /// An encoding by its name in PDF.
    pub(crate) fn of(name: &str) -> Option<Base> {
        match name {
            "WinAnsiEncoding" => Some(Base::Windows),
            "MacRomanEncoding" => Some(Base::Mac),
            "StandardEncoding" => Some(Base::Standard),
            _ => None,
        }
    }

    /// The text of a byte.
    pub(crate) fn text(self, byte: u8) -> Option<String> {
        let decoded = |encoding: &'static encoding_rs::Encoding| {
            let bytes = [byte];
            let (text, _) = encoding.decode_without_bom_handling(&bytes);
            Some(text.into_owned()).filter(|text| !text.contains(char::is_control))
        };
        match self {
            Base::Windows => decoded(WINDOWS_1252),
            Base::Mac => decoded(MACINTOSH),
            Base::Standard => match byte {
                b'\'' => Some("’".into()),
                b'`' => Some("‘".into()),
                b' '..=b'~' => Some(char::from(byte).into()),
                _ => {
                    let at = STANDARD.binary_search_by_key(&byte, |(byte, _)| *byte).ok()?;
                    Some(STANDARD[at].1.to_owned())
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pdf::glyph;

    #[test]
    fn names_of_glyphs_are_told_by_list_and_by_rule() {
        for (name, expected) in [
            ("A", "A"),
            ("eacute", "é"),
            ("Scaron", "Š"),
            ("ffi", "ffi"),
            ("f_f_i", "ffi"),
            ("one.oldstyle", "1"),
            ("uni00E9", "é"),
            ("u1D400", "𝐀"),
            ("quotedblleft", "“"),
        ] {
            assert_eq!(glyph::text(name).as_deref(), Some(expected), "{name}");
        }
        assert_eq!(glyph::text("g123"), None);
        assert_eq!(glyph::text(".notdef"), None);
        assert!(glyph::NAMES.is_sorted() && glyph::STANDARD.is_sorted());
        assert_eq!(glyph::combining('¨'), Some('\u{308}'));
    }
}
