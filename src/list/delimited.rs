//! Tables of text: fields between commas, semicolons, tabs or bars, one record a line.

use std::borrow::Cow;

use csv::{ReaderBuilder, StringRecord};

use crate::{
    canonical,
    list::{
        draft::Drafts,
        field::{FieldRole, compact},
        html::LineCounter,
        records::{self, Column, FieldContent, FieldValue, ListRecord},
        warnings::Warnings,
    },
};

const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Lines that may stand above the header, such as the name of a list.
const MOST_ABOVE: usize = 10;
/// Records that are looked at to tell what a table is.
const SAMPLE: usize = 50;
/// Longest line that is looked at to tell what a table is, in bytes.
const LONGEST_LINE: usize = 16 << 10;
/// Bytes that are read again, at most, behind quotes that were left open; then quotes are text.
const MOST_READ_AGAIN: usize = 256 << 20;
/// Bytes that are read ahead wherever it is begun anew.
const READ_AHEAD: usize = 8 << 10;

/// How a table is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    pub(crate) delimiter: u8,
    /// Where the records begin in the text, with the header when there is one.
    start: usize,
    has_header: bool,
    /// The column of the addresses, when no header names it.
    link: Option<usize>,
}

/// Tells how a text is laid out as a table; none when it is none.
///
/// It has a header that names the column of addresses, or one column that holds nothing else.
pub(crate) fn layout(text: &str) -> Option<Layout> {
    let (declared, start) = declared(text);
    let delimiters = || DELIMITERS.into_iter().filter(|one| declared.is_none_or(|it| it == *one));
    let mut at = start;
    for line in text[start..].split_inclusive('\n').take(MOST_ABOVE) {
        let named = delimiters().filter(|delimiter| names_link(line, *delimiter));
        if let Some(delimiter) = named.max_by_key(|one| fields_of(line, *one).len()) {
            return Some(Layout { delimiter, start: at, has_header: true, link: None });
        }
        // A header names no address itself: what has one is a record.
        if line.contains("://") {
            break;
        }
        at += line.len();
    }
    delimiters().find_map(|delimiter| by_content(text, start, delimiter))
}

/// The delimiter that a first line `sep=;` declares, as spreadsheets write it, and where the text
/// goes on.
fn declared(text: &str) -> (Option<u8>, usize) {
    let first = text.split_inclusive('\n').next().unwrap_or_default();
    let sign = first.trim_end_matches(['\r', '\n']).trim_matches('"');
    let sign = sign.get(..4).filter(|head| head.eq_ignore_ascii_case("sep=")).map(|_| &sign[4..]);
    match sign.and_then(|sign| sign.bytes().next()) {
        Some(delimiter) if DELIMITERS.contains(&delimiter) => (Some(delimiter), first.len()),
        _ => (None, 0),
    }
}

/// Whether a line is a header that names a column of addresses.
fn names_link(line: &str, delimiter: u8) -> bool {
    let fields = fields_of(line, delimiter);
    let links =
        fields.iter().filter(|name| Column::of(name).content == FieldContent::Is(FieldRole::Link));
    let known = fields.iter().filter(|name| Column::of(name).content != FieldContent::Other);
    match fields.len() {
        // One word alone names a column; a bar or a row of words may be anything.
        1 => delimiter == b',' && links.count() == 1 && !line.trim().contains(char::is_whitespace),
        _ if delimiter == b'|' => {
            !line.trim_start().starts_with('|') && known.count() > 1 && links.count() > 0
        }
        _ => links.count() > 0,
    }
}

/// A table whose header is unknown or missing: the same column of nearly all lines is an address.
fn by_content(text: &str, start: usize, delimiter: u8) -> Option<Layout> {
    let rows: Vec<Vec<String>> = text[start..]
        .lines()
        .filter(|line| !line.trim().is_empty())
        .take(SAMPLE)
        .map(|line| fields_of(line, delimiter))
        .collect();
    let width = rows.last().map(Vec::len).filter(|width| *width > 1)?;
    let is_link = |row: &Vec<String>, column: usize| {
        let field = row.get(column).map_or("", |field| field.trim());
        !field.contains(char::is_whitespace) && canonical::web_url(field).is_some()
    };
    let has_link = |row: &Vec<String>| (0..row.len()).any(|column| is_link(row, column));
    let has_header = rows.first().is_some_and(|row| !has_link(row) && row.len() == width);
    let is_known = |name: &String| Column::of(name).content != FieldContent::Other;
    let has_known_name = rows.first().is_some_and(|row| row.iter().any(is_known));
    let rows = &rows[usize::from(has_header)..];
    let links = |column: usize| rows.iter().filter(|row| is_link(row, column)).count();
    let link = (0..width).max_by_key(|&column| (links(column), width - column))?;
    let even = rows.iter().filter(|row| row.len() == width).count();
    let is_table = links(link) * 10 >= rows.len() * 6
        && even * 10 >= rows.len() * 8
        // One line of text with a comma in it is no table.
        && (rows.len() > 1 || !rows.is_empty() && has_header && has_known_name)
        && !rows.iter().any(|row| row[0].trim_start().starts_with(['-', '*', '#', '[', '<']));
    is_table.then_some(Layout { delimiter, start, has_header, link: Some(link) })
}

/// The fields of one line.
fn fields_of(line: &str, delimiter: u8) -> Vec<String> {
    let line = &line[..line.floor_char_boundary(LONGEST_LINE)];
    let line = with_plain_quotes(line, delimiter);
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .buffer_capacity(line.len() + 1)
        .from_reader(line.as_bytes());
    let mut record = StringRecord::new();
    match reader.read_record(&mut record) {
        Ok(true) => record.iter().map(|field| field.trim().to_owned()).collect(),
        _ => Vec::new(),
    }
}

/// The text without blanks between a delimiter and the quote behind it, where a quote would be text.
fn with_plain_quotes(text: &str, delimiter: u8) -> Cow<'_, str> {
    let delimiter = char::from(delimiter);
    let blank = format!("{delimiter} \"");
    match text.contains(&blank) {
        true => text.replace(&blank, &format!("{delimiter}\"")).into(),
        false => text.into(),
    }
}

/// Reads a table.
pub(crate) fn read(text: &str, layout: Layout, warnings: &mut Warnings) -> Drafts {
    let mut table = TableReader {
        columns: Vec::new(),
        layout,
        lines: LineCounter { line: 1, at: 0 },
        drafts: Drafts::default(),
        read_again: 0,
    };
    let text = with_plain_quotes(text, layout.delimiter);
    let mut at = layout.start;
    if !layout.has_header {
        table.columns = headless(&text[at..], layout);
    }
    while at < text.len() {
        at = table.records(&text, at, warnings);
    }
    table.drafts
}

/// Columns without names: the addresses, and what is next to them as the title.
fn headless(text: &str, layout: Layout) -> Vec<Column> {
    let link = layout.link.unwrap_or_default();
    let rows: Vec<_> = text.lines().take(SAMPLE).map(|l| fields_of(l, layout.delimiter)).collect();
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let letters = |column: usize| {
        let fields = rows.iter().filter_map(|row| row.get(column));
        let texts = fields.filter(|field| !field.contains("://"));
        texts.map(|text| text.chars().filter(|c| c.is_alphabetic()).count()).sum::<usize>()
    };
    let texts = (0..width).filter(|&column| column != link && letters(column) >= rows.len());
    let title = texts.min_by_key(|column| column.abs_diff(link));
    let dates = |column: usize| {
        let fields = rows.iter().filter_map(|row| row.get(column));
        fields.filter(|field| records::date_of(field).is_some()).count() * 2 > rows.len()
    };
    (0..width)
        .map(|column| match column {
            _ if column == link => Column::with_role(FieldRole::Link),
            _ if Some(column) == title => Column::with_role(FieldRole::Title),
            _ if dates(column) => Column::with_role(FieldRole::Date),
            _ => Column::of(""),
        })
        .collect()
}

struct TableReader {
    columns: Vec<Column>,
    layout: Layout,
    lines: LineCounter,
    drafts: Drafts,
    read_again: usize,
}

impl TableReader {
    /// Reads records from a place on, to the end or to behind a quote that was left open, where it
    /// has to begin anew; returns where that is.
    fn records(&mut self, text: &str, start: usize, warnings: &mut Warnings) -> usize {
        let mut reader = ReaderBuilder::new()
            .delimiter(self.layout.delimiter)
            .flexible(true)
            .has_headers(false)
            .quoting(self.read_again < MOST_READ_AGAIN)
            .buffer_capacity(READ_AHEAD)
            .from_reader(&text.as_bytes()[start..]);
        let mut record = StringRecord::new();
        loop {
            let from = start + offset(reader.position());
            match reader.read_record(&mut record) {
                Ok(true) => {}
                // What is read is UTF-8, and records may have any length.
                Ok(false) | Err(_) => return text.len(),
            }
            let to = (start + offset(reader.position())).min(text.len());
            let raw = text.get(from..to).unwrap_or_default();
            let from = from + raw.len() - raw.trim_start_matches(['\r', '\n']).len();
            let raw = raw.trim_matches(['\r', '\n']);
            let line = self.lines.of(text, from);
            if let Some(first) = self.open_quote(raw) {
                self.read_again += raw.len() + 2 * READ_AHEAD;
                warnings.add(line, || "a quote is left open, and is read as text".to_owned());
                let fields: Vec<&str> = first
                    .split(char::from(self.layout.delimiter))
                    .map(|f| f.trim_matches('"'))
                    .collect();
                self.record(fields.into_iter(), line, warnings);
                return from + first.len();
            }
            self.record(record.iter(), line, warnings);
        }
    }

    /// The first line of a record that has swallowed others: one of them has an address where the
    /// addresses are.
    fn open_quote<'r>(&self, raw: &'r str) -> Option<&'r str> {
        let (first, others) = raw.split_once('\n').unwrap_or((raw, ""));
        let is_link = |column: &Column| column.content == FieldContent::Is(FieldRole::Link);
        let link = self.columns.iter().position(is_link)?;
        let is_record = |line: &str| {
            let fields = fields_of(&line.replace('"', ""), self.layout.delimiter);
            fields.len() * 2 > self.columns.len()
                && fields.get(link).is_some_and(|field| canonical::web_url(field).is_some())
        };
        // The last record has no other one to swallow, but all its own fields.
        let is_last = || {
            raw.matches('"').count() % 2 == 1
                && fields_of(raw, self.layout.delimiter).len() <= link + 1
        };
        let is_open = others.lines().take(MOST_SWALLOWED).any(is_record)
            || self.columns.len() > link + 1 && is_last();
        is_open.then_some(first.trim_end_matches('\r'))
    }

    fn record<'r>(
        &mut self,
        fields: impl Iterator<Item = &'r str>,
        line: u32,
        warnings: &mut Warnings,
    ) {
        if self.columns.is_empty() {
            let names: Vec<&str> = fields.collect();
            self.columns = names.iter().map(|name| Column::of(name)).collect();
            self.find_link(&names);
            return;
        }
        let mut record = ListRecord::default();
        let mut is_empty = true;
        for (column, field) in self.columns.iter().zip(fields) {
            let field = field.trim();
            is_empty &= field.is_empty();
            if !field.is_empty() || column.content == FieldContent::Is(FieldRole::Tags) {
                record.put(*column, FieldValue::Text(field.to_owned()));
            }
        }
        if !is_empty {
            records::push(&mut self.drafts, record.into_draft(line), warnings);
        }
    }

    /// Sets the column of addresses where the header has another name for it.
    fn find_link(&mut self, names: &[&str]) {
        if let Some(column) = self.layout.link.and_then(|link| self.columns.get_mut(link)) {
            *column = Column::with_role(FieldRole::Link);
        }
        let is_title = |column: &Column| column.content == FieldContent::Is(FieldRole::Title);
        if self.layout.link.is_some() && !self.columns.iter().any(is_title) {
            // The first column of an unknown name is what a table is about, unless it counts.
            const NUMBERS: [&str; 7] = ["", "id", "key", "no", "nr", "number", "index"];
            let mut named = self.columns.iter_mut().zip(names);
            let other = named.find(|(column, name)| {
                column.content == FieldContent::Other && !NUMBERS.contains(&compact(name).as_str())
            });
            if let Some((column, _)) = other {
                *column = Column::with_role(FieldRole::Title);
            }
        }
    }
}

/// Lines of a field that are searched for records.
const MOST_SWALLOWED: usize = 1_000;

fn offset(position: &csv::Position) -> usize {
    usize::try_from(position.byte()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use crate::list::{delimited, warnings::Warnings};

    /// The addresses and titles that are read, and the lines that are named.
    #[track_caller]
    fn check(text: &str, expected: &str, odd_lines: &[u32]) {
        let layout = delimited::layout(text);
        let mut warnings = Warnings::default();
        let drafts = layout.map(|layout| delimited::read(text, layout, &mut warnings));
        let mut got = String::new();
        for draft in drafts.into_iter().flat_map(|drafts| drafts.kept) {
            got.push_str(&format!("{} {} {}\n", draft.line, draft.url, draft.title));
        }
        assert_eq!(got, expected, "{text}");
        let lines: Vec<u32> = warnings.finish().iter().map(|warning| warning.line).collect();
        assert_eq!(lines, odd_lines, "{text}");
    }

    const ONE: &str = "https://a.example/1";
    const TWO: &str = "https://a.example/2";

    #[test]
    fn a_declared_delimiter_and_lines_above_the_header_are_no_records() {
        for head in ["", "sep=;\r\n", "\"sep=;\"\n", "My list\n\n", "Exported on 2020-03-10;;\n"] {
            let line = head.matches('\n').count() + 2;
            let text = format!("{head}url;title\r\n{ONE};A, b\r\n");
            check(&text, &format!("{line} {ONE} A, b\n"), &[]);
        }
    }

    #[test]
    fn the_column_of_addresses_is_found_without_its_name() {
        check(&format!("What;Where\nA;{ONE}\nB;{TWO}\n"), &format!("2 {ONE} A\n3 {TWO} B\n"), &[]);
        check(&format!("{ONE},A\n\n{TWO},\"B, c\"\n"), &format!("1 {ONE} A\n3 {TWO} B, c\n"), &[]);
        check(&format!("1\tA\t{ONE}\n2\tB\t{TWO}\n"), &format!("1 {ONE} A\n2 {TWO} B\n"), &[]);
        let text = format!("ID,What,Where\n1,A,{ONE}\n2,B,not known\n3,C,{TWO}\n");
        check(&text, &format!("2 {ONE} A\n4 {TWO} C\n"), &[]);
        check(&format!("제목,링크\nA,{ONE}\n"), &format!("2 {ONE} A\n"), &[]);
    }

    #[test]
    fn an_open_quote_costs_no_other_record() {
        let text = format!("url,title,tags\n{ONE},\"A,x\n{TWO},B,y\n{ONE}/3,\"C, c\",z\n");
        check(&text, &format!("2 {ONE} A\n3 {TWO} B\n4 {ONE}/3 C, c\n"), &[2]);
        let text = format!("url,title\n\"{ONE},A\n\"{TWO},B\n");
        check(&text, &format!("2 {ONE} A\n3 {TWO} B\n"), &[2, 3]);
        let text = format!("url,note,title\n{ONE},\"two\nlines\", \"A, a\"\n{TWO},,B\n");
        check(&text, &format!("2 {ONE} A, a\n4 {TWO} B\n"), &[]);
    }

    #[test]
    fn what_has_no_address_is_named() {
        let text = format!("url,title\n,A\n{ONE},B\n,\nb.example/x,C\n");
        check(&text, &format!("3 {ONE} B\n5 https://b.example/x C\n"), &[2, 5]);
    }

    #[test]
    fn other_texts_are_no_tables() {
        for text in [
            "- [a](https://a.example), b\n- [b](https://b.example), c\n",
            "A sentence, with https://a.example/x, in it\nand another, shorter one\n",
            "A title\nhttps://a.example/1\n",
            "| a | link |\n|---|---|\n| b | https://a.example |\n",
            "https://a.example/a,b",
            "See the link, or not\n",
            "",
        ] {
            assert_eq!(delimited::layout(text), None, "{text}");
        }
    }
}
