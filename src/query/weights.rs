//! Every tuned constant of the ranking.
//!
//! What each is worth was measured on public test collections: docs/ranking.md has the figures.

/// Weight of a synonym beside the word that was typed.
pub(crate) const SYNONYM_WEIGHT: f32 = 0.4;
/// Weight of a near word, of far more documents, beside the word that was typed.
pub(crate) const NEAR_WORD_WEIGHT: f32 = 0.3;
/// Weight of `realtime` beside the words of a typed `real-time`.
pub(crate) const COMPOUND_WEIGHT: f32 = 0.25;
/// Weight of titles, tags and company beside the text, which holds them too.
pub(crate) const TITLE_WEIGHT: f32 = 0.3;
/// Weight of headings likewise.
pub(crate) const HEADING_WEIGHT: f32 = 0.1;
/// Best documents that are rescored.
pub(crate) const RESCORED: usize = 50;
/// Queries of up to that many words are short: a document may be expected to have all of them.
pub(crate) const SHORT_QUERY: usize = 4;

/// From more free words on, quotation marks are punctuation and not a demand.
pub(crate) const PROSE_WORDS: usize = 8;

/// Weight of words that follow each other as in the query, and how many words may stand between
/// beyond those in the query.
pub(crate) const ORDERED_WEIGHT: f32 = 0.2;
pub(crate) const ORDERED_SLACK: u32 = 1;
/// Weight of the best passage, how many other words in it halve its worth, and the positions of the
/// longest.
pub(crate) const PASSAGE_WEIGHT: f32 = 0.7;
pub(crate) const PASSAGE_GAP: f32 = 10.0;
pub(crate) const PASSAGE_LENGTH: u32 = 100;
/// Pseudo-relevance feedback: the fewest words of a query that it helps, hits whose words join the
/// query, how many words, and the weight of the best of them.
pub(crate) const FEEDBACK_MIN_WORDS: usize = 5;
pub(crate) const FEEDBACK_HITS: usize = 5;
pub(crate) const FEEDBACK_WORDS: usize = 25;
pub(crate) const FEEDBACK_WEIGHT: f32 = 0.3;
/// Larger indexes are searched without feedback, whose second pass costs more there than the first.
pub(crate) const SMALL_INDEX: u32 = 20_000;

/// Weight of a word that stands in a text as it was typed.
pub(crate) const EXACT_WEIGHT: f32 = 0.1;
/// Freshness, when asked for: what the score of a document of today is raised by, and the age in
/// days at which half of that is left. Set so that a title match still beats a newer text match.
pub(crate) const FRESHNESS: f32 = 0.2;
pub(crate) const FRESHNESS_HALF_LIFE: f32 = 730.0;

/// Search by meaning: documents whose passages are nearest that are taken into the order. With 50 the
/// mean nDCG@10 of CACM, Cranfield and NFCorpus is .001 lower, recall@100 .009.
pub(crate) const NEAREST: usize = 100;
/// How near a passage has to be, as a cosine, where a document has none of the words: texts of one
/// field are at .2 to .3 to each other, of others below .2.
pub(crate) const LEAST_NEARNESS: f32 = 0.25;
/// Reciprocal rank fusion: the larger, the less the first ranks stand out. 5 and 30 cost .001.
pub(crate) const FUSION_K: f32 = 10.0;
/// What a rank by meaning is worth beside one by words; and for queries of so few words that who
/// types them knows them: two words of a title are found best with .5, questions with 1.
pub(crate) const MEANING_WEIGHT: f32 = 1.0;
pub(crate) const MEANING_WEIGHT_OF_FEW: f32 = 0.7;
pub(crate) const FEW_WORDS: usize = 2;
