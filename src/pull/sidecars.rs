//! The small files that may stand beside an archive: its checksum and its signature.

use std::{fs, io};

use crate::{
    error::{ArchiveFault, Error},
    http::download::Downloader,
    pull::{checks, fetch::fetch_small, options::PullSource, retry_pauses::RetryPauses},
};

/// The small files that may stand beside an archive.
pub(crate) struct Sidecars<'a> {
    pub(crate) source: &'a PullSource,
    pub(crate) downloader: Option<Downloader>,
    pub(crate) retry_pauses: &'a RetryPauses<'a>,
}

impl Sidecars<'_> {
    /// Whether the archive has the checksum that was given, or else that of the file beside it; false when
    /// there is none.
    pub(crate) fn check(
        &self,
        name: &str,
        digest: &str,
        given: Option<&str>,
    ) -> Result<bool, Error> {
        let wrong = |message: String| {
            let name = name.to_owned();
            Error::Archive { name, message, fault: ArchiveFault::Checksum }
        };
        let expected = match given {
            Some(given) => given.to_owned(),
            None => {
                let Some(list) = self.beside("sha256")? else { return Ok(false) };
                let file = name.split(['?', '#']).next().unwrap_or(name);
                let file = file.rsplit(['/', '\\']).next().unwrap_or(file);
                let listed = checks::listed_sha256(&String::from_utf8_lossy(&list), file);
                listed.ok_or_else(|| {
                    wrong("there is no SHA-256 of it in the file beside it".into())
                })?
            }
        };
        match expected == digest {
            true => Ok(true),
            false => Err(wrong(format!("its SHA-256 is {digest}, not {expected}"))),
        }
    }

    /// The signature beside the archive, which has to be there.
    pub(crate) fn signature(&self, name: &str) -> Result<String, Error> {
        let missing = || Error::Archive {
            name: name.to_owned(),
            message: "it has no signature beside it, and one is demanded".into(),
            fault: ArchiveFault::Signature,
        };
        let signature = self.beside("minisig")?.ok_or_else(missing)?;
        Ok(String::from_utf8_lossy(&signature).into_owned())
    }

    /// The file beside the archive whose name has so much more.
    fn beside(&self, extension: &str) -> Result<Option<Vec<u8>>, Error> {
        match (self.source, &self.downloader) {
            (PullSource::Web(archive), Some(downloader)) => {
                let mut url = archive.clone();
                url.set_path(&format!("{}.{extension}", url.path()));
                fetch_small(downloader, &url, self.retry_pauses).map_err(|error| match error {
                    // What is pulled again is the archive.
                    Error::Archive { message, fault, .. } => {
                        let message = format!("`{url}` beside it did not come: {message}");
                        Error::Archive { name: archive.to_string(), message, fault }
                    }
                    error => error,
                })
            }
            (PullSource::File(path), _) => {
                let mut name = path.clone().into_os_string();
                name.push(format!(".{extension}"));
                match fs::read(&name) {
                    Ok(bytes) => Ok(Some(bytes)),
                    Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(Error::io(name, e)),
                }
            }
            (PullSource::Web(_), None) => Ok(None),
        }
    }
}
