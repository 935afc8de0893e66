//! The tools: each with its arguments, its output, and what it does.

mod arguments;
mod facets;
mod hits;
mod notes;
mod read;
mod search;
mod similar;
mod status;
mod work;

use std::sync::{Arc, LazyLock};

use rmcp::model::{CallToolResult, JsonObject, Tool as ToolDefinition, ToolAnnotations};
use serde_json::Value;

pub(crate) use crate::mcp::tools::read::{ReadArguments, ReadTool};
pub(crate) use crate::mcp::tools::work::ToolWork;
use crate::mcp::{
    answer::CallContext,
    refusal::CallRefusal,
    schema,
    tools::{facets::FacetsTool, search::SearchTool, similar::SimilarTool, status::StatusTool},
};

/// A tool as the server keeps it.
pub(crate) struct Tool {
    /// What clients are told of it.
    pub(crate) definition: ToolDefinition,
    call: fn(JsonObject, &CallContext) -> Result<CallToolResult, CallRefusal>,
}

/// Every tool, in the order in which clients list them.
static TOOLS: LazyLock<[Tool; 5]> = LazyLock::new(|| {
    [
        tool::<SearchTool>(),
        tool::<ReadTool>(),
        tool::<SimilarTool>(),
        tool::<FacetsTool>(),
        tool::<StatusTool>(),
    ]
});

impl Tool {
    /// All of them.
    pub(crate) fn all() -> &'static [Tool] {
        &*TOOLS
    }

    /// The tool of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Tool> {
        TOOLS.iter().find(|tool| tool.definition.name == name)
    }

    /// Calls it with arguments as they were sent.
    pub(crate) fn call(
        &self,
        arguments: JsonObject,
        asked: &CallContext,
    ) -> Result<CallToolResult, CallRefusal> {
        (self.call)(arguments, asked)
    }
}

fn tool<W: ToolWork>() -> Tool {
    let arguments = schema::of_arguments::<W::Arguments>();
    // It only reads, and what it reads is here.
    let annotations = ToolAnnotations::new()
        .read_only(true)
        .destructive(false)
        .idempotent(true)
        .open_world(false);
    let definition = ToolDefinition::new(W::NAME, W::ABOUT, arguments)
        .with_raw_output_schema(Arc::new(schema::of_output::<W::Output>()))
        .with_annotations(annotations);
    Tool { definition, call: call::<W> }
}

fn call<W: ToolWork>(
    arguments: JsonObject,
    asked: &CallContext,
) -> Result<CallToolResult, CallRefusal> {
    let arguments =
        serde_path_to_error::deserialize(Value::Object(arguments)).map_err(wrong::<W>)?;
    let answer = W::answer(arguments, asked)?;
    answer.into_result().map_err(|error| CallRefusal::new(error.to_string(), "call it again"))
}

/// That a call has wrong arguments, in the words of people.
fn wrong<W: ToolWork>(error: serde_path_to_error::Error<serde_json::Error>) -> CallRefusal {
    let schema = schema::of_arguments::<W::Arguments>();
    let names = schema.get("properties").and_then(Value::as_object);
    let names: Vec<&str> = names.into_iter().flat_map(|p| p.keys().map(String::as_str)).collect();
    let known = match names.as_slice() {
        [] => "it takes no arguments".to_owned(),
        names => format!("its arguments are {}", names.join(", ")),
    };
    // It is told as it is where it names a field itself.
    let (argument, error) = (error.path().to_string(), error.into_inner().to_string());
    let is_named = error.starts_with("unknown field") || error.starts_with("missing field");
    let error = match error.split_once(", expected one of `") {
        Some((what, _)) if is_named => what,
        _ => &error,
    };
    let of = if is_named { String::new() } else { format!("`{argument}`: ") };
    CallRefusal::new(format!("`{}` was called wrongly: {of}{error}", W::NAME), known)
}
