//! arXiv papers: title, authors and abstract through the documented API.

use jiff::civil::Date;
use url::Url;

use crate::{
    crawl::adapter::{
        article::ServiceArticle,
        plan::{AdapterPlan, ask, segments, site},
    },
    feed,
};

pub(crate) fn plan(url: &Url) -> Option<AdapterPlan> {
    let parts = segments(url);
    let [kind, id @ ..] = parts.as_slice() else { return None };
    if site(url) != "arxiv.org" || !matches!(*kind, "abs" | "pdf" | "html") || id.is_empty() {
        return None;
    }
    // Old identifiers hold a slash: hep-th/9901001.
    let id = id.join("/");
    let id = id.strip_suffix(".pdf").unwrap_or(&id);
    // info.arxiv.org/help/api: one request every three seconds.
    let asks = vec![ask(
        "https://export.arxiv.org/api/query",
        &[("id_list", id), ("max_results", "1")],
        "application/atom+xml",
    )?];
    Some(AdapterPlan {
        what: "title, authors and abstract, by the arXiv API",
        is_summary: true,
        asks,
        compose,
    })
}

fn compose(_: &Url, answers: &[Option<Vec<u8>>]) -> Option<String> {
    let feed = feed::parse(answers.first()?.as_deref()?).ok()?;
    let paper = feed.entries.into_iter().next()?;
    let summary = paper.summary?.content;
    let published: Option<Date> =
        paper.published.and_then(|at| at.date_naive().to_string().parse().ok());
    let article = ServiceArticle {
        title: one_line(&paper.title?.content),
        authors: paper.authors.into_iter().filter_map(|author| author.name).collect(),
        published,
        site: "arXiv",
        sections: vec![("Abstract".into(), one_line(&summary))],
    };
    // The API answers an unknown identifier with an entry that is called `Error`.
    (article.title != "Error").then(|| article.html())
}

/// The API wraps its lines.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::crawl::adapter::tests::check;

    const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>query</title>
<updated>2022-03-04T00:00:00Z</updated><entry><id>http://arxiv.org/abs/2203.00001v2</id>
<updated>2022-03-04T00:00:00Z</updated><published>2022-03-02T10:00:00Z</published>
<title>On the Drift
  of Features</title><summary>  Features drift &lt; models.
We say why. </summary><author><name>Ada Example</name></author></entry></feed>"#;

    #[test]
    fn a_paper_gives_its_abstract() {
        for (url, id) in [
            ("https://arxiv.org/abs/2203.00001", "2203.00001"),
            ("https://www.arxiv.org/pdf/2203.00001v2.pdf", "2203.00001v2"),
            ("http://arxiv.org/abs/hep-th/9901001", "hep-th%2F9901001"),
        ] {
            check(
                url,
                &[&format!("https://export.arxiv.org/api/query?id_list={id}&max_results=1")],
                &[FEED],
                &[
                    "<h1>On the Drift of Features</h1>",
                    "<p>Features drift &lt; models. We say why.</p>",
                    "content=\"Ada Example\"",
                    "content=\"2022-03-02\"",
                ],
            );
        }
    }

    #[test]
    fn an_unknown_paper_gives_nothing() {
        let feed = FEED.replace("On the Drift\n  of Features", "Error");
        check(
            "https://arxiv.org/abs/1",
            &["https://export.arxiv.org/api/query?id_list=1&max_results=1"],
            &[&feed],
            &[],
        );
    }
}
