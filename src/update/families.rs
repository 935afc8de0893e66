//! Families: the entries of a collection, those with the same article under several addresses as one.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    entry::Entry,
    error::Error,
    store::Store,
    update::{desk::StoredText, sketch::Sketch},
};

/// Articles that are compared with a new one for each of its handles. What many pages of a site
/// have in common would otherwise make every one of them be compared with all others.
const MOST_COMPARED: usize = 16;

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

/// Puts together the entries whose pages hold nearly the same text under titles that agree.
///
/// An entry joins the first one that it is like. Entries without a text, or with a short one, stay
/// by themselves, whatever their addresses look like.
pub(crate) fn families(store: &Store, entries: Vec<Entry>) -> Result<Vec<Family>, Error> {
    let sketches: HashMap<String, Vec<u8>> = store.sketches()?.into_iter().collect();
    let mut families: Vec<Family> = Vec::with_capacity(entries.len());
    // What the families' first entries look like, and where those with a handle stand.
    let mut looks: Vec<Look> = Vec::with_capacity(entries.len());
    let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
    for entry in entries {
        let sketch = sketches.get(entry.canonical.as_str()).map(|s| Sketch::from_bytes(s));
        let mut look = Look { sketch, face: None };
        if let Some(at) = relative(store, &entry, &mut look, &families, &mut looks, &places)? {
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
            self.face = Some(Face::of(store, entry)?);
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
    /// The face of an entry's page; none when the entry leads to a site's front page instead.
    fn of(store: &Store, entry: &Entry) -> Result<Option<Face>, Error> {
        let Some(text) = store.text(entry.canonical.as_str())? else { return Ok(None) };
        let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text.unpack()?) else {
            return Ok(None);
        };
        if is_front(&text.final_url) && !is_front(entry.canonical.as_str()) {
            return Ok(None);
        }
        Ok(Some(Face { title: words(stored.content.title.as_deref().unwrap_or_default()) }))
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
    use crate::update::families::{Face, words};

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
}
