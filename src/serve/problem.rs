//! What keeps a request from its answer, for people and for programs.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    error::Error,
    json::{self, ProblemOutput},
    wording::hint::{self, Named, Origin},
};

/// Where the tools for agents are.
pub(crate) const MCP_PATH: &str = "/mcp";

/// Whether programs ask for a path.
pub(crate) fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || is_mcp(path)
}

/// Whether agents ask for a path; some clients end it with a slash.
pub(crate) fn is_mcp(path: &str) -> bool {
    path.strip_suffix('/').unwrap_or(path) == MCP_PATH
}

/// What keeps a request from its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RequestProblem {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl RequestProblem {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> RequestProblem {
        RequestProblem { status, message: message.into(), hint: None }
    }

    /// What was asked for makes no sense.
    pub(crate) fn bad_request(message: impl Into<String>) -> RequestProblem {
        RequestProblem::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn with_hint(self, hint: impl Into<String>) -> RequestProblem {
        RequestProblem { hint: Some(hint.into()), ..self }
    }

    /// A problem of the library. To the public nothing is told of files and commands.
    pub(crate) fn of_error(error: &Error, named: Named<'_>, is_public: bool) -> RequestProblem {
        let status = match error {
            Error::UnknownDocument(_)
            | Error::UnknownEntry(_)
            | Error::UnknownValue { .. }
            | Error::NoStore(_)
            | Error::NoCollection(_) => StatusCode::NOT_FOUND,
            Error::UnknownFacet { .. } => StatusCode::BAD_REQUEST,
            Error::Cluster { .. } => StatusCode::BAD_GATEWAY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let is_about_request = matches!(status, StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND);
        let is_told = !is_public
            || is_about_request && !matches!(error, Error::NoStore(_) | Error::NoCollection(_));
        if !is_told {
            return RequestProblem::new(status, "this cannot be answered now");
        }
        let hint = hint::hint(error, named, Origin::of(named.index));
        RequestProblem { status, message: error.to_string(), hint: hint.filter(|_| !is_public) }
    }

    /// The problem as the JSON that programs get.
    pub(crate) fn json(&self) -> Response {
        let (error, hint) = (self.message.as_str(), self.hint.as_deref());
        let mut line = Vec::new();
        // A vector takes whatever is written, and a problem is no map whose keys could fail.
        let _ = json::write_line(&mut line, &ProblemOutput { error, hint });
        let kind = HeaderValue::from_static("application/json");
        (self.status, [(header::CONTENT_TYPE, kind)], line).into_response()
    }

    /// The problem for whoever asks for a path: JSON for programs, else a line of text.
    pub(crate) fn told(&self, path: &str) -> Response {
        if is_for_programs(path) { self.json() } else { self.text() }
    }

    /// The problem as a line of text.
    pub(crate) fn text(&self) -> Response {
        let hint = self.hint.as_ref().map_or(String::new(), |hint| format!("hint: {hint}\n"));
        (self.status, format!("{}\n{hint}", self.message)).into_response()
    }
}
