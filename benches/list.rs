//! Throughput of the list parsers on synthetic lists of 1 and 10 MB: the rate must not fall.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use mlsearch::list::{self, ListOptions};

/// A format: its name, what stands before the entries, one entry, what stands after them.
type Format = (&'static str, &'static str, fn(usize) -> String, &'static str);

const FORMATS: [Format; 6] = [
    ("markdown", "# A list\n\n## Section\n\n", bullet, ""),
    ("table", "| Title | Company | Date |\n|---|---|---|\n", row, ""),
    ("bookmarks", "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n", bookmark, "</DL>\n"),
    ("rss", "<rss version=\"2.0\"><channel><title>t</title>\n", item, "</channel></rss>\n"),
    ("csv", "title,url,tags\n", record, ""),
    ("jsonl", "", object, ""),
];

fn bullet(n: usize) -> String {
    format!(
        "- [Serving model {n}](https://host{}.example/posts/{n}) - How *it* was built \
         ([Code](https://host.example/{n})). `Company {}` `2021`\n",
        n % 97,
        n % 53
    )
}

fn row(n: usize) -> String {
    format!("| [Serving model {n}](https://host.example/{n}) | Company {} | 2021-03-06 |\n", n % 53)
}

fn bookmark(n: usize) -> String {
    format!("<DT><A HREF=\"https://host.example/{n}\" ADD_DATE=\"1678060800\">Model {n}</A>\n")
}

fn item(n: usize) -> String {
    format!("<item><title>Model {n}</title><link>https://host.example/{n}</link></item>\n")
}

fn record(n: usize) -> String {
    format!("\"Serving model, {n}\",https://host.example/{n},ml|serving\n")
}

fn object(n: usize) -> String {
    format!("{{\"title\":\"Model {n}\",\"url\":\"https://host.example/{n}\",\"tags\":[\"ml\"]}}\n")
}

/// A list of at least that many bytes.
fn synthetic((_, before, entry, after): Format, bytes: usize) -> Vec<u8> {
    let mut text = before.to_owned();
    let mut n = 0;
    while text.len() < bytes {
        text.push_str(&entry(n));
        n += 1;
    }
    text.push_str(after);
    text.into_bytes()
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list");
    group.sample_size(10);
    for format in FORMATS {
        for megabytes in [1, 10] {
            let source = synthetic(format, megabytes << 20);
            let options = ListOptions { name: "bench".into(), ..ListOptions::default() };
            group.throughput(Throughput::Bytes(source.len() as u64));
            group.bench_with_input(
                BenchmarkId::new(format.0, format!("{megabytes} MB")),
                &source,
                |bencher, source| bencher.iter(|| list::parse(source, &options)),
            );
        }
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
