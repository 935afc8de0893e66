//! The corpus: what duplicates are told by, read page by page as it is needed.

use crate::{
    duplicates::{sketch::Sketch, title::Title},
    error::Error,
};

/// The pages of a collection. Entries are named by their positions in the lists, pages by the
/// canonical URLs of their entries.
pub(crate) trait Corpus {
    /// The position of the entry with a canonical URL.
    fn position(&self, key: &str) -> Result<Option<i64>, Error>;

    /// The sketch of the text of the page at a position, if it has one.
    fn sketch(&self, position: i64) -> Result<Option<Sketch>, Error>;

    /// The title of the page at a position; none without a text, or when the page is not the one
    /// that the entry names.
    fn title(&self, position: i64) -> Result<Option<Title>, Error>;

    /// The title and the text of a page; none as for [`Corpus::title`].
    fn titled_text(&self, key: &str) -> Result<Option<(Title, String)>, Error>;

    /// The addresses that pages declare as their own, as pairs of page and address, in order of the
    /// pages.
    fn claims(&self) -> Result<Vec<(String, String)>, Error>;
}
