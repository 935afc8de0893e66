//! Scripts that are written without blanks between words.

use icu_segmenter::{WordSegmenter, options::WordBreakInvariantOptions};
use unicode_normalization::char::is_combining_mark;

/// How a script that is written without blanks is cut.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unspaced {
    /// Chinese, Japanese and Korean: into overlapping pairs of characters.
    Pairs,
    /// Thai, Lao, Khmer and Burmese: into words, by a dictionary.
    Words,
}

/// How the script of a character is cut; none when it is written with blanks.
pub(crate) fn unspaced(c: char) -> Option<Unspaced> {
    match u32::from(c) {
        0..=0x0DFF => None,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0xA9E0..=0xA9FF | 0xAA60..=0xAA7F => {
            Some(Unspaced::Words)
        }
        0x1100..=0x11FF
        | 0x3005..=0x3007
        | 0x3040..=0x30FA
        | 0x30FC..=0x30FF
        | 0x3100..=0x312F
        | 0x31A0..=0x31BF
        | 0x31F0..=0x31FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA960..=0xA97F
        | 0xAC00..=0xD7FF
        | 0xF900..=0xFAFF
        | 0xFF66..=0xFF9D
        | 0x20000..=0x3FFFF => Some(Unspaced::Pairs),
        _ => None,
    }
}

/// Whether a term is a lone character of a script that is cut into pairs.
pub(crate) fn is_single_cjk(term: &str) -> bool {
    let mut chars = term.chars();
    chars.next().is_some_and(|c| unspaced(c) == Some(Unspaced::Pairs))
        && chars.all(is_combining_mark)
}

/// Emits the places of the words of the run that begins at `start`, and returns its end.
pub(crate) fn cut(
    text: &str,
    start: usize,
    way: Unspaced,
    mut emit: impl FnMut(usize, usize),
) -> usize {
    let is_inside =
        |c: char| unspaced(c) == Some(way) && c.is_alphanumeric() || is_combining_mark(c);
    let run = &text[start..];
    let run = &run[..run.find(|c| !is_inside(c)).unwrap_or(run.len())];
    match way {
        Unspaced::Pairs => pairs(run, |from, to| emit(start + from, start + to)),
        Unspaced::Words => {
            let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
            let mut from = 0;
            let is_end = |to: &usize| *to > 0 && !run[*to..].starts_with(is_combining_mark);
            for to in segmenter.segment_str(run).filter(is_end) {
                emit(start + from, start + to);
                from = to;
            }
        }
    }
    start + run.len()
}

/// Emits the pairs of characters of a run; a lone one as itself. Marks belong to their characters.
fn pairs(run: &str, mut emit: impl FnMut(usize, usize)) {
    let mut starts = run.char_indices().filter(|(_, c)| !is_combining_mark(*c)).map(|(at, _)| at);
    let (mut before, mut last) = (starts.next().unwrap_or(0), None);
    for start in starts {
        if let Some(first) = last.replace(before) {
            emit(first, start);
        }
        before = start;
    }
    emit(last.unwrap_or(before), run.len());
}
