//! Entries of feeds, whatever the feed's form: their texts, dates and addresses.

use jiff::{Timestamp, fmt::rfc2822};
use url::Url;

use crate::{
    canonical,
    dates::{self, PartialDate},
    entry::shortened,
    html,
    list::{draft::Draft, html::Writer, inline, line::tidy, records},
};

/// Longest summary that is kept, in characters; some feeds put the whole article there.
const LONGEST_SUMMARY: usize = 500;
/// The text of a title or summary of a draft, which may be HTML.
pub(crate) fn plain(draft: &mut Draft, text: Option<&str>) -> String {
    // A password may have a `<`, at which HTML would begin.
    let text = draft.cut(text.unwrap_or_default());
    let start = &text[..text.floor_char_boundary(LONGEST_SUMMARY * 20)];
    if !start.contains(['<', '&']) {
        return tidy(start);
    }
    let mut writer = Writer::default();
    let since = writer.mark();
    writer.raw(start, 1, since);
    let tree = html::fragment(&writer.finish());
    let mut pieces = Vec::new();
    inline::collect(*tree.root_element(), &mut pieces);
    tidy(&inline::plain_text(&pieces))
}

/// Sets the description that a summary gives, which may be HTML.
pub(crate) fn describe(draft: &mut Draft, summary: Option<&str>) {
    let text = plain(draft, summary);
    draft.description = shortened(&draft.cut(&text), LONGEST_SUMMARY).into_owned();
}

/// The address of a page, which may be relative to the first base, or lack its scheme; none when it
/// leads to no web page.
pub(crate) fn resolved(href: &str, bases: &[&Url]) -> Option<String> {
    let href = href.trim();
    if canonical::web_url(href).is_some() {
        return Some(href.to_owned());
    }
    let host = href.split('/').next().unwrap_or_default();
    if host.contains(':') || href.is_empty() {
        return None;
    }
    // What begins with the host itself is no path.
    let is_host = |base: &&Url| {
        base.host_str().is_some_and(|known| {
            known.trim_start_matches("www.") == host.trim_start_matches("www.")
        })
    };
    if bases.iter().any(is_host) {
        return records::from_host(href);
    }
    let url = bases.first()?.join(href).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// The day of a date in a feed: in universal time where its zone is known, else as it is written.
pub(crate) fn date_of(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    let moment = text
        .parse::<Timestamp>()
        .ok()
        .or_else(|| rfc2822::DateTimeParser::new().parse_timestamp(text).ok());
    let written =
        || dates::parse(text).or_else(|| dates::from_epoch(text).filter(|_| text.len() > 8));
    moment.map(dates::utc_date).or_else(written)
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::list::feed_entry::resolved;

    #[test]
    fn links_are_relative_to_the_first_base() {
        let base = Url::parse("https://a.example/blog/feed.xml").unwrap();
        let other = Url::parse("https://b.example/").unwrap();
        for (href, expected) in [
            ("post", Some("https://a.example/blog/post")),
            ("/post", Some("https://a.example/post")),
            ("//c.example/x", Some("https://c.example/x")),
            ("a.example/post", Some("https://a.example/post")),
            ("b.example/post", Some("https://b.example/post")),
            (" http://c.example/x ", Some("http://c.example/x")),
            ("tag:a.example,2020:1", None),
            ("", None),
        ] {
            assert_eq!(resolved(href, &[&base, &other]).as_deref(), expected, "{href}");
        }
        assert_eq!(resolved("post", &[]), None);
    }
}
