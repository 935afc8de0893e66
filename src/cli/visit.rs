//! The links of entries, visited once and read, without a collection that keeps them.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use clap::Args;
use ipnet::IpNet;
use mlsearch::{
    Error,
    collection::Collection,
    crawl::{self, CrawlOptions, Event, Visit},
    crawl_policy::Policy,
    engine::document::id_of_key,
    entry::Entry,
    extract::{Extraction, Input},
    inspect::{CheckedLink, LinkState},
    page::{Outcome, Page, Validators},
    update,
    wording::hint::CHECK_ADDRESS,
    worker::Pool,
};

use crate::cli::context::Context;
use crate::cli::{failure::Failure, signals::Signals, update::seconds, worker};

/// Other hosts that are asked when none of those that were to be visited has answered.
const MOST_WITNESSES: usize = 6;

/// How links are visited.
#[derive(Clone, Debug, Args)]
pub(crate) struct VisitArgs {
    /// Where links are visited: seconds between two requests to one host
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "visits")]
    delay: Option<Duration>,
    /// Where links are visited: treat a network as public (repeatable)
    #[arg(long, value_name = "CIDR", requires = "visits")]
    allow_net: Vec<IpNet>,
}

/// What came of the visits.
pub(crate) struct Visits {
    pages: HashMap<String, VisitedPage>,
    /// False when nobody has answered at all.
    pub(crate) has_network: bool,
}

/// A page without its body, and what was read of it.
pub(crate) struct VisitedPage {
    page: Page,
    /// What it is once its text is known.
    outcome: Outcome,
    reason: Option<String>,
    /// What was found on it; none when no page came.
    pub(crate) extraction: Option<Extraction>,
}

impl VisitArgs {
    /// The networks that are treated as public.
    pub(crate) fn allow_net(&self) -> &[IpNet] {
        &self.allow_net
    }

    /// Visits the pages of entries. None is stored, and no service is asked for one.
    ///
    /// When nobody answers, `others` are asked: it takes one of them to call the links dead and not
    /// the network.
    pub(crate) fn visit(
        &self,
        entries: &[&Entry],
        others: &[Entry],
        collection: Option<&Collection>,
    ) -> Result<Visits, Failure> {
        let options = self.options(collection);
        let mut visits = crawl(entries.iter().copied(), &options)?;
        let answered = |visits: &Visits| {
            let mut pages = visits.pages.values().map(|visited| &visited.page);
            pages.any(|page| page.status.is_some() || page.outcome != Outcome::Unreachable)
        };
        if !entries.is_empty() && !answered(&visits) {
            let mut hosts = BTreeSet::new();
            let others = others.iter().filter(|entry| hosts.insert(crawl::host_of(&entry.url)));
            let witnesses = crawl(others.take(MOST_WITNESSES), &options)?;
            let asked = hosts.len().min(MOST_WITNESSES) > 0;
            visits.has_network &= !asked || answered(&witnesses);
        }
        Ok(visits)
    }

    /// As the settings of a collection say, which have no say over what is not visited.
    fn options(&self, collection: Option<&Collection>) -> CrawlOptions {
        let mut policy = collection.map_or_else(Policy::default, |collection| {
            let policy = collection.settings.crawl.clone();
            let ca_bundle = policy.ca_bundle.map(|path| collection.dir.join(path));
            Policy { ca_bundle, ..policy }
        });
        policy.delay = self.delay.unwrap_or(policy.delay);
        policy.allow_net.extend(&self.allow_net);
        policy.archive = false;
        policy.adapters = BTreeSet::new();
        let contact = collection.and_then(|collection| collection.settings.contact());
        let user_agent = crawl::user_agent(contact);
        CrawlOptions { policy, user_agent, ..CrawlOptions::new(Context::now) }
    }
}

fn crawl<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    options: &CrawlOptions,
) -> Result<Visits, Failure> {
    let titles: HashMap<&str, &[String]> =
        entries.map(|entry| (entry.url.as_str(), entry.titles.as_slice())).collect();
    let visit = |url: &&str| Visit {
        url: (*url).to_owned(),
        validators: Validators::default(),
        date_listed: None,
    };
    let mut urls: Vec<&str> = titles.keys().copied().collect();
    urls.sort_unstable();
    let pool = Pool::new(worker::launch());
    let stop = Signals::watch()?.stop;
    let mut visits = Visits { pages: HashMap::new(), has_network: true };
    let queue = urls.iter().map(visit).collect();
    crawl::crawl(queue, options, HashMap::new(), &stop, &mut |event| match event {
        Event::Page(page) => {
            let titles = titles.get(page.url.as_str()).copied().unwrap_or_default();
            let visited = VisitedPage::read(*page, titles, &pool, &stop);
            visits.pages.insert(visited.page.url.clone(), visited);
        }
        Event::NoNetwork => visits.has_network = false,
        Event::Request { .. } | Event::Robots { .. } => {}
    })?;
    if stop.is_stopped() {
        return Err(Error::Interrupted.into());
    }
    Ok(visits)
}

impl VisitedPage {
    fn read(mut page: Page, titles: &[String], pool: &Pool, stop: &crawl::Stop) -> VisitedPage {
        let body = std::mem::take(&mut page.body);
        let (outcome, reason) = (page.outcome, page.reason.clone());
        if !outcome.is_good() {
            return VisitedPage { page, outcome, reason, extraction: None };
        }
        let input = Input {
            body: &body,
            url: &page.final_url,
            content_type: page.header("content-type"),
            listed_titles: titles,
            form: page.form,
        };
        let found = pool.read(&input, &|| stop.is_stopped()).unwrap_or_else(Extraction::from);
        let (outcome, reason) = update::verdict(&page, &found);
        VisitedPage { page, outcome, reason, extraction: Some(found) }
    }
}

impl Visits {
    /// Of these visits, an error when nobody has answered.
    pub(crate) fn or_no_network(&self) -> Result<(), Failure> {
        if self.has_network {
            return Ok(());
        }
        Err(Failure::Usage {
            message: "no network: the links could not be visited".into(),
            hint: CHECK_ADDRESS.into(),
        })
    }

    /// The page of an entry.
    pub(crate) fn page(&self, entry: &Entry) -> Option<&VisitedPage> {
        self.pages.get(&entry.url).filter(|_| self.has_network)
    }

    /// The link of an entry with what its one visit says. Without a network nothing is said of any.
    pub(crate) fn link(&self, entry: &Entry) -> CheckedLink {
        let visited = self.page(entry);
        let page = visited.map(|visited| &visited.page);
        let state = visited.map_or(LinkState::NeverVisited, |visited| visited.outcome.into());
        let final_url = page.map(|page| page.final_url.clone());
        CheckedLink {
            id: id_of_key(entry.canonical.as_str()),
            title: entry.title().to_owned(),
            state,
            // That one visit is all the evidence there is.
            dead: state.is_failure(),
            reason: visited.and_then(|visited| visited.reason.clone()),
            status: page.and_then(|page| page.status),
            final_url: final_url.filter(|url| *url != entry.url),
            failing_since: None,
            failures: usize::from(visited.is_some_and(|visited| !visited.outcome.is_good())),
            archived: None,
            url: entry.url.clone(),
            lists: entry.lists.clone(),
        }
    }
}
