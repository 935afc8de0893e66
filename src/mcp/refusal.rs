//! Why a call has no answer, and what an agent can do next.

use std::fmt;

use rmcp::model::ErrorData;

use crate::{
    error::Error,
    mcp::{
        fence::{clean_line, names},
        options::McpOptions,
    },
    wording::hint::{self, Origin},
};

/// Characters of a line: it may quote what was sent.
const LINE_CHARS: usize = 600;

/// Why a call has no answer, in one line, and what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CallRefusal {
    message: String,
    hint: Option<String>,
    /// Whether there is no such document.
    is_unknown: bool,
}

impl CallRefusal {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> CallRefusal {
        CallRefusal { hint: Some(hint.into()), ..CallRefusal::bare(message) }
    }

    fn bare(message: impl Into<String>) -> CallRefusal {
        CallRefusal { message: message.into(), hint: None, is_unknown: false }
    }

    /// The refusal to read a resource, in one line.
    pub(crate) fn of_resource(&self) -> ErrorData {
        let hint = self.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
        let message = clean_line(&format!("{}{hint}", self.message), 2 * LINE_CHARS);
        match self.is_unknown {
            true => ErrorData::resource_not_found(message, None),
            false => ErrorData::internal_error(message, None),
        }
    }

    /// That a search has panicked; who only visits can mend nothing.
    pub(crate) fn failed(options: &McpOptions) -> CallRefusal {
        let hint = || format!("run `{}`", hint::rebuild(options.named()));
        CallRefusal {
            hint: (!options.is_public).then(hint),
            ..CallRefusal::bare("the search has failed")
        }
    }

    /// A problem of the library. What an agent can mend itself it is told in terms of its tools.
    pub(crate) fn of_error(error: &Error, options: &McpOptions) -> CallRefusal {
        let told = |hint: String| CallRefusal::new(error.to_string(), hint);
        let nearest = match error {
            Error::UnknownValue { nearest, .. } => names(nearest),
            _ => Vec::new(),
        };
        match error {
            Error::UnknownDocument(_) => CallRefusal {
                is_unknown: true,
                ..told("call `search`; each hit has an `id` that `read` and `similar` take".into())
            },
            Error::UnknownValue { facet, .. } if nearest.is_empty() => {
                told(format!("call `facets` with `field` \"{facet}\" to see the values"))
            }
            Error::UnknownValue { .. } => told(format!("did you mean {}?", nearest.join(" or "))),
            Error::UnknownFacet { known, .. } => {
                told(format!("the fields are {}", known.join(", ")))
            }
            _ if options.is_public => CallRefusal::bare("this cannot be answered now"),
            _ => {
                let named = options.named();
                let hint = hint::hint(error, named, Origin::of(named.index));
                CallRefusal { hint, ..CallRefusal::bare(error.to_string()) }
            }
        }
    }
}

impl fmt::Display for CallRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", clean_line(&self.message, LINE_CHARS))?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {}", clean_line(hint, LINE_CHARS)),
            None => Ok(()),
        }
    }
}
