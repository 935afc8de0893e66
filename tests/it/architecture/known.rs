//! What does not hold yet; both lists are to become empty, and then to go away.

/// Files that use each other, one a line.
pub(crate) const CIRCLES: &str = "
    src/store/copies.rs
    src/store/entries.rs
    src/store/follow_ups.rs
    src/store/held.rs
    src/store/lists.rs
    src/store/migration.rs
    src/store/mod.rs
    src/store/schema.rs
    src/store/state.rs
    src/store/versions.rs
    src/store/visits.rs
    src/worker/child.rs
    src/worker/mod.rs
    src/worker/pool.rs
";

/// Names that several types have, one a line.
pub(crate) const HOMONYMS: &str = "
    Failure
    Key
    Reply
    Request
    Unfinished
";
