//! Runs: the reports of the last updates.

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    error::Error,
    store::{columns::json, database::Store},
};

/// Reports kept of runs: a daily update for more than three months.
const MOST_RUNS: u32 = 100;

impl Store {
    /// Adds the report of a run to the log and drops the oldest beyond the bound.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be written.
    pub fn log_run(&mut self, report: &impl Serialize) -> Result<(), Error> {
        self.in_transaction(|db| {
            db.execute("INSERT INTO runs (report) VALUES (?1)", [json(report)])?;
            db.execute(
                "DELETE FROM runs WHERE id <= (SELECT max(id) FROM runs) - ?1",
                [MOST_RUNS],
            )?;
            Ok(())
        })
    }

    /// The reports of the last runs, the newest first. Those that another version wrote in a form
    /// that this one cannot read are left out.
    ///
    /// # Errors
    /// [`Error::Store`] when the database cannot be read.
    pub fn runs<T: DeserializeOwned>(&self, limit: u32) -> Result<Vec<T>, Error> {
        let query = "SELECT report FROM runs ORDER BY id DESC LIMIT ?1";
        let reports = self
            .collect(query, [limit], |row| Ok(serde_json::from_str(row.get_ref(0)?.as_str()?)))?;
        Ok(reports.into_iter().flatten().collect())
    }
}
