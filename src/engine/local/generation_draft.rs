//! A generation that is built and, when all goes well, published.

use crate::{
    engine::{
        local::generations::{Generations, NewGeneration},
        manifest::Manifest,
    },
    error::Error,
};

/// A generation under construction. When it is dropped before it is published its files are removed, so
/// that what a full disk could not hold gives its room back.
pub struct GenerationDraft<'g> {
    pub(crate) generations: &'g Generations,
    pub(crate) generation: NewGeneration,
    is_published: bool,
}

impl GenerationDraft<'_> {
    /// Begins the next generation.
    pub(crate) fn begin(generations: &Generations) -> Result<GenerationDraft<'_>, Error> {
        let generation = generations.begin()?;
        Ok(GenerationDraft { generations, generation, is_published: false })
    }

    /// Publishes it.
    pub(crate) fn publish(mut self, manifest: Manifest) -> Result<(), Error> {
        // From here on it may be the one that readers open, even if something fails.
        self.is_published = true;
        self.generations.publish(&self.generation, manifest)
    }
}

impl Drop for GenerationDraft<'_> {
    fn drop(&mut self) {
        if !self.is_published {
            self.generations.discard(&self.generation);
        }
    }
}
