//! `status`: what is in the index, and how old it is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    mcp::{
        answer::{AnswerText, CallContext, ToolAnswer},
        fence::clean_line,
        index_state::IndexState,
        refusal::CallRefusal,
        tools::work::ToolWork,
    },
    search::Filters,
};

/// Lists that are named.
const LISTS: usize = 50;
/// Characters of the name of a list.
const NAME_CHARS: usize = 120;

/// The tool.
pub(crate) struct StatusTool;

/// It takes nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusArguments {}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StatusAnswer {
    index: IndexState,
    full_texts: u64,
    /// Documents by the sort of their text.
    texts: BTreeMap<String, u64>,
    languages: BTreeMap<String, u64>,
    /// Lists there are; fewer may be named.
    total_lists: usize,
    untrusted: UntrustedLists,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UntrustedLists {
    lists: Vec<String>,
}

impl ToolWork for StatusTool {
    const NAME: &'static str = "status";
    const ABOUT: &'static str =
        "How many articles there are, of which lists, and how old the index is.";
    type Arguments = StatusArguments;
    type Output = StatusAnswer;

    fn answer(
        _: StatusArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<StatusAnswer>, CallRefusal> {
        let searcher = &asked.opened.searcher;
        let lists = searcher.facets(Some("list"), &Filters::default());
        let lists = lists.map_err(|error| asked.refusal(&error))?;
        let lists: Vec<_> = lists.into_iter().flat_map(|facet| facet.values).collect();
        let total_lists = lists.len();
        let named = lists.iter().take(LISTS);
        let lists: Vec<String> = named.map(|list| clean_line(&list.value, NAME_CHARS)).collect();
        let (texts, languages) = match &asked.opened.manifest {
            Some(manifest) => (manifest.provenance.clone(), manifest.languages.clone()),
            None => Default::default(),
        };
        let counted = |counts: &BTreeMap<String, u64>| {
            let counts = counts.iter().map(|(name, count)| format!("{count} {name}"));
            counts.collect::<Vec<_>>().join(", ")
        };
        let mut text = AnswerText::default();
        text.say(asked.index_line());
        text.say(format!("texts: {}", counted(&texts)));
        text.say(format!("languages: {}", counted(&languages)));
        if lists.len() < total_lists {
            text.say(format!("lists: the first {} of {total_lists}", lists.len()));
        }
        lists.iter().for_each(|list| text.quote(&format!("list {list}")));
        let output = StatusAnswer {
            index: asked.index(),
            full_texts: searcher.full_texts(),
            texts,
            languages,
            total_lists,
            untrusted: UntrustedLists { lists },
        };
        Ok(ToolAnswer { text: text.finish(), output })
    }
}
