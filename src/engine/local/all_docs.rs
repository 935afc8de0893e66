//! A collector of all documents that match.

use tantivy::{
    DocId, SegmentReader,
    collector::{Collector, SegmentCollector},
};

/// Collects all documents that match, in ascending order.
pub(crate) struct AllDocs;

impl Collector for AllDocs {
    type Fruit = Vec<DocId>;
    type Child = AllDocsOfSegment;

    fn for_segment(&self, _: u32, _: &SegmentReader) -> tantivy::Result<AllDocsOfSegment> {
        Ok(AllDocsOfSegment(Vec::new()))
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, fruits: Vec<Vec<DocId>>) -> tantivy::Result<Vec<DocId>> {
        Ok(fruits.concat())
    }
}

/// [`AllDocs`] at work.
pub(crate) struct AllDocsOfSegment(Vec<DocId>);

impl SegmentCollector for AllDocsOfSegment {
    type Fruit = Vec<DocId>;

    fn collect(&mut self, doc: DocId, _: f32) {
        self.0.push(doc);
    }

    fn collect_block(&mut self, docs: &[DocId]) {
        self.0.extend_from_slice(docs);
    }

    fn harvest(self) -> Vec<DocId> {
        self.0
    }
}
