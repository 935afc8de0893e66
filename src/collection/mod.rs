//! A collection: the folder that holds the lists, the settings and everything made from them.

mod engine_settings;
mod exclusion;
mod lock;
mod managed;
mod naming;
mod pull_record;
pub mod reference;
mod repository;
mod settings;
mod toml_error;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub use crate::collection::{
    engine_settings::EngineSettings,
    exclusion::Exclusion,
    lock::Lock,
    naming::{name_of_source, names_of_sources},
    pull_record::PullRecord,
    repository::{place_of, relative_path, repository_root},
    settings::{
        EmbeddingSettings, EntrySettings, ListSource, PublishSettings, PullSettings, SETTINGS_FILE,
        Settings, contact_problem,
    },
};
pub(crate) use crate::collection::{
    managed::{OWN_LINE, parts},
    settings::{parse_settings, settings_table},
};
use crate::{
    aliases::Aliases,
    collection::{settings::check_ca_bundles, toml_error::settings_error},
    error::Error,
};

/// The settings of the default collection.
const DEFAULT_SETTINGS: &str = include_str!("../../index/mlsearch.toml");
/// Its aliases.
const DEFAULT_ALIASES: &str = include_str!("../../index/aliases.toml");
/// Its list.
const DEFAULT_LIST: &str = include_str!("../../index/lists/awesome-mlops-articles.md");

/// A folder with `mlsearch.toml` and what was made from it.
#[derive(Clone, Debug)]
pub struct Collection {
    /// The folder.
    pub dir: PathBuf,
    /// What `mlsearch.toml` says.
    pub settings: Settings,
}

impl Collection {
    /// Opens the collection in a folder.
    ///
    /// # Errors
    /// [`Error::NoCollection`] when the folder is no collection, [`Error::Settings`] when its settings do
    /// not parse.
    pub fn open(dir: &Path) -> Result<Collection, Error> {
        let path = dir.join(SETTINGS_FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                return Err(Error::NoCollection(dir.to_owned()));
            }
            Err(e) => return Err(Error::io(path, e)),
        };
        let mut settings = parse_settings(&path, &text)?;
        check_ca_bundles(&path, &text, dir)?;
        let nameless: Vec<&mut ListSource> =
            settings.lists.iter_mut().filter(|list| list.name.is_none()).collect();
        let place = |list: &&mut ListSource| match list.as_url() {
            Some(_) => list.source.clone(),
            // The folder of `../README.md` has a name that only the disk knows.
            None => place_of(&dir.join(&list.source))
                .ok()
                .and_then(|place| place.to_str().map(str::to_owned))
                .unwrap_or_else(|| list.source.clone()),
        };
        let places: Vec<String> = nameless.iter().map(place).collect();
        let names = names_of_sources(places.iter().map(String::as_str));
        nameless.into_iter().zip(names).for_each(|(list, name)| list.name = Some(name));
        Ok(Collection { dir: dir.to_owned(), settings })
    }

    /// Whether a folder is a collection.
    pub fn exists(dir: &Path) -> bool {
        dir.join(SETTINGS_FILE).is_file()
    }

    /// Writes the default collection, the list embedded in this program, into a folder.
    /// Files that are there already are left alone.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written.
    pub fn create_default(dir: &Path) -> Result<Collection, Error> {
        let lists = dir.join("lists");
        fs::create_dir_all(&lists).map_err(|e| Error::io(&lists, e))?;
        for (path, text) in [
            (lists.join("awesome-mlops-articles.md"), DEFAULT_LIST),
            (dir.join("aliases.toml"), DEFAULT_ALIASES),
            (dir.join(SETTINGS_FILE), DEFAULT_SETTINGS),
        ] {
            if !path.exists() {
                fs::write(&path, text).map_err(|e| Error::io(&path, e))?;
            }
        }
        Collection::open(dir)
    }

    /// The aliases of this collection; the synonyms of the default one when it has none.
    ///
    /// # Errors
    /// [`Error::Settings`] when the file does not parse, [`Error::Io`] when it cannot be read.
    pub fn aliases(&self) -> Result<Aliases, Error> {
        let named = self.settings.aliases.as_deref();
        let path = self.dir.join(named.unwrap_or(Path::new("aliases.toml")));
        match fs::read_to_string(&path) {
            Ok(text) => toml::from_str(&text).map_err(|e| settings_error(&path, &text, &e)),
            Err(e) if e.kind() == io::ErrorKind::NotFound && named.is_none() => {
                let default: Aliases = toml::from_str(DEFAULT_ALIASES)
                    .map_err(|e| settings_error(&path, DEFAULT_ALIASES, &e))?;
                Ok(Aliases { synonyms: default.synonyms, ..Aliases::default() })
            }
            Err(e) => Err(Error::io(path, e)),
        }
    }

    /// The page store.
    pub fn store_path(&self) -> PathBuf {
        self.dir.join("pages.sqlite")
    }
}
