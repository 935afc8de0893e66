//! `similar`: more like one article.

use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    mcp::{
        answer::{AnswerText, CallContext, ToolAnswer},
        index_state::IndexState,
        refusal::CallRefusal,
        tools::{
            arguments::{filters, maybe_text_or_number, number, text_or_number, texts, whole},
            hits::{HitAnswer, quote_hits},
            work::ToolWork,
        },
    },
    search::Filters,
};

/// The tool.
pub(crate) struct SimilarTool;

/// What it takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimilarArguments {
    /// Id of a hit, or exact URL
    #[serde(deserialize_with = "text_or_number")]
    id: String,
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    company: Vec<String>,
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    tag: Vec<String>,
    #[serde(default, deserialize_with = "maybe_text_or_number")]
    after: Option<String>,
    #[serde(default, deserialize_with = "maybe_text_or_number")]
    before: Option<String>,
    /// 1 to 20 (8)
    #[serde(default, deserialize_with = "whole")]
    limit: Option<usize>,
}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SimilarAnswer {
    /// Articles that share a word with it that sets it apart.
    total: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    index: IndexState,
    /// The schema of `search` has what a hit is.
    #[schemars(with = "Vec<JsonObject>")]
    hits: Vec<HitAnswer>,
}

impl ToolWork for SimilarTool {
    const NAME: &'static str = "similar";
    const ABOUT: &'static str = "Find articles like one; filters and hits as of `search`.";
    type Arguments = SimilarArguments;
    type Output = SimilarAnswer;

    fn answer(
        arguments: SimilarArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<SimilarAnswer>, CallRefusal> {
        let limit = number("limit", arguments.limit, 8, (1, 20))?;
        let SimilarArguments { company, tag, after, before, .. } = arguments;
        let filters = filters(company, tag, [after, before], asked)?;
        let document = asked.document(&arguments.id)?;
        let similar = |filters: &Filters, limit| {
            let id = format!("id:{}", document.id);
            let found = asked.opened.searcher.similar_among(&id, filters, limit);
            found.map_err(|error| asked.refusal(&error))
        };
        let results = similar(&filters, limit)?;
        let mut notes = Vec::new();
        if results.hits.is_empty() && filters != Filters::default() {
            let anywhere = similar(&Filters::default(), 1)?.total;
            notes.push(format!("without filters {anywhere} share words with it"));
        }
        let mut text = AnswerText::default();
        text.say(match results.hits.is_empty() {
            true => "nothing is similar to it".to_owned(),
            false => format!("{} share words with it; the most similar first", results.total),
        });
        text.say(asked.index_line());
        notes.iter().for_each(|note| text.say(format!("note: {note}")));
        let hits = quote_hits(&results.hits, 1, &mut text);
        if hits.len() < results.hits.len() {
            let (shown, all) = (hits.len(), results.hits.len());
            text.say_last(format!("cut for length: {shown} of {all}"));
        }
        let output = SimilarAnswer { total: results.total, notes, index: asked.index(), hits };
        Ok(ToolAnswer { text: text.finish(), output })
    }
}
