//! A change of lists: the entries that a git revision does not have.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use mlsearch::{
    aliases::Aliases,
    collection::Collection,
    entry::Entry,
    inspect,
    list::{self, ChangeKind, List, ListOptions},
};

use crate::cli::{
    check::change_findings::ChangeFindings,
    context::Context,
    failure::Failure,
    git_revision::Revision,
    list::{from_file, named, note_warnings, read_each},
};

/// Files at most that are read for a list that has come under its name since a revision.
const MOST_LOST: usize = 100;

/// What the lists have now, beside what a revision has.
pub(crate) struct ListChange {
    /// The entries that the revision does not have, in list order.
    pub(crate) entries: Vec<NewEntry>,
    /// The other entries, each address once.
    pub(crate) others: Vec<Entry>,
}

/// An entry that the revision does not have.
pub(crate) struct NewEntry {
    pub(crate) kind: ChangeKind,
    pub(crate) entry: Entry,
    /// What lint says of it.
    pub(crate) problems: Vec<String>,
}

/// How a list is read.
type ReadList<'l> = Box<dyn Fn(&[u8]) -> Result<List, mlsearch::Error> + 'l>;

/// A file with a list, and how it is read.
pub(crate) struct ComparedList<'l> {
    shown: String,
    path: PathBuf,
    parse: ReadList<'l>,
}

/// The files that are named, as lists by themselves.
pub(crate) fn named_lists(files: &[String]) -> Vec<ComparedList<'_>> {
    let compared = |file: &String| {
        let name = mlsearch::collection::name_of_source(file);
        let options = ListOptions { name, ..ListOptions::default() };
        ComparedList {
            shown: file.clone(),
            path: PathBuf::from(file),
            parse: Box::new(move |bytes| list::parse(bytes, &options)),
        }
    };
    files.iter().map(compared).collect()
}

/// The files of a collection that a repository may have.
pub(crate) fn lists_of(collection: &Collection) -> Vec<ComparedList<'_>> {
    let mut lists = Vec::new();
    for file in inspect::list_files(collection) {
        lists.push(ComparedList {
            shown: file.path.display().to_string(),
            path: file.path.clone(),
            parse: Box::new(move |bytes| file.parse(bytes)),
        });
    }
    lists
}

impl ListChange {
    /// Reads the lists as they are and as they were.
    pub(crate) fn since(
        revision: &str,
        lists: &[ComparedList<'_>],
        aliases: &Aliases,
        context: &mut Context,
    ) -> Result<ListChange, Failure> {
        let first = lists.first().map_or(Path::new("."), |list| &list.path);
        let revision = Revision::find(revision, first)?;
        let read = read_each(lists, context, |ComparedList { shown, path, parse }, context| {
            let bytes = from_file(&path.to_string_lossy(), list::MAX_BYTES as u64 + 1)?;
            let list = parse(&bytes).map_err(|e| named(e, shown))?;
            note_warnings(&list, shown, false, context);
            Ok(list)
        })?;
        let today = Context::local_now().date();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        // Files that are gone may be lists under names that they have no more.
        let mut lost: Option<Vec<String>> = None;
        let mut found = ChangeFindings::default();
        for (ComparedList { path, parse, .. }, list) in lists.iter().zip(read) {
            // What was no list has no entries.
            let before = match revision.file(path)? {
                Some(bytes) => vec![bytes],
                None => {
                    let lost = match &mut lost {
                        Some(lost) => lost,
                        None => lost.insert(revision.lost_files()?),
                    };
                    let extension = path.extension();
                    let alike = lost.iter().filter(|lost| Path::new(lost).extension() == extension);
                    let texts = alike.take(MOST_LOST).map(|path| revision.blob(path));
                    texts.filter_map(Result::transpose).collect::<Result<_, _>>()?
                }
            };
            let before: Vec<List> = before.iter().filter_map(|bytes| parse(bytes).ok()).collect();
            found.add(&list, &before, today);
            old.extend(before.into_iter().flat_map(|list| list.entries));
            new.extend(list.entries);
        }
        list::infer_companies(&mut new, aliases);
        let changed = list::changes(&old, &new);
        let urls: HashSet<&str> =
            changed.iter().map(|(_, entry)| entry.canonical.as_str()).collect();
        let others = new.iter().filter(|entry| !urls.contains(entry.canonical.as_str())).cloned();
        let others = List { entries: others.collect(), ..List::default() };
        let problems = found.of_entries(changed.iter().map(|(_, entry)| *entry));
        let entries = changed.into_iter().zip(problems).map(|((kind, entry), problems)| NewEntry {
            kind,
            entry: entry.clone(),
            problems,
        });
        Ok(ListChange { entries: entries.collect(), others: list::merge(vec![others]) })
    }
}
