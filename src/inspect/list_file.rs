//! The files of the lists of a collection, and how each is read.

use std::path::PathBuf;

use crate::{
    collection::{Collection, Exclusion, ListSource},
    error::Error,
    list::{self, List, ListOptions},
    update::{exclude, files_within},
};

/// A file with a list of a collection.
#[derive(Clone, Debug)]
pub struct ListFile<'c> {
    /// The file as the settings name it.
    pub shown: String,
    /// Where it is.
    pub path: PathBuf,
    source: &'c ListSource,
    excluded: &'c [Exclusion],
}

/// The files of the lists as the settings name them, and those of the lists that these name. Lists
/// from the web are none of them.
pub fn list_files(collection: &Collection) -> Vec<ListFile<'_>> {
    let mut files = Vec::new();
    for source in collection.settings.lists.iter().filter(|list| list.as_url().is_none()) {
        let excluded = &collection.settings.exclude;
        let path = collection.dir.join(&source.source);
        files.push(ListFile { shown: source.source.clone(), path, source, excluded });
        let within = files_within(collection, source).into_iter();
        files.extend(within.map(|path| ListFile {
            shown: path.display().to_string(),
            path,
            source,
            excluded,
        }));
    }
    files
}

impl ListFile<'_> {
    /// Reads what the file holds, or held, as an update does: without what the settings leave out.
    ///
    /// # Errors
    /// [`Error::List`] when it holds no list.
    pub fn parse(&self, bytes: &[u8]) -> Result<List, Error> {
        let options = ListOptions {
            name: self.source.name(),
            base: self.source.base.clone(),
            labels: self.source.labels,
        };
        let mut list = list::parse(bytes, &options)?;
        exclude(&mut list, self.excluded, &self.source.exclude);
        Ok(list)
    }
}
