//! One line of JSON: the version and a value, with nothing in it that could steer a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use crate::text::is_harmful;

/// The version of all forms; it goes up should a field of one ever change.
const VERSION: u32 = 1;

/// What a line holds: the version, then the fields of a value.
#[derive(Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Versioned<T> {
    /// The version of the form; it goes up should a field ever change.
    #[cfg_attr(feature = "cli", schemars(extend("const" = VERSION)))]
    version: u32,
    #[serde(flatten)]
    value: T,
}

/// Writes the version and the fields of a value as one line. Harmful characters are escaped, so that
/// nothing is lost.
pub fn write_line(out: &mut impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    let formatter = Harmless(CompactFormatter);
    let line = Versioned { version: VERSION, value };
    line.serialize(&mut Serializer::with_formatter(&mut *out, formatter))?;
    out.write_all(b"\n").map_err(serde_json::Error::io)
}

/// The compact format, with escapes for what ASCII-only JSON would leave raw and a terminal obeys.
struct Harmless(CompactFormatter);

impl Formatter for Harmless {
    fn write_char_escape<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }

    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut written = 0;
        for (at, c) in text.char_indices().filter(|(_, c)| is_harmful(*c)) {
            out.write_all(&text.as_bytes()[written..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            written = at + c.len_utf8();
        }
        out.write_all(&text.as_bytes()[written..])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use crate::json::write_line;

    #[test]
    fn what_steers_a_terminal_is_escaped_and_not_lost() {
        let text = "a\u{1b}[2J \u{9b}m \u{202e}b\u{e0041} \"é\"\n";
        let mut line = Vec::new();
        write_line(&mut line, &HashMap::from([("text", text)])).unwrap();
        let line = String::from_utf8(line).unwrap();
        let escaped = r#""a\u001b[2J \u009bm \u202eb\udb40\udc41 \"é\"\n""#;
        assert_eq!(line, format!("{{\"version\":1,\"text\":{escaped}}}\n"));
        assert_eq!(serde_json::from_str::<String>(escaped).unwrap(), text);
    }
}
