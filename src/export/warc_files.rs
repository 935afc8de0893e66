//! A folder of WARC files and their index, which is there as a whole or not at all.

use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::{
    error::Error,
    export::sorted_lines::SortedLines,
    files::DraftFolder,
    warc::{NewRecord, PackedRecord, surt},
};

/// The largest file in bytes.
const MOST_BYTES: u64 = 1_000_000_000;
/// The index of all records.
const INDEX: &str = "index.cdxj";

/// A folder that is being written, under another name until it is whole.
pub(crate) struct WarcFiles {
    dir: PathBuf,
    draft: DraftFolder,
    now: Timestamp,
    file: Option<OpenFile>,
    index: SortedLines,
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

struct OpenFile {
    path: PathBuf,
    name: String,
    /// Which record of the file describes it.
    warcinfo: String,
    out: BufWriter<File>,
    bytes: u64,
}

/// What the index says of a record; all of it are texts, as other tools write them.
#[derive(Serialize)]
struct IndexedRecord<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mime: Option<&'a str>,
    status: &'a str,
    digest: String,
    length: String,
    offset: String,
    filename: &'a str,
}

impl WarcFiles {
    /// Begins a folder that is not there yet, or is empty.
    ///
    /// # Errors
    /// [`Error::Io`] when it holds something, or cannot be written.
    pub(crate) fn begin(dir: &Path, now: Timestamp) -> Result<WarcFiles, Error> {
        let draft = DraftFolder::begin(dir, None).map_err(|e| Error::io(dir, e))?;
        let index = SortedLines::default();
        let dir = dir.to_owned();
        Ok(WarcFiles { dir, draft, now, file: None, index, files: 0, bytes: 0 })
    }

    /// Adds a record of a page, with the status and the media type that the index is to say.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub(crate) fn add(
        &mut self,
        record: &NewRecord<'_>,
        status: &str,
        mime: Option<&str>,
    ) -> Result<(), Error> {
        let warcinfo = match &self.file {
            Some(file) if file.bytes < MOST_BYTES => file.warcinfo.clone(),
            _ => self.begin_file()?,
        };
        let of_file = [("WARC-Warcinfo-ID", warcinfo.as_str())];
        let fields = [&of_file[..], record.fields].concat();
        let packed = NewRecord { fields: &fields, ..*record }.pack();
        let is_over = |file: &OpenFile| file.bytes + packed.bytes.len() as u64 > MOST_BYTES;
        if self.file.as_ref().is_some_and(is_over) {
            self.end_file()?;
            return self.add(record, status, mime);
        }
        let (offset, name) = self.write(&packed)?;
        let url = record.url.unwrap_or_default();
        let Ok(key) = Url::parse(url) else { return Ok(()) };
        let indexed = IndexedRecord {
            url,
            mime,
            status,
            digest: format!("sha1:{}", packed.digest),
            length: packed.bytes.len().to_string(),
            offset: offset.to_string(),
            filename: &name,
        };
        let object = serde_json::to_string(&indexed).expect("all of it are texts");
        let moment = record.date.strftime("%Y%m%d%H%M%S");
        let line = format!("{} {moment} {object}", surt(&key));
        self.index.push(line).map_err(|e| Error::io(self.draft.path(), e))
    }

    /// Ends the folder and gives it its name.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub(crate) fn publish(mut self) -> Result<(), Error> {
        self.end_file()?;
        let path = self.draft.path().join(INDEX);
        let write = || {
            let mut out = BufWriter::new(File::create(&path)?);
            self.index.write(&mut out)?;
            out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
        };
        write().map_err(|e| Error::io(&path, e))?;
        self.draft.publish().map_err(|e| Error::io(&self.dir, e))
    }

    /// Begins a file with the record that describes it, whose name is returned.
    fn begin_file(&mut self) -> Result<String, Error> {
        self.end_file()?;
        let name = format!("mlsearch-{:05}.warc.gz", self.files);
        let path = self.draft.path().join(&name);
        let out = BufWriter::new(File::create(&path).map_err(|e| Error::io(&path, e))?);
        let about = format!(
            "software: mlsearch/{}\r\nformat: WARC File Format 1.1\r\nconformsTo: \
             http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
            env!("CARGO_PKG_VERSION")
        );
        let packed = NewRecord {
            kind: "warcinfo",
            url: None,
            date: self.now,
            content_type: "application/warc-fields",
            fields: &[("WARC-Filename", &name)],
            head: b"",
            payload: about.as_bytes(),
        }
        .pack();
        let warcinfo = packed.id.clone();
        self.file = Some(OpenFile { path, name, warcinfo: warcinfo.clone(), out, bytes: 0 });
        self.files += 1;
        self.write(&packed)?;
        Ok(warcinfo)
    }

    /// Writes a record into the file that is open, and says where it stands there.
    fn write(&mut self, packed: &PackedRecord) -> Result<(u64, String), Error> {
        let file = self.file.as_mut().expect("a file is begun before its records are written");
        file.out.write_all(&packed.bytes).map_err(|e| Error::io(&file.path, e))?;
        let offset = file.bytes;
        file.bytes += packed.bytes.len() as u64;
        self.bytes += packed.bytes.len() as u64;
        Ok((offset, file.name.clone()))
    }

    fn end_file(&mut self) -> Result<(), Error> {
        let Some(OpenFile { path, out, .. }) = self.file.take() else { return Ok(()) };
        let end = || out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all();
        end().map_err(|e| Error::io(&path, e))
    }
}
