//! The names of the fields of analysed text.

use crate::analysis::text_field::TextField;

/// The field of analysed text.
pub(crate) fn text_field(field: TextField) -> &'static str {
    match field {
        TextField::Text => "text",
        TextField::Title => "title",
        TextField::Heading => "heading",
    }
}
