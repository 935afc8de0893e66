//! Members: the decoded bytes of a file, with the places at which a record may begin.

use std::io::{self, BufRead, Read};

use flate2::bufread::GzDecoder;
use zstd::stream::raw::{DParameter, Decoder, Operation};

use crate::warc::file_bytes::FileBytes;

/// Bytes that are decoded at a time.
const CHUNK: usize = 64 << 10;
/// The largest window of a zstd frame, 8 MiB, which bounds the memory.
const WINDOW_LOG: u32 = 23;
/// The largest zstd dictionary, packed and unpacked.
const MAX_DICTIONARY: usize = 1 << 20;
/// The most that a byte of a deflate stream can stand for.
const MAX_RATIO: u64 = 1_032;
/// How a gzip member and a zstd frame begin.
const GZIP: &[u8] = &[0x1f, 0x8b, 0x08];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// How the skippable frame begins that holds the dictionary of all others
/// (<https://iipc.github.io/warc-specifications/specifications/warc-zstd/>).
const DICTIONARY: &[u8] = &[0x5d, 0x2a, 0x4d, 0x18];
/// How a record begins.
pub(crate) const RECORD: &[u8] = b"WARC/";

/// The decoded bytes of a file. Where a compressed file begins a new member (a gzip member, a zstd
/// frame) and a record with it, the bytes before that have an end of their own, so that what a
/// record says of its length can be held against what there is of it.
pub(crate) struct Members<'r> {
    state: State<'r>,
    /// Where the member begins in the file that the first byte of the buffer is of.
    offset: u64,
    /// Where the member begins that is being decoded.
    begun_at: u64,
    /// Decoded bytes; those before `start` were consumed.
    buffer: Vec<u8>,
    start: usize,
    /// The first bytes of the next member, if a record begins with it, and where it begins.
    next: Option<(Vec<u8>, u64)>,
    /// What is wrong with the data behind the buffer.
    damage: Option<Damage>,
    is_ended: bool,
}

/// Data that cannot be decoded.
struct Damage {
    what: String,
    /// Whether the member has begun that it is in.
    is_within: bool,
}

/// What is being decoded.
enum State<'r> {
    Plain(FileBytes<'r>),
    Gzip(Box<GzDecoder<FileBytes<'r>>>),
    Zstd(FileBytes<'r>, ZstdFrames),
    /// Only while one of the others is made of another one.
    Moved,
}

struct ZstdFrames {
    decoder: Decoder<'static>,
    /// Whether the bytes that came last were the last of a frame.
    is_frame_over: bool,
}

impl<'r> Members<'r> {
    /// The members of a file, whose first bytes say how it is compressed; its length where that is
    /// known.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn new(reader: Box<dyn Read + 'r>, length: Option<u64>) -> io::Result<Members<'r>> {
        let mut input = FileBytes::new(reader, length);
        let mut offset = 0;
        input.mark();
        let first = input.peek(4);
        let state = if first.starts_with(GZIP) {
            State::Gzip(Box::new(GzDecoder::new(input)))
        } else if first.starts_with(ZSTD) || is_skippable(first) {
            let dictionary = dictionary(&mut input)?;
            offset = input.offset;
            input.mark();
            let mut decoder = Decoder::with_dictionary(&dictionary)?;
            decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG))?;
            State::Zstd(input, ZstdFrames { decoder, is_frame_over: false })
        } else {
            State::Plain(input)
        };
        let mut members = Members {
            state,
            offset,
            begun_at: offset,
            buffer: Vec::new(),
            start: 0,
            next: None,
            damage: None,
            is_ended: false,
        };
        members.fill(1)?;
        Ok(members)
    }

    /// The bytes from here: at least so many, unless the file, or what is before the next record,
    /// ends earlier.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn fill(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.start > CHUNK && self.start * 2 > self.buffer.len() {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        while self.buffer.len() - self.start < least && self.next.is_none() && !self.is_ended {
            match self.state.decode(&mut self.buffer) {
                Ok(0) => self.enter_next(),
                Ok(_) => {}
                Err(what) => {
                    self.damage = Some(Damage { what, is_within: true });
                    self.enter_next();
                }
            }
            if let Some(failure) = self.state.input().failure.take() {
                return Err(failure);
            }
        }
        Ok(&self.buffer[self.start..])
    }

    /// The next line, without its end; none at the end of the file. What is longer than `most` is
    /// cut.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn line(&mut self, most: usize) -> io::Result<Option<Vec<u8>>> {
        let (mut line, mut is_begun) = (Vec::new(), false);
        loop {
            let bytes = self.fill(1)?;
            if bytes.is_empty() {
                if self.pass_boundary() {
                    continue;
                }
                return Ok(is_begun.then_some(line));
            }
            is_begun = true;
            let end = memchr::memchr(b'\n', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            line.extend_from_slice(&part[..part.len().min(most - line.len())]);
            let passed = part.len() + usize::from(end.is_some());
            self.consume(passed);
            if end.is_some() {
                return Ok(Some(line));
            }
        }
    }

    /// Passes over bytes that [`Members::fill`] has shown.
    pub(crate) fn consume(&mut self, count: usize) {
        self.start += count;
    }

    /// Goes on to the next member with which a record begins, and leaves out what is before it; false
    /// at the end of the file.
    pub(crate) fn pass_boundary(&mut self) -> bool {
        let Some((first, offset)) = self.next.take() else { return false };
        (self.buffer, self.start, self.offset) = (first, 0, offset);
        true
    }

    /// What is wrong with the data behind the bytes that were shown, once.
    pub(crate) fn take_damage(&mut self) -> Option<String> {
        self.damage.take().map(|damage| damage.what)
    }

    /// As [`Members::take_damage`], if it is the member of these bytes that is damaged.
    pub(crate) fn take_own_damage(&mut self) -> Option<String> {
        self.damage.take_if(|damage| damage.is_within).map(|damage| damage.what)
    }

    /// The offset in the file: of the next byte, or of the member that it is in.
    pub(crate) fn offset(&mut self) -> u64 {
        match &self.state {
            State::Plain(input) => input.offset - (self.buffer.len() - self.start) as u64,
            _ => self.offset,
        }
    }

    /// How many bytes there can be from here to the end of the file, where that can be told.
    pub(crate) fn most_left(&mut self) -> Option<u64> {
        let here = (self.buffer.len() - self.start) as u64;
        let ratio = match &self.state {
            State::Plain(_) => 1,
            State::Gzip(_) => MAX_RATIO,
            State::Zstd(..) | State::Moved => return None,
        };
        // A decoder holds back some of what it has read.
        let slack = if ratio == 1 { 0 } else { CHUNK as u64 };
        self.state.input().left().map(|left| here + (left + slack).saturating_mul(ratio))
    }

    /// Begins the next member: the bytes of one with which no record begins are added to those that
    /// are there, unless something was wrong before it.
    fn enter_next(&mut self) {
        let mut is_lost = self.damage.is_some();
        loop {
            let Some(offset) = self.state.begin(is_lost, self.begun_at) else {
                let input = self.state.input();
                if input.peek(1).is_empty() {
                    self.is_ended = true;
                    return;
                }
                self.damage_between("bytes that are not compressed".into());
                is_lost = true;
                continue;
            };
            self.begun_at = offset;
            let mut first = Vec::new();
            let damage = loop {
                match self.state.decode(&mut first) {
                    Ok(0) => break None,
                    Ok(_) if first.len() >= RECORD.len() => break None,
                    Ok(_) => {}
                    Err(what) => break Some(what),
                }
            };
            if first.starts_with(RECORD) {
                self.next = Some((first, offset));
                return;
            }
            if !is_lost {
                let is_empty = first.is_empty();
                self.buffer.append(&mut first);
                if !is_empty && damage.is_none() {
                    return;
                }
            }
            if let Some(what) = damage {
                self.damage_between(what);
                is_lost = true;
            }
        }
    }

    fn damage_between(&mut self, what: String) {
        self.damage.get_or_insert(Damage { what, is_within: false });
    }
}

impl<'r> State<'r> {
    fn input(&mut self) -> &mut FileBytes<'r> {
        match self {
            State::Plain(input) | State::Zstd(input, _) => input,
            State::Gzip(decoder) => decoder.get_mut(),
            State::Moved => unreachable!("it is moved and put back in one step"),
        }
    }

    /// Adds some bytes of the member to `out`; none when it has ended.
    ///
    /// # Errors
    /// What is wrong with the data.
    fn decode(&mut self, out: &mut Vec<u8>) -> Result<usize, String> {
        let before = out.len();
        match self {
            State::Plain(input) => {
                let bytes = input.peek(1);
                out.extend_from_slice(bytes);
                let count = bytes.len();
                input.consume(count);
                Ok(count)
            }
            State::Gzip(decoder) => {
                out.resize(before + CHUNK, 0);
                let count = decoder.read(&mut out[before..]);
                out.truncate(before + count.as_ref().copied().unwrap_or(0));
                count.map_err(|e| format!("damaged gzip data: {e}"))
            }
            State::Zstd(input, frames) => {
                out.resize(before + CHUNK, 0);
                let count = frames.decode(input, &mut out[before..]);
                out.truncate(before + count.as_ref().copied().unwrap_or(0));
                count.map_err(|e| format!("damaged zstd data: {e}"))
            }
            State::Moved => Ok(0),
        }
    }

    /// Begins the next member and says where it stands; none when none stands here. When it is
    /// lost, it is looked for, behind where the last one has begun.
    fn begin(&mut self, is_lost: bool, begun_at: u64) -> Option<u64> {
        match std::mem::replace(self, State::Moved) {
            State::Plain(input) => {
                *self = State::Plain(input);
                None
            }
            State::Gzip(decoder) => {
                let mut input = decoder.into_inner();
                let is_there = is_there(&mut input, GZIP, is_lost.then_some(begun_at));
                let offset = input.offset;
                *self = State::Gzip(Box::new(GzDecoder::new(input)));
                is_there.then_some(offset)
            }
            State::Zstd(mut input, mut frames) => {
                let is_there = is_there(&mut input, ZSTD, is_lost.then_some(begun_at));
                let offset = input.offset;
                frames.is_frame_over = false;
                // Only the session is reset, which cannot fail; the dictionary stays.
                let _ = frames.decoder.reinit();
                *self = State::Zstd(input, frames);
                is_there.then_some(offset)
            }
            State::Moved => None,
        }
    }
}

impl ZstdFrames {
    fn decode(&mut self, input: &mut FileBytes<'_>, out: &mut [u8]) -> io::Result<usize> {
        while !self.is_frame_over {
            let bytes = input.peek(1);
            let is_end = bytes.is_empty();
            let status = self.decoder.run_on_buffers(bytes, out)?;
            input.consume(status.bytes_read);
            self.is_frame_over = status.remaining == 0;
            if status.bytes_written > 0 {
                return Ok(status.bytes_written);
            }
            if is_end && !self.is_frame_over {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

/// Whether a member stands here, behind zeros that somebody has filled up with; one that is lost is
/// looked for, behind where the last one has begun.
fn is_there(input: &mut FileBytes<'_>, beginning: &[u8], lost_since: Option<u64>) -> bool {
    if let Some(begun_at) = lost_since {
        // What is cut off may have taken the beginning of the next one for its own.
        input.rewind();
        if input.offset == begun_at && !input.peek(1).is_empty() {
            input.consume(1);
        }
        let is_found = input.find(beginning);
        input.mark();
        return is_found;
    }
    while input.peek(4).first() == Some(&0) {
        input.consume(1);
    }
    input.mark();
    let bytes = input.peek(4);
    bytes.starts_with(beginning) || (beginning == ZSTD && is_skippable(bytes))
}

fn is_skippable(bytes: &[u8]) -> bool {
    matches!(bytes, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// The dictionary that the file begins with; empty when it has none.
fn dictionary(input: &mut FileBytes<'_>) -> io::Result<Vec<u8>> {
    let head = input.peek(8);
    let Some(size) = head.get(4..8).filter(|_| head.starts_with(DICTIONARY)) else {
        return Ok(Vec::new());
    };
    let size = u32::from_le_bytes(size.try_into().expect("four bytes were taken")) as usize;
    let too_large = || io::Error::other("its zstd dictionary is too large");
    if size > MAX_DICTIONARY {
        return Err(too_large());
    }
    input.consume(8);
    let mut packed = Vec::new();
    input.take(size as u64).read_to_end(&mut packed)?;
    if !packed.starts_with(ZSTD) {
        return Ok(packed);
    }
    zstd::bulk::decompress(&packed, MAX_DICTIONARY).map_err(|_| too_large())
}
