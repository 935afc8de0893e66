//! YAML, written anew as JSON line by line, so that its records are read as those of JSON.

use saphyr_parser::{Event, Parser, ScanError};

/// Maps and sequences within each other that are read.
const MAX_DEPTH: usize = 60;

/// The JSON of a YAML text, with every value in the line where it stands, and what is wrong with it.
///
/// Aliases are not followed, so that a small text cannot become a large one.
pub(crate) fn to_json(text: &str) -> (String, Option<String>) {
    let mut json = JsonWriter {
        out: String::with_capacity(text.len()),
        line: 1,
        open: Vec::new(),
        aliases: 0,
    };
    let mut parser = Parser::new_from_str(text);
    let mut problem = None;
    while let Some(event) = parser.next_event() {
        let written = event.map_err(|error| said(&error)).and_then(|(event, span)| {
            json.write(event, span.start.line())
                .map_err(|error| format!("line {}: {error}", span.start.line()))
        });
        if let Err(error) = written {
            problem = Some(format!("{error}; what follows is left out"));
            break;
        }
    }
    json.close();
    let aliases = json.aliases;
    let followed = (aliases > 0).then(|| format!("{aliases} aliases are not followed"));
    (json.out, problem.or(followed))
}

fn said(error: &ScanError) -> String {
    format!("line {}: the YAML does not parse: {}", error.marker().line(), error.info())
}

/// What is open in the JSON.
enum OpenValue {
    Array {
        is_empty: bool,
    },
    /// A map, which has a name without a value or waits for the next name.
    Object {
        is_empty: bool,
        has_name: bool,
    },
}

struct JsonWriter {
    out: String,
    /// The line in which the JSON is.
    line: usize,
    open: Vec<OpenValue>,
    aliases: usize,
}

impl JsonWriter {
    fn write(&mut self, event: Event<'_>, line: usize) -> Result<(), &'static str> {
        match event {
            Event::Scalar(text, ..) => {
                self.begin(line);
                let is_name =
                    matches!(self.open.last(), Some(OpenValue::Object { has_name: false, .. }));
                match &*text {
                    "" | "~" | "null" if !is_name => self.out.push_str("null"),
                    text => self.out.push_str(&serde_json::json!(text).to_string()),
                }
                self.end();
            }
            Event::Alias(_) => {
                self.aliases += 1;
                self.begin(line);
                let is_name =
                    matches!(self.open.last(), Some(OpenValue::Object { has_name: false, .. }));
                self.out.push_str(if is_name { "\"\"" } else { "null" });
                self.end();
            }
            Event::SequenceStart(..) => self.open(OpenValue::Array { is_empty: true }, line)?,
            Event::MappingStart(..) => {
                self.open(OpenValue::Object { is_empty: true, has_name: false }, line)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.pop(),
            Event::DocumentEnd => self.out.push(' '),
            _ => {}
        }
        Ok(())
    }

    /// Begins a value or a name: in its line, behind a comma where there is one before.
    fn begin(&mut self, line: usize) {
        while self.line < line {
            self.out.push('\n');
            self.line += 1;
        }
        let (Some(OpenValue::Array { is_empty })
        | Some(OpenValue::Object { is_empty, has_name: false })) = self.open.last_mut()
        else {
            return;
        };
        if !std::mem::take(is_empty) {
            self.out.push(',');
        }
    }

    fn end(&mut self) {
        if let Some(OpenValue::Object { has_name, .. }) = self.open.last_mut() {
            *has_name = !*has_name;
            if *has_name {
                self.out.push(':');
            }
        }
    }

    fn open(&mut self, value: OpenValue, line: usize) -> Result<(), &'static str> {
        if self.open.len() >= MAX_DEPTH {
            return Err("the YAML nests too deeply");
        }
        if matches!(self.open.last(), Some(OpenValue::Object { has_name: false, .. })) {
            return Err("a name is no text");
        }
        self.begin(line);
        self.out.push(if matches!(value, OpenValue::Array { .. }) { '[' } else { '{' });
        self.open.push(value);
        Ok(())
    }

    fn pop(&mut self) {
        match self.open.pop() {
            Some(OpenValue::Array { .. }) => self.out.push(']'),
            Some(OpenValue::Object { has_name, .. }) => {
                self.out.push_str(if has_name { "null}" } else { "}" });
            }
            None => return,
        }
        self.end();
    }

    fn close(&mut self) {
        while !self.open.is_empty() {
            self.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::list::yaml::to_json;

    #[track_caller]
    fn check(yaml: &str, expected: &str, problem: Option<&str>) {
        let (json, told) = to_json(yaml);
        assert_eq!(json.trim_end(), expected, "{yaml}");
        assert_eq!(told.as_deref(), problem, "{yaml}");
        for value in serde_json::Deserializer::from_str(&json).into_iter::<serde_json::Value>() {
            value.unwrap();
        }
    }

    #[test]
    fn every_value_stays_in_its_line() {
        check(
            "# c\n- title: \"A: b\"\n  tags: [x, y]\n\n- ~\n",
            "\n[{\"title\":\"A: b\"\n,\"tags\":[\"x\",\"y\"]}\n\n,null]",
            None,
        );
        check(
            "a:\n  b: |\n    c\n    d\n  e:\n",
            "{\"a\":\n{\"b\":\n\"c\\nd\\n\"\n\n,\"e\":null}}",
            None,
        );
        check("a: 1\n---\nb: 2\n", "{\"a\":\"1\"} \n\n{\"b\":\"2\"}", None);
    }

    #[test]
    fn what_cannot_be_read_ends_the_text_and_is_named() {
        let told = "line 2: a name is no text; what follows is left out";
        check("- a\n- {x: y}: b\n", "[\"a\"\n,{}]", Some(told));
        let (json, told) = to_json("- a: 1\n- b: \"x\n");
        assert!(json.starts_with("[{\"a\":\"1\"}"), "{json}");
        assert!(told.unwrap().contains("does not parse"));
        let deep = |count: usize| to_json(&("[".repeat(count) + &"]".repeat(count))).1;
        assert_eq!(deep(60), None);
        assert!(deep(61).unwrap().contains("too deeply"));
        assert!(to_json(&"[".repeat(10_000)).1.is_some());
    }

    #[test]
    fn an_alias_is_not_followed() {
        check("- &x [a]\n- *x\n", "[[\"a\"]\n,null]", Some("1 aliases are not followed"));
    }
}
