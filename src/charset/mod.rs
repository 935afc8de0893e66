//! Charsets: from bytes and a declared charset to text.

mod prescan;

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes are shown to the detector when nothing is declared.
const GUESS_WINDOW_BYTES: usize = 64 * 1024;

/// Decodes a page: byte order mark, then the header's charset, then what it declares, then UTF-8 if the
/// bytes are UTF-8, then a guess. What cannot be decoded becomes U+FFFD.
pub(crate) fn html<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    let text = text_as(body, header_charset(content_type).or_else(|| prescan::declared(body)));
    match encoded_once(&text) {
        Some(text) => text.into(),
        None => text,
    }
}

/// The text of a page that was taken for windows-1252 and encoded a second time: every character of
/// it is one byte of UTF-8, and the bytes decode.
fn encoded_once(text: &str) -> Option<String> {
    if text.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = text.chars().map(byte_of).collect();
    String::from_utf8(bytes?).ok()
}

/// The byte that a character stands for in ISO 8859-1 or in windows-1252, which differ in 27 places.
fn byte_of(c: char) -> Option<u8> {
    u8::try_from(c).ok().or_else(|| {
        let mut letter = [0; 4];
        let (bytes, _, is_lossy) = WINDOWS_1252.encode(c.encode_utf8(&mut letter));
        bytes.first().copied().filter(|_| !is_lossy)
    })
}

/// Decodes text that has no markup to declare its charset.
pub(crate) fn plain<'b>(body: &'b [u8], content_type: Option<&str>) -> Cow<'b, str> {
    text_as(body, header_charset(content_type))
}

/// Decodes a file that somebody has written, such as a list, whose markup may declare its charset, and
/// gives the lines in which a byte had to be replaced.
///
/// Unlike a page, it is UTF-8 when no more of its characters are not than are: it is written by hand or
/// put together of parts, and one odd byte makes no other charset of all the rest.
pub fn written(body: &[u8]) -> (Cow<'_, str>, Vec<u32>) {
    let is_marked = Encoding::for_bom(body).is_some();
    let head = &body[..body.len().min(1024)];
    if !is_marked && head.len() > 3 && is_utf16(head) {
        let encoding = if head[0] == 0 { UTF_16BE } else { UTF_16LE };
        return (encoding.decode_without_bom_handling(body).0, Vec::new());
    }
    let (mut characters, mut lines, mut line) = (0, Vec::new(), 1_u32);
    for chunk in body.utf8_chunks() {
        characters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        let breaks = chunk.valid().bytes().filter(|byte| *byte == b'\n').count();
        line = line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        if !chunk.invalid().is_empty() {
            lines.push(line);
        }
    }
    if lines.len() <= characters && !is_marked {
        return (String::from_utf8_lossy(body), lines);
    }
    let declared = body.trim_ascii_start().starts_with(b"<").then(|| prescan::declared(body));
    let is_utf8 = body.starts_with(b"\xEF\xBB\xBF");
    (text_as(body, declared.flatten()), if is_utf8 { lines } else { Vec::new() })
}

/// Whether the first bytes of a body are UTF-16: marked as such, or zero in every other place only.
pub(crate) fn is_utf16(head: &[u8]) -> bool {
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    head.starts_with(b"\xFF\xFE")
        || head.starts_with(b"\xFE\xFF")
        || even.max(odd) * 4 > head.len() && even.min(odd) * 16 < head.len()
}

fn text_as<'b>(body: &'b [u8], declared: Option<&'static Encoding>) -> Cow<'b, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[mark..]).0;
    }
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        // Another declaration over bytes that are UTF-8 throughout is a leftover: of a template, or
        // of a program that saved the page anew. Text in another charset is not UTF-8 by chance,
        // except UTF-16 and the escape codes of ISO-2022-JP, whose bytes are ASCII.
        let leftover = !body.is_ascii() && encoding.is_ascii_compatible();
        if !leftover || std::str::from_utf8(body).is_err() {
            return encoding.decode_without_bom_handling(body).0;
        }
    }
    match std::str::from_utf8(body) {
        Ok(text) => text.into(),
        // A few broken bytes in a page that declares UTF-8 do not make it another charset.
        Err(_) if declared.is_some() => String::from_utf8_lossy(body),
        Err(error) if error.error_len().is_none() => String::from_utf8_lossy(body),
        Err(_) => guess(body).decode_without_bom_handling(body).0,
    }
}

fn guess(body: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let window = &body[..body.len().min(GUESS_WINDOW_BYTES)];
    detector.feed(window, window.len() == body.len());
    detector.guess(None, Utf8Detection::Allow)
}

fn header_charset(content_type: Option<&str>) -> Option<&'static Encoding> {
    prescan::label(content_type?.as_bytes())
}

#[cfg(test)]
mod tests {
    use crate::charset;

    #[track_caller]
    fn check(body: &[u8], content_type: Option<&str>, expected: &str) {
        assert_eq!(charset::html(body, content_type), expected);
    }

    #[test]
    fn a_byte_order_mark_beats_the_header() {
        check(b"\xEF\xBB\xBFna\xC3\xAFve", Some("text/html; charset=iso-8859-1"), "naïve");
        check(b"\xFF\xFEh\0i\0", None, "hi");
    }

    #[test]
    fn the_header_beats_the_meta_element() {
        check(
            b"<meta charset=koi8-r>\xE4",
            Some("text/html;charset=\"windows-1252\""),
            "<meta charset=koi8-r>ä",
        );
    }

    #[test]
    fn the_meta_element_is_read_in_both_forms() {
        check(b"<META charset='Shift_JIS'>\x82\xA0", None, "<META charset='Shift_JIS'>あ");
        let page = b"<meta content='charset=windows-1251' http-equiv=content-type>\xE4";
        check(page, None, "<meta content='charset=windows-1251' http-equiv=content-type>д");
    }

    #[test]
    fn utf8_under_another_declaration_stays_utf8() {
        check("naïve".as_bytes(), Some("text/html; charset=iso-8859-1"), "naïve");
        let page = "<meta charset=gb2312>谷歌公司";
        check(page.as_bytes(), None, page);
    }

    #[test]
    fn undeclared_bytes_are_guessed() {
        let russian =
            b"\xCF\xF0\xE8\xE2\xE5\xF2, \xEA\xE0\xEA \xE4\xE5\xEB\xE0? \xD5\xEE\xF0\xEE\xF8\xEE.";
        check(russian, None, "Привет, как дела? Хорошо.");
    }

    #[test]
    fn broken_bytes_in_declared_utf8_become_replacement_characters() {
        check(b"<meta charset=utf-8>a\xFFb", None, "<meta charset=utf-8>a\u{FFFD}b");
    }

    #[track_caller]
    fn check_list(body: &[u8], expected: &str, lines: &[u32]) {
        let (text, replaced) = charset::written(body);
        assert_eq!((&*text, replaced.as_slice()), (expected, lines));
    }

    #[test]
    fn one_odd_byte_of_a_list_is_replaced_and_told() {
        check_list("naïve\n".as_bytes(), "naïve\n", &[]);
        check_list(b"na\xC3\xAFve\ncaf\xE9\n", "naïve\ncaf\u{FFFD}\n", &[2]);
        check_list(b"\xEF\xBB\xBFa\ncaf\xE9\n", "a\ncaf\u{FFFD}\n", &[2]);
        check_list(b"caf\xE9 \xE0 la carte", "café à la carte", &[]);
        check_list(b"a\0b\0c\0\n\0", "abc\n", &[]);
        check_list(b"\xFE\xFF\0a\0b", "ab", &[]);
        let xml = b"<?xml version='1.0' encoding='koi8-r'?>\xE4";
        check_list(xml, "<?xml version='1.0' encoding='koi8-r'?>Д", &[]);
        check_list(b"<meta charset=koi8-r>\xE4", "<meta charset=koi8-r>Д", &[]);
    }

    #[test]
    fn a_page_that_was_encoded_twice_is_decoded_twice() {
        let twice = |text: &str| -> String { text.bytes().map(char::from).collect() };
        check(twice("It’s naïve — “café”").as_bytes(), None, "It’s naïve — “café”");
        check("Itâ€™s naÃ¯ve".as_bytes(), None, "It’s naïve");
        check("naïve café".as_bytes(), None, "naïve café");
        check("Ã© is é, read wrongly".as_bytes(), None, "Ã© is é, read wrongly");
        check("â€™ is wrong for Ω".as_bytes(), None, "â€™ is wrong for Ω");
    }

    #[test]
    fn text_without_markup_is_decoded() {
        assert_eq!(charset::plain(b"\xff\xfea\0b\0", None), "ab");
        assert_eq!(charset::plain(b"\xef\xbb\xbfab", None), "ab");
        assert_eq!(charset::plain(b"caf\xe9 \xe0 la carte", None), "café à la carte");
    }
}
