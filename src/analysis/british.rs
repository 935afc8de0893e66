//! British spellings as American ones, so that `optimise` and `optimize` meet before they are stemmed.
//!
//! Documents and queries are read alike, so what matters is only that no two words become one, and
//! that a word still meets its own other forms. `check` in the tests below lists pairs of both kinds.

use std::{borrow::Cow, sync::LazyLock};

/// Beginnings of words, British and American.
pub(crate) const BEGINNINGS: [(&str, &str); 19] = [
    ("aetiol", "etiol"),
    ("anaesth", "anesth"),
    ("archaeo", "archeo"),
    ("caesi", "cesi"),
    ("encyclopaed", "encycloped"),
    ("enquir", "inquir"),
    ("faec", "fec"),
    ("foet", "fet"),
    ("grey", "gray"),
    ("gynaec", "gynec"),
    ("haem", "hem"),
    ("manoeuvr", "maneuver"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("orthopaed", "orthoped"),
    ("paed", "ped"),
    ("palaeo", "paleo"),
    ("sceptic", "skeptic"),
    ("sulph", "sulf"),
];

/// What stands anywhere in a word, and what stands for it, in alphabetical order.
static PARTS: [(&str, &str); 48] = [
    ("aemi", "emi"),
    ("aluminium", "aluminum"),
    ("arbour", "arbor"),
    ("ardour", "ardor"),
    ("armour", "armor"),
    ("artefact", "artifact"),
    ("behaviour", "behavior"),
    ("candour", "candor"),
    ("clamour", "clamor"),
    ("colour", "color"),
    ("defence", "defense"),
    ("demeanour", "demeanor"),
    ("endeavour", "endeavor"),
    ("enrolment", "enrollment"),
    ("favour", "favor"),
    ("fervour", "fervor"),
    ("flavour", "flavor"),
    ("focuss", "focus"),
    ("fulfilment", "fulfillment"),
    ("glamour", "glamor"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("humour", "humor"),
    ("instalment", "installment"),
    ("jewellery", "jewelry"),
    ("judgement", "judgment"),
    ("knowledgement", "knowledgment"),
    ("labour", "labor"),
    ("licenc", "licens"),
    ("marvellous", "marvelous"),
    ("mould", "mold"),
    ("moustache", "mustache"),
    ("neighbour", "neighbor"),
    ("odour", "odor"),
    ("offence", "offense"),
    ("parlour", "parlor"),
    ("plough", "plow"),
    ("practis", "practic"),
    ("pretence", "pretense"),
    ("rigour", "rigor"),
    ("rrhoea", "rrhea"),
    ("rumour", "rumor"),
    ("saviour", "savior"),
    ("savour", "savor"),
    ("splendour", "splendor"),
    ("tumour", "tumor"),
    ("vapour", "vapor"),
    ("vigour", "vigor"),
];

/// Whole words, or the ends of compounds, without the `s` of a plural.
const ENDS: [(&str, &str); 11] = [
    ("calibre", "caliber"),
    ("centre", "center"),
    ("fibre", "fiber"),
    ("gramme", "gram"),
    ("litre", "liter"),
    ("logue", "log"),
    ("lustre", "luster"),
    ("meagre", "meager"),
    ("metre", "meter"),
    ("spectre", "specter"),
    ("theatre", "theater"),
];

/// Words that have nothing in common with others.
const WORDS: [(&str, &str); 10] = [
    ("ageing", "aging"),
    ("catalogued", "cataloged"),
    ("cataloguing", "cataloging"),
    ("centred", "centered"),
    ("enrol", "enroll"),
    ("fulfil", "fulfill"),
    ("fulfils", "fulfills"),
    ("learnt", "learned"),
    ("tyre", "tire"),
    ("tyres", "tires"),
];

/// What stands before `-ise` in words that are written so everywhere. Before them nothing, or a prefix
/// such as `re`, may stand.
const ALWAYS_ISE: [&str; 37] = [
    "advert", "adv", "appr", "chast", "chem", "circumc", "compr", "comprom", "conc", "dem", "desp",
    "dev", "enterpr", "exc", "exerc", "expert", "franch", "highr", "improv", "inc", "merchand",
    "moonr", "mort", "parad", "prec", "prem", "prom", "repr", "rev", "sunr", "superv", "surm",
    "surpr", "telev", "treat", "upr", "val",
];

/// Ends of verbs in `-el` and `-al` whose `l` is doubled everywhere, such as `install` and `propel`.
const ALWAYS_DOUBLE: [&str; 17] = [
    "appal", "bal", "bestsel", "booksel", "cal", "enthral", "excel", "fal", "indwel", "outsel",
    "pel", "rebel", "resel", "stal", "tel", "undersel", "wal",
];

/// A folded word in American spelling.
pub(crate) fn american(word: &str) -> Cow<'_, str> {
    if word.len() < 4 || !word.is_ascii() {
        return Cow::Borrowed(word);
    }
    if let Some((_, other)) = WORDS.iter().find(|(british, _)| *british == word) {
        return Cow::Borrowed(other);
    }
    let mut word = Cow::Borrowed(word);
    let first = word.as_bytes()[0];
    let begins = |british: &str| british.as_bytes()[0] == first && word.starts_with(british);
    if let Some((british, other)) = BEGINNINGS.iter().find(|(british, _)| begins(british)) {
        word = Cow::Owned(format!("{other}{}", &word[british.len()..]));
    }
    let mut at = 0;
    while at < word.len() {
        let rest = &word.as_bytes()[at..];
        let begins = |british: &[u8]| british.get(1) == rest.get(1) && rest.starts_with(british);
        let mut parts = parts_from(rest[0]).iter();
        if let Some((british, other)) = parts.find(|(british, _)| begins(british.as_bytes())) {
            word = Cow::Owned(format!("{}{other}{}", &word[..at], &word[at + british.len()..]));
        }
        at += 1;
    }
    let (single, plural) = word.strip_suffix('s').map_or((&*word, ""), |single| (single, "s"));
    // Most words end otherwise than all of them.
    let ends: &[_] = if single.ends_with('e') { &ENDS } else { &[] };
    let end = ends.iter().find(|(british, _)| single.ends_with(british));
    let changed = end
        .map(|(british, other)| {
            format!("{}{other}{plural}", &single[..single.len() - british.len()])
        })
        .or_else(|| has_pair(&word, &["is", "ys"]).then(|| with_z(&word)).flatten())
        .or_else(|| has_pair(&word, &["ll"]).then(|| with_one_l(&word)).flatten());
    changed.map_or(word, Cow::Owned)
}

/// The parts of words that begin with a letter: to look for all of them in all words takes too long.
fn parts_from(letter: u8) -> &'static [(&'static str, &'static str)] {
    static PLACES: LazyLock<[(usize, usize); 26]> = LazyLock::new(|| {
        let place =
            |letter: u8| PARTS.partition_point(|(british, _)| british.as_bytes()[0] < letter);
        std::array::from_fn(|at| (place(b'a' + at as u8), place(b'b' + at as u8)))
    });
    let place = letter.checked_sub(b'a').and_then(|at| PLACES.get(usize::from(at)));
    place.map_or(&[], |&(start, end)| &PARTS[start..end])
}

/// Whether any of these pairs of letters is in a word.
fn has_pair(word: &str, pairs: &[&str]) -> bool {
    word.as_bytes().windows(2).any(|two| pairs.iter().any(|pair| pair.as_bytes() == two))
}

/// `-ise` as `-ize`, `-isation` as `-ization`, `-lyse` as `-lyze`.
fn with_z(word: &str) -> Option<String> {
    const ENDINGS: [&str; 10] =
        ["ation", "ations", "e", "ed", "er", "ers", "es", "ing", "able", "ational"];
    let ending = ENDINGS.iter().find(|ending| {
        word.ends_with(*ending) && {
            let rest = &word[..word.len() - ending.len()];
            rest.ends_with("is") || (rest.ends_with("lys") && !ending.starts_with('a'))
        }
    })?;
    let stem = &word[..word.len() - ending.len() - 1];
    let head = &stem[..stem.len() - 1];
    let is_verb = stem.ends_with("ly") || {
        let ends_well = !head.ends_with(['a', 'e', 'i', 'o', 'u', 'w']);
        let is_always = ["", "dis", "disen", "en", "im", "in", "mis", "over", "re", "un"]
            .iter()
            .any(|prefix| head.strip_prefix(prefix).is_some_and(|head| ALWAYS_ISE.contains(&head)));
        head.len() >= 3 && ends_well && !is_always
    };
    is_verb.then(|| format!("{stem}z{ending}"))
}

/// `modelling` as `modeling`, and likewise whatever ends with an unstressed `-el` or `-al`.
fn with_one_l(word: &str) -> Option<String> {
    let ending = ["ling", "lings", "led", "ler", "lers", "lor", "lors"]
        .into_iter()
        .find(|ending| word.ends_with(ending))?;
    let base = &word[..word.len() - ending.len()];
    let is_vowel = |c: &u8| b"aeiouy".contains(c);
    let syllables = base.as_bytes().chunk_by(|a, b| is_vowel(a) == is_vowel(b));
    let syllables = syllables.filter(|run| is_vowel(&run[0])).count();
    let is_unstressed = syllables > 1 || ["dial", "duel", "fuel"].contains(&base);
    let is_person = !ending.starts_with("lor") || base == "counsel";
    let is_always = ALWAYS_DOUBLE.iter().any(|end| base.ends_with(end));
    let has_l = base.ends_with("el") || base.ends_with("al");
    (has_l && is_unstressed && is_person && !is_always).then(|| format!("{base}{}", &ending[1..]))
}

#[cfg(test)]
mod tests {
    use crate::analysis::british::{PARTS, american};

    #[track_caller]
    fn check(pairs: &str) {
        for pair in pairs.split_whitespace() {
            let (word, expected) = pair.split_once('=').unwrap_or((pair, pair));
            assert_eq!(american(word), expected, "{word}");
            assert_eq!(american(expected), expected, "{expected} stays");
        }
    }

    #[test]
    fn british_spellings_become_american_ones() {
        check("optimise=optimize optimised=optimized optimising=optimizing optimiser=optimizer");
        check("organisation=organization organisational=organizational realisable=realizable");
        check("analyse=analyze analysed=analyzed catalyser=catalyzer paralysing=paralyzing");
        check("colour=color colourise=colorize discoloured=discolored behavioural=behavioral");
        check("favourite=favorite neighbours=neighbors labouring=laboring humour=humor");
        check("modelling=modeling labelled=labeled traveller=traveler signalling=signaling");
        check("channelled=channeled counsellors=counselors marvellous=marvelous fuelled=fueled");
        check("centre=center datacentres=datacenters kilometre=kilometer fibres=fibers");
        check("catalogue=catalog dialogues=dialogs analogue=analog programme=program");
        check("defence=defense licence=license offences=offenses practise=practice");
        check("grey=gray greyscale=grayscale artefacts=artifacts enquiry=inquiry sceptic=skeptic");
        check("haemoglobin=hemoglobin anaemia=anemia oestrogen=estrogen paediatrics=pediatrics");
        check("diarrhoea=diarrhea manoeuvring=maneuvering foetal=fetal encyclopaedia=encyclopedia");
        check("fulfil=fulfill enrolment=enrollment judgement=judgment tyres=tires learnt=learned");
    }

    #[test]
    fn parts_are_in_order() {
        assert!(PARTS.is_sorted());
    }

    #[test]
    fn words_that_are_written_alike_everywhere_stay() {
        check("exercise promised precise supervised enterprise otherwise noise raised advertise");
        check("compromise surprising revised rise wise crises premises pairwise sunrise imprecise");
        check(
            "improvisation unsupervised readvertise inadvisable disenfranchise bookseller expertise advisers analysis basis",
        );
        check("selling called installed controller propelled storytelling recalled smaller");
        check(
            "chancellor caller hotel firewalled uprising rebelled excellent intelligent totally parallel",
        );
        check("four hour source course tour journal contour devour detour flour your");
        check("acre genre rogue league colleague tongue dialog meter center color");
        check("science silence difference programmer programming agreement size prize");
        check("aerial israeli poem does shoes toe");
    }
}
