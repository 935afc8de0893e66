//! Snippets: the passages of a document that match best, cut at sentence ends.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    analysis::{
        analyzer::{Analyzer, Word},
        graphemes::cut_up_to,
        language::Language,
        prefilter::WordPrefilter,
    },
    content::Content,
    query::plan::{MarkedPhrase, Marks},
    search::phrase,
};

/// A passage has about that many bytes.
const LENGTH: usize = 240;
/// Text beyond is not looked at for words; passages near the beginning are as good.
const MAX_TEXT_BYTES: usize = 200_000;

/// A passage with the matching words marked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Snippet {
    /// The heading above it.
    pub heading: Option<String>,
    /// The passage in plain text.
    pub text: String,
    /// Byte ranges of the marked words in `text`, ascending and disjoint.
    pub marks: Vec<(usize, usize)>,
}

/// Finds the words of a query in texts.
pub struct Marker {
    /// Terms with what finding one is worth.
    terms: BTreeMap<String, f32>,
    /// Beginnings of words.
    prefixes: Vec<String>,
    /// Pairs of stop words: `to be`.
    stop_words: Vec<String>,
    phrases: Vec<MarkedPhrase>,
    beginnings: WordPrefilter,
    analyzer: Analyzer,
    language: Language,
}

/// A passage on its way to becoming a snippet.
struct Passage<'a> {
    heading: Option<&'a str>,
    text: &'a str,
    start: usize,
    end: usize,
    marks: Vec<(usize, usize)>,
    worth: f32,
}

impl Marker {
    /// A marker of terms with their worths, and of all else that is to be marked.
    pub(crate) fn new(mut terms: BTreeMap<String, f32>, marks: Marks) -> Marker {
        let Marks { prefixes, stop_words, phrases, .. } = marks;
        let in_phrases = phrases.iter().flat_map(|phrase| &phrase.words).map(|word| &word.folded);
        let words = terms.keys().chain(&prefixes).chain(in_phrases).map(String::as_str);
        let beginnings = WordPrefilter::of(words);
        // A passage with a phrase is worth more than one with each word, however often.
        let more_than_all = 1.0 + 2.0 * terms.values().sum::<f32>();
        terms.extend(phrases.iter().map(|phrase| (phrase.name(), more_than_all)));
        let (analyzer, language) = (Analyzer::default(), Language::ENGLISH);
        Marker { terms, prefixes, stop_words, phrases, beginnings, analyzer, language }
    }

    /// Takes the texts that follow for those of a document of a language, given by its code.
    pub fn read_as(&mut self, language: Option<&str>) {
        self.language = Language::of(language);
        self.analyzer.begin_document(self.language);
    }

    /// Byte ranges of the words of a text that match, ascending and disjoint.
    pub fn ranges(&mut self, text: &str) -> Vec<(usize, usize)> {
        self.marks(text).into_iter().map(|(start, end, _)| (start, end)).collect()
    }

    /// The best `count` passages of a text, best first; its beginning when nothing matches.
    pub fn snippets(
        &mut self,
        content: &Content,
        description: Option<&str>,
        count: usize,
    ) -> Vec<Snippet> {
        if count == 0 {
            return Vec::new();
        }
        self.read_as(content.language.as_deref());
        let mut passages = Vec::new();
        let paragraphs = content.sections.iter().flat_map(|section| {
            let heading = section.heading.last().map(String::as_str);
            section.paragraphs.iter().map(move |text| (heading, text.as_str()))
        });
        let described = description.map(|text| (None, text));
        let (mut seen_bytes, mut first) = (0, None);
        let most = if self.phrases.is_empty() { MAX_TEXT_BYTES } else { usize::MAX };
        for (heading, text) in described.into_iter().chain(paragraphs) {
            let text = &text[..text.floor_char_boundary(most - seen_bytes)];
            seen_bytes += text.len();
            if first.is_none() && !text.trim().is_empty() {
                first = Some((heading, text));
            }
            let marks = self.marks(text);
            if !marks.is_empty() {
                passages.extend(self.passages(heading, text, marks));
            }
            if seen_bytes >= most {
                break;
            }
        }
        // The sort is stable: of equally good passages the first in the text comes first.
        passages.sort_by(|a, b| b.worth.total_cmp(&a.worth));
        passages.truncate(count);
        if passages.is_empty()
            && let Some((heading, text)) = first
        {
            let end = sentence_cut(text, 0);
            passages.push(Passage { heading, text, start: 0, end, marks: Vec::new(), worth: 0.0 });
        }
        passages.into_iter().map(snippet).collect()
    }

    /// Byte ranges of the words of a text that match, with their terms.
    fn marks(&mut self, text: &str) -> Vec<(usize, usize, String)> {
        let Marker { terms, prefixes, stop_words, phrases, beginnings, analyzer, language } = self;
        // Other stemmers change the beginnings of words.
        let is_english = language.is_english();
        let mut marks: Vec<(usize, usize, String)> = Vec::new();
        // Pairs of unseparated characters overlap, and so do pairs of stop words; their marks
        // become one.
        let mut mark = |start, end, term: String| match marks.last_mut() {
            Some(last) if last.1 > start && last.0 <= start => last.1 = end,
            _ => marks.push((start, end, term)),
        };
        let mut last: Option<Word> = None;
        let mut in_phrases = Vec::new();
        analyzer.each_word(
            text,
            |word| !is_english || !stop_words.is_empty() || beginnings.allow(word),
            |word| {
                if !phrases.is_empty() {
                    in_phrases.push(word.clone());
                }
                let found = word.term.iter().find(|term| terms.contains_key(*term));
                if word.role.is_extra() {
                    if let Some(term) = found {
                        mark(word.start, word.end, term.to_owned());
                    }
                    return;
                }
                let before = last.take().filter(|last| last.position + 1 == word.position);
                if found.is_some() && !word.is_stop
                    || prefixes.iter().any(|prefix| word.folded.starts_with(prefix))
                {
                    let term = found.unwrap_or(word.term.first());
                    mark(word.start, word.end, term.to_owned());
                    return;
                }
                if let Some(before) = before.filter(|before| before.is_stop && word.is_stop)
                    && stop_words.iter().any(|p| is_pair(p, &before.folded, &word.folded))
                {
                    mark(before.start, word.end, word.folded.clone());
                }
                last = Some(word);
            },
        );
        for phrase in phrases {
            let ranges = phrase::find(phrase, &in_phrases).into_iter();
            marks.extend(ranges.map(|(start, end)| (start, end, phrase.name())));
        }
        marks.sort_by_key(|mark| (mark.0, usize::MAX - mark.1));
        // What overlaps is one mark; of words within a phrase only the phrase is left.
        marks.dedup_by(|next, last| {
            let overlaps = next.0 < last.1;
            if overlaps && next.1 > last.1 {
                (last.1, last.2) = (next.1, std::mem::take(&mut next.2));
            }
            overlaps
        });
        marks
    }

    /// Windows of whole sentences around the marks of one paragraph, without overlap.
    fn passages<'a>(
        &self,
        heading: Option<&'a str>,
        text: &'a str,
        marks: Vec<(usize, usize, String)>,
    ) -> Vec<Passage<'a>> {
        let mut passages: Vec<Passage<'a>> = Vec::new();
        let mut at = 0;
        while at < marks.len() {
            let start = sentence_start(text, marks[at].0);
            // A word may be as long as a text, where no blanks are written or a page is broken.
            let longest = cut_up_to(text, start, start + 2 * LENGTH);
            let end = sentence_cut(text, start).max(marks[at].1).min(longest);
            let inside = marks[at..].iter().take_while(|mark| mark.1 <= end).count().max(1);
            let mut counts: BTreeMap<&str, f32> = BTreeMap::new();
            for (_, _, term) in &marks[at..at + inside] {
                *counts.entry(term).or_default() += 1.0;
            }
            // A second occurrence says little, a third almost nothing.
            let worth = counts
                .iter()
                .map(|(term, count)| self.terms.get(*term).unwrap_or(&1.0) * (2.0 - 1.0 / count))
                .sum::<f32>();
            let marks_inside =
                marks[at..at + inside].iter().map(|mark| (mark.0, mark.1.min(end))).collect();
            passages.push(Passage { heading, text, start, end, marks: marks_inside, worth });
            at += inside;
        }
        passages
    }
}

fn is_pair(pair: &str, first: &str, second: &str) -> bool {
    pair.strip_prefix(first).and_then(|rest| rest.strip_prefix(' ')) == Some(second)
}

fn snippet(passage: Passage<'_>) -> Snippet {
    let piece = &passage.text[passage.start..passage.end];
    let start = passage.start + (piece.len() - piece.trim_start().len());
    let piece = piece.trim();
    let before = if start > 0 && !ends_sentence(&passage.text[..start]) { "… " } else { "" };
    let cut = start + piece.len() < passage.text.trim_end().len() && !ends_sentence(piece);
    let text = format!("{before}{piece}{}", if cut { " …" } else { "" });
    // Line breaks and tabs become spaces of the same length, so marks stay where they are.
    let text = text.chars().map(|c| if c.is_control() && c.len_utf8() == 1 { ' ' } else { c });
    let offset = before.len();
    Snippet {
        heading: passage.heading.map(str::to_owned),
        text: text.collect(),
        marks: passage
            .marks
            .iter()
            .map(|(from, to)| (from - start + offset, to - start + offset))
            .collect(),
    }
}

/// Whether text up to here ends with a sentence.
fn ends_sentence(text: &str) -> bool {
    let text = text.trim_end().trim_end_matches(['"', '”', '’', ')', ']']);
    text.is_empty() || text.ends_with(['.', '!', '?', ':', '。', '！', '？'])
}

/// The start of the sentence around a place, or of a word when the sentence begins too far before.
fn sentence_start(text: &str, place: usize) -> usize {
    let from = text.ceil_char_boundary(place.saturating_sub(LENGTH / 2));
    let before = &text[from..place];
    let mut ends = before.char_indices().filter(|&(at, c)| {
        let after = &before[at + c.len_utf8()..];
        matches!(c, '。' | '！' | '？')
            || matches!(c, '.' | '!' | '?') && after.starts_with(char::is_whitespace)
    });
    if let Some((at, c)) = ends.next_back() {
        return from + at + c.len_utf8();
    }
    if from == 0 {
        return 0;
    }
    before.find(char::is_whitespace).map_or(place, |space| from + space)
}

/// The end of whole sentences that begin at a place, or of a word when the first is too long.
fn sentence_cut(text: &str, start: usize) -> usize {
    let limit = cut_up_to(text, start, start + LENGTH);
    if limit >= text.len() {
        return text.len();
    }
    let window = &text[start..limit];
    let mut ends = window.char_indices().filter(|&(at, c)| {
        let after = &text[start + at + c.len_utf8()..];
        matches!(c, '。' | '！' | '？')
            || matches!(c, '.' | '!' | '?') && after.starts_with(char::is_whitespace)
    });
    if let Some((at, c)) = ends.next_back()
        && at > LENGTH / 3
    {
        return start + at + c.len_utf8();
    }
    window.rfind(char::is_whitespace).filter(|at| *at > LENGTH / 3).map_or(limit, |at| start + at)
}

#[cfg(test)]
mod tests {
    use crate::{
        content::{Content, Section},
        query::plan::Marks,
        search::snippet::{Marker, Snippet},
    };

    fn best(text: &str, terms: &[&str]) -> Snippet {
        let content = Content {
            sections: vec![Section {
                heading: vec!["Design".into()],
                paragraphs: text.split('\n').map(str::to_owned).collect(),
            }],
            ..Content::default()
        };
        let terms = terms.iter().map(|term| ((*term).to_owned(), 1.0)).collect();
        let mut marker = Marker::new(terms, Marks::default());
        marker.snippets(&content, None, 1).remove(0)
    }

    #[track_caller]
    fn check(text: &str, terms: &[&str], expected: &str) {
        let snippet = best(text, terms);
        let mut shown = String::new();
        let mut at = 0;
        for (start, end) in &snippet.marks {
            shown += &format!("{}[{}]", &snippet.text[at..*start], &snippet.text[*start..*end]);
            at = *end;
        }
        assert_eq!(shown + &snippet.text[at..], expected);
    }

    #[test]
    fn the_passage_with_most_words_wins() {
        check(
            "Drift is bad. So it goes.\nThe feature store watches drifting features. It is fast.",
            &["drift", "featur", "store"],
            "The [feature] [store] watches [drifting] [features]. It is fast.",
        );
    }

    #[test]
    fn passages_are_cut_at_sentences() {
        let text = format!(
            "{} Drift is here. {}",
            "Filler words come first. ".repeat(20),
            "x ".repeat(400)
        );
        let snippet = best(&text, &["drift"]);
        assert!(snippet.text.starts_with("Drift is here."), "{}", snippet.text);
        assert!(snippet.text.ends_with(" …"));
        assert_eq!(snippet.heading.as_deref(), Some("Design"));
    }

    #[test]
    fn a_passage_is_no_longer_than_one_can_read_whatever_a_word_is() {
        let text = format!("前{}", "機械".repeat(100_000));
        let snippet = best(&text, &["機械", "械機"]);
        assert!(snippet.text.len() < 600, "{}", snippet.text.len());
        let [(start, end)] = snippet.marks[..] else { panic!("{:?}", snippet.marks) };
        assert!(snippet.text[start..end].starts_with("機械"));
    }

    #[test]
    fn compounds_and_unseparated_scripts_are_marked() {
        check("A real-time store", &["realtim"], "A [real-time] store");
        check("これは機械学習です", &["機械", "械学", "学習"], "これは[機械学習]です");
    }

    #[test]
    fn without_a_match_the_text_begins() {
        check("First words. More.", &["nothing"], "First words. More.");
    }
}
