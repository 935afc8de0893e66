//! The bytes of a file as they are in it, with their offsets.

use std::io::{self, BufRead, ErrorKind, Read};

/// Bytes that are read at a time.
const CHUNK: usize = 64 << 10;
/// Bytes behind a mark that are kept, so that it can be gone back to.
const MOST_KEPT: usize = 1 << 20;
/// How often a mark is gone back to in a file; beyond that it may have been made to be read often.
const MOST_REWINDS: u32 = 1_000;

/// The bytes of a file. After a failure they end; it is to be asked for.
pub(crate) struct FileBytes<'r> {
    reader: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// Where the mark is in the buffer, if its bytes are still there.
    mark: Option<usize>,
    rewinds: u32,
    /// How many bytes were consumed.
    pub(crate) offset: u64,
    /// How long the file is, where that is known.
    length: Option<u64>,
    /// Why no more can be read, other than that the file has ended.
    pub(crate) failure: Option<io::Error>,
}

impl<'r> FileBytes<'r> {
    pub(crate) fn new(reader: Box<dyn Read + 'r>, length: Option<u64>) -> FileBytes<'r> {
        let buffer = vec![0; CHUNK];
        FileBytes {
            reader,
            buffer,
            start: 0,
            end: 0,
            mark: None,
            rewinds: 0,
            offset: 0,
            length,
            failure: None,
        }
    }

    /// The next bytes: at least so many of them, unless there are fewer.
    pub(crate) fn peek(&mut self, least: usize) -> &[u8] {
        while self.end - self.start < least && self.failure.is_none() {
            self.make_room();
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => self.failure = Some(e),
            }
        }
        &self.buffer[self.start..self.end]
    }

    /// Moves what is still wanted to the front of the buffer, and makes that larger for what is behind
    /// a mark.
    fn make_room(&mut self) {
        if self.mark.is_some_and(|mark| self.end - mark >= MOST_KEPT) {
            self.mark = None;
        }
        let first = self.mark.unwrap_or(self.start);
        self.buffer.copy_within(first..self.end, 0);
        self.mark = self.mark.map(|_| 0);
        (self.start, self.end) = (self.start - first, self.end - first);
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
    }

    /// Marks the next byte, to go back to it.
    pub(crate) fn mark(&mut self) {
        self.mark = Some(self.start);
    }

    /// Goes back to the byte behind the mark, if that is not too far away.
    pub(crate) fn rewind(&mut self) {
        if self.rewinds < MOST_REWINDS
            && let Some(mark) = self.mark.take().filter(|mark| *mark < self.start)
        {
            self.rewinds += 1;
            self.offset -= (self.start - mark - 1) as u64;
            self.start = mark + 1;
        }
    }

    /// How many bytes there are to the end of the file, where its length is known.
    pub(crate) fn left(&self) -> Option<u64> {
        self.length.map(|length| length.saturating_sub(self.offset))
    }

    /// Passes over bytes until this beginning stands there; false at the end of the file.
    pub(crate) fn find(&mut self, beginning: &[u8]) -> bool {
        loop {
            let bytes = self.peek(beginning.len());
            let found = memchr::memmem::find(bytes, beginning);
            let is_end = bytes.len() < beginning.len();
            // The last bytes may be the first ones of a beginning.
            let none = if is_end { bytes.len() } else { bytes.len() + 1 - beginning.len() };
            self.consume(found.unwrap_or(none));
            if found.is_some() || is_end {
                return found.is_some();
            }
        }
    }
}

impl Read for FileBytes<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let bytes = self.peek(1);
        let count = bytes.len().min(out.len());
        out[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}

impl BufRead for FileBytes<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.peek(1))
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.offset += count as u64;
    }
}
