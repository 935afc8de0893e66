//! Notes: what was changed or ignored about a query, for the interfaces to word.

use serde::Serialize;

/// Something about a query that people should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The query is longer than that many bytes; the rest was ignored.
    Cut {
        /// The bytes that were read.
        bytes: usize,
    },
    /// The query has more different words than that; the rest was ignored.
    TooManyWords {
        /// The words that were read.
        words: usize,
    },
    /// A quotation mark has no partner; its words were searched as words.
    UnpairedQuote,
    /// A parenthesis has no partner, or stands too deep; it was ignored.
    UnpairedParenthesis,
    /// No word can begin with what stands before a star, which was dropped.
    StarDropped {
        /// The text as typed.
        text: String,
    },
    /// A date in the query may be minutes or months; it was searched as a word.
    AmbiguousDate {
        /// The text as typed.
        text: String,
        /// The text with minutes.
        minutes: String,
        /// The text with months.
        months: String,
    },
    /// A date in the query is none; it was searched as a word.
    NoDate {
        /// The text as typed.
        text: String,
    },
    /// A word seems to name a field and names none; it was searched as words.
    UnknownField {
        /// The word as typed.
        text: String,
        /// The field that may be meant.
        nearest: Option<String>,
        /// The fields that there are.
        known: &'static [&'static str],
    },
    /// A word is written with an operator that the language does not have; it was searched as words.
    UnknownOperator {
        /// The word as typed.
        text: String,
    },
    /// No document has a value of a facet that the query names.
    UnknownValue {
        /// The facet.
        facet: String,
        /// The value as typed.
        value: String,
        /// Values like it that some documents have.
        nearest: Vec<String>,
    },
    /// A word that no document has was taken for another.
    Corrected(Corrected),
    /// A word that few documents have was searched as well as one that is near and far more frequent.
    AlsoSearched(Corrected),
    /// A word that few documents have, or none though all must, is near to one that more have.
    MaybeMisspelled {
        /// The word as typed.
        typed: String,
        /// The word that may be meant.
        other: String,
        /// How many documents have the word as typed.
        documents: u32,
    },
    /// The index does not know where words stand, so that phrases were searched as their words.
    NoPositions,
    /// So many of the hits have none of the words and were found by their meaning.
    ByMeaning {
        /// How many.
        hits: usize,
    },
    /// The index has no vectors, so that words alone count.
    NoVectors,
    /// The index is on a cluster, which holds no vectors, so that words alone count.
    ClusterWithoutVectors,
    /// No model is named, so that words alone count.
    NoModel,
    /// The model that is named cannot be used, for this reason, so that words alone count.
    ModelFailed {
        /// What is wrong with it.
        why: String,
    },
    /// The vectors of the index are damaged, so that words alone count.
    DamagedVectors,
    /// Another model has given the index its vectors, so that words alone count.
    OtherModel {
        /// The id of the one that has.
        own: String,
    },
    /// The vocabulary of the model lacks most of the query, so that words alone count.
    UnknownToModel,
    /// The order is one by date, so that words alone count.
    ByDate,
    /// Words alone count, for a reason that is the owner's.
    WordsAlone,
    /// Nothing is as operators demand, while so many documents are found without them.
    NoneAsDemanded {
        /// How many.
        documents: usize,
    },
    /// Some of the hits lack some of the few words of the query.
    Relaxed {
        /// Documents that have all of them.
        complete: usize,
        /// So many of the hits have none of the words and were found by their meaning.
        by_meaning: usize,
    },
}

impl Note {
    /// Whether it says what only the owner of the index can change.
    pub(crate) fn is_for_owner(&self) -> bool {
        matches!(
            self,
            Note::NoVectors
                | Note::ClusterWithoutVectors
                | Note::NoModel
                | Note::ModelFailed { .. }
                | Note::DamagedVectors
                | Note::OtherModel { .. }
        )
    }
}

/// A word that no document has, or few, and what was searched instead, or as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Corrected {
    /// The word as typed, folded.
    pub typed: String,
    /// What was searched.
    pub used: String,
}
