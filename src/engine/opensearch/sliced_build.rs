//! A build that several processes load, each a slice of the documents: what they agree on, and which of
//! them publishes.
//!
//! Whoever comes first makes the index, and the others find it. Each slice that is loaded leaves a
//! document, its receipt, in the index; whoever finds the receipts of all slices takes them out, checks
//! that every document is there, and publishes. A slice has numbers of its own for its documents, so
//! that one that was broken off is loaded again over what it has left, and every step of the end may
//! be taken twice.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    aliases::Aliases,
    engine::{
        BuildSummary, Document,
        batches::batches,
        local::metadata::VERSION,
        manifest::Manifest,
        opensearch::{
            answer::taken,
            bulk::Bulk,
            index_record::{IndexRecord, Slices},
            indexes::{Indexes, load_alias, number_of},
            loader::{Loaded, Loader, load},
        },
        slice::Slice,
    },
    error::{ClusterFault, Error},
    http::service::Verb,
};

/// A build of which this process loads a slice. It stays when it is dropped.
pub struct SlicedBuild<'a> {
    indexes: &'a Indexes,
    index: String,
    slice: Slice,
    aliases: &'a Aliases,
}

/// What a slice has come to.
#[derive(Debug)]
pub enum SliceEnd {
    /// These slices are not loaded yet.
    Missing(Vec<u32>),
    /// All are loaded: what they made together.
    Complete(BuildSummary),
}

/// What a loaded slice leaves in the index.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Receipt {
    /// What it was read from.
    input: String,
    loaded: Loaded,
}

impl Indexes {
    /// The build that a slice belongs to; made when there is none yet.
    ///
    /// # Errors
    /// [`Error::Cluster`] when one of other slices, or with other aliases, is under way.
    pub fn join<'a>(
        &'a self,
        slice: Slice,
        aliases: &'a Aliases,
    ) -> Result<SlicedBuild<'a>, Error> {
        let number = match self.under_way(slice, aliases)? {
            Some(number) => number,
            None => {
                let slices = Slices { count: slice.count(), input: None };
                let aliases_of = aliases.clone();
                let record = IndexRecord {
                    version: VERSION,
                    aliases: aliases_of,
                    slices: Some(slices),
                    ..IndexRecord::default()
                };
                match self.create(&record) {
                    Ok(number) => number,
                    // Another slice may have been faster.
                    Err(error) => self.under_way(slice, aliases)?.ok_or(error)?,
                }
            }
        };
        Ok(SlicedBuild { indexes: self, index: self.index(number), slice, aliases })
    }

    /// Removes the builds that slices were loaded into and that were not published, and returns their
    /// indexes.
    ///
    /// # Errors
    /// [`Error::Cluster`] when they cannot be removed.
    pub fn abandon(&self) -> Result<Vec<String>, Error> {
        let indexes = self.unfinished()?.into_iter().map(|(number, _)| self.index(number));
        let indexes: Vec<String> = indexes.collect();
        self.remove(&indexes).map(|()| indexes)
    }

    /// The builds of slices that are newer than what is published.
    fn unfinished(&self) -> Result<Vec<(u64, IndexRecord)>, Error> {
        let published = self.published_number()?;
        let mut found = self.records()?;
        found.retain(|(number, record)| Some(*number) > published && record.slices.is_some());
        found.sort_unstable_by_key(|(number, _)| *number);
        Ok(found)
    }

    /// The number of the build that a slice can be loaded into.
    fn under_way(&self, slice: Slice, aliases: &Aliases) -> Result<Option<u64>, Error> {
        let Some((number, record)) = self.unfinished()?.pop() else { return Ok(None) };
        let count = record.slices.map_or(0, |slices| slices.count);
        let other = match () {
            () if count != slice.count() => format!("in {count} slices"),
            () if record.version != VERSION => "by another version".into(),
            () if record.aliases != *aliases => "with other aliases".into(),
            () => return Ok(Some(number)),
        };
        let message = format!("`{}` is being loaded {other}", self.index(number));
        Err(self.cluster.error(message, ClusterFault::OtherBuild))
    }
}

impl SlicedBuild<'_> {
    /// Loads the documents of the slice, which were read from `input`.
    ///
    /// # Errors
    /// Those of loading, [`Error::Interrupted`] when it was to stop.
    pub fn load(
        &self,
        documents: &mut dyn Iterator<Item = Document>,
        threads: usize,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<Loaded, Error> {
        let alias = &load_alias(&self.index);
        let (cluster, slice, aliases) = (&self.indexes.cluster, self.slice, self.aliases);
        let batches = batches(documents)
            .map(|batch| if is_stopped() { Err(Error::Interrupted) } else { batch });
        load(Loader { cluster, alias, slice, aliases, threads, is_stopped }, batches, Ok)
    }

    /// Leaves the receipt of the slice, which was read from `input`, and looks for those of the others.
    ///
    /// # Errors
    /// [`Error::Cluster`] when another slice was read from something else.
    pub fn finish(&self, loaded: Loaded, input: &str) -> Result<SliceEnd, Error> {
        let Indexes { cluster, .. } = self.indexes;
        let receipt = Receipt { input: input.to_owned(), loaded };
        let path = format!(
            "/{}/_doc/{}?require_alias=true",
            load_alias(&self.index),
            receipt_id(self.slice.number())
        );
        cluster.send(Verb::Put, &path, &json!({ "document": receipt }))?;
        let record = self.indexes.record(&self.index)?;
        // All were there before, and whoever was to publish has not come to it.
        if let Some(manifest) = record.manifest {
            let of_all = record.slices.and_then(|slices| slices.input);
            if of_all.as_deref() != Some(input) {
                return Err(self.other_input(&[]));
            }
            let Manifest { documents, full_texts, provenance, languages, .. } = manifest;
            let built = BuildSummary { documents, full_texts, provenance, languages };
            return Ok(SliceEnd::Complete(built));
        }
        let receipts = self.receipts()?;
        let numbered = || (1..).zip(&receipts);
        let is_other = |of: &Receipt| of.input != input;
        let others = numbered().filter(|(_, receipt)| receipt.as_ref().is_some_and(is_other));
        let others: Vec<u32> = others.map(|(number, _)| number).collect();
        if !others.is_empty() {
            return Err(self.other_input(&others));
        }
        let missing = numbered().filter(|(_, receipt)| receipt.is_none());
        let missing: Vec<u32> = missing.map(|(number, _)| number).collect();
        if !missing.is_empty() {
            return Ok(SliceEnd::Missing(missing));
        }
        let mut all = Loaded::default();
        receipts.into_iter().flatten().for_each(|receipt| all.add(receipt.loaded));
        let record = IndexRecord {
            headings: all.has_headings,
            routings: self.indexes.routings(&self.index)?,
            ..record
        };
        self.indexes.set_record(&self.index, &record)?;
        Ok(SliceEnd::Complete(all.built))
    }

    /// Publishes the index, all slices of which were read from `input`.
    ///
    /// # Errors
    /// [`Error::Cluster`] when documents are missing, or too many.
    pub fn publish(&self, manifest: Manifest, input: &str) -> Result<(), Error> {
        let (indexes, count) = (self.indexes, self.slice.count());
        let documents = manifest.documents;
        let slices = Slices { count, input: Some(input.to_owned()) };
        let record = indexes.record(&self.index)?;
        let record = IndexRecord { slices: Some(slices), manifest: Some(manifest), ..record };
        indexes.set_record(&self.index, &record)?;
        if indexes.published_number()? >= number_of(indexes.name(), &self.index) {
            // Another slice was faster.
            return Ok(());
        }
        let mut receipts = Bulk::default();
        for number in 1..=count {
            let id = receipt_id(number);
            receipts.add(format!("{{\"delete\":{{\"_id\":\"{id}\"}}}}\n").as_bytes());
        }
        receipts.send(&indexes.cluster, &load_alias(&self.index), &|| false)?;
        indexes.check(&self.index, documents)?;
        indexes.publish(&self.index)
    }

    /// The index that the slices are loaded into.
    pub fn index(&self) -> &str {
        &self.index
    }

    /// The receipts of all slices, in order; none for one that is not loaded.
    fn receipts(&self) -> Result<Vec<Option<Receipt>>, Error> {
        let cluster = &self.indexes.cluster;
        let ids: Vec<String> = (1..=self.slice.count()).map(receipt_id).collect();
        let path = format!("/{}/_mget", self.index);
        let mut answer = cluster.ask(&path, &json!({ "ids": ids }))?;
        let docs = match taken(&mut answer, "/docs") {
            Value::Array(docs) if docs.len() == ids.len() => docs,
            _ => return Err(cluster.unexpected("not as many receipts as slices")),
        };
        let receipt = |mut found: Value| match found["found"].as_bool() {
            Some(false) => Ok(None),
            Some(true) => serde_json::from_value(taken(&mut found, "/_source/document"))
                .map(Some)
                .map_err(|e| cluster.unexpected(&format!("the receipt of a slice: {e}"))),
            None => Err(cluster.failed(&found["error"])),
        };
        docs.into_iter().map(receipt).collect()
    }

    fn other_input(&self, others: &[u32]) -> Error {
        let others = match others {
            [] => "the others were".into(),
            [other] => format!("slice {other} was"),
            others => {
                let others: Vec<String> = others.iter().map(u32::to_string).collect();
                format!("slices {} were", others.join(", "))
            }
        };
        let own = self.slice.number();
        let message = format!("{others} loaded from other lines, or otherwise, than slice {own}");
        self.indexes.cluster.error(message, ClusterFault::OtherBuild)
    }
}

/// The name of the receipt of a slice; documents have numbers.
fn receipt_id(number: u32) -> String {
    format!("slice-{number}")
}
