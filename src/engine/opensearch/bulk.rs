//! Bulk requests: as many documents as fit into one, and what has become of each.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};
use serde_json::Value;

use crate::{
    engine::opensearch::{
        answer::{ClusterProblem, problem},
        cluster::{Cluster, pause, wait},
    },
    error::{ClusterFault, Error},
};

/// A request of so many bytes before compression is sent.
const REQUEST_BYTES: usize = 5 << 20;
/// How often documents are sent again of which none is taken.
const MOST_TRIES: u32 = 14;

/// Documents that are sent together.
#[derive(Debug, Default)]
pub(crate) struct Bulk {
    lines: Vec<u8>,
    /// Where the lines of each document end.
    ends: Vec<usize>,
}

impl Bulk {
    /// Adds the lines of a document.
    pub(crate) fn add(&mut self, lines: &[u8]) {
        self.lines.extend_from_slice(lines);
        self.ends.push(self.lines.len());
    }

    /// Whether it is to be sent.
    pub(crate) fn is_full(&self) -> bool {
        self.lines.len() >= REQUEST_BYTES
    }

    /// How many documents it holds.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Sends the documents to the index that an alias is on, until all of them are taken or it is to
    /// stop.
    ///
    /// # Errors
    /// [`Error::Cluster`] when one is refused, or when the cluster takes no more;
    /// [`Error::Interrupted`] when it was to stop.
    pub(crate) fn send(
        mut self,
        cluster: &Cluster,
        alias: &str,
        is_stopped: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), Error> {
        let mut tried = 0;
        loop {
            let answer = cluster.bulk(alias, self.compressed(), is_stopped)?;
            let again = rejected(&answer, self.len()).map_err(|p| cluster.of_problem(p))?;
            if again.is_empty() {
                return Ok(());
            }
            tried = if again.len() < self.len() { 1 } else { tried + 1 };
            if tried > MOST_TRIES {
                let message = format!("it takes no documents: {} were sent in vain", self.len());
                return Err(cluster.error(message, ClusterFault::Unhealthy));
            }
            self = self.only(&again);
            wait(pause(tried, None), is_stopped)?;
        }
    }

    fn compressed(&self) -> Vec<u8> {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        let written = gzip.write_all(&self.lines).and_then(|()| gzip.finish());
        written.unwrap_or_else(|e: io::Error| unreachable!("memory can be written: {e}"))
    }

    /// Those documents alone.
    fn only(&self, numbers: &[usize]) -> Bulk {
        let mut bulk = Bulk::default();
        for &at in numbers {
            let begin = if at == 0 { 0 } else { self.ends[at - 1] };
            bulk.add(&self.lines[begin..self.ends[at]]);
        }
        bulk
    }
}

/// The documents that are to be sent again, of so many that were sent.
fn rejected(answer: &Value, sent: usize) -> Result<Vec<usize>, ClusterProblem> {
    if answer["errors"] == false {
        return Ok(Vec::new());
    }
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    if items.len() != sent {
        return Err(ClusterProblem {
            message: format!("it has answered for {} of {sent} documents", items.len()),
            fault: ClusterFault::Refused,
            is_transient: false,
        });
    }
    let mut again = Vec::new();
    for (at, item) in items.iter().enumerate() {
        // Its only field names what was to be done.
        let item = item.as_object().and_then(|item| item.values().next()).unwrap_or(&Value::Null);
        let status = item["status"].as_u64().and_then(|status| u16::try_from(status).ok());
        let status = status.unwrap_or(500);
        // What is to be taken out may be gone already.
        if (200..300).contains(&status) || status == 404 && item["error"].is_null() {
            continue;
        }
        match problem(status, &item["error"]) {
            problem if problem.is_transient => again.push(at),
            problem => return Err(problem),
        }
    }
    Ok(again)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        engine::opensearch::bulk::{Bulk, REQUEST_BYTES, rejected},
        error::ClusterFault,
    };

    fn item(status: u16, kind: &str, reason: &str) -> Value {
        match kind {
            "" => json!({ "index": { "status": status } }),
            _ => json!({ "index": {
                "status": status, "error": { "type": kind, "reason": reason },
            } }),
        }
    }

    #[track_caller]
    fn check(items: &[Value], expected: Result<&[usize], ClusterFault>) {
        let answer = json!({ "errors": true, "items": items });
        let rejected = rejected(&answer, 3).map_err(|problem| problem.fault);
        assert_eq!(rejected, expected.map(<[usize]>::to_vec));
    }

    #[test]
    fn what_is_rejected_is_sent_again_and_what_is_refused_is_an_error() {
        let fine = || item(201, "", "");
        let busy = || item(429, "rejected_execution_exception", "queue");
        check(&[fine(), busy(), fine()], Ok(&[1]));
        check(&[fine(), fine(), fine()], Ok(&[]));
        check(&[busy(), busy(), item(503, "unavailable_shards_exception", "x")], Ok(&[0, 1, 2]));
        let strict = item(400, "strict_dynamic_mapping_exception", "field");
        check(&[busy(), strict, fine()], Err(ClusterFault::Refused));
        let full = item(429, "cluster_block_exception", "disk usage exceeded flood-stage");
        check(&[busy(), full, fine()], Err(ClusterFault::Full));
        check(&[fine()], Err(ClusterFault::Refused));
        let gone = json!({ "delete": { "status": 404 } });
        let no_index = item(404, "index_not_found_exception", "no such index");
        check(&[fine(), gone.clone(), busy()], Ok(&[2]));
        check(&[fine(), gone, no_index], Err(ClusterFault::NoIndex));
    }

    #[test]
    fn documents_are_cut_out_where_they_stand() {
        let mut bulk = Bulk::default();
        for lines in ["a\n", "bb\n", "ccc\n"] {
            bulk.add(lines.as_bytes());
        }
        let some = bulk.only(&[0, 2]);
        assert_eq!((some.lines.as_slice(), some.len()), (&b"a\nccc\n"[..], 2));
        assert!(!bulk.is_full());
        bulk.add(&vec![b'x'; REQUEST_BYTES]);
        assert!(bulk.is_full());
    }
}
