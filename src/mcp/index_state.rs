//! The index that gave an answer, as each answer tells it.

use std::borrow::Cow;

use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Serialize;

use crate::{counted::counted, mcp::fence::clean_line, search::OpenedIndex, wording::age};

/// Characters of a reason that are told.
const REASON_CHARS: usize = 300;

/// The index that gave an answer.
#[derive(Debug, Serialize)]
pub(crate) struct IndexState {
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    built_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age_days: Option<i64>,
    documents: u64,
    /// Why a newer build was not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
}

/// It stands in the output of every tool, and what it holds reads itself: its schema says no more.
impl JsonSchema for IndexState {
    fn schema_name() -> Cow<'static, str> {
        "IndexState".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object"})
    }
}

impl IndexState {
    pub(crate) fn of(opened: &OpenedIndex, now: Timestamp) -> IndexState {
        let seconds = |at: Timestamp| now.as_second() - at.as_second();
        IndexState {
            generation: opened.generation().map(|name| clean_line(name, REASON_CHARS)),
            built_at: opened.built_at().map(|at| at.to_string()),
            age_days: opened.built_at().map(|at| seconds(at) / 86_400),
            documents: opened.searcher.documents(),
            refused: opened.refusal.as_deref().map(|reason| clean_line(reason, REASON_CHARS)),
        }
    }

    /// The same in one line.
    pub(crate) fn line(&self, opened: &OpenedIndex, now: Timestamp) -> String {
        let mut line = format!("index: {}", counted(self.documents, "document"));
        if let Some(name) = &self.generation {
            line.push_str(&format!(", generation {name}"));
        }
        if let Some(at) = opened.built_at() {
            line.push_str(&format!(", built {}", age(now.as_second() - at.as_second())));
        }
        if let Some(reason) = &self.refused {
            line.push_str(&format!("; {reason}"));
        }
        line
    }
}
