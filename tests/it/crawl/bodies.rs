//! From bytes to text through the whole `update`: charsets, content codings, types that lie.

use std::io::Write;

use encoding_rs::Encoding;
use flate2::{
    Compression,
    write::{DeflateEncoder, ZlibEncoder},
};
use mlsearch::page::Outcome;

use crate::{
    crawl::report::{article, check, english},
    crawl::{gzip, page},
};

#[test]
fn every_charset_becomes_text() {
    let chinese = ("特征漂移", "模型会随着数据变化而变差，需要有人持续观察图表。");
    let japanese =
        ("特徴量のずれ", "モデルはデータが変わると悪くなるので、誰かが見張る必要がある。");
    let korean = ("특징의 변화", "데이터가 바뀌면 모델이 나빠지므로 누군가 그래프를 봐야 합니다. ");
    let traditional = ("特徵漂移", "模型會隨著資料變化而變差，需要有人持續觀察圖表。");
    let russian =
        ("Сдвиг признаков", "Модели портятся, когда меняются данные, и кто-то должен это видеть. ");
    let quoted =
        ("“On drift” – a note", "It’s the features that drift – not “the model” as such. ");
    let declared = |label: &str| format!("text/html; charset={label}");
    let encode = |label: &str, html: &str| {
        let (bytes, _, lossy) = Encoding::for_label(label.as_bytes()).unwrap().encode(html);
        assert!(!lossy, "{label}");
        bytes.into_owned()
    };
    let wide = |html: &str, big: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeff).into_iter().chain(html.encode_utf16());
        units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    let html = "text/html".to_owned();
    let mut cases: Vec<(String, &str, String, Vec<u8>)> = Vec::new();
    for (label, (title, text)) in [
        ("shift_jis", japanese),
        ("euc-jp", japanese),
        ("gbk", chinese),
        ("gb18030", chinese),
        ("big5", traditional),
        ("euc-kr", korean),
        ("koi8-r", russian),
        ("windows-1251", russian),
        ("utf-8", chinese),
    ] {
        let body = article(title, text);
        let meta = body.replace("<head>", &format!("<head><meta charset={label}>"));
        let name = |how: &str| format!("{label} {how}");
        cases.push((name("by header"), title, declared(label), encode(label, &body)));
        cases.push((name("by meta"), title, html.clone(), encode(label, &meta)));
        cases.push((name("guessed"), title, html.clone(), encode(label, &body)));
    }
    let (title, text) = quoted;
    let body = article(title, text);
    cases.push(("cp1252 as latin1".into(), title, declared("iso-8859-1"), encode("cp1252", &body)));
    cases.push(("cp1252 undeclared".into(), title, html.clone(), encode("cp1252", &body)));
    cases.push(("utf-8 as latin1".into(), title, declared("iso-8859-1"), body.clone().into()));
    let marked = ["\u{feff}", &body].concat();
    cases.push(("utf-8 with a mark as latin1".into(), title, declared("latin1"), marked.into()));
    for (name, big) in [("utf-16 big", true), ("utf-16 little", false)] {
        let label = if big { "utf-16be" } else { "utf-16le" };
        cases.push((format!("{name} with a mark"), title, html.clone(), wide(&body, big, true)));
        cases.push((format!("{name} declared"), title, declared(label), wide(&body, big, false)));
        cases.push((format!("{name} as utf-8"), title, declared("utf-8"), wide(&body, big, true)));
    }
    let mut broken = english().into_bytes();
    let at = broken.len() / 2;
    broken.splice(at..at, [0xff, 0xc3, 0x28]);
    cases.push(("invalid bytes".into(), "On drift", declared("utf-8"), broken));
    cases.push(("unknown label".into(), title, declared("x-nothing"), body.into()));
    check(
        cases
            .iter()
            .map(|(name, title, label, body)| {
                let script = page(&[("Content-Type", label)], body);
                (name.as_str(), script, Outcome::Ok, "", Some(*title))
            })
            .collect(),
    );
}

#[test]
fn every_coding_becomes_text() {
    let html = english();
    let deflate = |bytes: &[u8]| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zlib = |bytes: &[u8]| {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let zstd = |bytes: &[u8]| zstd::encode_all(bytes, 3).unwrap();
    let plain = html.as_bytes();
    let cases: [(&str, &[&str], Vec<u8>); 12] = [
        ("x-gzip", &["x-gzip"], gzip(plain)),
        ("raw deflate", &["deflate"], deflate(plain)),
        ("deflate in zlib", &["deflate"], zlib(plain)),
        ("zstd", &["zstd"], zstd(plain)),
        ("upper case", &["GZIP"], gzip(plain)),
        ("identity", &["identity"], plain.to_vec()),
        ("gzip twice", &["gzip, gzip"], gzip(&gzip(plain))),
        ("gzip twice, said once", &["gzip"], gzip(&gzip(plain))),
        ("deflate, then gzip", &["deflate, gzip"], gzip(&deflate(plain))),
        ("gzip, then raw deflate, in two fields", &["gzip", "deflate"], deflate(&gzip(plain))),
        ("zstd, then gzip", &["zstd,gzip"], gzip(&zstd(plain))),
        ("said and not done", &["deflate"], plain.to_vec()),
    ];
    let script = |codings: &[&str], body: &[u8]| {
        let fields: Vec<_> = codings.iter().map(|coding| ("Content-Encoding", *coding)).collect();
        page(&fields, body)
    };
    check(
        cases
            .iter()
            .map(|(name, codings, body)| {
                (*name, script(codings, body), Outcome::Ok, "", Some("On drift"))
            })
            .collect(),
    );
}

#[test]
fn a_pdf_is_read_and_an_image_refused_whatever_their_labels_say() {
    let line = "A detector of drift compares what a model sees with what it has seen before.";
    let lines = format!("({line}) ' ").repeat(6);
    let content = format!(
        "BT /F 20 Tf 72 740 Td (Detectors of drift) Tj ET BT /F 10 Tf 12 TL 72 700 Td {lines} ET"
    );
    let pdf = format!(
        "%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n\
         2 0 obj <</Type /Pages /Kids [3 0 R] /Count 1>> endobj\n\
         3 0 obj <</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F 5 0 R>>>>>> \
         endobj\n4 0 obj\n<</Length {}>>\nstream\n{content}\nendstream\nendobj\n\
         5 0 obj <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>> endobj\n\
         trailer <</Root 1 0 R>>\n%%EOF",
        content.len()
    );
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01";
    let labels =
        ["text/html; charset=utf-8", "text/plain", "application/octet-stream", "image/png"];
    let mut cases = Vec::new();
    for label in labels {
        let labelled = |body: &[u8]| page(&[("Content-Type", label)], body);
        let title = Some("Detectors of drift");
        cases.push((label, labelled(pdf.as_bytes()), Outcome::Ok, "", title));
        cases.push((label, labelled(png), Outcome::UnsupportedType, "image", None));
    }
    check(cases);
}
