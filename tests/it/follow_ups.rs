//! Texts that stand beside the listed page: variants of empty pages, chapters of books, articles
//! that tweets link to.

use std::{
    fs,
    process::Stdio,
    sync::{Mutex, mpsc},
};

use serde_json::Value;

use crate::{
    program::Collection,
    update::{article, urls, wait_until},
    web::{Answer, Web},
};

const SHELL: &str = "<div id=root></div><script src=/app.js></script>";

/// A collection of a few links in a web.
fn collection(web: &Web, links: &[&str], crawl: &str) -> Collection {
    let collection = Collection::in_web(web);
    let line = |link| format!("- [On drift and other things]({link})\n");
    let list: String = links.iter().map(line).collect();
    fs::write(collection.file("list.md"), format!("# List\n\n{list}")).unwrap();
    let settings = format!("[[list]]\nsource = \"list.md\"\n[crawl]\narchive = false\n{crawl}\n");
    fs::write(collection.file("mlsearch.toml"), settings).unwrap();
    collection
}

/// The row of the only link of a collection.
#[track_caller]
fn update(collection: &Collection, args: &[&str]) -> Value {
    let run = collection.ok(&[&["update", "--delay", "0", "--json", "--force"], args].concat());
    let rows: Vec<Value> =
        run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect();
    assert_eq!(rows.len(), 2, "one link and the summary: {}", run.stdout);
    rows.into_iter().next().unwrap()
}

fn seen(web: &Web) -> Vec<String> {
    let seen = web.take_seen().into_iter().map(|seen| seen.url);
    seen.filter(|url| !url.ends_with("/robots.txt")).collect()
}

fn shell(head: &str, body: &str) -> Answer {
    Answer::html(format!("<html><head><title>On drift</title>{head}</head><body>{SHELL}{body}"))
}

#[test]
fn the_linked_variant_stands_in_for_a_page_without_a_text() {
    let page = "https://a.example/x";
    for (head, body, variant) in [
        ("<link rel=amphtml href=/amp/x>", "", "https://a.example/amp/x"),
        ("<link rel=amphtml href=//amp.a.example/x>", "", "https://amp.a.example/x"),
        ("<link rel=alternate media=print href=x?p=1>", "", "https://a.example/x?p=1"),
        ("", "<a class=print-link href=/print/x><img></a>", "https://a.example/print/x"),
        ("", "<a href=/print/x>Druckversion</a>", "https://a.example/print/x"),
    ] {
        let web = Web::start();
        web.put(page, shell(head, body));
        web.put(variant, Answer::html(article("On drift", 1, "zyxvariant")));
        let collection = collection(&web, &[page], "");
        let row = update(&collection, &[]);
        assert_eq!((&row["outcome"], &row["url"]), (&"ok".into(), &page.into()), "{row}");
        assert_eq!(row["text_from"], serde_json::json!([variant]));
        assert_eq!(row["reason"], format!("the text is from {variant}"));
        assert_eq!(row["provenance"], "full text");
        assert_eq!(seen(&web), [page, variant]);
        assert_eq!(urls(&collection.json(&["zyxvariant", "--json"])), [page]);
        let shown = collection.ok(&["show", page]).stdout;
        assert!(shown.contains(&format!("text from: {variant}")), "{shown}");
        if !variant.contains("/amp/") {
            continue;
        }
        // The text is made again without a request, and found unchanged at the next visit.
        collection.ok(&["update", "--offline", "--force"]);
        assert_eq!(seen(&web).len(), 0);
        assert_eq!(update(&collection, &["--refresh"])["outcome"], "unchanged");
        assert_eq!(seen(&web), [page, variant]);
        let text = collection.json(&["show", page, "--json"]);
        assert_eq!(text["provenance"]["kind"], "full_text");
    }
}

#[test]
fn no_variant_is_asked_for_that_is_not_linked_wanted_or_allowed() {
    let page = "https://a.example/x";
    let amp = "<link rel=amphtml href=/amp/x>";
    let forbidden = Answer::html("User-agent: *\nDisallow: /amp/");
    let whole = article("On drift", 1, "zyxplain").replace("<head>", &format!("<head>{amp}"));
    for (name, answer, settings, robots) in [
        ("not linked", shell("", "<a href=/printers>Printers</a>"), "", None),
        ("another host", shell("", "<a href=https://b.example/x>Print</a>"), "", None),
        ("itself", shell("", "<a href=#print class=print>Print</a>"), "", None),
        ("switched off", shell(amp, ""), "variants = false", None),
        ("forbidden", shell(amp, ""), "", Some(forbidden)),
        ("not needed", Answer::html(whole), "", None),
        ("gone", Answer::status(404), "", None),
    ] {
        let web = Web::start();
        web.put(page, answer);
        if let Some(robots) = robots {
            web.put("https://a.example/robots.txt", robots);
        }
        let collection = collection(&web, &[page], settings);
        let row = update(&collection, &[]);
        assert_eq!(row["outcome"] == "ok", name == "not needed", "{name}: {row}");
        assert_eq!(seen(&web), [page], "{name}");
        assert_eq!(row["text_from"], serde_json::json!([]), "{name}");
    }
}

#[test]
fn after_the_variant_comes_the_archive() {
    let web = Web::start();
    let page = "https://a.example/x";
    web.put(page, shell("<link rel=amphtml href=/amp/x>", ""));
    web.put("https://a.example/amp/x", Answer::html(format!("<body>{SHELL}")));
    let capture = article("On drift", 1, "zyxarchived");
    web.otherwise(move |url| {
        let table = r#"[["timestamp","original"],["20230322101112","https://a.example/x"]]"#;
        match url.strip_prefix("https://web.archive.org/") {
            Some(path) if path.starts_with("cdx/") => Some(Answer::html(table)),
            Some(path) if path.starts_with("web/2023") => Some(Answer::html(capture.clone())),
            _ => None,
        }
    });
    let collection = collection(&web, &[page], "");
    collection.set("archive = false", "archive = true");
    collection.set("[crawl]", "[crawl]\nhost_delays = { \"web.archive.org\" = 0.0 }");
    let row = update(&collection, &[]);
    assert_eq!(row["provenance"], "archived 2023-03-22", "{row}");
    let seen = seen(&web);
    assert_eq!(seen[..2], [page, "https://a.example/amp/x"], "{seen:?}");
    assert_eq!(urls(&collection.json(&["zyxarchived", "--json"])), [page]);
}

/// A chapter with a menu of all chapters beside it.
fn chapter(number: usize) -> Answer {
    let menu = "<nav><ul><li><a href=index.html>Home</a><li><a href=ch1.html>One</a></ul></nav>";
    let page = article(&format!("Of thing {number}"), number, &format!("zyxchapter{number}"));
    Answer::html(page.replace("<nav>", &format!("{menu}<nav>")))
}

/// Tables of contents of seven chapters as different generators write them.
fn tables() -> Vec<(&'static str, String)> {
    let items = |item: &dyn Fn(usize) -> String| (1..=7).map(item).collect::<String>();
    let link = |n: usize| format!("<a href=ch{n}.html>Of thing {n}</a>");
    vec![
        (
            "sphinx",
            format!(
                "<div class='toctree-wrapper compound'><ul>{}</ul></div>",
                items(&|n| format!(
                    "<li class=toctree-l1><a class='reference internal' href=ch{n}.html>Of thing \
                     {n}</a><ul><li class=toctree-l2><a href=ch{n}.html#a>A</a></ul>"
                ))
            ),
        ),
        (
            "mkdocs",
            format!(
                "<nav class='md-nav md-nav--primary'><ul>{}</ul></nav>",
                items(&|n| format!("<li class=md-nav__item>{}", link(n)))
            ),
        ),
        (
            "mdbook",
            format!(
                "<nav id=sidebar><ol class=chapter>{}</ol></nav>",
                items(&|n| format!("<li>{}", link(n)))
            ),
        ),
        (
            "docusaurus",
            format!(
                "<aside><ul class='theme-doc-sidebar-menu menu__list'>{}</ul></aside>",
                items(&|n| format!("<li><a class=menu__link href=/book/ch{n}.html>T {n}</a>"))
            ),
        ),
        (
            "gitbook",
            format!(
                "<div class=book-summary><nav><ul class=summary>{}</ul></nav></div>",
                items(&|n| format!("<li class=chapter>{}", link(n)))
            ),
        ),
        (
            "numbers",
            format!("<ul>{}</ul>", items(&|n| format!("<li><a href=ch{n}.html>{n}. Thing</a>"))),
        ),
        ("names", format!("<p>{}", items(&|n| format!("{}<br>", link(n))))),
        (
            "heading",
            format!("<h2>Contents</h2><ul>{}</ul>", items(&|n| format!("<li>{}", link(n)))),
        ),
    ]
}

fn front(table: &str) -> Answer {
    Answer::html(format!(
        "<html><head><title>The book of things</title></head><body>\
         <ul><li><a href=/>Home</a><li><a href=/blog/>Blog</a><li><a href=genindex.html>Index</a>\
         </ul><main><h1>The book of things</h1>\
         <p>This book says what there is to say about zyxfront and other things.</p></main>{table}\
         <footer><a href=/imprint>Imprint</a></footer></body></html>"
    ))
}

#[test]
fn the_front_page_of_a_book_becomes_one_document_with_its_chapters() {
    for (name, table) in tables() {
        let web = Web::start();
        let page = "https://a.example/book/";
        web.put(page, front(&table).with("ETag", "\"1\""));
        let mut expected = vec![page.to_owned()];
        for number in 1..=7 {
            let url = format!("{page}ch{number}.html");
            if number != 3 {
                web.put(&url, chapter(number));
            }
            expected.push(url);
        }
        let collection = collection(&web, &[page], "");
        let row = update(&collection, &[]);
        assert_eq!(seen(&web), expected, "{name}: in the order of the table, once each");
        assert_eq!(row["reason"], "with 6 of 7 chapters", "{name}: {row}");
        assert_eq!(row["title"], "The book of things", "{name}");
        let shown = collection.json(&["show", page, "--json"]);
        expected.remove(3);
        assert_eq!(shown["text_from"], serde_json::json!(expected), "{name}");
        let headings: Vec<&str> = shown["content"]["sections"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|section| section["heading"][0].as_str())
            .collect();
        let chapters = [1, 2, 4, 5, 6, 7].map(|n| format!("Of thing {n}"));
        let mut distinct = headings.clone();
        distinct.dedup();
        distinct.retain(|heading| heading.starts_with("Of"));
        assert_eq!(distinct, chapters, "{name}: {headings:?}");
        for word in ["zyxfront", "zyxchapter1", "zyxchapter7"] {
            assert_eq!(urls(&collection.json(&[word, "--json"])), [page], "{name}");
        }
        if name != "sphinx" {
            continue;
        }
        // The front page's validator speaks for the whole.
        assert_eq!(update(&collection, &["--refresh"])["outcome"], "unchanged");
        assert_eq!(seen(&web), [page], "{name}");
        web.put(page, front(&table).with("ETag", "\"2\""));
        assert_eq!(update(&collection, &["--refresh"])["outcome"], "unchanged", "{name}");
        // A chapter that cannot be had this time is taken from the copy.
        web.put(page, front(&table).with("ETag", "\"3\""));
        web.put(&format!("{page}ch7.html"), Answer::status(503));
        let row = update(&collection, &["--refresh"]);
        assert_eq!(row["outcome"], "unchanged", "{name}: {row}");
        assert_eq!(urls(&collection.json(&["zyxchapter7", "--json"])), [page], "{name}");
    }
}

#[test]
fn chapters_beyond_the_size_of_a_document_are_left_out() {
    let web = Web::start();
    let page = "https://a.example/book/";
    let (_, table) = tables().into_iter().next().unwrap();
    web.put(page, front(&table));
    let filled = |number: usize, bytes: usize| {
        let mut answer = chapter(number);
        answer.body.extend(format!("<!--{}-->", "x".repeat(bytes)).into_bytes());
        answer
    };
    for (number, bytes) in [(1, 0), (2, 5_000_000), (3, 3_000_000), (4, 3_000_000), (5, 0)] {
        web.put(&format!("{page}ch{number}.html"), filled(number, bytes));
    }
    let collection = collection(&web, &[page], "");
    assert_eq!(update(&collection, &[])["reason"], "with 3 of 7 chapters");
    for (word, found) in [("zyxchapter3", 1), ("zyxchapter5", 1), ("zyxchapter4", 0)] {
        let run = collection.run(&[word, "--json"]);
        let hits = serde_json::from_str::<Value>(&run.stdout).unwrap()["hits"].clone();
        assert_eq!(hits.as_array().unwrap().len(), found, "{word}: {}", run.stdout);
    }
}

#[test]
fn a_book_whose_table_is_a_script_is_read_from_the_page_to_be_printed() {
    let print = "<a href=print.html title='Print this book'><i id=print-button></i></a>";
    let web = Web::start();
    for page in ["https://a.example/book/", "https://a.example/book/part/one.html"] {
        web.put(page, front(print));
        web.put("https://a.example/book/print.html", Answer::html(article("All", 1, "zyxall")));
        let collection = collection(&web, &[page], "");
        let row = update(&collection, &[]);
        let is_front = page.ends_with('/');
        assert_eq!(row["outcome"], "ok", "{row}");
        assert_eq!(seen(&web).len(), if is_front { 2 } else { 1 });
        let found = collection.run(&["zyxall", "--json"]).stdout;
        assert_eq!(found.contains(page), is_front, "{found}");
    }
}

#[test]
fn a_long_book_is_read_as_far_as_the_bound_and_a_switch_turns_it_off() {
    let web = Web::start();
    let page = "https://a.example/book/";
    let items: String =
        (1..=80).map(|n| format!("<li class=toctree-l1><a href=ch{n}.html>T {n}</a>")).collect();
    web.put(page, front(&format!("<ul>{items}</ul>")));
    web.otherwise(|url| {
        Some(if url.ends_with("robots.txt") {
            Answer::status(404)
        } else {
            let number = url.trim_end_matches(".html").rsplit("ch").next().unwrap();
            chapter(number.parse().unwrap())
        })
    });
    let off = collection(&web, &[page], "books = false");
    assert_eq!(update(&off, &[])["outcome"], "ok");
    assert_eq!(seen(&web), [page]);
    let on = collection(&web, &[page], "");
    assert_eq!(update(&on, &[])["reason"], "with 30 of 30 chapters");
    let seen = seen(&web);
    assert_eq!((seen.len(), seen[30].as_str()), (31, "https://a.example/book/ch30.html"));
}

#[test]
fn chapters_that_a_killed_update_had_not_fetched_are_fetched_by_the_next_one() {
    let web = Web::start();
    let page = "https://a.example/book/";
    web.put(page, front(&tables().remove(0).1));
    let (hold, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    web.otherwise(move |url| {
        if url.ends_with("ch4.html") {
            // Ends when the test lets go of the sender.
            let _ = held.lock().unwrap().recv();
        }
        let number = url.trim_end_matches(".html").rsplit("ch").next()?;
        number.parse().ok().map(chapter)
    });
    let collection = collection(&web, &[page], "");
    let mut update = collection.command(&["update", "--delay", "0"]);
    let mut child = update.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let third = format!("{page}ch3.html");
    wait_until(&mut child, || web.count_seen() > 4);
    child.kill().unwrap();
    child.wait().unwrap();
    drop(hold);
    let asked = seen(&web);
    assert!(asked.contains(&third), "{asked:?}");
    collection.ok(&["update", "--delay", "0", "--force"]);
    let asked = seen(&web);
    assert!(!asked.contains(&page.to_owned()), "the page itself is there: {asked:?}");
    for word in ["zyxfront", "zyxchapter1", "zyxchapter7"] {
        assert_eq!(urls(&collection.json(&[word, "--json"])), [page]);
    }
    collection.ok(&["update", "--delay", "0"]);
    assert_eq!(seen(&web).len(), 0);
}

#[test]
fn an_article_with_a_menu_is_no_book() {
    let menu: String =
        (1..=9).map(|n| format!("<li><a href=/blog/post-{n}>What we learned {n}</a>")).collect();
    let numbered: String =
        (1..=9).map(|n| format!("<li><a href=/blog/ch{n}.html>{n}. Thing</a>")).collect();
    let marked = format!("<nav class=wy-menu-vertical><ul>{numbered}</ul></nav>");
    let text = article("On drift", 1, "zyxplain");
    let long = text.replace("<h2>", &format!("<p>{}</p><h2>", "What we saw was odd. ".repeat(400)));
    let with = |text: &str, menu: &str| text.replace("<article>", &format!("{menu}<article>"));
    let pages: String = (2..=9).map(|n| format!("<a href=/blog/page/{n}/>{n}</a>")).collect();
    let years: String = (2015..=2022).map(|n| format!("<li><a href=/blog/{n}/>{n}</a>")).collect();
    let lists: String = [10, 5, 7, 3, 12]
        .map(|n| format!("<li><a href=/blog/{n}-ways>{n} ways to fail</a>"))
        .concat();
    let nofollow = "<meta name=robots content=nofollow>";
    for (name, url, body) in [
        ("a menu", "/blog/", with(&text, &format!("<nav class=sidebar><ul>{menu}</ul></nav>"))),
        ("an inner page of documentation", "/blog/post.html", with(&text, &marked)),
        ("an inner folder", "/blog/post/", with(&text, &marked)),
        ("a long article", "/blog/", with(&long, &marked)),
        ("a text beside numbers", "/blog/", with(&long, &format!("<ul>{numbered}</ul>"))),
        ("further pages", "/blog/", with(&text, &format!("<p>{pages}</p>"))),
        ("an archive by year", "/blog/", with(&text, &format!("<ul>{years}</ul>"))),
        ("lists of ways", "/blog/", with(&text, &format!("<ul>{lists}</ul>"))),
        (
            "contents of itself",
            "/blog/",
            with(&text, "<div class=toc><a href=#a>1</a><a href=#b>2</a><a href=#c>3</a></div>"),
        ),
        (
            "other sites",
            "/blog/",
            with(&text, &marked.replace("/blog/", "https://b.example/blog/")),
        ),
        (
            "no robots",
            "/blog/",
            with(&text, &marked).replace("<head>", &format!("<head>{nofollow}")),
        ),
    ] {
        let web = Web::start();
        let page = format!("https://a.example{url}");
        web.put(&page, Answer::html(body));
        let collection = collection(&web, &[&page], "");
        let row = update(&collection, &[]);
        assert_eq!(row["outcome"], "ok", "{name}: {row}");
        assert_eq!(seen(&web), [page.as_str()], "{name}");
        assert_eq!(row["text_from"], serde_json::json!([]), "{name}");
    }
}

#[test]
fn a_book_on_one_page_is_kept_whole() {
    let web = Web::start();
    let page = "https://a.example/book/";
    let contents: String = (0..60).map(|n| format!("<li><a href=#c{n}>{n}. Thing</a>")).collect();
    let chapters: String = (0..60)
        .map(|n| {
            let text = format!("Word zyxone{n}, of which much is to be said in its place. ");
            format!("<h2 id=c{n}>{n}. Thing</h2><p>{}</p><p>{text}</p>", text.repeat(20))
        })
        .collect();
    web.put(
        page,
        Answer::html(format!(
            "<html><head><title>The book</title></head><body><h1>The book</h1>\
             <ol class=toc>{contents}</ol>{chapters}</body></html>"
        )),
    );
    let collection = collection(&web, &[page], "");
    let row = update(&collection, &[]);
    assert_eq!(seen(&web), [page], "{row}");
    let shown = collection.json(&["show", page, "--json"]);
    let text = shown["content"].to_string();
    for number in 0..60 {
        assert!(text.matches(&format!("zyxone{number},")).count() >= 21, "{number}");
    }
}

#[test]
fn the_article_that_a_tweet_links_to_is_its_text() {
    let tweet = "https://twitter.com/ada/status/12";
    let oembed = "https://publish.twitter.com/oembed?omit_script=true&dnt=true&url=https%3A%2F%2Ftwitter.com%2Fada%2Fstatus%2F12";
    let html = "<blockquote class='twitter-tweet'><p>How we zyxtweet drift \
        <a href='https://twitter.com/hashtag/mlops'>#mlops</a> <a href='https://t.co/own'>t.co/own</a> \
        <a href='https://t.co/art'>https://t.co/art</a> \
        <a href='https://t.co/pic'>pic.twitter.com/pic</a></p>&mdash; Ada (@ada) \
        <a href='https://twitter.com/ada/status/12'>March 3</a></blockquote>";
    let answer = serde_json::json!({"html": html, "author_name": "Ada"}).to_string();
    let linked = "https://blog.example/on-drift";
    let moved = |to: &str| Answer::status(301).with("Location", to);
    for has_article in [true, false] {
        let web = Web::start();
        web.put(oembed, Answer::html(answer.clone()));
        web.put("https://t.co/own", moved("https://twitter.com/ada/status/11"));
        web.put("https://twitter.com/ada/status/11", Answer::html(article("Reply", 1, "zyxreply")));
        web.put("https://t.co/art", moved(linked));
        if has_article {
            web.put(linked, Answer::html(article("On drift", 1, "zyxlinked")));
        }
        let on = collection(&web, &[tweet], "");
        let row = update(&on, &[]);
        assert_eq!(row["outcome"], "ok", "{row}");
        let seen = seen(&web);
        assert!(!seen.iter().any(|url| url.contains("t.co/pic")), "{seen:?}");
        let shown = on.json(&["show", tweet, "--json"]);
        let text = shown["content"].to_string();
        assert!(text.contains("zyxtweet") && !text.contains("zyxreply"), "{text}");
        assert_eq!(text.contains("zyxlinked"), has_article, "{text}");
        if has_article {
            assert_eq!(shown["text_from"], serde_json::json!([linked, tweet]));
            assert_eq!(row["title"], "On drift");
            assert_eq!(row["reason"], format!("the text is from {linked}"));
        } else {
            assert_eq!(shown["text_from"], serde_json::json!([]));
        }
    }
    let web = Web::start();
    web.put(oembed, Answer::html(answer));
    let off = collection(&web, &[tweet], "tweets = false");
    update(&off, &[]);
    assert!(seen(&web).iter().all(|url| !url.contains("t.co")));
}
