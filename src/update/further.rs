//! Further pages: what a listed page links to because its text is there, fetched after the crawl
//! and kept with it as one body.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    crawl::{self, Event, Visit},
    entry::Entry,
    error::Error,
    extract::{self, Leads, Part},
    page::{Form, Outcome, Page, Source, Validators},
    policy::{Adapter, Policy},
    store::{FollowUp, Place, Role},
    update::{desk::Desk, pages::Work, report::Progress},
};

/// Chapters that are read of a book; further ones are left alone.
const MOST_CHAPTERS: usize = 30;
/// Bytes of bodies kept for a document.
const MOST_BYTES: usize = 4 << 20;
/// Documents whose further pages are fetched side by side; bounds the memory.
const BATCH: usize = 16;

/// What a page's leads ask for, if that is policy.
pub(crate) fn of(page: &Page, leads: Leads, policy: &Policy) -> Option<FollowUp> {
    let (mut urls, place) = match leads {
        Leads { variant: Some(url), .. } if policy.variants => (vec![url], Place::Instead),
        Leads { whole: Some(url), .. } if policy.books => (vec![url], Place::Instead),
        Leads { chapters, .. } if policy.books && !chapters.is_empty() => (chapters, Place::After),
        Leads { linked, .. }
            if policy.adapters.contains(&Adapter::Tweets) && !linked.is_empty() =>
        {
            (linked, Place::Before)
        }
        _ => return None,
    };
    urls.truncate(MOST_CHAPTERS);
    // A capture of a web archive leads to pages of another day. Sites may also say in a header that
    // links are not to be followed.
    let header = page.header("x-robots-tag").unwrap_or_default().to_ascii_lowercase();
    if page.source != Source::Live || header.contains("nofollow") {
        return None;
    }
    Some(FollowUp { page: Page { body: Vec::new(), ..page.clone() }, urls, place })
}

/// The page with the further ones that came, and with those of its last good copy that could
/// not be had this time.
fn fulfil(follow_up: FollowUp, own: Part, old: &[Part], found: &HashMap<String, Page>) -> Page {
    let FollowUp { mut page, urls, place } = follow_up;
    let mut parts: Vec<Part> = Vec::new();
    let mut bytes = own.body.len();
    let mut seen = HashSet::from([own.url.clone()]);
    let mut counted = HashSet::new();
    let mut missing = 0;
    for url in &urls {
        let Some(answer) = found.get(url) else { continue };
        if counted.insert(url) {
            page.requests += answer.requests;
            page.wire_bytes += answer.wire_bytes;
            page.elapsed_ms += answer.elapsed_ms;
        }
        let part = if answer.outcome.is_good() {
            Some(Part {
                url: answer.final_url.clone(),
                content_type: answer.header("content-type").map(str::to_owned),
                body: answer.body.clone(),
            })
        } else {
            let passing = matches!(answer.outcome, Outcome::Unreachable | Outcome::Blocked);
            missing += usize::from(passing);
            old.iter().find(|old| passing && old.url == *url).cloned()
        };
        let fits = |part: &Part| bytes + part.body.len() <= MOST_BYTES;
        let Some(part) = part.filter(|part| fits(part) && seen.insert(part.url.clone())) else {
            continue;
        };
        if place == Place::Before {
            let is_off = Url::parse(&part.url).is_ok_and(|url| !extract::is_tweet(&url));
            if !parts.is_empty() || !is_off {
                continue;
            }
        }
        bytes += part.body.len();
        parts.push(part);
    }
    let why = page.reason.take();
    let first = parts.first().map(|part| part.url.clone());
    page.reason = match (place, first) {
        (_, None) => why,
        (Place::Instead | Place::Before, Some(url)) => Some(format!("the text is from {url}")),
        (Place::After, Some(_)) => Some(format!("with {} of {} chapters", parts.len(), urls.len())),
    };
    let is_whole = match place {
        Place::Instead => false,
        Place::After => missing == 0,
        Place::Before => !parts.is_empty(),
    };
    page.body = extract::bundle(&match place {
        Place::Instead if !parts.is_empty() => parts,
        Place::Before => parts.into_iter().chain([own]).collect(),
        Place::Instead | Place::After => [own].into_iter().chain(parts).collect::<Vec<_>>(),
    });
    // Each part has its own type, and the validators speak for the whole only when the whole is there.
    page.headers.retain(|(name, _)| {
        name != "content-type" && (is_whole || !matches!(name.as_str(), "etag" | "last-modified"))
    });
    page.form = Form::Parts;
    page
}

impl Work<'_> {
    /// Fetches what was put down for the pages of this update, a few documents at a time.
    pub(crate) fn fetch_further(&self, desk: &mut Desk<'_, '_>) -> Result<(), Error> {
        // One try: what these pages give is more than a list asks for.
        let mut policy = self.crawl.policy.plain();
        policy.max_body_bytes = policy.max_body_bytes.min(MOST_BYTES as u64);
        let settings = crawl::Settings { policy, tries: 1, ..self.crawl.clone() };
        // Also those that an interrupted update has left.
        let mut follow_ups = desk.store.follow_ups()?.into_iter();
        loop {
            let batch: Vec<(String, FollowUp)> = follow_ups.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                return Ok(());
            }
            let found = self.fetch_all(&batch, &settings, desk)?;
            if self.stop.is_stopped() {
                // What is not whole stays put down for the next update.
                return Ok(());
            }
            for (key, follow_up) in batch {
                desk.store.forget_follow_up(&key)?;
                let entry: Option<Entry> = desk.store.held(&key)?;
                if let Some(entry) = entry {
                    take_in(&entry, follow_up, &found, desk)?;
                }
            }
            desk.clear()?;
        }
    }

    /// The pages of some follow-ups, by the URL asked for. Bodies are held until the last of them is
    /// there, for each follow-up no more than its document may have.
    fn fetch_all(
        &self,
        follow_ups: &[(String, FollowUp)],
        settings: &crawl::Settings,
        desk: &mut Desk<'_, '_>,
    ) -> Result<HashMap<String, Page>, Error> {
        let mut visits = Vec::new();
        // Which follow-up a page is for, and how many bytes there is still room for.
        let mut follow_up_of = HashMap::new();
        let mut room = vec![MOST_BYTES; follow_ups.len()];
        let urls = follow_ups.iter().enumerate();
        for (at, url) in urls.flat_map(|(at, (_, f))| f.urls.iter().map(move |url| (at, url))) {
            if follow_up_of.insert(url.as_str(), at).is_none() {
                let validators = Validators::default();
                visits.push(Visit { url: url.clone(), validators, date_listed: None });
            }
        }
        let known = desk.store.all_robots()?.into_iter().collect();
        let mut found = HashMap::new();
        let mut failure = None;
        crawl::crawl(visits, settings, known, self.stop, &mut |event| {
            let noted = match event {
                Event::Page(mut page) => {
                    let at = follow_up_of.get(page.url.as_str()).copied().unwrap_or(0);
                    match room[at].checked_sub(page.body.len()) {
                        Some(left) => room[at] = left,
                        None => {
                            page.outcome = Outcome::TooLarge;
                            page.body = Vec::new();
                        }
                    }
                    found.insert(page.url.clone(), *page);
                    Ok(())
                }
                Event::Request { url } => {
                    desk.tell(Progress::Request { url: &url });
                    Ok(())
                }
                Event::Robots { origin, copy } => desk.store.set_robots(&origin, &copy),
                Event::NoNetwork => Ok(()),
            };
            if let Err(error) = noted {
                self.stop.abandon();
                failure.get_or_insert(error);
            }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        Ok(found)
    }
}

/// Lets the desk have a page with what was found for it, in place of the visit that brought it.
fn take_in(
    entry: &Entry,
    follow_up: FollowUp,
    found: &HashMap<String, Page>,
    desk: &mut Desk<'_, '_>,
) -> Result<(), Error> {
    let key = entry.canonical.as_str();
    let good = desk.store.copy(key, Role::Good)?;
    let Some(own) = desk.store.copy(key, Role::Last)?.or_else(|| good.clone()) else {
        return Ok(());
    };
    let old = good.filter(|copy| copy.form == Form::Parts);
    let old = old.map(|copy| extract::unbundle(&copy.body)).unwrap_or_default();
    let own = match own.form {
        // What led here has been put together already.
        Form::Parts => return Ok(()),
        Form::Page | Form::Summary => Part {
            url: own.final_url,
            content_type: header(&own.headers, "content-type"),
            body: own.body,
        },
    };
    let page = fulfil(follow_up, own, &old, found);
    desk.store.forget_last_visit(key)?;
    desk.take_in(entry, page)
}

fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}
