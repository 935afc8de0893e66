//! Character maps: from the codes of a string to Unicode.

use crate::pdf::object::{Lexer, Object};

/// Ranges of a map; more than the Unicode of any font need.
const MAX_RANGES: usize = 70_000;
/// Bytes of UTF-16 that one code stands for.
const MAX_TARGET: usize = 64;

/// A map from codes to text, and how long the codes are.
#[derive(Debug, Default)]
pub(crate) struct CMap {
    /// First code, last code, text of the first one; sorted.
    ranges: Vec<(u32, u32, String)>,
    /// Length in bytes, lowest and highest code.
    spaces: Vec<(usize, u32, u32)>,
}

impl CMap {
    /// Reads the program of a map.
    pub(crate) fn new(program: &[u8]) -> CMap {
        let mut map = CMap::default();
        let mut lexer = Lexer::new(program, 0);
        let mut held: Vec<Object> = Vec::new();
        while let Some(object) = lexer.operand() {
            let Object::Word(word) = &object else {
                held.push(object);
                continue;
            };
            match word.as_str() {
                "endcodespacerange" => {
                    for pair in held.chunks_exact(2) {
                        if let [Object::Text(low), Object::Text(high)] = pair {
                            map.spaces.push((low.len(), code(low), code(high)));
                        }
                    }
                }
                "endbfchar" => {
                    for pair in held.chunks_exact(2) {
                        if let [Object::Text(from), Object::Text(to)] = pair {
                            map.add(code(from), code(from), utf16(to));
                        }
                    }
                }
                "endbfrange" => {
                    for triple in held.chunks_exact(3) {
                        if let [Object::Text(low), Object::Text(high), to] = triple {
                            map.add_range(code(low), code(high), to);
                        }
                    }
                }
                _ => {}
            }
            held.clear();
        }
        map.ranges.sort_by_key(|(low, ..)| *low);
        map
    }

    /// The text of a code.
    pub(crate) fn text(&self, code: u32) -> Option<String> {
        let after = self.ranges.partition_point(|(low, ..)| *low <= code);
        let (low, high, text) = self.ranges.get(after.checked_sub(1)?)?;
        if code > *high {
            return None;
        }
        let last = text.chars().next_back()?;
        let moved = char::from_u32(u32::from(last).checked_add(code - low)?)?;
        let mut text = text[..text.len() - last.len_utf8()].to_owned();
        text.push(moved);
        Some(text)
    }

    /// The length of the code that a string begins with.
    pub(crate) fn code_length(&self, text: &[u8]) -> Option<usize> {
        let fits = |(length, low, high): &&(usize, u32, u32)| {
            text.get(..*length).map(code).is_some_and(|code| (*low..=*high).contains(&code))
        };
        self.spaces.iter().find(fits).map(|(length, ..)| *length).filter(|length| *length > 0)
    }

    fn add(&mut self, low: u32, high: u32, text: String) {
        if self.ranges.len() < MAX_RANGES && !text.is_empty() && low <= high {
            self.ranges.push((low, high, text));
        }
    }

    fn add_range(&mut self, low: u32, high: u32, to: &Object) {
        match to {
            Object::Text(to) => self.add(low, high, utf16(to)),
            Object::Array(list) => {
                for (code, to) in (low..=high).zip(list) {
                    if let Object::Text(to) = to {
                        self.add(code, code, utf16(to));
                    }
                }
            }
            _ => {}
        }
    }
}

/// A code of up to four bytes.
pub(crate) fn code(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |code, byte| code << 8 | u32::from(*byte))
}

/// Text in UTF-16, the high byte first.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    if let [byte] = bytes {
        return char::from(*byte).to_string();
    }
    let units = bytes.chunks_exact(2).take(MAX_TARGET / 2);
    char::decode_utf16(units.map(|pair| u16::from_be_bytes([pair[0], pair[1]])))
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}
