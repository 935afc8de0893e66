//! A slice: the share of an import that one of several processes loads.

use std::{fmt, str::FromStr};

/// More processes than these are no help: each of them reads all lines.
const MOST: u32 = 256;

/// The share of an import that one of several processes loads: of `3/8` the third of eight.
///
/// Whose share a line is depends on its id alone, so that all lines of one id are in one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slice {
    number: u32,
    count: u32,
}

impl Slice {
    /// All lines.
    pub const WHOLE: Slice = Slice { number: 1, count: 1 };

    /// Its number, from 1.
    pub fn number(self) -> u32 {
        self.number
    }

    /// How many slices there are.
    pub fn count(self) -> u32 {
        self.count
    }

    /// Whether something of that hash is its share.
    pub(crate) fn has(self, hash: u64) -> bool {
        hash % u64::from(self.count) == u64::from(self.number - 1)
    }

    /// The number, among the documents of all slices, of the one that stands at a place in this one.
    pub(crate) fn document_number(self, place: u64) -> u64 {
        place * u64::from(self.count) + u64::from(self.number - 1)
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.count)
    }
}

impl FromStr for Slice {
    type Err = String;

    fn from_str(text: &str) -> Result<Slice, String> {
        let parts = text.split_once('/');
        let parts =
            parts.and_then(|(number, count)| Some((number.parse().ok()?, count.parse().ok()?)));
        match parts {
            Some((number, count)) if (1..=count).contains(&number) && count <= MOST => {
                Ok(Slice { number, count })
            }
            Some((_, count)) if count > MOST => Err(format!("more than {MOST} slices")),
            _ => Err("no slice such as 1/8 or 8/8".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::engine::slice::Slice;

    #[track_caller]
    fn check(text: &str, expected: Result<(u32, u32), &str>) {
        let slice = text.parse::<Slice>().map(|slice| (slice.number, slice.count));
        assert_eq!(slice, expected.map_err(str::to_owned), "{text}");
    }

    #[test]
    fn a_slice_is_one_of_so_many() {
        check("1/1", Ok((1, 1)));
        check("3/8", Ok((3, 8)));
        check("256/256", Ok((256, 256)));
        check("1/257", Err("more than 256 slices"));
        for text in ["", "3", "0/8", "9/8", "3/0", "-1/8", "3/8/9", "a/8", "3/99999999999"] {
            check(text, Err("no slice such as 1/8 or 8/8"));
        }
    }

    #[test]
    fn everything_is_in_one_slice_and_has_a_number_of_its_own() {
        let slices: Vec<Slice> = (1..=3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        for hash in 0..100 {
            assert_eq!(slices.iter().filter(|slice| slice.has(hash)).count(), 1, "{hash}");
        }
        let numbers = slices.iter().flat_map(|slice| (0..2).map(|at| slice.document_number(at)));
        let mut numbers: Vec<u64> = numbers.collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 1, 2, 3, 4, 5]);
        assert_eq!(Slice::WHOLE.document_number(7), 7);
    }
}
