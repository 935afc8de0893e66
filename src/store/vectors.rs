//! Vectors of passages, so that none is computed twice.

use rusqlite::params;

use crate::{error::Error, store::database::Store};

/// The table comes with the first model, so that a store without one is as it was; a program that
/// does not know it leaves it alone.
const VECTORS: &str = "
CREATE TABLE IF NOT EXISTS vectors (
    passage BLOB NOT NULL,
    model TEXT NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (passage, model)
) STRICT, WITHOUT ROWID;
";
/// The passages of an update.
const USED_PASSAGES: &str = "
CREATE TEMP TABLE IF NOT EXISTS used_passages (passage BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
DELETE FROM used_passages;
";

impl Store {
    /// Makes ready for the passages of an update.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn begin_vectors(&mut self) -> Result<(), Error> {
        self.execute(USED_PASSAGES)?;
        self.execute(VECTORS)
    }

    /// The vectors that a model has given for passages, by their keys, as many as are known.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn vectors(
        &mut self,
        model: &str,
        keys: &[[u8; 16]],
    ) -> Result<Vec<Option<Vec<u8>>>, Error> {
        self.in_transaction(|db| {
            let mut note = db.prepare_cached("INSERT OR IGNORE INTO used_passages VALUES (?1)")?;
            keys.iter().try_for_each(|key| note.execute([key]).map(drop))
        })?;
        let query = "SELECT vector FROM vectors WHERE passage = ?1 AND model = ?2";
        let vector = |key: &[u8; 16]| self.get(query, params![key, model], |row| row.get(0));
        keys.iter().map(vector).collect()
    }

    /// Keeps what a model has given for passages.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn keep_vectors(&mut self, model: &str, new: &[([u8; 16], Vec<u8>)]) -> Result<(), Error> {
        self.in_transaction(|db| {
            let keep = "INSERT OR REPLACE INTO vectors VALUES (?1, ?2, ?3)";
            let mut keep = db.prepare_cached(keep)?;
            new.iter()
                .try_for_each(|(key, vector)| keep.execute(params![key, model, vector]).map(drop))
        })
    }

    /// Forgets the vectors of passages that the update has not asked for. Those of other models stay,
    /// for who goes back to one.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn forget_unused_vectors(&mut self) -> Result<(), Error> {
        self.execute("DELETE FROM vectors WHERE passage NOT IN (SELECT passage FROM used_passages)")
    }

    /// Forgets all vectors, also those that cannot be read.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn forget_all_vectors(&mut self) -> Result<(), Error> {
        self.execute("DROP TABLE IF EXISTS vectors")?;
        self.execute(VECTORS)
    }
}
