//! Reading an archive that somebody else has made: each file is looked at before it is taken, and all of
//! it must be what the manifest in front says.

use std::io::{self, BufRead, BufReader, Read};

use tar::{Archive, Entry, EntryType};

use crate::{
    error::{ArchiveFault, Error},
    pack::{
        entry_name,
        manifest::{FORMAT, PACK_MANIFEST, PackManifest, PackedFile},
        writer::Hashing,
    },
};

/// Bytes of the manifest.
const MOST_MANIFEST_BYTES: u64 = 4 << 20;
/// Zeros with which tar ends; some programs write many.
const MOST_END_BYTES: u64 = 64 << 10;
/// The memory that a decoder may take: 128 MiB, as the zstd program allows.
const MOST_WINDOW_LOG: u32 = 27;

/// What takes the files of an archive.
pub trait ArchiveSink {
    /// Is shown the manifest, whose names and sizes are within the limits, before any file comes.
    ///
    /// # Errors
    /// Whatever hinders it; nothing more is read then.
    fn begin(&mut self, manifest: &PackManifest) -> Result<(), Error>;

    /// Takes a file. That its bytes are what the manifest says is found only when it has read them.
    ///
    /// # Errors
    /// Whatever hinders it; nothing more is read then.
    fn file(&mut self, file: &PackedFile, bytes: &mut dyn Read) -> Result<(), Error>;
}

/// Reads an archive of so many bytes to its end and gives its files to a sink. What the sink has taken
/// is good only if this ends well.
///
/// # Errors
/// [`Error::Archive`] for what is no archive, damaged or hostile, and those of the sink.
pub fn read_archive(
    name: &str,
    archive: impl Read,
    archive_bytes: u64,
    sink: &mut dyn ArchiveSink,
) -> Result<PackManifest, Error> {
    let refused = |message: String, fault| Error::Archive { name: name.to_owned(), message, fault };
    let hostile = |message: String| refused(message, ArchiveFault::Hostile);
    let damaged = |e: io::Error| match e.kind() {
        io::ErrorKind::UnexpectedEof => refused("it is cut off".into(), ArchiveFault::Damaged),
        _ => refused(format!("it is damaged ({e})"), ArchiveFault::Damaged),
    };
    let unknown = || refused("it is no archive of `mlsearch pack`".into(), ArchiveFault::Unknown);
    let mut archive = BufReader::with_capacity(256 << 10, archive);
    // The first bytes of zstd (RFC 8878, section 3.1.1).
    let head = archive.fill_buf().map_err(damaged)?;
    if !head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return Err(unknown());
    }
    let mut decoder =
        zstd::stream::read::Decoder::with_buffer(archive).map_err(damaged)?.single_frame();
    decoder.window_log_max(MOST_WINDOW_LOG).map_err(damaged)?;
    let mut tar = Archive::new(decoder);
    let mut entries = tar.entries().map_err(damaged)?.raw(true);
    let mut first = match entries.next() {
        Some(first) => first.map_err(|e| {
            if e.kind() == io::ErrorKind::UnexpectedEof { damaged(e) } else { unknown() }
        })?,
        None => return Err(unknown()),
    };
    if name_of(&first).as_deref() != Ok(PACK_MANIFEST)
        || first.header().entry_type() != EntryType::Regular
    {
        return Err(unknown());
    }
    if first.size() > MOST_MANIFEST_BYTES {
        return Err(hostile(format!("its manifest is over {} MB", MOST_MANIFEST_BYTES >> 20)));
    }
    let mut json = Vec::new();
    first.read_to_end(&mut json).map_err(damaged)?;
    match PackManifest::format_of(&json) {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            let message =
                format!("it is an archive of version {format}, and this program reads {FORMAT}");
            return Err(refused(message, ArchiveFault::Version));
        }
        None => return Err(unknown()),
    }
    let manifest: PackManifest = serde_json::from_slice(&json)
        .map_err(|e| hostile(format!("its manifest cannot be read: {e}")))?;
    if let Some((message, fault)) = manifest.problem(archive_bytes) {
        return Err(refused(message, fault));
    }
    sink.begin(&manifest)?;
    let mut expected = manifest.files.iter();
    for entry in entries {
        let mut entry = entry.map_err(damaged)?;
        let shown = name_of(&entry).map_err(|problem| hostile(problem.into()))?;
        let about = |what: &str| hostile(format!("`{}`: {what}", shown.escape_debug()));
        if let Some(problem) = problem_of_entry(&entry) {
            return Err(about(problem));
        }
        if let Some(problem) = entry_name::problem(&shown) {
            return Err(about(problem));
        }
        let Some(file) = expected.next().filter(|file| file.name == shown) else {
            let is_known = manifest.files.iter().any(|file| file.name == shown);
            let what = if is_known {
                "it is there twice, or not in its place"
            } else {
                "its manifest does not name it"
            };
            return Err(about(what));
        };
        if entry.size() != file.bytes {
            return Err(about("it is not as long as its manifest says"));
        }
        let mut bytes = Incoming { bytes: Hashing::new(&mut entry), failed: None };
        let taken = sink.file(file, &mut bytes);
        let Incoming { bytes, failed } = bytes;
        if let Some(e) = failed {
            return Err(damaged(e));
        }
        taken?;
        if bytes.bytes < file.bytes {
            return Err(damaged(io::ErrorKind::UnexpectedEof.into()));
        }
        if bytes.digest() != file.sha256 {
            let message = format!("`{shown}`: its checksum is another one");
            return Err(refused(message, ArchiveFault::Damaged));
        }
    }
    if let Some(file) = expected.next() {
        return Err(refused(format!("it lacks `{}`", file.name), ArchiveFault::Damaged));
    }
    let mut decoder = tar.into_inner();
    // The end of the frame has the checksum of all of it.
    let mut end = Vec::new();
    decoder.by_ref().take(MOST_END_BYTES).read_to_end(&mut end).map_err(damaged)?;
    let is_empty = (end.len() as u64) < MOST_END_BYTES && end.iter().all(|byte| *byte == 0);
    if !is_empty || !decoder.finish().fill_buf().map_err(damaged)?.is_empty() {
        return Err(hostile("something follows its end".into()));
    }
    Ok(manifest)
}

/// The bytes of a file as they come out of an archive. An error in them is none of who takes them.
struct Incoming<R> {
    bytes: Hashing<R>,
    failed: Option<io::Error>,
}

impl<R: Read> Read for Incoming<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(piece).inspect_err(|e| {
            self.failed = Some(io::Error::new(e.kind(), e.to_string()));
        })
    }
}

/// The path in the header of an entry, or what is wrong with it.
fn name_of<R: Read>(entry: &Entry<'_, R>) -> Result<String, &'static str> {
    let bytes = entry.path_bytes();
    String::from_utf8(bytes.into_owned()).map_err(|_| "a path in it is not UTF-8")
}

/// What is wrong with an entry that is no file.
fn problem_of_entry<R: Read>(entry: &Entry<'_, R>) -> Option<&'static str> {
    let is_link = |name: Option<std::borrow::Cow<'_, [u8]>>| name.is_some_and(|n| !n.is_empty());
    Some(match entry.header().entry_type() {
        EntryType::Regular if is_link(entry.link_name_bytes()) => "it is a link",
        EntryType::Regular => return None,
        EntryType::Link | EntryType::Symlink => "it is a link",
        EntryType::Char | EntryType::Block | EntryType::Fifo => "it is a device",
        EntryType::Directory => "it is a folder",
        _ => "it is no plain file",
    })
}
