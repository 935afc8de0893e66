//! Publishing: the index of what the store holds, unless it is there already or lost too much.

use crate::{
    aliases::Aliases,
    collection::Collection,
    crawl::Stop,
    engine::{choice::Engine, manifest::Manifest},
    error::Error,
    store::Store,
    update::{
        documents::{self, Survey},
        options::Options,
        publish_gate,
        report::{Progress, Report},
    },
};

/// What is published, and how.
pub(crate) struct Publication<'a> {
    pub(crate) collection: &'a Collection,
    pub(crate) options: &'a Options,
    pub(crate) aliases: &'a Aliases,
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
    let Publication { collection, options, aliases, jobs, stop } = *publication;
    let engine = Engine::of(&collection.dir, options.cluster.as_ref())?;
    let published = engine.manifest()?;
    let gate = published.as_ref().filter(|_| !options.force);
    let settings = &collection.settings.publish;
    let Survey { fingerprint, sketches, failures } = documents::survey(store, aliases)?;
    let before = store.failed_pages()?;
    if let Some(old) = gate
        && let Some(reason) = publish_gate::failures(failures, before.unwrap_or(0), settings)
    {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        return refuse(&engine, report, reason);
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
        let manifest = Manifest {
            built_at: report.started_at,
            documents: built.documents,
            full_texts: built.full_texts,
            merged,
            provenance: built.provenance,
            languages: built.languages,
            fingerprint,
            ..Manifest::default()
        };
        if let Some(reason) = gate.and_then(|old| publish_gate::loss(old, &manifest, settings)) {
            return refuse(&engine, report, reason);
        }
        // The store outlasts a power cut before the index that was made of it does.
        store.sync()?;
        let number = draft.number();
        draft.publish(manifest)?;
        report.generation = Some(number);
    }
    store.set_failed_pages(failures.failed)
}

fn refuse(engine: &Engine, report: &mut Report, reason: String) -> Result<(), Error> {
    engine.refuse(report.started_at, &reason)?;
    report.refused = Some(reason);
    Ok(())
}
