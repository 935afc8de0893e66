//! The state of every link, judged over several visits and days.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    collection::Collection,
    engine::document::id_of_key,
    entry::{Entry, Mention},
    error::Error,
    list,
    page::{Outcome, Source},
    store::{Store, Visited},
    update::{clock::is_ahead, read_stored_lists},
};

/// What is to be said of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// It leads to its article.
    Ok,
    /// It does, at another address for good.
    Moved,
    /// A bot challenge or a refusal keeps us out; people may well get in.
    Blocked,
    /// The site says that it does not exist, at several visits over days.
    Gone,
    /// A page without an article.
    Empty,
    /// robots.txt or the page itself asks us not to read it.
    Disallowed,
    /// Something that is neither text nor a document, or too large.
    Unreadable,
    /// Nobody answers, at several visits over days.
    Unreachable,
    /// It failed lately, and not yet often or long enough to be called gone or unreachable.
    Failing,
    /// It has not been visited yet.
    Unvisited,
}

impl LinkState {
    /// What one visit says of a link of which nothing else is known. That nobody answers, or that
    /// the site says that it does not exist, is then all the evidence there is.
    pub fn of_one_visit(outcome: Outcome) -> LinkState {
        match outcome {
            Outcome::Ok | Outcome::Unchanged => LinkState::Ok,
            Outcome::Moved => LinkState::Moved,
            Outcome::Blocked => LinkState::Blocked,
            Outcome::Gone => LinkState::Gone,
            Outcome::Empty => LinkState::Empty,
            Outcome::Disallowed => LinkState::Disallowed,
            Outcome::UnsupportedType | Outcome::TooLarge => LinkState::Unreadable,
            Outcome::Unreachable => LinkState::Unreachable,
        }
    }

    /// Whether the list should not keep the link as it is.
    pub fn is_dead(self) -> bool {
        matches!(self, LinkState::Gone | LinkState::Unreachable)
    }
}

/// A link of the lists with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct CheckedLink {
    /// The link as the curator wrote it.
    pub url: String,
    /// The id of the document.
    pub id: String,
    /// The title.
    pub title: String,
    /// Where it stands.
    pub lists: Vec<Mention>,
    /// What it is.
    pub state: LinkState,
    /// The evidence of the last visit.
    pub reason: Option<String>,
    /// The HTTP status of the last visit.
    pub status: Option<u16>,
    /// The address that answered, if it is another.
    pub final_url: Option<String>,
    /// The first of the visits in a row that failed; none when the last one did not, or when the
    /// clock was wrong at each of them.
    #[cfg_attr(feature = "cli", schemars(with = "Option<String>", extend("format" = "date-time")))]
    pub failing_since: Option<Timestamp>,
    /// How many visits in a row failed; about a dozen are remembered.
    pub failures: usize,
    /// The address of a web archive's copy, where one is known.
    pub archived: Option<String>,
}

/// The state of every link of the lists, in their order. Nothing is visited: the last updates have
/// done that.
///
/// # Errors
/// [`Error::List`] when no list can be read, [`Error::Store`] when the page store cannot be,
/// [`Error::NoStore`] when nothing was updated yet.
pub fn links(collection: &Collection, now: Timestamp) -> Result<Vec<CheckedLink>, Error> {
    let mut store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let entries = list::merge(read_stored_lists(collection, &mut store)?);
    entries.into_iter().map(|entry| link(&store, entry, now)).collect()
}

fn link(store: &Store, entry: Entry, now: Timestamp) -> Result<CheckedLink, Error> {
    let key = entry.canonical.as_str();
    let known = store.entry(key)?;
    let visits = store.visits(key)?;
    let failures = visits.iter().take_while(|visit| !visit.outcome.is_good()).count();
    let last = visits.first();
    let state = state(&visits, now);
    let archived = store.text(key)?.and_then(|text| match text.source {
        Source::Archived { captured, .. } => {
            let stamp = captured.strftime("%Y%m%d%H%M%S");
            Some(format!("https://web.archive.org/web/{stamp}/{}", text.final_url))
        }
        Source::Live => None,
    });
    let final_url = match state {
        LinkState::Moved => last.and_then(|visit| visit.moved_to.clone()),
        _ => last.map(|visit| visit.final_url.clone()),
    };
    Ok(CheckedLink {
        id: id_of_key(known.as_ref().map_or(key, |known| &known.first_key)),
        title: entry.title().to_owned(),
        state,
        reason: last.and_then(|visit| visit.reason.clone()),
        status: last.and_then(|visit| visit.status),
        final_url: final_url.filter(|url| *url != entry.url),
        failing_since: dated(visits[..failures].iter().rev(), now).next(),
        failures,
        archived,
        url: entry.url,
        lists: entry.lists,
    })
}

/// The state of a link from its visits, the newest first.
///
/// Gone takes 3 failed visits over 2 days, unreachable 4 over 5 days: with failures tried again
/// after 1, 2, 4 days, that is when the third and the fourth one come. A server that is down for
/// a weekend is not called dead, and neither is one that failed while the clock was wrong.
fn state(visits: &[Visited], now: Timestamp) -> LinkState {
    let Some(last) = visits.first() else { return LinkState::Unvisited };
    let failed = visits.iter().take_while(|visit| !visit.outcome.is_good());
    let lasts = |outcomes: &[Outcome], least: usize, days: i64| {
        let failed = failed.clone().filter(|visit| outcomes.contains(&visit.outcome));
        let dates: Vec<Timestamp> = dated(failed.clone(), now).collect();
        let span = match dates.as_slice() {
            [last, .., first] => last.duration_since(*first),
            _ => SignedDuration::ZERO,
        };
        failed.count() >= least && span >= SignedDuration::from_hours(days * 24)
    };
    match last.outcome {
        Outcome::Ok | Outcome::Unchanged if last.moved_to.is_none() => LinkState::Ok,
        Outcome::Ok | Outcome::Unchanged | Outcome::Moved => LinkState::Moved,
        Outcome::Blocked => LinkState::Blocked,
        Outcome::Empty => LinkState::Empty,
        Outcome::Disallowed => LinkState::Disallowed,
        Outcome::UnsupportedType | Outcome::TooLarge => LinkState::Unreadable,
        Outcome::Gone if lasts(&[Outcome::Gone], 3, 2) => LinkState::Gone,
        Outcome::Unreachable if lasts(&[Outcome::Unreachable, Outcome::Gone], 4, 5) => {
            LinkState::Unreachable
        }
        Outcome::Gone | Outcome::Unreachable => LinkState::Failing,
    }
}

/// The dates of visits, without those that lie ahead of the clock.
fn dated<'v>(
    visits: impl Iterator<Item = &'v Visited>,
    now: Timestamp,
) -> impl Iterator<Item = Timestamp> {
    visits.map(|visit| visit.at).filter(move |at| !is_ahead(*at, now))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;

    use crate::{
        inspect::links::{LinkState, state},
        page::Outcome,
        store::Visited,
    };

    /// Visits as outcome and day, the newest first.
    #[track_caller]
    fn check(visits: &[(Outcome, i64)], expected: LinkState) {
        let visit = |(outcome, day): &(Outcome, i64)| Visited {
            at: Timestamp::from_second(day * 86_400).unwrap(),
            outcome: *outcome,
            reason: None,
            status: None,
            final_url: String::new(),
            moved_to: (*outcome == Outcome::Moved).then(|| "x".into()),
            archived: false,
            due: Timestamp::UNIX_EPOCH,
            interval: Duration::ZERO,
        };
        let visits: Vec<Visited> = visits.iter().map(visit).collect();
        let now = Timestamp::from_second(90 * 86_400).unwrap();
        assert_eq!(state(&visits, now), expected);
    }

    #[test]
    fn a_single_failure_never_calls_a_link_dead() {
        check(&[], LinkState::Unvisited);
        check(&[(Outcome::Gone, 9), (Outcome::Ok, 1)], LinkState::Failing);
        check(&[(Outcome::Unreachable, 9)], LinkState::Failing);
        check(&[(Outcome::Gone, 9), (Outcome::Gone, 9), (Outcome::Gone, 9)], LinkState::Failing);
        check(&[(Outcome::Gone, 9), (Outcome::Gone, 1)], LinkState::Failing);
    }

    #[test]
    fn failures_over_days_do() {
        check(&[(Outcome::Gone, 4), (Outcome::Gone, 2), (Outcome::Gone, 1)], LinkState::Gone);
        let down = [Outcome::Unreachable; 4];
        let down: Vec<_> = down.into_iter().zip([8, 4, 2, 1]).collect();
        check(&down, LinkState::Unreachable);
        check(&down[..3], LinkState::Failing);
    }

    #[test]
    fn a_visit_under_a_clock_ahead_is_no_proof_of_days() {
        let gone = |days: &[i64]| days.iter().map(|day| (Outcome::Gone, *day)).collect::<Vec<_>>();
        check(&gone(&[30_000, 2, 1]), LinkState::Failing);
        check(&gone(&[3, 30_000, 1]), LinkState::Gone);
        check(&gone(&[4, 2, 30_000]), LinkState::Gone);
        check(&gone(&[30_001, 30_000, 29_999]), LinkState::Failing);
    }

    #[test]
    fn a_wall_is_not_a_dead_link_and_a_success_forgives_all() {
        check(
            &[(Outcome::Blocked, 90), (Outcome::Blocked, 30), (Outcome::Blocked, 1)],
            LinkState::Blocked,
        );
        check(&[(Outcome::Empty, 90), (Outcome::Gone, 30), (Outcome::Gone, 1)], LinkState::Empty);
        check(&[(Outcome::Unchanged, 4), (Outcome::Gone, 3), (Outcome::Gone, 1)], LinkState::Ok);
        check(&[(Outcome::Moved, 4), (Outcome::Ok, 3)], LinkState::Moved);
    }
}
