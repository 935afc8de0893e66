//! The page store: every fetched page in one SQLite file, the last good copy beside the last visit.

mod schema;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, params};
use siphasher::sip::SipHasher13;

use crate::{
    error::Error,
    page::{Outcome, Page, Source, Validators},
};

/// Zstandard level of stored bodies: 3 is within 6 % of level 9's size at four times its speed.
const BODY_LEVEL: i32 = 3;
/// A stored body never inflates to more than this, whatever the file says.
const MAX_STORED_BYTES: usize = 256 << 20;

/// An open page store. Writers hold the collection's lock; readers need none.
pub struct Store {
    path: PathBuf,
    db: Connection,
}

/// Which copy of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The newest body that holds an article.
    Good,
    /// A newer body that has not been judged yet, or was judged not to be an article.
    Last,
}

/// A stored body with what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The canonical URL under which it is kept.
    pub key: String,
    /// Which copy it is.
    pub role: Role,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// The URL that answered.
    pub final_url: String,
    /// The headers kept, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Where the body comes from.
    pub source: Source,
    /// The body, content codings removed.
    pub body: Vec<u8>,
}

impl Copy {
    /// The value of the first header of that name (lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// The last visit to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastVisit {
    /// When it ended.
    pub at: Timestamp,
    /// What became of it, the extractor's judgement included.
    pub outcome: Outcome,
    /// The evidence.
    pub reason: Option<String>,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The URL that answered.
    pub final_url: String,
}

/// What the extractor made of a copy, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// When the copy was fetched.
    pub fetched_at: Timestamp,
    /// The URL that answered.
    pub final_url: String,
    /// The media type that the site gave.
    pub content_type: Option<String>,
    /// Where the copy comes from.
    pub source: Source,
    /// The extractor's result as it was given to [`Store::set_text`].
    pub text: Vec<u8>,
}

impl Store {
    /// Opens the store, makes it if needed, and brings an older one up to date.
    ///
    /// # Errors
    /// [`Error::Store`] when the file is damaged, is no store, or was made by a newer version.
    pub fn open(path: &Path) -> Result<Store, Error> {
        let db = Connection::open(path).map_err(|e| error(path, &e))?;
        schema::prepare(&db).map_err(|message| Error::Store { path: path.to_owned(), message })?;
        Ok(Store { path: path.to_owned(), db })
    }

    /// Opens an existing store for reading only; none when there is no file.
    ///
    /// # Errors
    /// [`Error::Store`] as for [`Store::open`].
    pub fn read(path: &Path) -> Result<Option<Store>, Error> {
        if !path.is_file() {
            return Ok(None);
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|e| error(path, &e))?;
        schema::check(&db).map_err(|message| Error::Store { path: path.to_owned(), message })?;
        Ok(Some(Store { path: path.to_owned(), db }))
    }

    /// Records a visit. A body that is new is kept beside the last good copy until it is judged.
    ///
    /// Returns true when the page brought a body that differs from the copies there.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written; nothing is recorded then.
    pub fn record(&mut self, key: &str, page: &Page) -> Result<bool, Error> {
        self.in_transaction(|db| {
            db.prepare_cached(
                "INSERT INTO visits (key, at, outcome, reason, status, final_url)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (key) DO UPDATE SET at = ?2, outcome = ?3, reason = ?4, status = ?5, final_url = ?6",
            )?
            .execute(params![
                key,
                page.fetched_at.as_millisecond(),
                page.outcome.name(),
                page.reason,
                page.status,
                page.final_url
            ])?;
            if page.body.is_empty() || !page.outcome.is_good() {
                return Ok(false);
            }
            let hash = hash(&page.body);
            let headers = json(&page.headers);
            let known = db
                .prepare_cached("UPDATE copies SET headers = ?3 WHERE key = ?1 AND hash = ?2")?
                .execute(params![key, hash, headers])?;
            if known > 0 {
                return Ok(false);
            }
            db.prepare_cached(
                "INSERT OR REPLACE INTO copies (key, role, fetched_at, final_url, headers, source, hash, body)
                 VALUES (?1, 'last', ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute(params![
                key,
                page.fetched_at.as_millisecond(),
                page.final_url,
                headers,
                json(&page.source),
                hash,
                compress(&page.body)
            ])?;
            Ok(true)
        })
    }

    /// Keeps what the extractor of that version made of a copy.
    ///
    /// With `good`, a `Last` copy becomes the `Good` one and replaces it. Otherwise the outcome of
    /// the last visit becomes `outcome`, if the copy is the one that the visit brought.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn set_text(
        &mut self,
        key: &str,
        role: Role,
        version: u32,
        text: &[u8],
        verdict: (Outcome, Option<&str>),
    ) -> Result<(), Error> {
        let (outcome, reason) = verdict;
        self.in_transaction(|db| {
            db.prepare_cached(
                "UPDATE copies SET version = ?3, text = ?4 WHERE key = ?1 AND role = ?2",
            )?
            .execute(params![key, role.name(), version, compress(text)])?;
            if role == Role::Last && outcome.is_good() {
                db.prepare_cached("DELETE FROM copies WHERE key = ?1 AND role = 'good'")?
                    .execute([key])?;
                db.prepare_cached(
                    "UPDATE copies SET role = 'good' WHERE key = ?1 AND role = 'last'",
                )?
                .execute([key])?;
            }
            if role == Role::Last && !outcome.is_good() {
                db.prepare_cached(
                    "UPDATE visits SET outcome = ?2, reason = ?3
                     WHERE key = ?1 AND outcome IN ('ok', 'moved', 'unchanged')",
                )?
                .execute(params![key, outcome.name(), reason])?;
            }
            Ok(())
        })
    }

    /// Keys and roles of all copies that the extractor of that version has not seen.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn without_text(&self, version: u32) -> Result<Vec<(String, Role)>, Error> {
        let query = "SELECT key, role FROM copies WHERE version IS NOT ?1 ORDER BY key, role";
        self.collect(query, [version], |row| {
            Ok((row.get(0)?, Role::from_name(&row.get::<_, String>(1)?)))
        })
    }

    /// One stored copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn copy(&self, key: &str, role: Role) -> Result<Option<Copy>, Error> {
        self.get(
            "SELECT fetched_at, final_url, headers, source, body FROM copies WHERE key = ?1 AND role = ?2",
            params![key, role.name()],
            |row| {
                Ok(Copy {
                    key: key.to_owned(),
                    role,
                    fetched_at: timestamp(row, 0)?,
                    final_url: row.get(1)?,
                    headers: from_json(row, 2)?,
                    source: from_json(row, 3)?,
                    body: decompress(row, 4)?,
                })
            },
        )
    }

    /// What the extractor made of the last good copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn text(&self, key: &str) -> Result<Option<Text>, Error> {
        self.get(
            "SELECT fetched_at, final_url, headers, source, text FROM copies
             WHERE key = ?1 AND role = 'good' AND text IS NOT NULL",
            [key],
            |row| {
                let headers: Vec<(String, String)> = from_json(row, 2)?;
                let content_type = headers.into_iter().find(|(name, _)| name == "content-type");
                Ok(Text {
                    fetched_at: timestamp(row, 0)?,
                    final_url: row.get(1)?,
                    content_type: content_type.map(|(_, value)| value),
                    source: from_json(row, 3)?,
                    text: decompress(row, 4)?,
                })
            },
        )
    }

    /// What tells one state of the good texts from another: key, hash of the body and version of
    /// the extractor, in order of the keys.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn text_marks(&self) -> Result<Vec<(String, i64, u32)>, Error> {
        let query = "SELECT key, hash, version FROM copies
                     WHERE role = 'good' AND text IS NOT NULL ORDER BY key";
        self.collect(query, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    /// The validators to send on the next visit: those of the newest copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn validators(&self, key: &str) -> Result<Validators, Error> {
        let headers: Option<Vec<(String, String)>> = self.get(
            "SELECT headers FROM copies WHERE key = ?1 AND json_extract(source, '$.kind') = 'live'
             ORDER BY role DESC LIMIT 1",
            [key],
            |row| from_json(row, 0),
        )?;
        let headers = headers.unwrap_or_default();
        let header = |name| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Ok(Validators { etag: header("etag"), last_modified: header("last-modified") })
    }

    /// The last visit to a page.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn last_visit(&self, key: &str) -> Result<Option<LastVisit>, Error> {
        self.get(
            "SELECT at, outcome, reason, status, final_url FROM visits WHERE key = ?1",
            [key],
            |row| {
                Ok(LastVisit {
                    at: timestamp(row, 0)?,
                    outcome: outcome(row, 1)?,
                    reason: row.get(2)?,
                    status: row.get(3)?,
                    final_url: row.get(4)?,
                })
            },
        )
    }

    /// The outcome of the last visit to every page, in order of the keys.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn outcomes(&self) -> Result<Vec<(String, Outcome)>, Error> {
        let read = |row: &Row<'_>| Ok((row.get(0)?, outcome(row, 1)?));
        self.collect("SELECT key, outcome FROM visits ORDER BY key", [], read)
    }

    /// A named value: the answer to `robots.txt`, a fetched list, the state of an unfinished run.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn value<T: serde::de::DeserializeOwned>(
        &self,
        kind: &str,
        name: &str,
    ) -> Result<Option<T>, Error> {
        let query = "SELECT value FROM kept WHERE kind = ?1 AND name = ?2";
        self.get(query, [kind, name], |row| from_json(row, 0))
    }

    /// All named values of a kind, in order of their names.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn values<T: serde::de::DeserializeOwned>(
        &self,
        kind: &str,
    ) -> Result<Vec<(String, T)>, Error> {
        let query = "SELECT name, value FROM kept WHERE kind = ?1 ORDER BY name";
        self.collect(query, [kind], |row| Ok((row.get(0)?, from_json(row, 1)?)))
    }

    /// Sets a named value, or removes it when there is none.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn keep<T: serde::Serialize>(
        &mut self,
        kind: &str,
        name: &str,
        value: Option<&T>,
    ) -> Result<(), Error> {
        self.in_transaction(|db| {
            match value {
                Some(value) => db
                    .prepare_cached(
                        "INSERT OR REPLACE INTO kept (kind, name, value) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![kind, name, json(value)])?,
                None => db
                    .prepare_cached("DELETE FROM kept WHERE kind = ?1 AND name = ?2")?
                    .execute([kind, name])?,
            };
            Ok(())
        })
    }

    fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let run = || {
            let transaction = self.db.transaction()?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        };
        run().map_err(|e| error(&self.path, &e))
    }

    fn get<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, Error> {
        let run = || self.db.prepare_cached(query)?.query_row(params, read).optional();
        run().map_err(|e| error(&self.path, &e))
    }

    fn collect<T>(
        &self,
        query: &str,
        params: impl rusqlite::Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let run = || -> rusqlite::Result<Vec<T>> {
            self.db.prepare_cached(query)?.query_map(params, read)?.collect()
        };
        run().map_err(|e| error(&self.path, &e))
    }
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Good => "good",
            Role::Last => "last",
        }
    }

    fn from_name(name: &str) -> Role {
        if name == "good" { Role::Good } else { Role::Last }
    }
}

fn error(path: &Path, error: &rusqlite::Error) -> Error {
    Error::Store { path: path.to_owned(), message: error.to_string() }
}

/// Tells bodies apart; nobody gains by making two of them equal.
fn hash(bytes: &[u8]) -> i64 {
    SipHasher13::new().hash(bytes).cast_signed()
}

fn json(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("values of the store have string keys only")
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|e| damaged(column, e))
}

fn timestamp(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Timestamp::from_millisecond(row.get(column)?).map_err(|e| damaged(column, e))
}

/// An outcome by name; one of another version counts as no answer.
fn outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<Outcome> {
    Ok(Outcome::from_name(row.get_ref(column)?.as_str()?).unwrap_or(Outcome::Unreachable))
}

fn compress(bytes: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(bytes, BODY_LEVEL).expect("compressing into memory cannot fail")
}

fn decompress(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<u8>> {
    let bytes = row.get_ref(column)?.as_blob()?;
    let size = zstd::bulk::Decompressor::upper_bound(bytes).unwrap_or(MAX_STORED_BYTES);
    zstd::bulk::decompress(bytes, size.min(MAX_STORED_BYTES)).map_err(|e| damaged(column, e))
}

fn damaged(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Blob, Box::new(error))
}
