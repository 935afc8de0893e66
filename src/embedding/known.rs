//! Vectors that are known of some files, by which a model that computes other ones is noticed.

use crate::embedding::vector::Vector;

/// How near a vector has to be to the known one: processors sum in orders of their own, and a
/// network whose weights are bytes is at .9994 and more.
pub(crate) const LEAST_COSINE: f32 = 0.99;

/// A file whose vectors are known.
pub(crate) struct KnownModel {
    /// The SHA-256 of its network.
    sha256: &'static str,
    pub(crate) name: &'static str,
    dimensions: usize,
    vectors: &'static [u8],
}

/// The vectors of all-MiniLM-L6-v2 for the first text of each built-in group, computed with NumPy
/// from the published weights.
const ALL_MINILM_L6_V2: &[u8] = include_bytes!("all-minilm-l6-v2.i8");

const KNOWN: &[KnownModel] = &[
    KnownModel {
        sha256: "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
        name: "all-MiniLM-L6-v2",
        dimensions: 384,
        vectors: ALL_MINILM_L6_V2,
    },
    KnownModel {
        sha256: "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
        name: "all-MiniLM-L6-v2 with weights of one byte",
        dimensions: 384,
        vectors: ALL_MINILM_L6_V2,
    },
];

impl KnownModel {
    /// The known model whose network has this SHA-256.
    pub(crate) fn of(sha256: &str) -> Option<&'static KnownModel> {
        KNOWN.iter().find(|known| known.sha256 == sha256)
    }

    /// Its vectors, one for the first text of each built-in group.
    pub(crate) fn vectors(&self) -> impl Iterator<Item = Vector> {
        self.vectors.chunks_exact(self.dimensions).map(Vector::from_bytes)
    }
}
