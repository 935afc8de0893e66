//! `search`: passages for words.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    mcp::{
        answer::{AnswerText, CallContext, ToolAnswer},
        fence::clean_line,
        index_state::IndexState,
        refusal::CallRefusal,
        tools::{
            arguments::{filters, flag, maybe_text_or_number, number, text, texts, whole},
            hits::{HitAnswer, quote_hits},
            notes::{NOTE_CHARS, said},
            work::ToolWork,
        },
    },
    search::{Filters, Request, Results},
    wording::note::matching,
};

/// Hits of an answer.
const HITS: usize = 8;
const MOST_HITS: usize = 20;
/// Corrected words that are named.
const MOST_CORRECTED: usize = 20;
/// Hits that may be skipped.
const MOST_SKIPPED: usize = 10_000;

/// The tool.
pub(crate) struct SearchTool;

/// What it takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SearchArguments {
    /// Words; "a phrase", +must, -not, begin*, field:value, OR
    query: String,
    /// Companies
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    company: Vec<String>,
    /// Tags
    #[serde(default, deserialize_with = "texts")]
    #[schemars(with = "Vec<String>")]
    tag: Vec<String>,
    /// Listed since: 2022-07-19 or 30d
    #[serde(default, deserialize_with = "maybe_text_or_number")]
    after: Option<String>,
    /// Listed before
    #[serde(default, deserialize_with = "maybe_text_or_number")]
    before: Option<String>,
    /// Hits, 1 to 20 (8)
    #[serde(default, deserialize_with = "whole")]
    limit: Option<usize>,
    /// Hits to skip
    #[serde(default, deserialize_with = "whole")]
    offset: Option<usize>,
    /// Correct no spelling
    #[serde(default, deserialize_with = "flag")]
    exact: Option<bool>,
    /// By meaning, too
    #[serde(default, deserialize_with = "flag")]
    hybrid: Option<bool>,
}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct SearchAnswer {
    total: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_offset: Option<usize>,
    relaxed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    corrected: Vec<CorrectedWord>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    index: IndexState,
    hits: Vec<HitAnswer>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct CorrectedWord {
    typed: String,
    used: String,
}

impl ToolWork for SearchTool {
    const NAME: &'static str = "search";
    const ABOUT: &'static str =
        "Search curated articles; the best passage of each hit, with the address to cite.";
    type Arguments = SearchArguments;
    type Output = SearchAnswer;

    fn answer(
        arguments: SearchArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<SearchAnswer>, CallRefusal> {
        let request = request(arguments, asked)?;
        let search = |request: &Request| {
            asked.opened.searcher.search(request).map_err(|error| asked.refusal(&error))
        };
        let results = search(&request)?;
        let mut notes = said(&request, &results, asked);
        if results.total == 0 && request.filters != Filters::default() {
            let anywhere = Request { filters: Filters::default(), limit: 0, ..request.clone() };
            notes.push(format!("without filters {}", matching(search(&anywhere)?.total)));
        }
        Ok(answer(&request, &results, notes, asked))
    }
}

fn request(arguments: SearchArguments, asked: &CallContext) -> Result<Request, CallRefusal> {
    let query = text("query", &arguments.query)?.to_owned();
    let SearchArguments { company, tag, after, before, .. } = arguments;
    let filters = filters(company, tag, [after, before], asked)?;
    if query.is_empty() && filters == Filters::default() {
        let hint = "send words to search for, or a company, a tag or dates for the newest articles";
        return Err(CallRefusal::new("`query` is empty", hint));
    }
    Ok(Request {
        query,
        filters,
        limit: number("limit", arguments.limit, HITS, (1, MOST_HITS))?,
        offset: number("offset", arguments.offset, 0, (0, MOST_SKIPPED))?,
        snippets: 1,
        exact: arguments.exact.unwrap_or_default(),
        hybrid: arguments.hybrid,
        count: true,
        now: Some((asked.options.local_now)()),
        ..Request::default()
    })
}

fn answer(
    request: &Request,
    results: &Results,
    notes: Vec<String>,
    asked: &CallContext,
) -> ToolAnswer<SearchAnswer> {
    let mut text = AnswerText::default();
    let index = asked.index();
    let first = request.offset + 1;
    text.say(match (results.total, results.hits.len()) {
        (0, _) => "nothing matches".to_owned(),
        (total, 0) => matching(total),
        (total, _) => format!("{}; the hits from {first} on, the best first", matching(total)),
    });
    text.say(asked.index_line());
    notes.iter().for_each(|note| text.say(format!("note: {note}")));
    let hits = quote_hits(&results.hits, first, &mut text);
    let next = request.offset + hits.len();
    let next_offset = (!hits.is_empty() && next < results.total).then_some(next);
    if let Some(next) = next_offset {
        let cut = if hits.len() < results.hits.len() { "cut for length; " } else { "" };
        text.say_last(format!("{cut}for more, call `search` with `offset` {next}"));
    }
    if !hits.is_empty() {
        text.say_last(match asked.options.is_public {
            true => "to read on, open the address; cite it",
            false => "to read on, call `read` with an id in [brackets]; cite the address",
        });
    }
    let corrected = results.corrected.iter().take(MOST_CORRECTED).map(|word| CorrectedWord {
        typed: clean_line(&word.typed, NOTE_CHARS),
        used: clean_line(&word.used, NOTE_CHARS),
    });
    let output = SearchAnswer {
        total: results.total,
        next_offset,
        relaxed: results.relaxed,
        corrected: corrected.collect(),
        notes,
        index,
        hits,
    };
    ToolAnswer { text: text.finish(), output }
}
