//! Packing a collection: which files, in which state, and what of them is left out.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Serialize;
use tempfile::TempDir;
use url::Url;

use crate::{
    canonical,
    collection::{Collection, EntrySettings, ListSource, SETTINGS_FILE, settings_table},
    engine::{
        local::{
            generations::{Generations, Integrity, Manifest},
            index::LocalIndex,
            public::build_public,
        },
        manifest::MANIFEST,
    },
    error::Error,
    pack::{
        entry_name::{self, ALIASES, GENERATION, PAGES},
        lists::{discreet, packed_lists},
        manifest::{FORMAT, PackManifest},
        settings,
        writer::{PackSource, SourceBytes, WrittenArchive, described, write_archive},
    },
    store::Store,
};

/// What is packed.
#[derive(Clone, Copy, Debug, Default)]
pub struct PackOptions {
    /// Leave out the texts of others but for a short passage, and what they could be made of again.
    pub public: bool,
    /// Pack the stored pages as well.
    pub pages: bool,
    /// Threads to build with.
    pub jobs: usize,
}

/// What was packed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct PackReport {
    /// Bytes of the archive.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// When the index in it was built.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub built_at: Timestamp,
    /// Documents in it.
    pub documents: u64,
    /// Documents with more text than the list gives.
    pub full_texts: u64,
    /// Whether texts are left out but for a short passage.
    pub public: bool,
    /// Whether the stored pages are in it.
    pub pages: bool,
    /// Files in it.
    pub files: u64,
    /// What was left out or changed, a sentence each.
    pub notes: Vec<String>,
}

/// Writes the archive of a collection, or of a folder with an index of imported documents. `on_bytes` is
/// told how many bytes have been read, of how many.
///
/// # Errors
/// [`Error::NoIndex`] when nothing is published, [`Error::Engine`] when that is damaged,
/// [`Error::Interrupted`] when it was to stop, [`Error::Io`] for files that cannot be read, and for the
/// output, by its name.
pub fn pack(
    dir: &Path,
    options: &PackOptions,
    (name, out): (&Path, &mut dyn Write),
    is_stopped: &(dyn Fn() -> bool + Sync),
    on_bytes: &mut dyn FnMut(u64, u64),
) -> Result<PackReport, Error> {
    let collection = match Collection::open(dir) {
        Ok(collection) => Some(collection),
        Err(Error::NoCollection(_)) => None,
        Err(error) => return Err(error),
    };
    let mut notes = Vec::new();
    // Gone when all is written.
    let mut built: Option<TempDir> = None;
    let generations = match options.public {
        false => Generations::of(dir),
        true => {
            let made = tempfile::tempdir().map_err(|e| Error::io("temporary folder", e))?;
            let public = Generations::of(made.path());
            published(&Generations::of(dir), dir)?;
            let build = |path: &Path| build_public(path, &public, options.jobs, is_stopped);
            Generations::of(dir).open_current(build)?;
            built = Some(made);
            public
        }
    };
    let (manifest, mut sources) = index_files(&generations, dir)?;
    if let Some(collection) = &collection {
        sources.extend(collection_files(collection, &mut notes)?);
    }
    let pages = options.pages.then(|| pages_of(dir)).transpose()?;
    if let Some((_, file)) = &pages {
        let file = file.try_clone().map_err(|e| Error::io(dir.join(PAGES), e))?;
        sources.push(PackSource { name: PAGES.into(), bytes: SourceBytes::Disk(file) });
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    let all = sources.iter().map(PackSource::len).sum::<io::Result<u64>>();
    // Each file is read once for its checksum and once to be packed.
    let all = 2 * all.map_err(|e| Error::io(dir, e))?;
    let mut done = 0;
    let mut tell = |bytes: u64| {
        done += bytes;
        on_bytes(done, all);
        match is_stopped() {
            // Not of the kind `Interrupted`, after which writers try again, for ever.
            true => Err(io::Error::other("it is to stop")),
            false => Ok(()),
        }
    };
    let failed = |path: &Path, e: io::Error| match is_stopped() {
        true => Error::Interrupted,
        false => Error::io(path, e),
    };
    let mut files = Vec::new();
    for source in &mut sources {
        files.push(described(source, &mut tell).map_err(|e| failed(dir, e))?);
    }
    let manifest = PackManifest {
        format: FORMAT,
        made_by: concat!("mlsearch ", env!("CARGO_PKG_VERSION")).to_owned(),
        index_version: crate::engine::local::metadata::VERSION,
        built_at: manifest.built_at,
        documents: manifest.documents,
        full_texts: manifest.full_texts,
        public: options.public,
        pages: options.pages,
        files,
    };
    let WrittenArchive { bytes, sha256 } =
        write_archive(&manifest, &mut sources, out, &mut tell).map_err(|e| failed(name, e))?;
    drop(built);
    Ok(PackReport {
        bytes,
        sha256,
        built_at: manifest.built_at,
        documents: manifest.documents,
        full_texts: manifest.full_texts,
        public: manifest.public,
        pages: manifest.pages,
        files: manifest.files.len() as u64,
        notes,
    })
}

/// Sees to it that there is a published index and that it is whole.
fn published(generations: &Generations, dir: &Path) -> Result<PathBuf, Error> {
    match generations.verify()? {
        None => return Err(Error::NoIndex(dir.to_owned())),
        Some(Integrity::Damaged(files)) => {
            return Err(Error::Engine(format!("damaged files: {}", files.join(", "))));
        }
        Some(Integrity::Intact | Integrity::Unverified) => {}
    }
    let path = generations.current()?.ok_or_else(|| Error::NoIndex(dir.to_owned()))?;
    let index = LocalIndex::open(&path)?;
    let columns = index.facet_columns()?.iter().filter(|column| column.name == "list");
    let lists: Vec<_> = columns.map(|column| column.values()).collect::<Result<_, _>>()?;
    // Older versions took the name of a list as it was.
    let has_userinfo = |(_, name): &(_, String)| canonical::without_userinfo(name).is_some();
    if lists.iter().flatten().any(has_userinfo) {
        let found = "with a user name or password in the name of a list".to_owned();
        return Err(Error::IndexVersion { path, found });
    }
    Ok(path)
}

/// The files of the published index, opened, so that they stay what they are when another one is
/// published meanwhile.
fn index_files(
    generations: &Generations,
    dir: &Path,
) -> Result<(Manifest, Vec<PackSource>), Error> {
    published(generations, dir)?;
    generations.open_current(|path| {
        let read = |name: &str| {
            let file = path.join(name);
            File::open(&file).map_err(|e| Error::io(file, e))
        };
        let json = fs::read(path.join(MANIFEST)).map_err(|e| Error::io(path, e))?;
        let manifest = Manifest::from_bytes(&json)
            .ok_or_else(|| Error::Engine(format!("`{MANIFEST}` is damaged")))?;
        let mut sources = vec![PackSource {
            name: format!("{GENERATION}{MANIFEST}"),
            bytes: SourceBytes::Memory(json),
        }];
        for name in manifest.files.keys() {
            let bytes = SourceBytes::Disk(read(name)?);
            sources.push(PackSource { name: format!("{GENERATION}{name}"), bytes });
        }
        let odd = sources.iter().find_map(|source| entry_name::problem(&source.name));
        match odd {
            Some(problem) => Err(Error::Engine(format!("a file of the index: {problem}"))),
            None => Ok((manifest, sources)),
        }
    })
}

/// The settings, the aliases and the lists.
fn collection_files(
    collection: &Collection,
    notes: &mut Vec<String>,
) -> Result<Vec<PackSource>, Error> {
    let path = collection.dir.join(SETTINGS_FILE);
    let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
    let table = settings_table(&path, &text)?;
    let lists = packed_lists(collection, notes)?;
    let table = settings::packed(table, &collection.settings.lists, &lists, notes);
    if let Some(message) = settings::unseen_sign(&table) {
        return Err(Error::Settings { path, message });
    }
    let (text, was_cut) = discreet(settings::text_of(&table).into_bytes());
    if was_cut {
        notes.push(format!("left out: user names or passwords in `{SETTINGS_FILE}`"));
    }
    for mut url in collection.settings.lists.iter().flat_map(addresses) {
        if url.query().is_some() {
            url.set_query(None);
            notes.push(format!("packed with what follows `?`, which others read then: `{url}`"));
        }
    }
    let mut files = vec![(SETTINGS_FILE.to_owned(), text)];
    let named = collection.settings.aliases.as_deref().unwrap_or(Path::new(ALIASES));
    let path = collection.dir.join(named);
    match fs::read(&path) {
        Ok(bytes) => {
            let (bytes, was_cut) = discreet(bytes);
            if was_cut {
                notes.push(format!("left out: user names or passwords in `{ALIASES}`"));
            }
            files.push((ALIASES.to_owned(), bytes));
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => return Err(Error::io(path, e)),
    }
    files.extend(lists.into_iter().filter_map(|list| Some((list.name?, list.bytes))));
    let source = |(name, bytes)| PackSource { name, bytes: SourceBytes::Memory(bytes) };
    Ok(files.into_iter().map(source).collect())
}

/// The addresses of a list in the settings: its own, and those of the entries that stand there.
fn addresses(list: &ListSource) -> impl Iterator<Item = Url> {
    list.as_url().into_iter().chain(list.entries.iter().filter_map(EntrySettings::as_url))
}

/// A copy of the page store, as it is at one moment.
fn pages_of(dir: &Path) -> Result<(TempDir, File), Error> {
    let path = dir.join(PAGES);
    let store = Store::read(&path)?.ok_or_else(|| Error::NoStore(dir.to_owned()))?;
    let copy = tempfile::tempdir().map_err(|e| Error::io(&path, e))?;
    let to = copy.path().join(PAGES);
    store.copy_to(&to)?;
    let file = File::open(&to).map_err(|e| Error::io(&to, e))?;
    Ok((copy, file))
}
