//! What is checked: the links of a collection, of files, or of what has changed in them.

use clap::Args;
use mlsearch::{
    Error,
    aliases::Aliases,
    collection::{Collection, name_of_source},
    counted::counted,
    entry::Entry,
    inspect::{self, CheckedLink, Patience},
    list::{self, ListOptions},
};

use crate::cli::{
    check::change::{self, ListChange},
    context::Context,
    failure::Failure,
    list::{note_warnings, read, read_each},
    visit::{VisitArgs, Visits},
    web,
};

/// What is to be checked.
#[derive(Debug, Args)]
pub(crate) struct SubjectArgs {
    /// Visit the links of these lists now, whether or not they are in a collection
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::AnyPath, group = "visits")]
    pub(crate) files: Vec<String>,
    /// Visit the entries that this git revision does not have
    #[arg(long, value_name = "REVISION", group = "visits")]
    pub(crate) changed_since: Option<String>,
    #[command(flatten)]
    visit: VisitArgs,
    /// Call a link dead that failed at 3 visits over so many days
    #[arg(long, value_name = "DAYS", conflicts_with = "files")]
    pub(crate) days: Option<u32>,
}

impl SubjectArgs {
    /// How long a link must fail before it is called dead.
    pub(crate) fn patience(&self) -> Patience {
        self.days.map_or(Patience::Usual, Patience::Days)
    }
}

/// The links that are checked, and what they were taken from.
pub(crate) struct Subject {
    /// The collection, unless files are named.
    pub(crate) collection: Option<Collection>,
    /// What a revision does not have, with its visits.
    pub(crate) change: Option<(ListChange, Visits)>,
    /// The links: those of the change, if there is one.
    pub(crate) links: Vec<CheckedLink>,
}

impl Subject {
    /// Reads the lists, and visits what is to be visited.
    pub(crate) fn of(args: &SubjectArgs, context: &mut Context) -> Result<Subject, Failure> {
        let collection = args.files.is_empty().then(|| context.collection()).transpose()?;
        if let Some(revision) = &args.changed_since {
            let change = changed_since(revision, &args.files, collection.as_ref(), context)?;
            let entries: Vec<&Entry> = change.entries.iter().map(|new| &new.entry).collect();
            context.note(&format!("visiting {}", counted(entries.len(), "page")));
            let visits = args.visit.visit(&entries, &change.others, collection.as_ref())?;
            let links = entries.iter().map(|entry| visits.link(entry)).collect();
            return Ok(Subject { collection, change: Some((change, visits)), links });
        }
        let links = match &collection {
            Some(collection) => inspect::links(collection, args.patience(), Context::now())?,
            None => links_of(&args.files, &args.visit, context)?,
        };
        Ok(Subject { collection, change: None, links })
    }

    /// The links of the collection that are not in the change, as the last updates found them.
    pub(crate) fn others(&self, patience: Patience) -> Result<Vec<CheckedLink>, Failure> {
        let (Some(collection), Some((change, _))) = (&self.collection, &self.change) else {
            return Ok(Vec::new());
        };
        let mut links = match inspect::links(collection, patience, Context::now()) {
            // Before the first update nothing is known of them.
            Err(Error::NoStore(_)) => return Ok(Vec::new()),
            links => links?,
        };
        links.retain(|link| change.entries.iter().all(|new| new.entry.url != link.url));
        Ok(links)
    }
}

fn changed_since(
    revision: &str,
    files: &[String],
    collection: Option<&Collection>,
    context: &mut Context,
) -> Result<ListChange, Failure> {
    if let Some(file) = files.iter().find(|file| is_no_file(file)) {
        return Err(Failure::Usage {
            message: format!("no revision has `{file}`: it is no file"),
            hint: "name a file of a git repository".into(),
        });
    }
    let (lists, aliases) = match collection {
        Some(collection) => (change::lists_of(collection), collection.aliases()?),
        None => (change::named_lists(files), Aliases::default()),
    };
    ListChange::since(revision, &lists, &aliases, context)
}

/// The links of lists, which are visited now.
fn links_of(
    files: &[String],
    visit: &VisitArgs,
    context: &mut Context,
) -> Result<Vec<CheckedLink>, Failure> {
    let lists = read_each(files, context, |file, context| {
        let mut options = ListOptions { name: name_of_source(file), ..ListOptions::default() };
        let (list, _) = read(file, visit.allow_net(), &mut options)?;
        note_warnings(&list, file, false, context);
        Ok(list)
    })?;
    let entries = list::merge(lists);
    context.note(&format!("visiting {}", counted(entries.len(), "page")));
    let visits = visit.visit(&entries.iter().collect::<Vec<_>>(), &[], None)?;
    visits.or_no_network()?;
    Ok(entries.iter().map(|entry| visits.link(entry)).collect())
}

/// Whether an argument is standard input or an address.
pub(crate) fn is_no_file(file: &str) -> bool {
    file == "-" || web::address(file).is_some()
}
