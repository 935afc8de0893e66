//! Follow-ups: pages that a listed page links to because its text is there, kept with it as one
//! body.

use std::collections::{HashMap, HashSet};

use url::Url;

use crate::{
    counted::counted,
    crawl_policy::{Adapter, Policy},
    extract::{self, Outlinks, Part},
    page::{Form, Outcome, Page, Source},
    store::{FollowUp, FollowUpPlace, PageCopy},
};

/// Chapters that are read of a book; further ones are left alone.
const MOST_CHAPTERS: usize = 30;
/// Bytes of bodies kept for a document.
pub(crate) const MOST_BYTES: usize = 4 << 20;

/// The pages that a page leads to and that are to be fetched, if the policy has them fetched.
pub(crate) fn of(page: &Page, outlinks: Outlinks, policy: &Policy) -> Option<FollowUp> {
    let (mut urls, place) = match outlinks {
        Outlinks { variant: Some(url), .. } if policy.variants => {
            (vec![url], FollowUpPlace::Instead)
        }
        Outlinks { whole: Some(url), .. } if policy.books => (vec![url], FollowUpPlace::Instead),
        Outlinks { chapters, .. } if policy.books && !chapters.is_empty() => {
            (chapters, FollowUpPlace::After)
        }
        Outlinks { linked, .. }
            if policy.adapters.contains(&Adapter::Tweets) && !linked.is_empty() =>
        {
            (linked, FollowUpPlace::Before)
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

/// Puts a page together with the further ones that came, and with those of its last good copy that
/// could not be had this time. None when the page itself is not stored any more, or was put together
/// already. `good` and `last` are its stored copies, `found` the further pages by the URLs asked for.
pub(crate) fn assemble(
    follow_up: FollowUp,
    good: Option<PageCopy>,
    last: Option<PageCopy>,
    found: &HashMap<String, Page>,
) -> Option<Page> {
    let own = last.or_else(|| good.clone())?;
    let own = match own.form {
        Form::Parts => return None,
        Form::Page | Form::Summary => Part {
            url: own.final_url,
            content_type: header(&own.headers, "content-type"),
            body: own.body,
        },
    };
    let old = good.filter(|copy| copy.form == Form::Parts);
    let old = old.map(|copy| extract::unbundle(&copy.body)).unwrap_or_default();
    Some(bundle(follow_up, own, &old, found))
}

/// Puts a page together with those that it leads to.
fn bundle(follow_up: FollowUp, own: Part, old: &[Part], found: &HashMap<String, Page>) -> Page {
    let FollowUp { mut page, urls, place } = follow_up;
    let mut parts: Vec<Part> = Vec::new();
    let mut bytes = own.body.len();
    let mut seen = HashSet::from([own.url.clone()]);
    let mut included = HashSet::new();
    let mut missing = 0;
    for url in &urls {
        let Some(answer) = found.get(url) else { continue };
        if included.insert(url) {
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
        if place == FollowUpPlace::Before {
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
        (FollowUpPlace::Instead | FollowUpPlace::Before, Some(url)) => {
            Some(format!("the text is from {url}"))
        }
        (FollowUpPlace::After, Some(_)) => {
            Some(format!("with {} of {}", parts.len(), counted(urls.len(), "chapter")))
        }
    };
    let is_whole = match place {
        FollowUpPlace::Instead => false,
        FollowUpPlace::After => missing == 0,
        FollowUpPlace::Before => !parts.is_empty(),
    };
    page.body = extract::bundle(&match place {
        FollowUpPlace::Instead if !parts.is_empty() => parts,
        FollowUpPlace::Before => parts.into_iter().chain([own]).collect(),
        FollowUpPlace::Instead | FollowUpPlace::After => {
            [own].into_iter().chain(parts).collect::<Vec<_>>()
        }
    });
    // Each part has its own type, and the validators speak for the whole only when the whole is there.
    page.headers.retain(|(name, _)| {
        name != "content-type" && (is_whole || !matches!(name.as_str(), "etag" | "last-modified"))
    });
    page.form = Form::Parts;
    page
}

fn header(headers: &[(String, String)], name: &str) -> Option<String> {
    headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
}
