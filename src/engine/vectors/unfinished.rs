//! The vectors of an import that has not ended: it has no store, and a kill is not to cost what was
//! computed before.

use std::{
    collections::HashMap,
    fs::{File, OpenOptions},
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use crate::{
    embedding::Vector,
    engine::vectors::{
        file::KEY_BYTES,
        passages::{self, PassageKey},
    },
    error::Error,
};

/// Vectors in the order in which they were computed, below a line with the rule by which passages are
/// cut, the model and the dimensions.
pub(crate) struct UnfinishedVectors {
    path: PathBuf,
    model: String,
    /// None as long as there is nothing to read or to keep.
    file: Option<File>,
    dimensions: usize,
    /// Where in the file the vector of a passage begins.
    places: HashMap<PassageKey, u64>,
}

impl UnfinishedVectors {
    /// Those of a model in a file. Of another model, or damaged, they count as none.
    ///
    /// # Errors
    /// [`Error::Io`] when there is a file that cannot be read or written.
    pub(crate) fn open(path: &Path, model: &str) -> Result<UnfinishedVectors, Error> {
        let mut vectors = UnfinishedVectors {
            path: path.to_owned(),
            model: model.to_owned(),
            file: None,
            dimensions: 0,
            places: HashMap::new(),
        };
        match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => vectors.read(file).map_err(|e| Error::io(path, e))?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io(path, e)),
        }
        Ok(vectors)
    }

    /// The vector of a passage.
    pub(crate) fn vector(&mut self, key: &PassageKey) -> Result<Option<Vector>, Error> {
        let (Some(place), Some(file)) = (self.places.get(key), &mut self.file) else {
            return Ok(None);
        };
        let mut bytes = vec![0; self.dimensions];
        let read = file.seek(SeekFrom::Start(*place)).and_then(|_| file.read_exact(&mut bytes));
        read.map_err(|e| Error::io(&self.path, e))?;
        Ok(Some(Vector::from_bytes(&bytes)))
    }

    /// Keeps vectors, all of the same dimensions.
    pub(crate) fn keep(&mut self, new: &[(PassageKey, Vector)]) -> Result<(), Error> {
        let Some((_, first)) = new.first() else { return Ok(()) };
        let dimensions = first.dimensions();
        self.write(new, dimensions).map_err(|e| Error::io(&self.path, e))
    }

    fn write(&mut self, new: &[(PassageKey, Vector)], dimensions: usize) -> io::Result<()> {
        if self.file.is_none() || dimensions != self.dimensions {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(true)
                .open(&self.path)?;
            file.write_all(head(&self.model, dimensions).as_bytes())?;
            (self.file, self.dimensions) = (Some(file), dimensions);
            self.places.clear();
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut end = file.seek(SeekFrom::End(0))?;
        let mut out = BufWriter::new(file);
        for (key, vector) in new {
            out.write_all(key)?;
            out.write_all(&vector.to_bytes())?;
            self.places.insert(*key, end + KEY_BYTES as u64);
            end += (KEY_BYTES + dimensions) as u64;
        }
        out.flush()
    }

    /// Reads what a file has, if it is of the model; a vector that was not wholly written is cut off.
    fn read(&mut self, mut file: File) -> io::Result<()> {
        let mut begin = Vec::new();
        (&file).take(MOST_HEAD_BYTES).read_to_end(&mut begin)?;
        let line = begin.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let dimensions = line.trim_end().rsplit(' ').next().and_then(|text| text.parse().ok());
        let Some(dimensions) = dimensions.filter(|found| head(&self.model, *found) == line) else {
            return Ok(());
        };
        let (first, size) = (line.len() as u64, (KEY_BYTES + dimensions) as u64);
        let records = (file.metadata()?.len() - first) / size;
        for record in 0..records {
            let mut key = PassageKey::default();
            let place = first + record * size;
            file.seek(SeekFrom::Start(place))?;
            file.read_exact(&mut key)?;
            self.places.insert(key, place + KEY_BYTES as u64);
        }
        file.set_len(first + records * size)?;
        (self.file, self.dimensions) = (Some(file), dimensions);
        Ok(())
    }
}

/// More bytes than the first line has.
const MOST_HEAD_BYTES: u64 = 200;

/// The first line of a file.
fn head(model: &str, dimensions: usize) -> String {
    format!("passages {} model {model} dimensions {dimensions}\n", passages::RULE)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crate::{embedding::Vector, engine::vectors::unfinished::UnfinishedVectors};

    #[test]
    fn what_was_written_is_there_again_and_what_was_cut_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vectors");
        let vector = |x| Vector::of(&[x, 1.0]);
        let mut vectors = UnfinishedVectors::open(&path, "m").unwrap();
        assert_eq!(vectors.vector(&[1; 16]).unwrap(), None);
        assert!(!path.exists());
        vectors.keep(&[([1; 16], vector(0.1)), ([2; 16], vector(0.2))]).unwrap();
        vectors.keep(&[([3; 16], vector(0.3))]).unwrap();
        assert_eq!(vectors.vector(&[2; 16]).unwrap(), Some(vector(0.2)));
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 1]).unwrap();

        let mut vectors = UnfinishedVectors::open(&path, "m").unwrap();
        assert_eq!(vectors.vector(&[3; 16]).unwrap(), None);
        vectors.keep(&[([4; 16], vector(0.4))]).unwrap();
        let mut vectors = UnfinishedVectors::open(&path, "m").unwrap();
        for (key, x) in [(1, 0.1), (2, 0.2), (4, 0.4)] {
            assert_eq!(vectors.vector(&[key; 16]).unwrap(), Some(vector(x)));
        }
        let mut other = UnfinishedVectors::open(&path, "n").unwrap();
        assert_eq!(other.vector(&[1; 16]).unwrap(), None);
        fs::write(&path, b"dimensions 3").unwrap();
        UnfinishedVectors::open(&path, "m").unwrap();
    }
}
