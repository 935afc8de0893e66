//! Families: the entries of a collection, those with the same article under several addresses as one.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    canonical::CanonicalUrl,
    entry::Entry,
    error::Error,
    store::Store,
    update::{desk::StoredText, sketch::Sketch},
};

/// Articles that are compared with a new one for each of its handles. What many pages of a site
/// have in common would otherwise make every one of them be compared with all others.
const MOST_COMPARED: usize = 16;

/// The kind of named values under which the addresses stand that pages declare as their own.
const CANONICAL: &str = "canonical";

/// An entry, and further ones whose pages hold the same article, in the order of the lists.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Family {
    pub(crate) first: Entry,
    pub(crate) others: Vec<Entry>,
}

impl Family {
    /// All entries, in the order of the lists.
    pub(crate) fn members(&self) -> impl Iterator<Item = &Entry> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// The same, given away.
    pub(crate) fn into_members(self) -> impl Iterator<Item = Entry> {
        std::iter::once(self.first).chain(self.others)
    }
}

/// What pages declare as their address, by their own.
pub(crate) type Claims = HashMap<String, String>;

/// The address that a page declares as its own, if that is another one than those by which it is
/// known already and not a site's front page.
pub(crate) fn claim(key: &str, final_url: &str, declared: Option<&str>) -> Option<String> {
    let declared = CanonicalUrl::parse(declared?)?.to_string();
    let known = CanonicalUrl::parse(final_url).is_some_and(|url| url.as_str() == declared);
    (declared != key && !known && !is_front(&declared)).then_some(declared)
}

/// Remembers what the good copy of a page declares.
pub(crate) fn keep_claim(
    store: &mut Store,
    key: &str,
    claim: Option<&String>,
) -> Result<(), Error> {
    let known: Option<String> = store.value(CANONICAL, key)?;
    if known.as_ref() != claim {
        store.keep(CANONICAL, key, claim)?;
    }
    Ok(())
}

/// What all pages declare.
pub(crate) fn claims(store: &Store) -> Result<Claims, Error> {
    Ok(store.values(CANONICAL)?.into_iter().collect())
}

/// The claims that may be believed: a page's word for itself is enough unless the address is that
/// of an entry, whose text would have to agree, or several articles claim it, as they do where a
/// template declares the same address on every page.
pub(crate) fn believable(mut claims: Claims, families: &[Family]) -> Claims {
    let addresses = addresses(families);
    let mut claimed: HashMap<String, HashSet<usize>> = HashMap::new();
    for (at, family) in families.iter().enumerate() {
        for claim in family.members().filter_map(|entry| claims.get(entry.canonical.as_str())) {
            claimed.entry(claim.clone()).or_default().insert(at);
        }
    }
    claims.retain(|_, claim| {
        !addresses.contains(claim) && claimed.get(claim).is_some_and(|by| by.len() == 1)
    });
    claims
}

/// Puts together the entries whose pages hold nearly the same text under titles that agree.
///
/// An entry joins the first one that it is like. Entries without a text, or with a short one, stay
/// by themselves, whatever their addresses look like, unless one declares the address of the other
/// and the texts are equal.
pub(crate) fn families(
    store: &Store,
    entries: Vec<Entry>,
    claims: &Claims,
) -> Result<Vec<Family>, Error> {
    let sketches: HashMap<String, Vec<u8>> = store.sketches()?.into_iter().collect();
    let mut families: Vec<Family> = Vec::with_capacity(entries.len());
    // What the families' first entries look like, and where those with a handle stand.
    let mut looks: Vec<Look> = Vec::with_capacity(entries.len());
    let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
    // Where the families stand whose entries have an address or declare it, as far as addresses
    // are declared at all.
    let declared: HashSet<&String> = claims.values().collect();
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    for entry in entries {
        let own =
            [Some(entry.canonical.to_string()), claims.get(entry.canonical.as_str()).cloned()];
        let own: Vec<String> =
            own.into_iter().flatten().filter(|name| declared.contains(name)).collect();
        let sketch = sketches.get(entry.canonical.as_str()).map(|s| Sketch::from_bytes(s));
        let mut look = Look { sketch, face: None };
        let found = match relative(store, &entry, &mut look, &families, &mut looks, &places)? {
            Some(at) => Some(at),
            None => namesake(store, &entry, &mut look, &families, &mut looks, &names, &own)?,
        };
        for name in own {
            let there = names.entry(name).or_default();
            if there.len() < MOST_COMPARED {
                there.push(found.unwrap_or(families.len()));
            }
        }
        if let Some(at) = found {
            families[at].others.push(entry);
            continue;
        }
        for handle in look.handles() {
            let there = places.entry(*handle).or_default();
            if there.len() < MOST_COMPARED {
                there.push(families.len());
            }
        }
        looks.push(look);
        families.push(Family { first: entry, others: Vec::new() });
    }
    Ok(families)
}

/// The first family that has the article of an entry.
fn relative(
    store: &Store,
    entry: &Entry,
    look: &mut Look,
    families: &[Family],
    looks: &mut [Look],
    places: &HashMap<u32, Vec<usize>>,
) -> Result<Option<usize>, Error> {
    let there = look.handles().iter().filter_map(|handle| places.get(handle));
    let mut candidates: Vec<usize> = there.flatten().copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    for at in candidates {
        if look.is_like(&looks[at]) {
            let theirs = looks[at].face(store, &families[at].first)?;
            let ours = look.face(store, entry)?;
            if ours.zip(theirs).is_some_and(|(ours, theirs)| ours.agrees(theirs)) {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

/// The first family that has, or declares, the address that an entry has or declares, and whose
/// text is the same: as a sketch tells, or, where the texts are too short for one, to the letter
/// and under titles that agree.
fn namesake(
    store: &Store,
    entry: &Entry,
    look: &mut Look,
    families: &[Family],
    looks: &mut [Look],
    names: &HashMap<String, Vec<usize>>,
    own: &[String],
) -> Result<Option<usize>, Error> {
    for at in own.iter().filter_map(|name| names.get(name)).flatten().copied() {
        let is_short = look.sketch.is_none() && looks[at].sketch.is_none();
        if !is_short && !look.is_like(&looks[at]) {
            continue;
        }
        let theirs = looks[at].face(store, &families[at].first)?;
        let ours = look.face(store, entry)?;
        let same = |(ours, theirs): (&Face, &Face)| {
            !is_short || ours.short == theirs.short && ours.agrees(theirs)
        };
        if ours.zip(theirs).is_some_and(same) {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// What an entry's page looks like.
#[derive(Debug)]
struct Look {
    sketch: Option<Sketch>,
    /// Read when it is first needed, which for most pages it never is; none inside for a page
    /// that shows none.
    face: Option<Option<Face>>,
}

impl Look {
    fn handles(&self) -> &[u32] {
        self.sketch.as_ref().map_or(&[], Sketch::handles)
    }

    fn is_like(&self, other: &Look) -> bool {
        let both = self.sketch.as_ref().zip(other.sketch.as_ref());
        both.is_some_and(|(ours, theirs)| ours.is_like(theirs))
    }

    fn face(&mut self, store: &Store, entry: &Entry) -> Result<Option<&Face>, Error> {
        if self.face.is_none() {
            self.face = Some(Face::of(store, entry, self.sketch.is_none())?);
        }
        Ok(self.face.as_ref().and_then(Option::as_ref))
    }
}

/// What a page shows of itself besides its text.
#[derive(Debug)]
struct Face {
    title: Vec<String>,
    /// The text itself, if it is too short for a sketch.
    short: Option<String>,
}

impl Face {
    /// The face of an entry's page; none when the entry leads to a site's front page instead.
    fn of(store: &Store, entry: &Entry, is_short: bool) -> Result<Option<Face>, Error> {
        let Some(text) = store.text(entry.canonical.as_str())? else { return Ok(None) };
        let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text.unpack()?) else {
            return Ok(None);
        };
        if is_front(&text.final_url) && !is_front(entry.canonical.as_str()) {
            return Ok(None);
        }
        let title = words(stored.content.title.as_deref().unwrap_or_default());
        Ok(Some(Face { title, short: is_short.then(|| stored.content.text()) }))
    }

    /// Whether one title is a part of the other; a page without a title says nothing against it.
    fn agrees(&self, other: &Face) -> bool {
        let (short, long) = match self.title.len() <= other.title.len() {
            true => (&self.title, &other.title),
            false => (&other.title, &self.title),
        };
        short.is_empty() || long.windows(short.len()).any(|words| words == short)
    }
}

fn words(title: &str) -> Vec<String> {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// The addresses of all entries.
pub(crate) fn addresses(families: &[Family]) -> HashSet<String> {
    families.iter().flat_map(Family::members).map(|entry| entry.canonical.to_string()).collect()
}

/// Whether a URL is that of a site's front page, which many dead links lead to.
pub(crate) fn is_front(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.path() == "/" && url.query().is_none())
}

#[cfg(test)]
mod tests {
    use crate::update::families::{Face, claim, words};

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let face = |title| Face { title: words(title), short: None };
        assert_eq!(face(one).agrees(&face(other)), expected);
        assert_eq!(face(other).agrees(&face(one)), expected);
    }

    #[test]
    fn titles_agree_when_one_is_a_part_of_the_other() {
        check("On Drift: why it happens", "on drift, why it happens", true);
        check("On drift", "Example Engineering - On drift | by A. Writer", true);
        check("On drift", "", true);
        check("Article 1", "Article 12", false);
        check("On drift", "On skew", false);
    }

    #[track_caller]
    fn check_claim(declared: &str, expected: Option<&str>) {
        let found = claim("https://a.example/x", "https://a.example/y", Some(declared));
        assert_eq!(found.as_deref(), expected, "{declared}");
    }

    #[test]
    fn only_another_article_address_is_a_claim() {
        check_claim("https://a.example/z?utm_source=x#top", Some("https://a.example/z"));
        check_claim("https://a.example/x", None);
        check_claim("https://a.example/y#top", None);
        check_claim("https://b.example/", None);
        check_claim("ftp://a.example/z", None);
        check_claim("nonsense", None);
    }
}
