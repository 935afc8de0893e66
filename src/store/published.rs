//! The published entries: what the lists had when the index was last published, against which it is
//! told what they have lost since.

use crate::{
    error::Error,
    store::{columns::json, database::Store},
};

/// What a list has lost since the index was last published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListLoss {
    /// The name of the list.
    pub list: String,
    /// The entries that it had.
    pub before: u64,
    /// Those of them that no list has any more.
    pub lost: u64,
}

/// The lists that name others.
const ROOTS: &str = "
DROP TABLE IF EXISTS temp.roots;
CREATE TEMP TABLE roots (name TEXT PRIMARY KEY, root TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

impl Store {
    /// Notes that the entries of the worklist are published, under the names of their lists.
    /// `roots` has the names of lists that another one names, whose entries are those of that, too.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the database cannot be written.
    pub fn set_published(&mut self, roots: &[(String, String)]) -> Result<(), Error> {
        self.execute(ROOTS)?;
        self.in_transaction(|db| {
            let mut insert = db.prepare("INSERT OR IGNORE INTO temp.roots VALUES (?1, ?2)")?;
            roots.iter().try_for_each(|(name, root)| insert.execute([name, root]).map(drop))?;
            db.execute("DELETE FROM published", [])?;
            db.execute_batch(
                "INSERT OR IGNORE INTO published
                 SELECT worklist.key, mention.value ->> 'list'
                 FROM worklist, json_each(worklist.entry, '$.lists') AS mention;
                 INSERT OR IGNORE INTO published
                 SELECT key, roots.root FROM published JOIN roots ON roots.name = list;",
            )
        })
    }

    /// Notes that lists name entries that are not in the worklist since they are excluded: they are
    /// neither lost nor damaged. It holds until the next worklist.
    ///
    /// # Errors
    /// [`Error::Store`] and [`Error::Io`] when the temporary table cannot be written.
    pub fn set_excluded(&mut self, keys: &[String]) -> Result<(), Error> {
        self.in_transaction(|db| {
            let mut insert = db.prepare("INSERT OR IGNORE INTO temp.excluded_keys VALUES (?1)")?;
            keys.iter().try_for_each(|key| insert.execute([key]).map(drop))
        })
    }

    /// Whether it is known what was published.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn knows_published(&self) -> Result<bool, Error> {
        Ok(self.get("SELECT 1 FROM published LIMIT 1", [], |_| Ok(()))?.is_some())
    }

    /// What each list has lost, in order of their names.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn list_losses(&self) -> Result<Vec<ListLoss>, Error> {
        let query = "SELECT list, count(*), count(*) - count(worklist.key)
                     FROM published LEFT JOIN worklist USING (key)
                     WHERE worklist.key IS NOT NULL
                     OR published.key NOT IN (SELECT key FROM temp.excluded_keys)
                     GROUP BY list ORDER BY list";
        self.collect(query, [], |row| {
            let count = |column| row.get(column).map(i64::unsigned_abs);
            Ok(ListLoss { list: row.get(0)?, before: count(1)?, lost: count(2)? })
        })
    }

    /// How many published entries no list has any more, and how many of them have a text; without
    /// those that one of these lists had and that are not excluded.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn count_removed(&self, besides: &[&str]) -> Result<(u64, u64), Error> {
        let query = "SELECT count(*), count(good.key) FROM (
                         SELECT DISTINCT key FROM published
                         WHERE key NOT IN (SELECT key FROM worklist)
                         AND (key IN (SELECT key FROM temp.excluded_keys)
                             OR key NOT IN (SELECT key FROM published
                                 WHERE list IN (SELECT value FROM json_each(?1))))
                     ) AS gone LEFT JOIN copies AS good
                     ON good.key = gone.key AND role = 'good' AND text IS NOT NULL";
        let counts = self.get(query, [json(&besides)], |row| {
            let count = |column| row.get(column).map(i64::unsigned_abs);
            Ok((count(0)?, count(1)?))
        });
        counts.map(Option::unwrap_or_default)
    }
}
