//! A folder of Tantivy's whose files are read piece by piece, and never mapped into memory.
//!
//! A merge reads each file of its parts once, nearly in order, and what joins two segments theirs. Mapped, all of them would count as
//! memory of the program until the end.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use tantivy::{
    HasLen,
    directory::{
        DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, WatchCallback, WatchHandle,
        WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

/// Bytes that are read ahead of a file: postings are asked for in many small pieces.
const AHEAD: usize = 256 << 10;

/// The folder; all but reading is left to Tantivy's own.
#[derive(Clone, Debug)]
pub(crate) struct StreamingDirectory {
    path: PathBuf,
    inner: MmapDirectory,
}

impl StreamingDirectory {
    /// A folder that is there.
    pub(crate) fn open(path: &Path) -> tantivy::Result<StreamingDirectory> {
        let inner = MmapDirectory::open(path).map_err(|e| io::Error::other(e.to_string()))?;
        Ok(StreamingDirectory { path: path.to_owned(), inner })
    }
}

impl tantivy::Directory for StreamingDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let failed = |error| OpenReadError::wrap_io_error(error, path.to_owned());
        let file = File::open(self.path.join(path)).map_err(failed)?;
        let len = file.metadata().map_err(failed)?.len();
        let len = usize::try_from(len).map_err(|e| failed(io::Error::other(e)))?;
        let ahead = ReadAhead { file, start: 0, bytes: OwnedBytes::empty() };
        Ok(Arc::new(Handle { ahead: Mutex::new(ahead), len }))
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// An open file of the folder.
#[derive(Debug)]
struct Handle {
    ahead: Mutex<ReadAhead>,
    len: usize,
}

/// The file with what was read of it last.
#[derive(Debug)]
struct ReadAhead {
    file: File,
    start: usize,
    bytes: OwnedBytes,
}

impl ReadAhead {
    fn read(&mut self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut bytes = vec![0; range.len()];
        self.file.seek(SeekFrom::Start(range.start as u64))?;
        self.file.read_exact(&mut bytes)?;
        Ok(OwnedBytes::new(bytes))
    }
}

impl HasLen for Handle {
    fn len(&self) -> usize {
        self.len
    }
}

impl FileHandle for Handle {
    fn read_bytes(&self, range: Range<usize>) -> io::Result<OwnedBytes> {
        let mut ahead = self.ahead.lock().unwrap_or_else(PoisonError::into_inner);
        if range.len() >= AHEAD {
            return ahead.read(range);
        }
        if range.start < ahead.start || range.end > ahead.start + ahead.bytes.len() {
            ahead.start = range.start;
            ahead.bytes = ahead.read(range.start..self.len.min(range.start + AHEAD))?;
        }
        Ok(ahead.bytes.slice(range.start - ahead.start..range.end - ahead.start))
    }
}
