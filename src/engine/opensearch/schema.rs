//! The settings and the mapping of an index: which fields it has and what each is for.

use serde_json::{Map, Value, json};

use crate::{
    engine::{
        opensearch::{dialect::Dialect, keyword::LONGEST_KEYWORD},
        placed_terms::BREAK_POSITIONS,
    },
    query::{
        bm25::{B, K1},
        facet::FACETS,
    },
};

/// Terms at one position are one token until they are cut apart.
const LONGEST_TOKEN: usize = 4_096;

/// What an index is made with. While it is loaded, an alias is on it, and it is not refreshed.
pub(crate) fn index_body(
    dialect: Dialect,
    alias: &str,
    shards: u32,
    replicas: Option<u32>,
    meta: &Value,
) -> Value {
    let mut settings = json!({
        "number_of_shards": shards,
        "refresh_interval": "-1",
        "similarity": {
            "default": {
                "type": dialect.similarity(), "k1": K1, "b": B, "discount_overlaps": false,
            },
        },
        "analysis": {
            "tokenizer": {
                "blanks": { "type": "whitespace", "max_token_length": LONGEST_TOKEN },
            },
            "filter": {
                "alternatives": {
                    "type": "pattern_capture",
                    "preserve_original": false,
                    "patterns": ["([^|]+)"],
                },
                "gaps": { "type": "stop", "stopwords": ["|"] },
            },
            "analyzer": {
                "terms": {
                    "type": "custom",
                    "tokenizer": "blanks",
                    "filter": ["alternatives", "gaps"],
                },
                "words": { "type": "custom", "tokenizer": "blanks" },
            },
        },
    });
    match replicas {
        Some(replicas) => settings["number_of_replicas"] = replicas.into(),
        None => settings["auto_expand_replicas"] = "0-1".into(),
    }
    json!({
        "aliases": { alias: {} },
        "settings": { "index": settings },
        "mappings": {
            "dynamic": "strict",
            "_meta": meta,
            // What is only searched is not stored a second time.
            "_source": { "includes": ["document", "sections", "id", "date"] },
            "properties": properties(),
        },
    })
}

fn properties() -> Map<String, Value> {
    let text = json!({
        "type": "text",
        "analyzer": "terms",
        "position_increment_gap": BREAK_POSITIONS,
        "index_options": "positions",
    });
    let words =
        json!({ "type": "text", "analyzer": "words", "index_options": "docs", "norms": false });
    let term = json!({ "type": "keyword", "doc_values": false, "ignore_above": LONGEST_KEYWORD });
    let both = json!({ "type": "keyword", "ignore_above": LONGEST_KEYWORD });
    let column = json!({ "type": "keyword", "index": false, "ignore_above": LONGEST_KEYWORD });
    let stored = json!({ "type": "object", "enabled": false });
    let date = json!({ "type": "integer" });
    let mut fields: Map<String, Value> = [
        ("text", &text),
        ("title", &text),
        ("heading", &text),
        ("words", &words),
        // As keywords they would all have the same score.
        ("stop_words", &words),
        ("key", &term),
        ("facet", &term),
        ("id", &both),
        ("order", &column),
        ("listed", &date),
        ("published", &date),
        ("date", &date),
        ("document", &stored),
        ("sections", &stored),
    ]
    .map(|(name, field)| (name.to_owned(), field.clone()))
    .into_iter()
    .collect();
    fields.insert("number".into(), json!({ "type": "long" }));
    fields.extend(FACETS.map(|facet| (facet.to_owned(), column.clone())));
    fields
}
