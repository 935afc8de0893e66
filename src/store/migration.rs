//! The way from the tables of version 5 to those of today.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    page::{Form, Page},
    store::{
        columns::damaged,
        follow_up_rows::{self, FollowUp, FollowUpPlace},
        schema::{BESIDE, COPIES},
    },
};

/// Lists stood among the pages, under a key that began with `list:`.
const LISTS: &str = "
INSERT INTO lists
    SELECT substr(key, 6), fetched_at,
        (SELECT value ->> 1 FROM json_each(headers) WHERE value ->> 0 = 'etag'),
        (SELECT value ->> 1 FROM json_each(headers) WHERE value ->> 0 = 'last-modified'),
        hash, body
    FROM copies JOIN bodies ON copy = id WHERE key LIKE 'list:%' AND role = 'good';
INSERT INTO postponed_lists
    SELECT substr(key, 6), at, due FROM visits
    WHERE key LIKE 'list:%' AND outcome NOT IN ('ok', 'unchanged', 'moved')
    AND id IN (SELECT max(id) FROM visits GROUP BY key);
DELETE FROM copies WHERE key LIKE 'list:%';
DELETE FROM versions WHERE key LIKE 'list:%';
DELETE FROM visits WHERE key LIKE 'list:%';
";

/// The form of a body was given by a header of its own and by a media type, the source was JSON, and
/// what an archived copy stood in for was known from the visit alone.
const FORMS: &str = "
INSERT INTO copies
    SELECT id, key, role, fetched_at, final_url,
        (SELECT json_group_array(json(value)) FROM json_each(before.headers)
         WHERE value ->> 0 <> 'mlsearch-summary'
         AND NOT (value ->> 0 = 'content-type' AND value ->> 1 LIKE 'multipart/related%')),
        CASE
            WHEN EXISTS (SELECT 1 FROM json_each(before.headers)
                WHERE value ->> 0 = 'content-type' AND value ->> 1 LIKE 'multipart/related%')
            THEN 'parts'
            WHEN EXISTS (SELECT 1 FROM json_each(before.headers)
                WHERE value ->> 0 = 'mlsearch-summary')
            THEN 'summary'
            ELSE 'page'
        END,
        unixepoch(source ->> '$.captured') * 1000,
        iif(source ->> '$.kind' = 'archived',
            coalesce((SELECT outcome FROM visits WHERE visits.key = before.key AND archived
                      ORDER BY id DESC LIMIT 1), 'gone'),
            NULL),
        hash, version, outcome, reason, text_hash, sketch, text
    FROM before;
DROP TABLE before;
";

/// Brings the tables up to date.
pub(crate) fn from_version_5(db: &Connection) -> rusqlite::Result<()> {
    db.execute_batch(BESIDE)?;
    db.execute_batch(LISTS)?;
    db.execute_batch(
        "DROP INDEX copies_by_version; DROP TRIGGER a_body_goes_with_its_copy;
         ALTER TABLE copies RENAME TO before;",
    )?;
    db.execute_batch(COPIES)?;
    db.execute_batch(FORMS)?;
    let mut values = db.prepare("SELECT kind, name, value FROM kept")?;
    let mut rows = values.query([])?;
    while let Some(row) = rows.next()? {
        let (kind, name, value) = (text(row, 0)?, text(row, 1)?, text(row, 2)?);
        take_over(db, kind, name, value)?;
    }
    drop(rows);
    drop(values);
    db.execute_batch("DROP TABLE kept")
}

/// The answer to a `robots.txt` as it was.
#[derive(Deserialize)]
struct OldRobots {
    fetched_at: Timestamp,
    status: Option<u16>,
    body: Vec<u8>,
}

/// A follow-up as it was.
#[derive(Deserialize)]
struct OldFollowUp {
    page: Page,
    urls: Vec<String>,
    place: OldPlace,
}

#[derive(Deserialize)]
enum OldPlace {
    Instead,
    After,
    Before,
}

/// The mark of an unfinished run as it was.
#[derive(Deserialize)]
struct OldUnfinished {
    since: Timestamp,
    refresh: bool,
}

/// Puts a named value where it belongs now.
fn take_over(db: &Connection, kind: &str, name: &str, value: &str) -> rusqlite::Result<()> {
    match (kind, name) {
        ("robots", origin) => {
            let OldRobots { fetched_at, status, body } = read(value)?;
            db.prepare_cached("INSERT INTO robots VALUES (?1, ?2, ?3, ?4)")?
                .execute(params![origin, fetched_at.as_millisecond(), status, body])
                .map(drop)
        }
        ("canonical", key) => db
            .prepare_cached("INSERT INTO claims VALUES (?1, ?2)")?
            .execute([key, &read::<String>(value)?])
            .map(drop),
        ("further", key) => {
            let OldFollowUp { mut page, urls, place } = read(value)?;
            let before = page.headers.len();
            page.headers.retain(|(name, _)| name != "mlsearch-summary");
            if page.headers.len() < before {
                page.form = Form::Summary;
            }
            let place = match place {
                OldPlace::Instead => FollowUpPlace::Instead,
                OldPlace::After => FollowUpPlace::After,
                OldPlace::Before => FollowUpPlace::Before,
            };
            follow_up_rows::insert(db, key, &FollowUp { page, urls, place })
        }
        ("run", "unfinished") => {
            let OldUnfinished { since, refresh } = read(value)?;
            let since = since.as_millisecond();
            let set = "UPDATE state SET unfinished_since = ?1, unfinished_refresh = ?2";
            db.execute(set, params![since, refresh]).map(drop)
        }
        ("run", "extracting") => {
            db.execute("UPDATE state SET is_extracting = ?1", [read::<bool>(value)?]).map(drop)
        }
        ("gate", _) => {
            db.execute("UPDATE state SET failed_pages = ?1", [read::<i64>(value)?]).map(drop)
        }
        ("done", _) => db
            .execute("UPDATE state SET is_without_userinfo = ?1", [read::<bool>(value)?])
            .map(drop),
        // There were no other kinds.
        _ => Ok(()),
    }
}

fn text<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(column)?.as_str()?)
}

fn read<T: DeserializeOwned>(value: &str) -> rusqlite::Result<T> {
    serde_json::from_str(value).map_err(|e| damaged(2, e))
}
