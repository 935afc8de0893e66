//! Publishing: the index of what the store holds, unless it is there already or lost too much.

use crate::{
    aliases::Aliases,
    collection::Collection,
    engine::local::generations::{Generations, Integrity, Manifest},
    error::Error,
    store::Store,
    update::{
        documents::{self, Survey},
        options::Options,
        publish_gate,
        report::{Progress, Report},
    },
};

/// Builds the index of what the store holds and publishes it, unless it is there already or the
/// gate refuses it.
pub(crate) fn publish(
    collection: &Collection,
    options: &Options,
    store: &mut Store,
    report: &mut Report,
    aliases: &Aliases,
    jobs: usize,
    on_progress: &mut dyn FnMut(Progress<'_>),
) -> Result<(), Error> {
    let generations = Generations::of(&collection.dir);
    let published = generations.manifest()?;
    let gate = published.as_ref().filter(|_| !options.force);
    let settings = &collection.settings.publish;
    let Survey { fingerprint, sketches, failures } = documents::survey(store, aliases)?;
    let before = store.failed_pages()?;
    if let Some(old) = gate
        && let Some(reason) = publish_gate::failures(failures, before.unwrap_or(0), settings)
    {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        return refuse(&generations, report, reason);
    }
    let would_be_built = |old: &&Manifest| !options.force && old.fingerprint == fingerprint;
    let is_there = match published.as_ref().filter(would_be_built) {
        // What a disk has damaged at its full length opens all the same.
        Some(_) => generations.verify()? == Some(Integrity::Intact) && generations.opens(),
        None => false,
    };
    if let Some(old) = published.as_ref().filter(|_| is_there) {
        (report.documents, report.full_texts) = (old.documents, old.full_texts);
        report.merged = old.merged;
        generations.confirm()?;
    } else {
        on_progress(Progress::Indexing { documents: store.count_pending()? });
        let draft = generations.begin()?;
        let (built, merged) = documents::build(store, sketches, &draft.path, aliases, jobs)?;
        (report.documents, report.full_texts) = (built.documents, built.full_texts);
        report.merged = merged;
        let manifest = Manifest {
            built_at: report.started_at,
            documents: built.documents,
            full_texts: built.full_texts,
            merged,
            provenance: built.provenance,
            fingerprint,
            ..Manifest::default()
        };
        if let Some(reason) = gate.and_then(|old| publish_gate::loss(old, &manifest, settings)) {
            return refuse(&generations, report, reason);
        }
        // The store outlasts a power cut before the index that was made of it does.
        store.sync()?;
        generations.publish(&draft, manifest)?;
        report.generation = Some(draft.number);
    }
    store.set_failed_pages(failures.failed)
}

fn refuse(generations: &Generations, report: &mut Report, reason: String) -> Result<(), Error> {
    generations.refuse(report.started_at, &reason)?;
    report.refused = Some(reason);
    Ok(())
}
