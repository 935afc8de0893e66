//! What the web names is no local file, and no credential leaves a list: every request, as a
//! recording proxy sees it.

/// A secret that no request, no output and no file but the list itself may hold.
const SECRET: &str = "t0psecret";

#[test]
fn every_format_of_a_list_loses_its_credentials() {
    let url = format!("https://bob:{SECRET}@host.example/x");
    for (name, text) in [
        ("csv", format!("url,title\n{url},A\n")),
        ("jsonl", format!("{{\"url\": \"{url}\", \"title\": \"A\", \"also\": [\"{url}\"]}}\n")),
        ("txt", format!("A title\n{url}\n")),
        ("opml", format!("<opml><body><outline text='A' xmlUrl='{url}'/></body></opml>")),
        (
            "rss",
            format!(
                "<rss version='2.0'><channel><title>c</title><item><title>A</title>\
                         <link>{url}</link><enclosure url='{url}' type='a/b' length='1'/></item>\
                         </channel></rss>"
            ),
        ),
        ("sitemap", format!("<urlset><url><loc>{url}</loc></url></urlset>")),
        ("index", format!("<sitemapindex><sitemap><loc>{url}</loc></sitemap></sitemapindex>")),
        ("html", format!("<html><ul><li><a href='{url}'>A</a></ul></html>")),
        ("md", format!("| Title | Link | Tags |\n|-|-|-|\n| A {url} | <{url}> | {url} |\n")),
    ] {
        let options = mlsearch::list::Options { name: name.into(), ..Default::default() };
        let list = mlsearch::list::parse(text.as_bytes(), &options).unwrap();
        let told = format!("{list:?}");
        assert!(!told.contains(SECRET) && !told.contains("bob"), "{told}");
        assert!(told.contains("host.example/x"), "{told}");
        let is_warned = list.warnings.iter().any(|warning| {
            warning.message.starts_with("line ") && warning.message.contains("is cut")
        });
        assert!(is_warned, "{told}");
    }
}
