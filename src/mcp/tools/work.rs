//! What a tool is.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::mcp::{
    answer::{CallContext, ToolAnswer},
    refusal::CallRefusal,
};

/// What a tool is and does.
pub(crate) trait ToolWork {
    /// Its name.
    const NAME: &'static str;
    /// What it is for, as agents are told.
    const ABOUT: &'static str;
    /// What it takes; a field that it does not know is an error.
    type Arguments: DeserializeOwned + JsonSchema;
    /// What it gives.
    type Output: Serialize + JsonSchema;

    /// Answers a call.
    fn answer(
        arguments: Self::Arguments,
        asked: &CallContext,
    ) -> Result<ToolAnswer<Self::Output>, CallRefusal>;
}
