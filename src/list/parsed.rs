//! A parsed list, and how to read one.

use url::Url;

use crate::{
    entry::{Entry, Labels},
    list::warnings::Warning,
};

/// How to read one list.
#[derive(Clone, Debug, Default)]
pub struct ListOptions {
    /// The name under which its entries are filed.
    pub name: String,
    /// The list's own address, against which relative links are resolved.
    pub base: Option<Url>,
    /// What trailing code spans mean.
    pub labels: Labels,
}

/// A parsed list.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The name given in [`ListOptions`].
    pub name: String,
    /// Its entries in list order; the same URL may occur more than once until [`merge`](crate::list::merge()).
    pub entries: Vec<Entry>,
    /// Whether it is a feed, whose items roll off.
    pub is_feed: bool,
    /// Addresses of further lists that this one only names: the sitemaps of a sitemap index. They
    /// are absolute http or https URLs, since whoever wrote the index must not choose a local file.
    pub sitemaps: Vec<String>,
    /// What was odd about it, for people.
    pub warnings: Vec<Warning>,
}
