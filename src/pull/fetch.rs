//! Fetching an archive: what has come of it is kept, and the next try goes on from there.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    error::{ArchiveFault, Error},
    http::{
        download::{DownloadFailure, Downloader, FileHead, FileRequest, FileTaker},
        reply::RequestFailure,
    },
    page::Validators,
    pull::{
        drafts,
        retry_pauses::{MOST_TRIES, NoRetry, RetryPauses, is_passing},
    },
};

/// What has come of an archive.
const PART: &str = "pull.part";
/// Of which archive that is.
const PART_OF: &str = "pull.part.json";

/// Bytes of the largest archive.
const MOST_BYTES: u64 = 16 << 30;
/// Tries that begin with the first byte: each sends again what has come already.
const MOST_FROM_START: u32 = 3;
/// Tries altogether: a server may end each after a few bytes.
const MOST_RESUMES: u32 = 100;

/// The archive of which a part is there.
#[derive(Serialize, Deserialize)]
struct DownloadState {
    url: String,
    /// What it had, of which its server can tell whether it still is the same.
    validator: String,
}

/// An archive that has come.
pub(crate) struct FetchedArchive {
    pub(crate) path: PathBuf,
    pub(crate) validators: Validators,
    /// Bytes that were received now.
    pub(crate) received: u64,
}

/// Fetches an archive into a folder; none when it still is the one that is known.
///
/// After an answer that breaks off it goes on from there, as long as that brings something new; a server
/// that sends the whole again each time is asked a few times only. Before each try there is a pause.
///
/// # Errors
/// [`Error::Archive`] when it does not come, [`Error::Interrupted`] when it was to stop; what has come by
/// then is kept.
pub(crate) fn fetch(
    downloader: &Downloader,
    url: &Url,
    dir: &Path,
    known: Option<&Validators>,
    retry_pauses: &RetryPauses<'_>,
    on_bytes: &mut dyn FnMut(u64, Option<u64>),
) -> Result<Option<FetchedArchive>, Error> {
    let failed = |message: String, fault| Error::Archive { name: url.to_string(), message, fault };
    let (mut received, mut idle, mut from_start) = (0, 0, 0);
    let mut furthest = resumable(dir, url).0;
    for _ in 0..MOST_RESUMES {
        let (from, validator) = resumable(dir, url);
        let request = FileRequest {
            url,
            from,
            if_range: validator.as_deref(),
            known: known.filter(|_| from == 0),
        };
        let mut part =
            PartialDownload { dir, url, at: from, from, file: None, all: None, taken: 0, on_bytes };
        let got = downloader.get(&request, &mut part, retry_pauses.is_stopped);
        let PartialDownload { at, file, taken, .. } = part;
        received += taken;
        from_start += u32::from(taken > 0 && at == taken);
        idle = if at > furthest { 0 } else { idle + 1 };
        furthest = furthest.max(at);
        let (reason, retry_after) = match got {
            Ok(head) => match (head.status, file) {
                (200 | 206, Some(file)) => {
                    let path = dir.join(PART);
                    file.sync_all().map_err(|e| Error::io(&path, e))?;
                    return Ok(Some(FetchedArchive {
                        path,
                        validators: head.validators,
                        received,
                    }));
                }
                (304, _) if from == 0 => return Ok(None),
                // All of it has come by an earlier run, and it has not changed since.
                (416, _) if from > 0 && head.all == Some(from) => {
                    let (etag, last_modified) = match validator {
                        Some(tag) if tag.starts_with('"') => (Some(tag), None),
                        date => (None, date),
                    };
                    let validators = Validators { etag, last_modified };
                    return Ok(Some(FetchedArchive { path: dir.join(PART), validators, received }));
                }
                (status, _) => {
                    let is_of_another = matches!(status, 206 | 304 | 416);
                    let reason = format!("the server answered {status}");
                    if !is_of_another && !is_passing(status) {
                        return Err(failed(reason, ArchiveFault::Network));
                    }
                    // What is here is no part of what is there.
                    if is_of_another {
                        forget(dir)?;
                        furthest = 0;
                    }
                    (reason, head.retry_after)
                }
            },
            Err(DownloadFailure::Stopped) => return Err(Error::Interrupted),
            Err(DownloadFailure::Taker(e))
                if e.kind() == io::ErrorKind::FileTooLarge && at >= MOST_BYTES =>
            {
                forget(dir)?;
                let message = format!("it is over {} GB", MOST_BYTES >> 30);
                return Err(failed(message, ArchiveFault::Hostile));
            }
            Err(DownloadFailure::Taker(e)) => return Err(Error::io(dir.join(PART), e)),
            Err(DownloadFailure::Request(RequestFailure::Broken(what))) => (what, None),
            Err(DownloadFailure::Request(RequestFailure::Forbidden(what))) => {
                return Err(failed(what, ArchiveFault::Forbidden));
            }
            Err(DownloadFailure::Request(what)) => {
                return Err(failed(what.to_string(), ArchiveFault::Network));
            }
        };
        if from_start >= MOST_FROM_START {
            let message = format!(
                "{reason}; the server cannot go on where it broke off, and has sent it from the \
                 beginning {from_start} times"
            );
            return Err(failed(message, ArchiveFault::Network));
        }
        if idle >= MOST_TRIES {
            let message = format!("{reason}, after {idle} tries that brought nothing new");
            return Err(failed(message, ArchiveFault::Network));
        }
        match retry_pauses.pause(idle.max(1), retry_after) {
            Ok(()) => {}
            Err(NoRetry::Stopped) => return Err(Error::Interrupted),
            Err(NoRetry::LaterRun(what)) => {
                return Err(failed(format!("{reason}, and {what}"), ArchiveFault::Network));
            }
        }
    }
    Err(failed(format!("it broke off {MOST_RESUMES} times"), ArchiveFault::Network))
}

/// A small file that may be beside an archive; none when it is not there.
///
/// # Errors
/// As [`fetch`].
pub(crate) fn fetch_small(
    downloader: &Downloader,
    url: &Url,
    retry_pauses: &RetryPauses<'_>,
) -> Result<Option<Vec<u8>>, Error> {
    let failed = |message: String| {
        let name = url.to_string();
        Error::Archive { name, message, fault: ArchiveFault::Network }
    };
    let request = FileRequest { url, from: 0, if_range: None, known: None };
    let mut tries = 0;
    loop {
        tries += 1;
        let mut small = Small(Vec::new());
        let (reason, asked) = match downloader.get(&request, &mut small, retry_pauses.is_stopped) {
            Ok(FileHead { status: 200, .. }) => return Ok(Some(small.0)),
            Ok(FileHead { status: 401 | 403 | 404 | 410, .. }) => return Ok(None),
            Ok(head) if is_passing(head.status) => {
                (format!("the server answered {}", head.status), head.retry_after)
            }
            Ok(head) => return Err(failed(format!("the server answered {}", head.status))),
            Err(DownloadFailure::Stopped) => return Err(Error::Interrupted),
            Err(DownloadFailure::Taker(e)) => return Err(failed(e.to_string())),
            Err(DownloadFailure::Request(RequestFailure::Broken(what))) => (what, None),
            Err(DownloadFailure::Request(what)) => return Err(failed(what.to_string())),
        };
        if tries >= MOST_TRIES {
            return Err(failed(format!("{reason}, at each of {tries} tries")));
        }
        match retry_pauses.pause(tries, asked) {
            Ok(()) => {}
            Err(NoRetry::Stopped) => return Err(Error::Interrupted),
            Err(NoRetry::LaterRun(what)) => {
                return Err(failed(format!("{reason}, and {what}")));
            }
        }
    }
}

/// Removes what has come of an archive.
///
/// # Errors
/// [`Error::Io`] when it cannot be removed.
pub(crate) fn forget(dir: &Path) -> Result<(), Error> {
    for name in [PART_OF, PART] {
        let path = dir.join(name);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io(path, e)),
            _ => {}
        }
    }
    Ok(())
}

/// How many bytes of the archive are there, and by what its server knows whether it has changed since.
fn resumable(dir: &Path, url: &Url) -> (u64, Option<String>) {
    let part_of = || -> Option<DownloadState> {
        let json = fs::read(dir.join(PART_OF)).ok()?;
        serde_json::from_slice(&json).ok().filter(|part: &DownloadState| part.url == url.as_str())
    };
    let Some(part) = part_of() else { return (0, None) };
    let bytes = fs::metadata(dir.join(PART)).map_or(0, |metadata| metadata.len());
    (bytes, Some(part.validator))
}

/// A file that is being written.
struct PartialDownload<'a> {
    dir: &'a Path,
    url: &'a Url,
    /// Where the next piece goes.
    at: u64,
    /// Where this answer was to begin.
    from: u64,
    file: Option<File>,
    all: Option<u64>,
    /// Bytes of this answer.
    taken: u64,
    on_bytes: &'a mut dyn FnMut(u64, Option<u64>),
}

impl FileTaker for PartialDownload<'_> {
    fn head(&mut self, head: &FileHead) -> io::Result<bool> {
        let path = self.dir.join(PART);
        match head.status {
            206 if self.from > 0 && head.starts_at == Some(self.from) => {
                self.file = Some(OpenOptions::new().append(true).open(path)?);
            }
            200 => {
                self.at = 0;
                // A weak tag says nothing of single bytes (RFC 9110, section 13.1.5).
                let Validators { etag, last_modified } = head.validators.clone();
                let strong = etag.filter(|etag| !etag.starts_with("W/"));
                self.file = Some(File::create(path)?);
                let part_of = self.dir.join(PART_OF);
                match strong.or(last_modified) {
                    Some(validator) => {
                        let part = DownloadState { url: self.url.to_string(), validator };
                        let json = serde_json::to_vec(&part).map_err(io::Error::other)?;
                        drafts::replace(&part_of, &json)?;
                    }
                    None => match fs::remove_file(part_of) {
                        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                        _ => {}
                    },
                }
            }
            _ => return Ok(false),
        }
        self.all = head.length.map(|length| self.at.saturating_add(length));
        match self.all.filter(|all| *all > MOST_BYTES) {
            Some(all) => {
                self.at = all;
                Err(io::ErrorKind::FileTooLarge.into())
            }
            None => Ok(true),
        }
    }

    fn piece(&mut self, piece: &[u8]) -> io::Result<()> {
        self.at += piece.len() as u64;
        self.taken += piece.len() as u64;
        if self.at > MOST_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        if let Some(file) = &mut self.file {
            file.write_all(piece)?;
        }
        (self.on_bytes)(self.at, self.all);
        Ok(())
    }
}

/// A file of a few lines.
struct Small(Vec<u8>);

impl FileTaker for Small {
    fn head(&mut self, head: &FileHead) -> io::Result<bool> {
        Ok(head.status == 200)
    }

    fn piece(&mut self, piece: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(piece);
        match self.0.len() > 64 << 10 {
            true => Err(io::Error::other("it is over 64 KB")),
            false => Ok(()),
        }
    }
}
