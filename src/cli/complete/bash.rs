//! The command line of bash: its words, and words in the form in which bash takes them.

/// The words of a line up to the cursor.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Words {
    /// The words without quotation marks.
    pub(crate) values: Vec<String>,
    /// The last word as it is written.
    last: String,
}

/// Cuts a line into words as bash does; variables and commands in it stand for themselves.
pub(crate) fn words(line: &str) -> Words {
    let mut words = Words { values: vec![String::new()], last: String::new() };
    let mut is_word = false;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if quote.is_none() && c.is_ascii_whitespace() {
            if is_word {
                words.values.push(String::new());
                words.last.clear();
            }
            is_word = false;
            continue;
        }
        is_word = true;
        words.last.push(c);
        let Some(word) = words.values.last_mut() else { break };
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(mark), c) if c == mark => quote = None,
            (None | Some('"'), '\\') => {
                if let Some(next) = chars.next() {
                    words.last.push(next);
                    let stays = quote.is_some() && !matches!(next, '$' | '`' | '"' | '\\');
                    word.extend(stays.then_some('\\'));
                    word.push(next);
                }
            }
            _ => word.push(c),
        }
    }
    words
}

impl Words {
    /// What bash is to put in place of `replaced`, the end of the last word, to make it a value.
    ///
    /// What stands before that end was written already: the name of an option, or an open quotation
    /// mark, which bash closes.
    pub(crate) fn completed(&self, value: &str, replaced: &str) -> String {
        let stays = self.last.strip_suffix(replaced).unwrap_or_default();
        let written = words(stays).values.pop().unwrap_or_default();
        let rest: String = value.chars().skip(written.chars().count()).collect();
        let is_plain = |c: char| c.is_alphanumeric() || "-_./:=@%+,".contains(c);
        match open_quote(stays) {
            Some('\'') => rest.replace('\'', r"'\''"),
            // Within these marks a `!` may stand for a line of the history.
            Some(_) => rest
                .chars()
                .map(|c| match c {
                    '$' | '`' | '"' | '\\' => format!("\\{c}"),
                    '!' => "\"'!'\"".into(),
                    c => c.into(),
                })
                .collect(),
            None => rest
                .chars()
                .map(|c| if is_plain(c) { c.into() } else { format!("\\{c}") })
                .collect(),
        }
    }
}

/// The quotation mark that is open at the end of a text.
fn open_quote(text: &str) -> Option<char> {
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '\'' | '"') => quote = Some(c),
            (Some(mark), c) if c == mark => quote = None,
            (None | Some('"'), '\\') => drop(chars.next()),
            _ => {}
        }
    }
    quote
}

#[cfg(test)]
mod tests {
    use crate::cli::complete::bash::words;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(words(line).values, expected, "{line}");
    }

    #[test]
    fn a_line_is_cut_as_bash_cuts_it() {
        check("mlsearch drift --co", &["mlsearch", "drift", "--co"]);
        check("mlsearch  drift ", &["mlsearch", "drift", ""]);
        check("mlsearch '\"a b\" -c' \"d\\\"e\" f\\ g", &["mlsearch", "\"a b\" -c", "d\"e", "f g"]);
        check("mlsearch --company='Door D", &["mlsearch", "--company=Door D"]);
        check("mlsearch ''", &["mlsearch", ""]);
        check("mlsearch \"a\\b$(c)\" \\", &["mlsearch", "a\\b$(c)", ""]);
    }

    /// The last word of the line that bash makes of a value.
    #[track_caller]
    fn check_completed(line: &str, replaced: &str, value: &str, expected: &str) {
        assert_eq!(words(line).completed(value, replaced), expected, "{line} {value}");
    }

    #[test]
    fn a_value_is_quoted_as_the_line_wants_it() {
        check_completed("m --company Do", "Do", "Door Dash", r"Door\ Dash");
        check_completed("m --company=Do", "Do", "--company=Door Dash", r"Door\ Dash");
        check_completed("m --company=", "", "--company=Uber", "Uber");
        check_completed("m --company 'Do", "Do", "Door's", r"Door'\''s");
        check_completed(
            "m --company \"Do",
            "Do",
            "Do$(x)`y`\"z\"!",
            "Do\\$(x)\\`y\\`\\\"z\\\"\"'!'\"",
        );
        check_completed("m --company ", "", "$(touch x);*~#!", r"\$\(touch\ x\)\;\*\~\#\!");
        check_completed("m --company Zü", "Zü", "Zürich & Co", r"Zürich\ \&\ Co");
        check_completed("m --co", "--co", "--company", "--company");
    }
}
