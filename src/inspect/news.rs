//! News: entries that came in and pages whose text has changed since a moment.

use std::collections::HashMap;

use jiff::{SignedDuration, Span, Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    collection::Collection,
    dates::{self, NotASpan},
    engine::document::id_of_key,
    error::Error,
    inspect::dates::Dates,
    store::{ListedEntry, Store},
    update::Report,
};

/// Since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// After a moment.
    Moment(Timestamp),
    /// What the last update brought that was not interrupted.
    LastUpdate,
}

impl Since {
    /// A day, month or year, a span before `now` such as 30d, or `last` for what the last update brought.
    /// Days are those of a time zone; the first one itself belongs to what is new.
    ///
    /// # Errors
    /// [`NotASpan`] when it is none of them.
    pub fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Result<Since, NotASpan> {
        if text == "last" {
            return Ok(Since::LastUpdate);
        }
        if let Some(date) = dates::first_day(text) {
            let midnight = zone.to_timestamp(date.at(0, 0, 0, 0));
            let beyond = if date.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
            let midnight = midnight.unwrap_or(beyond);
            let before = midnight.checked_sub(SignedDuration::from_nanos(1));
            return Ok(Since::Moment(before.unwrap_or(midnight)));
        }
        dates::span(text).map(|span| Since::Moment(before(now, span, zone)))
    }
}

/// Something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct News {
    /// What is new about it.
    pub what: NewsKind,
    /// The id of the document.
    pub id: String,
    /// The link.
    pub url: String,
    /// The title.
    pub title: String,
    /// When it came: the update for an entry, the visit for a text.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub at: Timestamp,
    /// The update that first found the entry in a list. As `at`, it is by when that had happened at
    /// the latest, if the clock was ahead then.
    #[cfg_attr(feature = "cli", schemars(with = "String", extend("format" = "date-time")))]
    pub first_seen: Timestamp,
}

/// What is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// The entry.
    Added,
    /// The text of its page.
    Changed,
}

/// What is new in a collection, the newest first; entries that no list has any more are left out.
///
/// # Errors
/// [`Error::Store`] when the page store cannot be read, [`Error::NoStore`] when there is none yet.
pub fn news(collection: &Collection, since: Since, now: Timestamp) -> Result<Vec<News>, Error> {
    let store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let runs: Vec<Report> = store.runs(u32::MAX)?;
    let dates = Dates::of(&runs, now);
    let since = match since {
        Since::Moment(moment) => moment,
        Since::LastUpdate => dates.believed(before_last_update(&runs)),
    };
    let mut news: Vec<News> = Vec::new();
    let listed: HashMap<String, ListedEntry> = store
        .entries()?
        .into_iter()
        .filter(|entry| entry.removed.is_none())
        .map(|entry| ListedEntry { first_seen: dates.believed(entry.first_seen), ..entry })
        .map(|entry| (entry.key.clone(), entry))
        .collect();
    for entry in listed.values().filter(|entry| entry.first_seen > since) {
        news.push(News::of(entry, NewsKind::Added, entry.first_seen));
    }
    for (key, at) in store.changes_after(since)? {
        let at = dates.believed(at);
        let entry = listed.get(&key).filter(|entry| entry.first_seen <= since && at > since);
        if let Some(entry) = entry {
            news.push(News::of(entry, NewsKind::Changed, at));
        }
    }
    news.sort_by(|a, b| (b.at, a.what, &a.url).cmp(&(a.at, b.what, &b.url)));
    Ok(news)
}

impl News {
    fn of(entry: &ListedEntry, what: NewsKind, at: Timestamp) -> News {
        News {
            what,
            id: id_of_key(&entry.first_key),
            url: entry.url.clone(),
            title: entry.title.clone(),
            at,
            first_seen: entry.first_seen,
        }
    }
}

/// The end of the update before the last one. What an interrupted, failed or refused update has done
/// belongs to the one that took it up or was forced; until then it is all that is new.
fn before_last_update(runs: &[Report]) -> Timestamp {
    let mut done = runs.iter().filter(|run| run.is_done());
    let last = usize::from(runs.first().is_some_and(Report::is_done));
    done.nth(last).map_or(Timestamp::MIN, Report::ended_at)
}

/// The moment so long before another one, by the calendar.
fn before(moment: Timestamp, span: Span, zone: &TimeZone) -> Timestamp {
    let before = zone.to_datetime(moment).checked_sub(span);
    before.and_then(|before| zone.to_timestamp(before)).unwrap_or(Timestamp::MIN)
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use crate::inspect::news::Since;

    #[track_caller]
    fn check_in(zone: &TimeZone, text: &str, expected: &str) {
        let now: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
        let expected = Since::Moment(expected.parse().unwrap());
        assert_eq!(Since::parse(text, now, zone), Ok(expected), "{text}");
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        check_in(&TimeZone::UTC, text, expected);
    }

    #[test]
    fn days_are_those_of_a_time_zone() {
        let tokyo = TimeZone::get("Asia/Tokyo").unwrap();
        check_in(&tokyo, "2022-07-25", "2022-07-24T14:59:59.999999999Z");
        // Summer time began two days before.
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        check_in(&berlin, "3d", "2026-03-28T11:00:00Z");
    }

    #[test]
    fn since_is_a_date_a_span_or_the_last_update() {
        let parse = |text: &str| Since::parse(text, Timestamp::UNIX_EPOCH, &TimeZone::UTC);
        assert_eq!(parse("last"), Ok(Since::LastUpdate));
        check("2022-07-25", "2022-07-24T23:59:59.999999999Z");
        check("2022-07", "2022-06-30T23:59:59.999999999Z");
        check("2022", "2021-12-31T23:59:59.999999999Z");
        check("12h", "2026-03-30T22:00:00Z");
        check("30d", "2026-03-01T10:00:00Z");
        check("2w", "2026-03-17T10:00:00Z");
        check("1mo", "2026-02-28T10:00:00Z");
        check("19000y", "-009999-01-02T01:59:59Z");
        for text in ["yesterday", "2022-13-01", "6m"] {
            assert!(parse(text).is_err(), "{text}");
        }
        let error = parse("6m").unwrap_err().to_string();
        assert_eq!(error, "`6m` may be minutes or months: write `6min` or `6mo`");
    }
}
