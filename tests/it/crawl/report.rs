//! The whole `update` among servers that misbehave: what its report says of each page.

use encoding_rs::Encoding;
use mlsearch::page::Outcome;
use serde_json::Value;

use crate::{
    crawl::server::{Act, Script, Seen, Server, raw, status},
    crawl::{always, gzip, page},
    program::Collection,
};

const ALLOW: &str = "127.0.0.1/32";

/// A page of two paragraphs.
fn article(title: &str, text: &str) -> String {
    let text = text.repeat(1 + 200 / text.chars().count());
    format!(
        "<html><head><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{text}</p><p>{text}</p></article></body></html>"
    )
}

fn english() -> String {
    article("On drift", "Features drift and models follow, whatever was said in the meeting. ")
}

/// The rows of an update, one for each page.
fn rows(collection: &Collection, args: &[&str]) -> Vec<Value> {
    let args = [&["update", "--json", "--allow-net", ALLOW], args].concat();
    let run = collection.run(&args);
    let rows = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row.get("summary").is_none()).collect()
}

/// The row of a link.
#[track_caller]
fn row<'r>(rows: &'r [Value], url: &str) -> &'r Value {
    rows.iter().find(|row| row["url"] == url).unwrap_or_else(|| panic!("no {url} in {rows:?}"))
}

/// Updates a collection of one page for each case and compares outcome, reason and title.
#[track_caller]
fn check(cases: Vec<(&str, Script, Outcome, &str, Option<&str>)>) {
    let servers: Vec<Server> = cases.iter().map(|(_, script, ..)| always(script.clone())).collect();
    let links: Vec<String> = servers.iter().map(|server| server.url("/page")).collect();
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    assert_eq!(rows.len(), cases.len());
    for ((name, _, outcome, reason, title), link) in cases.iter().zip(&links) {
        let row = row(&rows, link);
        assert_eq!(row["outcome"], outcome.name(), "{name}: {row}");
        let said = row["reason"].as_str().unwrap_or_default();
        assert!(said.contains(reason), "{name}: `{said}` without `{reason}`");
        assert_eq!(row["title"].as_str(), *title, "{name}: {row}");
        assert_eq!(row["text_chars"].as_u64().unwrap() > 200, title.is_some(), "{name}: {row}");
    }
}

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
fn every_sort_of_answer_has_its_row() {
    let html = english();
    let png = b"\x89PNG\r\n\x1a\n0123";
    let with_zeros = html.replace("meeting", "mee\0ting");
    let noindex = html.replace("<head>", "<head><meta name=robots content='noindex, follow'>");
    let for_us = html.replace("<head>", "<head><meta name=mlsearch content=noindex>");
    let shell = "<html><body><div id=root></div><script src=/app.js></script></body></html>";
    let whole = format!("bytes 0-{}/{}", html.len() - 1, html.len());
    let both = format!(
        "HTTP/1.1 200 X\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{html}\r\n0\r\n\r\n",
        html.len()
    );
    let title = Some("On drift");
    let partial = crate::crawl::server::answer(206, &[("Content-Range", &whole)], html.as_bytes());
    check(vec![
        ("plain", page(&[], &html), Outcome::Ok, "", title),
        ("no type", raw(format!("HTTP/1.1 200 X\r\n\r\n{html}")), Outcome::Ok, "", title),
        ("as an image", page(&[("Content-Type", "image/png")], &html), Outcome::Ok, "", title),
        ("zeros", page(&[], with_zeros), Outcome::Ok, "", title),
        (
            "zipped",
            page(&[("Content-Encoding", "gzip")], gzip(html.as_bytes())),
            Outcome::Ok,
            "",
            title,
        ),
        ("whole 206", partial, Outcome::Ok, "", title),
        ("length and chunks", raw(both), Outcome::Ok, "", title),
        (
            "part",
            status(206, &[("Content-Range", "bytes 0-9/900")]),
            Outcome::Unreachable,
            "206",
            None,
        ),
        ("no content", status(204, &[]), Outcome::Empty, "204", None),
        ("png as html", page(&[], png), Outcome::UnsupportedType, "image", None),
        ("shell", page(&[], shell), Outcome::Empty, "script", None),
        ("gone", status(410, &[]), Outcome::Gone, "410", None),
        ("refused", status(403, &[]), Outcome::Blocked, "403", None),
        ("asks in HTML", page(&[], noindex), Outcome::Disallowed, "asks not to be indexed", None),
        ("asks us", page(&[], for_us), Outcome::Disallowed, "asks not to be indexed", None),
        ("asks", page(&[("X-Robots-Tag", "noindex")], &html), Outcome::Disallowed, "noindex", None),
        (
            "asks another",
            page(&[("X-Robots-Tag", "otherbot: noindex")], &html),
            Outcome::Ok,
            "",
            title,
        ),
        (
            "huge",
            raw("HTTP/1.1 200 X\r\nContent-Length: 3000000000\r\n\r\n"),
            Outcome::TooLarge,
            "over",
            None,
        ),
    ]);
}

#[test]
fn rows_have_all_fields_and_agree_with_the_log() {
    let html = english();
    let server = Server::start(move |seen: &Seen| match seen.target.as_str() {
        "/old" => Some(status(301, &[("Location", "/new")])),
        "/new" | "/other" => Some(page(&[], &html)),
        _ => None,
    });
    let links = [server.url("/old"), server.url("/other"), server.url("/gone")];
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    let moved = row(&rows, &links[0]);
    assert_eq!(moved["final_url"], server.url("/new"));
    assert_eq!((&moved["outcome"], &moved["status"]), (&"moved".into(), &200.into()));
    assert_eq!((&moved["provenance"], &moved["requests"]), (&"full text".into(), &3.into()));
    assert!(moved["bytes"].as_u64().unwrap() > 300, "{moved}");
    let gone = row(&rows, &links[2]);
    assert_eq!((&gone["outcome"], &gone["status"]), (&"gone".into(), &404.into()));
    assert_eq!((&gone["provenance"], &gone["text_chars"]), (&"list only".into(), &0.into()));
    let mut requests = 0;
    for row in &rows {
        for name in
            "url final_url outcome reason status provenance title text_chars requests bytes ms"
                .split(' ')
        {
            assert!(row.get(name).is_some(), "no {name} in {row}");
        }
        requests += row["requests"].as_u64().unwrap();
    }
    assert_eq!(requests, server.seen().len() as u64);
}

#[test]
fn change_is_judged_by_the_text() {
    let version = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let now = std::sync::Arc::clone(&version);
    // The same entity tag whatever the page says, and never 304.
    let server = Server::start(move |seen: &Seen| {
        let number = now.load(std::sync::atomic::Ordering::SeqCst);
        let html = match number {
            0 => english(),
            1 => english().replace("<body>", "<body><!-- served by host 7 --><script>9</script>"),
            _ => english().replace("meeting", "minutes"),
        };
        (seen.target == "/x").then(|| page(&[("ETag", "\"forever\"")], html))
    });
    let link = server.url("/x");
    let collection = Collection::of_links([link.as_str()]);
    for (number, outcome, changed) in [(0, "ok", true), (1, "unchanged", false), (2, "ok", true)] {
        version.store(number, std::sync::atomic::Ordering::SeqCst);
        let rows = rows(&collection, &["--refresh"]);
        let row = row(&rows, &link);
        assert_eq!(row["outcome"], outcome, "{number}: {row}");
        assert_eq!(row["changed"], changed && number > 0, "{number}: {row}");
        assert_eq!(row["title"], "On drift", "{number}: {row}");
        assert!(row["text_chars"].as_u64().unwrap() > 200, "{number}: {row}");
    }
    let asked = server.seen();
    assert!(!asked[1].headers.contains_key("if-none-match"));
    assert_eq!(asked.last().unwrap().headers["if-none-match"], "\"forever\"");
    // robots.txt is kept in the store.
    assert_eq!(server.targets(), ["/robots.txt", "/x", "/x", "/x"]);
}

#[test]
fn forbidden_addresses_get_no_request_whoever_names_them() {
    let canary = Server::start_everywhere(|_| Some(page(&[], english())));
    let port = canary.url("").rsplit(':').next().unwrap().to_owned();
    // 127.0.0.1 is allowed, the rest of the network is not; the server listens to all of it.
    let hosts = [
        "127.0.0.2",
        "2130706434",
        "0177.0.0.2",
        "0x7f000002",
        "127.2",
        "0.0.0.0",
        "１２７.０.０.２",
        "[::1]",
        "[::ffff:127.0.0.2]",
        "[64:ff9b::127.0.0.2]",
        "169.254.169.254",
        "[fe80::1]",
    ];
    let urls: Vec<String> = hosts.iter().map(|host| format!("http://{host}:{port}/x")).collect();
    let targets = urls.clone();
    let sender = Server::start(move |seen: &Seen| {
        let number: usize = seen.target.strip_prefix('/')?.parse().ok()?;
        Some(status(302, &[("Location", &targets[number])]))
    });
    let mut links = urls.clone();
    links.extend((0..urls.len()).map(|number| sender.url(&format!("/{number}"))));
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let rows = rows(&collection, &[]);
    // Some of the links are other spellings of the same one, and one document.
    assert!(rows.len() >= urls.len() + 6, "{rows:?}");
    for row in rows {
        assert_eq!(row["outcome"], "unreachable", "{row}");
        assert!(row["reason"].as_str().unwrap().contains("forbidden address"), "{row}");
    }
    assert!(canary.seen().is_empty());
}

#[test]
fn nothing_from_the_web_steers_the_terminal() {
    let evil = "\u{1b}]0;owned\u{7}\u{202e}evil\u{200b}";
    let label = format!("image/{evil}");
    let titled = page(&[], english().replace("On drift", evil));
    let typed = vec![
        Act::Send(format!("HTTP/1.1 200 X\r\nContent-Type: {label}\r\n\r\n").into()),
        Act::Send(b"\x89PNG\r\n\x1a\n0123".to_vec()),
        Act::Close,
    ];
    let server = Server::start(move |seen: &Seen| match seen.target.as_str() {
        "/titled" => Some(titled.clone()),
        "/typed" => Some(typed.clone()),
        "/gone" => Some(status(404, &[])),
        _ => None,
    });
    let links = [server.url("/titled"), server.url("/typed"), server.url("/gone")];
    let collection = Collection::of_links(links.iter().map(String::as_str));
    let run = collection.run(&["-v", "update", "--allow-net", ALLOW]);
    for text in [&run.stdout, &run.stderr] {
        let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert!(!text.contains(bad), "{text:?}");
    }
    // The table by outcome, the links that need a person, and each request.
    assert!(run.stdout.contains("     1  gone\n"), "{}", run.stdout);
    assert!(run.stdout.contains("links that need a person:"), "{}", run.stdout);
    assert!(run.stdout.contains(&format!("gone: {}", links[2])), "{}", run.stdout);
    for path in ["/robots.txt", "/titled", "/typed", "/gone"] {
        assert!(run.stderr.contains(&format!("GET {}", server.url(path))), "{}", run.stderr);
    }
}
