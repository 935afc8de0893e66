//! What a request asks, with what it takes to answer it.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{FromRequestParts, rejection::ExtensionRejection},
    http::request::Parts,
};

use crate::{
    search::OpenedIndex,
    serve::{
        app::{App, Permit},
        parameters::Parameters,
        problem::RequestProblem,
    },
};

/// What a request asks, with the permit to work on it.
pub(crate) struct Asked {
    app: Arc<App>,
    pub(crate) parameters: Parameters,
    permit: Permit,
}

impl FromRequestParts<Arc<App>> for Asked {
    type Rejection = ExtensionRejection;

    async fn from_request_parts(
        parts: &mut Parts,
        app: &Arc<App>,
    ) -> Result<Asked, ExtensionRejection> {
        let Extension(permit) = Extension::<Permit>::from_request_parts(parts, app).await?;
        let parameters = Parameters::parse(parts.uri.query());
        Ok(Asked { app: Arc::clone(app), parameters, permit })
    }
}

impl Asked {
    /// Answers from the published index, on a thread that may wait.
    pub(crate) async fn search<T: Send + 'static>(
        self,
        work: impl Fn(&App, &OpenedIndex, &Parameters) -> Result<T, RequestProblem> + Send + 'static,
    ) -> Result<T, RequestProblem> {
        let Asked { app, parameters, permit } = self;
        app.search(permit, move |app, opened| work(app, opened, &parameters)).await
    }
}
