//! Families: the entries of a collection, those with the same article under several addresses as one.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    canonical::CanonicalUrl,
    error::Error,
    store::{Holding, Store, Text},
    update::{sketch::Sketch, text},
};

/// Articles that are compared with a new one for each of its handles. What many pages of a site
/// have in common would otherwise make every one of them be compared with all others.
const MOST_COMPARED: usize = 16;

/// Which entries are one document: those whose pages hold nearly the same text under titles that
/// agree. Entries are named by their places in the lists.
#[derive(Debug, Default)]
pub(crate) struct Families {
    /// The further members of a family by its first one, in the order of the lists.
    others: HashMap<i64, Vec<i64>>,
    /// Those further members, with their first ones.
    joined: HashMap<i64, i64>,
    /// The addresses that pages declare and that are believed, by their own.
    declared: HashMap<String, String>,
}

/// Bytes of sketches that stay in memory between the two looks at them: those of 131,072 pages. The
/// others are read again.
const KEPT_BYTES: usize = 64 << 20;

/// The sketches of a collection: the handles of all, each with the place of its entry, and as much
/// else of the first ones as is kept.
#[derive(Debug, Default)]
pub(crate) struct Sketches {
    handles: Vec<(u32, u32)>,
    kept: Vec<(u32, Sketch)>,
    kept_bytes: usize,
}

impl Sketches {
    /// Adds a stored one, in the order of the lists.
    pub(crate) fn add(&mut self, position: i64, stored: &[u8]) {
        // Lists are bounded, so that there are never as many places.
        let position = u32::try_from(position).unwrap_or(u32::MAX);
        self.handles.extend(Sketch::handles_in(stored).map(|handle| (handle, position)));
        if self.kept_bytes < KEPT_BYTES {
            self.kept_bytes += stored.len();
            self.kept.push((position, Sketch::from_bytes(stored)));
        }
    }

    /// What the pages look like that share a handle with another one, in the order of the lists.
    fn looks(self, store: &Store) -> Result<Vec<Look>, Error> {
        let Sketches { mut handles, kept, .. } = self;
        handles.sort_unstable();
        let same = handles.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1);
        let mut places: Vec<u32> = same.flatten().map(|(_, position)| *position).collect();
        places.sort_unstable();
        places.dedup();
        drop(handles);
        let mut looks = Vec::with_capacity(places.len());
        let mut kept = kept.into_iter().peekable();
        for place in places {
            while kept.next_if(|(position, _)| *position < place).is_some() {}
            let position = i64::from(place);
            let sketch = match kept.next_if(|(position, _)| *position == place) {
                Some((_, sketch)) => Some(sketch),
                None => store.sketch(position)?.map(|stored| Sketch::from_bytes(&stored)),
            };
            looks.extend(sketch.map(|sketch| Look { position, sketch, face: None }));
        }
        Ok(looks)
    }
}

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
    if store.claim(key)?.as_ref() != claim {
        store.set_claim(key, claim.map(String::as_str))?;
    }
    Ok(())
}

impl Families {
    /// Puts the entries at hand together.
    ///
    /// An entry joins the first one that it is like. Entries without a text, or with a short one,
    /// stay by themselves, whatever their addresses look like, unless one declares the address of
    /// the other and the texts are the same.
    pub(crate) fn of(store: &Store, sketches: Sketches) -> Result<Families, Error> {
        let mut families = Families::default();
        // The first members, and where those with a handle stand.
        let mut firsts: Vec<Look> = Vec::new();
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for mut look in sketches.looks(store)? {
            if let Some(at) = relative(store, &mut look, &mut firsts, &places)? {
                families.joined.insert(look.position, firsts[at].position);
                families.others.entry(firsts[at].position).or_default().push(look.position);
                continue;
            }
            for handle in look.sketch.handles() {
                let there = places.entry(*handle).or_default();
                if there.len() < MOST_COMPARED {
                    there.push(firsts.len());
                }
            }
            firsts.push(look);
        }
        drop(firsts);
        families.hear(store, store.claims()?)?;
        Ok(families)
    }

    /// Joins entries of which one declares the address of the other, if their texts are the same,
    /// and chooses what else is to be believed: a page's word for itself is enough unless the
    /// address is that of an entry, or several articles claim it, as they do where a template
    /// declares the same address on every page.
    fn hear(&mut self, store: &Store, claims: Vec<(String, String)>) -> Result<(), Error> {
        let mut free = Vec::new();
        for (key, claim) in claims {
            let Some(ours) = store.place(&key)? else { continue };
            match store.place(&claim)? {
                None => free.push((key, claim, ours)),
                Some(theirs) => {
                    let (ours, theirs) = (self.first(ours), self.first(theirs));
                    if ours != theirs && is_same(store, &key, &claim)? {
                        self.join(ours.min(theirs), ours.max(theirs));
                    }
                }
            }
        }
        let mut by_claim: HashMap<String, HashSet<i64>> = HashMap::new();
        for (_, claim, place) in &free {
            by_claim.entry(claim.clone()).or_default().insert(self.first(*place));
        }
        free.retain(|(_, claim, _)| by_claim[claim].len() == 1);
        self.declared = free.into_iter().map(|(key, claim, _)| (key, claim)).collect();
        Ok(())
    }

    /// The first member of the family of an entry.
    fn first(&self, place: i64) -> i64 {
        self.joined.get(&place).copied().unwrap_or(place)
    }

    /// Makes one family of two, given by their first members.
    fn join(&mut self, first: i64, second: i64) {
        let others = self.others.remove(&second).unwrap_or_default();
        let family = self.others.entry(first).or_default();
        for member in std::iter::once(second).chain(others) {
            self.joined.insert(member, first);
            family.push(member);
        }
        family.sort_unstable();
    }

    /// The address that a page declares, where that is to be believed.
    pub(crate) fn declared(&self, key: &str) -> Option<&String> {
        self.declared.get(key)
    }

    /// Whether the entry at a place belongs to no earlier one.
    pub(crate) fn is_first(&self, position: i64) -> bool {
        !self.joined.contains_key(&position)
    }

    /// The further members of the family that begins at a place.
    pub(crate) fn others(&self, position: i64) -> &[i64] {
        self.others.get(&position).map_or(&[], Vec::as_slice)
    }

    /// How many entries are one document with an earlier one.
    pub(crate) fn merged(&self) -> u64 {
        self.joined.len() as u64
    }
}

/// The first family that has the article of an entry.
fn relative(
    store: &Store,
    look: &mut Look,
    firsts: &mut [Look],
    places: &HashMap<u32, Vec<usize>>,
) -> Result<Option<usize>, Error> {
    let there = look.sketch.handles().iter().filter_map(|handle| places.get(handle));
    let mut candidates: Vec<usize> = there.flatten().copied().collect();
    candidates.sort_unstable();
    candidates.dedup();
    for at in candidates {
        if look.sketch.is_like(&firsts[at].sketch) {
            let theirs = firsts[at].face(store)?;
            let ours = look.face(store)?;
            if ours.zip(theirs).is_some_and(|(ours, theirs)| ours.agrees(theirs)) {
                return Ok(Some(at));
            }
        }
    }
    Ok(None)
}

/// Whether two pages hold the same text: as sketches tell, or, where both are too short for one, to
/// the letter and under titles that agree.
fn is_same(store: &Store, one: &str, other: &str) -> Result<bool, Error> {
    let read = |key| -> Result<Option<(Face, String)>, Error> {
        let Some(text) = store.text(key)? else { return Ok(None) };
        Ok(Face::of(key, &text)?.zip(Some(text::plain(&text.text.unpack()?))))
    };
    let (Some((our_face, ours)), Some((their_face, theirs))) = (read(one)?, read(other)?) else {
        return Ok(false);
    };
    Ok(match (Sketch::of(&ours), Sketch::of(&theirs)) {
        (Some(ours), Some(theirs)) => ours.is_like(&theirs),
        (None, None) => ours == theirs && our_face.agrees(&their_face),
        _ => false,
    })
}

/// What an entry's page looks like.
#[derive(Debug)]
struct Look {
    position: i64,
    sketch: Sketch,
    /// Read when it is first needed, which for most pages it never is; none inside for a page
    /// that shows none.
    face: Option<Option<Face>>,
}

impl Look {
    fn face(&mut self, store: &Store) -> Result<Option<&Face>, Error> {
        if self.face.is_none() {
            let face = match store.holding(self.position)? {
                Some(Holding { key, text: Some(text), .. }) => Face::of(&key, &text)?,
                _ => None,
            };
            self.face = Some(face);
        }
        Ok(self.face.as_ref().and_then(Option::as_ref))
    }
}

/// What a page shows of itself besides its text.
#[derive(Debug)]
struct Face {
    title: Vec<String>,
}

impl Face {
    /// The face of an entry's page; none when it leads to a site's front page instead, or when
    /// another version keeps its text differently.
    fn of(key: &str, text: &Text) -> Result<Option<Face>, Error> {
        if leads_to_front(key, &text.final_url) {
            return Ok(None);
        }
        Ok(text::title(&text.text.unpack()?).map(|title| Face { title: words(&title) }))
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

/// The words of a title, without case.
pub(crate) fn words(title: &str) -> Vec<String> {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// Whether a link leads to a site's front page instead of what it names, as many dead links do.
pub(crate) fn leads_to_front(link: &str, target: &str) -> bool {
    is_front(target) && !is_front(link)
}

/// Whether a URL is that of a site's front page.
pub(crate) fn is_front(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| url.path() == "/" && url.query().is_none())
}

#[cfg(test)]
mod tests {
    use crate::update::families::{Face, claim, words};

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        let face = |title| Face { title: words(title) };
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
