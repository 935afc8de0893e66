//! The state of every link, judged over several visits and days.

use std::fmt;

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

/// What the last visit found of a link, in the words of the outcomes of visits.
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
    /// The site says that it does not exist.
    Gone,
    /// A page without an article.
    Empty,
    /// robots.txt or the page itself asks us not to read it.
    Disallowed,
    /// Neither text nor a document that can be read.
    UnsupportedType,
    /// The body is over the limit.
    TooLarge,
    /// Nobody answers.
    Unreachable,
    /// It has not been visited yet.
    NeverVisited,
}

impl LinkState {
    /// Whether one such visit would make it dead, if nothing else were known of the link.
    pub fn is_failure(self) -> bool {
        matches!(self, LinkState::Gone | LinkState::Unreachable)
    }

    /// Whether there is nothing to look at.
    pub fn is_quiet(self) -> bool {
        matches!(self, LinkState::Ok | LinkState::NeverVisited)
    }
}

impl From<Outcome> for LinkState {
    fn from(outcome: Outcome) -> LinkState {
        match outcome {
            Outcome::Ok | Outcome::Unchanged => LinkState::Ok,
            Outcome::Moved => LinkState::Moved,
            Outcome::Blocked => LinkState::Blocked,
            Outcome::Gone => LinkState::Gone,
            Outcome::Empty => LinkState::Empty,
            Outcome::Disallowed => LinkState::Disallowed,
            Outcome::UnsupportedType => LinkState::UnsupportedType,
            Outcome::TooLarge => LinkState::TooLarge,
            Outcome::Unreachable => LinkState::Unreachable,
        }
    }
}

impl fmt::Display for LinkState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self {
            LinkState::Ok => Outcome::Ok,
            LinkState::Moved => Outcome::Moved,
            LinkState::Blocked => Outcome::Blocked,
            LinkState::Gone => Outcome::Gone,
            LinkState::Empty => Outcome::Empty,
            LinkState::Disallowed => Outcome::Disallowed,
            LinkState::UnsupportedType => Outcome::UnsupportedType,
            LinkState::TooLarge => Outcome::TooLarge,
            LinkState::Unreachable => Outcome::Unreachable,
            LinkState::NeverVisited => return f.pad("never visited"),
        };
        f.pad(&outcome.to_string())
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
    /// What the last visit found.
    pub state: LinkState,
    /// Whether the list should not keep it: several visits over days found it gone or unreachable.
    pub dead: bool,
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

/// How long a link must fail before it is called dead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patience {
    /// As long as its failures take to be tried again: gone takes 3 failed visits over 2 days,
    /// unreachable 4 over 5 days.
    ///
    /// With failures tried again after 1, 2, 4 days, that is when the third and the fourth one come.
    #[default]
    Usual,
    /// 3 failed visits over so many days.
    Days(u32),
}

/// The state of every link of the lists, in their order. Nothing is visited: the last updates have
/// done that.
///
/// # Errors
/// [`Error::List`] when no list can be read, [`Error::Store`] when the page store cannot be,
/// [`Error::NoStore`] when nothing was updated yet.
pub fn links(
    collection: &Collection,
    patience: Patience,
    now: Timestamp,
) -> Result<Vec<CheckedLink>, Error> {
    let mut store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let entries = list::merge(read_stored_lists(collection, &mut store)?);
    entries.into_iter().map(|entry| link(&store, entry, patience, now)).collect()
}

fn link(
    store: &Store,
    entry: Entry,
    patience: Patience,
    now: Timestamp,
) -> Result<CheckedLink, Error> {
    let key = entry.canonical.as_str();
    let known = store.entry(key)?;
    let visits = store.visits(key)?;
    let failures = visits.iter().take_while(|visit| !visit.outcome.is_good()).count();
    let last = visits.first();
    let state = state(&visits);
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
        dead: is_dead(&visits, patience, now),
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

/// The state of a link from its visits, the newest first. One that has moved leads on though the
/// copy of its page is still good.
fn state(visits: &[Visited]) -> LinkState {
    let Some(last) = visits.first() else { return LinkState::NeverVisited };
    match LinkState::from(last.outcome) {
        LinkState::Ok if last.moved_to.is_some() => LinkState::Moved,
        state => state,
    }
}

/// Whether a link is dead, from its visits, the newest first.
///
/// A server that is down for a weekend is not called dead, and neither is one that failed while the
/// clock was wrong.
fn is_dead(visits: &[Visited], patience: Patience, now: Timestamp) -> bool {
    let failed = visits.iter().take_while(|visit| !visit.outcome.is_good());
    let lasts = |outcomes: &[Outcome], least: usize, days: u32| {
        let failures = failed.clone().filter(|visit| outcomes.contains(&visit.outcome));
        let dates: Vec<Timestamp> = dated(failed.clone(), now).collect();
        let span = match dates.as_slice() {
            [last, .., first] => last.duration_since(*first),
            _ => SignedDuration::ZERO,
        };
        failures.count() >= least && span >= SignedDuration::from_hours(i64::from(days) * 24)
    };
    let failures = [Outcome::Unreachable, Outcome::Gone];
    match (visits.first().map(|last| last.outcome), patience) {
        (Some(Outcome::Gone), Patience::Usual) => lasts(&[Outcome::Gone], 3, 2),
        (Some(Outcome::Unreachable), Patience::Usual) => lasts(&failures, 4, 5),
        (Some(Outcome::Gone | Outcome::Unreachable), Patience::Days(days)) => {
            lasts(&failures, 3, days)
        }
        _ => false,
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
        inspect::links::{self, LinkState, Patience, is_dead},
        page::Outcome,
        store::Visited,
    };

    /// Visits as outcome and day, the newest first.
    #[track_caller]
    fn check(visits: &[(Outcome, i64)], state: LinkState, dead: bool) {
        let visits = visits.iter().map(|(outcome, day)| visit(*outcome, *day));
        let visits: Vec<Visited> = visits.collect();
        let now = Timestamp::from_second(90 * 86_400).unwrap();
        let is_dead = is_dead(&visits, Patience::Usual, now);
        assert_eq!((links::state(&visits), is_dead), (state, dead));
    }

    /// Whether failures on these days, the newest first, make a link dead with a patience of 7 days.
    #[track_caller]
    fn check_week(outcomes: &[Outcome], days: &[i64], dead: bool) {
        let visits = outcomes.iter().zip(days).map(|(outcome, day)| visit(*outcome, *day));
        let visits: Vec<Visited> = visits.collect();
        let now = Timestamp::from_second(90 * 86_400).unwrap();
        assert_eq!(is_dead(&visits, Patience::Days(7), now), dead, "{outcomes:?} {days:?}");
    }

    #[test]
    fn a_patience_of_days_takes_three_visits_over_them() {
        check_week(&[Outcome::Gone; 3], &[8, 4, 1], true);
        check_week(&[Outcome::Gone; 3], &[7, 4, 1], false);
        check_week(&[Outcome::Gone; 2], &[30, 1], false);
        check_week(&[Outcome::Unreachable, Outcome::Gone, Outcome::Unreachable], &[9, 3, 2], true);
        check_week(&[Outcome::Gone, Outcome::Ok, Outcome::Gone], &[20, 10, 1], false);
        check_week(&[Outcome::Blocked; 5], &[40, 30, 20, 10, 1], false);
    }

    fn visit(outcome: Outcome, day: i64) -> Visited {
        Visited {
            at: Timestamp::from_second(day * 86_400).unwrap(),
            outcome,
            reason: None,
            status: None,
            final_url: String::new(),
            moved_to: (outcome == Outcome::Moved).then(|| "x".into()),
            archived: false,
            due: Timestamp::UNIX_EPOCH,
            interval: Duration::ZERO,
        }
    }

    #[test]
    fn a_single_failure_never_calls_a_link_dead() {
        check(&[], LinkState::NeverVisited, false);
        check(&[(Outcome::Gone, 9), (Outcome::Ok, 1)], LinkState::Gone, false);
        check(&[(Outcome::Unreachable, 9)], LinkState::Unreachable, false);
        check(&[(Outcome::Gone, 9); 3], LinkState::Gone, false);
        check(&[(Outcome::Gone, 9), (Outcome::Gone, 1)], LinkState::Gone, false);
    }

    #[test]
    fn failures_over_days_do() {
        check(&[(Outcome::Gone, 4), (Outcome::Gone, 2), (Outcome::Gone, 1)], LinkState::Gone, true);
        let down = [Outcome::Unreachable; 4];
        let down: Vec<_> = down.into_iter().zip([8, 4, 2, 1]).collect();
        check(&down, LinkState::Unreachable, true);
        check(&down[..3], LinkState::Unreachable, false);
    }

    #[test]
    fn a_visit_under_a_clock_ahead_is_no_proof_of_days() {
        let gone = |days: &[i64]| days.iter().map(|day| (Outcome::Gone, *day)).collect::<Vec<_>>();
        check(&gone(&[30_000, 2, 1]), LinkState::Gone, false);
        check(&gone(&[3, 30_000, 1]), LinkState::Gone, true);
        check(&gone(&[4, 2, 30_000]), LinkState::Gone, true);
        check(&gone(&[30_001, 30_000, 29_999]), LinkState::Gone, false);
    }

    #[test]
    fn a_bot_challenge_is_not_a_dead_link_and_a_success_forgives_all() {
        let blocked = [(Outcome::Blocked, 90), (Outcome::Blocked, 30), (Outcome::Blocked, 1)];
        check(&blocked, LinkState::Blocked, false);
        let empty = [(Outcome::Empty, 90), (Outcome::Gone, 30), (Outcome::Gone, 1)];
        check(&empty, LinkState::Empty, false);
        let back = [(Outcome::Unchanged, 4), (Outcome::Gone, 3), (Outcome::Gone, 1)];
        check(&back, LinkState::Ok, false);
        check(&[(Outcome::Moved, 4), (Outcome::Ok, 3)], LinkState::Moved, false);
    }

    #[test]
    fn a_link_is_what_the_update_says_of_its_page() {
        for outcome in Outcome::ALL.into_iter().filter(|outcome| *outcome != Outcome::Unchanged) {
            let state = LinkState::from(outcome);
            assert_eq!(state.to_string(), outcome.to_string());
            assert_eq!(serde_json::to_value(state).unwrap(), outcome.name());
        }
    }
}
