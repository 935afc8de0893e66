//! Why a call has no answer, and what an agent can do next.

use std::fmt;

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
}

impl CallRefusal {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> CallRefusal {
        CallRefusal { message: message.into(), hint: Some(hint.into()) }
    }

    /// That a search has panicked; who only visits can mend nothing.
    pub(crate) fn failed(options: &McpOptions) -> CallRefusal {
        let hint = || format!("run `{}`", hint::rebuild(options.named()));
        CallRefusal {
            message: "the search has failed".into(),
            hint: (!options.is_public).then(hint),
        }
    }

    /// A problem of the library. What an agent can mend itself it is told in terms of its tools.
    pub(crate) fn of_error(error: &Error, options: &McpOptions) -> CallRefusal {
        let told = |hint: String| CallRefusal { message: error.to_string(), hint: Some(hint) };
        let nearest = match error {
            Error::UnknownValue { nearest, .. } => names(nearest),
            _ => Vec::new(),
        };
        match error {
            Error::UnknownDocument(_) => {
                told("call `search`; each hit has an `id` that `read` and `similar` take".into())
            }
            Error::UnknownValue { facet, .. } if nearest.is_empty() => {
                told(format!("call `facets` with `field` \"{facet}\" to see the values"))
            }
            Error::UnknownValue { .. } => told(format!("did you mean {}?", nearest.join(" or "))),
            Error::UnknownFacet { known, .. } => {
                told(format!("the fields are {}", known.join(", ")))
            }
            _ if options.is_public => {
                CallRefusal { message: "this cannot be answered now".into(), hint: None }
            }
            _ => {
                let named = options.named();
                let hint = hint::hint(error, named, Origin::of(named.index));
                CallRefusal { message: error.to_string(), hint }
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
