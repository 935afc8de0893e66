//! The web archive: which capture to take for a page that is no longer to be had, and how to get it.

use jiff::{Timestamp, civil::Date, civil::DateTime, tz::TimeZone};
use serde_json::Value;
use url::Url;

use crate::{
    canonical,
    crawl::{
        classify,
        exchange::Cost,
        redirect::{MAX_HOPS, redirect},
        robots_cache::Permission,
        session::Session,
    },
    http::{
        back_off::MAX_PAUSE,
        fetch::Want,
        reason,
        reply::{Reply, RequestFailure},
    },
    page::{Form, Outcome, Page, Source, Validators},
};

/// A capture of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Capture {
    /// Fourteen digits, as the archive names its captures.
    pub(crate) stamp: String,
    /// The moment they mean.
    pub(crate) captured: Timestamp,
    /// The URL as the archive has it.
    pub(crate) original: String,
}

/// The look-up of the capture closest to a date, or of the latest one
/// (github.com/internetarchive/wayback, `wayback-cdx-server`).
pub(crate) fn lookup_url(url: &str, date: Option<Date>) -> Url {
    let mut lookup =
        Url::parse("https://web.archive.org/cdx/search/cdx").expect("a URL without variable parts");
    let mut query = lookup.query_pairs_mut();
    query.append_pair("url", url).append_pair("output", "json");
    query.append_pair("fl", "timestamp,original").append_pair("filter", "statuscode:200");
    match date {
        Some(date) => {
            let closest = date.strftime("%Y%m%d").to_string();
            query.append_pair("sort", "closest").append_pair("closest", &closest);
            query.append_pair("limit", "1");
        }
        None => {
            query.append_pair("limit", "-1");
        }
    }
    drop(query);
    lookup
}

/// Reads the answer to a look-up: a table whose first row names the columns.
pub(crate) fn parse_lookup(body: &[u8]) -> Option<Capture> {
    let table: Value = serde_json::from_slice(body).ok()?;
    let row = table.as_array()?.last()?.as_array()?;
    let [stamp, original] = row.as_slice() else { return None };
    let (stamp, original) = (stamp.as_str()?, original.as_str()?);
    if stamp.len() != 14 {
        return None;
    }
    let at = DateTime::strptime("%Y%m%d%H%M%S", stamp).ok()?;
    let captured = TimeZone::UTC.to_timestamp(at).ok()?;
    Some(Capture { stamp: stamp.into(), captured, original: original.into() })
}

/// The address of the bytes as they were captured, without the archive's own additions.
pub(crate) fn capture_url(capture: &Capture) -> Option<Url> {
    let address = format!("https://web.archive.org/web/{}id_/{}", capture.stamp, capture.original);
    Url::parse(&address).ok()
}

/// Puts an archived copy in the place of a page that could not be had; without one the page stays as
/// it is and its reason says so.
pub(crate) async fn put_copy_in_place(
    session: &Session,
    mut page: Page,
    date: Option<Date>,
) -> (Page, Reply) {
    let mut cost = Cost::default();
    let found = match Url::parse(&page.url) {
        Ok(url) if session.exchange.is_internal(&url).await => {
            Err("not looked up elsewhere, since its host is not a public one".to_owned())
        }
        _ => find(session, &page.url, date, &mut cost).await,
    };
    cost.add_to(&mut page);
    let missing = page.reason.take().unwrap_or_else(|| page.outcome.to_string());
    match found {
        Ok((capture, reply)) => {
            let day = capture.captured.strftime("%Y-%m-%d");
            page.reason = Some(format!("{}: {missing}; archived {day}", page.outcome));
            page.source = Source::Archived { captured: capture.captured, instead_of: page.outcome };
            page.outcome = Outcome::Ok;
            page.form = Form::Page;
            let original = canonical::url_without_userinfo(&capture.original);
            page.final_url = original.unwrap_or(capture.original);
            page.headers = classify::kept_headers(&reply.headers);
            // They are the archive's and would mean nothing to the site.
            page.headers.retain(|(name, _)| !matches!(name.as_str(), "etag" | "last-modified"));
            (page, reply)
        }
        Err(why) => {
            page.reason = Some(format!("{missing}; {why}"));
            (page, Reply::default())
        }
    }
}

async fn find(
    session: &Session,
    url: &str,
    date: Option<Date>,
    cost: &mut Cost,
) -> Result<(Capture, Reply), String> {
    let failed = |what: String| format!("the web archive does not answer: {what}");
    let table = ask(session, lookup_url(url, date), "application/json", cost).await;
    let table = table.map_err(failed)?;
    let none = || "no archived copy".to_owned();
    let capture = parse_lookup(&table.body).ok_or_else(none)?;
    let address = capture_url(&capture).ok_or_else(none)?;
    let reply = ask(session, address, "*/*", cost).await.map_err(failed)?;
    match classify::judge(&reply, &session.exchange.product, (session.exchange.clock)()) {
        (Outcome::Ok, _) => Ok((capture, reply)),
        (_, why) => Err(format!("the archived copy is of no use: {}", why.unwrap_or_default())),
    }
}

/// Asks a service, with the permission of its robots.txt and over its redirects.
///
/// # Errors
/// Why there is no answer with status 200.
pub(crate) async fn ask(
    session: &Session,
    mut url: Url,
    accept: &'static str,
    cost: &mut Cost,
) -> Result<Reply, String> {
    for _ in 0..=MAX_HOPS {
        let want = Want::Data { accept, validators: &Validators::default() };
        let reply = answer(session, &url, want, cost).await?;
        match redirect(&reply, &url) {
            Some(found) if reply.status >= 300 => {
                url = found.target.map_err(|text| reason::clean(&text))?;
            }
            _ if reply.status == 200 => return Ok(reply),
            _ => return Err(format!("status {}", reply.status)),
        }
    }
    Err(RequestFailure::Broken("more than 10 redirects".into()).to_string())
}

/// One request with permission.
pub(crate) async fn answer(
    session: &Session,
    url: &Url,
    want: Want<'_>,
    cost: &mut Cost,
) -> Result<Reply, String> {
    match &*session.permission(url, cost).await {
        Permission::Rules(rules) if rules.allows(url) => {}
        Permission::Rules(_) => return Err("robots.txt forbids it".into()),
        Permission::Refused { reason, .. } => return Err(reason.clone()),
    }
    let host = session.exchange.hosts.get(url);
    if host.come_back().is_some_and(|moment| moment > (session.exchange.clock)()) {
        return Err("it asks to be left alone for now".into());
    }
    let reply =
        session.exchange.send(url, want, cost).await.map_err(|failure| failure.to_string())?;
    let asked = reply.headers.retry_after((session.exchange.clock)());
    if matches!(reply.status, 429 | 503)
        && let Some(asked) = asked.filter(|asked| *asked > MAX_PAUSE)
    {
        host.put_off(session.exchange.after(asked));
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use crate::crawl::archive::{capture_url, lookup_url, parse_lookup};

    #[test]
    fn the_capture_closest_to_the_date_is_looked_up() {
        let url = lookup_url("https://a.example/x?y=1&z", Some(date(2022, 8, 1)));
        assert_eq!(
            url.as_str(),
            "https://web.archive.org/cdx/search/cdx?url=https%3A%2F%2Fa.example%2Fx%3Fy%3D1%26z\
             &output=json&fl=timestamp%2Coriginal&filter=statuscode%3A200\
             &sort=closest&closest=20220801&limit=1"
        );
        assert!(lookup_url("https://a.example/", None).as_str().ends_with("&limit=-1"));
    }

    #[test]
    fn the_table_is_read_and_the_raw_capture_asked_for() {
        let table = br#"[["timestamp","original"],["20220803101112","http://a.example:80/x?y"]]"#;
        let capture = parse_lookup(table).unwrap();
        assert_eq!(capture.captured.to_string(), "2022-08-03T10:11:12Z");
        assert_eq!(
            capture_url(&capture).unwrap().as_str(),
            "https://web.archive.org/web/20220803101112id_/http://a.example:80/x?y"
        );
    }

    #[test]
    fn tables_without_a_capture_are_none() {
        for table in [
            "[]",
            "[[]]",
            r#"[["timestamp","original"]]"#,
            r#"[["timestamp","original"],["2022","x"]]"#,
            r#"[["timestamp","original"],["20229999999999","x"]]"#,
            r#"{"a": 1}"#,
            "<html>",
            "",
        ] {
            assert_eq!(parse_lookup(table.as_bytes()), None, "{table}");
        }
    }
}
