//! Tests of the extract room on PDF files, which are written here.

mod columns;
mod fonts;
mod layout;
mod marks;

use std::io::Write;

use flate2::{Compression, write::ZlibEncoder};
use mlsearch::{
    content,
    extract::{self, Extraction, Input},
    page::Outcome,
};
use proptest::prelude::{Strategy, any, prop, proptest};

/// A file of one page with a font that has no program, and further objects.
fn file(content: &[u8], keys: &str, more: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n\
        2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
        3 0 obj <</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R /B 6 0 R>> \
        /XObject <</X 9 0 R>>>>>> endobj\n\
        5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n\
        6 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold>> endobj\n"
        .to_vec();
    let content = stream(keys, content);
    for (number, object) in std::iter::once((4, content)).chain(more.iter().cloned()) {
        file.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        file.extend_from_slice(&object);
        file.extend_from_slice(b"\nendobj\n");
    }
    file.extend_from_slice(b"trailer <</Root 1 0 R /Info 7 0 R>>\n%%EOF");
    file
}

fn stream(keys: &str, data: &[u8]) -> Vec<u8> {
    let mut stream = format!("<<{keys} /Length {}>>\nstream\n", data.len()).into_bytes();
    stream.extend_from_slice(data);
    stream.extend_from_slice(b"\nendstream");
    stream
}

fn deflated(data: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// Text at places: font and size, left, base line, words.
fn page(lines: &[(&str, f32, f32, &str)]) -> Vec<u8> {
    let mut content = String::new();
    for (font, left, base, words) in lines {
        content.push_str(&format!("BT /{font} Tf 1 0 0 1 {left} {base} Tm ({words}) Tj ET\n"));
    }
    content.into_bytes()
}

/// The same file with a table of its objects, without which nothing in it is decrypted.
fn with_table(file: &str) -> String {
    let (objects, trailer) = file.split_at(file.find("trailer").unwrap());
    let trailer = trailer.replace("%%EOF", "");
    let place = |number: usize| match objects.find(&format!("\n{number} 0 obj")) {
        Some(at) => format!("{:010} 00000 n \n", at + 1),
        None => "0000000000 65535 f \n".to_owned(),
    };
    let table: String = (0..10).map(place).collect();
    let at = objects.len();
    format!("{objects}xref\n0 10\n{table}{trailer}startxref\n{at}\n%%EOF\n")
}

fn read(body: &[u8]) -> Extraction {
    extract::extract(&Input { body, url: "https://papers.example/a.pdf", ..Input::default() })
}

/// Three lines of text.
const TEXT: &[u8] = b"BT /F 10 Tf 12 TL 72 700 Td (A detector of drift compares) ' \
    (what a model sees with what it has seen) ' (when it was trained.) ' ET";

/// The text of a file, one paragraph or heading a line, below its title.
#[track_caller]
fn check_text(body: &[u8], expected: &str) {
    let found = read(body);
    assert_eq!(found.outcome, Outcome::Ok, "{:?}", found.reason);
    let content = found.content;
    let title = content.title.iter().map(|title| format!("# {title}\n"));
    let author = content.author.iter().map(|author| format!("by {author}\n"));
    let text: String = title.chain(author).chain([content.text()]).collect();
    assert_eq!(text.trim_end(), expected);
}

#[track_caller]
fn check_refused(body: &[u8], outcome: Outcome, reason: &str) {
    let found = read(body);
    assert_eq!(found.outcome, outcome, "{:?}", found.reason);
    assert_eq!(found.reason.as_deref(), Some(reason));
    assert!(found.content.sections.is_empty());
}

#[test]
fn a_paper_in_two_columns_is_read_down_the_first_one_then_the_second() {
    let mut lines = vec![
        ("F 18", 150.0, 740.0, "On the Drift of Models"),
        ("F 12", 250.0, 715.0, "Ann Example"),
        ("F 10", 250.0, 700.0, "March 6, 2021"),
        ("B 12", 72.0, 680.0, "1 Introduction"),
        ("B 12", 320.0, 680.0, "2 Method"),
    ];
    let left = [
        "Models that are put to work see data that",
        "nobody has seen before. Their errors grow",
        "slowly, and a monitor that looks at the in-",
        "puts alone will find them too late to help.",
        "We compare four detectors on well-known",
        "data and say which one is worth its price,",
    ];
    let right = [
        "and which is not, in an experiment that",
        "anybody can repeat. Each detector gets the",
        "same inputs on the same days, and we count",
        "the alarms that were raised for no reason.",
        "The statistics of all of them are given in",
        "the appendix, together with the program.",
    ];
    for (row, (one, other)) in left.iter().zip(right).enumerate() {
        let base = 660.0 - 12.0 * row as f32;
        lines.extend([("F 10", 72.0, base, *one), ("F 10", 320.0, base, other)]);
    }
    let info = b"<</Title (paper.dvi) /CreationDate (D:20210307120000Z)>>".to_vec();
    let content = read(&file(&page(&lines), "", &[(7, info)])).content;
    assert_eq!(content.title.as_deref(), Some("On the Drift of Models"));
    assert_eq!(content.author.as_deref(), Some("Ann Example"));
    assert_eq!(content.date_published.map(|d| d.to_string()).as_deref(), Some("2021-03-06"));
    assert_eq!(content.language.as_deref(), Some("en"));
    let headings: Vec<_> = content.sections.iter().map(|s| s.heading.join(" / ")).collect();
    assert_eq!(headings, ["", "1 Introduction", "2 Method"]);
    let text = content.text();
    assert!(text.contains("looks at the inputs alone"), "{text}");
    assert!(text.contains("on well-known data and say"), "{text}");
    assert!(text.contains("worth its price,\n2 Method\nand which is not"), "{text}");
}

#[test]
fn the_text_of_a_document_is_bounded_and_says_so() {
    let actual = "drift of data ".repeat(1_000);
    let mark = format!("/Span <</ActualText ({actual})>> BDC (a) Tj EMC\n");
    let content = format!("BT /F 10 Tf 72 700 Td {} ET", mark.repeat(400));
    let found = read(&file(content.as_bytes(), "", &[]));
    assert_eq!(found.outcome, Outcome::Ok);
    assert_eq!(found.reason.as_deref(), Some("only the first 4 MB of the text are kept"));
    let text: usize =
        found.content.sections.iter().flat_map(|s| &s.paragraphs).map(String::len).sum();
    assert_eq!(text, content::MAX_TEXT_BYTES);
}

#[test]
fn encodings_ligatures_accents_and_raised_characters_become_words() {
    let font = b"<</Type /Font /Subtype /Type1 /BaseFont /X /FirstChar 1 /Widths [500 500 500] \
        /Encoding <</Differences [1 /ffi /eacute /Omega]>>>>";
    let wide = b"<</Type /Font /Subtype /Type0 /BaseFont /Y /Encoding /Identity-H \
        /DescendantFonts [<</DW 1000>>] /ToUnicode 10 0 R>>";
    let map = b"1 begincodespacerange <0000> <FFFF> endcodespacerange \
        2 beginbfrange <0001> <0002> <65E5> <0003> <0003> [<FB01>] endbfrange";
    let content =
        b"BT /F 10 Tf 72 700 Td (This is an o) Tj /G 10 Tf (\\001) Tj /F 10 Tf (ce, a caf) Tj \
        /G 10 Tf (\\002) Tj /F 10 Tf (, a raised note) Tj 4 Ts /F 6 Tf (12) Tj 0 Ts ET \
        BT /H 10 Tf 72 680 Td <000100020003> Tj ET";
    let resources = "\n3 0 obj <</Type /Page /Contents 4 0 R \
        /Resources <</Font <</F 5 0 R /G 8 0 R /H 9 0 R>>>>>> endobj";
    let more = [(8, font.to_vec()), (9, wide.to_vec()), (10, stream("", map))];
    let mut body = file(content, "", &more);
    // The later object of a number is the one that counts.
    body.extend_from_slice(resources.as_bytes());
    let text = read(&body).content.text();
    assert!(text.contains("an office, a café, a raised note 12"), "{text}");
    assert!(text.contains("日旦fi") || text.contains("日\u{65e6}fi"), "{text}");
}

#[test]
fn running_heads_page_numbers_artifacts_and_stamps_are_left_out() {
    let mut body = b"%PDF-1.4\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n\
        2 0 obj <</Type /Pages /Kids [10 0 R 20 0 R 30 0 R] /Resources <</Font <</F 5 0 R>>>>>> endobj\n\
        5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n"
        .to_vec();
    for (number, words) in [(10, "first"), (20, "second"), (30, "third")] {
        let mut content = page(&[
            ("F 8", 72.0, 760.0, "Journal of Drift, volume 3"),
            ("F 10", 72.0, 700.0, &format!("The {words} page says something of its own,")),
            ("F 10", 72.0, 688.0, "and it says so in two lines of text."),
            ("F 8", 300.0, 40.0, &format!("{number}")),
        ]);
        content.extend_from_slice(b"/Artifact BMC BT /F 8 Tf 9 9 Td (printed) Tj ET EMC\n");
        if number == 10 {
            content.extend_from_slice(b"BT /F 20 Tf 0 1 -1 0 30 200 Tm ");
            content.extend_from_slice(b"(arXiv:2101.00001v1 [cs.LG] 7 Mar 2021) Tj ET");
        }
        let page = format!("{number} 0 obj <</Type /Page /Contents {} 0 R>> endobj\n", number + 1);
        body.extend_from_slice(page.as_bytes());
        body.extend_from_slice(format!("{} 0 obj ", number + 1).as_bytes());
        body.extend_from_slice(&stream("", &content));
        body.extend_from_slice(b" endobj\n");
    }
    body.extend_from_slice(b"trailer <</Root 1 0 R>>");
    let content = read(&body).content;
    let text = content.text();
    assert!(text.contains("The third page"), "{text}");
    for noise in ["20", "30", "printed", "arXiv"] {
        assert!(!text.contains(noise), "{noise}: {text}");
    }
    assert_eq!(text.matches("Journal").count(), 1, "{text}");
    assert_eq!(content.date_published.map(|d| d.to_string()).as_deref(), Some("2021-03-07"));
}

#[test]
fn files_without_a_text_say_what_they_are() {
    let encrypted = String::from_utf8(file(TEXT, "", &[])).unwrap();
    let keys = format!("<</Filter /Standard /V 1 /R 2 /P -4 /O <{0}> /U <{0}>>>", "20".repeat(32));
    let encrypted = encrypted.replace("/Root", &format!("/ID [<20> <20>] /Encrypt {keys} /Root"));
    let encrypted = with_table(&encrypted);
    check_refused(encrypted.as_bytes(), Outcome::UnsupportedType, "an encrypted PDF file");
    let picture = stream("/Type /XObject /Subtype /Image", b"x");
    check_refused(
        &file(b"q 600 0 0 800 0 0 cm /X Do Q", "", &[(9, picture)]),
        Outcome::Empty,
        "a scanned PDF file: 1 page with 0 characters of text",
    );
    for broken in [&b"%PDF-1.4"[..], &file(TEXT, "", &[])[..60]] {
        let reason = "a broken PDF file: no page was found";
        check_refused(broken, Outcome::UnsupportedType, reason);
    }
    let codes = b"<</Type /Font /Subtype /Type0 /Encoding /Identity-H /DescendantFonts [<<>>]>>";
    let mute = page(&[("F 10", 72.0, 700.0, "words that no reader can tell from their codes")]);
    check_refused(
        &file(&mute, "", &[(5, codes.to_vec())]),
        Outcome::UnsupportedType,
        "a PDF file whose fonts do not say what their characters mean",
    );
}

#[test]
fn broken_files_are_read_as_far_as_they_go() {
    let kept = |body: &[u8]| {
        let text = read(body).content.text();
        assert!(text.contains("what a model sees"), "{text}");
    };
    kept(&file(TEXT, "", &[]));
    kept(&file(&deflated(TEXT), "/Filter /FlateDecode", &[]));
    let whole = String::from_utf8(file(TEXT, "", &[])).unwrap();
    let length = format!("/Length {}", TEXT.len());
    kept(whole.replace(&length, "/Length 99999999999").as_bytes());
    kept(whole.replace(&length, "/Length 4 0 R").as_bytes());
    // No tree of pages, no trailer.
    kept(whole.replace("/Kids [3 0 R]", "").as_bytes());
    kept(whole.split("trailer").next().unwrap().as_bytes());
    kept(whole.replace("/Kids [3 0 R]", "/Kids [2 0 R 8 0 R 3 0 R 2 0 R]").as_bytes());
}

#[test]
fn hostile_files_are_read_or_given_up_within_their_budget() {
    let text = |body: &[u8]| assert_eq!(read(body).outcome, Outcome::Ok);
    let none = |body: &[u8]| assert_ne!(read(body).outcome, Outcome::Ok);
    // A form that shows itself four times is exponential.
    let form = stream(
        "/Type /XObject /Subtype /Form /Resources <</XObject <</X 9 0 R>>>>",
        b"/X Do /X Do /X Do /X Do",
    );
    none(&file(b"/X Do", "", &[(9, form)]));
    // Gigabytes in kilobytes.
    let bomb = deflated(&deflated(&vec![0; 24 << 20]));
    none(&file(&bomb, "/Filter [/FlateDecode /FlateDecode]", &[]));
    let runs = b"\x81\x20".repeat(1 << 16);
    none(&file(&runs, "/Filter [/RunLengthDecode /RunLengthDecode /RunLengthDecode]", &[]));
    // Nesting that a recursive reader does not survive.
    none(&file(&b"[".repeat(1 << 18), "", &[]));
    none(&file(&b"<</A ".repeat(1 << 12), "", &[]));
    text(&file(TEXT, "", &[(10, b"[".repeat(1 << 18))]));
    text(&file(TEXT, "", &[(10, [&b"["[..], &b"0 ".repeat(1 << 18)].concat())]));
    text(&file(&[&b"q ".repeat(1 << 18), TEXT].concat(), "", &[]));
    // Objects without end.
    let many: Vec<_> = (10..20_000).map(|number| (number, b"null".to_vec())).collect();
    text(&file(TEXT, "", &many));
    let streams: Vec<u8> = b"8 0 obj <</Length 9>> stream\nx ".repeat(2_000);
    none(&[&b"%PDF-1.4\n"[..], &streams].concat());
    // Words that grow by a hyphen at the end of each line.
    let hyphens = b"(word-) ' ".repeat(50_000);
    text(&file(&[&b"BT /F 10 Tf 12 TL "[..], &hyphens, b"ET"].concat(), "", &[]));
}

/// Pieces of files that a reader looks at.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let pieces = prop::sample::select(vec![
        "1 0 obj",
        "2 0 obj",
        "endobj",
        "<<",
        ">>",
        "[",
        "]",
        "/Kids",
        "/Type /Page",
        "/Contents",
        "3 0 R",
        "1 0 R",
        "stream\n",
        "endstream",
        "/Filter /FlateDecode",
        "/Filter /LZWDecode",
        "/Filter /ASCII85Decode",
        "/Length 5",
        "/Length 1 0 R",
        "trailer",
        "/Root 1 0 R",
        "/Pages 2 0 R",
        "/Resources",
        "/Font",
        "/F",
        "BT",
        "ET",
        "/F 10 Tf",
        "(words) Tj",
        "[(a) -300 (b)] TJ",
        "1 0 0 1 9 9 Tm",
        "0 1 -1 0 9 9 Tm",
        "q",
        "Q",
        "/X Do",
        "BI",
        "ID",
        "EI",
        "<0041>",
        "/Subtype /Type0",
        "/Widths",
        "/W",
        "/ToUnicode 1 0 R",
        "/Type /ObjStm /N 2",
        "/First 4",
        "/Type /XRef",
        "-1",
        "1e9",
        "99999999999",
        "%",
        "\n",
        " ",
        "(",
        ")",
        "\\",
    ]);
    prop::collection::vec(pieces, 0..200)
        .prop_map(|p| [&["%PDF-"], &p[..]].concat().join(" ").into())
}

proptest! {
    #[test]
    fn mangled_files_never_panic(body in pieces(), cut in any::<prop::sample::Index>()) {
        read(&body[..cut.index(body.len() + 1)]);
        let content = body.strip_prefix(b"%PDF-").unwrap_or(&body);
        read(&file(content, "", &[]));
        for filter in ["FlateDecode", "LZWDecode", "ASCII85Decode", "RunLengthDecode", "ASCIIHexDecode"] {
            read(&file(content, &format!("/Filter /{filter} /DecodeParms <</Predictor 15 /Columns 3>>"), &[]));
        }
        read(&file(TEXT, "", &[(5, content.to_vec())]));
    }
}
