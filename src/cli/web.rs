//! One page from the web, for commands that take a file or a URL.

use std::collections::{BTreeSet, HashMap};

use ipnet::IpNet;
use mlsearch::{
    Error, canonical,
    crawl::{self, CrawlOptions, Event, Stop, Visit},
    crawl_policy::{Adapter, Policy},
    page::{Page, Validators},
    wording::hint::CHECK_ADDRESS,
};
use url::Url;

use crate::cli::{context::Context, failure::Failure};

/// The argument as the address of a page, when it is one.
pub(crate) fn address(source: &str) -> Option<Url> {
    Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// An argument without the user name and the password, if it is an address that has them; says so.
pub(crate) fn without_userinfo(source: &str, context: &Context) -> String {
    let cut = address(source).and_then(|_| canonical::url_without_userinfo(source));
    let Some(cut) = cut else { return source.to_owned() };
    context.note(&format!("a user name or password is cut from `{cut}`: none is ever sent"));
    cut
}

/// Fetches one page as an update would, robots.txt and address checks included.
///
/// # Errors
/// [`Failure::Usage`] with the outcome when the page cannot be had.
pub(crate) fn fetch(
    url: &Url,
    allow_net: &[IpNet],
    adapters: BTreeSet<Adapter>,
) -> Result<Page, Failure> {
    let allow_net = allow_net.to_vec();
    let policy = Policy { allow_net, archive: false, adapters, ..Policy::default() };
    let settings = CrawlOptions { policy, ..CrawlOptions::new(Context::now) };
    let visit =
        Visit { url: url.to_string(), validators: Validators::default(), date_listed: None };
    let mut answer = None;
    crawl::crawl(vec![visit], &settings, HashMap::new(), &Stop::default(), &mut |event| {
        if let Event::Page(page) = event {
            answer = Some(*page);
        }
    })?;
    let page = answer.ok_or(Error::Interrupted)?;
    if page.outcome.is_good() {
        return Ok(page);
    }
    let reason = page.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
    Err(Failure::Usage {
        message: format!("`{url}`: {}{reason}", page.outcome),
        hint: CHECK_ADDRESS.into(),
    })
}
