//! From a text to tokens, as BERT without capital letters does it: WordPiece.
//!
//! It agrees with Hugging Face's `tokenizers`, except that a text which spells a token such as
//! `[SEP]` stays text: a page must not steer the model.

use std::mem;

use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup},
};
use unicode_normalization::UnicodeNormalization as _;

use crate::embedding::vocabulary::WordPieces;

/// Characters of a word that is looked up; longer ones are unknown.
const LONGEST_WORD: usize = 100;

/// The tokens of a text, at most `most` of them, the first and the last one included.
pub(crate) fn tokens(vocabulary: &WordPieces, text: &str, most: usize) -> Vec<u32> {
    let categories = CodePointMapData::<GeneralCategory>::new();
    let is_of = |c: char, group: GeneralCategoryGroup| group.contains(categories.get(c));
    let is_kept = |c: &char| {
        *c != char::REPLACEMENT_CHARACTER
            && (matches!(c, '\t' | '\n' | '\r') || !is_of(*c, GeneralCategoryGroup::Other))
    };
    let spaced = text.chars().filter(is_kept).flat_map(|c| {
        let blank = is_ideograph(c).then_some(' ');
        let c = if c.is_whitespace() { ' ' } else { c };
        blank.into_iter().chain([c]).chain(blank)
    });
    let is_accent = |c: &char| categories.get(*c) == GeneralCategory::NonspacingMark;
    let folded = spaced.nfd().filter(|c| !is_accent(c)).flat_map(char::to_lowercase);
    let (mut ids, mut word) = (vec![vocabulary.begin], PendingWord::default());
    for c in folded.chain([' ']) {
        let is_punctuation =
            c.is_ascii_punctuation() || is_of(c, GeneralCategoryGroup::Punctuation);
        if !is_punctuation && !c.is_whitespace() {
            word.push(c);
            continue;
        }
        word.finish(vocabulary, &mut ids);
        if is_punctuation {
            word.push(c);
            word.finish(vocabulary, &mut ids);
        }
        if ids.len() >= most {
            break;
        }
    }
    ids.truncate(most - 1);
    ids.push(vocabulary.end);
    ids
}

/// A word in the making, of which no more is held than is ever looked up.
#[derive(Default)]
struct PendingWord {
    text: String,
    chars: usize,
}

impl PendingWord {
    fn push(&mut self, c: char) {
        self.chars += 1;
        if self.chars <= LONGEST_WORD {
            self.text.push(c);
        }
    }

    /// Adds the tokens of the word, the longest possible one first, and begins the next word.
    fn finish(&mut self, vocabulary: &WordPieces, ids: &mut Vec<u32>) {
        let PendingWord { text, chars } = mem::take(self);
        let (start, mut at) = (ids.len(), 0);
        let mut piece = String::new();
        while at < text.len() && chars <= LONGEST_WORD {
            let rest = &text[at..];
            let ends = rest.char_indices().rev().map(|(i, c)| i + c.len_utf8());
            let longest = ends.into_iter().find_map(|end| {
                piece.clear();
                piece.push_str(if at > 0 { "##" } else { "" });
                piece.push_str(&rest[..end]);
                Some((vocabulary.id(&piece)?, end))
            });
            let Some((id, end)) = longest else { break };
            ids.push(id);
            at += end;
        }
        if at < text.len() {
            ids.truncate(start);
            ids.push(vocabulary.unknown);
        }
    }
}

/// Whether a character is a word of its own: the ideographs as BERT's own tokenizer has them.
fn is_ideograph(c: char) -> bool {
    matches!(
        u32::from(c),
        0x3400..=0x4DBF
            | 0x4E00..=0x9FFF
            | 0xF900..=0xFAFF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B73F
            | 0x2B740..=0x2B81F
            | 0x2B920..=0x2CEAF
            | 0x2F800..=0x2FA1F
    )
}

#[cfg(test)]
mod tests {
    use crate::embedding::{tokenizer::tokens, vocabulary::WordPieces};

    const TOKENS: &str = "[PAD] [UNK] [CLS] [SEP] drift ##ing model s ' [ ] sep cafe 世 界 uber";

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let names: Vec<&str> = TOKENS.split(' ').collect();
        let vocabulary = WordPieces::parse("vocab.txt", names.join("\n").as_bytes()).unwrap();
        let ids = tokens(&vocabulary, text, 8);
        let found: Vec<&str> = ids.iter().map(|&id| names[id as usize]).collect();
        assert_eq!(found.join(" "), format!("[CLS] {expected}[SEP]"), "{text}");
    }

    #[test]
    fn a_text_becomes_the_longest_tokens_that_are_known() {
        check("", "");
        check("  \u{200b}\u{fffd} ", "");
        check("Drifting models", "drift ##ing [UNK] ");
        check("model's", "model ' s ");
        check("Café Über", "cafe uber ");
        check("世界", "世 界 ");
        check("drift 🤖", "drift [UNK] ");
        check("[SEP] drift", "[ sep ] drift ");
        check(&"model ".repeat(20), &"model ".repeat(6));
        check(&"x".repeat(101), "[UNK] ");
        check(&format!("{} drift", "drift".repeat(1_000)), "[UNK] drift ");
    }
}
