//! The reader: one record after the other, within bounds, whatever the file says of itself.

use std::io;

use crate::{
    canonical,
    counted::{counted, counted_as},
    http::fields,
    warc::{
        members::{Members, RECORD},
        record::{Head, WarcRecord},
    },
};

/// Longest header of a record.
const MAX_HEAD: usize = 64 << 10;
/// Bytes of line ends between two records.
const MAX_ENDS: usize = 16;
/// Bytes that are looked through at a time for the beginning of a record.
const CHUNK: usize = 64 << 10;
/// Longest address that is shown with what is wrong with a record.
const MAX_SHOWN: usize = 500;

/// Reads the records of a file. Memory holds one block of at most `max_block` bytes.
pub(crate) struct WarcReader<'r> {
    members: Members<'r>,
    max_block: usize,
    number: u64,
    /// Bytes of the record that was lent.
    lent: usize,
}

/// What stands at one place of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item<'b> {
    Record(WarcRecord<'b>),
    Bad(BadRecord),
}

/// A record that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BadRecord {
    /// Which record of the file it is, counted from 1.
    pub(crate) number: u64,
    /// Where it begins in the file, or the gzip member or zstd frame that it is in.
    pub(crate) offset: u64,
    /// Its address, where that could be read.
    pub(crate) url: Option<String>,
    pub(crate) fault: Fault,
}

/// What is wrong with a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is not what it says, in words.
    Damaged(String),
    /// Its block has so many bytes.
    TooLarge(u64),
}

impl<'r> WarcReader<'r> {
    /// A reader of records whose blocks have at most `max_block` bytes.
    pub(crate) fn new(members: Members<'r>, max_block: usize) -> WarcReader<'r> {
        WarcReader { members, max_block, number: 0, lent: 0 }
    }

    /// The next record, or what is wrong with it; none at the end of the file.
    ///
    /// # Errors
    /// Those of the file.
    pub(crate) fn next(&mut self) -> io::Result<Option<Item<'_>>> {
        self.members.consume(std::mem::take(&mut self.lent));
        if !self.pass_line_ends()? {
            let offset = self.members.offset();
            return Ok(match self.members.take_damage() {
                Some(what) => Some(self.bad(offset, None, Fault::Damaged(what))),
                None if self.members.pass_boundary() => return self.next_in_member(),
                None => None,
            });
        }
        self.next_in_member()
    }

    fn next_in_member(&mut self) -> io::Result<Option<Item<'_>>> {
        let offset = self.members.offset();
        let damaged = |what: &str| Fault::Damaged(what.to_owned());
        let bytes = self.members.fill(MAX_HEAD.min(4096))?;
        if !bytes.starts_with(RECORD) {
            self.find_record()?;
            return Ok(Some(self.bad(offset, None, damaged("no record begins here"))));
        }
        let mut end = fields::head(bytes);
        if end.is_none() {
            let bytes = self.members.fill(MAX_HEAD)?;
            end = fields::head(bytes);
        }
        let bytes = self.members.fill(1)?;
        let Some((end, start)) = end.filter(|(_, start)| *start <= MAX_HEAD) else {
            let what = if bytes.len() < MAX_HEAD {
                "its header is cut off"
            } else {
                "its header has no end"
            };
            self.find_record()?;
            return Ok(Some(self.bad(offset, None, damaged(what))));
        };
        let head = Head::parse(&bytes[..end]);
        let Some(length) = head.length else {
            self.find_record()?;
            return Ok(Some(self.bad(offset, head.url, damaged("it does not say how long it is"))));
        };
        let most = self.members.most_left().map_or(u64::MAX, |left| left - start as u64);
        if length > most {
            self.find_record()?;
            let what =
                format!("it says that it has {}; the file ends before", counted(length, "byte"));
            return Ok(Some(self.bad(offset, head.url, Fault::Damaged(what))));
        }
        let block = usize::try_from(length).unwrap_or(usize::MAX);
        if block > self.max_block {
            self.members.consume(start);
            let fault = self.pass_large(length)?;
            return Ok(Some(self.bad(offset, head.url, fault)));
        }
        // Behind the block are two ends of lines, of some writers more, and then a record or nothing.
        let whole = start + block;
        let bytes = self.members.fill(whole + MAX_ENDS + RECORD.len())?;
        let fault = match bytes.get(whole..) {
            None => Some(cut(length, bytes.len() - start)),
            Some(rest) if is_end(rest) => None,
            Some(_) => Some(format!(
                "it says that it has {}, and does not end there",
                counted(length, "byte")
            )),
        };
        if let Some(what) = self.members.take_own_damage().or(fault) {
            self.find_record()?;
            return Ok(Some(self.bad(offset, head.url, Fault::Damaged(what))));
        }
        self.lent = whole;
        self.number += 1;
        let block = &self.members.fill(whole)?[start..whole];
        let Head { kind, url, date, content_type, truncated, form, keys, referent, .. } = head;
        let number = self.number;
        let record = WarcRecord {
            number,
            offset,
            kind,
            url,
            date,
            content_type,
            truncated,
            form,
            keys,
            referent,
            block,
        };
        Ok(Some(Item::Record(record)))
    }

    /// Passes over the ends of lines between two records; false when nothing is behind them before
    /// the next member.
    fn pass_line_ends(&mut self) -> io::Result<bool> {
        loop {
            let bytes = self.members.fill(1)?;
            let count = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let is_other = count < bytes.len();
            self.members.consume(count);
            if is_other || count == 0 {
                return Ok(is_other);
            }
        }
    }

    /// Passes over a block that is too large to be held.
    fn pass_large(&mut self, length: u64) -> io::Result<Fault> {
        let mut left = length;
        while left > 0 {
            let there = self.members.fill(CHUNK)?.len();
            if there == 0 {
                let cut = cut(length, usize::try_from(length - left).unwrap_or(usize::MAX));
                let what = self.members.take_own_damage().unwrap_or(cut);
                return Ok(Fault::Damaged(what));
            }
            let passed = there.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.members.consume(passed);
            left -= passed as u64;
        }
        if is_end(self.members.fill(MAX_ENDS + RECORD.len())?) {
            return Ok(Fault::TooLarge(length));
        }
        self.find_record()?;
        Ok(Fault::Damaged(format!(
            "it says that it has {}, and does not end there",
            counted(length, "byte")
        )))
    }

    /// Passes over bytes until a record seems to begin at the beginning of a line, at least one.
    fn find_record(&mut self) -> io::Result<()> {
        const BEGINNING: &[u8] = b"\nWARC/1.";
        loop {
            let bytes = self.members.fill(CHUNK)?;
            if let Some(at) = memchr::memmem::find(bytes, BEGINNING) {
                self.members.consume(at + 1);
                return Ok(());
            }
            // The last bytes may be the first ones of a beginning.
            let count = bytes.len();
            let is_end = count < CHUNK;
            self.members.consume(if is_end { count } else { count + 1 - BEGINNING.len() });
            if is_end {
                return Ok(());
            }
        }
    }

    fn bad(&mut self, offset: u64, url: Option<String>, fault: Fault) -> Item<'static> {
        self.number += 1;
        let url = url.map(|url| canonical::discreet(&url).chars().take(MAX_SHOWN).collect());
        Item::Bad(BadRecord { number: self.number, offset, url, fault })
    }
}

/// Whether a block may end before these bytes.
fn is_end(rest: &[u8]) -> bool {
    let ends = rest.iter().take(MAX_ENDS).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
    let rest = &rest[ends..];
    rest.is_empty()
        || rest.starts_with(RECORD)
        || (rest.len() < RECORD.len() && RECORD.starts_with(rest))
}

fn cut(length: u64, there: usize) -> String {
    format!(
        "it says that it has {}, and {} there",
        counted(length, "byte"),
        counted_as(there, "is", "are")
    )
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use flate2::{Compression, write::GzEncoder};
    use proptest::{
        collection::vec,
        prelude::{any, proptest},
    };

    use crate::warc::{
        members::Members,
        reader::{Fault, Item, WarcReader},
    };

    type Pack = fn(&[u8]) -> Vec<u8>;

    /// The largest block.
    const LIMIT: usize = 1000;

    fn record_of_length(name: &str, length: &str, block: &str) -> Vec<u8> {
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/{name}\r\n\
             Content-Length: {length}\r\n\r\n{block}\r\n\r\n"
        )
        .into_bytes()
    }

    fn record(name: &str, block: &str) -> Vec<u8> {
        record_of_length(name, &block.len().to_string(), block)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        zstd::encode_all(bytes, 3).unwrap()
    }

    /// What is read, a line each: the last part of the address and the block, or what is wrong.
    fn read(file: &[u8], length: Option<u64>) -> Vec<String> {
        let members = Members::new(Box::new(Cursor::new(file)), length).unwrap();
        let mut reader = WarcReader::new(members, LIMIT);
        let mut lines = Vec::new();
        while let Some(item) = reader.next().unwrap() {
            let name = |url: &Option<String>| {
                url.as_deref().and_then(|url| url.rsplit('/').next()).unwrap_or("?").to_owned()
            };
            lines.push(match item {
                Item::Record(record) => {
                    let block: String =
                        String::from_utf8_lossy(record.block).chars().take(12).collect();
                    format!("{} {} {block}", record.number, name(&record.url))
                }
                Item::Bad(bad) => match bad.fault {
                    Fault::Damaged(what) => format!("{} {}: {what}", bad.number, name(&bad.url)),
                    Fault::TooLarge(bytes) => {
                        format!("{} {}: too large, {bytes}", bad.number, name(&bad.url))
                    }
                },
            });
        }
        lines
    }

    /// Reads a file whose length is known, as that of a file on a disk is.
    #[track_caller]
    fn check(file: &[u8], expected: &[&str]) {
        assert_eq!(read(file, Some(file.len() as u64)), expected);
    }

    #[test]
    fn records_are_read_however_the_file_is_compressed() {
        let records = [record("a", "one"), record("b", "WARC/1.0\r\n"), record("c", "")];
        let expected = ["1 a one", "2 b WARC/1.0\r\n", "3 c "];
        let all = records.concat();
        check(&all, &expected);
        check(&gzip(&all), &expected);
        check(&zstd(&all), &expected);
        check(&records.each_ref().map(|record| gzip(record)).concat(), &expected);
        check(&records.each_ref().map(|record| zstd(record)).concat(), &expected);
        // Members that begin wherever their writer was.
        check(&all.chunks(50).map(gzip).collect::<Vec<_>>().concat(), &expected);
        check(&all.chunks(50).map(zstd).collect::<Vec<_>>().concat(), &expected);
        check(&[gzip(&all), vec![0; 40]].concat(), &expected);
        check(&all[..all.len() - 4], &expected);
        let more = records.each_ref().map(|record| [&record[..], b"\r\n\n"].concat());
        check(&more.concat(), &expected);
        check(b"", &[]);
    }

    #[test]
    fn a_dictionary_in_front_is_used() {
        let texts: Vec<Vec<u8>> = (0..200)
            .map(|n| record(&format!("page{n}"), &format!("text {n} of the site")))
            .collect();
        let dictionary = zstd::dict::from_samples(&texts, 2000).unwrap();
        for in_file in [dictionary.clone(), zstd(&dictionary)] {
            let mut file = vec![0x5d, 0x2a, 0x4d, 0x18];
            file.extend(u32::try_from(in_file.len()).unwrap().to_le_bytes());
            file.extend(in_file);
            let mut encoder = zstd::bulk::Compressor::with_dictionary(3, &dictionary).unwrap();
            for text in &texts[..3] {
                file.extend(encoder.compress(text).unwrap());
            }
            check(&file, &["1 page0 text 0 of th", "2 page1 text 1 of th", "3 page2 text 2 of th"]);
        }
    }

    #[test]
    fn a_lie_about_the_length_costs_its_record_alone() {
        let (a, c) = (record("a", "one"), record("c", "three"));
        let says = |length: &str| record_of_length("b", length, "two two two");
        for (length, plain, member) in [
            (
                "3",
                "2 b: it says that it has 3 bytes, and does not end there",
                "2 b: it says that it has 3 bytes, and does not end there",
            ),
            (
                "20",
                "2 b: it says that it has 20 bytes, and does not end there",
                "2 b: it says that it has 20 bytes, and 15 are there",
            ),
            (
                "900",
                "2 b: it says that it has 900 bytes; the file ends before",
                "2 b: it says that it has 900 bytes, and 15 are there",
            ),
            ("x", "2 b: it does not say how long it is", "2 b: it does not say how long it is"),
            (
                "5000000000",
                "2 b: it says that it has 5000000000 bytes; the file ends before",
                "2 b: it says that it has 5000000000 bytes; the file ends before",
            ),
        ] {
            let b = says(length);
            check(&[&a[..], &b, &c].concat(), &["1 a one", plain, "3 c three"]);
            for pack in [gzip, zstd] {
                let file = [pack(&a), pack(&b), pack(&c)].concat();
                let read = read(&file, Some(file.len() as u64));
                assert_eq!([&read[0], &read[2]], ["1 a one", "3 c three"], "{length}");
                let is_huge = length == "5000000000" && read[1].ends_with("and 15 are there");
                assert!(read[1] == member || is_huge, "{}", read[1]);
            }
        }
    }

    #[test]
    fn what_is_cut_or_damaged_is_told_and_the_next_is_read() {
        let (a, c) = (record("a", "one"), record("c", "three"));
        let b = record("b", &"two ".repeat(100));
        let cut = "2 b: it says that it has 400 bytes; the file ends before";
        check(&[&a[..], &b[..200]].concat(), &["1 a one", cut]);
        check(&[&a[..], &b[..20]].concat(), &["1 a one", "2 ?: its header is cut off"]);
        let packs: [(Pack, bool); 2] = [(gzip, true), (zstd, false)];
        for (pack, has_checksum) in packs {
            let (a, b, c) = (pack(&a), pack(&b), pack(&c));
            for (damage, is_cut) in [b.len() / 2, b.len() - 5].into_iter().zip([true, false]) {
                let mut damaged = b.clone();
                match is_cut {
                    true => damaged.truncate(damage),
                    false => damaged[damage] ^= 0x55,
                }
                let file = [&a[..], &damaged, &c].concat();
                let read = read(&file, Some(file.len() as u64));
                let (first, last) = (&read[0], read.last().unwrap());
                assert_eq!([&first[2..], &last[2..]], ["a one", "c three"], "{read:?}");
                let is_told = read[1].contains("damaged") || read[1].contains("cut off");
                assert!(is_told || !(is_cut || has_checksum), "{read:?}");
            }
            let file = [&a[..], b"no member", &c].concat();
            let what = "2 ?: bytes that are not compressed";
            check(&file, &["1 a one", what, "3 c three"]);
        }
    }

    #[test]
    fn what_is_too_large_or_has_no_end_takes_no_memory() {
        let (a, c) = (record("a", "one"), record("c", "three"));
        let large = record("b", &"x".repeat(3_000_000));
        let expected = ["1 a one", "2 b: too large, 3000000", "3 c three"];
        check(&[&a[..], &large, &c].concat(), &expected);
        check(&gzip(&[&a[..], &large, &c].concat()), &expected);
        check(&[gzip(&a), gzip(&large), gzip(&c)].concat(), &expected);
        check(&[zstd(&a), zstd(&large), zstd(&c)].concat(), &expected);
        let endless =
            [b"WARC/1.1\r\nX: ".to_vec(), vec![b'y'; 3_000_000], b"\r\n".to_vec()].concat();
        let expected = ["1 a one", "2 ?: its header has no end", "3 c three"];
        check(&[&a[..], &endless, &c].concat(), &expected);
        check(&[gzip(&a), gzip(&endless), gzip(&c)].concat(), &expected);
        check(b"<html>no records\r\n", &["1 ?: no record begins here"]);
        // A record that is told by what follows it not to be what it says, from a pipe.
        let lie = record_of_length("b", "5000", "two");
        let read = read(&[&a[..], &lie, &c].concat(), None);
        assert_eq!(read.len(), 2, "{read:?}");
        assert!(read[1].starts_with("2 b: it says that it has 5000 bytes, and "), "{read:?}");
    }

    #[test]
    fn many_lies_take_no_more_time_than_their_bytes() {
        let lie = record_of_length("b", "900", "");
        let file = lie.repeat(20_000);
        let read = read(&file, Some(file.len() as u64));
        assert!(read.len() >= 19_000, "{}", read.len());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(parts in vec((0_usize..8, any::<Vec<u8>>()), 0..6)) {
            let whole = record("a", "one");
            let mut file = Vec::new();
            for (kind, bytes) in parts {
                match kind {
                    0 => file.extend(&whole),
                    1 => file.extend(gzip(&whole)),
                    2 => file.extend(zstd(&whole)),
                    3 => file.extend(&gzip(&whole)[..bytes.len().min(40)]),
                    4 => file.extend(&zstd(&whole)[..bytes.len().min(40)]),
                    5 => file.extend(b"WARC/1.0\r\nContent-Length: 7\r\n\r\n"),
                    6 => file.extend(gzip(&bytes)),
                    _ => file.extend(bytes),
                }
            }
            let length = file.len() as u64;
            for length in [None, Some(length)] {
                let members = Members::new(Box::new(Cursor::new(&file[..])), length);
                let Ok(members) = members else { continue };
                let mut reader = WarcReader::new(members, LIMIT);
                let mut count = 0;
                while let Ok(Some(_)) = reader.next() {
                    count += 1;
                    assert!(count <= file.len() + 1, "it goes on");
                }
            }
        }
    }
}
