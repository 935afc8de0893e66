//! Generations: immutable index folders, one of which is published.
