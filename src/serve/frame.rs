//! What all pages have around what they show: box, notices, and how old the index is.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    search::OpenedIndex,
    serve::{
        app::App,
        assets::{SCRIPT, STYLE},
        marked::{clean, counted},
        parameters::Parameters,
        problem::RequestProblem,
    },
    wording::age,
};

/// What all pages have.
pub(crate) struct PageFrame {
    /// The title of the page, without the name of the program.
    pub(crate) title: String,
    /// Which page it is, for the style sheet and the script.
    pub(crate) kind: &'static str,
    /// What stands in the box.
    pub(crate) query: String,
    /// What a new search takes over beside the box and the filters.
    pub(crate) hidden: Vec<(String, String)>,
    /// That a newer index was refused.
    pub(crate) refusal: Option<String>,
    /// How much is in the index, and how old it is.
    pub(crate) index: Option<String>,
    /// The feed of what is shown.
    pub(crate) feed: Option<String>,
    pub(crate) style: String,
    pub(crate) script: String,
}

/// Names of parameters that a new search takes over.
const TAKEN_OVER: [&str; 6] =
    ["sort", "exact", "fresh", "limit", "published_after", "published_before"];

impl PageFrame {
    /// The frame of a page that shows what is in an index.
    pub(crate) fn of(
        kind: &'static str,
        app: &App,
        opened: &OpenedIndex,
        parameters: &Parameters,
    ) -> PageFrame {
        let now = (app.options.now)();
        let documents =
            counted(usize::try_from(opened.searcher.documents()).unwrap_or(usize::MAX), "article");
        let built = opened
            .built_at()
            .map(|at| format!(", index built {}", age(now.as_second() - at.as_second())));
        let of_name =
            |name: &&str| parameters.get(name).map(|value| (name.to_string(), clean(value)));
        PageFrame {
            query: clean(parameters.query()),
            hidden: TAKEN_OVER.iter().filter_map(of_name).collect(),
            refusal: opened.refusal.as_deref().map(clean),
            index: Some(format!("{documents}{}", built.unwrap_or_default())),
            ..PageFrame::bare(kind, "")
        }
    }

    /// The frame of a page that knows no index.
    pub(crate) fn bare(kind: &'static str, title: &str) -> PageFrame {
        PageFrame {
            title: title.to_owned(),
            kind,
            query: String::new(),
            hidden: Vec::new(),
            refusal: None,
            index: None,
            feed: None,
            style: STYLE.path(),
            script: SCRIPT.path(),
        }
    }
}

/// A page that says what the problem is.
#[derive(askama::Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: PageFrame,
    message: &'a str,
    hint: Option<&'a str>,
}

/// The problem as a page.
pub(crate) fn problem_page(problem: &RequestProblem) -> Response {
    let frame = PageFrame::bare("problem", "Not answered");
    let (message, hint) = (clean(&problem.message), problem.hint.as_deref().map(clean));
    html(problem.status, &ProblemPage { frame, message: &message, hint: hint.as_deref() })
}

/// A page as an answer.
pub(crate) fn html(status: StatusCode, page: &impl askama::Template) -> Response {
    match page.render() {
        Ok(text) => page_of(status, text),
        Err(_) => {
            RequestProblem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page has failed").text()
        }
    }
}

/// The text of a page as an answer.
pub(crate) fn page_of(status: StatusCode, text: String) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    (status, [(header::CONTENT_TYPE, kind)], text).into_response()
}
