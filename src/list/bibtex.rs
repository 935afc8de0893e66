//! BibTeX and BibLaTeX: the entries of a bibliography that have an address.

use std::collections::HashMap;

use crate::list::{
    draft::Drafts,
    html::LineCounter,
    line::tidy,
    records::{self, FieldValue, ListRecord},
    warnings::Warnings,
};

/// Abbreviations that are known at once, and the longest one in bytes.
const MOST_ABBREVIATIONS: usize = 10_000;
const LONGEST_ABBREVIATION: usize = 500;

/// Reads a bibliography; what is no entry between its entries is a comment.
pub(crate) fn read(text: &str, warnings: &mut Warnings) -> Drafts {
    let mut drafts = Drafts::default();
    let mut lines = LineCounter { line: 1, at: 0 };
    let mut abbreviations: HashMap<String, String> = HashMap::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('@') {
        let start = at + found;
        at = start + 1;
        let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
        let Some(open) = text[at..].find(['{', '(']) else { break };
        let kind = text[at..at + open].trim().to_ascii_lowercase();
        if !text[line_start..start].trim().is_empty() || !is_word(&kind) {
            continue;
        }
        let line = lines.of(text, start);
        let body = &text[at + open + 1..];
        let mut source = BibtexSource { text: body, at: 0 };
        match kind.as_str() {
            "comment" => continue,
            "preamble" => {}
            "string" => {
                for (name, value) in source.fields(&abbreviations) {
                    if abbreviations.len() < MOST_ABBREVIATIONS
                        && value.len() < LONGEST_ABBREVIATION
                    {
                        abbreviations.insert(name, value);
                    }
                }
            }
            _ => {
                let key = tidy(source.key());
                let fields = source.fields(&abbreviations);
                match source.has_ended() {
                    true => records::push(&mut drafts, draft_of(&fields, &key, line), warnings),
                    false => warnings.add(line, || format!("the entry `{key}` does not end")),
                }
            }
        }
        at += open + 1 + source.at;
    }
    drafts
}

/// The draft of an entry that has some fields.
fn draft_of(fields: &[(String, String)], key: &str, line: u32) -> crate::list::draft::Draft {
    let get = |name: &str| {
        fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    };
    let mut record = ListRecord::default();
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) {
            record.add(name, FieldValue::Text(value.to_owned()));
        }
    };
    let title = get("title").map(|title| match get("subtitle") {
        Some(subtitle) => format!("{}: {}", words(title), words(subtitle)),
        None => words(title),
    });
    add("title", title.as_deref().or(Some(key)));
    let preprint = get("eprint").filter(|_| {
        let archive = get("archiveprefix").or(get("eprinttype"));
        archive.is_some_and(|archive| archive.eq_ignore_ascii_case("arxiv"))
    });
    let preprint = preprint.map(|id| format!("https://arxiv.org/abs/{id}"));
    let published = get("howpublished").filter(|text| text.contains("://"));
    let without =
        |text: &str| text.replace("\\url", " ").replace(['{', '}'], " ").replace('\\', "");
    let url = get("url").map(without).or(published.map(without)).or(preprint);
    add("url", url.as_deref());
    add("doi", get("doi").map(|doi| doi.replace('\\', "")).as_deref());
    let date = get("year").map(|year| match get("month") {
        Some(month) => format!("{} {}", words(month), words(year)),
        None => words(year),
    });
    add("date", get("date"));
    add("date", date.as_deref());
    add("year", get("year"));
    for name in ["keywords", "company"] {
        add(name, get(name).map(words).as_deref());
    }
    let authors = get("author").or(get("editor")).map(|authors| names(&words(authors)));
    let parts = [authors, get("abstract").or(get("note")).map(words)];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
    add("description", Some(&parts.join(". ")));
    record.into_draft(line)
}

/// `Potter, Ada and Bo Clay` as `Ada Potter, Bo Clay`.
fn names(authors: &str) -> String {
    let names = authors.split(" and ").map(|name| match name.split_once(',') {
        Some((family, given)) => format!("{} {}", given.trim(), family.trim()),
        None => name.trim().to_owned(),
    });
    names.collect::<Vec<_>>().join(", ")
}

struct BibtexSource<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> BibtexSource<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    /// The key of an entry, with the comma behind it.
    fn key(&mut self) -> &'t str {
        let rest = self.rest();
        let end = rest.find([',', '=', '}', ')', '\n']).unwrap_or(rest.len());
        if rest[end..].starts_with('=') {
            return "";
        }
        self.at += end + usize::from(rest[end..].starts_with(','));
        &rest[..end]
    }

    /// The fields up to the bracket that ends the entry.
    fn fields(&mut self, abbreviations: &HashMap<String, String>) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        loop {
            self.skip_blanks();
            while self.rest().starts_with(',') {
                self.at += 1;
                self.skip_blanks();
            }
            let rest = self.rest();
            // An entry that begins where a name should was not ended before.
            let Some(end) = rest.find(['=', '}', ')', '@']) else { return fields };
            if !rest[end..].starts_with('=') {
                return fields;
            }
            let name = rest[..end].trim().to_ascii_lowercase();
            self.at += end + 1;
            let value = self.value(abbreviations);
            fields.push((name, value));
        }
    }

    /// Whether the entry ends here, which moves behind its end.
    fn has_ended(&mut self) -> bool {
        let ends = self.rest().starts_with(['}', ')']);
        self.at += usize::from(ends);
        ends
    }

    /// A value: texts in braces or quotes, numbers and abbreviations, joined by `#`.
    fn value(&mut self, abbreviations: &HashMap<String, String>) -> String {
        let mut value = String::new();
        loop {
            self.skip_blanks();
            let rest = self.rest();
            match rest.chars().next() {
                Some('{') => value.push_str(self.braced()),
                Some('"') => value.push_str(self.quoted()),
                _ => {
                    let end = rest.find([',', '}', ')', '#', '\n']).unwrap_or(rest.len());
                    let word = rest[..end].trim();
                    let known = abbreviations.get(&word.to_ascii_lowercase());
                    value.push_str(known.map_or(word, String::as_str));
                    self.at += end;
                }
            }
            self.skip_blanks();
            if !self.rest().starts_with('#') {
                return value;
            }
            self.at += 1;
        }
    }

    fn braced(&mut self) -> &'t str {
        let rest = self.rest();
        let mut depth = 0_usize;
        let mut is_escaped = false;
        for (at, byte) in rest.bytes().enumerate() {
            match byte {
                _ if std::mem::take(&mut is_escaped) => {}
                b'\\' => is_escaped = true,
                b'{' => depth += 1,
                b'}' if depth == 1 => {
                    self.at += at + 1;
                    return &rest[1..at];
                }
                b'}' => depth -= 1,
                _ => {}
            }
        }
        self.at = self.text.len();
        ""
    }

    fn quoted(&mut self) -> &'t str {
        let rest = self.rest();
        let mut depth = 0_usize;
        for (at, byte) in rest.bytes().enumerate().skip(1) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b'"' if depth == 0 => {
                    self.at += at + 1;
                    return &rest[1..at];
                }
                _ => {}
            }
        }
        self.at = self.text.len();
        ""
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The words of a value without the commands of LaTeX: accents become letters, braces go.
fn words(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '{' | '}' | '$' => {}
            '~' => out.push(' '),
            '-' if chars.peek() == Some(&'-') => {
                while chars.next_if_eq(&'-').is_some() {}
                out.push('–');
            }
            '\\' => match chars.next() {
                Some(mark) if combining(mark).is_some() && !mark.is_alphabetic() => {
                    accent(&mut out, &mut chars, mark);
                }
                Some(letter) if letter.is_ascii_alphabetic() => {
                    let mut name = String::from(letter);
                    while let Some(next) = chars.next_if(char::is_ascii_alphabetic) {
                        name.push(next);
                    }
                    let is_accent = name.len() == 1 && combining(letter).is_some();
                    while chars.next_if(|c| *c == ' ').is_some() {}
                    match is_accent && chars.peek().is_some_and(|c| *c == '{' || c.is_alphabetic())
                    {
                        true => accent(&mut out, &mut chars, letter),
                        false => out.push_str(symbol(&name)),
                    }
                }
                Some(other) => out.push(other),
                None => {}
            },
            c => out.push(c),
        }
    }
    tidy(&out)
}

/// Writes the letter that follows with an accent on it.
fn accent(out: &mut String, chars: &mut std::iter::Peekable<std::str::Chars<'_>>, mark: char) {
    while chars.next_if(|c| matches!(c, '{' | ' ')).is_some() {}
    let letter = match chars.next() {
        // A dotless i or j.
        Some('\\') => chars.next(),
        letter => letter,
    };
    if let (Some(letter), Some(mark)) = (letter, combining(mark)) {
        match unicode_normalization::char::compose(letter, mark) {
            Some(composed) => out.push(composed),
            None => out.extend([letter, mark]),
        }
    }
}

/// The combining character of an accent.
fn combining(mark: char) -> Option<char> {
    Some(match mark {
        '"' => '\u{308}',
        '\'' => '\u{301}',
        '`' => '\u{300}',
        '^' => '\u{302}',
        '~' => '\u{303}',
        '=' => '\u{304}',
        '.' => '\u{307}',
        'c' => '\u{327}',
        'v' => '\u{30c}',
        'u' => '\u{306}',
        'H' => '\u{30b}',
        'k' => '\u{328}',
        'r' => '\u{30a}',
        _ => return None,
    })
}

/// What a command of letters stands for; most only say how a text is set.
fn symbol(name: &str) -> &'static str {
    match name {
        "ss" => "ß",
        "ae" => "æ",
        "AE" => "Æ",
        "oe" => "œ",
        "OE" => "Œ",
        "o" => "ø",
        "O" => "Ø",
        "aa" => "å",
        "AA" => "Å",
        "l" => "ł",
        "L" => "Ł",
        "i" => "i",
        "textendash" => "–",
        "textemdash" => "—",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use crate::list::{bibtex, warnings::Warnings};

    #[track_caller]
    fn check(text: &str, expected: &[&str], odd_lines: &[u32]) {
        let mut warnings = Warnings::default();
        let drafts = bibtex::read(text, &mut warnings).kept;
        let got: Vec<String> = drafts
            .iter()
            .map(|draft| {
                let date =
                    draft.date.map(|date| date.precision.write(date.date)).unwrap_or_default();
                let parts = [&*draft.url, &draft.title, &draft.description, &date];
                format!("{} {}", draft.line, parts.join(" | "))
            })
            .collect();
        assert_eq!(got, expected, "{text}");
        let lines: Vec<u32> = warnings.finish().iter().map(|warning| warning.line).collect();
        assert_eq!(lines, odd_lines, "{text}");
    }

    #[test]
    fn an_entry_has_its_title_its_address_its_date_and_its_authors() {
        check(
            "Text before.\n@string{kn = \"Kiln Notes\"}\n@article{potter2020,\n  \
             author = {Potter, Ada and Bo Clay},\n  title = {{Why Glazes} Cr{\\\"a}ze},\n  \
             journal = kn,\n  year = 2020, month = mar,\n  url = \"https://a.example/x\\_y\"\n}\n",
            &["3 https://a.example/x_y | Why Glazes Cräze | Ada Potter, Bo Clay | 2020-03"],
            &[],
        );
        check(
            "@misc{a, title={A}, date={2020-03-10}, howpublished={\\url{https://a.example/}}}\n\
             @online(b, title=\"B -- c\", eprint={2003.1}, archivePrefix={arXiv}, note={Na\\\"{\\i}ve})\n\
             @book{c, title={C}, doi={10.1/x}}",
            &[
                "1 https://a.example/ | A |  | 2020-03-10",
                "2 https://arxiv.org/abs/2003.1 | B – c | Naïve | ",
                "3 https://doi.org/10.1/x | C |  | ",
            ],
            &[],
        );
    }

    #[test]
    fn what_is_no_entry_costs_no_other() {
        check(
            "@comment{x}\n@book{a, title={No address}}\n@misc{b, title={Open\n, url={u\n\
             @misc{c, url={https://c.example}}\n",
            &[],
            &[2, 3],
        );
        check(
            "@misc{b, title={B},\n@misc{c, url={https://c.example}}\nmail me@{x}\n",
            &["2 https://c.example | c |  | "],
            &[1],
        );
    }
}
