//! `new`: what came in, for people, for scripts and for feed readers.

use std::{
    hash::Hasher,
    io::{self, Write},
    path::PathBuf,
};

use clap::Args;
use jiff::{SignedDuration, Span, Timestamp, civil::Date, tz::TimeZone};
use mlsearch::{
    Error,
    collection::Collection,
    dates::{self, NotASpan},
    files,
    inspect::{self, News, NewsKind, Since},
};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event},
};
use siphasher::sip128::{Hasher128, SipHasher13};

use crate::cli::{
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    text::{link, sanitize},
};

#[derive(Debug, Args)]
#[command(after_help = "\
With --json there is one object for each entry: `what` is `added` or `changed`.
Exit codes: 0 something is new, 1 nothing is new, 2 error.")]
pub(crate) struct NewArgs {
    /// A date, a span like 30d or 12h, or `last` for what the last update brought
    #[arg(long, value_name = "WHEN", default_value = "last", value_parser = when)]
    since: When,
    /// Write an Atom feed
    #[arg(long, value_name = "FILE")]
    atom: Option<PathBuf>,
    /// Print one JSON object for each entry
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug)]
enum When {
    Date(Date),
    Ago(Span),
    Last,
}

/// Prints what is new.
pub(crate) fn run(args: &NewArgs, context: &mut Context) -> Result<Exit, Failure> {
    let collection = context.collection()?;
    let now = Context::now();
    let since = match args.since {
        When::Last => Since::LastUpdate,
        When::Ago(span) => Since::Moment(before(now, span)),
        // The day itself belongs to what is new.
        When::Date(date) => {
            let midnight = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0));
            let beyond = if date.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
            let midnight = midnight.unwrap_or(beyond);
            Since::Moment(midnight.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(midnight))
        }
    };
    let news = inspect::news(&collection, since, now)?;
    if let Some(path) = &args.atom {
        let feed = atom(&collection, &news, now).map_err(|e| Error::io(path, e))?;
        files::replace(path, &feed).map_err(|e| Error::io(path, e))?;
    }
    if args.json {
        for item in &news {
            context.json(item)?;
        }
    } else if args.atom.is_none() {
        for item in &news {
            let (day, title) = (item.at.strftime("%Y-%m-%d"), sanitize(&item.title));
            let what = match item.what {
                NewsKind::Added => "added",
                NewsKind::Changed => "changed",
            };
            let title = context.styled(BOLD, &title);
            let about = context.styled(DIM, &format!("{day} {what:<7}"));
            let url = link(&item.url, &sanitize(&item.url), context.decorated);
            writeln!(context.out, "{about}  {title}\n{:20}{url}", "")?;
        }
        if news.is_empty() {
            context.note(match args.since {
                When::Last => "the last update brought nothing new",
                When::Date(_) | When::Ago(_) => "nothing is new since then",
            });
        }
    }
    Ok(Exit::found(!news.is_empty()))
}

fn when(text: &str) -> Result<When, String> {
    if text == "last" {
        return Ok(When::Last);
    }
    if let Ok(date) = text.parse::<Date>() {
        return Ok(When::Date(date));
    }
    dates::span(text).map(When::Ago).map_err(|error| match error {
        NotASpan::Ambiguous { .. } => error.to_string(),
        NotASpan::Unknown { .. } => "not a date (2026-11-23), a span (30d, 12h) or `last`".into(),
    })
}

/// The moment so long before another one, by the calendar.
fn before(moment: Timestamp, span: Span) -> Timestamp {
    let before = TimeZone::UTC.to_datetime(moment).checked_sub(span);
    before.and_then(|before| TimeZone::UTC.to_timestamp(before)).unwrap_or(Timestamp::MIN)
}

/// An Atom feed (RFC 4287) of the news.
fn atom(collection: &Collection, news: &[News], now: Timestamp) -> io::Result<Vec<u8>> {
    let lists: Vec<&str> =
        collection.settings.lists.iter().map(|list| list.source.as_str()).collect();
    let updated = news.first().map_or(now, |item| item.at);
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let feed = xml.create_element("feed").with_attribute(("xmlns", "http://www.w3.org/2005/Atom"));
    feed.write_inner_content(|xml| {
        text(xml, "id", &uuid(&lists.join("\n")))?;
        text(xml, "title", "New on the lists")?;
        text(xml, "subtitle", &lists.join(", "))?;
        text(xml, "updated", &updated.to_string())?;
        xml.create_element("author").write_inner_content(|xml| text(xml, "name", "mlsearch"))?;
        for item in news {
            xml.create_element("entry").write_inner_content(|xml| {
                let (what, kind) = match item.what {
                    NewsKind::Added => ("new on the list", "added"),
                    NewsKind::Changed => ("the text has changed", "changed"),
                };
                text(xml, "id", &uuid(&format!("{kind} {} {}", item.at, item.url)))?;
                text(xml, "title", &item.title)?;
                text(xml, "updated", &item.at.to_string())?;
                text(xml, "published", &item.first_seen.to_string())?;
                xml.create_element("link")
                    .with_attribute(("href", &*plain(&item.url)))
                    .write_empty()?;
                xml.create_element("category").with_attribute(("term", kind)).write_empty()?;
                text(xml, "summary", what)
            })?;
        }
        Ok(())
    })?;
    let mut feed = xml.into_inner();
    feed.push(b'\n');
    Ok(feed)
}

/// An element with text.
fn text(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&plain(text))).map(drop)
}

/// Text without what misleads a reader, and without what XML cannot hold even escaped
/// (<https://www.w3.org/TR/xml/#charsets>): controls, U+FFFE and U+FFFF.
fn plain(text: &str) -> String {
    sanitize(text).replace(['\u{fffe}', '\u{ffff}'], "")
}

/// A name for a thing that has no address, always the same for the same thing (RFC 9562, version 8).
fn uuid(text: &str) -> String {
    let mut hasher = SipHasher13::new();
    hasher.write(text.as_bytes());
    let hash = hasher.finish128().as_u128();
    let version = hash & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
    let hex = format!("{version:032x}");
    format!(
        "urn:uuid:{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, civil::date};

    use mlsearch::{
        collection::{Collection, Settings},
        inspect::{News, NewsKind},
        list,
    };

    use crate::cli::news::{When, atom, before, uuid, when};

    #[test]
    fn since_is_a_date_a_span_or_the_last_update() {
        assert!(matches!(when("last"), Ok(When::Last)));
        assert!(matches!(when("2022-07-25"), Ok(When::Date(day)) if day == date(2022, 7, 25)));
        let now: Timestamp = "2026-03-31T10:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("12h", "2026-03-30T22:00:00Z"),
            ("30d", "2026-03-01T10:00:00Z"),
            ("2w", "2026-03-17T10:00:00Z"),
            ("1mo", "2026-02-28T10:00:00Z"),
            ("19000y", "-009999-01-02T01:59:59Z"),
        ] {
            let Ok(When::Ago(span)) = when(text) else { panic!("{text}") };
            assert_eq!(before(now, span), expected.parse().unwrap(), "{text}");
        }
        assert!(when("yesterday").is_err());
        assert!(when("2022-13-01").is_err());
        let told = "`6m` may be minutes or months: write `6min` or `6mo`";
        assert_eq!(when("6m").unwrap_err(), told);
    }

    #[test]
    fn a_name_keeps_the_form_of_a_uuid() {
        let name = uuid("x");
        assert_eq!(name, uuid("x"));
        assert_ne!(name, uuid("y"));
        let parts: Vec<usize> = name["urn:uuid:".len()..].split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(&name[23..24], "8", "{name}");
        assert!("89ab".contains(&name[28..29]), "{name}");
    }

    #[test]
    fn a_feed_can_be_read_whatever_stands_in_titles_and_links() {
        let collection = Collection { dir: "x".into(), settings: Settings::default() };
        let all: String = (0..0x300).chain(0xfff0..=0xffff).filter_map(char::from_u32).collect();
        let url = |more: &str| format!("https://a.org/?a=1&b='<\">{more}");
        let news = [("a]]>&amp;b", "a]]>&amp;b"), (&all, "\0\u{1b}\u{fffe}\u{ffff}")];
        let news = news.map(|(title, more)| News {
            what: NewsKind::Added,
            id: String::new(),
            url: url(more),
            title: title.to_owned(),
            at: Timestamp::UNIX_EPOCH,
            first_seen: Timestamp::UNIX_EPOCH,
        });
        let feed = atom(&collection, &news, Timestamp::UNIX_EPOCH).unwrap();
        let text = String::from_utf8(feed.clone()).unwrap();
        let is_allowed = |c: char| matches!(c, '\n' | ' '..='\u{fffd}' | '\u{10000}'..);
        assert_eq!(text.find(|c| !is_allowed(c)), None, "{text}");
        let list = list::parse(&feed, &list::ListOptions::default()).unwrap();
        assert_eq!(list.warnings, []);
        let titles: Vec<&str> = list.entries.iter().map(|entry| entry.title()).collect();
        assert_eq!(titles[0], "a]]>&b");
        assert!(titles[1].contains("#$%&'()"), "{}", titles[1]);
        assert_eq!(list.entries[0].url, "https://a.org/?a=1&b=%27%3C%22%3Ea]]%3E&amp;b");
    }
}
