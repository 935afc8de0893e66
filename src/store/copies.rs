//! Copies: the bodies of a page, the last good one beside the last one, and what was made of them.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params, types::ValueRef};

use crate::{
    error::Error,
    page::{Form, Outcome, Page, Source, Validators},
    store::{
        columns::{body_hash, from_json, hash, json, outcome, timestamp},
        database::Store,
        packed::{Packed, compress, decompress},
        versions::{self, Plain},
        visits,
    },
};

/// Which copy of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyRole {
    /// The newest body that holds an article.
    Good,
    /// A newer body that has not been judged yet, or was judged not to be an article.
    Last,
}

/// A stored body with what came with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCopy {
    /// The canonical URL under which it is kept.
    pub key: String,
    /// Which copy it is.
    pub role: CopyRole,
    /// When it was fetched.
    pub fetched_at: Timestamp,
    /// The URL that answered.
    pub final_url: String,
    /// The headers kept, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Where the body comes from.
    pub source: Source,
    /// What the body is.
    pub form: Form,
    /// The body, content codings removed.
    pub body: Vec<u8>,
}

/// What the extractor made of a copy, without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyText {
    /// When the copy was fetched.
    pub fetched_at: Timestamp,
    /// The URL that answered.
    pub final_url: String,
    /// Where the copy comes from.
    pub source: Source,
    /// The extractor's result as it was given in [`Judgement::text`].
    pub text: Packed,
}

/// What the extractor says of a copy.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// The extractor's version.
    pub version: u32,
    /// What the visit that brought the copy comes to.
    pub outcome: Outcome,
    /// The evidence.
    pub reason: Option<&'a str>,
    /// The extractor's result, as [`Store::text`] shall give it back.
    pub text: &'a [u8],
    /// What a reader sees, for the history of the page; nothing is kept when it is empty.
    pub plain: &'a str,
    /// What turns such a result into what a reader sees.
    pub to_plain: Plain,
    /// The sketch, by which near-duplicates are found, as [`Store::sketch`] shall give it back.
    pub sketch: Option<&'a [u8]>,
}

impl Store {
    /// Records a visit. A body that is new is kept beside the last good copy until it is judged.
    ///
    /// Returns what the visit comes to, or none when it brought a body that has to be judged first.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written; nothing is recorded then.
    pub fn record(
        &mut self,
        key: &str,
        page: &Page,
    ) -> Result<Option<(Outcome, Option<String>)>, Error> {
        self.record_visit(key, page, false)
    }

    /// Records a page as [`Store::record`] does, as what completes the last visit to it.
    ///
    /// # Errors
    /// As [`Store::record`].
    pub fn complete(
        &mut self,
        key: &str,
        page: &Page,
    ) -> Result<Option<(Outcome, Option<String>)>, Error> {
        self.record_visit(key, page, true)
    }

    fn record_visit(
        &mut self,
        key: &str,
        page: &Page,
        completes: bool,
    ) -> Result<Option<(Outcome, Option<String>)>, Error> {
        self.in_transaction(|db| {
            let arrival = store_body(db, key, page)?;
            let (outcome, reason) = match &arrival {
                Some((outcome, reason)) => (*outcome, reason.as_deref()),
                None => (page.outcome, page.reason.as_deref()),
            };
            visits::insert(db, key, page, outcome, reason, completes)?;
            Ok(arrival)
        })
    }

    /// Keeps what the extractor made of a copy, if there is that copy. A `Last` copy that is good
    /// replaces the `Good` one, and its visit comes to what the judgement says.
    ///
    /// Returns true when the text differs from the newest version in the page's history.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn judge(
        &mut self,
        key: &str,
        role: CopyRole,
        judgement: &Judgement<'_>,
    ) -> Result<bool, Error> {
        self.in_transaction(|db| {
            let Judgement { version, outcome, reason, text, plain, to_plain, sketch } = *judgement;
            let replaces_good = match role {
                CopyRole::Good => plain.is_empty(),
                CopyRole::Last => outcome.is_good(),
            };
            if replaces_good {
                versions::materialize(db, key, plain, to_plain)?;
            }
            let judged = db
                .prepare_cached(
                    "UPDATE copies SET version = ?3, outcome = ?4, reason = ?5, text_hash = ?6,
                     text = ?7, sketch = ?8 WHERE key = ?1 AND role = ?2",
                )?
                .execute(params![
                    key,
                    role.name(),
                    version,
                    outcome.name(),
                    reason,
                    hash(text),
                    compress(text),
                    sketch
                ])?;
            if judged == 0 {
                // There is nothing that could take the place of the good copy.
                return Ok(false);
            }
            if role == CopyRole::Good {
                versions::correct(db, key, plain)?;
                return Ok(false);
            }
            visits::judge(db, key, outcome, reason)?;
            if !outcome.is_good() {
                return Ok(false);
            }
            db.prepare_cached("DELETE FROM copies WHERE key = ?1 AND role = 'good'")?
                .execute([key])?;
            db.prepare_cached("UPDATE copies SET role = 'good' WHERE key = ?1 AND role = 'last'")?
                .execute([key])?;
            versions::add(db, key, plain)
        })
    }

    /// Notes that the extractor of a version has read a copy, and leaves what was made of it before.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn mark_extracted(&mut self, key: &str, role: CopyRole, version: u32) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.prepare_cached("UPDATE copies SET version = ?3 WHERE key = ?1 AND role = ?2")?
                .execute(params![key, role.name(), version])
                .map(drop)
        })
    }

    /// Keys and roles of all copies that the extractor of that version has not seen, as they lie in
    /// the file.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn unjudged(&self, version: u32) -> Result<Vec<(String, CopyRole)>, Error> {
        // The index on versions is much smaller than the table.
        let query = "SELECT key, role FROM copies
                     WHERE id IN (SELECT id FROM copies WHERE version IS NOT ?1) ORDER BY id";
        self.collect(query, [version], |row| {
            Ok((row.get(0)?, CopyRole::from_name(&row.get::<_, String>(1)?)))
        })
    }

    /// One stored copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn copy(&self, key: &str, role: CopyRole) -> Result<Option<PageCopy>, Error> {
        self.get(
            "SELECT fetched_at, final_url, headers, captured, instead_of, form, body
             FROM copies JOIN bodies ON copy = id WHERE key = ?1 AND role = ?2",
            params![key, role.name()],
            |row| {
                Ok(PageCopy {
                    key: key.to_owned(),
                    role,
                    fetched_at: timestamp(row, 0)?,
                    final_url: row.get(1)?,
                    headers: from_json(row, 2)?,
                    source: source(row, 3)?,
                    form: form(row, 5)?,
                    body: decompress(row, 6)?,
                })
            },
        )
    }

    /// The keys of the next few good copies behind a key, in their order.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn good_keys_after(&self, key: &str, limit: u32) -> Result<Vec<String>, Error> {
        let query = "SELECT key FROM copies WHERE key > ?1 AND role = 'good'
                     ORDER BY key LIMIT ?2";
        self.collect(query, params![key, limit], |row| row.get(0))
    }

    /// What the extractor made of the last good copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn text(&self, key: &str) -> Result<Option<CopyText>, Error> {
        self.get(
            "SELECT fetched_at, final_url, captured, instead_of, text FROM copies
             WHERE key = ?1 AND role = 'good' AND text IS NOT NULL",
            [key],
            |row| text(row, 0, &self.path),
        )
    }

    /// Whether the extractor's result for the last good copy is this one.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn has_text(&self, key: &str, text: &[u8]) -> Result<bool, Error> {
        let query = "SELECT 1 FROM copies
                     WHERE key = ?1 AND role = 'good' AND text_hash = ?2";
        Ok(self.get(query, params![key, hash(text)], |_| Ok(()))?.is_some())
    }

    /// The validators to send on the next visit: those of the newest copy.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn validators(&self, key: &str) -> Result<Validators, Error> {
        let headers: Option<Vec<(String, String)>> = self.get(
            "SELECT headers FROM copies WHERE key = ?1 AND captured IS NULL
             ORDER BY role DESC LIMIT 1",
            [key],
            |row| from_json(row, 0),
        )?;
        let headers = headers.unwrap_or_default();
        let header = |name| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone());
        Ok(Validators { etag: header("etag"), last_modified: header("last-modified") })
    }
}

/// The text in five columns: `fetched_at`, `final_url`, `captured`, `instead_of` and `text`.
pub(crate) fn text(row: &Row<'_>, first: usize, store: &Path) -> rusqlite::Result<CopyText> {
    Ok(CopyText {
        fetched_at: timestamp(row, first)?,
        final_url: row.get(first + 1)?,
        source: source(row, first + 2)?,
        text: Packed::read(row, first + 4, store)?,
    })
}

/// The source in two columns: `captured` and `instead_of`.
fn source(row: &Row<'_>, first: usize) -> rusqlite::Result<Source> {
    Ok(match row.get_ref(first)? {
        ValueRef::Null => Source::Live,
        _ => Source::Archived {
            captured: timestamp(row, first)?,
            instead_of: outcome(row, first + 1)?,
        },
    })
}

fn form(row: &Row<'_>, column: usize) -> rusqlite::Result<Form> {
    Ok(Form::from_name(row.get_ref(column)?.as_str()?).unwrap_or_default())
}

/// Takes in the body of a page, if it brought one, and says what the visit comes to.
fn store_body(
    db: &Connection,
    key: &str,
    page: &Page,
) -> rusqlite::Result<Option<(Outcome, Option<String>)>> {
    let as_it_is = Some((page.outcome, page.reason.clone()));
    if page.is_not_modified() {
        // It is the newest copy that has not changed, and that may be a bad one.
        return Ok(verdict(db, key, "last")?
            .filter(|(outcome, _)| !outcome.is_good())
            .or(as_it_is));
    }
    if page.body.is_empty() || !page.outcome.is_good() {
        return Ok(as_it_is);
    }
    if let Some(outcome) = page.source.instead_of()
        && has_live_text(db, key)?
    {
        // What the site itself once said is better than what an archive has of it.
        return Ok(Some((outcome, page.reason.clone())));
    }
    let (hash, headers) = (body_hash(&page.body), json(&page.headers));
    let known: Option<String> = db
        .prepare_cached(
            "UPDATE copies SET headers = ?3 WHERE key = ?1 AND hash = ?2 RETURNING role",
        )?
        .query_map(params![key, hash, headers], |row| row.get(0))?
        .last()
        .transpose()?;
    match known.as_deref() {
        Some("good") => {
            db.prepare_cached("DELETE FROM copies WHERE key = ?1 AND role = 'last'")?
                .execute([key])?;
            let moved = page.outcome == Outcome::Moved;
            Ok(if moved { as_it_is } else { Some((Outcome::Unchanged, page.reason.clone())) })
        }
        Some(_) => verdict(db, key, "last"),
        None => {
            db.prepare_cached("DELETE FROM copies WHERE key = ?1 AND role = 'last'")?
                .execute([key])?;
            db.prepare_cached(
                "INSERT INTO copies (key, role, fetched_at, final_url, headers, form, captured,
                     instead_of, hash)
                 VALUES (?1, 'last', ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                key,
                page.fetched_at.as_millisecond(),
                page.final_url,
                headers,
                page.form.name(),
                captured(&page.source),
                page.source.instead_of().map(Outcome::name),
                hash
            ])?;
            db.prepare_cached("INSERT INTO bodies (copy, body) VALUES (?1, ?2)")?
                .execute(params![db.last_insert_rowid(), compress(&page.body)])?;
            Ok(None)
        }
    }
}

/// Whether the last good copy came from the site itself.
fn has_live_text(db: &Connection, key: &str) -> rusqlite::Result<bool> {
    let is_live: Option<bool> = db
        .prepare_cached("SELECT captured IS NULL FROM copies WHERE key = ?1 AND role = 'good'")?
        .query_row([key], |row| row.get(0))
        .optional()?;
    Ok(is_live.unwrap_or(false))
}

/// The moment of an archive's capture, as it is stored.
fn captured(source: &Source) -> Option<i64> {
    match source {
        Source::Live => None,
        Source::Archived { captured, .. } => Some(captured.as_millisecond()),
    }
}

/// What the extractor said of a copy; none when it has not seen it yet.
fn verdict(
    db: &Connection,
    key: &str,
    role: &str,
) -> rusqlite::Result<Option<(Outcome, Option<String>)>> {
    db.prepare_cached(
        "SELECT outcome, reason FROM copies
         WHERE key = ?1 AND role = ?2 AND outcome IS NOT NULL",
    )?
    .query_row([key, role], |row| Ok((outcome(row, 0)?, row.get(1)?)))
    .optional()
}

impl CopyRole {
    fn name(self) -> &'static str {
        match self {
            CopyRole::Good => "good",
            CopyRole::Last => "last",
        }
    }

    fn from_name(name: &str) -> CopyRole {
        if name == "good" { CopyRole::Good } else { CopyRole::Last }
    }
}
