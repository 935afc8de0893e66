//! What a query means, beside its words.

use crate::embedding::Vector;

/// A vector near which the passages lie that say what is asked.
#[derive(Clone, Debug)]
pub(crate) struct Meaning {
    pub(crate) vector: Vector,
    /// What a rank by meaning is worth beside a rank by words.
    pub(crate) weight: f32,
}
