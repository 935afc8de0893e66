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
    /// The compound of the words before it; some are often written with blanks: `real-time`.
    Whole { is_spaced: bool },
    /// What the word before it begins with and is found by: `3.11.` of `3.11.2`, `C++` of `C++17`.
    Beginning,
}

impl Role {
    /// Whether the words before it say the same already, so that it has no position of its own.
    pub(crate) fn is_extra(self) -> bool {
        matches!(self, Role::Whole { .. } | Role::Beginning)
    }
}
