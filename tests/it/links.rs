//! Links lead to the whole address, wherever they are made; `open` gives it to the browser.

use std::{fs, path::PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::program::{Collection, Run, program};

/// An address as a list writes it, and where its link leads.
const ADDRESSES: [(&str, &str); 7] = [
    (
        "https://ja.example/wiki/機械学習",
        "https://ja.example/wiki/%E6%A9%9F%E6%A2%B0%E5%AD%A6%E7%BF%92",
    ),
    ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
    ("https://a.example/?q=größe&b=%20", "https://a.example/?q=gr%C3%B6%C3%9Fe&b=%20"),
    ("https://b.example/#Größe", "https://b.example/#Gr%C3%B6%C3%9Fe"),
    ("HTTPS://C.example/Upper", "https://c.example/Upper"),
    ("https://d.example/%3Cx%3E?a=%3Cb%3E", "https://d.example/%3Cx%3E?a=%3Cb%3E"),
    ("https://e.example/?a=1&copy;=2&b=\\*", "https://e.example/?a=1&copy;=2&b=\\*"),
];

/// Documents of one's own, each with its number for an id, at addresses.
struct Linked {
    dir: tempfile::TempDir,
}

impl Linked {
    fn to(addresses: &[&str]) -> Linked {
        let dir = tempfile::tempdir().unwrap();
        let line = |(id, url): (usize, &&str)| {
            let text = "Drift is what a model sees when the world has changed.";
            let row = serde_json::json!({ "id": id, "url": url, "title": "Drift", "text": text });
            format!("{row}\n")
        };
        let lines: String = addresses.iter().enumerate().map(line).collect();
        fs::write(dir.path().join("own.jsonl"), lines).unwrap();
        let linked = Linked { dir };
        let file = linked.file("own.jsonl").display().to_string();
        let import = linked.run(&["import", &file], &[]);
        assert_eq!(import.code, 0, "{}", import.stderr);
        linked
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        let mut command = program();
        command.arg("--index").arg(self.file("own")).args(args);
        Run::of(command.envs(environment.iter().copied()))
    }
}

/// The targets of hyperlinks in what was printed for a terminal.
fn hyperlinks(printed: &str) -> Vec<String> {
    let links = printed.split("\u{1b}]8;;").skip(1);
    let targets = links.map(|rest| rest.split_once('\u{1b}').unwrap().0.to_owned());
    targets.filter(|target| !target.is_empty()).collect()
}

#[test]
fn every_link_of_a_terminal_leads_to_the_whole_address() {
    let linked = Linked::to(&ADDRESSES.map(|(written, _)| written));
    for (id, (written, target)) in ADDRESSES.iter().enumerate() {
        let show = linked.run(&["show", &format!("id:{id}"), "--color=always"], &[]);
        assert_eq!(hyperlinks(&show.stdout), [*target], "{written}");
    }
    let found = linked.run(&["drift", "--color=always"], &[]);
    let links = hyperlinks(&found.stdout);
    assert_eq!(links.len(), 2 * ADDRESSES.len());
    for (written, target) in ADDRESSES {
        assert!(links.iter().any(|link| link == target), "{written}: {links:?}");
        let passage = match target.contains('#') {
            true => format!("{target}:~:text=Drift%20is"),
            false => format!("{target}#:~:text=Drift%20is"),
        };
        assert!(links.iter().any(|link| link.starts_with(&passage)), "{written}: {links:?}");
    }
}

#[test]
fn markdown_leads_to_the_whole_address() {
    let linked = Linked::to(&ADDRESSES.map(|(written, _)| written));
    let found = linked.run(&["drift", "--format=markdown"], &[]);
    let mut links: Vec<String> = Parser::new_ext(&found.stdout, Options::all())
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.into_string()),
            _ => None,
        })
        .collect();
    links.sort();
    let mut expected = ADDRESSES.map(|(_, target)| target);
    expected.sort_unstable();
    assert_eq!(links, expected, "{}", found.stdout);
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn open_prints_the_address_and_says_when_no_browser_came() {
    use std::os::unix::fs::PermissionsExt;

    let (written, target) = ADDRESSES[0];
    let linked = Linked::to(&[written]);
    let (browser, opened) = (linked.file("a browser"), linked.file("opened"));
    let script = format!("#!/bin/sh\necho \"$*\" > '{}'\n", opened.display());
    fs::write(&browser, script).unwrap();
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let open = |environment: &[(&str, &str)], code: i32| {
        let run = linked.run(&["open", "id:0"], environment);
        assert_eq!((run.code, run.stdout), (code, format!("{target}\n")), "{}", run.stderr);
        run.stderr
    };
    assert_eq!(open(&[("BROWSER", browser.to_str().unwrap())], 0), "");
    assert_eq!(fs::read_to_string(&opened).unwrap(), format!("{target}\n"));
    let with_arguments = format!("sh {} --new", linked.file("browser").display());
    fs::copy(&browser, linked.file("browser")).unwrap();
    assert_eq!(open(&[("BROWSER", &with_arguments)], 0), "");
    assert_eq!(fs::read_to_string(&opened).unwrap(), format!("--new {target}\n"));
    for (environment, why) in [
        (&[("BROWSER", "false")][..], "`false` ended with exit status: 1"),
        (&[("BROWSER", "no-such-browser")], "`no-such-browser` cannot be started: "),
        (&[("BROWSER", ""), ("SSH_CONNECTION", "a 1 b 2")], "there is no display"),
        (&[], "there is no display"),
    ] {
        let stderr = open(environment, 2);
        assert!(stderr.starts_with(&format!("error: no browser came: {why}")), "{stderr}");
        assert!(stderr.contains("\nhint: open the address above, or run `mlsearch "), "{stderr}");
    }
}

#[test]
fn a_text_is_read_in_its_charset_and_likened_to_articles() {
    let collection = Collection::offline();
    collection.ok(&["update", "--offline"]);
    let text = "A feature store serves features to models — “online”.";
    let with = |bytes: &[u8]| {
        let file = collection.file("own.txt");
        fs::write(&file, bytes).unwrap();
        let run = collection.run(&["similar", file.to_str().unwrap()]);
        let note = format!("mlsearch: nothing is similar to `{}`\n", file.display());
        let is_told = run.stderr == note;
        assert_eq!(run.code == 1, is_told, "{}", run.stderr);
        assert!(is_told || run.stderr.is_empty(), "{}", run.stderr);
        run.stdout
    };
    let expected = with(text.as_bytes());
    assert!(expected.contains("Feature"), "{expected}");
    let units = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let (little, big) = (units(u16::to_le_bytes), units(u16::to_be_bytes));
    assert_eq!(with(&[b"\xFF\xFE".as_slice(), &little].concat()), expected, "UTF-16LE");
    assert_eq!(with(&[b"\xFE\xFF".as_slice(), &big].concat()), expected, "UTF-16BE");
    assert_eq!(with(&little), expected, "UTF-16LE without a mark");
    assert_eq!(with(&[b"\xEF\xBB\xBF".as_slice(), text.as_bytes()].concat()), expected, "UTF-8");
    let latin = text.replace('—', "\u{97}").replace('“', "\u{93}").replace('”', "\u{94}");
    assert_eq!(with(&latin.chars().map(|c| c as u8).collect::<Vec<_>>()), expected, "1252");
    for nothing in ["", "xyzzyplugh", "。。。"] {
        assert_eq!(with(nothing.as_bytes()), "");
    }
}
