//! YouTube: title and channel through oEmbed, the videos of a playlist through its feed.

use serde_json::Value;
use url::Url;

use crate::{
    crawl::adapter::{
        article::ServiceArticle,
        plan::{AdapterPlan, ask, field, segments, site},
    },
    feed,
};

pub(crate) fn plan(url: &Url) -> Option<AdapterPlan> {
    let query =
        |name: &str| url.query_pairs().find(|(n, _)| n == name).map(|(_, v)| v.into_owned());
    let parts = segments(url);
    let (video, playlist) = match (site(url), parts.as_slice()) {
        ("youtu.be", [id]) => (Some((*id).to_owned()), None),
        ("youtube.com" | "m.youtube.com", ["watch"]) => (query("v"), None),
        ("youtube.com" | "m.youtube.com", ["embed" | "shorts" | "live", id]) => {
            (Some((*id).to_owned()), None)
        }
        ("youtube.com" | "m.youtube.com", ["playlist"]) => (None, query("list")),
        _ => return None,
    };
    let address = match (&video, &playlist) {
        (Some(id), _) => format!("https://www.youtube.com/watch?v={id}"),
        (None, Some(id)) => format!("https://www.youtube.com/playlist?list={id}"),
        (None, None) => return None,
    };
    let oembed = "https://www.youtube.com/oembed";
    let mut asks = vec![ask(oembed, &[("format", "json"), ("url", &address)], "application/json")?];
    if let Some(id) = &playlist {
        let feed = "https://www.youtube.com/feeds/videos.xml";
        asks.push(ask(feed, &[("playlist_id", id)], "application/atom+xml")?);
    }
    Some(AdapterPlan {
        what: "titles and descriptions, by oEmbed and the feed",
        is_summary: true,
        asks,
        compose,
    })
}

fn compose(_: &Url, answers: &[Option<Vec<u8>>]) -> Option<String> {
    let about: Value = serde_json::from_slice(answers.first()?.as_deref()?).ok()?;
    let title = field(&about, "/title")?.to_owned();
    let authors: Vec<String> =
        field(&about, "/author_name").map(str::to_owned).into_iter().collect();
    let mut sections = Vec::new();
    let feed = answers.get(1).and_then(|body| feed::parse(body.as_deref()?).ok());
    for video in feed.into_iter().flat_map(|feed| feed.entries) {
        let description = video.media.into_iter().find_map(|media| media.description);
        let title = video.title.map(|title| title.content).unwrap_or_default();
        sections.push((title, description.map(|text| text.content).unwrap_or_default()));
    }
    Some(ServiceArticle { title, authors, published: None, site: "YouTube", sections }.html())
}

#[cfg(test)]
mod tests {
    use crate::crawl::adapter::tests::check;

    const FEED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
<id>x</id><title>Course</title><updated>2022-03-04T00:00:00Z</updated>
<entry><id>yt:video:a</id><title>Lecture 1: Drift</title><updated>2022-03-04T00:00:00Z</updated>
<media:group><media:title>Lecture 1</media:title>
<media:content url="https://www.youtube.com/v/a" type="application/x-shockwave-flash"/>
<media:description>What drifts, and why.</media:description></media:group></entry></feed>"#;

    #[test]
    fn a_playlist_gives_the_titles_and_descriptions_of_its_videos() {
        check(
            "https://www.youtube.com/playlist?list=PLx",
            &[
                "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fplaylist%3Flist%3DPLx",
                "https://www.youtube.com/feeds/videos.xml?playlist_id=PLx",
            ],
            &["{\"title\": \"A course\", \"author_name\": \"A school\"}", FEED],
            &["<h1>A course</h1>", "<h2>Lecture 1: Drift</h2>", "<p>What drifts, and why.</p>"],
        );
    }

    #[test]
    fn a_video_gives_its_title_and_channel() {
        for url in ["https://youtu.be/abc?t=3", "https://www.youtube.com/watch?t=1&v=abc"] {
            check(
                url,
                &[
                    "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Dabc",
                ],
                &["{\"title\": \"A <talk>\", \"author_name\": \"A school\"}"],
                &["<h1>A &lt;talk&gt;</h1>", "content=\"A school\""],
            );
        }
    }
}
