//! Raw words: stretches of a text that are words, before they are folded.

/// A stretch of text that makes a word.
#[derive(Clone, Copy)]
pub(crate) struct RawWord<'a> {
    pub(crate) text: &'a str,
    pub(crate) start: usize,
    /// The end of the word, which may go on behind the text.
    pub(crate) end: usize,
    pub(crate) role: Role,
    /// Where the word in camel case begins and ends that it is a part of; else itself.
    pub(crate) name: (usize, usize),
    /// Signs within it that are no part of the word.
    pub(crate) joints: &'static str,
}

/// What a word is to the words before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A word of its own, or the first part of a compound.
    Word,
    /// A further part of a compound.
    Part,
    /// The compound of the words before it.
    Whole { joint: Joint },
    /// What the word before it begins with and is found by: `3.11.` of `3.11.2`, `C++` of `C++17`.
    Beginning,
}

/// What joins the words of a compound; of several the last of these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Joint {
    /// A capital: `RandomForest`.
    #[default]
    Capital,
    /// One underscore or two: `select_related`.
    Underscore,
    /// A point before a suffix, as in `Node.js`.
    Point,
    /// A hyphen; many write a blank instead.
    Hyphen,
}

impl RawWord<'_> {
    /// Whether it is a part of a word in camel case.
    pub(crate) fn is_in_name(&self) -> bool {
        (self.start, self.start + self.text.len()) != self.name && !self.role.is_extra()
    }
}

impl Role {
    /// Whether the words before it say the same already, so that it has no position of its own.
    pub(crate) fn is_extra(self) -> bool {
        matches!(self, Role::Whole { .. } | Role::Beginning)
    }
}
