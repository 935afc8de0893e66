//! Characters of a PDF file: encodings that the file names, signs, and encrypted files.

use super::{check_text, file, stream, with_table};

/// The page of a file whose font G is object 8.
pub(super) const WITH_FONT: &str = "<</Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] \
    /Contents 4 0 R /Resources <</Font <</F 5 0 R /B 6 0 R /G 8 0 R>>>>>>";

/// Objects of a font whose codes are UTF-16, half an em or a whole one wide.
pub(super) fn wide_font(encoding: &str, width: u32) -> Vec<(u32, Vec<u8>)> {
    let font = format!(
        "<</Type /Font /Subtype /Type0 /BaseFont /Kiln /Encoding /{encoding} /ToUnicode 10 0 R \
         /DescendantFonts [<</Type /Font /Subtype /CIDFontType2 /BaseFont /Kiln /DW {width} \
         /CIDSystemInfo <</Registry (Adobe) /Ordering (Identity) /Supplement 0>>>>]>>"
    );
    let map = b"1 begincodespacerange <0000> <FFFF> endcodespacerange \
        1 beginbfrange <0000> <FFFF> <0000> endbfrange";
    vec![(3, WITH_FONT.into()), (8, font.into_bytes()), (10, stream("", map))]
}

/// A text as the codes of such a font.
pub(super) fn codes(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04x}")).collect()
}

/// Text in a font that names its encoding and the collection of its characters, without a map to
/// Unicode.
#[track_caller]
fn check_encoding(encoding: &str, ordering: &str, codes: &str, expected: &str) {
    let font = format!(
        "<</Type /Font /Subtype /Type0 /BaseFont /Kiln /Encoding /{encoding} /DescendantFonts \
         [<</Type /Font /Subtype /CIDFontType0 /BaseFont /Kiln /DW 1000 \
         /CIDSystemInfo <</Registry (Adobe) /Ordering ({ordering}) /Supplement 2>>>>]>>"
    );
    // Less text than this is none.
    let (codes, expected) = (codes.repeat(8), expected.repeat(8));
    let content = format!("BT /G 12 Tf 72 700 Td <{codes}> Tj ET");
    let more = [(3, WITH_FONT.into()), (8, font.into_bytes())];
    check_text(&file(content.as_bytes(), "", &more), &expected);
}

#[test]
fn east_asian_encodings_are_known_by_their_names() {
    let words = "\u{7aaf}\u{306e}\u{6e29}\u{5ea6}\u{3092}\u{6e2c}\u{308b}\u{3002}";
    let utf8: String = words.bytes().map(|byte| format!("{byte:02x}")).collect();
    let utf32: String = words.chars().map(|c| format!("{:08x}", u32::from(c))).collect();
    check_encoding("UniJIS-UTF8-H", "Japan1", &utf8, words);
    check_encoding("UniJIS-UTF16-H", "Japan1", &codes(words), words);
    check_encoding("UniJIS2004-UTF16-H", "Japan1", &codes(words), words);
    check_encoding("UniJIS-UCS2-H", "Japan1", &codes(words), words);
    check_encoding("UniJIS-UTF32-H", "Japan1", &utf32, words);
    check_encoding(
        "EUC-H",
        "Japan1",
        "cdd2a4cecfa7a4f2b7d7a4eb",
        "\u{7aaf}\u{306e}\u{7089}\u{3092}\u{8a08}\u{308b}",
    );
    check_encoding("90ms-RKSJ-H", "Japan1", "93fa967b82cc8e96", "\u{65e5}\u{672c}\u{306e}\u{4e8b}");
    check_encoding("GBK-EUC-H", "GB1", "c8d5b1beb5c4", "\u{65e5}\u{672c}\u{7684}");
    check_encoding("ETen-B5-H", "CNS1", "a4e9a5bbaaba", "\u{65e5}\u{672c}\u{7684}");
    check_encoding("KSCms-UHC-H", "Korea1", "b0a1b3aab4d9", "\u{ac00}\u{b098}\u{b2e4}");
    // Adobe's numbers of the characters, as pLaTeX writes them.
    check_encoding("Identity-H", "Japan1", "034b034d034f", "\u{3042}\u{3044}\u{3046}");
}

#[test]
fn a_file_that_opens_without_a_password_is_decrypted() {
    const CONTENT: &str = "6406c6595ca86289eca93dfbdf7af61913ca994516a045fa15851109e92e409712fe4ff802c1b70b52ac8366796cf2db634fd2fc548b5a6565c6b1cb2cca1571f65a91cfaeb76f122ea73e1d7b303fb4";
    const OWNER: &str = "d1e3814ad9aeae09d39a9715cc1aa07e22db578f1ab81ccfb91ec2d6df8aedc8";
    const USER: &str = "ef25f816e79dc67fbfe677634eca60556f4bc2b7eebe9baced9c78b016a9310b";
    let plain = file(CONTENT.as_bytes(), "", &[]);
    let keys = format!("<</Filter /Standard /V 1 /R 2 /P -4 /O <{OWNER}> /U <{USER}>>>");
    let trailer = format!("/ID [<6b696c6e> <6b696c6e>] /Encrypt {keys} /Root");
    let mut body =
        with_table(&String::from_utf8(plain).unwrap().replace("/Root", &trailer)).into_bytes();
    let encrypted: Vec<u8> = (0..CONTENT.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&CONTENT[at..at + 2], 16).unwrap())
        .chain(vec![b' '; CONTENT.len() / 2])
        .collect();
    let at = body.windows(8).position(|part| part == &CONTENT.as_bytes()[..8]).unwrap();
    body.splice(at..at + CONTENT.len(), encrypted);
    // What is behind the text is noise now; the first operators are what counts.
    let text = super::read(&body).content.text();
    assert!(text.contains("words that are kept in a locked drawer of the kiln"), "{text}");
}

#[test]
fn signs_that_are_not_read_leave_words_whole() {
    let text = |content: &str, expected: &str| {
        check_text(&file(content.as_bytes(), "", &wide_font("Identity-H", 500)), expected);
    };
    let shown = |words: &str| format!("<{}> Tj", codes(words));
    // A hyphen that is seen only where a line ends.
    let one = shown("the clay\u{ad}body of the pots and the po\u{ad}");
    let other = shown("litics of the glaze in a small town");
    text(
        &format!("BT /G 11 Tf 72 700 Td {one} 0 -14 Td {other} ET"),
        "the claybody of the pots and the politics of the glaze in a small town",
    );
    // Text that stands for glyphs: more letters than are seen, and none.
    let ligature = "/Span <</ActualText <FEFF006600660069>>> BDC <0032> Tj EMC";
    let none = "/Span <</ActualText <FEFF>>> BDC <002d> Tj EMC";
    let (of, ce, low) = (shown("the slow"), shown("er o"), shown("ce of the kiln is open"));
    text(
        &format!("BT /G 11 Tf 72 700 Td {of} {none} {ce} {ligature} {low} ET"),
        "the slower office of the kiln is open",
    );
}
