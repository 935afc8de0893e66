//! Cuts: why an element might not be content.

/// Why an element might not be content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Not shown to the reader.
    Hidden(&'static str),
    /// The tag or role says that it is boilerplate.
    Structure(&'static str),
    /// A word of its class or id says so.
    Word(&'static str),
}

impl Cut {
    /// The rule's name, for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Cut::Hidden(name) | Cut::Structure(name) | Cut::Word(name) => name,
        }
    }
}

impl Cut {
    /// Whether the word names things that hold no running text.
    pub(crate) fn names_something_short(self) -> bool {
        let Cut::Word(name) = self else { return false };
        matches!(
            name,
            "nav"
                | "share"
                | "breadcrumb"
                | "pagination"
                | "disclaimer"
                | "tags"
                | "meta"
                | "copyright"
                | "gutter"
                | "caption"
                | "toc"
                | "skip link"
        )
    }
}
