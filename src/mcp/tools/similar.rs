//! `similar`: more like one article.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::mcp::{
    answer::{AnswerText, CallContext, ToolAnswer},
    index_state::IndexState,
    refusal::CallRefusal,
    tools::{
        arguments::{number, text},
        hits::{HitAnswer, quote_hits},
        work::ToolWork,
    },
};

/// The tool.
pub(crate) struct SimilarTool;

/// What it takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimilarArguments {
    /// Id of a hit, or exact URL
    id: String,
    /// Hits, 1 to 20 (8)
    limit: Option<usize>,
}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SimilarAnswer {
    index: IndexState,
    hits: Vec<HitAnswer>,
}

impl ToolWork for SimilarTool {
    const NAME: &'static str = "similar";
    const ABOUT: &'static str = "Find articles like one.";
    type Arguments = SimilarArguments;
    type Output = SimilarAnswer;

    fn answer(
        arguments: SimilarArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<SimilarAnswer>, CallRefusal> {
        let id = text("id", &arguments.id)?;
        let limit = number("limit", arguments.limit, 8, (1, 20))?;
        let document = asked.document(id)?;
        let results = asked.opened.searcher.similar(&format!("id:{}", document.id), limit);
        let results = results.map_err(|error| asked.refusal(&error))?;
        let mut text = AnswerText::default();
        text.say(match results.hits.is_empty() {
            true => "nothing is similar to it",
            false => "similar articles, the most similar first",
        });
        text.say(asked.index_line());
        let hits = quote_hits(&results.hits, 1, &mut text);
        if hits.len() < results.hits.len() {
            let (shown, all) = (hits.len(), results.hits.len());
            text.say_last(format!("cut for length: {shown} of {all}"));
        }
        Ok(ToolAnswer { text: text.finish(), output: SimilarAnswer { index: asked.index(), hits } })
    }
}
