//! `facets`: which companies, tags and years there are, with counts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    counted::counted,
    mcp::{
        answer::{AnswerText, CallContext, ToolAnswer},
        fence::clean_line,
        index_state::IndexState,
        refusal::CallRefusal,
        tools::{
            arguments::{number, text, whole},
            notes::said,
            work::ToolWork,
        },
    },
    search::Request,
};

/// Characters of a value.
const VALUE_CHARS: usize = 200;

/// The tool.
pub(crate) struct FacetsTool;

/// What it takes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FacetsArguments {
    field: Field,
    /// Only what matches these words
    query: Option<String>,
    /// Only values that begin so
    prefix: Option<String>,
    /// Values, 1 to 200 (30)
    #[serde(default, deserialize_with = "whole")]
    limit: Option<usize>,
}

/// Counted by.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Field {
    Company,
    Tag,
    Year,
    Site,
    Section,
    List,
    Kind,
    Provenance,
}

/// What it gives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FacetsAnswer {
    /// Values there are.
    total: usize,
    index: IndexState,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    untrusted: UntrustedValues,
}

#[derive(Debug, Serialize, JsonSchema)]
struct UntrustedValues {
    values: Vec<ValueCount>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ValueCount {
    value: String,
    count: u64,
}

impl Field {
    fn name(self) -> &'static str {
        match self {
            Field::Company => "company",
            Field::Tag => "tag",
            Field::Year => "year",
            Field::Site => "site",
            Field::Section => "section",
            Field::List => "list",
            Field::Kind => "kind",
            Field::Provenance => "provenance",
        }
    }
}

impl ToolWork for FacetsTool {
    const NAME: &'static str = "facets";
    const ABOUT: &'static str = "Count articles by company, tag, year and so on.";
    type Arguments = FacetsArguments;
    type Output = FacetsAnswer;

    fn answer(
        arguments: FacetsArguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<FacetsAnswer>, CallRefusal> {
        let query = text("query", arguments.query.as_deref().unwrap_or_default())?;
        let prefix = text("prefix", arguments.prefix.as_deref().unwrap_or_default())?;
        let limit = number("limit", arguments.limit, 30, (1, 200))?;
        let request = Request {
            limit: 0,
            facets: true,
            now: Some((asked.options.local_now)()),
            ..Request::new(query)
        };
        let results = asked.opened.searcher.search(&request).map_err(|e| asked.refusal(&e))?;
        let mut notes = said(&request, &results, asked);
        let name = arguments.field.name();
        let facet = results.facets.into_iter().find(|facet| facet.name == name);
        let prefix = prefix.to_lowercase();
        let facet_values = facet.map(|facet| facet.values).unwrap_or_default();
        let all = facet_values.len();
        let mut values: Vec<ValueCount> = facet_values
            .into_iter()
            .filter(|counted| counted.value.to_lowercase().starts_with(&prefix))
            .map(|counted| ValueCount {
                value: clean_line(&counted.value, VALUE_CHARS),
                count: counted.count,
            })
            .collect();
        let total = values.len();
        if total == 0 && all > 0 {
            notes.push(format!("without `prefix` there are {}", counted(all as u64, "value")));
        }
        values.truncate(limit);
        let mut text = AnswerText::default();
        text.say(format!("{name}: {}, the most frequent first", counted(total as u64, "value")));
        text.say(asked.index_line());
        notes.iter().for_each(|note| text.say(format!("note: {note}")));
        let mut shown = 0;
        for counted in &values {
            let line = format!("{} {}", counted.count, counted.value);
            if !text.fits(&line, counted) {
                break;
            }
            text.quote_item(&line, counted);
            shown += 1;
        }
        values.truncate(shown);
        if shown < total {
            text.say_last(format!("{} more: send a `prefix` or a larger `limit`", total - shown));
        }
        let untrusted = UntrustedValues { values };
        let output = FacetsAnswer { total, index: asked.index(), notes, untrusted };
        Ok(ToolAnswer { text: text.finish(), output })
    }
}
