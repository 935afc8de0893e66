//! Feeds: the full content of one entry of RSS, Atom or JSON Feed.

use feed_rs::model::{Entry, Feed};
use jiff::{Timestamp, civil::Date};

use crate::{content::Content, dates, extract::markup, feed};

/// Bytes of a feed that are read; one that is longer is no longer well-formed and refused.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Reads the entry that leads to an address, else the newest one, else the first.
///
/// # Errors
/// What the parser says when the bytes are no feed, or that it has no entry.
pub(crate) fn read(body: &[u8], url: &str) -> Result<Content, String> {
    let body = &body[..body.len().min(MAX_BYTES)];
    let Feed { entries, language, .. } = feed::parse(body)?;
    let leads_here = |entry: &Entry| entry.links.iter().any(|link| link.href == url);
    let newest = || {
        let dated = entries.iter().enumerate().filter(|(_, entry)| moment(entry).is_some());
        dated.max_by_key(|(at, entry)| (moment(entry), std::cmp::Reverse(*at))).map(|(at, _)| at)
    };
    let chosen = entries.iter().position(leads_here).or_else(newest).unwrap_or(0);
    let Some(entry) = entries.into_iter().nth(chosen) else {
        return Err("the feed has no entry".into());
    };
    let date = moment(&entry).and_then(day);
    let author = entry.authors.first().and_then(|person| person.name.clone());
    let title = entry.title.map(|title| title.content);
    let content = entry.content.and_then(|content| content.body);
    let text = content.or(entry.summary.map(|summary| summary.content)).unwrap_or_default();
    let text = &text[..text.floor_char_boundary(MAX_BYTES)];
    Ok(Content {
        title: title.map(|title| markup::line(&title)).filter(|title| !title.is_empty()),
        author: author.filter(|name| !name.trim().is_empty()),
        date_published: date,
        language,
        sections: markup::described(text)?.sections,
        ..Content::default()
    })
}

/// When an entry came out, in seconds of Unix time.
fn moment(entry: &Entry) -> Option<i64> {
    entry.published.or(entry.updated).map(|moment| moment.timestamp())
}

fn day(seconds: i64) -> Option<Date> {
    Timestamp::from_second(seconds).ok().map(dates::utc_day)
}

#[cfg(test)]
mod tests {
    use crate::extract::feed;

    const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"
        xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Blog</title>
        <item><title>Old</title><link>https://a.example/old</link>
        <pubDate>Sun, 07 Mar 2021 10:00:00 GMT</pubDate><description>Only a summary.</description>
        </item><item><title>Watching &amp;amp; waiting</title><link>https://a.example/new</link>
        <pubDate>Mon, 08 Mar 2021 10:00:00 GMT</pubDate><description>Short.</description>
        <content:encoded><![CDATA[<h2>Part</h2><p>The whole <b>text</b>.</p><ul><li>one</li></ul>]]>
        </content:encoded></item></channel></rss>"#;

    #[track_caller]
    fn check(body: &str, url: &str, title: &str, day: &str, text: &str) {
        let found = feed::read(body.as_bytes(), url).unwrap();
        assert_eq!(found.title.as_deref(), Some(title));
        assert_eq!(found.date_published.unwrap().to_string(), day);
        assert_eq!(found.text(), text);
    }

    #[test]
    fn the_newest_entry_is_read_whole() {
        let text = "Part\nThe whole text.\none\n";
        check(RSS, "https://a.example/feed", "Watching & waiting", "2021-03-08", text);
    }

    #[test]
    fn the_entry_that_leads_to_the_address_goes_before() {
        check(RSS, "https://a.example/old", "Old", "2021-03-07", "Only a summary.\n");
    }

    #[test]
    fn what_is_no_feed_or_an_empty_one_is_told() {
        let empty = "<rss version=\"2.0\"><channel><title>a</title></channel></rss>";
        assert_eq!(feed::read(empty.as_bytes(), "").unwrap_err(), "the feed has no entry");
        assert!(feed::read(b"<rss><channel>", "").is_err());
    }
}
