//! A line of text, as the layout of a page finds it.

use crate::pdf::span::Letters;

/// A line of text.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) left: f32,
    pub(crate) right: f32,
    pub(crate) base: f32,
    pub(crate) size: f32,
    pub(crate) is_bold: bool,
    /// Its place in the order in which the page is drawn.
    pub(crate) drawn: usize,
    /// Number of its column within the document.
    pub(crate) column: usize,
    /// Its letters, as long as each stands apart.
    pub(crate) letters: Option<Letters>,
}
