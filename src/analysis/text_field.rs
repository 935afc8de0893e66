//! The fields of a document in which words are looked for.

/// A field of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextField {
    /// Everything there is to read.
    Text,
    /// Titles, tags and company.
    Title,
    /// Headings within the text.
    Heading,
}

impl TextField {
    /// How the words of the field begin where words are kept as they were written. No folded word
    /// begins with such a sign.
    pub(crate) fn marker(self) -> &'static str {
        match self {
            TextField::Text => "",
            TextField::Title => "=",
            TextField::Heading => "#",
        }
    }
}
