//! What a page declares its charset to be, before anything of it is decoded: HTML, section 13.2.3.2,
//! "prescan a byte stream to determine its encoding".

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// How many bytes at the start of a page are searched. The standard says 1,024; browsers look
/// further, and pages rely on it.
const WINDOW: usize = 8 * 1024;

/// The charset of the first `<meta>` that declares one, outside of comments, or else that of the XML
/// declaration.
pub(crate) fn declared(body: &[u8]) -> Option<&'static Encoding> {
    let body = &body[..body.len().min(WINDOW)];
    let mut rest = body;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at..];
        if rest.starts_with(b"<!--") {
            // The dashes of the beginning may be those of the end: `<!-->` is a whole comment.
            let end = memchr::memmem::find(&rest[2..], b"-->")?;
            rest = &rest[2 + end + 3..];
        } else if let Some(inside) = after_name(rest, b"<meta") {
            let (found, after) = meta(inside);
            if found.is_some() {
                return found;
            }
            rest = after;
        } else if let [b'<', b'a'..=b'z' | b'A'..=b'Z', ..]
        | [b'<', b'/', b'a'..=b'z' | b'A'..=b'Z', ..] = rest
        {
            let name = rest.iter().position(|b| b.is_ascii_whitespace() || *b == b'>')?;
            rest = &rest[name..];
            while let (Some(_), after) = attribute(rest) {
                rest = after;
            }
        } else if let [b'<', b'!' | b'?' | b'/', ..] = rest {
            rest = &rest[memchr::memchr(b'>', rest)?..];
        } else {
            rest = &rest[1..];
        }
    }
    xml(body)
}

/// What follows the name of an element, if it is that one.
fn after_name<'b>(bytes: &'b [u8], name: &[u8]) -> Option<&'b [u8]> {
    let (found, rest) = bytes.split_at_checked(name.len())?;
    let ends = rest.first().is_some_and(|b| b.is_ascii_whitespace() || *b == b'/');
    (found.eq_ignore_ascii_case(name) && ends).then_some(rest)
}

/// Reads the attributes of a `<meta>`: what they declare, and what follows.
fn meta(mut rest: &[u8]) -> (Option<&'static Encoding>, &[u8]) {
    let (mut charset, mut content, mut is_pragma) = (None, None, false);
    while let (Some(RawAttribute { name, value }), after) = attribute(rest) {
        rest = after;
        match &*name {
            b"charset" if charset.is_none() => charset = Some(Encoding::for_label(&value)),
            b"content" if content.is_none() => content = label(&value),
            b"http-equiv" => is_pragma |= value == b"content-type",
            _ => {}
        }
    }
    let found = charset.unwrap_or_else(|| content.filter(|_| is_pragma));
    (found.map(readable), rest)
}

/// The charset that a page can be in whose declaration was read byte by byte.
fn readable(encoding: &'static Encoding) -> &'static Encoding {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        UTF_8
    } else if encoding == X_USER_DEFINED {
        WINDOWS_1252
    } else {
        encoding
    }
}

/// An attribute of a tag, in lower case.
struct RawAttribute {
    name: Vec<u8>,
    value: Vec<u8>,
}

/// The next attribute of a tag, and what follows it ("get an attribute"); none at the end of the tag.
fn attribute(bytes: &[u8]) -> (Option<RawAttribute>, &[u8]) {
    let lower = |bytes: &[u8]| bytes.to_ascii_lowercase();
    let skip = |b: &u8| b.is_ascii_whitespace() || *b == b'/';
    let bytes = &bytes[bytes.iter().take_while(|b| skip(b)).count()..];
    if bytes.first().is_none_or(|b| *b == b'>') {
        return (None, bytes);
    }
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'=' | b'/' | b'>');
    // A name may begin with the sign that otherwise ends one.
    let len = 1 + bytes[1..].iter().take_while(|b| !ends(b)).count();
    let (name, rest) = (lower(&bytes[..len]), &bytes[len..]);
    let Some(rest) = rest.trim_ascii_start().strip_prefix(b"=") else {
        return (Some(RawAttribute { name, value: Vec::new() }), rest);
    };
    let rest = rest.trim_ascii_start();
    match rest.first() {
        Some(quote @ (b'"' | b'\'')) => {
            let end = memchr::memchr(*quote, &rest[1..]).map_or(rest.len(), |end| end + 1);
            let value = lower(&rest[1..end]);
            (Some(RawAttribute { name, value }), &rest[(end + 1).min(rest.len())..])
        }
        _ => {
            let len = rest.iter().take_while(|b| !b.is_ascii_whitespace() && **b != b'>').count();
            (Some(RawAttribute { name, value: lower(&rest[..len]) }), &rest[len..])
        }
    }
}

/// The charset that `text/html; charset=…` names.
pub(crate) fn label(mut bytes: &[u8]) -> Option<&'static Encoding> {
    let rest = loop {
        let at = bytes.windows(7).position(|w| w.eq_ignore_ascii_case(b"charset"))?;
        bytes = &bytes[at + 7..];
        if let Some(rest) = bytes.trim_ascii_start().strip_prefix(b"=") {
            break rest.trim_ascii_start();
        }
    };
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b';' | b',');
    Encoding::for_label(&rest[..rest.iter().position(ends).unwrap_or(rest.len())])
}

/// The charset of `<?xml version="1.0" encoding="…"?>` ("get an XML encoding").
fn xml(body: &[u8]) -> Option<&'static Encoding> {
    let declaration = body.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr::memchr(b'>', declaration)?];
    let at = memchr::memmem::find(declaration, b"encoding")?;
    let rest = declaration[at + 8..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = rest.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let end = memchr::memchr(*quote, &rest[1..])?;
    Encoding::for_label(&rest[1..=end]).map(readable)
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert, proptest};

    use crate::charset::prescan::declared;

    #[track_caller]
    fn check(page: &str, expected: Option<&str>) {
        assert_eq!(declared(page.as_bytes()).map(|e| e.name()), expected, "{page}");
    }

    #[test]
    fn elements_declare_in_two_ways() {
        let cyrillic = Some("windows-1251");
        check("<meta charset=windows-1251>", cyrillic);
        check("<!doctype html><html><head><META CHARSET = 'cp1251' />", cyrillic);
        check("<meta/charset='windows-1251'/>", cyrillic);
        check("<meta charset=\"windows-1251\"", cyrillic);
        let pragma = "<meta http-equiv='Content-Type' content='text/html; charset=windows-1251'>";
        check(pragma, cyrillic);
        check("<meta content='charset = \"cp1251\"' http-equiv=content-type>", cyrillic);
        check("<meta content='charset x; charset=cp1251;' http-equiv=content-type>", cyrillic);
        check("<meta name=a content=b><meta charset=windows-1251>", cyrillic);
        check("<a title='>'><p a=b/><meta charset=windows-1251>", cyrillic);
        check("<meta charset=utf-16>", Some("UTF-8"));
        check("<meta charset=x-user-defined>", Some("windows-1252"));
    }

    #[test]
    fn what_only_looks_like_a_declaration_is_none() {
        check("<meta content='text/html; charset=koi8-r'>", None);
        check("<meta http-equiv=a content='text/html; charset=koi8-r'>", None);
        check("<meta name=description content='how to write charset=koi8-r'>", None);
        check("<!-- <meta charset=koi8-r> -->", None);
        check("<!-- <meta charset=koi8-r> --><meta charset=utf-8>", Some("UTF-8"));
        check("<!--><meta charset=koi8-r>", Some("KOI8-R"));
        check("<a title='<meta charset=koi8-r>'><meta charset=utf-8>", Some("UTF-8"));
        check("<!x <meta charset=koi8-r>", None);
        check("</p <meta charset=koi8-r>", None);
        check("</3 <meta charset=koi8-r>", None);
        check("<metadata charset=koi8-r>", None);
        check("<meta charset=nothing><meta charset=koi8-r>", Some("KOI8-R"));
        check("<meta data-charset=koi8-r>", None);
        check("charset=koi8-r", None);
    }

    #[test]
    fn xml_declares_when_no_element_does() {
        check("<?xml version=\"1.0\" encoding=\"koi8-r\"?><html>", Some("KOI8-R"));
        check("<?xml version='1.0' encoding = 'koi8-r' ?><meta charset=utf-8>", Some("UTF-8"));
        check("<?xml version=\"1.0\"?><p encoding=\"koi8-r\">", None);
        check(" <?xml version=\"1.0\" encoding=\"koi8-r\"?>", None);
        check("<?xml encoding=\"UTF-16LE\"?>", Some("UTF-8"));
    }

    proptest! {
        #[test]
        fn a_declaration_behind_any_whole_text_is_found(text in "[a-z&;=\"'/ -]{0,40}") {
            let page = format!("{text}<meta charset=koi8-r>");
            prop_assert!(declared(page.as_bytes()).is_some());
        }

        #[test]
        fn no_bytes_are_too_odd(
            page in "(<|>|!|-|meta|charset|=|'|\"|/| |content|http-equiv|\\?xml|a|é){0,40}",
        ) {
            declared(page.as_bytes());
        }
    }
}
