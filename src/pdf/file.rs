//! A PDF file: where its objects stand and what they hold, within a budget.
//!
//! The table of objects at the end of a file is not read: it may be broken, and what it says can
//! be seen by going through the file once. Of objects with equal numbers the last one counts, which
//! is how files are changed by adding to them.

use std::{borrow::Cow, cell::Cell, collections::HashMap};

use memchr::memmem;

use crate::pdf::{
    filter,
    object::{Dict, Lexer, Object, is_space},
};

/// Work for one file, in units of about a nanosecond on the machine that this was tuned on.
/// A paper of 20 pages takes about 20 million, a manual of 566 pages 600 million.
const BUDGET: u64 = 800_000_000;
/// What it costs to inflate a byte, to read one of an object, and to look through 16 for a word.
const COST_OF_INFLATED: u64 = 5;
pub(crate) const COST_OF_READ: u64 = 15;
const COST_OF_SEARCHED: u64 = 1;
/// Objects of a file; what follows is not looked at.
const MAX_OBJECTS: usize = 500_000;
/// Bytes of all object streams, which are held until the end.
const MAX_OBJECT_STREAMS: usize = 32 << 20;
/// Bytes of any other stream.
const MAX_STREAM: usize = 16 << 20;
/// References to references that are followed.
const MAX_HOPS: usize = 8;
/// How far into an object its type is looked for.
const TYPE_WINDOW: usize = 4096;

/// A PDF file.
pub(crate) struct File<'a> {
    bytes: &'a [u8],
    places: HashMap<u32, ObjectPlace>,
    /// Object streams, inflated.
    streams: Vec<Vec<u8>>,
    /// What the trailers say, the last one first.
    pub(crate) trailer: Dict,
    left: Cell<u64>,
}

#[derive(Clone, Copy)]
enum ObjectPlace {
    /// In the file, behind `obj`.
    At(usize),
    /// In an object stream.
    In(usize, usize),
}

/// A stream as it stands in the file.
pub(crate) struct Stream<'a> {
    pub(crate) dict: Dict,
    raw: &'a [u8],
}

impl<'a> File<'a> {
    /// Looks through a file for its objects.
    pub(crate) fn new(bytes: &'a [u8]) -> File<'a> {
        let mut file = File {
            bytes,
            places: HashMap::new(),
            streams: Vec::new(),
            trailer: Dict::default(),
            left: Cell::new(BUDGET),
        };
        file.scan();
        file
    }

    /// Takes work off the budget; false when it does not suffice.
    pub(crate) fn spend(&self, units: u64) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(units));
        left > units
    }

    /// Whether the budget is used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.left.get() == 0
    }

    /// The object behind a reference, and any other as it is.
    pub(crate) fn follow<'o>(&self, object: &'o Object) -> Cow<'o, Object> {
        let mut object = Cow::Borrowed(object);
        for _ in 0..MAX_HOPS {
            let Object::Ref(number) = *object else { return object };
            let Some(next) = self.object(number) else { break };
            object = Cow::Owned(next);
        }
        Cow::Owned(Object::Null)
    }

    /// The value of a key, references followed.
    pub(crate) fn get<'o>(&self, dict: &'o Dict, key: &str) -> Cow<'o, Object> {
        dict.raw(key).map_or(Cow::Owned(Object::Null), |value| self.follow(value))
    }

    /// The dictionary under a key.
    pub(crate) fn dict<'o>(&self, dict: &'o Dict, key: &str) -> Option<Cow<'o, Dict>> {
        Some(match self.get(dict, key) {
            Cow::Borrowed(object) => Cow::Borrowed(object.dict()?),
            Cow::Owned(Object::Dict(dict)) => Cow::Owned(dict),
            Cow::Owned(_) => return None,
        })
    }

    /// The stream under a key, decoded.
    pub(crate) fn stream(&self, dict: &Dict, key: &str) -> Option<(Dict, Vec<u8>)> {
        self.stream_of(dict.raw(key)?)
    }

    /// The stream behind a reference, decoded.
    pub(crate) fn stream_of(&self, object: &Object) -> Option<(Dict, Vec<u8>)> {
        let Object::Ref(number) = object else { return None };
        let ObjectPlace::At(at) = *self.places.get(number)? else { return None };
        let stream = self.stream_at(at)?;
        let data = self.decode(&stream, MAX_STREAM)?;
        Some((stream.dict, data))
    }

    /// The numbers of all objects, in order.
    pub(crate) fn numbers(&self) -> Vec<u32> {
        let mut numbers: Vec<u32> = self.places.keys().copied().collect();
        numbers.sort_unstable();
        numbers
    }

    pub(crate) fn object(&self, number: u32) -> Option<Object> {
        match *self.places.get(&number)? {
            ObjectPlace::At(at) => Some(self.read(self.bytes, at)?.0),
            ObjectPlace::In(stream, at) => Some(self.read(self.streams.get(stream)?, at)?.0),
        }
    }

    /// The object at a place, and where it ends.
    fn read(&self, bytes: &[u8], at: usize) -> Option<(Object, usize)> {
        if self.is_spent() {
            return None;
        }
        let mut lexer = Lexer::new(bytes, at);
        let object = lexer.object();
        self.spend((lexer.at - at) as u64 * COST_OF_READ + 100);
        Some((object?, lexer.at))
    }

    fn stream_at(&self, at: usize) -> Option<Stream<'a>> {
        let (object, end) = self.read(self.bytes, at)?;
        let Object::Dict(dict) = object else { return None };
        let mut lexer = Lexer::new(self.bytes, end);
        lexer.skip_space();
        let rest = self.bytes[lexer.at..].strip_prefix(b"stream")?;
        let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
        let rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        let length = self.get(&dict, "Length").count().filter(|length| {
            rest.get(*length..).is_some_and(|after| {
                let after = after.iter().take(4).position(|b| !is_space(*b)).map(|n| &after[n..]);
                after.is_some_and(|after| after.starts_with(b"endstream"))
            })
        });
        let length = length.unwrap_or_else(|| {
            let length = memmem::find(rest, b"endstream").unwrap_or(rest.len());
            self.spend(length as u64 / 16 * COST_OF_SEARCHED);
            length
        });
        Some(Stream { dict, raw: &rest[..length] })
    }

    fn decode(&self, stream: &Stream<'_>, limit: usize) -> Option<Vec<u8>> {
        let either = |long, short| match self.get(&stream.dict, long).into_owned() {
            Object::Null => self.get(&stream.dict, short).into_owned(),
            object => object,
        };
        let listed = |object: Object| match object {
            Object::Array(list) => list,
            Object::Null => Vec::new(),
            one => vec![one],
        };
        let parameters = listed(either("DecodeParms", "DP"));
        let mut filters = Vec::new();
        for (at, filter) in listed(either("Filter", "F")).iter().take(16).enumerate() {
            let name = self.follow(filter).name()?.to_owned();
            let own = parameters.get(at).map(|own| self.follow(own).into_owned());
            filters.push((name, own.and_then(|own| own.dict().cloned()).unwrap_or_default()));
        }
        // What is left of the budget bounds what may come out.
        let affordable = self.left.get() / COST_OF_INFLATED / (filters.len() as u64 + 1);
        let data = filter::decode(stream.raw, &filters, limit.min(affordable as usize))?;
        let work = data.len().max(stream.raw.len()) as u64 * (filters.len() as u64 + 1);
        self.spend(work * COST_OF_INFLATED);
        Some(data)
    }

    fn scan(&mut self) {
        let bytes = self.bytes;
        let objects = memmem::Finder::new(b"obj");
        let ends = memmem::Finder::new(b"endstream");
        let mut has_ends = true;
        // The object that stands before `at`.
        let mut current: Option<usize> = None;
        let mut at = 0;
        while self.places.len() < MAX_OBJECTS && !self.is_spent() {
            let Some(found) = objects.find(&bytes[at..]).map(|found| at + found) else { break };
            // What a stream holds is not looked at, or a file within the file would be read.
            if let Some(start) = current.take()
                && has_ends
                && let Some(stream) = memmem::find(&bytes[at..found], b"stream").map(|s| at + s)
                && matches!(bytes.get(stream + 6), Some(b'\r' | b'\n'))
            {
                match ends.find(&bytes[stream..]) {
                    Some(end) => {
                        self.note(start, stream);
                        at = stream + end + 9;
                        continue;
                    }
                    None => has_ends = false,
                }
            }
            if let Some(number) = number_before(&bytes[..found]) {
                self.places.insert(number, ObjectPlace::At(found + 3));
                current = Some(found + 3);
            }
            at = found + 3;
        }
        self.spend(bytes.len() as u64 / 16 * COST_OF_SEARCHED);
        for at in memmem::rfind_iter(bytes, b"trailer").take(64) {
            if let Some((Object::Dict(dict), _)) = self.read(bytes, at + 7) {
                self.trailer.0.extend(dict.0);
            }
        }
    }

    /// Takes in what the object streams and the tables of newer files say.
    fn note(&mut self, start: usize, stream: usize) {
        let window = &self.bytes[start..stream.min(start + TYPE_WINDOW)];
        let says = |name: &[u8]| memmem::find(window, name).is_some();
        if says(b"/XRef") {
            if let Some((Object::Dict(dict), _)) = self.read(self.bytes, start) {
                // The newest one comes last and counts most.
                let older = std::mem::take(&mut self.trailer.0);
                self.trailer = dict;
                self.trailer.0.extend(older);
            }
        } else if says(b"/ObjStm") {
            let held: usize = self.streams.iter().map(Vec::len).sum();
            let Some(stream) = self.stream_at(start) else { return };
            let Some(data) = self.decode(&stream, MAX_OBJECT_STREAMS - held) else { return };
            let number = |key| self.get(&stream.dict, key).count();
            let (Some(count), Some(first)) = (number("N"), number("First")) else { return };
            let mut lexer = Lexer::new(&data, 0);
            for _ in 0..count {
                if lexer.at >= first || self.places.len() >= MAX_OBJECTS {
                    break;
                }
                let mut next = || lexer.operand()?.count();
                let (Some(number), Some(offset)) = (next(), next()) else { break };
                let place = ObjectPlace::In(self.streams.len(), first + offset);
                self.places.insert(number as u32, place);
            }
            self.spend(lexer.at as u64 * COST_OF_READ);
            self.streams.push(data);
        }
    }
}

/// The number of an object before its `obj`.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let digits = |end: usize| {
        let start = bytes[..end].iter().rposition(|b| !b.is_ascii_digit()).map_or(0, |at| at + 1);
        // More digits than a number of an object can have.
        (start < end && end - start <= 10).then_some(start)
    };
    let space = |end: usize| {
        let start = bytes[..end].iter().rposition(|b| !is_space(*b)).map_or(0, |at| at + 1);
        (start < end).then_some(start)
    };
    let generation = digits(space(bytes.len()).unwrap_or(bytes.len()))?;
    let end = space(generation)?;
    let start = digits(end)?;
    std::str::from_utf8(&bytes[start..end]).ok()?.parse().ok()
}
