//! What is wrong with a file in TOML, in words for whoever wrote it: the line, the key, what stands
//! there and what is expected.

use std::path::Path;

use crate::error::Error;

/// An error of a file in TOML, with its line and the key that stands there.
pub(crate) fn settings_error(path: &Path, text: &str, error: &toml::de::Error) -> Error {
    let message = in_words(error.message());
    let before = error.span().and_then(|span| text.get(..span.start));
    let message = match before {
        Some(before) => at_line(text, before.matches('\n').count(), &message),
        None => message,
    };
    Error::Settings { path: path.to_owned(), message }
}

/// A message about a line, counted from 0, with the key that the line sets unless it names that.
pub(crate) fn at_line(text: &str, line: usize, message: &str) -> String {
    let key = text.lines().nth(line).and_then(key).map(|key| format!("`{key}`"));
    let key = key.filter(|key| !message.contains(key.as_str()));
    let key = key.map_or(String::new(), |key| format!("{key}: "));
    format!("line {}: {key}{message}", line + 1)
}

/// The key that a line sets.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let key = key.trim();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    (!key.is_empty() && key.chars().all(is_plain)).then_some(key)
}

/// A message of serde without the names that Rust has for things.
fn in_words(message: &str) -> String {
    if let Some(field) = message.strip_prefix("missing field ") {
        return format!("{field} is missing");
    }
    let told = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "));
    let Some((found, expected)) = told.and_then(|told| told.rsplit_once(", expected ")) else {
        return message.to_owned();
    };
    let is_whole = |name: &str| {
        let bits = name.strip_prefix(['u', 'i']);
        bits.is_some_and(|bits| bits == "size" || bits.parse::<u8>().is_ok())
    };
    let expected = match expected {
        "f64" | "f32" => "a number",
        whole if is_whole(whole) => "a number without a fraction that is not less than 0",
        "a boolean" => "`true` or `false`",
        "a string" | "path string" => "a text in quotes",
        "a sequence" => "a list in brackets",
        "a map" => "a table",
        name if name.starts_with("struct ") => "a table",
        other => other,
    };
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer", number)) => format!("the number {}", number.trim_matches('`')),
        Some(("boolean", value)) => value.to_owned(),
        Some(("floating", number)) => {
            format!("the number {}", number.trim_start_matches("point ").trim_matches('`'))
        }
        _ if found == "sequence" => "a list".to_owned(),
        _ if found == "map" => "a table".to_owned(),
        _ => found.to_owned(),
    };
    let brackets = match (expected, found.as_str()) {
        ("a list in brackets", "a table") => ", which two pairs of brackets begin: `[[list]]`",
        _ => "",
    };
    format!("expected {expected}{brackets}, found {found}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::collection::settings::parse_settings;

    #[track_caller]
    fn check(settings: &str, expected: &str) {
        let error = parse_settings(Path::new("mlsearch.toml"), settings).unwrap_err();
        assert_eq!(error.to_string(), format!("`mlsearch.toml`: {expected}"));
    }

    #[test]
    fn a_value_of_another_kind_is_told_with_its_line_and_key() {
        check(
            "[crawl]\ndelay = 'fast'",
            "line 2: `delay`: expected a number, found the text \"fast\"",
        );
        check("[publish]\nmax_loss = true", "line 2: `max_loss`: expected a number, found `true`");
        let whole = "expected a number without a fraction that is not less than 0";
        for (value, found) in [("-1", "-1"), ("1.5", "1.5"), ("'x'", "\"x\""), ("[]", "a list")] {
            let found = match value.as_bytes()[0] {
                b'\'' => format!("the text {found}"),
                b'[' => found.to_owned(),
                _ => format!("the number {found}"),
            };
            let told = format!("line 2: `hosts_at_once`: {whole}, found {found}");
            check(&format!("[crawl]\nhosts_at_once = {value}"), &told);
            let told = format!("line 3: `shards`: {whole}, found {found}");
            check(&format!("\n[engine]\nshards = {value}"), &told);
        }
        check("contact = 7", "line 1: `contact`: expected a text in quotes, found the number 7");
        check("crawl = 7", "line 1: `crawl`: expected a table of settings, found the number 7");
        check("publish = 7", "line 1: `publish`: expected a table, found the number 7");
        check(
            "[crawl]\narchive = 'yes'",
            "line 2: `archive`: expected `true` or `false`, found the text \"yes\"",
        );
        check(
            "[crawl]\nallow_net = '10.0.0.0/8'",
            "line 2: `allow_net`: expected a list in brackets, found the text \"10.0.0.0/8\"",
        );
        check(
            "[list]\nsource = 'a.md'",
            "line 1: expected a list in brackets, which two pairs of brackets begin: `[[list]]`, \
             found a table",
        );
        check("[[list]]\nname = 'a'", "line 1: `source` is missing");
    }
}
