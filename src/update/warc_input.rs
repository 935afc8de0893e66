//! WARC files from wherever they are: files, folders, listings, the web, the standard input.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use url::Url;

use crate::{
    canonical,
    counted::counted,
    crawl::{self, CrawlOptions, Event, RobotsCopy, Stop},
    error::Error,
    warc::{Item, Members, RECORD, WarcReader, parse_line},
};

/// Bytes of a file from the web that are asked for at a time.
const PIECE: u64 = 8 << 20;
/// What a record may have beside a body of the largest size: header fields and sizes of chunks.
const MAX_OVERHEAD: u64 = 1 << 20;
/// Longest line of a listing.
const MAX_LINE: usize = 64 << 10;
/// Endings of the names of WARC files.
const ENDINGS: [&str; 3] = [".warc", ".warc.gz", ".warc.zst"];

/// What takes the records.
pub(crate) trait RecordSink {
    /// A file begins, or a single record of one.
    fn begin(&mut self, name: &str) -> Result<(), Error>;
    /// Whether the page at an address is wanted; one that is not, is counted.
    fn wants(&mut self, url: &str) -> Result<bool, Error>;
    /// Takes a record.
    fn take(&mut self, name: &str, item: Item<'_>) -> Result<(), Error>;
    /// A file, or a line of a listing, that cannot be read.
    fn fail(&mut self, name: &str, why: &str) -> Result<(), Error>;
}

/// How to read WARC files.
pub(crate) struct WarcInput<'a> {
    /// Where the relative paths of listings begin; by default where the listing is.
    pub(crate) base: Option<&'a str>,
    /// How to ask the web; none when it is not to be asked.
    pub(crate) crawl: Option<&'a CrawlOptions>,
    /// The largest body of a page.
    pub(crate) max_body_bytes: u64,
    pub(crate) stdin: fn() -> Box<dyn Read>,
    pub(crate) stop: &'a Stop,
    /// Whether all was read before: then the standard input and whole files on the web are not.
    pub(crate) is_again: bool,
    /// Stored answers to `robots.txt`, by origin.
    pub(crate) robots: HashMap<String, RobotsCopy>,
    /// Those that were fetched meanwhile.
    pub(crate) new_robots: RefCell<HashMap<String, RobotsCopy>>,
}

/// Where a file or listing is.
#[derive(Clone, Debug)]
enum WarcPlace {
    Stdin,
    Local(PathBuf),
    Web(Url),
}

impl WarcInput<'_> {
    /// Reads all sources, one after the other, until somebody asks to stop. What cannot be read is
    /// told, and the others are read.
    ///
    /// # Errors
    /// [`Error::Io`] when a source that is a path does not exist, before anything is read, and those
    /// of the sink.
    pub(crate) fn read(&self, sources: &[String], sink: &mut dyn RecordSink) -> Result<(), Error> {
        let places: Vec<WarcPlace> = sources.iter().map(|source| place(source)).collect();
        for place in &places {
            if let WarcPlace::Local(path) = place {
                path.metadata().map_err(|e| Error::io(path, e))?;
            }
        }
        for place in &places {
            match place {
                WarcPlace::Local(dir) if dir.is_dir() => {
                    let files = files_below(dir, sink)?;
                    if files.is_empty() {
                        sink.fail(&dir.display().to_string(), "no WARC file is in it")?;
                    }
                    for file in files {
                        self.read_file(&WarcPlace::Local(file), sink)?;
                    }
                }
                place => self.read_file(place, sink)?,
            }
        }
        Ok(())
    }

    /// Reads a WARC file or a listing, whichever it is.
    fn read_file(&self, place: &WarcPlace, sink: &mut dyn RecordSink) -> Result<(), Error> {
        let is_local = matches!(place, WarcPlace::Local(_));
        if self.stop.is_stopped() || (self.is_again && !is_local) {
            return Ok(());
        }
        let name = place.name();
        let mut members = match self
            .open(place, None)
            .and_then(|(reader, length)| Members::new(reader, length))
        {
            Ok(members) => members,
            Err(e) => return self.failed(&name, &e, sink),
        };
        let is_warc = match members.fill(RECORD.len()) {
            Ok([]) if !place.is_warc() => return sink.fail(&name, "it is empty"),
            Ok(bytes) => bytes.starts_with(RECORD) || place.is_warc(),
            Err(e) => return self.failed(&name, &e, sink),
        };
        match is_warc {
            true => self.read_records(&name, members, sink),
            false => self.read_listing(place, members, sink),
        }
    }

    fn read_records(
        &self,
        name: &str,
        members: Members<'_>,
        sink: &mut dyn RecordSink,
    ) -> Result<(), Error> {
        sink.begin(name)?;
        let mut reader = WarcReader::new(members, self.max_block());
        while !self.stop.is_stopped() {
            match reader.next() {
                Ok(Some(item)) => sink.take(name, item)?,
                Ok(None) => break,
                Err(e) => return self.failed(name, &e, sink),
            }
        }
        Ok(())
    }

    fn read_listing(
        &self,
        listing: &WarcPlace,
        mut lines: Members<'_>,
        sink: &mut dyn RecordSink,
    ) -> Result<(), Error> {
        let name = listing.name();
        let mut number = 0_u64;
        while !self.stop.is_stopped() {
            let line = match lines.line(MAX_LINE) {
                Ok(Some(line)) => line,
                Ok(None) => break,
                Err(e) => return self.failed(&name, &e, sink),
            };
            number += 1;
            let part = match parse_line(&line) {
                Ok(Some(part)) => part,
                Ok(None) => continue,
                Err(why) => {
                    sink.fail(&format!("{name}: line {number}"), &why)?;
                    continue;
                }
            };
            if let Some(url) = &part.url
                && !sink.wants(url)?
            {
                continue;
            }
            let named = self.resolve(listing, &part.file);
            match part.range {
                _ if matches!(&named, WarcPlace::Local(path) if path.is_dir()) => {
                    sink.fail(&format!("{name}: line {number}"), "it names a folder")?;
                }
                Some(range) => self.read_range(&named, range, sink)?,
                None => self.read_listed(&named, sink)?,
            }
        }
        match lines.take_damage() {
            Some(what) => sink.fail(&name, &what),
            None => Ok(()),
        }
    }

    /// Reads a WARC file that a listing names; listings within listings are not read.
    fn read_listed(&self, place: &WarcPlace, sink: &mut dyn RecordSink) -> Result<(), Error> {
        if self.is_again && !matches!(place, WarcPlace::Local(_)) {
            return Ok(());
        }
        let name = place.name();
        let opened = self.open(place, None);
        match opened.and_then(|(reader, length)| Members::new(reader, length)) {
            Ok(members) => self.read_records(&name, members, sink),
            Err(e) => self.failed(&name, &e, sink),
        }
    }

    /// Reads the records in a range of a file.
    fn read_range(
        &self,
        place: &WarcPlace,
        range: (u64, u64),
        sink: &mut dyn RecordSink,
    ) -> Result<(), Error> {
        let name = format!("{} from {}", place.name(), range.0);
        if range.1 > self.max_block() as u64 {
            return sink.fail(&name, &format!("its record has {}", counted(range.1, "byte")));
        }
        let opened = self.open(place, Some(range));
        match opened.and_then(|(reader, _)| Members::new(reader, Some(range.1))) {
            Ok(members) => self.read_records(&name, members, sink),
            Err(e) => self.failed(&name, &e, sink),
        }
    }

    /// Opens a file, or a range of it, and says how long it is where that is known.
    fn open(
        &self,
        place: &WarcPlace,
        range: Option<(u64, u64)>,
    ) -> io::Result<(Box<dyn Read + '_>, Option<u64>)> {
        let (reader, length): (Box<dyn Read + '_>, _) = match place {
            WarcPlace::Stdin => ((self.stdin)(), None),
            WarcPlace::Web(url) => {
                let crawl = self
                    .crawl
                    .ok_or_else(|| io::Error::other("not fetched, since this update is offline"))?;
                let (from, end) = range
                    .map_or((0, None), |(from, length)| (from, Some(from.saturating_add(length))));
                let file = RemoteFile {
                    input: self,
                    crawl,
                    url: url.clone(),
                    from,
                    end,
                    piece: io::Cursor::default(),
                };
                (Box::new(file), None)
            }
            WarcPlace::Local(path) => {
                let mut file = File::open(path)?;
                let metadata = file.metadata()?;
                let length = metadata.is_file().then_some(metadata.len());
                match range {
                    None => (Box::new(file), length),
                    Some((from, length)) => {
                        file.seek(SeekFrom::Start(from))?;
                        (Box::new(file.take(length)), Some(length))
                    }
                }
            }
        };
        Ok((Box::new(UntilStopped { reader, stop: self.stop }), length))
    }

    /// Where a path of a listing leads. A listing from the web names nothing of this machine.
    fn resolve(&self, listing: &WarcPlace, file: &str) -> WarcPlace {
        if let Some(url) = web_address(file) {
            return WarcPlace::Web(url);
        }
        let below = |base: &Url| {
            let mut base = base.clone();
            if !base.path().ends_with('/') {
                let path = format!("{}/", base.path());
                base.set_path(&path);
            }
            base.join(file.trim_start_matches('/')).ok()
        };
        let on_the_web = match (self.base.map(place), listing) {
            (Some(WarcPlace::Web(base)), _) => below(&base),
            (None, WarcPlace::Web(listing)) => listing.join(file).ok(),
            (Some(WarcPlace::Local(base)), WarcPlace::Stdin | WarcPlace::Local(_)) => {
                return WarcPlace::Local(base.join(file));
            }
            (_, WarcPlace::Local(listing)) => {
                let folder = listing.parent().unwrap_or(Path::new(""));
                return WarcPlace::Local(folder.join(file));
            }
            (_, WarcPlace::Stdin) => return WarcPlace::Local(file.into()),
            (Some(_), WarcPlace::Web(listing)) => listing.join(file).ok(),
        };
        // What cannot be joined is nowhere.
        let nowhere = || Url::parse("about:blank").expect("a URL without variable parts");
        WarcPlace::Web(on_the_web.unwrap_or_else(nowhere))
    }

    fn max_block(&self) -> usize {
        usize::try_from(self.max_body_bytes.saturating_add(MAX_OVERHEAD)).unwrap_or(usize::MAX)
    }

    /// Tells that a file cannot be read, unless that is because somebody asked to stop.
    fn failed(&self, name: &str, why: &io::Error, sink: &mut dyn RecordSink) -> Result<(), Error> {
        if self.stop.is_stopped() { Ok(()) } else { sink.fail(name, &why.to_string()) }
    }
}

impl WarcPlace {
    /// The path or the address, for people.
    fn name(&self) -> String {
        match self {
            WarcPlace::Stdin => "standard input".into(),
            WarcPlace::Local(path) => path.display().to_string(),
            WarcPlace::Web(url) => canonical::discreet(url.as_str()).into_owned(),
        }
    }

    /// Whether its name is that of a WARC file.
    fn is_warc(&self) -> bool {
        match self {
            WarcPlace::Stdin => false,
            WarcPlace::Local(path) => is_warc_name(&path.to_string_lossy()),
            WarcPlace::Web(url) => is_warc_name(url.path()),
        }
    }
}

fn is_warc_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

fn place(source: &str) -> WarcPlace {
    match web_address(source) {
        _ if source == "-" => WarcPlace::Stdin,
        Some(url) => WarcPlace::Web(url),
        None => WarcPlace::Local(source.into()),
    }
}

fn web_address(text: &str) -> Option<Url> {
    let mut url = canonical::web_url(text)?;
    canonical::cut_userinfo(&mut url);
    Some(url)
}

/// The WARC files in a folder and those below it, in the order of their paths.
fn files_below(dir: &Path, sink: &mut dyn RecordSink) -> Result<Vec<PathBuf>, Error> {
    let (mut files, mut folders) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = folders.pop() {
        let entries = match folder.read_dir() {
            Ok(entries) => entries,
            Err(e) => {
                sink.fail(&folder.display().to_string(), &e.to_string())?;
                continue;
            }
        };
        for entry in entries.flatten() {
            let path = entry.path();
            // A link to a folder may lead back to where it is.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if is_warc_name(&path.to_string_lossy()) && path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort_unstable();
    Ok(files)
}

/// What is read until somebody asks to stop.
struct UntilStopped<'a, R> {
    reader: R,
    stop: &'a Stop,
}

impl<R: Read> Read for UntilStopped<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_stopped() {
            Err(io::Error::other("stopped"))
        } else {
            self.reader.read(out)
        }
    }
}

/// A file on the web, of which a piece is fetched at a time.
struct RemoteFile<'a> {
    input: &'a WarcInput<'a>,
    crawl: &'a CrawlOptions,
    url: Url,
    /// Where the next piece begins.
    from: u64,
    /// Where the last one ends, where that is known.
    end: Option<u64>,
    piece: io::Cursor<Vec<u8>>,
}

impl Read for RemoteFile<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.piece.read(out)?;
        let left = self.end.map_or(u64::MAX, |end| end.saturating_sub(self.from));
        if read > 0 || left == 0 {
            return Ok(read);
        }
        let origin = self.url.origin().ascii_serialization();
        let mut new_robots = self.input.new_robots.borrow_mut();
        let known = new_robots.get(&origin).or_else(|| self.input.robots.get(&origin)).cloned();
        let robots = known.into_iter().map(|copy| (origin.clone(), copy)).collect();
        let length = PIECE.min(left).min(self.input.max_body_bytes.max(1));
        let fetched = crawl::fetch_piece(
            &self.url,
            (self.from, length),
            self.crawl,
            robots,
            self.input.stop,
            &mut |event| {
                if let Event::Robots { origin, copy } = event {
                    new_robots.insert(origin, copy);
                }
            },
        );
        let piece = fetched.map_err(io::Error::other)?.map_err(io::Error::other)?;
        self.from += piece.bytes.len() as u64;
        let is_over = (piece.bytes.len() as u64) < length;
        let total = piece.total.or(is_over.then_some(self.from));
        self.end = match (self.end, total) {
            (Some(end), Some(total)) => Some(end.min(total)),
            (end, total) => end.or(total),
        };
        // A server that gives nothing has nothing more.
        if piece.bytes.is_empty() {
            self.end = Some(self.from);
        }
        self.piece = io::Cursor::new(piece.bytes);
        self.piece.read(out)
    }
}
