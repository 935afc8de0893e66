//! When a page is visited again: each has an interval that follows how often its text changes.

use std::{hash::Hasher, time::Duration};

use jiff::Timestamp;
use siphasher::sip::SipHasher13;

use crate::{
    crawl,
    crawl_policy::Policy,
    error::Error,
    store::{Store, Unfinished, Visited},
    update::{
        clock::{after, is_ahead},
        options::Options,
    },
};

const DAY: Duration = Duration::from_secs(86_400);
/// The interval of a page that was visited once.
const FIRST_INTERVAL: Duration = DAY.saturating_mul(7);
/// No page is visited more often, unless it is asked for.
const SHORTEST_INTERVAL: Duration = DAY;
/// No page is left alone for longer, however often it failed.
const LONGEST_INTERVAL: Duration = DAY.saturating_mul(60);

/// Entries that are looked at together.
const CHUNK: u32 = 1_000;

/// Puts the pages to visit now into the queues of their hosts: those never visited, those that are
/// due, those that were refused as private and are public by the policy now, all with `refresh`.
/// Shows each and returns their number.
///
/// A run that was interrupted left a mark; it is taken up, and what it visited is not visited again.
pub(crate) fn enqueue(
    store: &mut Store,
    options: &Options,
    policy: &Policy,
    now: Timestamp,
    show: &mut dyn FnMut(&str),
) -> Result<u64, Error> {
    if !options.visits_pages() {
        return Ok(0);
    }
    let unfinished = store.unfinished()?.filter(|_| !options.refresh);
    let is_done = |last: &Visited, run: &Unfinished| {
        last.at >= run.since && !is_ahead(last.at, now) && !is_ahead(run.since, now)
    };
    let refresh = options.refresh || unfinished.is_some_and(|run| run.refresh);
    let (mut count, mut position) = (0, 0);
    loop {
        let mut entries = store.pending_after(position, CHUNK)?;
        let Some(last) = entries.last() else { return Ok(count) };
        position = last.position;
        let mut due = Vec::new();
        for entry in entries.drain(..) {
            if let Some(last) = store.last_visit(&entry.key)? {
                let done = unfinished.is_some_and(|run| is_done(&last, &run));
                let admits = |reason| crawl::admits_now(reason, policy);
                let is_due = refresh
                    || due_at(&last, now) <= now
                    || last.reason.as_deref().is_some_and(admits);
                if done || !is_due {
                    continue;
                }
            }
            show(&entry.url);
            due.push((entry.position, crawl::host_of(&entry.url)));
        }
        count += due.len() as u64;
        store.enqueue(due.iter().map(|(position, host)| (*position, host.as_str())))?;
    }
}

/// Marks the run as begun, unless it takes up an interrupted one.
pub(crate) fn begin(store: &mut Store, options: &Options, now: Timestamp) -> Result<(), Error> {
    let unfinished = store.unfinished()?;
    if options.refresh || unfinished.is_none_or(|run| is_ahead(run.since, now)) {
        // What an interrupted run was asked for is still to be done.
        let refresh = options.refresh || unfinished.is_some_and(|run| run.refresh);
        store.set_unfinished(Some(Unfinished { since: now, refresh }))?;
    }
    Ok(())
}

/// Takes the mark of an unfinished run away.
pub(crate) fn finish(store: &mut Store) -> Result<(), Error> {
    store.set_unfinished(None)
}

/// Plans the next visit to a page after its last one was judged.
pub(crate) fn plan(store: &mut Store, key: &str, changed: bool) -> Result<(), Error> {
    let visits = store.visits(key)?;
    match next(key, &visits, changed) {
        Some((due, interval)) => store.plan_visit(key, due, interval),
        None => Ok(()),
    }
}

/// When the page is due and its interval, from its visits, the newest first.
///
/// The interval is halved when the text has changed and doubled when it has not, unless the visit
/// came too early to tell. Failures leave it alone: the page is tried again after 1, 2, 4, … days,
/// and not before the site asks for it, which is when the visit that was not planned yet says it is
/// due.
fn next(key: &str, visits: &[Visited], changed: bool) -> Option<(Timestamp, Duration)> {
    let last = visits.first()?;
    let failures = visits.iter().take_while(|visit| !visit.outcome.is_good()).count();
    let mut least = last.at;
    let (interval, wait) = match u32::try_from(failures).unwrap_or(u32::MAX) {
        0 => {
            let interval = match last.interval {
                Duration::ZERO => FIRST_INTERVAL,
                interval if changed => interval / 2,
                interval if has_lasted(visits, interval / 2) => interval.saturating_mul(2),
                interval => interval,
            };
            let interval = interval.clamp(SHORTEST_INTERVAL, LONGEST_INTERVAL);
            (interval, interval)
        }
        failures => {
            least = bounded(last.at, last.due);
            (last.interval, DAY.saturating_mul(1 << (failures - 1).min(6)).min(LONGEST_INTERVAL))
        }
    };
    Some((after(last.at, early(key, wait)).max(least), interval))
}

/// Whether the text that the last visit found is known to be so old.
fn has_lasted(visits: &[Visited], least: Duration) -> bool {
    let mut good = visits.iter().filter(|visit| visit.outcome.is_good()).map(|visit| visit.at);
    let (Some(last), Some(before)) = (good.next(), good.next()) else { return false };
    last >= after(before, least)
}

/// When a page is due by its last visit.
pub(crate) fn due_at(last: &Visited, now: Timestamp) -> Timestamp {
    due_after(last.at, last.due, now)
}

/// When a page or list is due that was visited `at` a moment and then said to be due at another one.
/// After a visit that is dated ahead of the clock it is due at once: nobody knows how long ago that
/// was, and its date may lie years ahead.
pub(crate) fn due_after(at: Timestamp, due: Timestamp, now: Timestamp) -> Timestamp {
    if is_ahead(at, now) { now } else { bounded(at, due) }
}

/// When a page or list is due, no later than after the longest interval.
fn bounded(at: Timestamp, due: Timestamp) -> Timestamp {
    due.min(after(at, LONGEST_INTERVAL))
}

/// The time less 5 to 15 %, as the key has it: pages that came at once do not all come back at
/// once, and an update that runs every day finds what is due in a day.
fn early(key: &str, wait: Duration) -> Duration {
    let mut hasher = SipHasher13::new();
    hasher.write(key.as_bytes());
    let per_mille = 950 - u32::try_from(hasher.finish() % 101).unwrap_or(0);
    wait / 1000 * per_mille
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use crate::{
        page::Outcome,
        store::Visited,
        update::revisit::{DAY, due_at, early, next},
    };

    fn visit(day: u32, outcome: Outcome, interval_days: u32) -> Visited {
        Visited {
            at: Timestamp::UNIX_EPOCH + DAY * day,
            outcome,
            reason: None,
            status: None,
            final_url: String::new(),
            moved_to: None,
            archived: false,
            due: Timestamp::UNIX_EPOCH,
            interval: DAY * interval_days,
        }
    }

    /// `visits` are days and outcomes, the newest first, and `interval` is in days; expected are days
    /// to the next visit, before it is brought forward, and the new interval.
    #[track_caller]
    fn check(visits: &[(u32, Outcome)], interval: u32, changed: bool, expected: (u32, u32)) {
        let visits: Vec<_> =
            visits.iter().map(|(day, outcome)| visit(*day, *outcome, interval)).collect();
        let (due, interval) = next("key", &visits, changed).unwrap();
        let wait = Duration::try_from(due - visits[0].at).unwrap();
        assert_eq!((wait, interval), (early("key", DAY * expected.0), DAY * expected.1));
    }

    #[test]
    fn the_interval_follows_the_changes_within_bounds() {
        check(&[(0, Outcome::Ok)], 0, false, (7, 7));
        check(&[(7, Outcome::Unchanged), (0, Outcome::Ok)], 7, false, (14, 14));
        check(&[(56, Outcome::Moved), (0, Outcome::Ok)], 56, false, (60, 60));
        check(&[(8, Outcome::Ok), (0, Outcome::Ok)], 8, true, (4, 4));
        check(&[(1, Outcome::Ok), (0, Outcome::Ok)], 1, true, (1, 1));
    }

    #[test]
    fn an_unchanged_text_that_is_looked_at_early_leaves_the_interval_alone() {
        check(&[(0, Outcome::Unchanged), (0, Outcome::Ok)], 6, false, (6, 6));
        check(&[(2, Outcome::Unchanged), (0, Outcome::Ok)], 6, false, (6, 6));
        check(&[(3, Outcome::Unchanged), (0, Outcome::Ok)], 6, false, (12, 12));
        check(&[(1, Outcome::Ok), (0, Outcome::Ok)], 6, true, (3, 3));
        let back = [(8, Outcome::Unchanged), (7, Outcome::Gone), (0, Outcome::Ok)];
        check(&back, 6, false, (12, 12));
        check(&back[..2], 6, false, (6, 6));
    }

    #[test]
    fn failures_back_off_and_leave_the_interval_alone() {
        check(&[(0, Outcome::Gone)], 30, false, (1, 30));
        check(&[(2, Outcome::Gone), (1, Outcome::Blocked), (0, Outcome::Ok)], 0, false, (2, 0));
        check(&[(0, Outcome::Unreachable); 12], 7, false, (60, 7));
    }

    #[test]
    fn a_failed_page_waits_for_when_the_site_asks_for_it_within_bounds() {
        for (asked, expected) in [(30, 30), (60, 60), (400, 60)] {
            let due = Timestamp::UNIX_EPOCH + DAY * asked;
            let put_off = Visited { due, ..visit(0, Outcome::Blocked, 7) };
            let (due, interval) = next("key", &[put_off], false).unwrap();
            assert_eq!((due, interval), (Timestamp::UNIX_EPOCH + DAY * expected, DAY * 7));
        }
    }

    #[test]
    fn no_page_is_due_later_than_the_longest_interval_allows() {
        let day = |number: u32| Timestamp::UNIX_EPOCH + DAY * number;
        let due = |at: u32, due: u32, now: u32| {
            due_at(&Visited { due: day(due), ..visit(at, Outcome::Ok, 7) }, day(now))
        };
        assert_eq!(due(10, 17, 12), day(17));
        assert_eq!(due(10, 30_000, 12), day(70), "the site or an older version said so");
        assert_eq!(due(13, 20, 12), day(20), "a clock that is a day ahead changes nothing");
        assert_eq!(due(14, 21, 12), day(12));
        assert_eq!(due(30_000, 30_007, 12), day(12));
    }

    #[test]
    fn pages_spread_and_none_comes_late() {
        let waits: Vec<_> = (0..200).map(|n| early(&format!("page {n}"), DAY)).collect();
        assert!(waits.iter().all(|wait| (DAY * 85 / 100..=DAY * 95 / 100).contains(wait)));
        let mut distinct = waits.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert!(distinct.len() > 50, "{}", distinct.len());
        assert_eq!(waits[7], early("page 7", DAY));
    }
}
