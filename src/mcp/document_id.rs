//! The id of a document as agents get it, and as they send it back.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::mcp::{
    fence::{address, clean},
    refusal::CallRefusal,
};

/// What a resource begins with; the id of a document follows, percent-encoded.
pub(crate) const RESOURCE: &str = "mlsearch://doc/";

/// Characters of an id that is told or sent.
const ID_CHARS: usize = 2_000;

/// What an agent sends for a document: its id, and where that is no clean line, its resource. Where
/// both are too long it is the URL.
pub(crate) fn told(id: &str, url: &str) -> String {
    let is_plain = id == clean(id).trim() && !id.starts_with("id:") && !id.contains("://");
    let told = match is_plain {
        true => id.to_owned(),
        false => format!("{RESOURCE}{}", utf8_percent_encode(id, NON_ALPHANUMERIC)),
    };
    match told.char_indices().nth(ID_CHARS) {
        None => told,
        Some(_) => address(url).unwrap_or_else(|| "(too long)".to_owned()),
    }
}

/// The ids and URLs that may be meant by what was sent, the likelier first.
pub(crate) fn meant(sent: &str) -> Result<Vec<String>, CallRefusal> {
    let sent = sent.trim();
    if sent.char_indices().nth(ID_CHARS).is_some() {
        let message = format!("`id` is longer than {ID_CHARS} characters");
        return Err(CallRefusal::new(message, "send the `id` of a hit, or its address"));
    }
    Ok(match sent.strip_prefix(RESOURCE) {
        Some(id) => vec![format!("id:{}", percent_decode_str(id).decode_utf8_lossy())],
        // An id may hold blanks, and then it is taken for neither unless it says what it is.
        None if sent.starts_with("id:") || sent.contains("://") => vec![sent.to_owned()],
        None => vec![format!("id:{sent}"), sent.to_owned()],
    })
}

#[cfg(test)]
mod tests {
    use crate::mcp::document_id::{meant, told};

    #[track_caller]
    fn check(id: &str, expected: &str) {
        let told = told(id, "https://a.example/");
        assert_eq!(told, expected);
        assert_eq!(meant(&told).unwrap()[0], format!("id:{id}"));
    }

    #[test]
    fn whatever_an_id_is_it_can_be_sent_back() {
        check("7k2", "7k2");
        check("two words", "two words");
        check(&"x".repeat(1_500), &"x".repeat(1_500));
        check("a\nb", "mlsearch://doc/a%0Ab");
        check(" a", "mlsearch://doc/%20a");
        check("id:7", "mlsearch://doc/id%3A7");
        check("a\u{202e}b", "mlsearch://doc/a%E2%80%AEb");
        check("https://b.example/", "mlsearch://doc/https%3A%2F%2Fb%2Eexample%2F");
    }

    #[test]
    fn an_endless_id_is_told_by_its_url() {
        assert_eq!(told(&"x".repeat(2_001), "https://a.example/"), "https://a.example/");
        assert_eq!(told(&"\n".repeat(2_000), ""), "(too long)");
        assert!(meant(&"x".repeat(2_001)).is_err());
        assert_eq!(meant(" https://a.example/ ").unwrap(), ["https://a.example/"]);
    }
}
