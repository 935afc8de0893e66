//! Import: documents of one's own, one JSON object a line.

mod ids;
mod record;

use std::{collections::HashSet, hash::Hasher, io::BufRead};

use siphasher::sip::SipHasher13;

use crate::{
    canonical,
    engine::{
        document::Document,
        json_lines::{
            ids::ImportedIds,
            record::{Imported, id_of_line, parse},
        },
        slice::Slice,
    },
    error::{Error, LineFormat},
};

/// Bad lines whose errors are kept of those that are skipped.
const MOST_KEPT: usize = 10;

/// Documents read from lines of JSON. Ends at the first bad line, unless those are to be skipped.
///
/// A line is bad when it is no document, or when an earlier line has its id.
pub struct Import<R> {
    reader: R,
    name: String,
    line: u64,
    text: Vec<u8>,
    slice: Slice,
    bytes: u64,
    checksum: crc32fast::Hasher,
    skips_bad: bool,
    replaced: HashSet<u64>,
    ids: ImportedIds,
    skipped: Skipped,
    /// Lines whose addresses had a user name or a password, with what is left of them.
    with_userinfo: Vec<(u64, String)>,
    failure: Option<Error>,
}

/// The bad lines that were skipped.
#[derive(Debug, Default)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// What is wrong with the first ten.
    pub first: Vec<Error>,
}

impl<R: BufRead> Import<R> {
    /// Documents of a reader; `name` stands for it in messages.
    pub fn new(reader: R, name: &str) -> Import<R> {
        Import {
            reader,
            name: name.to_owned(),
            line: 0,
            text: Vec::new(),
            slice: Slice::WHOLE,
            bytes: 0,
            checksum: crc32fast::Hasher::new(),
            skips_bad: false,
            replaced: HashSet::new(),
            ids: ImportedIds::default(),
            skipped: Skipped::default(),
            with_userinfo: Vec::new(),
            failure: None,
        }
    }

    /// Skips bad lines when `skips_bad` is true, instead of ending at the first one.
    #[must_use]
    pub fn skip_bad(self, skips_bad: bool) -> Import<R> {
        Import { skips_bad, ..self }
    }

    /// Takes the lines of a slice, and passes over the others.
    #[must_use]
    pub fn of_slice(self, slice: Slice) -> Import<R> {
        Import { slice, ..self }
    }

    /// Leaves out these lines, as [`Import::replaced_lines`] returns them.
    #[must_use]
    pub fn without_lines(self, replaced: HashSet<u64>) -> Import<R> {
        Import { replaced, ..self }
    }

    /// Reads to the end and returns the lines whose id a later line has, too.
    ///
    /// # Errors
    /// As [`Import::result`].
    pub fn replaced_lines(mut self) -> Result<HashSet<u64>, Error> {
        let mut replaced = HashSet::new();
        while let Some(imported) = self.next_imported() {
            replaced.extend(self.ids.replace(&imported, self.line));
        }
        self.result().map(|()| replaced)
    }

    /// The lines whose `url` or `id` lost a user name and a password so far, with what is left.
    pub fn with_userinfo(&self) -> &[(u64, String)] {
        &self.with_userinfo
    }

    /// The bad lines that were skipped so far.
    pub fn skipped(&self) -> &Skipped {
        &self.skipped
    }

    /// What all lines so far are known by, those of other slices included: their bytes, and a checksum
    /// of them.
    pub fn input(&self) -> String {
        format!("{}-{:08x}", self.bytes, self.checksum.clone().finalize())
    }

    /// Whether everything could be read; to be asked when the iterator has ended.
    ///
    /// # Errors
    /// [`Error::Line`] and [`Error::DuplicateId`] naming the line that is bad, [`Error::Io`] when
    /// reading failed.
    pub fn result(self) -> Result<(), Error> {
        self.failure.map_or(Ok(()), Err)
    }

    /// What the next line that is a document says; none at the end and after a failure.
    fn next_imported(&mut self) -> Option<Imported> {
        while self.failure.is_none() {
            self.text.clear();
            self.line += 1;
            match self.reader.read_until(b'\n', &mut self.text) {
                Ok(0) => return None,
                Ok(bytes) => self.bytes += bytes as u64,
                Err(error) => {
                    self.failure = Some(Error::io(&self.name, error));
                    return None;
                }
            }
            self.checksum.update(&self.text);
            if self.replaced.contains(&self.line) {
                continue;
            }
            let text = match self.line {
                1 => self.text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.text),
                _ => &self.text,
            };
            let text = text.trim_ascii_end();
            if text.is_empty() || !is_of(self.slice, self.line, text) {
                continue;
            }
            match parse(text) {
                Ok(imported) => return Some(imported),
                Err(message) => {
                    let message = canonical::discreet(&message).into_owned();
                    let (name, line) = (self.name.clone(), self.line);
                    let expected = LineFormat::Document;
                    self.refuse(Error::Line { name, line, message, expected });
                }
            }
        }
        None
    }

    /// Skips the bad line, or ends with its error.
    fn refuse(&mut self, error: Error) {
        if !self.skips_bad {
            self.failure = Some(error);
            return;
        }
        self.skipped.count += 1;
        if self.skipped.first.len() < MOST_KEPT {
            self.skipped.first.push(error);
        }
    }
}

impl<R: BufRead> Iterator for Import<R> {
    type Item = Document;

    fn next(&mut self) -> Option<Document> {
        loop {
            let imported = self.next_imported()?;
            if let Some(first) = self.ids.add(&imported, self.line) {
                let (name, line, id) = (self.name.clone(), self.line, imported.document.id);
                self.refuse(Error::DuplicateId { name, line, id, first });
                continue;
            }
            let cut = imported.without_userinfo.into_iter();
            self.with_userinfo.extend(cut.map(|address| (self.line, address)));
            return Some(imported.document);
        }
    }
}

/// Whether a line is the share of a slice: by its id, or by its number when it has none.
fn is_of(slice: Slice, line: u64, text: &[u8]) -> bool {
    if slice == Slice::WHOLE {
        return true;
    }
    slice.has(id_of_line(text).map_or(line, |id| {
        let mut hasher = SipHasher13::new();
        hasher.write(id.as_bytes());
        hasher.finish()
    }))
}

#[cfg(test)]
mod tests {
    use crate::engine::json_lines::Import;

    #[track_caller]
    fn check(lines: &str, ids: &[&str], failure: Option<&str>) {
        let mut import = Import::new(lines.as_bytes(), "own.jsonl");
        let found: Vec<String> = import.by_ref().map(|document| document.id).collect();
        assert_eq!(found, ids);
        assert_eq!(import.result().err().map(|e| e.to_string()).as_deref(), failure);
    }

    #[test]
    fn lines_become_documents() {
        check(
            "{\"id\": 7, \"title\": \"x\"}\n\n{\"id\": \"b\", \"text\": \"y\"}",
            &["7", "b"],
            None,
        );
    }

    #[test]
    fn each_line_is_in_one_slice_and_those_of_one_id_in_the_same() {
        let lines: String = (0..40)
            .map(|n| match n % 4 {
                0 => format!("{{\"id\": {n}}}\n"),
                1 => format!("{{\"url\": \"https://a.example/{n}\", \"text\": \"x\"}}\n"),
                2 => format!("{{\"url\": \"http://www.a.example:80/{}/#y\"}}\n", n - 1),
                _ => format!("{{\"id\": \"{n}\", \"date\": \"soon\"}} bad\n"),
            })
            .collect();
        let read = |slice: &str| {
            let import = Import::new(lines.as_bytes(), "own.jsonl").skip_bad(true);
            let mut import = import.of_slice(slice.parse().unwrap());
            let ids: Vec<String> = import.by_ref().map(|document| document.id).collect();
            (ids, import.skipped().count, import.input())
        };
        let (mut all, bad, input) = read("1/1");
        let slices: Vec<_> = (1..=3).map(|n| read(&format!("{n}/3"))).collect();
        assert!(slices.iter().all(|(ids, ..)| !ids.is_empty()));
        assert!(slices.iter().all(|(_, _, of_slice)| *of_slice == input));
        assert_eq!(slices.iter().map(|(_, bad, _)| bad).sum::<u64>(), bad);
        let mut ids: Vec<String> = slices.into_iter().flat_map(|(ids, ..)| ids).collect();
        all.sort_unstable();
        ids.sort_unstable();
        assert_eq!(ids, all);
    }

    #[test]
    fn a_line_that_is_no_document_is_named() {
        check(
            "{\"id\": \"a\"}\n{\"title\": \"x\"}\n",
            &["a"],
            Some("`own.jsonl`: line 2: neither id nor url"),
        );
        check(
            "{\"id\": \"a\", \"date\": \"soon\"}\n",
            &[],
            Some("`own.jsonl`: line 1: `soon` is no date such as 2022, 2022-07 or 2022-07-19"),
        );
    }
}
