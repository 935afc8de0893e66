//! What is told in place of an answer.

/// Why there is no answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinderFailure {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}
