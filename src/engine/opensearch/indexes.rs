//! The indexes of one name on a cluster: each build makes one, and an alias is on the published one.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    aliases::Aliases,
    engine::{
        BuildSummary, Document,
        local::metadata::VERSION,
        manifest::Manifest,
        opensearch::{
            cluster::Cluster,
            index_record::{IndexRecord, Refused},
            loader::{Loaded, Loader, load},
            schema::index_body,
            target::Target,
        },
        refusal,
        slice::Slice,
    },
    error::{ClusterFault, Error},
    http::service::Verb,
};

/// Values that are tried to find one for each shard.
const MOST_ROUTINGS: u32 = 100_000;

/// The indexes of one name.
pub struct Indexes {
    pub(crate) cluster: Cluster,
    name: String,
    shards: u32,
    replicas: Option<u32>,
}

/// An index that the alias is on.
#[derive(Debug)]
pub(crate) struct Published {
    /// Its own name.
    pub(crate) index: String,
    pub(crate) record: IndexRecord,
}

/// How a cluster and the published index are.
#[derive(Clone, Debug, serde::Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct ClusterState {
    /// The address of the cluster.
    pub url: String,
    /// Which search engine it is.
    pub distribution: &'static str,
    /// Its version.
    pub version: String,
    /// The published index; none before the first build.
    pub index: Option<String>,
    /// Its health, `green`, `yellow` or `red`; none without an index.
    pub health: Option<String>,
    /// Its bytes, those of copies included.
    pub bytes: u64,
    /// Indexes of the same name that the next build removes.
    pub orphans: Vec<String>,
}

impl Indexes {
    /// The indexes that a target names.
    ///
    /// # Errors
    /// [`Error::Cluster`] when the cluster cannot be used.
    pub fn connect(target: &Target) -> Result<Indexes, Error> {
        Ok(Indexes {
            cluster: Cluster::connect(target.service())?,
            name: target.index.clone(),
            shards: target.shards,
            replicas: target.replicas,
        })
    }

    /// The published index; none before the first build.
    ///
    /// # Errors
    /// [`Error::Cluster`] when the name is that of somebody else's index.
    pub(crate) fn published(&self) -> Result<Option<Published>, Error> {
        let path = format!("/{}?filter_path=*.mappings._meta", self.name);
        let Some(found) = self.cluster.get_if_there(&path)? else { return Ok(None) };
        let aliased = found.as_object().into_iter().flatten();
        let newest = aliased.filter_map(|(index, found)| {
            let record = IndexRecord::of_mapping(&found["mappings"])?;
            Some((number_of(&self.name, index)?, Published { index: index.clone(), record }))
        });
        if let Some((_, published)) = newest.max_by_key(|(number, _)| *number) {
            return Ok(Some(published));
        }
        // An alias is on indexes of other names, an index bears its own.
        let taken = match found.as_object().and_then(|found| found.keys().next()) {
            Some(index) if *index != self.name => {
                format!("`{}` is an alias of `{index}`, which mlsearch has not made", self.name)
            }
            _ => {
                let name = &self.name;
                format!("`{name}` is an index that mlsearch has not made, and is to be an alias")
            }
        };
        Err(self.cluster.error(taken, ClusterFault::NameTaken))
    }

    /// The published index.
    ///
    /// # Errors
    /// [`Error::Cluster`] when there is none, [`Error::IndexVersion`] when another version of this
    /// program built it.
    pub(crate) fn open(&self) -> Result<Published, Error> {
        let none = || {
            let message = format!("there is no index `{}` yet", self.name);
            self.cluster.error(message, ClusterFault::NoIndex)
        };
        let published = self.published()?.ok_or_else(none)?;
        match published.record.version {
            VERSION => Ok(published),
            version => Err(Error::IndexVersion {
                path: format!("{}/{}", self.cluster.address(), published.index).into(),
                found: format!("{version}, not {VERSION}"),
            }),
        }
    }

    /// Whether the published index is there as a whole, of this version, and can be searched.
    pub(crate) fn is_intact(&self) -> Result<bool, Error> {
        let Some(Published { index, record }) = self.published()? else { return Ok(false) };
        let Some(manifest) = record.manifest.filter(|_| record.version == VERSION) else {
            return Ok(false);
        };
        let is_red = self.health(&index)?.as_deref() == Some("red");
        Ok(!is_red && self.count(&index)? == manifest.documents)
    }

    /// Makes an index to be loaded. Those that builds have left behind are removed before.
    ///
    /// # Errors
    /// [`Error::Cluster`] when it cannot be made.
    pub(crate) fn begin(&self) -> Result<NewIndex<'_>, Error> {
        let record = IndexRecord { version: VERSION, ..IndexRecord::default() };
        let number = self.create(&record)?;
        Ok(NewIndex { indexes: self, index: self.index(number), number, is_published: false })
    }

    /// Makes an empty index, and removes those that builds have left behind. Returns its number.
    pub(crate) fn create(&self, record: &IndexRecord) -> Result<u64, Error> {
        let published = self.published()?.map(|published| published.index);
        let numbers = self.numbers()?;
        self.remove(&self.orphans(published.as_deref(), &numbers))?;
        let number = numbers.iter().map(|(number, _)| *number).max().unwrap_or(0) + 1;
        let (index, dialect) = (self.index(number), self.cluster.dialect);
        let meta = record.to_meta();
        let body = index_body(dialect, &load_alias(&index), self.shards, self.replicas, &meta);
        let made = self.cluster.send(Verb::Put, &format!("/{index}"), &body)?;
        if made["shards_acknowledged"] != true {
            let message = format!("no node takes the shards of `{index}`");
            // The error is the one to tell; the next build removes the index.
            let _ = self.remove(&[index]);
            return Err(self.cluster.error(message, ClusterFault::Unhealthy));
        }
        self.wait_for_copies(&self.index(number));
        Ok(number)
    }

    /// Waits until the copies of an index are there that nodes are about to make: what is loaded before is
    /// lost with the node that holds it. Those that no node can take are not waited for, and not to know is
    /// no reason not to load.
    fn wait_for_copies(&self, index: &str) {
        let wait = "wait_for_events=languid&wait_for_no_initializing_shards=true&timeout=30s";
        let _ = self.cluster.get(&format!("/_cluster/health/{index}?{wait}"));
    }

    /// Checks that an index has as many documents as were sent to it.
    pub(crate) fn check(&self, index: &str, documents: u64) -> Result<(), Error> {
        self.cluster.search(&format!("/{index}/_refresh"), &json!({}))?;
        match self.count(index)? {
            found if found == documents => Ok(()),
            found => {
                let message = format!("`{index}` has {found} of {documents} documents");
                Err(self.cluster.error(message, ClusterFault::Unhealthy))
            }
        }
    }

    /// Puts the alias on an index and takes it off every other one, in one step, and removes those
    /// that are not needed any more. An older index never takes the place of a newer one.
    pub(crate) fn publish(&self, index: &str) -> Result<(), Error> {
        let refresh = json!({ "index": { "refresh_interval": null } });
        self.cluster.send(Verb::Put, &format!("/{index}/_settings"), &refresh)?;
        if self.published_number()? < number_of(&self.name, index) {
            let path = format!("/{}?filter_path=*.mappings._meta", self.name);
            let old = self.cluster.get_if_there(&path)?.unwrap_or_default();
            let old =
                old.as_object().into_iter().flatten().map(|(old, _)| (old.as_str(), &*self.name));
            let load = load_alias(index);
            let remove = |(index, alias)| json!({ "remove": { "index": index, "alias": alias, "must_exist": true } });
            let actions: Vec<Value> = old
                .chain([(index, load.as_str())])
                .map(remove)
                .chain([json!({ "add": { "index": index, "alias": self.name } })])
                .collect();
            let swapped =
                self.cluster.send(Verb::Post, "/_aliases", &json!({ "actions": actions }));
            // Somebody may have been faster, or the answer to the first try was lost.
            if let Err(error) = swapped
                && self.published()?.is_none_or(|published| published.index != index)
            {
                return Err(error);
            }
        }
        self.remove(&self.orphans(Some(index), &self.numbers()?))
    }

    /// Removes indexes, those of which that are still there.
    pub(crate) fn remove(&self, indexes: &[String]) -> Result<(), Error> {
        for index in indexes {
            match self.cluster.delete(&format!("/{index}")) {
                Ok(_) | Err(Error::Cluster { fault: ClusterFault::NoIndex, .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The number of the published index; none before the first build.
    pub(crate) fn published_number(&self) -> Result<Option<u64>, Error> {
        Ok(self.published()?.and_then(|published| number_of(&self.name, &published.index)))
    }

    /// The name of them all.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What an index says of itself.
    pub(crate) fn record(&self, index: &str) -> Result<IndexRecord, Error> {
        let found = self.cluster.get(&format!("/{index}?filter_path=*.mappings._meta"))?;
        IndexRecord::of_mapping(&found[index]["mappings"])
            .ok_or_else(|| self.cluster.unexpected("no record"))
    }

    /// The index of a number.
    pub(crate) fn index(&self, number: u64) -> String {
        format!("{}-v{number}", self.name)
    }

    /// Notes in the published index why a newer one is not published.
    ///
    /// # Errors
    /// [`Error::Cluster`] when it cannot be written.
    pub(crate) fn refuse(&self, at: Timestamp, reason: &str) -> Result<(), Error> {
        self.note(Some(Refused { at, reason: reason.to_owned() }))
    }

    /// Notes that the published index is what would be built now: an older refusal is void.
    ///
    /// # Errors
    /// [`Error::Cluster`] when it cannot be written.
    pub(crate) fn confirm(&self) -> Result<(), Error> {
        self.note(None)
    }

    /// How old the index is and why the last rebuild was refused, in one sentence.
    pub(crate) fn refusal(&self, now: Timestamp) -> Result<Option<String>, Error> {
        let Some(Published { record, .. }) = self.published()? else { return Ok(None) };
        let refused = record.refused.zip(record.manifest);
        Ok(refused.map(|(refused, of)| refusal::sentence(now, of.built_at, &refused.reason)))
    }

    /// How the cluster and the published index are.
    ///
    /// # Errors
    /// [`Error::Cluster`] when it does not say.
    pub fn state(&self) -> Result<ClusterState, Error> {
        let index = self.published()?.map(|published| published.index);
        let numbers = self.numbers()?;
        let (mut health, mut bytes) = (None, 0);
        if let Some(index) = &index {
            health = self.health(index)?;
            let stats = self.cluster.get(&format!("/{index}/_stats/store"))?;
            bytes = stats["_all"]["total"]["store"]["size_in_bytes"].as_u64().unwrap_or_default();
        }
        Ok(ClusterState {
            url: self.cluster.address().to_owned(),
            distribution: self.cluster.dialect.name(),
            version: self.cluster.version.clone(),
            health,
            bytes,
            orphans: self.orphans(index.as_deref(), &numbers),
            index,
        })
    }

    fn note(&self, refused: Option<Refused>) -> Result<(), Error> {
        let Some(Published { index, record }) = self.published()? else { return Ok(()) };
        if record.refused == refused {
            return Ok(());
        }
        self.set_record(&index, &IndexRecord { refused, ..record })
    }

    /// Replaces what an index says of itself.
    pub(crate) fn set_record(&self, index: &str, record: &IndexRecord) -> Result<(), Error> {
        let mapping = json!({ "_meta": record.to_meta() });
        self.cluster.send(Verb::Put, &format!("/{index}/_mapping"), &mapping).map(drop)
    }

    /// The numbers of all indexes of the name, with whether each was built to its end.
    fn numbers(&self) -> Result<Vec<(u64, bool)>, Error> {
        let records = self.records()?.into_iter();
        Ok(records.map(|(number, record)| (number, record.manifest.is_some())).collect())
    }

    /// What all indexes of the name say of themselves, by their numbers.
    pub(crate) fn records(&self) -> Result<Vec<(u64, IndexRecord)>, Error> {
        let path = format!("/{}-v*?filter_path=*.mappings._meta", self.name);
        let found = self.cluster.get_if_there(&path)?.unwrap_or_default();
        let ours = found.as_object().into_iter().flatten().filter_map(|(index, found)| {
            let record = IndexRecord::of_mapping(&found["mappings"])?;
            Some((number_of(&self.name, index)?, record))
        });
        Ok(ours.collect())
    }

    /// The indexes that are neither published nor the one that was published before.
    fn orphans(&self, published: Option<&str>, numbers: &[(u64, bool)]) -> Vec<String> {
        let published = published.and_then(|index| number_of(&self.name, index));
        let built = numbers.iter().filter(|(_, is_built)| *is_built).map(|(number, _)| *number);
        let before = built.filter(|number| published.is_some_and(|now| *number < now)).max();
        let numbers = numbers.iter().map(|(number, _)| *number);
        let orphans = numbers.filter(|number| ![published, before].contains(&Some(*number)));
        orphans.map(|number| self.index(number)).collect()
    }

    fn health(&self, index: &str) -> Result<Option<String>, Error> {
        let health = self.cluster.get(&format!("/_cluster/health/{index}"))?;
        Ok(health["status"].as_str().map(str::to_owned))
    }

    /// How many documents an index has, all shards of which have answered.
    fn count(&self, index: &str) -> Result<u64, Error> {
        let count = self.cluster.search(&format!("/{index}/_count"), &json!({}))?;
        count["count"].as_u64().ok_or_else(|| self.cluster.unexpected("no count"))
    }

    /// For each shard of an index a value that leads a request to it.
    pub(crate) fn routings(&self, index: &str) -> Result<Vec<String>, Error> {
        let mut routings: Vec<Option<String>> = vec![None; self.shards as usize];
        for routing in (0..MOST_ROUTINGS).map(|number| number.to_string()) {
            if routings.iter().all(Option::is_some) {
                break;
            }
            let shards = self.cluster.get(&format!("/{index}/_search_shards?routing={routing}"))?;
            let shard =
                shards["shards"][0][0]["shard"].as_u64().and_then(|n| usize::try_from(n).ok());
            if let Some(known) = shard.and_then(|shard| routings.get_mut(shard)) {
                known.get_or_insert(routing);
            }
        }
        Ok(routings.into_iter().flatten().collect())
    }
}

/// An index that is loaded; removed when it is dropped before it is published.
pub struct NewIndex<'a> {
    indexes: &'a Indexes,
    index: String,
    pub(crate) number: u64,
    is_published: bool,
}

impl NewIndex<'_> {
    /// Loads documents and checks that all of them are there.
    pub(crate) fn load<T: Send>(
        &self,
        batches: impl Iterator<Item = Result<Vec<T>, Error>>,
        document: impl Fn(T) -> Result<Document, Error> + Sync,
        aliases: &Aliases,
        threads: usize,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<BuildSummary, Error> {
        let (cluster, alias) = (&self.indexes.cluster, &load_alias(&self.index));
        let slice = Slice::WHOLE;
        let loader = Loader { cluster, alias, slice, aliases, threads, is_stopped };
        let Loaded { built, has_headings } = load(loader, batches, document)?;
        self.indexes.check(&self.index, built.documents)?;
        let record = IndexRecord {
            version: VERSION,
            headings: has_headings,
            aliases: aliases.clone(),
            routings: self.indexes.routings(&self.index)?,
            ..IndexRecord::default()
        };
        self.indexes.set_record(&self.index, &record)?;
        Ok(built)
    }

    /// Publishes it.
    pub(crate) fn publish(mut self, manifest: Manifest) -> Result<(), Error> {
        let record = self.indexes.record(&self.index)?;
        let record = IndexRecord { manifest: Some(manifest), ..record };
        self.indexes.set_record(&self.index, &record)?;
        self.indexes.publish(&self.index)?;
        self.is_published = true;
        Ok(())
    }
}

impl Drop for NewIndex<'_> {
    fn drop(&mut self) {
        if !self.is_published {
            // The error that has brought this about is the one to tell; the next build removes it.
            let _ = self.indexes.cluster.delete(&format!("/{}", self.index));
        }
    }
}

/// The alias that leads to an index while it is loaded, and no longer: nothing is added to one that
/// is published, and none that was removed is made again by what is still sent to it.
pub(crate) fn load_alias(index: &str) -> String {
    format!("{index}-load")
}

/// The number of an index of a name; none when it is no such index.
pub(crate) fn number_of(name: &str, index: &str) -> Option<u64> {
    index.strip_prefix(name)?.strip_prefix("-v")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use crate::engine::opensearch::indexes::number_of;

    #[test]
    fn indexes_of_a_name_have_a_number_behind() {
        for (index, expected) in [
            ("articles-v12", Some(12)),
            ("articles", None),
            ("articles-v", None),
            ("articles-v1x", None),
            ("other-v1", None),
            ("articles-old-v1", None),
        ] {
            assert_eq!(number_of("articles", index), expected, "{index}");
        }
    }
}
