//! Sections: the kept blocks as sections of headings and paragraphs.

use crate::{
    content::{MAX_LINE_CHARS, MAX_TEXT_BYTES, Section},
    entry::shorten,
    extract::blocks::{Block, BlockKind},
};

/// Arranges blocks under their headings.
pub(crate) fn arrange<'a>(blocks: impl Iterator<Item = &'a Block>) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut path: Vec<(u8, String)> = Vec::new();
    // Each section has the headings above it, so that there may be far more of them than text.
    let mut bytes = 0;
    for block in blocks {
        if bytes > MAX_TEXT_BYTES {
            break;
        }
        bytes += block.text.len();
        match block.kind {
            BlockKind::Heading(level) => {
                while path.last().is_some_and(|(above, _)| *above >= level) {
                    path.pop();
                }
                let mut heading = block.text.clone();
                shorten(&mut heading, MAX_LINE_CHARS);
                path.push((level, heading));
                let heading: Vec<String> = path.iter().map(|(_, text)| text.clone()).collect();
                bytes += heading.iter().map(String::len).sum::<usize>();
                sections.push(Section { heading, paragraphs: Vec::new() });
            }
            _ => {
                if sections.is_empty() {
                    sections.push(Section::default());
                }
                let section = sections.last_mut().expect("one was pushed if there was none");
                section.paragraphs.push(block.text.clone());
            }
        }
    }
    sections
}
