//! Any bytes as each part of a PDF file: the first byte says which.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlsearch::extract::{self, Input};

fn file(content: &[u8], keys: &str, font: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R /Metadata 7 0 R>> endobj\n\
        2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
        3 0 obj <</Type /Page /Contents 4 0 R /Resources <</Font <</F 5 0 R /G 6 0 R>> \
        /XObject <</X 4 0 R>>>>>> endobj\n\
        6 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n4 0 obj <<"
        .to_vec();
    file.extend_from_slice(keys.as_bytes());
    file.extend_from_slice(format!(" /Length {}>>\nstream\n", content.len()).as_bytes());
    file.extend_from_slice(content);
    file.extend_from_slice(b"\nendstream endobj\n5 0 obj\n");
    file.extend_from_slice(font);
    file.extend_from_slice(b"\nendobj\n");
    file.extend_from_slice(rest);
    file.extend_from_slice(b"\ntrailer <</Root 1 0 R /Info 8 0 R>>");
    file
}

fuzz_target!(|data: &[u8]| {
    let Some((part, body)) = data.split_first() else { return };
    let shown = b"BT /F 10 Tf 12 TL 9 700 Td (Words of a paper) ' <0001000200410042> ' ET";
    let type0: &[u8] = b"<</Subtype /Type0 /DescendantFonts [<<>>] /ToUnicode 8 0 R>>";
    let filter = |name: &str| format!("/Filter /{name} /DecodeParms <</Predictor 12 /Columns 3>>");
    let map = || {
        let head = format!("8 0 obj <</Length {}>>\nstream\n", body.len());
        [head.as_bytes(), body, b"\nendstream endobj"].concat()
    };
    let file = match part % 9 {
        0 => body.to_vec(),
        1 => file(body, "", b"<</Subtype /Type1>>", b""),
        2 => file(body, &filter("FlateDecode"), b"null", b""),
        3 => file(body, &filter("LZWDecode"), b"null", b""),
        4 => file(body, "/Filter [/ASCII85Decode /RunLengthDecode]", b"null", b""),
        5 => file(shown, "", body, b""),
        6 => file(shown, "", type0, &map()),
        7 => file(shown, "", b"<</Subtype /TrueType /Encoding 8 0 R>>", body),
        _ => file(shown, "", b"<</FontDescriptor <</FontFile 8 0 R>>>>", &map()),
    };
    extract::extract(&Input { body: &file, url: "a.pdf", ..Input::default() });
});
