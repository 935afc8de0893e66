//! The file of a generation's vectors: for each passage its key and its vector, then where the
//! passages of each document begin, then what the file says of itself.

use std::{
    io::{self, Write},
    ops::Deref,
};

use serde::{Deserialize, Serialize};

use crate::{embedding::Vector, engine::vectors::passages::PassageKey};

/// The last bytes of a file that is whole.
const MAGIC: &[u8; 8] = b"mlsvec01";
/// The length of what the file says of itself, and the magic.
const TAIL_BYTES: usize = 4 + MAGIC.len();
/// The bytes of a key.
pub(crate) const KEY_BYTES: usize = size_of::<PassageKey>();
/// The bytes of the length of a vector, which stands between its key and its numbers.
pub(crate) const LENGTH_BYTES: usize = 4;

/// What a file says of itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Footer {
    /// What the model is filed under.
    model: String,
    pub(crate) dimensions: usize,
    pub(crate) documents: usize,
    pub(crate) passages: usize,
}

/// Writes the vectors of one document after the other.
pub(crate) struct VectorWriter<W> {
    out: W,
    footer: Footer,
    /// How many passages stand before each document.
    begins: Vec<u32>,
}

impl<W: Write> VectorWriter<W> {
    pub(crate) fn new(out: W, model: &str) -> VectorWriter<W> {
        let footer = Footer { model: model.to_owned(), ..Footer::default() };
        VectorWriter { out, footer, begins: Vec::new() }
    }

    /// Adds a document with its passages.
    ///
    /// # Errors
    /// Those of writing, and one when a vector has other dimensions than those before it.
    pub(crate) fn add(&mut self, passages: &[(PassageKey, Vector)]) -> io::Result<()> {
        self.begins.push(u32::try_from(self.footer.passages).map_err(io::Error::other)?);
        self.footer.documents += 1;
        for (key, vector) in passages {
            if self.footer.passages > 0 && vector.dimensions() != self.footer.dimensions {
                return Err(io::Error::other("vectors of different dimensions"));
            }
            self.footer.passages += 1;
            self.footer.dimensions = vector.dimensions();
            self.out.write_all(key)?;
            self.out.write_all(&vector.length().to_le_bytes())?;
            self.out.write_all(&vector.to_bytes())?;
        }
        Ok(())
    }

    /// Ends the file; returns how many passages it has and in which dimensions.
    pub(crate) fn finish(mut self) -> io::Result<(u64, u64)> {
        for begin in &self.begins {
            self.out.write_all(&begin.to_le_bytes())?;
        }
        let footer = serde_json::to_vec(&self.footer)?;
        self.out.write_all(&footer)?;
        self.out
            .write_all(&u32::try_from(footer.len()).map_err(io::Error::other)?.to_le_bytes())?;
        self.out.write_all(MAGIC)?;
        self.out.flush()?;
        Ok((self.footer.passages as u64, self.footer.dimensions as u64))
    }
}

/// Bytes of a file that is open.
pub(crate) type VectorBytes = Box<dyn Deref<Target = [u8]> + Send + Sync>;

/// The vectors of a generation.
pub(crate) struct VectorFile {
    pub(crate) bytes: VectorBytes,
    pub(crate) footer: Footer,
}

impl VectorFile {
    /// The vectors in the bytes of a file; none when these are damaged.
    pub(crate) fn open(bytes: VectorBytes) -> Option<VectorFile> {
        let (rest, tail) = bytes.split_last_chunk::<TAIL_BYTES>()?;
        let (length, magic) = tail.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let footer = rest.get(rest.len().checked_sub(length)?..)?;
        let footer: Footer = serde_json::from_slice(footer).ok().filter(|_| magic == MAGIC)?;
        let size = footer.dimensions.checked_add(KEY_BYTES + LENGTH_BYTES)?;
        let records = footer.passages.checked_mul(size)?;
        let begins = footer.documents.checked_mul(4)?;
        let is_whole = records.checked_add(begins)? == rest.len() - length;
        is_whole.then_some(VectorFile { bytes, footer })
    }

    /// What the model is filed under.
    pub(crate) fn model(&self) -> &str {
        &self.footer.model
    }

    /// The keys of all passages.
    pub(crate) fn keys(&self) -> impl Iterator<Item = PassageKey> {
        let records = &self.bytes[..self.footer.passages * self.record_bytes()];
        let key = |record: &[u8]| record.first_chunk().copied();
        records.chunks_exact(self.record_bytes()).filter_map(key)
    }

    /// The vector of a passage, by its place among all.
    pub(crate) fn vector(&self, passage: u32) -> Option<Vector> {
        let passage = Some(passage as usize).filter(|passage| *passage < self.footer.passages)?;
        let size = self.record_bytes();
        let begin = size * passage;
        Some(Vector::from_bytes(self.bytes.get(begin + KEY_BYTES + LENGTH_BYTES..begin + size)?))
    }

    pub(crate) fn record_bytes(&self) -> usize {
        KEY_BYTES + LENGTH_BYTES + self.footer.dimensions
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::{
        embedding::Vector,
        engine::vectors::file::{VectorFile, VectorWriter},
    };

    fn vector(x: f32, y: f32) -> Vector {
        Vector::of(&[x, y])
    }

    /// Three documents of two, none and one passage.
    pub(crate) fn three_documents() -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = VectorWriter::new(&mut bytes, "m");
        writer.add(&[([1; 16], vector(1.0, 0.0)), ([2; 16], vector(0.8, 0.6))]).unwrap();
        writer.add(&[]).unwrap();
        writer.add(&[([3; 16], vector(0.0, 1.0))]).unwrap();
        assert_eq!(writer.finish().unwrap(), (3, 2));
        bytes
    }

    #[test]
    fn passages_are_read_as_they_were_written() {
        let file = VectorFile::open(Box::new(three_documents())).unwrap();
        assert_eq!(file.model(), "m");
        assert_eq!(file.keys().collect::<Vec<_>>(), [[1; 16], [2; 16], [3; 16]]);
        assert_eq!(file.vector(1), Some(vector(0.8, 0.6)));
        assert_eq!(file.vector(3), None);
    }

    #[test]
    fn a_cut_or_longer_file_is_none() {
        let whole = three_documents();
        for length in 0..whole.len() {
            assert!(VectorFile::open(Box::new(whole[..length].to_vec())).is_none(), "{length}");
        }
        let longer = [&[0][..], &whole].concat();
        assert!(VectorFile::open(Box::new(longer)).is_none());
    }
}
