//! Atom feeds, read again by the reader of lists.

use jiff::Timestamp;
use mlsearch::{
    atom::AtomFeed,
    canonical::link_target,
    inspect::{News, NewsKind},
    list,
};

#[test]
fn a_feed_can_be_read_whatever_stands_in_titles_and_links() {
    let all: String = (0..0x300).chain(0xfff0..=0xffff).filter_map(char::from_u32).collect();
    let url = |more: &str| format!("https://a.org/?a=1&b='<\">{more}");
    let news = [("a]]>&amp;b", "a]]>&amp;b"), (&all, "\0\u{1b}\u{fffe}\u{ffff}")];
    let news = news.map(|(title, more)| News {
        what: NewsKind::Added,
        id: more.to_owned(),
        url: url(more),
        title: title.to_owned(),
        at: Timestamp::UNIX_EPOCH,
        first_seen: Timestamp::UNIX_EPOCH,
    });
    let feed = AtomFeed::of_news(&["a"], &news, Timestamp::UNIX_EPOCH).to_xml();
    let text = String::from_utf8(feed.clone()).unwrap();
    let is_allowed = |c: char| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(text.find(|c| !is_allowed(c)), None, "{text}");
    let list = list::parse(&feed, &list::ListOptions::default()).unwrap();
    assert_eq!(list.warnings, []);
    let titles: Vec<&str> = list.entries.iter().map(|entry| entry.title()).collect();
    assert_eq!(titles[0], "a]]>&b");
    assert!(titles[1].contains("#$%&'()"), "{}", titles[1]);
    let target = link_target(&url("a]]>&amp;b"));
    assert_eq!(Some(&list.entries[0].url), target.as_ref());
}
