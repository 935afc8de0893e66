//! The documents whose passages are nearest to what is asked, by one look at all of them: 100,000
//! passages take 7 milliseconds, and below a million nothing cleverer is worth its trouble.

use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use crate::{
    embedding::Vector,
    engine::vectors::file::{KEY_BYTES, LENGTH_BYTES, VectorFile},
};

/// A document with the passage that is nearest to what was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct NearDocument {
    /// Its place among the documents.
    pub(crate) document: u32,
    /// The number of the passage, from 0.
    pub(crate) passage: usize,
    /// The cosine.
    pub(crate) nearness: f32,
}

impl VectorFile {
    /// The documents nearest to a vector, as many as `most`, the nearest first. Documents that
    /// `is_wanted` does not take are passed over.
    pub(crate) fn nearest(
        &self,
        to: &Vector,
        most: usize,
        mut is_wanted: impl FnMut(u32) -> bool,
    ) -> Vec<NearDocument> {
        if to.dimensions() != self.footer.dimensions {
            return Vec::new();
        }
        let mut best: BinaryHeap<Reverse<ByNearness>> = BinaryHeap::new();
        for document in 0..self.footer.documents as u32 {
            let Some((passage, nearness)) = self.nearest_passage(document, to) else { continue };
            let near = ByNearness(NearDocument { document, passage, nearness });
            let is_nearer = best.len() < most || best.peek().is_some_and(|worst| near > worst.0);
            if is_nearer && is_wanted(document) {
                best.push(Reverse(near));
                if best.len() > most {
                    best.pop();
                }
            }
        }
        best.into_sorted_vec().into_iter().map(|Reverse(ByNearness(near))| near).collect()
    }

    /// The passage of a document that is nearest to a vector, with its cosine.
    pub(crate) fn nearest_passage(&self, document: u32, to: &Vector) -> Option<(usize, f32)> {
        let (begin, end) = (self.begin(document), self.begin(document + 1));
        let size = self.record_bytes();
        let records = self.bytes.get(begin * size..end * size)?;
        let cosine = |record: &[u8]| {
            let (length, numbers) = record[KEY_BYTES..].split_first_chunk::<LENGTH_BYTES>()?;
            to.cosine_to(numbers, f32::from_le_bytes(*length))
        };
        let cosines = records.chunks_exact(size).map(|record| cosine(record).unwrap_or(-1.0));
        // Of equally near ones the first.
        cosines.enumerate().reduce(|best, other| if other.1 > best.1 { other } else { best })
    }

    /// The mean of the vectors of a document's passages, each of them as if of length 1.
    pub(crate) fn mean_of(&self, document: u32) -> Option<Vector> {
        let passages = self.begin(document)..self.begin(document + 1);
        Vector::mean(passages.filter_map(|passage| self.vector(passage as u32)))
    }

    /// How many passages stand before a document.
    fn begin(&self, document: u32) -> usize {
        let at = self.footer.passages * self.record_bytes() + document as usize * 4;
        let is_last = document as usize >= self.footer.documents;
        let bytes = self.bytes.get(at..at + 4).filter(|_| !is_last);
        let begin = bytes.and_then(|bytes| Some(u32::from_le_bytes(bytes.try_into().ok()?)));
        begin.map_or(self.footer.passages, |begin| (begin as usize).min(self.footer.passages))
    }
}

/// Nearer ones are greater; of equally near ones the first document.
#[derive(Clone, Copy, PartialEq)]
struct ByNearness(NearDocument);

impl Eq for ByNearness {}

impl Ord for ByNearness {
    fn cmp(&self, other: &ByNearness) -> Ordering {
        let (a, b) = (&self.0, &other.0);
        a.nearness.total_cmp(&b.nearness).then_with(|| b.document.cmp(&a.document))
    }
}

impl PartialOrd for ByNearness {
    fn partial_cmp(&self, other: &ByNearness) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        embedding::Vector,
        engine::vectors::file::{VectorFile, tests::three_documents},
    };

    fn vector(x: f32, y: f32) -> Vector {
        Vector::of(&[x, y])
    }

    #[test]
    fn the_nearest_passage_of_each_document_counts() {
        let file = VectorFile::open(Box::new(three_documents())).unwrap();
        let near = |to: &Vector, most, wanted: fn(u32) -> bool| -> Vec<(u32, usize)> {
            let found = file.nearest(to, most, wanted);
            found.iter().map(|near| (near.document, near.passage)).collect()
        };
        assert_eq!(near(&vector(1.0, 0.2), 9, |_| true), [(0, 0), (2, 0)]);
        assert_eq!(near(&vector(0.1, 1.0), 9, |_| true), [(2, 0), (0, 1)]);
        assert_eq!(near(&vector(0.1, 1.0), 1, |_| true), [(2, 0)]);
        assert_eq!(near(&vector(0.1, 1.0), 1, |document| document == 0), [(0, 1)]);
        assert_eq!(near(&Vector::of(&[1.0]), 9, |_| true), []);
    }
}
