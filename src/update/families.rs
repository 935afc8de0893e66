//! Families: the entries of a collection, those with the same article under several addresses as one.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    error::Error,
    store::Store,
    update::{desk::StoredText, sketch::Sketch},
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
    /// Those further members.
    joined: HashSet<i64>,
}

impl Families {
    /// Puts the entries at hand together.
    ///
    /// An entry joins the first one that it is like. Entries without a text, or with a short one,
    /// stay by themselves, whatever their addresses look like.
    pub(crate) fn of(store: &Store) -> Result<Families, Error> {
        let mut families = Families::default();
        // The first members, and where those with a handle stand.
        let mut firsts: Vec<Look> = Vec::new();
        let mut places: HashMap<u32, Vec<usize>> = HashMap::new();
        for mut look in looks(store)? {
            if let Some(at) = relative(store, &mut look, &mut firsts, &places)? {
                families.joined.insert(look.position);
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
        Ok(families)
    }

    /// The further members of the family that begins at a place; none when the entry there belongs
    /// to an earlier one.
    pub(crate) fn others(&self, position: i64) -> Option<&[i64]> {
        let others = self.others.get(&position).map_or(&[][..], Vec::as_slice);
        (!self.joined.contains(&position)).then_some(others)
    }

    /// How many entries are one document with an earlier one.
    pub(crate) fn merged(&self) -> u64 {
        self.joined.len() as u64
    }
}

/// What the pages look like that share a handle with another one, in the order of the lists. Of the
/// others only the handles are in memory, for a moment.
fn looks(store: &Store) -> Result<Vec<Look>, Error> {
    let mut handles: Vec<u32> = Vec::new();
    store.each_sketch(|_, bytes| handles.extend(Sketch::from_bytes(bytes).handles()))?;
    handles.sort_unstable();
    let twice = handles.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
    let shared: HashSet<u32> = twice.collect();
    drop(handles);
    let mut found = Vec::new();
    store.each_sketch(|key, bytes| {
        let sketch = Sketch::from_bytes(bytes);
        if sketch.handles().iter().any(|handle| shared.contains(handle)) {
            found.push((key.to_owned(), sketch));
        }
    })?;
    let mut looks = Vec::with_capacity(found.len());
    for (key, sketch) in found {
        if let Some(position) = store.place(&key)? {
            looks.push(Look { position, key, sketch, face: None });
        }
    }
    looks.sort_unstable_by_key(|look| look.position);
    Ok(looks)
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

/// What an entry's page looks like.
#[derive(Debug)]
struct Look {
    position: i64,
    key: String,
    sketch: Sketch,
    /// Read when it is first needed, which for most pages it never is; none inside for a page
    /// that shows none.
    face: Option<Option<Face>>,
}

impl Look {
    fn face(&mut self, store: &Store) -> Result<Option<&Face>, Error> {
        if self.face.is_none() {
            self.face = Some(Face::of(store, &self.key)?);
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
    fn of(store: &Store, key: &str) -> Result<Option<Face>, Error> {
        let Some(text) = store.text(key)? else { return Ok(None) };
        let Ok(stored) = serde_json::from_slice::<StoredText>(&text.text.unpack()?) else {
            return Ok(None);
        };
        if is_front(&text.final_url) && !is_front(key) {
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
