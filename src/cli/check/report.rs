//! The report of a check: the entries of a change, then what is wrong in the lists, with counts.

use clap::ValueEnum;
use mlsearch::{
    engine::Provenance,
    extract::Coverage,
    inspect::{CheckedLink, LinkState},
    list::ChangeKind,
    page::Outcome,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    check::{
        change::NewEntry,
        subject::{Subject, SubjectArgs},
    },
    failure::Failure,
    visit::Visits,
};

/// What makes a check fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// An added entry whose link is gone or unreachable
    New,
    /// Any link that is dead
    Confirmed,
    /// Nothing
    Never,
}

/// What a check has found.
#[derive(Serialize, JsonSchema)]
pub(crate) struct CheckReport {
    /// The git revision that the change is compared with, as it was named.
    pub(crate) since: Option<String>,
    /// Whether nobody has answered, so that nothing is said of the entries of the change.
    pub(crate) no_network: bool,
    /// Whether each link was visited once, and nothing is known of it beside that.
    #[serde(skip)]
    pub(crate) is_of_one_visit: bool,
    /// Over how many days a link must fail before it is called dead; null for the usual ones.
    pub(crate) days: Option<u32>,
    /// How many there are of each.
    pub(crate) counts: LinkCounts,
    /// The entries that the revision does not have, in list order.
    pub(crate) entries: Vec<ReportedEntry>,
    /// The other links that fail or have moved, in list order.
    pub(crate) links: Vec<CheckedLink>,
}

/// How many entries and links there are of each sort.
#[derive(Default, Serialize, JsonSchema)]
pub(crate) struct LinkCounts {
    /// Links that are known of, those of the change among them.
    pub(crate) links: usize,
    /// Entries that the revision has not at all.
    pub(crate) added: usize,
    /// Entries of which it says something else.
    pub(crate) changed: usize,
    /// Links that are gone or unreachable, though not for long enough to be dead: those that are added,
    /// if a change is checked.
    pub(crate) broken_new: usize,
    /// Links that are dead by several visits; of a FILE, by its one visit.
    pub(crate) broken_confirmed: usize,
    /// Links that have moved for good.
    pub(crate) moved: usize,
    /// Links behind a bot challenge or a refusal, which are not dead.
    pub(crate) blocked: usize,
    /// Links that were never visited.
    pub(crate) never_visited: usize,
}

/// An entry that a revision does not have, visited once.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReportedEntry {
    /// Whether it is new or says something else.
    pub(crate) change: ChangeKind,
    /// Its link. It is dead when that one visit failed.
    #[serde(flatten)]
    pub(crate) link: CheckedLink,
    /// The title that the page gives.
    pub(crate) page_title: Option<String>,
    /// The company.
    pub(crate) company: Option<String>,
    /// The date that the list gives, as far as it does.
    pub(crate) date_listed: Option<String>,
    /// The date that the page gives.
    #[schemars(extend("format" = "date"))]
    pub(crate) date_published: Option<String>,
    /// Whether the page holds an article; null when no page came.
    pub(crate) article: Option<bool>,
    /// What sort of text there is: `full text`, `abstract`, `transcript` or `list only`.
    pub(crate) provenance: String,
    /// What lint says of it.
    pub(crate) problems: Vec<String>,
}

impl ReportedEntry {
    fn of(NewEntry { kind, entry, problems }: &NewEntry, visits: &Visits) -> ReportedEntry {
        let extraction = visits.page(entry).and_then(|page| page.extraction.as_ref());
        let link = visits.link(entry);
        let found = extraction.filter(|found| found.outcome == Outcome::Ok);
        let provenance = match found.map(|found| found.coverage) {
            Some(Coverage::FullText) => Provenance::FullText,
            Some(Coverage::Abstract) => Provenance::Abstract,
            Some(Coverage::Transcript) => Provenance::Transcript,
            None => Provenance::ListOnly,
        };
        ReportedEntry {
            change: *kind,
            link,
            page_title: found.and_then(|found| found.content.title.clone()),
            company: entry.company.clone(),
            date_listed: entry.date_listed.map(|date| entry.date_precision.write(date)),
            date_published: found
                .and_then(|found| found.content.date_published)
                .map(|date| date.to_string()),
            article: extraction.map(|_| found.is_some()),
            provenance: provenance.to_string(),
            problems: problems.clone(),
        }
    }

    /// Whether the change has brought a link that leads nowhere. One that was there before, and of
    /// which something else is said now, is old rot.
    fn is_new_and_dead(&self) -> bool {
        self.change == ChangeKind::Added && self.link.state.is_failure()
    }
}

impl CheckReport {
    /// What was found of a subject.
    ///
    /// # Errors
    /// When the visits of the collection cannot be read.
    pub(crate) fn of(subject: &Subject, args: &SubjectArgs) -> Result<CheckReport, Failure> {
        let (since, days) = (args.changed_since.clone(), args.days);
        let (entries, no_network, others) = match &subject.change {
            Some((change, visits)) => {
                let entries = change.entries.iter().map(|new| ReportedEntry::of(new, visits));
                (entries.collect(), !visits.has_network, subject.others(args.patience())?)
            }
            None => (Vec::new(), false, subject.links.clone()),
        };
        let counts = LinkCounts::of(since.is_some(), &entries, &others);
        let is_shown =
            |link: &CheckedLink| link.state.is_failure() || link.state == LinkState::Moved;
        let links = others.into_iter().filter(is_shown).collect();
        let is_of_one_visit = subject.collection.is_none();
        Ok(CheckReport { since, no_network, is_of_one_visit, days, counts, entries, links })
    }

    /// Whether the check fails.
    pub(crate) fn fails_on(&self, what: FailOn) -> bool {
        match what {
            FailOn::New => self.entries.iter().any(ReportedEntry::is_new_and_dead),
            FailOn::Confirmed => self.counts.broken_confirmed > 0,
            FailOn::Never => false,
        }
    }
}

impl LinkCounts {
    fn of(is_change: bool, entries: &[ReportedEntry], others: &[CheckedLink]) -> LinkCounts {
        let state = |state: LinkState| {
            let links = entries.iter().map(|entry| &entry.link).chain(others);
            links.filter(|link| link.state == state).count()
        };
        let new = |kind: ChangeKind| entries.iter().filter(|entry| entry.change == kind).count();
        let failing = entries.iter().filter(|entry| entry.is_new_and_dead()).count();
        let not_yet_dead = others.iter().filter(|link| link.state.is_failure() && !link.dead);
        LinkCounts {
            links: entries.len() + others.len(),
            added: new(ChangeKind::Added),
            changed: new(ChangeKind::Changed),
            broken_new: if is_change { failing } else { not_yet_dead.count() },
            broken_confirmed: others.iter().filter(|link| link.dead).count(),
            moved: state(LinkState::Moved),
            blocked: state(LinkState::Blocked),
            never_visited: state(LinkState::NeverVisited),
        }
    }
}
