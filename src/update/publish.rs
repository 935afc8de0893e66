//! Publishing: the index of what the store holds, unless it is there already or lost too much.

use crate::{
    aliases::Aliases,
    collection::Collection,
    counted::counted,
    crawl::Stop,
    engine::{choice::Engine, manifest::Manifest},
    error::{Error, RefusalCause},
    store::{ListLoss, Store},
    update::{
        documents::{self, Survey},
        options::Options,
        publish_gate::{self, Removed},
        report::{Progress, Report},
        vectors,
    },
};

/// What is published, and how.
pub(crate) struct Publication<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) options: &'a Options,
    pub(crate) aliases: &'a Aliases,
    /// Names of lists that another one names, with the name of that.
    pub(crate) roots: &'a [(String, String)],
    /// Names of the lists that were to be read.
    pub(crate) wanted: &'a [String],
    /// Names of those that could not be had.
    pub(crate) unread: &'a [String],
    /// Threads to build with.
    pub(crate) jobs: usize,
    pub(crate) stop: &'a Stop,
}

/// Builds the index of what the store holds and publishes it, unless it is there already or the
/// gate refuses it.
pub(crate) fn publish(
    publication: &Publication<'_>,
    store: &mut Store,
    report: &mut Report,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Error> {
    let Publication { collection, options, aliases, roots, jobs, stop, .. } = *publication;
    let engine = Engine::of(&collection.dir, options.cluster.as_ref())?;
    let published = engine.manifest()?;
    let gate = published.as_ref().filter(|_| !options.force);
    let settings = &collection.settings.publish;
    let model = options.model.as_deref().filter(|_| engine.holds_vectors());
    let Survey { fingerprint, sketches, failures } = documents::survey(store, aliases, model)?;
    let before = store.failed_pages()?;
    if let Some(old) = gate
        && let Some(reason) = publish_gate::failures(failures, before.unwrap_or(0), settings)
    {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        return refuse(&engine, report, reason, RefusalCause::Failures);
    }
    let would_be_built = |old: &&Manifest| !options.force && old.fingerprint == fingerprint;
    let is_there = match published.as_ref().filter(would_be_built) {
        Some(_) => engine.is_intact()?,
        None => false,
    };
    if let Some(old) = published.as_ref().filter(|_| is_there) {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        report.merged = old.merged;
        engine.confirm()?;
    } else {
        on_progress(Progress::Indexing { documents: store.count_pending()? });
        let draft = engine.begin()?;
        let (built, merged) = documents::build(store, sketches, &draft, aliases, jobs, stop)?;
        (report.documents, report.full_texts) = (built.documents, built.full_texts);
        report.merged = merged;
        let embedded = match model {
            Some(model) => vectors::add(&draft, model, jobs, store, stop, &mut |progress| {
                report.note(&progress);
                on_progress(progress);
            })?,
            None => {
                if let Some(lost) = published.as_ref().and_then(|old| old.embedded.as_ref()) {
                    let message =
                        format!("{}; set `model` in `[embedding]`, or MLSEARCH_MODEL", lost.lost());
                    let progress =
                        Progress::Warning { list: "the index", line: 0, message: &message };
                    report.note(&progress);
                    on_progress(progress);
                }
                None
            }
        };
        let manifest = Manifest {
            built_at: report.started_at,
            documents: built.documents,
            full_texts: built.full_texts,
            merged,
            provenance: built.provenance,
            languages: built.languages,
            fingerprint,
            embedded,
            ..Manifest::default()
        };
        if let Some(old) = gate {
            let removed = removed(publication, store, report, on_progress)?;
            if let Some(reason) = publish_gate::loss(old, &manifest, removed, settings) {
                let cause = match publication.unread {
                    [] => RefusalCause::Losses,
                    _ => RefusalCause::UnreadLists,
                };
                return refuse(&engine, report, reason, cause);
            }
        }
        // The store outlasts a power cut before the index that was made of it does.
        store.sync()?;
        let number = draft.number();
        draft.publish(manifest)?;
        report.generation = Some(number);
        if model.is_some() {
            vectors::forget_unused(store)?;
        }
    }
    if report.generation.is_some() || !store.knows_published()? {
        store.set_published(roots)?;
    }
    store.set_failed_pages(failures.failed)
}

/// What the curator has removed since the last publishing: entries that lists do not have any more,
/// and lists that neither the settings nor another list names any more. What is missing of a list that was not read, or
/// that lost more than half of its entries at once, is not removed but lost.
fn removed(
    publication: &Publication<'_>,
    store: &Store,
    report: &mut Report,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Removed, Error> {
    let mut damaged: Vec<&str> = publication.unread.iter().map(String::as_str).collect();
    let losses = store.list_losses()?;
    for loss in losses.iter().filter(|loss| publish_gate::is_damaged(loss)) {
        let ListLoss { list, before, lost } = loss;
        if damaged.contains(&list.as_str()) || !publication.wanted.contains(list) {
            continue;
        }
        damaged.push(list);
        let message = format!(
            "{lost} of its {} {} gone since the last index",
            counted(*before, "entry"),
            if *lost == 1 { "is" } else { "are" }
        );
        let progress = Progress::Warning { list, line: 0, message: &message };
        report.note(&progress);
        on_progress(progress);
    }
    let (documents, full_texts) = store.count_removed(&damaged)?;
    Ok(Removed { documents, full_texts })
}

fn refuse(
    engine: &Engine,
    report: &mut Report,
    reason: String,
    cause: RefusalCause,
) -> Result<(), Error> {
    engine.refuse(report.started_at, &reason)?;
    (report.refused, report.refused_for) = (Some(reason), Some(cause));
    Ok(())
}
