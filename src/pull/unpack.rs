//! Unpacking an archive beside the published index.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use crate::{
    aliases::Aliases,
    collection::SETTINGS_FILE,
    engine::{
        local::{
            generations::Manifest,
            index::LocalIndex,
            metadata::{self, METADATA_FILE},
        },
        manifest::MANIFEST,
    },
    error::{ArchiveFault, Error},
    pack::{
        ArchiveSink, PackManifest, PackedFile,
        entry_name::{ALIASES, GENERATION, PAGES},
        settings,
    },
    pull::pages::StagedPages,
    store::Store,
};

/// Bytes that are unpacked at a time.
const PIECE: usize = 256 << 10;

/// What is unpacked: the index into the folder of a new generation, texts into memory.
pub(crate) struct Unpacked<'a> {
    /// The name of the archive, for messages.
    pub(crate) name: &'a str,
    /// The folder of the collection.
    pub(crate) dir: &'a Path,
    /// The folder of the new generation.
    pub(crate) generation: &'a Path,
    pub(crate) is_stopped: &'a dyn Fn() -> bool,
    pub(crate) on_bytes: &'a mut dyn FnMut(u64, Option<u64>),
    pub(crate) texts: BTreeMap<String, Vec<u8>>,
    pub(crate) pages: Option<StagedPages>,
    pub(crate) done: u64,
    pub(crate) all: u64,
}

impl ArchiveSink for Unpacked<'_> {
    fn begin(&mut self, manifest: &PackManifest) -> Result<(), Error> {
        self.all = manifest.files.iter().map(|file| file.bytes).sum();
        if manifest.index_version != metadata::VERSION {
            let (theirs, ours) = (manifest.index_version, metadata::VERSION);
            let message =
                format!("its index is of version {theirs}, and this program reads {ours}");
            return Err(self.refused(message, ArchiveFault::Version));
        }
        Ok(())
    }

    fn file(&mut self, file: &PackedFile, bytes: &mut dyn Read) -> Result<(), Error> {
        if let Some(name) = file.name.strip_prefix(GENERATION) {
            let path = self.generation.join(name);
            let mut out = File::create_new(&path).map_err(|e| Error::io(&path, e))?;
            return self.copy(bytes, &mut out, &path);
        }
        if file.name == PAGES {
            let (pages, mut out) = StagedPages::create(self.dir)?;
            self.copy(bytes, &mut out, &pages.path())?;
            self.pages = Some(pages);
            return Ok(());
        }
        let mut text = Vec::new();
        self.copy(bytes, &mut text, Path::new(&file.name))?;
        self.texts.insert(file.name.clone(), text);
        Ok(())
    }
}

impl Unpacked<'_> {
    fn copy(
        &mut self,
        bytes: &mut dyn Read,
        out: &mut dyn Write,
        path: &Path,
    ) -> Result<(), Error> {
        let mut piece = vec![0; PIECE];
        loop {
            if (self.is_stopped)() {
                return Err(Error::Interrupted);
            }
            match bytes.read(&mut piece) {
                Ok(0) => return Ok(()),
                Ok(read) => {
                    out.write_all(&piece[..read]).map_err(|e| Error::io(path, e))?;
                    self.done += read as u64;
                    (self.on_bytes)(self.done, Some(self.all));
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Error::io(path, e)),
            }
        }
    }

    fn refused(&self, message: String, fault: ArchiveFault) -> Error {
        Error::Archive { name: self.name.to_owned(), message, fault }
    }

    /// Whether all that was unpacked is what it says: the settings name nothing outside, and the index is
    /// whole and opens. Returns what the index says of itself.
    ///
    /// # Errors
    /// [`Error::Archive`] when it is not.
    pub(crate) fn verified(&self, packed: &PackManifest) -> Result<Manifest, Error> {
        let hostile = |message: String| Err(self.refused(message, ArchiveFault::Hostile));
        let damaged = |what: &str| self.refused(what.to_owned(), ArchiveFault::Damaged);
        let text = |name: &str| self.texts.get(name).map(|bytes| std::str::from_utf8(bytes));
        match text(SETTINGS_FILE) {
            Some(Ok(text)) => {
                let has = |name: &str| self.texts.contains_key(name);
                if let Some(problem) = settings::problem(text, has) {
                    return hostile(problem);
                }
            }
            Some(Err(_)) => return hostile("its settings are not UTF-8".into()),
            None => {}
        }
        if let Some(aliases) = text(ALIASES) {
            let read = aliases.is_ok_and(|text| toml::from_str::<Aliases>(text).is_ok());
            if !read {
                return hostile("its aliases cannot be read".into());
            }
        }
        if let Some(pages) = &self.pages {
            Store::check_foreign(&pages.path()).map_err(|problem| {
                self.refused(format!("`{PAGES}`: {problem}"), ArchiveFault::Hostile)
            })?;
        }
        let path = self.generation.join(MANIFEST);
        let json = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let manifest = Manifest::from_bytes(&json).filter(Manifest::has_checksums);
        let manifest = manifest.ok_or_else(|| damaged("the manifest of its index is damaged"))?;
        let in_archive = packed.files.iter().filter_map(|file| file.name.strip_prefix(GENERATION));
        let in_archive = in_archive.filter(|name| *name != MANIFEST);
        if !in_archive.eq(manifest.files.keys().map(String::as_str)) {
            return hostile("its index consists of other files than it says".into());
        }
        if let Some(name) = manifest.damaged_files(self.generation).first() {
            return Err(damaged(&format!("`{name}` of its index is damaged")));
        }
        let of_version = |found: String| {
            self.refused(
                format!("its index is of another version ({found})"),
                ArchiveFault::Version,
            )
        };
        let index = LocalIndex::open(self.generation).map_err(|error| match error {
            Error::IndexVersion { found, .. } => of_version(found),
            Error::NoIndex(_) => damaged(&format!("its index lacks `{METADATA_FILE}`")),
            other => damaged(&format!("its index cannot be opened ({other})")),
        })?;
        let documents = index.segment().map(|segment| u64::from(segment.max_doc()));
        let is_right = documents.is_ok_and(|documents| {
            [manifest.documents, packed.documents, index.metadata.documents] == [documents; 3]
        });
        match is_right {
            true => Ok(manifest),
            false => hostile("its index has another number of documents than it says".into()),
        }
    }
}
