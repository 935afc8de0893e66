//! Duplicates: which entries lead to one article, told by the texts, the titles and the declared
//! addresses of their pages.

pub(crate) mod claims;
pub(crate) mod clusters;
pub(crate) mod corpus;
pub(crate) mod sketch;
pub(crate) mod title;
