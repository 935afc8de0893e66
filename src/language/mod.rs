//! The language of a text: as it is declared, checked against the text.

mod function_words;

use whatlang::{Detector, Lang, Script, detect};

use crate::language::function_words::Census;

/// How much of a text is looked at for function words, and how much of it first: most texts are English,
/// and most of them clearly so.
const SAMPLE_BYTES: usize = 1_200;
const FIRST_BYTES: usize = 400;
/// So many English function words, a quarter of all words, say so.
const CLEARLY_ENGLISH: usize = 10;
/// How much text is shown to the detector, which compares it with seventy languages and takes as long
/// as the text is: for English pages a fifteenth of an extraction.
pub(crate) const WINDOW_BYTES: usize = 3_000;
/// What is shorter says too little for the detector alone.
const SHORT_BYTES: usize = 200;
/// Texts of fewer words may be titles.
const SHORT_WORDS: usize = 40;
/// So many different function words say by themselves which language a longer text is of.
const CLEARLY_DIFFERENT: usize = 6;
/// Letters of Ukrainian, Belarusian, Serbian and Macedonian that Russian lacks.
const NOT_RUSSIAN: [char; 13] = ['і', 'ї', 'є', 'ґ', 'ў', 'ђ', 'ј', 'љ', 'њ', 'ћ', 'џ', 'ѓ', 'ќ'];

/// The ISO 639-1 code of a text's language, given what is declared.
///
/// Templates declare English for whatever is put into them, and most texts declare nothing; so the
/// function words of the text decide, then the detector between the languages that come into
/// question. Code has no function words, and of it the detector would say anything. In doubt the
/// declaration stands.
pub(crate) fn find(text: &str, declared: Option<&str>) -> Option<String> {
    if is_clearly_english(&Census::of(&text[..text.floor_char_boundary(FIRST_BYTES)])) {
        return Some("en".to_owned());
    }
    let declared = declared.and_then(primary);
    let census = Census::of(&text[..text.floor_char_boundary(SAMPLE_BYTES)]);
    let window = &text[..text.floor_char_boundary(WINDOW_BYTES)];
    let found = if census.is_of_other_script() {
        of_other_script(window)
    } else if is_english(&census) {
        Some("en")
    } else if is_foreign(&census) {
        of_latin_script(window, &census, declared.as_deref())
    } else if census.accented * 20 >= census.words && window.len() >= SHORT_BYTES {
        reliable(window).filter(|code| *code != "en" && census.hits(code).is_none())
    } else {
        None
    };
    found.map(str::to_owned).or(declared)
}

/// Whether a text is English: a tenth of the words of nine English texts in ten are function words, and
/// a quarter of a few words must be.
fn is_english(census: &Census) -> bool {
    let (words, english) = (census.words, census.english());
    let share = if words < SHORT_WORDS { 4 } else { 10 };
    english >= 3 && english * share >= words && english >= census.most().0
}

fn is_clearly_english(census: &Census) -> bool {
    let english = census.english();
    let is_clear = english >= CLEARLY_ENGLISH && english * 4 >= census.words;
    is_clear && is_english(census) && !census.is_of_other_script()
}

/// Whether function words, or letters that English lacks, say that a text is of another language.
fn is_foreign(census: &Census) -> bool {
    let (hits, different) = census.most();
    let (words, accented) = (census.words, census.accented);
    if words >= SHORT_WORDS {
        return different >= 3 && hits * 12 >= words && hits > census.english();
    }
    let by_words = different >= 2 && hits * 5 >= words;
    let by_letters = different + accented >= 2 && (hits + accented) * 4 >= words;
    hits > census.english() && by_words || census.english() == 0 && accented > 0 && by_letters
}

/// The language of a text of Latin script that is not English.
fn of_latin_script(window: &str, census: &Census, declared: Option<&str>) -> Option<&'static str> {
    if window.len() >= SHORT_BYTES
        && let Some(code) = reliable(window)
        && code != "en"
        && census.hits(code).is_none_or(|hits| hits * 2 >= census.most().0)
    {
        return Some(code);
    }
    let (_, different) = census.most();
    if census.words >= SHORT_WORDS && different < CLEARLY_DIFFERENT {
        return None;
    }
    let likely: Vec<&str> = census.likely().collect();
    if let Some(code) = likely.iter().find(|code| declared == Some(**code)) {
        return Some(code);
    }
    if likely.is_empty() {
        return two_letters(detect(window)?.lang()).filter(|code| *code != "en");
    }
    // English is among those to choose from: titles have words that are function words elsewhere.
    let is_possible =
        |lang: &Lang| two_letters(*lang).is_some_and(|code| code == "en" || likely.contains(&code));
    let possible = Lang::all().iter().copied().filter(is_possible).collect();
    let code = two_letters(Detector::with_allowlist(possible).detect_lang(window)?);
    code.filter(|code| *code != "en")
}

/// The language of a text of which much is not of Latin script.
fn of_other_script(window: &str) -> Option<&'static str> {
    let is_latin = |c: &char| c.is_alphabetic() && *c < '\u{370}';
    let text: String = window.chars().filter(|c| !is_latin(c)).collect();
    let info = detect(&text)?;
    // Of a few words in Cyrillic letters the detector cannot say which language they are of; most
    // are Russian.
    let is_unsure = info.script() == Script::Cyrillic && !info.is_reliable();
    match is_unsure && !text.to_lowercase().contains(|c| NOT_RUSSIAN.contains(&c)) {
        true => Some("ru"),
        false => two_letters(info.lang()),
    }
}

/// What the detector is sure of.
fn reliable(window: &str) -> Option<&'static str> {
    let info = detect(window).filter(|info| info.is_reliable())?;
    two_letters(info.lang())
}

/// `en` of `en-GB` or `en_US`.
fn primary(tag: &str) -> Option<String> {
    let tag = tag.trim().split(['-', '_', ',', ';']).next()?.to_ascii_lowercase();
    match tag.as_str() {
        // The two written forms of Norwegian.
        "nb" | "nn" => Some("no".to_owned()),
        _ => (tag.len() == 2 && tag.bytes().all(|b| b.is_ascii_lowercase())).then_some(tag),
    }
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

#[cfg(test)]
mod tests {
    use crate::language::find;

    #[track_caller]
    fn check(text: &str, declared: Option<&str>, expected: Option<&str>) {
        assert_eq!(find(text, declared).as_deref(), expected, "{text}");
    }

    #[test]
    fn short_texts_are_known_by_their_function_words() {
        for (text, expected) in [
            ("Die Häuser stehen am Fluss und sind alt.", "de"),
            ("Wir suchen in den Dokumenten nach Fehlern", "de"),
            ("Les maisons sont près de la rivière", "fr"),
            ("Las casas están cerca del río", "es"),
            ("As casas ficam perto do rio, mas não são velhas", "pt"),
            ("Le case sono vicine al fiume e alla chiesa", "it"),
            ("De huizen staan aan de rivier en zijn oud", "nl"),
            ("Husen ligger vid floden och är gamla", "sv"),
            ("Talot ovat joen rannalla ja ne ovat vanhoja", "fi"),
            ("A házak a folyó mellett állnak, és nagyon régiek", "hu"),
            ("Domy stoją nad rzeką i są stare", "pl"),
            ("Domy stojí u řeky a jsou staré", "cs"),
            ("Casele sunt lângă râu și sunt vechi", "ro"),
            ("Evler nehir kenarında ve çok eski bir köyde", "tr"),
            ("Дома стоят у реки", "ru"),
            ("Τα σπίτια είναι κοντά στο ποτάμι", "el"),
            ("تقع البيوت قرب النهر", "ar"),
        ] {
            check(text, None, Some(expected));
            check(text, Some("en-GB"), Some(expected));
        }
    }

    #[test]
    fn titles_and_code_stay_what_they_are_declared_to_be() {
        for text in [
            "",
            "42",
            "Michelangelo",
            "Feature stores at Uber",
            "GO TO Statement Considered Harmful",
            "Die Hard data",
            "Scaling the ML platform at Zürich's café",
            "Real-time data infrastructure",
            "El Niño forecasts with TensorFlow and a feature store",
            "fn main() { let mut i = 0; while i < n { i += 1; } }",
            "int i, a, o, e; for (i = 0; i < n; i++) { a = o[i]; } return e;",
        ] {
            check(text, None, None);
            check(text, Some("de"), Some("de"));
        }
        let code = "std::ratio<_Num, _Den>::den in type de; ".repeat(100);
        check(&code, None, Some("en"));
    }

    #[test]
    fn what_is_declared_gives_way_to_a_text() {
        let english = "This is the text of a page that was written for people who read English, \
            and there are more words in it than a title has, so that nobody takes it for one; the \
            function words of the language are a third of it.";
        for declared in [None, Some("de"), Some("en_US"), Some("nonsense")] {
            check(english, declared, Some("en"));
        }
        check("Comment on a Paper on Parallel Processing", None, Some("en"));
        check("Wort", Some("nb-NO"), Some("no"));
    }
}
