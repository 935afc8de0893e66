//! How many pages a second the extractor reads, beside a Readability port and the mere body text.
//!
//! The pages are made up and always the same: an article of growing length in a frame of menus,
//! share bars, related links and comments, with as much markup as text.
//! `MLSEARCH_BENCH_PAGES=DIR` takes the HTML files of a folder instead.

use std::fmt::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use mlsearch::extract::{self, Input};
use scraper::{Html, Selector};

const URL: &str = "https://blog.example/2021/03/07/drift";
const PAGES: usize = 24;

fn pages() -> Vec<String> {
    if let Some(folder) = std::env::var_os("MLSEARCH_BENCH_PAGES") {
        let files = std::fs::read_dir(folder).expect("MLSEARCH_BENCH_PAGES is a folder");
        let mut paths: Vec<_> = files.filter_map(Result::ok).map(|file| file.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|suffix| suffix == "html"));
        paths.sort();
        let read = |path| std::fs::read(path).expect("a file that was just listed can be read");
        return paths.iter().map(read).map(|b| String::from_utf8_lossy(&b).into_owned()).collect();
    }
    (0..PAGES).map(|n| page(n as u32, 10 + n * 6)).collect()
}

fn page(seed: u32, paragraphs: usize) -> String {
    let mut random = Random(seed.wrapping_mul(2_654_435_761).wrapping_add(1));
    let mut html = String::from(
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Watching models | Blog</title>\
         <meta property=og:site_name content=Blog><script>var a = [1, 2, 3];</script></head><body>",
    );
    let links = |html: &mut String, random: &mut Random, class: &str, count: usize| {
        let _ = write!(html, "<nav class=\"{class}\"><ul>");
        for n in 0..count {
            let words = random.words(5);
            let _ = write!(
                html,
                "<li class=\"item i-{n}\"><a href=\"/{n}\"><span>{words}</span></a></li>"
            );
        }
        html.push_str("</ul></nav>");
    };
    links(&mut html, &mut random, "main-menu", 60);
    html.push_str(
        "<main><article class=post><h1>Watching models</h1><div class=\"entry-content\">",
    );
    for n in 0..paragraphs {
        if n % 7 == 3 {
            let _ = write!(html, "<h2 id=\"part-{n}\">{}</h2>", random.words(4));
        }
        if n % 11 == 5 {
            let code = random.words(30);
            let _ = write!(html, "<div class=highlight><pre><code>{code}</code></pre></div>");
        }
        let (start, link, end) = (random.words(30), random.words(3), random.words(40));
        let _ = write!(html, "<p>{start}, <a href=\"/l{n}\">{link}</a> <em>and</em> {end}.</p>");
    }
    html.push_str("</div></article>");
    links(&mut html, &mut random, "related-posts", 30);
    html.push_str("<section id=comments>");
    for n in 0..20 {
        let words = random.words(25);
        let _ = write!(html, "<div class=comment id=c{n}><b>Name</b><p>{words}.</p></div>");
    }
    html.push_str("</section></main>");
    links(&mut html, &mut random, "footer-links", 80);
    html.push_str("</body></html>");
    html
}

/// A linear congruential generator (Numerical Recipes), so that every run reads the same pages.
struct Random(u32);

impl Random {
    fn words(&mut self, count: usize) -> String {
        const WORDS: [&str; 16] = [
            "model", "data", "the", "feature", "of", "drift", "a", "training", "store", "is",
            "pipeline", "in", "latency", "to", "batch", "online",
        ];
        let word = |_| {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            WORDS[(self.0 >> 28) as usize]
        };
        (0..count).map(word).collect::<Vec<_>>().join(" ")
    }
}

fn extraction(criterion: &mut Criterion) {
    let pages = pages();
    let bytes = pages.iter().map(String::len).sum::<usize>() as u64;
    let mut group = criterion.benchmark_group("extract");
    group.sample_size(10);
    for (unit, throughput) in
        [("pages", Throughput::Elements(pages.len() as u64)), ("bytes", Throughput::Bytes(bytes))]
    {
        group.throughput(throughput);
        group.bench_function(format!("mlsearch/{unit}"), |bencher| {
            bencher.iter(|| {
                let text = |page: &String| {
                    let input = Input { body: page.as_bytes(), url: URL, ..Input::default() };
                    extract::extract(&input).content.text().len()
                };
                pages.iter().map(text).sum::<usize>()
            });
        });
    }
    group.throughput(Throughput::Elements(pages.len() as u64));
    group.bench_function("dom_smoothie/pages", |bencher| {
        bencher.iter(|| {
            let text = |page: &String| {
                let article = dom_smoothie::Readability::new(page.as_str(), Some(URL), None)
                    .and_then(|mut readability| readability.parse());
                article.map_or(0, |article| article.text_content.len())
            };
            pages.iter().map(text).sum::<usize>()
        });
    });
    let body = Selector::parse("body").expect("a tag name is a selector");
    group.bench_function("body text/pages", |bencher| {
        bencher.iter(|| {
            let text = |page: &String| {
                let html = Html::parse_document(page);
                html.select(&body).flat_map(|e| e.text()).map(str::len).sum::<usize>()
            };
            pages.iter().map(text).sum::<usize>()
        });
    });
    group.finish();
}

criterion_group!(benches, extraction);
criterion_main!(benches);
