//! Writing an archive: tar within zstd, whose bytes depend on what is packed and on nothing else.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, Write},
};

use ring::digest::{Context, SHA256};
use tar::{Builder, EntryType, Header};

use crate::pack::manifest::{PACK_MANIFEST, PackManifest, PackedFile};

/// How hard zstd tries.
const LEVEL: i32 = 9;
/// Bytes that are copied at a time.
const PIECE: usize = 256 << 10;

/// A file that is to be packed.
pub(crate) struct PackSource {
    pub(crate) name: String,
    pub(crate) bytes: SourceBytes,
}

/// Where its bytes are. A file is open, so that it stays what it is when somebody removes it.
pub(crate) enum SourceBytes {
    Memory(Vec<u8>),
    Disk(File),
}

impl PackSource {
    /// How long it is.
    pub(crate) fn len(&self) -> io::Result<u64> {
        match &self.bytes {
            SourceBytes::Memory(bytes) => Ok(bytes.len() as u64),
            SourceBytes::Disk(file) => Ok(file.metadata()?.len()),
        }
    }

    fn reader(&mut self) -> io::Result<Box<dyn Read + '_>> {
        Ok(match &mut self.bytes {
            SourceBytes::Memory(bytes) => Box::new(Cursor::new(bytes)),
            SourceBytes::Disk(file) => {
                file.rewind()?;
                Box::new(file)
            }
        })
    }
}

/// What was written.
pub(crate) struct WrittenArchive {
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// What the manifest has to say of a file, which is read for that; `on_bytes` is told how much of it
/// was, and may stop it.
pub(crate) fn described(
    source: &mut PackSource,
    on_bytes: &mut dyn FnMut(u64) -> io::Result<()>,
) -> io::Result<PackedFile> {
    let name = source.name.clone();
    let mut hash = Hashing::new(io::sink());
    copy(&mut *source.reader()?, &mut hash, on_bytes)?;
    let (bytes, sha256) = (hash.bytes, hash.digest());
    Ok(PackedFile { name, bytes, sha256 })
}

/// Writes an archive of the files that a manifest describes.
pub(crate) fn write_archive(
    manifest: &PackManifest,
    sources: &mut [PackSource],
    out: &mut dyn Write,
    on_bytes: &mut dyn FnMut(u64) -> io::Result<()>,
) -> io::Result<WrittenArchive> {
    let mut hash = Hashing::new(out);
    let mut encoder = zstd::Encoder::new(&mut hash, LEVEL)?;
    encoder.include_checksum(true)?;
    let mut tar = Builder::new(encoder);
    let json = serde_json::to_vec_pretty(manifest).map_err(io::Error::other)?;
    let mtime = u64::try_from(manifest.built_at.as_second()).unwrap_or(0);
    tar.append(&header(PACK_MANIFEST, json.len() as u64, mtime)?, json.as_slice())?;
    for (file, source) in manifest.files.iter().zip(sources) {
        let header = header(&file.name, file.bytes, mtime)?;
        let reader = Told { reader: source.reader()?.take(file.bytes), on_bytes };
        tar.append(&header, reader)?;
    }
    tar.into_inner()?.finish()?.flush()?;
    Ok(WrittenArchive { bytes: hash.bytes, sha256: hash.digest() })
}

/// The header of a file as all archives have it: of nobody, with the time of the index.
fn header(name: &str, bytes: u64, mtime: u64) -> io::Result<Header> {
    let mut header = Header::new_ustar();
    header.set_path(name)?;
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(mtime);
    header.set_cksum();
    Ok(header)
}

fn copy(
    reader: &mut dyn Read,
    out: &mut dyn Write,
    on_bytes: &mut dyn FnMut(u64) -> io::Result<()>,
) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => {
                out.write_all(&piece[..read])?;
                on_bytes(read as u64)?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// A reader that tells how much is read.
struct Told<'a, R> {
    reader: R,
    on_bytes: &'a mut dyn FnMut(u64) -> io::Result<()>,
}

impl<R: Read> Read for Told<'_, R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(piece)?;
        (self.on_bytes)(read as u64)?;
        Ok(read)
    }
}

/// What counts and hashes bytes on their way.
pub(crate) struct Hashing<T> {
    pub(crate) inner: T,
    pub(crate) bytes: u64,
    hash: Context,
}

impl<T> Hashing<T> {
    pub(crate) fn new(inner: T) -> Hashing<T> {
        Hashing { inner, bytes: 0, hash: Context::new(&SHA256) }
    }

    /// The SHA-256 of what has passed, in small hexadecimal digits.
    pub(crate) fn digest(self) -> String {
        self.hash.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn note(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        self.hash.update(piece);
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(piece)?;
        self.note(&piece[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(piece)?;
        self.note(&piece[..read]);
        Ok(read)
    }
}
