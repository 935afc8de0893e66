//! The run of an update, step by step, with its lock and its report.

use crate::{
    canonical,
    collection::{Collection, Lock},
    counted::counted_as,
    crawl::Stop,
    engine::threads::threads_for,
    error::Error,
    list,
    store::Store,
    update::{
        lists::{self, Lists},
        moves,
        options::Options,
        passes::{self, Passes},
        publish::{Publication, publish},
        report::{Progress, Pruned, Report},
        revisit,
        userinfo::forget_userinfo,
    },
};

/// Brings a collection up to date and publishes its index.
///
/// What was fetched is kept whatever happens; the published index changes only at the very end.
///
/// # Errors
/// [`Error::Locked`] when another process updates, [`Error::List`] when no list can be read,
/// [`Error::Interrupted`] after `stop`, [`Error::Store`], [`Error::Io`] and [`Error::Engine`] as
/// they come. A refused index is no error here: see [`Report::refused`].
pub fn update(
    collection: &Collection,
    options: &Options,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, Error> {
    let mut report = Report::new((options.clock)());
    let _lock = Lock::take(&collection.dir, report.started_at)?;
    let mut store = Store::open(&collection.store_path())?;
    let done = run(collection, options, &mut store, &mut report, stop, on_progress);
    report.end((options.clock)());
    match &done {
        Ok(()) => {}
        Err(Error::Interrupted) => report.interrupted = true,
        Err(error) => report.failed = Some(canonical::discreet(&error.to_string()).into_owned()),
    }
    let logged = if options.dry_run { Ok(()) } else { store.log_run(&report.for_log()) };
    // A store that cannot be written has most likely failed before; that is the error to report.
    done.and(logged).map(|()| report)
}

/// The steps of an update, each noted in the report.
fn run(
    collection: &Collection,
    options: &Options,
    store: &mut Store,
    report: &mut Report,
    stop: &Stop,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Error> {
    let now = report.started_at;
    report.offline = options.offline;
    if !options.dry_run {
        forget_userinfo(store)?;
    }
    let mut aliases = collection.aliases()?;
    // Lists, pages and what they lead to are one crawl to the hosts: its settings keep the delays.
    let crawl = passes::crawl_settings(collection, options);
    let Lists { lists, roots, wanted, unread, outdated, kept, exclusions } = lists::read(
        collection,
        Some(&crawl).filter(|_| !options.offline),
        store,
        stop,
        &mut |progress| {
            report.note(&progress);
            on_progress(progress);
        },
    )?;
    report.unread_lists.clone_from(&unread);
    if !options.offline {
        report.unread_lists.extend(outdated);
    }
    report.entries = lists.iter().map(|list| list.entries.len() as u64).sum();
    if !options.dry_run {
        for list in lists.iter().filter(|list| kept.contains(&list.name)) {
            let entries = list.entries.iter();
            store
                .keep_entries(&list.name, entries.map(|entry| (entry.canonical.as_str(), entry)))?;
        }
        // What could not be read is kept all the same.
        let still: Vec<String> = kept.into_iter().chain(unread.iter().cloned()).collect();
        store.keep_only(&still)?;
    }
    let mut entries = list::merge(lists);
    for entry in list::crowded(&entries) {
        let message = "it is listed so often that not all titles, tags and places are kept";
        on_progress(Progress::Warning { list: &entry.url, line: 0, message });
    }
    list::infer_companies(&mut entries, &aliases);
    let unlike = aliases.fold_tags(&entries);
    if unlike > 0 {
        let message = format!(
            "{} kept as written: there are too many to compare",
            counted_as(unlike, "tag is", "tags are")
        );
        on_progress(Progress::Warning { list: "all lists", line: 0, message: &message });
    }
    on_progress(Progress::Listed { entries: report.entries, documents: entries.len() as u64 });

    // From here on the store has the entries: lists may be longer than memory is wide.
    let listed = entries.iter().map(|e| (e.canonical.as_str(), e.url.as_str(), e.title(), e));
    store.set_worklist(listed)?;
    drop(entries);
    store.set_excluded(&exclusions.keys)?;
    report.excluded = exclusions.told();
    // What a list that could not be had is missing has neither moved nor been removed.
    let has_all = unread.is_empty();
    if has_all && !options.dry_run {
        moves::follow(store)?;
    }
    let due = revisit::enqueue(store, options, &crawl.policy, now, &mut |url| {
        if options.dry_run {
            on_progress(Progress::WouldVisit { url });
        }
    })?;
    if options.dry_run {
        return Ok(());
    }
    (report.added, report.removed) = store.update_entries(now, has_all)?;
    // Behind what is due: nobody has asked for them to be visited.
    store.append_unlisted()?;
    let jobs = threads_for(options.jobs);
    let suspects = store.is_extracting()?;
    let exclude = &collection.settings.exclude;
    let passes = Passes { crawl: &crawl, options, exclude, jobs, suspects, stop };
    passes.extract_stored(store, report, on_progress)?;
    let has_follow_ups = options.visits_pages() && store.has_follow_ups()?;
    if due > 0 || has_follow_ups {
        passes.visit(due, store, report, on_progress)?;
        if report.no_network {
            report.not_visited = due.saturating_sub(report.visited);
        }
    }
    if let Some(warc) = &options.warc {
        passes.take_warc(warc, &aliases, store, report, on_progress)?;
    }
    if stop.is_stopped() {
        return Err(Error::Interrupted);
    }
    if options.warc.is_none() {
        revisit::finish(store)?;
    }
    store.drop_unlisted_without_text()?;
    let publication = Publication {
        collection,
        options,
        aliases: &aliases,
        roots: &roots,
        wanted: &wanted,
        unread: &unread,
        jobs,
        stop,
    };
    publish(&publication, store, report, on_progress)?;
    if options.prune && report.refused.is_none() {
        let (urls, texts) = store.prunable()?;
        let (pages, versions) = store.prune()?;
        report.pruned = Some(Pruned { pages, urls, versions, texts });
    }
    Ok(())
}
