//! The vectors of an update: of all passages of the new index, of which the store keeps those that
//! were computed before.

use crate::{
    crawl::Stop,
    embedding::{Model, Vector},
    engine::{
        choice::IndexDraft,
        vectors::{Embedded, Embedding, PassageKey, VectorCache},
    },
    error::Error,
    store::Store,
    update::report::Progress,
};

/// The vectors that the store keeps, as long as they can be read: all can be computed again, so that
/// damage to them ends no update.
struct StoredVectors<'a> {
    store: &'a mut Store,
    damage: VectorDamage,
}

/// What is known of damage to the vectors of a store.
#[derive(PartialEq)]
enum VectorDamage {
    None,
    /// All were forgotten, and those to come are kept.
    Forgotten(String),
    /// They cannot even be forgotten, and are left aside.
    Lasting(String),
}

impl StoredVectors<'_> {
    fn of(store: &mut Store) -> Result<StoredVectors<'_>, Error> {
        let begun = store.begin_vectors();
        let mut vectors = StoredVectors { store, damage: VectorDamage::None };
        vectors.sound(begun)?;
        Ok(vectors)
    }

    /// What was done with the vectors; none when they turn out to be damaged, and are forgotten.
    fn sound<T>(&mut self, done: Result<T, Error>) -> Result<Option<T>, Error> {
        let Err(Error::Store { message, .. }) = done else { return done.map(Some) };
        self.damage =
            match self.damage == VectorDamage::None && self.store.forget_all_vectors().is_ok() {
                true => VectorDamage::Forgotten(message),
                false => VectorDamage::Lasting(message),
            };
        Ok(None)
    }

    fn is_usable(&self) -> bool {
        !matches!(self.damage, VectorDamage::Lasting(_))
    }
}

impl VectorCache for StoredVectors<'_> {
    fn known(&mut self, model: &str, keys: &[PassageKey]) -> Result<Vec<Option<Vector>>, Error> {
        let mut known = None;
        if self.is_usable() {
            let read = self.store.vectors(model, keys);
            known = self.sound(read)?;
        }
        let known = known.unwrap_or_else(|| vec![None; keys.len()]);
        let vector = |bytes: Option<Vec<u8>>| bytes.map(|bytes| Vector::from_bytes(&bytes));
        Ok(known.into_iter().map(vector).collect())
    }

    fn keep(&mut self, model: &str, new: &[(PassageKey, Vector)]) -> Result<(), Error> {
        if self.is_usable() {
            let new: Vec<_> = new.iter().map(|(key, vector)| (*key, vector.to_bytes())).collect();
            let kept = self.store.keep_vectors(model, &new);
            self.sound(kept)?;
        }
        Ok(())
    }
}

/// Gives the index that was built the vectors of its passages.
pub(crate) fn add(
    draft: &IndexDraft<'_>,
    model: &Model,
    threads: usize,
    store: &mut Store,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Option<Embedded>, Error> {
    let mut stored = StoredVectors::of(store)?;
    let mut embedding = Embedding {
        model,
        threads,
        is_stopped: &|| stop.is_stopped(),
        on_progress: &mut |done, documents, passages| {
            on_progress(Progress::Embedding { done, documents, passages });
        },
    };
    let embedded = draft.add_vectors(&mut embedding, Some(&mut stored))?;
    if let VectorDamage::Forgotten(why) | VectorDamage::Lasting(why) = &stored.damage {
        let message = format!("the vectors that were kept are damaged and computed again ({why})");
        on_progress(Progress::Warning { list: "pages.sqlite", line: 0, message: &message });
    }
    Ok(embedded)
}

/// Forgets the vectors of passages that the index which was just published has not.
pub(crate) fn forget_unused(store: &mut Store) -> Result<(), Error> {
    match store.forget_unused_vectors() {
        // The next update comes upon the damage.
        Err(Error::Store { .. }) => Ok(()),
        done => done,
    }
}
