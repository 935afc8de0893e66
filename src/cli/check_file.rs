//! The links of one list, visited once: for a list that is in no collection.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use clap::Args;
use ipnet::IpNet;
use mlsearch::{
    Error, collection,
    counted::counted,
    crawl::{self, CrawlOptions, Event, Visit},
    crawl_policy::Policy,
    engine::document::id_of_key,
    entry::Entry,
    inspect::{CheckedLink, LinkState},
    list::{self, ListOptions},
    page::{Page, Validators},
    wording::hint::CHECK_ADDRESS,
};

use crate::cli::{
    context::Context,
    failure::Failure,
    list::{note_warnings, read},
    signals::Signals,
    update::seconds,
};

/// What list is checked, and how.
#[derive(Clone, Debug, Args)]
pub(crate) struct FileArgs {
    /// Visit the links of this list now, whether or not it is in a collection
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::AnyPath)]
    pub(crate) file: Option<String>,
    /// With FILE: seconds between two requests to one host
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "file")]
    delay: Option<Duration>,
    /// With FILE: treat a network as public (repeatable)
    #[arg(long, value_name = "CIDR", requires = "file")]
    allow_net: Vec<IpNet>,
}

impl FileArgs {
    /// Visits the links of a list, each once, and says what became of them.
    pub(crate) fn links(
        &self,
        file: &str,
        context: &mut Context,
    ) -> Result<Vec<CheckedLink>, Failure> {
        let name = collection::name_of_source(file);
        let mut options = ListOptions { name, ..ListOptions::default() };
        let (list, _) = read(file, &self.allow_net, &mut options)?;
        note_warnings(&list, file, false, context);
        let entries = list::merge(vec![list]);
        context.note(&format!("visiting {}", counted(entries.len(), "page")));
        let pages = self.visit(&entries)?;
        Ok(entries.into_iter().map(|entry| checked(entry, &pages)).collect())
    }

    /// The pages by their addresses. None is stored, and no service is asked for one.
    fn visit(&self, entries: &[Entry]) -> Result<HashMap<String, Page>, Failure> {
        let policy = Policy {
            allow_net: self.allow_net.clone(),
            archive: false,
            adapters: BTreeSet::new(),
            ..Policy::default()
        };
        let delay = self.delay.unwrap_or(policy.delay);
        let policy = Policy { delay, ..policy };
        let settings = CrawlOptions { policy, ..CrawlOptions::new(Context::now) };
        let visit = |entry: &Entry| Visit {
            url: entry.url.clone(),
            validators: Validators::default(),
            date_listed: None,
        };
        let visits = entries.iter().map(visit).collect();
        let stop = Signals::watch()?.stop;
        let (mut pages, mut has_network) = (HashMap::new(), true);
        crawl::crawl(visits, &settings, HashMap::new(), &stop, &mut |event| match event {
            Event::Page(mut page) => {
                page.body = Vec::new();
                pages.insert(page.url.clone(), *page);
            }
            Event::NoNetwork => has_network = false,
            Event::Request { .. } | Event::Robots { .. } => {}
        })?;
        if stop.is_stopped() {
            return Err(Error::Interrupted.into());
        }
        if !has_network {
            return Err(Failure::Usage {
                message: "no network: the links could not be visited".into(),
                hint: CHECK_ADDRESS.into(),
            });
        }
        Ok(pages)
    }
}

/// A link with what its one visit says.
fn checked(entry: Entry, pages: &HashMap<String, Page>) -> CheckedLink {
    let page = pages.get(&entry.url);
    let state = page.map_or(LinkState::NeverVisited, |page| page.outcome.into());
    CheckedLink {
        id: id_of_key(entry.canonical.as_str()),
        title: entry.title().to_owned(),
        state,
        // That one visit is all the evidence there is.
        dead: state.is_failure(),
        reason: page.and_then(|page| page.reason.clone()),
        status: page.and_then(|page| page.status),
        final_url: page.map(|page| page.final_url.clone()).filter(|url| *url != entry.url),
        failing_since: None,
        failures: usize::from(page.is_some_and(|page| !page.outcome.is_good())),
        archived: None,
        url: entry.url,
        lists: entry.lists,
    }
}
