//! Which search engine answers, and where those that are known differ.

use serde_json::Value;

/// A search engine that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// OpenSearch 2.19 and later.
    OpenSearch {
        /// Its major version.
        major: u32,
    },
    /// Elasticsearch 8 and 9.
    Elasticsearch,
}

impl Dialect {
    /// The engine that has answered `GET /` so; else what it is, as it names itself.
    ///
    /// The header `X-elastic-product` says nothing: others send it, too.
    pub(crate) fn of(root: &Value) -> Result<Dialect, String> {
        let version = &root["version"];
        let number = version["number"].as_str().unwrap_or_default();
        let mut parts = number.split('.').map(|part| part.parse::<u32>().unwrap_or_default());
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let is_elastic = version["build_flavor"].is_string()
            && root["tagline"].as_str() == Some("You Know, for Search");
        match version["distribution"].as_str() {
            Some("opensearch") if (major, minor) >= (2, 19) => Ok(Dialect::OpenSearch { major }),
            Some("opensearch") => Err(format!("OpenSearch {number} answers, which is too old")),
            Some(other) => Err(format!("`{} {number}` answers, which is not known", cut(other))),
            None if is_elastic && matches!(major, 8 | 9) => Ok(Dialect::Elasticsearch),
            None if is_elastic => {
                Err(format!("Elasticsearch {number} answers, which is not known"))
            }
            None => Err(match root["tagline"].as_str().or(root["status"].as_str()) {
                Some(tagline) => format!("no search engine that is known: `{}`", cut(tagline)),
                None => "it does not say which search engine it is".into(),
            }),
        }
    }

    /// The similarity that computes BM25 as every engine of ours does: with the factor `k1 + 1`, which
    /// the default of OpenSearch 3 leaves out.
    pub(crate) fn similarity(self) -> &'static str {
        match self {
            Dialect::OpenSearch { major: 3.. } => "LegacyBM25",
            _ => "BM25",
        }
    }

    /// The path that opens a point in time of an index, and the field of the answer with its id.
    pub(crate) fn open_point_in_time(self, index: &str) -> (String, &'static str) {
        match self {
            Dialect::OpenSearch { .. } => {
                (format!("/{index}/_search/point_in_time?keep_alive=2m"), "pit_id")
            }
            Dialect::Elasticsearch => (format!("/{index}/_pit?keep_alive=2m"), "id"),
        }
    }

    /// The path and the body that close a point in time.
    pub(crate) fn close_point_in_time(self, id: &str) -> (&'static str, Value) {
        match self {
            Dialect::OpenSearch { .. } => {
                ("/_search/point_in_time", serde_json::json!({ "pit_id": [id] }))
            }
            Dialect::Elasticsearch => ("/_pit", serde_json::json!({ "id": id })),
        }
    }

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Dialect::OpenSearch { .. } => "OpenSearch",
            Dialect::Elasticsearch => "Elasticsearch",
        }
    }
}

/// A text of somebody else, short enough for a message.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(60)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::engine::opensearch::dialect::Dialect;

    #[track_caller]
    fn check(root: &serde_json::Value, expected: Result<Dialect, &str>) {
        assert_eq!(Dialect::of(root), expected.map_err(str::to_owned));
    }

    #[test]
    fn engines_are_told_apart_by_what_they_say_of_themselves() {
        let opensearch =
            |number: &str| json!({ "version": { "distribution": "opensearch", "number": number } });
        let elastic = |number: &str| {
            json!({
                "version": { "number": number, "build_flavor": "default" },
                "tagline": "You Know, for Search",
            })
        };
        check(&opensearch("3.9.0"), Ok(Dialect::OpenSearch { major: 3 }));
        check(&opensearch("2.19.6"), Ok(Dialect::OpenSearch { major: 2 }));
        check(&opensearch("2.18.0"), Err("OpenSearch 2.18.0 answers, which is too old"));
        check(&elastic("8.15.0"), Ok(Dialect::Elasticsearch));
        check(&elastic("9.1.2"), Ok(Dialect::Elasticsearch));
        check(&elastic("7.17.0"), Err("Elasticsearch 7.17.0 answers, which is not known"));
        check(
            &json!({ "version": { "distribution": "other", "number": "1" } }),
            Err("`other 1` answers, which is not known"),
        );
        check(
            &json!({ "status": "Meilisearch is running" }),
            Err("no search engine that is known: `Meilisearch is running`"),
        );
        check(&json!({}), Err("it does not say which search engine it is"));
    }
}
