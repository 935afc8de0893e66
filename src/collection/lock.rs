//! The lock of a folder with an index: one process updates it or imports into it at a time.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use jiff::Timestamp;

use crate::error::Error;

/// The file that is locked; updates gave it its name, and older versions know no other.
const LOCK_FILE: &str = "update.lock";

/// The right to write into the folder of an index; given back when dropped, or when the process
/// dies.
#[derive(Debug)]
pub struct Lock {
    file: File,
}

impl Lock {
    /// Takes the lock of the folder `dir` and writes into it who holds it since when.
    ///
    /// The operating system frees the lock of a process that died, so a stale file blocks nobody.
    ///
    /// # Errors
    /// [`Error::Locked`] with the holder's words when another process has it, [`Error::Io`] when the
    /// file cannot be written.
    pub fn take(dir: &Path, now: Timestamp) -> Result<Lock, Error> {
        let path = dir.join(LOCK_FILE);
        let mut file = locked(&path, File::try_lock)?;
        let holder = format!(
            "process {} since {}\n",
            std::process::id(),
            now.strftime("%Y-%m-%d %H:%M:%S UTC")
        );
        let write = file.set_len(0).and_then(|()| file.rewind());
        write.and_then(|()| file.write_all(holder.as_bytes())).map_err(|e| Error::io(path, e))?;
        Ok(Lock { file })
    }

    /// Takes the lock of the folder `dir` beside others who write nothing into the folder.
    ///
    /// # Errors
    /// As [`Lock::take`].
    pub fn share(dir: &Path) -> Result<Lock, Error> {
        let path = dir.join(LOCK_FILE);
        let file = locked(&path, File::try_lock_shared)?;
        // An earlier holder is none any more.
        file.set_len(0).map_err(|e| Error::io(path, e))?;
        Ok(Lock { file })
    }
}

/// The locked file.
fn locked(path: &Path, lock: fn(&File) -> Result<(), TryLockError>) -> Result<File, Error> {
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = open.map_err(|e| Error::io(path, e))?;
    match lock(&file) {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            // On systems where a lock also keeps readers out, the holder stays unknown.
            let _ = file.take(200).read_to_string(&mut holder);
            let holder = holder.trim();
            let holder = if holder.is_empty() { "another process" } else { holder }.to_owned();
            Err(Error::Locked { path: path.to_owned(), holder })
        }
        Err(TryLockError::Error(e)) => Err(Error::io(path, e)),
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing alone would leave the lock to a process that is being started at this moment.
        // An error changes nothing: the lock then ends with this process.
        let _ = self.file.unlock();
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use crate::{collection::Lock, error::Error};

    #[test]
    fn the_second_is_told_who_holds_the_lock() {
        let dir = tempfile::tempdir().unwrap();
        let held = Lock::take(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
        let refused = Lock::take(dir.path(), Timestamp::UNIX_EPOCH).unwrap_err();
        let Error::Locked { holder, .. } = refused else { panic!("{refused}") };
        assert_eq!(holder, format!("process {} since 1970-01-01 00:00:00 UTC", std::process::id()));
        drop(held);
        Lock::take(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
    }

    #[test]
    fn some_share_the_lock_and_nobody_takes_it_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let shared = [Lock::share(dir.path()).unwrap(), Lock::share(dir.path()).unwrap()];
        assert!(Lock::take(dir.path(), Timestamp::UNIX_EPOCH).is_err());
        drop(shared);
        let _taken = Lock::take(dir.path(), Timestamp::UNIX_EPOCH).unwrap();
        assert!(Lock::share(dir.path()).is_err());
    }
}
