//! The stored pages as records of WARC files.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    canonical::CanonicalUrl,
    collection::Collection,
    error::Error,
    export::warc_files::WarcFiles,
    page::{Form, Source},
    store::{CopyRole, PageCopy, Store},
    warc::{FORM, NewRecord, answer_head},
};

/// Keys of pages that are read at a time.
const AT_ONCE: u32 = 500;
/// The type of an answer with its header.
const ANSWER: &str = "application/http;msgtype=response";

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct WarcExport {
    /// Pages.
    pub pages: u64,
    /// WARC files.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Writes the last good copy of every stored page into a folder of WARC files, which must not be there
/// or be empty, with an index in CDXJ.
///
/// # Errors
/// [`Error::NoStore`] when nothing was updated yet, [`Error::Store`] when the page store cannot be
/// read, [`Error::Io`] when the folder holds something or cannot be written; it is then as it was.
pub fn warc(collection: &Collection, dir: &Path, now: Timestamp) -> Result<WarcExport, Error> {
    let store = Store::read(&collection.store_path())?
        .ok_or_else(|| Error::NoStore(collection.dir.clone()))?;
    let mut files = WarcFiles::begin(dir, now)?;
    let mut last = String::new();
    let mut pages = 0;
    loop {
        let keys = store.good_keys_after(&last, AT_ONCE)?;
        for key in &keys {
            let Some(copy) = store.copy(key, CopyRole::Good)? else { continue };
            let visit = store.last_visit(key)?;
            let is_for_good = visit.is_some_and(|visit| visit.moved_to.is_some());
            add(&copy, is_for_good, &mut files)?;
            pages += 1;
        }
        match keys.into_iter().next_back() {
            Some(key) => last = key,
            None => break,
        }
    }
    let export = WarcExport { pages, files: files.files, bytes: files.bytes };
    files.publish()?;
    Ok(export)
}

/// Adds a copy: before it the redirect that has led there, if one has.
fn add(copy: &PageCopy, is_for_good: bool, files: &mut WarcFiles) -> Result<(), Error> {
    let date = match copy.source {
        Source::Live => copy.fetched_at,
        Source::Archived { captured, .. } => captured,
    };
    let is_elsewhere =
        CanonicalUrl::parse(&copy.final_url).is_none_or(|url| url.as_str() != copy.key);
    if is_elsewhere {
        let status = if is_for_good { "301 Moved Permanently" } else { "302 Found" };
        let redirect = NewRecord {
            kind: "response",
            url: Some(&copy.key),
            date,
            content_type: ANSWER,
            fields: &[],
            head: &answer_head(status, &[("location", &copy.final_url)], 0),
            payload: b"",
        };
        files.add(&redirect, &status[..3], None)?;
    }
    let media =
        |label: &str| label.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let headers: Vec<(&str, &str)> =
        copy.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let label = headers.iter().find(|(name, _)| *name == "content-type").map(|(_, label)| *label);
    let page = NewRecord {
        kind: "response",
        url: Some(&copy.final_url),
        date,
        content_type: ANSWER,
        fields: &[],
        head: &answer_head("200 OK", &headers, copy.body.len()),
        payload: &copy.body,
    };
    match copy.form {
        Form::Page => files.add(&page, "200", label.map(media).as_deref()),
        // No server has sent it: it was put together here.
        form => {
            let several = "multipart/related";
            let label = label.unwrap_or(if form == Form::Parts { several } else { "text/html" });
            let fields = [(FORM, form.name())];
            let made = NewRecord {
                kind: "resource",
                content_type: label,
                fields: &fields,
                head: b"",
                ..page
            };
            files.add(&made, "200", Some(&media(label)))
        }
    }
}
