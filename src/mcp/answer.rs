//! An answer: a text that holds all that is needed, and the same as JSON.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;

use crate::{
    engine::Document,
    mcp::{
        fence::{Fence, NOTICE},
        index_state::IndexState,
        options::McpOptions,
        refusal::CallRefusal,
    },
    search::OpenedIndex,
};

/// Characters of an answer unless more is asked for: about 3,000 tokens.
pub(crate) const ANSWER_CHARS: usize = 12_000;
/// Characters of any answer.
pub(crate) const MAX_ANSWER_CHARS: usize = 20_000;

/// What a tool works with.
pub(crate) struct CallContext<'a> {
    pub(crate) options: &'a McpOptions,
    pub(crate) opened: &'a OpenedIndex,
}

impl CallContext<'_> {
    pub(crate) fn index(&self) -> IndexState {
        IndexState::of(self.opened, (self.options.now)())
    }

    pub(crate) fn index_line(&self) -> String {
        self.index().line(self.opened, (self.options.now)())
    }

    /// The document of the id of a hit, or of an exact URL.
    pub(crate) fn document(&self, id_or_url: &str) -> Result<Document, CallRefusal> {
        // An id may hold blanks, and then it is taken for neither unless it says what it is.
        let is_told = id_or_url.starts_with("id:") || id_or_url.contains("://");
        let id = if is_told { id_or_url.to_owned() } else { format!("id:{id_or_url}") };
        let searcher = &self.opened.searcher;
        let document = searcher.document(&id).or_else(|_| searcher.document(id_or_url));
        document.map_err(|error| self.refusal(&error))
    }

    /// The refusal that tells of an error of the library.
    pub(crate) fn refusal(&self, error: &crate::error::Error) -> CallRefusal {
        CallRefusal::of_error(error, self.options)
    }
}

/// An answer: its text, for clients that show nothing else, and its JSON.
pub(crate) struct ToolAnswer<T> {
    pub(crate) text: String,
    pub(crate) output: T,
}

impl<T: Serialize> ToolAnswer<T> {
    /// The answer as the protocol has it.
    pub(crate) fn into_result(self) -> Result<CallToolResult, serde_json::Error> {
        let mut result = CallToolResult::success(vec![ContentBlock::text(self.text)]);
        result.structured_content = Some(serde_json::to_value(self.output)?);
        Ok(result)
    }
}

/// The text of an answer: what we say, text from the web between marks, and how to go on.
#[derive(Default)]
pub(crate) struct AnswerText {
    head: Vec<String>,
    untrusted: String,
    tail: Vec<String>,
}

impl AnswerText {
    /// Says something before the text from the web.
    pub(crate) fn say(&mut self, line: impl Into<String>) {
        self.head.push(line.into());
    }

    /// Adds text from the web.
    pub(crate) fn quote(&mut self, text: &str) {
        self.untrusted.push_str(text);
        self.untrusted.push('\n');
    }

    /// Says something behind the text from the web, such as how to go on.
    pub(crate) fn say_last(&mut self, line: impl Into<String>) {
        self.tail.push(line.into());
    }

    /// Characters so far.
    pub(crate) fn chars(&self) -> usize {
        let said = self.head.iter().chain(&self.tail);
        said.map(|line| line.chars().count() + 1).sum::<usize>() + self.untrusted.chars().count()
    }

    pub(crate) fn finish(self) -> String {
        let mut lines = self.head;
        if !self.untrusted.trim().is_empty() {
            lines.push(NOTICE.to_owned());
            lines.push(Fence::new().around(&self.untrusted));
        }
        lines.extend(self.tail);
        lines.join("\n")
    }
}
