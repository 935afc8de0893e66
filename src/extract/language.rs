//! The language: as the page declares it, checked against its text.

use whatlang::{Info, Lang, Script, detect};

/// How much text is shown to the detector, which takes as long as the text is.
const WINDOW_BYTES: usize = 3_000;
/// Bytes that are enough when the detector agrees with what the page declares.
const SHORT_WINDOW_BYTES: usize = 800;
/// Words that English alone has, and that make up a tenth of nine English texts in ten. The detector
/// compares a text with seventy languages, which takes a fifteenth of an extraction.
const ENGLISH: [&str; 10] =
    ["and", "for", "from", "have", "of", "that", "the", "this", "to", "with"];

/// The ISO 639-1 code of a text's language, given what the page declares.
pub(crate) fn find(text: &str, declared: Option<&str>) -> Option<String> {
    let declared = declared.and_then(primary);
    // Templates declare English for whatever is put into them; its script is never another.
    let is_template = declared.as_deref() == Some("en");
    let detected = |bytes: usize| {
        let window = &text[..text.floor_char_boundary(bytes)];
        detect(window).filter(|info| {
            let is_foreign = is_template && info.script() != Script::Latin;
            (info.is_reliable() || is_foreign) && window.len() >= 200
        })
    };
    if is_template && is_english(&text[..text.floor_char_boundary(SHORT_WINDOW_BYTES)]) {
        return declared;
    }
    let confirms =
        |info: &Info| declared.is_some() && two_letters(info.lang()) == declared.as_deref();
    let found = detected(SHORT_WINDOW_BYTES).filter(confirms).or_else(|| detected(WINDOW_BYTES));
    match found.map(|info| info.lang()) {
        Some(lang) => two_letters(lang).map(str::to_owned).or(declared),
        None => declared,
    }
}

/// Whether a text is English by its function words; in doubt it is not.
fn is_english(text: &str) -> bool {
    let (mut words, mut english) = (0, 0);
    for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        english += usize::from(ENGLISH.iter().any(|known| word.eq_ignore_ascii_case(known)));
    }
    english * 10 >= words && words >= 40
}

/// `en` of `en-GB` or `en_US`.
fn primary(tag: &str) -> Option<String> {
    let tag = tag.trim().split(['-', '_', ',', ';']).next()?.to_ascii_lowercase();
    (tag.len() == 2 && tag.bytes().all(|b| b.is_ascii_lowercase())).then_some(tag)
}

fn two_letters(lang: Lang) -> Option<&'static str> {
    Some(match lang {
        Lang::Eng => "en",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Ell => "el",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "no",
        Lang::Fin => "fi",
        Lang::Est => "et",
        Lang::Lav => "lv",
        Lang::Lit => "lt",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Bel => "be",
        Lang::Srp => "sr",
        Lang::Hrv => "hr",
        Lang::Slv => "sl",
        Lang::Mkd => "mk",
        Lang::Tur => "tr",
        Lang::Aze => "az",
        Lang::Heb => "he",
        Lang::Ara => "ar",
        Lang::Pes => "fa",
        Lang::Urd => "ur",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Pan => "pa",
        Lang::Guj => "gu",
        Lang::Tam => "ta",
        Lang::Tel => "te",
        Lang::Kan => "kn",
        Lang::Mal => "ml",
        Lang::Mar => "mr",
        Lang::Nep => "ne",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Tha => "th",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Cat => "ca",
        Lang::Epo => "eo",
        Lang::Lat => "la",
        Lang::Hye => "hy",
        Lang::Kat => "ka",
        _ => return None,
    })
}
