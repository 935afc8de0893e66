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

impl VectorCache for Store {
    fn known(&mut self, model: &str, keys: &[PassageKey]) -> Result<Vec<Option<Vector>>, Error> {
        let known = self.vectors(model, keys)?;
        let vector = |bytes: Option<Vec<u8>>| bytes.map(|bytes| Vector::from_bytes(&bytes));
        Ok(known.into_iter().map(vector).collect())
    }

    fn keep(&mut self, model: &str, new: &[(PassageKey, Vector)]) -> Result<(), Error> {
        let new: Vec<_> = new.iter().map(|(key, vector)| (*key, vector.to_bytes())).collect();
        self.keep_vectors(model, &new)
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
    store.begin_vectors()?;
    let mut embedding = Embedding {
        model,
        threads,
        is_stopped: &|| stop.is_stopped(),
        on_progress: &mut |done, documents, passages| {
            on_progress(Progress::Embedding { done, documents, passages });
        },
    };
    draft.add_vectors(&mut embedding, Some(store))
}
