//! Opening the index that a command needs, built first when there is none.

use mlsearch::{Error, collection::Collection, index::generation::Generations, search::Searcher};

use crate::cli::{context::Context, failure::Failure, update};

impl Context {
    /// The published index; built first when the collection has none yet.
    pub(crate) fn searcher(&mut self) -> Result<Searcher, Failure> {
        let dir = self.dir()?;
        let generations = Generations::of(&dir);
        if generations.current()?.is_none() {
            if self.index.is_some() && !Collection::exists(&dir) {
                return Err(Error::NoIndex(dir).into());
            }
            let collection = self.collection()?;
            self.note(&format!("no index in `{}` yet: building it now", dir.display()));
            update::build_first(&collection, self)?;
        }
        if let Some(refusal) = generations.refusal(Context::now()) {
            self.note(&refusal);
        }
        Ok(generations.open_current(Searcher::open)?)
    }
}
