//! Listings: files that name WARC files, or records in them, a line each.

use serde::Deserialize;
use serde_json::Value;

/// What a line of a listing names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ListedPart {
    /// A path or an address.
    pub(crate) file: String,
    /// Where the record is in it, and how long; without it the whole file is meant.
    pub(crate) range: Option<(u64, u64)>,
    /// The address of the page, where the line says it.
    pub(crate) url: Option<String>,
}

/// Reads a line: a path or an address, or the place of a record in CDXJ (`key timestamp {…}`, or the
/// object alone). None for an empty line and one that says something of the listing itself.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse_line(line: &[u8]) -> Result<Option<ListedPart>, String> {
    let line = str::from_utf8(line).map_err(|_| "it is not text".to_owned())?.trim();
    let line = line.trim_start_matches('\u{feff}');
    if line.is_empty() || line.starts_with(['#', '!']) {
        return Ok(None);
    }
    let object = match line.starts_with('{') {
        true => Some(line),
        false => line.find(" {").map(|at| line[at..].trim_start()).filter(|_| line.ends_with('}')),
    };
    let Some(object) = object else {
        if line.chars().any(char::is_control) {
            return Err("it is not text".into());
        }
        return Ok(Some(ListedPart { file: line.to_owned(), range: None, url: None }));
    };
    let place: CdxjPlace =
        serde_json::from_str(object).map_err(|e| format!("it is no CDXJ: {e}"))?;
    let number = |value: &Value| match value {
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    let range = number(&place.offset).zip(number(&place.length));
    let range = range.ok_or("its offset or its length is no number")?;
    Ok(Some(ListedPart { file: place.filename, range: Some(range), url: place.url }))
}

/// The object of a line in CDXJ. Its numbers are texts as most tools write them.
#[derive(Deserialize)]
struct CdxjPlace {
    filename: String,
    offset: Value,
    length: Value,
    url: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use crate::warc::listing::{ListedPart, parse_line};

    #[track_caller]
    fn check(line: &str, file: &str, range: Option<(u64, u64)>, url: Option<&str>) {
        let url = url.map(str::to_owned);
        let expected = ListedPart { file: file.into(), range, url };
        assert_eq!(parse_line(line.as_bytes()), Ok(Some(expected)), "{line}");
    }

    #[test]
    fn lines_name_files_addresses_and_places_in_them() {
        check("a/b c.warc.gz\r", "a/b c.warc.gz", None, None);
        check("https://a.example/x.warc.gz", "https://a.example/x.warc.gz", None, None);
        let place =
            r#"{"url": "http://b.example/", "length": "10", "offset": "20", "filename": "x"}"#;
        let line = format!("example,b)/ 20240101000000 {place}");
        check(&line, "x", Some((20, 10)), Some("http://b.example/"));
        check(place, "x", Some((20, 10)), Some("http://b.example/"));
        check(r#"k 1 {"filename":"x","offset":20,"length":10}"#, "x", Some((20, 10)), None);
    }

    #[test]
    fn what_is_no_line_is_passed_over_or_named() {
        for line in ["", "  ", "# a remark", "!meta {\"format\": \"CDXJ\"}"] {
            assert_eq!(parse_line(line.as_bytes()), Ok(None), "{line}");
        }
        for (line, expected) in [
            (&b"a\xff"[..], "it is not text"),
            (b"a\0b", "it is not text"),
            (b"k 1 {\"filename\": \"x\"}", "it is no CDXJ: missing field `offset`"),
            (b"{\"filename\":\"x\",\"offset\":\"-1\",\"length\":5}", "its offset or its length"),
        ] {
            let message = parse_line(line).unwrap_err();
            assert!(message.starts_with(expected), "{message}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(line in any::<Vec<u8>>(), text in any::<String>()) {
            let _ = parse_line(&line);
            let _ = parse_line(format!("k 1 {{{text}}}").as_bytes());
        }
    }
}
