//! Tweets: the text through oEmbed; never the replies.

use serde_json::Value;
use url::Url;

use crate::{
    crawl::adapter::plan::{AdapterPlan, ask, field, segments, site},
    html,
};

pub(crate) fn plan(url: &Url) -> Option<AdapterPlan> {
    if !matches!(site(url), "twitter.com" | "x.com" | "mobile.twitter.com") {
        return None;
    }
    let [user, "status", id, ..] = segments(url)[..] else { return None };
    let tweet = format!("https://twitter.com/{user}/status/{id}");
    let asks = vec![ask(
        "https://publish.twitter.com/oembed",
        &[("omit_script", "true"), ("dnt", "true"), ("url", &tweet)],
        "application/json",
    )?];
    Some(AdapterPlan { what: "the text of the tweet, by oEmbed", is_summary: false, asks, compose })
}

fn compose(_: &Url, answers: &[Option<Vec<u8>>]) -> Option<String> {
    let tweet: Value = serde_json::from_slice(answers.first()?.as_deref()?).ok()?;
    let html = field(&tweet, "/html")?;
    let author = html::escape(field(&tweet, "/author_name").unwrap_or("somebody"));
    Some(format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>{author} on Twitter</title>\
         <meta name=\"author\" content=\"{author}\"></head>\
         <body><article><h1>{author} on Twitter</h1>{html}</article></body></html>"
    ))
}

#[cfg(test)]
mod tests {
    use crate::crawl::adapter::tests::check;

    #[test]
    fn a_tweet_gives_its_text() {
        for url in ["https://twitter.com/ada/status/12?s=20", "https://x.com/ada/status/12/photo/1"]
        {
            check(
                url,
                &[
                    "https://publish.twitter.com/oembed?omit_script=true&dnt=true&url=https%3A%2F%2Ftwitter.com%2Fada%2Fstatus%2F12",
                ],
                &[
                    "{\"html\": \"<blockquote><p>Avoid this</p></blockquote>\", \"author_name\": \"Ada\"}",
                ],
                &["<h1>Ada on Twitter</h1>", "<p>Avoid this</p>"],
            );
        }
    }
}
