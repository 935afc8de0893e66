//! Lines in their order, however many: runs of them are sorted in memory and merged from files.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufRead, BufReader, BufWriter, Lines, Seek, Write},
};

/// Bytes of lines that are sorted in memory.
const RUN_BYTES: usize = 64 << 20;

/// Lines that are to be written in their order.
#[derive(Default)]
pub(crate) struct SortedLines {
    lines: Vec<String>,
    bytes: usize,
    runs: Vec<File>,
}

impl SortedLines {
    /// Adds a line, which has no end of a line in it.
    ///
    /// # Errors
    /// Those of a temporary file.
    pub(crate) fn push(&mut self, line: String) -> io::Result<()> {
        self.bytes += line.len();
        self.lines.push(line);
        if self.bytes > RUN_BYTES { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.lines.sort_unstable();
        let mut run = BufWriter::new(tempfile::tempfile()?);
        for line in self.lines.drain(..) {
            writeln!(run, "{line}")?;
        }
        let mut run = run.into_inner().map_err(io::IntoInnerError::into_error)?;
        run.rewind()?;
        self.runs.push(run);
        self.bytes = 0;
        Ok(())
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// Those of `out` and of temporary files.
    pub(crate) fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.lines.sort_unstable();
        let mut runs: Vec<Lines<BufReader<File>>> =
            self.runs.into_iter().map(|run| BufReader::new(run).lines()).collect();
        let mut rest = self.lines.into_iter();
        let last = runs.len();
        let mut next = |run: usize| match runs.get_mut(run) {
            Some(lines) => lines.next().transpose(),
            None => Ok(rest.next()),
        };
        let mut first = BinaryHeap::new();
        for run in 0..=last {
            first.extend(next(run)?.map(|line| Reverse((line, run))));
        }
        while let Some(Reverse((line, run))) = first.pop() {
            writeln!(out, "{line}")?;
            first.extend(next(run)?.map(|line| Reverse((line, run))));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::export::sorted_lines::SortedLines;

    #[test]
    fn lines_come_in_their_order_whichever_run_they_are_of() {
        let mut lines = SortedLines::default();
        for (at, line) in ["d", "b", "f", "a", "e", "c", "a"].into_iter().enumerate() {
            lines.push(line.to_owned()).unwrap();
            if at % 3 == 2 {
                lines.spill().unwrap();
            }
        }
        let mut out = Vec::new();
        lines.write(&mut out).unwrap();
        assert_eq!(out, b"a\na\nb\nc\nd\ne\nf\n");
    }
}
