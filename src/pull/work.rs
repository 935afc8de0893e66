//! A pull, step by step: whether the folder may be replaced, the archive, what it is held against, and its
//! publication.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{self, Path},
};

use jiff::Timestamp;
use url::Url;

use crate::{
    canonical,
    collection::{Collection, Lock, PublishSettings, PullRecord, PullSettings, Settings},
    crawl_policy::Policy,
    engine::{
        local::generations::{Generations, Integrity, Manifest, NewGeneration},
        manifest::MANIFEST,
    },
    error::{ArchiveFault, Error, RefusalCause},
    http::download::Downloader,
    pack::{entry_name::PAGES, read_archive, writer::Hashing},
    page::Validators,
    pull::{
        checks::{self, Signed, verified_digest},
        drafts,
        fetch::{FetchedArchive, fetch, forget},
        files::write_texts,
        options::{PullOptions, PullProgress, PullSource},
        pages::{self, StagedPages},
        pending::PendingTexts,
        retry_pauses::RetryPauses,
        sidecars::Sidecars,
        unpack::Unpacked,
    },
    update::{PullReport, Removed, loss},
};

/// Fetches an archive, holds it against what it has to be, and publishes its index in a folder.
///
/// Nothing is published, and no file beside the index is written, unless all of it is right.
///
/// # Errors
/// [`Error::NotPulled`] when the folder has lists or an index of its own, [`Error::Archive`] when the archive
/// does not come or is not taken, [`Error::Locked`], [`Error::Interrupted`] and [`Error::Io`] as they come.
/// A refused index is no error here: see [`PullReport::refused`].
pub fn pull(
    dir: &Path,
    options: &PullOptions,
    is_stopped: &dyn Fn() -> bool,
    on_progress: &mut dyn FnMut(PullProgress),
) -> Result<PullReport, Error> {
    let started_at = (options.clock)();
    let FolderSettings { pull: own, publish, mut policy } = own_settings(dir)?;
    policy.allow_net.extend(&options.allow_net);
    let record = PullRecord::read(dir)?;
    let source = source(dir, options, &own, record.as_ref())?;
    let given = options.sha256.as_deref().map(checks::given_sha256).transpose()?;
    fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let _lock = Lock::take(dir, started_at)?;
    let generations = Generations::of(dir);
    pages::remove(dir)?;
    drafts::sweep(dir)?;
    // Whoever has once been shown to sign has to sign until another key is named.
    let signer = record.as_ref().and_then(|record| record.signed_by.as_ref());
    let demanded = options.public_key.as_ref().or(own.public_key.as_ref()).or(signer);
    let key = demanded.map(|key| checks::public_key(key)).transpose()?;
    let name = match &source {
        PullSource::Web(url) => url.to_string(),
        PullSource::File(path) => path.display().to_string(),
    };
    // A path is remembered as it is read from any folder.
    let place = match &source {
        PullSource::File(path) => path::absolute(path).unwrap_or_else(|_| path.clone()),
        PullSource::Web(_) => name.clone().into(),
    };
    let place = place.display().to_string();
    let is_intact = generations.verify()? == Some(Integrity::Intact) && generations.opens();
    // What a pull that ended in the middle has left is not what the record says.
    let is_whole = is_intact && PendingTexts::read(dir)?.is_none();
    let before = record.as_ref().filter(|_| is_whole && !options.force);
    let retry_pauses = RetryPauses { back_off: options.back_off, wait: options.wait, is_stopped };
    let mut sidecars = Sidecars { source: &source, downloader: None, retry_pauses: &retry_pauses };
    let (path, validators, received) = match &source {
        PullSource::File(path) => (path.clone(), Validators::default(), 0),
        PullSource::Web(url) => {
            let downloader = sidecars.downloader.insert(Downloader::new(&policy, options.clock)?);
            // What was let through without a key, or another one's word, is looked at again.
            let known = before.filter(|record| {
                record.source == name
                    && options.sha256.is_none()
                    && record.signed_by.as_ref() == demanded
            });
            let known = known.map(|PullRecord { etag, last_modified, .. }| Validators {
                etag: etag.clone(),
                last_modified: last_modified.clone(),
            });
            let mut on_bytes = |done, all| on_progress(PullProgress::Fetching(done, all));
            let fetched =
                fetch(downloader, url, dir, known.as_ref(), &retry_pauses, &mut on_bytes)?;
            match (fetched, before) {
                (Some(FetchedArchive { path, validators, received }), _) => {
                    (path, validators, received)
                }
                (None, Some(record)) => {
                    let now = (options.clock)();
                    return unchanged(&generations, dir, record, (started_at, now), 0);
                }
                (None, None) => {
                    let message = "the server says that nothing has changed, and nothing is here";
                    let message = message.to_owned();
                    return Err(Error::Archive { name, message, fault: ArchiveFault::Network });
                }
            }
        }
    };
    let from_web = matches!(source, PullSource::Web(_));
    let done = (|| {
        let mut file = File::open(&path).map_err(|e| Error::io(&path, e))?;
        let signature = match &key {
            Some(_) => Some(sidecars.signature(&name)?),
            None => None,
        };
        let signed = key.as_ref().zip(signature.as_deref());
        let signed = signed.map(|(key, signature)| Signed { key, signature });
        let digest = verified_digest(&name, &mut file, signed, is_stopped)?;
        let checked = sidecars.check(&name, &digest, given.as_deref())?;
        if let Some(record) = before.filter(|record| record.sha256 == digest) {
            let seen = PullRecord {
                source: place,
                signed_by: demanded.cloned(),
                etag: validators.etag,
                last_modified: validators.last_modified,
                ..record.clone()
            };
            let times = (started_at, (options.clock)());
            return unchanged(&generations, dir, &seen, times, received);
        }
        let mut report = PullReport {
            source: name.clone(),
            started_at,
            elapsed_ms: 0,
            received,
            sha256: digest,
            checked,
            signed: key.is_some(),
            built_at: started_at,
            documents: 0,
            full_texts: 0,
            generation: None,
            refused: None,
            refused_for: None,
            kept: Vec::new(),
        };
        let archive = PulledArchive {
            name: &name,
            place,
            dir,
            file,
            own: PullSettings {
                url: own.url.clone().or(from_web.then(|| name.clone())),
                public_key: own.public_key.clone().or(demanded.cloned()),
            },
            signed_by: demanded.cloned(),
            validators,
            sha256: report.sha256.clone(),
            record: record.as_ref(),
            gate: (!options.force).then_some(&publish),
            is_stopped,
            clock: options.clock,
        };
        archive.publish(&generations, &mut report, on_progress)?;
        Ok(report)
    })();
    // What was looked at as a whole is no beginning of anything. When a file beside it did not come, it
    // still has to be looked at.
    let is_seen = !matches!(
        done,
        Err(Error::Interrupted | Error::Archive { fault: ArchiveFault::Network, .. })
    );
    if from_web && is_seen {
        forget(dir)?;
    }
    done
}

/// What a folder that is pulled into says.
#[derive(Default)]
struct FolderSettings {
    pull: PullSettings,
    /// Its limits for a new index.
    publish: PublishSettings,
    /// The network that it is in: proxy, certificates, times.
    policy: Policy,
}

/// What the folder says; the defaults when it has nothing yet.
fn own_settings(dir: &Path) -> Result<FolderSettings, Error> {
    let not_pulled =
        |message: &str| Error::NotPulled { path: dir.to_owned(), message: message.into() };
    if Collection::exists(dir) {
        let Settings { pull, publish, crawl, .. } = Collection::open(dir)?.settings;
        let pull =
            pull.ok_or_else(|| not_pulled("has lists of its own, which a pull would replace"))?;
        let ca_bundle = crawl.ca_bundle.as_ref().map(|path| dir.join(path));
        return Ok(FolderSettings { pull, publish, policy: Policy { ca_bundle, ..crawl } });
    }
    if Generations::of(dir).current()?.is_some() {
        return Err(not_pulled("has an index of its own, which a pull would replace"));
    }
    match dir.join(PAGES).exists() && PullRecord::read(dir)?.is_none() {
        true => Err(not_pulled("has stored pages of its own, which a pull would replace")),
        false => Ok(FolderSettings::default()),
    }
}

/// Where the archive is.
fn source(
    dir: &Path,
    options: &PullOptions,
    own: &PullSettings,
    record: Option<&PullRecord>,
) -> Result<PullSource, Error> {
    let not_pulled = |message: String| Error::NotPulled { path: dir.to_owned(), message };
    // An address that was named after a file is in no settings yet.
    let last =
        record.map(|record| &record.source).filter(|last| canonical::web_url(last).is_some());
    if let (None, None, Some(last)) = (&options.source, &own.url, last) {
        return source(
            dir,
            options,
            &PullSettings { url: Some(last.clone()), ..own.clone() },
            None,
        );
    }
    match (&options.source, &own.url) {
        (Some(PullSource::Web(url)), Some(known))
            if url.as_str() != known && Url::parse(known).ok().as_ref() != Some(url) =>
        {
            Err(not_pulled(format!("pulls from `{known}`")))
        }
        (Some(source), _) => Ok(source.clone()),
        (None, Some(url)) => match canonical::web_url(url) {
            Some(url) => Ok(PullSource::Web(url)),
            None => Err(not_pulled(format!("pulls from `{url}`, which is no address of the web"))),
        },
        (None, None) => Err(Error::NoArchive(dir.to_owned())),
    }
}

/// Notes that the published index is that of the archive already.
fn unchanged(
    generations: &Generations,
    dir: &Path,
    record: &PullRecord,
    (started_at, now): (Timestamp, Timestamp),
    received: u64,
) -> Result<PullReport, Error> {
    generations.confirm()?;
    let manifest = generations.manifest()?.unwrap_or_default();
    remember(dir, &PullRecord { checked_at: started_at, ..record.clone() })?;
    Ok(PullReport {
        source: record.source.clone(),
        started_at,
        elapsed_ms: elapsed(started_at, now),
        received,
        sha256: record.sha256.clone(),
        checked: false,
        signed: record.signed_by.is_some(),
        built_at: manifest.built_at,
        documents: manifest.documents,
        full_texts: manifest.full_texts,
        generation: None,
        refused: None,
        refused_for: None,
        kept: Vec::new(),
    })
}

fn elapsed(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from(to.as_millisecond() - from.as_millisecond()).unwrap_or(0)
}

fn remember(dir: &Path, record: &PullRecord) -> Result<(), Error> {
    let (path, json) = record.written(dir);
    drafts::replace(&path, &json).map_err(|e| Error::io(path, e))
}

/// An archive that is the one that was meant, on its way into a folder.
struct PulledArchive<'a> {
    name: &'a str,
    /// Its address, or its path from the root.
    place: String,
    dir: &'a Path,
    file: File,
    /// What a folder without settings gets as its own.
    own: PullSettings,
    signed_by: Option<String>,
    validators: Validators,
    /// Its SHA-256, as it was verified.
    sha256: String,
    record: Option<&'a PullRecord>,
    /// The limits for what is lost, unless all is to be published.
    gate: Option<&'a PublishSettings>,
    is_stopped: &'a dyn Fn() -> bool,
    clock: fn() -> Timestamp,
}

impl PulledArchive<'_> {
    /// Unpacks it beside the published index, holds it against what it says, and publishes it.
    fn publish(
        self,
        generations: &Generations,
        report: &mut PullReport,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<(), Error> {
        let draft = generations.begin()?;
        let unpacked = self.unpacked(&draft, on_progress);
        let Unpacking { manifest, texts, pages } = match unpacked {
            Ok(unpacked) => unpacked,
            Err(error) => {
                generations.discard(&draft);
                return Err(error);
            }
        };
        let PulledArchive { place, dir, own, signed_by, validators, record, gate, clock, .. } =
            self;
        report.built_at = manifest.built_at;
        if let (Some(old), Some(publish)) = (generations.manifest()?, gate)
            && let Some(reason) = rollback(&old, &manifest)
                .or_else(|| loss(&old, &manifest, Removed::default(), publish))
        {
            (report.documents, report.full_texts) = (old.documents, old.full_texts);
            generations.refuse(report.started_at, &reason)?;
            (report.refused, report.refused_for) = (Some(reason), Some(RefusalCause::Losses));
            report.elapsed_ms = elapsed(report.started_at, clock());
            return Ok(());
        }
        (report.documents, report.full_texts) = (manifest.documents, manifest.full_texts);
        let beside = || -> Result<_, Error> {
            let written = write_texts(dir, texts, &own, record)?;
            pages.map_or(Ok(()), StagedPages::install)?;
            Ok(written)
        };
        let (files, kept) = match beside() {
            Ok(written) => written,
            Err(error) => {
                generations.discard(&draft);
                return Err(error);
            }
        };
        let number = draft.number;
        // Publishing writes it again, of the files that are there.
        let path = draft.path.join(MANIFEST);
        fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
        generations.publish(&draft, manifest)?;
        (report.generation, report.kept) = (Some(number), kept);
        let now = clock();
        report.elapsed_ms = elapsed(report.started_at, now);
        let record = PullRecord {
            source: place,
            pulled_at: now,
            checked_at: now,
            sha256: report.sha256.clone(),
            signed_by,
            etag: validators.etag,
            last_modified: validators.last_modified,
            files,
        };
        remember(dir, &record)?;
        PendingTexts::end(dir)
    }

    fn unpacked(
        &self,
        draft: &NewGeneration,
        on_progress: &mut dyn FnMut(PullProgress),
    ) -> Result<Unpacking, Error> {
        let bytes = self.file.metadata().map_err(|e| Error::io(self.dir, e))?.len();
        let mut on_bytes = |done, all| on_progress(PullProgress::Unpacking(done, all));
        let mut unpacked = Unpacked {
            name: self.name,
            dir: self.dir,
            generation: &draft.path,
            is_stopped: self.is_stopped,
            on_bytes: &mut on_bytes,
            texts: BTreeMap::new(),
            pages: None,
            done: 0,
            all: 0,
        };
        let mut read = Hashing::new(&self.file);
        let packed = read_archive(self.name, &mut read, bytes, &mut unpacked)?;
        // What was verified is what was unpacked, though somebody may write into the file meanwhile.
        if read.digest() != self.sha256 {
            let (name, message) = (self.name.to_owned(), "it was changed while it was read".into());
            return Err(Error::Archive { name, message, fault: ArchiveFault::Damaged });
        }
        let manifest = unpacked.verified(&packed)?;
        Ok(Unpacking { manifest, texts: unpacked.texts, pages: unpacked.pages })
    }
}

/// Why an index would be a step back, which a signature that was good once does not tell.
fn rollback(old: &Manifest, new: &Manifest) -> Option<String> {
    let is_older = new.built_at < old.built_at;
    is_older.then(|| {
        format!("it was built {}, before the published one ({})", new.built_at, old.built_at)
    })
}

/// What came out of an archive and is right.
struct Unpacking {
    manifest: Manifest,
    texts: BTreeMap<String, Vec<u8>>,
    pages: Option<StagedPages>,
}
