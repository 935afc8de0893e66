//! The text of a document: its lines as paragraphs under headings.

use std::collections::HashMap;

use crate::{content::Section, pdf::line::Line};

/// Longest heading, in characters.
const MAX_HEADING: usize = 160;
/// A paragraph that is longer ends with its line, in bytes.
const MAX_PARAGRAPH: usize = 20_000;
/// Longest half of a word, in bytes, that a hyphen may part from the other half.
const MAX_HALF: usize = 40;
/// How much larger than the text a heading is that is recognized by its size alone.
const HEADING_SIZE: f32 = 1.12;
/// How much larger than the text the title is, if the metadata do not give it.
const TITLE_SIZE: f32 = 1.25;
/// Headings that may look like text.
const KNOWN: &[&str] = &[
    "abstract",
    "introduction",
    "related work",
    "background",
    "conclusion",
    "conclusions",
    "discussion",
    "references",
    "bibliography",
    "acknowledgments",
    "acknowledgements",
    "acknowledgment",
    "appendix",
    "contents",
    "zusammenfassung",
    "literatur",
    "résumé",
];

/// Lines that belong together.
#[derive(Clone, Debug)]
pub(crate) struct Paragraph {
    pub(crate) text: String,
    size: f32,
    is_bold: bool,
    lines: usize,
    pub(crate) page: usize,
}

/// The paragraphs of a document and the size of most of its text.
#[derive(Debug, Default)]
pub(crate) struct DocumentText {
    pub(crate) paragraphs: Vec<Paragraph>,
    body: f32,
}

impl DocumentText {
    /// Joins the lines of pages to paragraphs.
    pub(crate) fn new(pages: &[Vec<Line>]) -> DocumentText {
        let body = body_size(pages);
        let margins = margins(pages);
        let leading = leading(pages, body);
        let words = Vocabulary::new(pages);
        let mut paragraphs: Vec<Paragraph> = Vec::new();
        let mut previous: Option<&Line> = None;
        for (page, line) in pages.iter().enumerate().flat_map(|(page, lines)| {
            lines.iter().filter(|line| !is_leader(&line.text)).map(move |line| (page, line))
        }) {
            let goes_on = previous.is_some_and(|previous| {
                let margin = margins.get(&line.column).copied().unwrap_or_default();
                goes_on(previous, line, margin, leading * (line.size / body).max(1.0))
            });
            previous = Some(line);
            match paragraphs.last_mut().filter(|p| goes_on && p.text.len() < MAX_PARAGRAPH) {
                Some(paragraph) => {
                    words.join(&mut paragraph.text, &line.text);
                    paragraph.lines += 1;
                    paragraph.is_bold &= line.is_bold;
                }
                None => paragraphs.push(Paragraph {
                    text: line.text.clone(),
                    size: line.size,
                    is_bold: line.is_bold,
                    lines: 1,
                    page,
                }),
            }
        }
        DocumentText { paragraphs, body }
    }

    /// The largest text of the first page, if it is larger than the rest.
    pub(crate) fn title(&self) -> Option<&Paragraph> {
        let first = self.paragraphs.iter().take_while(|p| p.page == 0);
        let worded = first.filter(|p| {
            (4..=300).contains(&p.text.len())
                && p.text.chars().filter(|c| c.is_alphabetic()).count() > 3
        });
        let largest = worded.rev_max()?;
        (largest.size > TITLE_SIZE * self.body).then_some(largest)
    }

    /// The paragraphs between the title and the text: writers, places, dates.
    pub(crate) fn front(&self, title: Option<&str>) -> std::ops::Range<usize> {
        let first = self.paragraphs.iter().take_while(|p| p.page == 0).count();
        let title = title.map(letters).unwrap_or_default();
        let is_title = |p: &Paragraph| !title.is_empty() && letters(&p.text) == title;
        let Some(at) = self.paragraphs[..first.min(12)].iter().position(is_title) else {
            return 0..0;
        };
        let rest = &self.paragraphs[at + 1..first];
        let ends = |p: &Paragraph| {
            is_known(&p.text)
                || numbering(&p.text).is_some()
                || p.text.len() > 300
                || p.text.to_lowercase().starts_with("abstract")
        };
        let front = rest.iter().take(40).position(ends).unwrap_or(0);
        at..at + 1 + front
    }

    /// The paragraphs under their headings; those of `front` are neither headings nor, the first
    /// of them, part of the text.
    pub(crate) fn sections(&self, front: std::ops::Range<usize>) -> Vec<Section> {
        let mut sizes: Vec<f32> = Vec::new();
        for paragraph in self.paragraphs.iter().filter(|p| self.is_heading(p)) {
            if !sizes.iter().any(|size| (size - paragraph.size).abs() < 0.06 * size) {
                sizes.push(paragraph.size);
            }
        }
        sizes.sort_by(|a, b| b.total_cmp(a));
        let mut sections: Vec<Section> = Vec::new();
        let mut path: Vec<(usize, String)> = Vec::new();
        for (at, paragraph) in self.paragraphs.iter().enumerate() {
            if at == front.start && !front.is_empty() {
                continue;
            }
            if !front.contains(&at) && self.is_heading(paragraph) {
                let near = |size: &&f32| (*size - paragraph.size).abs() < 0.06 * **size;
                let rank = sizes.iter().position(|size| near(&size)).unwrap_or(0);
                let level = rank.max(numbering(&paragraph.text).unwrap_or(0));
                while path.last().is_some_and(|(above, _)| *above >= level) {
                    path.pop();
                }
                path.push((level, paragraph.text.clone()));
                let heading = path.iter().map(|(_, text)| text.clone()).collect();
                sections.push(Section { heading, paragraphs: Vec::new() });
                continue;
            }
            if sections.is_empty() {
                sections.push(Section::default());
            }
            if let Some(section) = sections.last_mut() {
                section.paragraphs.push(paragraph.text.clone());
            }
        }
        sections
    }

    fn is_heading(&self, paragraph: &Paragraph) -> bool {
        let Paragraph { text, size, is_bold, lines, .. } = paragraph;
        let letters = text.chars().filter(|c| c.is_alphabetic()).count();
        let starts = text.chars().find(|c| !c.is_whitespace());
        if *lines > 3
            || text.chars().count() > MAX_HEADING
            || letters < 3
            || letters * 2 < text.chars().filter(|c| !c.is_whitespace()).count()
            || text.ends_with([',', ';', '-'])
            || text.contains('\t')
            || !starts.is_some_and(|c| c.is_uppercase() || c.is_numeric() || !c.is_lowercase())
        {
            return false;
        }
        let is_sentence = text.ends_with('.') && numbering(text).is_none();
        let capitals = !text.chars().any(char::is_lowercase);
        is_known(text)
            || *size > HEADING_SIZE * self.body && !is_sentence
            || *is_bold && *lines <= 2 && *size > 0.95 * self.body && !is_sentence
            || capitals && *lines == 1 && numbering(text).is_some()
    }
}

/// The largest of some paragraphs, of equal ones the first.
trait Largest<'a>: Iterator<Item = &'a Paragraph> + Sized {
    fn rev_max(self) -> Option<&'a Paragraph> {
        self.fold(None, |best: Option<&Paragraph>, next| match best {
            Some(best) if best.size * 1.02 >= next.size => Some(best),
            _ => Some(next),
        })
    }
}

impl<'a, I: Iterator<Item = &'a Paragraph>> Largest<'a> for I {}

fn is_known(text: &str) -> bool {
    let text = text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ' '));
    let text = text.trim_end_matches([':', '.', ' ']).to_lowercase();
    KNOWN.contains(&text.as_str())
}

/// How deep a heading is by its number: 1 for `3 Method` and `IV. METHOD`, 2 for `3.1 Data`.
fn numbering(text: &str) -> Option<usize> {
    let (number, rest) = text.split_once(' ')?;
    let parts: Vec<&str> = number.trim_end_matches('.').split('.').collect();
    let is_number =
        |part: &&str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let is_letter = |part: &&str| part.len() == 1 && part.bytes().all(|b| b.is_ascii_uppercase());
    let is_roman = number.ends_with('.')
        && parts.len() == 1
        && parts[0].bytes().all(|b| matches!(b, b'I' | b'V' | b'X'));
    let numbered = parts.iter().all(is_number)
        || is_letter(&parts[0]) && parts.len() > 1 && parts[1..].iter().all(is_number);
    let worded = rest.trim_start().starts_with(char::is_uppercase);
    (worded && parts.len() <= 4 && (numbered || is_roman)).then_some(parts.len())
}

/// Whether a line goes on with the paragraph of the one before.
fn goes_on(previous: &Line, line: &Line, margin: Margin, leading: f32) -> bool {
    let em = line.size;
    if (previous.size - em).abs() > 0.08 * em || previous.is_bold != line.is_bold {
        return false;
    }
    let row = |text: &str| text.contains('\t');
    if row(&previous.text) || row(&line.text) {
        return false;
    }
    let starts_low = line.text.starts_with(char::is_lowercase);
    let ended = previous.text.ends_with(['.', '!', '?', ':', '”', '"', '。', '」']);
    if previous.column != line.column {
        return !line.is_bold && !ended && (starts_low || ends_in_hyphen(&previous.text));
    }
    let gap = previous.base - line.base;
    if !(0.0..1.35 * leading).contains(&gap) || begins_item(&line.text) {
        return false;
    }
    let indent = line.left - margin.left;
    let before = previous.left - margin.left;
    if indent > 0.7 * em && indent < 5.0 * em && before < 0.4 * em && !starts_low {
        return false;
    }
    let width = margin.right - margin.left;
    let missing = margin.right - previous.right;
    // A line that is neither centred nor long ends something: an item, a line of code.
    let is_half = missing > 0.5 * width && before < 0.2 * width;
    !(is_half || missing > 0.15 * width && ended && !starts_low)
}

/// Whether a line begins an item of a list.
fn begins_item(text: &str) -> bool {
    let Some((mark, _)) = text.split_once(' ') else { return false };
    let inner = mark.trim_start_matches(['(', '[']).trim_end_matches(['.', ')', ']']);
    let closed = inner.len() < mark.len();
    matches!(mark, "•" | "–" | "-" | "∗" | "◦" | "▪" | "·" | "●" | "‣")
        || closed
            && (1..=3).contains(&inner.len())
            && inner.bytes().all(|b| b.is_ascii_digit())
            && mark.ends_with([')', ']'])
        || closed
            && inner.len() <= 2
            && mark.ends_with('.')
            && inner.bytes().all(|b| b.is_ascii_digit())
}

/// Lines of a table of contents: `1 Introduction . . . . . 3`.
fn is_leader(text: &str) -> bool {
    text.contains(". . . .") || text.contains(".....")
}

/// The edges of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Margin {
    left: f32,
    right: f32,
}

fn margins(pages: &[Vec<Line>]) -> HashMap<usize, Margin> {
    let mut columns: HashMap<usize, Vec<&Line>> = HashMap::new();
    for line in pages.iter().flatten() {
        columns.entry(line.column).or_default().push(line);
    }
    columns
        .into_iter()
        .map(|(column, lines)| {
            let mut lefts: HashMap<i64, usize> = HashMap::new();
            for line in &lines {
                *lefts.entry(line.left.round() as i64).or_default() += 1;
            }
            // The leftmost place where several lines begin.
            let most = lefts.values().max().copied().unwrap_or(0);
            let often = lefts.into_iter().filter(|(_, count)| *count * 4 >= most);
            let left = often.map(|(left, _)| left).min().unwrap_or(0) as f32;
            let right = lines.iter().map(|line| line.right).fold(left, f32::max);
            (column, Margin { left, right })
        })
        .collect()
}

/// The size of most of the text.
fn body_size(pages: &[Vec<Line>]) -> f32 {
    let mut sizes: HashMap<i64, usize> = HashMap::new();
    for line in pages.iter().flatten() {
        *sizes.entry((line.size * 5.0).round() as i64).or_default() += line.text.len();
    }
    let most = sizes.into_iter().max_by_key(|(size, chars)| (*chars, *size));
    most.map_or(10.0, |(size, _)| (size as f32 / 5.0).max(0.1))
}

/// The usual distance of base lines.
fn leading(pages: &[Vec<Line>], body: f32) -> f32 {
    let is_body = |line: &Line| (line.size - body).abs() < 0.08 * body;
    let pairs = pages.iter().flat_map(|lines| lines.windows(2));
    let mut gaps: Vec<f32> = pairs
        .filter(|pair| pair[0].column == pair[1].column && pair.iter().all(is_body))
        .map(|pair| pair[0].base - pair[1].base)
        .filter(|gap| (0.8 * body..2.5 * body).contains(gap))
        .collect();
    gaps.sort_by(f32::total_cmp);
    // Between paragraphs there may be more, never less.
    gaps.get(gaps.len() / 3).copied().unwrap_or(1.2 * body)
}

fn ends_in_hyphen(text: &str) -> bool {
    text.ends_with(['-', '\u{2010}', '\u{ad}'])
}

/// The words of a document, to know which hyphens at the ends of lines belong to a word.
struct Vocabulary(HashMap<String, u32>);

impl Vocabulary {
    fn new(pages: &[Vec<Line>]) -> Vocabulary {
        let mut words: HashMap<String, u32> = HashMap::new();
        for line in pages.iter().flatten() {
            for word in line.text.split_whitespace().map(bare).filter(|word| !word.is_empty()) {
                *words.entry(word.to_lowercase()).or_default() += 1;
            }
        }
        Vocabulary(words)
    }

    /// Adds a line to a paragraph.
    fn join(&self, text: &mut String, line: &str) {
        let before = text.split_whitespace().next_back().unwrap_or_default();
        let halves = before.len() <= MAX_HALF && line.starts_with(char::is_alphabetic);
        if !halves || !ends_in_hyphen(text) {
            let wide = |c: Option<char>| c.is_some_and(|c| ('\u{2e80}'..='\u{9fff}').contains(&c));
            // Scripts without spaces have none at the end of a line either.
            if !(wide(text.chars().next_back()) && wide(line.chars().next())) {
                text.push(' ');
            }
            text.push_str(line);
            return;
        }
        let hyphen = text.chars().next_back().map_or(0, char::len_utf8);
        let before = &before[..before.len() - hyphen];
        let after = line.split_whitespace().next().map(bare).unwrap_or_default();
        let count = |word: String| self.0.get(&word.to_lowercase()).copied().unwrap_or(0);
        let solid = count(format!("{}{after}", bare(before)));
        let parted = count(format!("{}-{after}", bare(before)));
        let is_compound = before.contains('-') || !line.starts_with(char::is_lowercase);
        let is_soft = text.ends_with('\u{ad}');
        if is_soft || solid > parted || parted == 0 && !is_compound {
            text.truncate(text.len() - hyphen);
        }
        text.push_str(line);
    }
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// The letters and digits of a text in lower case, to compare lines by.
pub(crate) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
