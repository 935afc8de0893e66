//! An answer: a text that holds all that is needed, and the same as JSON.

use rmcp::model::{CallToolResult, ContentBlock};
use serde::Serialize;

use crate::{
    engine::Document,
    error::Error,
    mcp::{
        document_id,
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
/// Characters of the JSON of an answer that are kept for what stands around its list.
const AROUND_JSON: usize = 2_000;

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

    /// The document of the id of a hit, of a resource, or of an exact URL.
    pub(crate) fn document(&self, sent: &str) -> Result<Document, CallRefusal> {
        for id in document_id::meant(sent)? {
            match self.opened.searcher.document(&id) {
                Err(Error::UnknownDocument(_)) => {}
                done => return done.map_err(|error| self.refusal(&error)),
            }
        }
        let unknown = Error::UnknownDocument(sent.trim().to_owned());
        Err(self.refusal(&unknown))
    }

    /// The refusal that tells of an error of the library.
    pub(crate) fn refusal(&self, error: &Error) -> CallRefusal {
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
    /// Characters of the JSON of what was quoted.
    json_chars: usize,
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

    /// Whether an item and its JSON still fit.
    pub(crate) fn fits(&self, text: &str, item: &impl Serialize) -> bool {
        let said = self.head.iter().map(|line| line.chars().count()).sum::<usize>();
        let json = said + self.json_chars + json_chars(item);
        self.chars() + text.chars().count() <= ANSWER_CHARS
            && json <= MAX_ANSWER_CHARS - AROUND_JSON
    }

    /// Adds an item from the web that is in the JSON, too.
    pub(crate) fn quote_item(&mut self, text: &str, item: &impl Serialize) {
        self.quote(text);
        self.json_chars += json_chars(item) + 1;
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

/// Characters of something as JSON.
pub(crate) fn json_chars(value: &impl Serialize) -> usize {
    serde_json::to_string(value).map_or(0, |json| json.chars().count())
}
