//! What a PDF file hides, what was put on its pages, and pictures within its text.

use super::{TEXT, check_text, file, stream};

/// The text of the fixture.
const READ: &str = "A detector of drift compares what a model sees with what it has seen when it \
    was trained.";

/// A file whose catalog has layers and whose page may name them and a form.
#[track_caller]
fn check_layer(layers: &str, content: &str, layer: &str, form: &str, expected: &str) {
    let catalog = format!("<</Type /Catalog /Pages 2 0 R /OCProperties <<{layers}>>>>");
    let page = "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R>> \
        /Properties <</L 10 0 R>> /XObject <</X 9 0 R>>>>>>";
    let stamp = b"BT /F 10 Tf 72 500 Td (A stamp for few) Tj ET";
    let keys = format!("/Type /XObject /Subtype /Form /BBox [0 0 600 800] {form}");
    let more = [
        (1, catalog.into_bytes()),
        (3, page.into()),
        (9, stream(&keys, stamp)),
        (10, layer.as_bytes().to_vec()),
        (11, b"<</Type /OCG /Name (Draft)>>".to_vec()),
    ];
    let content = [TEXT, content.as_bytes()].concat();
    check_text(&file(&content, "", &more), expected);
}

#[test]
fn layers_that_are_hidden_are_not_read() {
    const STAMP: &str = " /OC /L BDC BT /F 10 Tf 72 500 Td (A stamp for few) Tj ET EMC";
    const GROUP: &str = "<</Type /OCG /Name (Draft)>>";
    const ANY: &str = "<</Type /OCMD /OCGs [11 0 R]>>";
    let both = &format!("{READ}\nA stamp for few");
    let off = "/OCGs [10 0 R 11 0 R] /D <</OFF [11 0 R]>>";
    let this_off = "/OCGs [10 0 R 11 0 R] /D <</OFF [10 0 R]>>";
    let on = "/OCGs [10 0 R 11 0 R] /D <</BaseState /OFF /ON [10 0 R 11 0 R]>>";
    let none = "/OCGs [10 0 R 11 0 R] /D <</BaseState /OFF>>";
    for (layers, layer, expected) in [
        (this_off, GROUP, READ),
        (off, GROUP, both),
        (none, GROUP, READ),
        (on, GROUP, both),
        (off, ANY, READ),
        (on, ANY, both),
        (off, "<</Type /OCMD /OCGs 11 0 R>>", READ),
        (off, "<</Type /OCMD /OCGs [11 0 R] /P /AllOff>>", both),
        (on, "<</Type /OCMD /OCGs [11 0 R] /P /AnyOff>>", READ),
        (off, "<</Type /OCMD /VE [/Not 11 0 R]>>", both),
        (on, "<</Type /OCMD /VE [/And 11 0 R [/Not 11 0 R]]>>", READ),
    ] {
        check_layer(layers, STAMP, layer, "", expected);
    }
    check_layer(this_off, " /X Do", GROUP, "/OC 10 0 R", READ);
    check_layer(on, " /X Do", GROUP, "/OC 10 0 R", both);
}

#[test]
fn notes_on_a_page_and_filled_fields_are_read() {
    let page = "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>> \
        /Annots [11 0 R 12 0 R 13 0 R 14 0 R 15 0 R 16 0 R]>>";
    let looks = stream(
        "/Type /XObject /Subtype /Form /BBox [0 0 300 20] /Resources <</Font <</F 5 0 R>>>>",
        b"BT /F 10 Tf 2 4 Td (Ada Potter) Tj ET",
    );
    let more = [
        (3, page.into()),
        (9, looks),
        (
            11,
            b"<</Subtype /Widget /FT /Tx /V (Ada Potter) /Rect [72 600 372 620] /AP <</N 9 0 R>>>>"
                .into(),
        ),
        (12, b"<</Subtype /Widget /Parent 17 0 R /Rect [72 550 372 570]>>".into()),
        (13, b"<</Subtype /FreeText /Contents (Cools too fast) /Rect [72 500 372 520]>>".into()),
        // Hidden, a button, a note that is closed.
        (14, b"<</Subtype /FreeText /F 2 /Contents (unseen) /Rect [72 450 372 470]>>".into()),
        (15, b"<</Subtype /Widget /FT /Btn /V (Send) /Rect [72 400 372 420]>>".into()),
        (16, b"<</Subtype /Text /Contents (closed) /Rect [72 350 372 370]>>".into()),
        (17, b"<</FT /Ch /V (Stoneware)>>".into()),
    ];
    let expected = format!("{READ}\nAda Potter\nStoneware\nCools too fast");
    check_text(&file(TEXT, "", &more), &expected);
}

#[test]
fn pictures_within_a_text_end_where_they_end() {
    let after = b" BT /F 10 Tf 72 500 Td (And after it.) Tj ET";
    let expected = format!("{READ}\nAnd after it.");
    let pictures: [&[u8]; 4] = [
        b" BI /W 16 /H 1 /BPC 1 /IM true ID \x00\xff\nEI\xf0 EI Q\xff\nEI",
        b" BI /W 16 /H 16 /BPC 1 /IM true /F [/A85 /Fl] ID Gar!G$9nLj?I'?P~>\nEI",
        b" BI /W 16 /H 16 /BPC 1 /IM true /F [/A85 /Fl] ID Gar!G$9nLj?I'?P~\nEI",
        b" BI /W 8 /H 2 /BPC 1 /IM true ID \xf0\x0f\n",
    ];
    for picture in pictures {
        check_text(&file(&[TEXT, picture, after].concat(), "", &[]), &expected);
    }
}
