//! Text from right to left: pages hold it as it is seen, and it is read in the order of its letters.

use unicode_bidi::{BidiClass, BidiInfo, Level, bidi_class};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Brackets and their mirrors.
const MIRRORED: &[(char, char)] =
    &[('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('«', '»'), ('‹', '›')];

/// Whether a text has letters that are written from right to left.
pub(crate) fn is_rtl(text: &str) -> bool {
    text.chars().any(is_rtl_letter)
}

/// Letters to the right and to the left.
pub(crate) fn directions(text: &str) -> (usize, usize) {
    text.chars().filter(|c| c.is_alphabetic()).fold((0, 0), |(ltr, rtl), c| {
        if is_rtl_letter(c) { (ltr, rtl + 1) } else { (ltr + 1, rtl) }
    })
}

fn is_rtl_letter(c: char) -> bool {
    // Nothing below is written from right to left; most text ends here.
    c >= '\u{590}' && matches!(bidi_class(c), BidiClass::R | BidiClass::AL)
}

/// The letters of a line as it is seen, or of one glyph, in the other order: from the seen one to
/// that in which they are read, and back. Each cell of a row has its own direction.
pub(crate) fn reordered(line: &str) -> String {
    let (ltr, rtl) = directions(line);
    if rtl == 0 {
        return line.to_owned();
    }
    let mut cells: Vec<String> = line.split('\t').map(reordered_cell).collect();
    if rtl >= ltr {
        cells.reverse();
    }
    cells.join("\t")
}

fn reordered_cell(line: &str) -> String {
    let (ltr, rtl) = directions(line);
    if rtl == 0 {
        return line.to_owned();
    }
    let level = if rtl >= ltr { Level::rtl() } else { Level::ltr() };
    let info = BidiInfo::new(line, Some(level));
    let mut text = String::with_capacity(line.len());
    for paragraph in &info.paragraphs {
        let (levels, runs) = info.visual_runs(paragraph, paragraph.range.clone());
        for run in runs {
            let is_rtl = levels.get(run.start).is_some_and(Level::is_rtl);
            if is_rtl { turn(&line[run], &mut text) } else { text.push_str(&line[run]) }
        }
    }
    text
}

/// Turns a run round; marks stay behind the letters that they belong to, and shapes of letters
/// become letters.
fn turn(run: &str, text: &mut String) {
    let chars: Vec<char> = run.chars().collect();
    let mut end = chars.len();
    while end > 0 {
        let start = chars[..end].iter().rposition(|c| !is_combining_mark(*c)).unwrap_or(0);
        for c in &chars[start..end] {
            let mirrored = MIRRORED.iter().find_map(|(open, close)| match *c {
                c if c == *open => Some(*close),
                c if c == *close => Some(*open),
                _ => None,
            });
            match mirrored {
                Some(mirrored) => text.push(mirrored),
                None if matches!(*c, '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}') => {
                    text.extend(c.nfkc())
                }
                None => text.push(*c),
            }
        }
        end = start;
    }
}
