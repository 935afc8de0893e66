//! A record: what its header says of it, and its block.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::http::fields;

/// The field that says what a body is that was put together here; others are to pass over it.
pub(crate) const FORM: &str = "Mlsearch-Form";

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKind {
    /// An answer with its header.
    Response,
    /// What was found at an address, without a header.
    Resource,
    /// What somebody has made of another record, such as its text.
    Conversion,
    /// That an answer was the one of an earlier record.
    Revisit,
    /// What was asked, what is said of the file, and the like.
    Other,
}

/// A record; its block is lent by the reader.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct WarcRecord<'b> {
    /// Which record of the file it is, counted from 1.
    pub(crate) number: u64,
    /// Where it begins in the file, or the gzip member or zstd frame that it is in.
    pub(crate) offset: u64,
    pub(crate) kind: RecordKind,
    /// The address of what it holds.
    pub(crate) url: Option<String>,
    /// When it was recorded.
    pub(crate) date: Option<Timestamp>,
    /// The type of the block.
    pub(crate) content_type: String,
    /// Why the block is not all that was there, if it is not.
    pub(crate) truncated: Option<String>,
    /// The value of [`FORM`].
    pub(crate) form: Option<String>,
    /// What the record is known by; of a revisit, what that record is known by that it refers to.
    pub(crate) keys: Vec<String>,
    /// The address of the record that a revisit refers to.
    pub(crate) referent: Option<String>,
    pub(crate) block: &'b [u8],
}

/// What a header says.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) kind: RecordKind,
    pub(crate) url: Option<String>,
    pub(crate) date: Option<Timestamp>,
    pub(crate) content_type: String,
    pub(crate) truncated: Option<String>,
    pub(crate) form: Option<String>,
    /// As in [`WarcRecord`].
    pub(crate) keys: Vec<String>,
    /// As in [`WarcRecord`].
    pub(crate) referent: Option<String>,
    /// The length of the block; none unless it is a number.
    pub(crate) length: Option<u64>,
}

impl Head {
    /// Reads the fields of a header; names in any case, the first of each name.
    pub(crate) fn parse(head: &[u8]) -> Head {
        let fields = fields::fields(head);
        let field = |name: &str| {
            let field = fields.iter().find(|(other, _)| other.eq_ignore_ascii_case(name));
            let value = field.map(|(_, value)| String::from_utf8_lossy(value).into_owned());
            value.filter(|value| !value.is_empty())
        };
        let kind = field("WARC-Type").unwrap_or_default().to_ascii_lowercase();
        // The grammar of version 1.0 has brackets around it, which is an erratum by now.
        let bare = |url: String| match url.strip_prefix('<').and_then(|url| url.strip_suffix('>')) {
            Some(bare) => bare.to_owned(),
            None => url,
        };
        let digits = |length: &String| length.bytes().all(|byte| byte.is_ascii_digit());
        let kind = match kind.as_str() {
            "response" => RecordKind::Response,
            "resource" => RecordKind::Resource,
            "conversion" => RecordKind::Conversion,
            "revisit" => RecordKind::Revisit,
            _ => RecordKind::Other,
        };
        let url = field("WARC-Target-URI").map(bare);
        let date = field("WARC-Date").and_then(|date| moment(&date));
        let referent = field("WARC-Refers-To-Target-URI").map(bare);
        let place = match kind {
            RecordKind::Revisit => {
                let date = field("WARC-Refers-To-Date").and_then(|date| moment(&date));
                (field("WARC-Refers-To"), referent.as_ref().or(url.as_ref()), date)
            }
            _ => (field("WARC-Record-ID"), url.as_ref(), date),
        };
        let keys = match kind {
            RecordKind::Other => Vec::new(),
            _ => keys(place, field("WARC-Payload-Digest")),
        };
        Head {
            kind,
            url,
            date,
            keys,
            referent,
            content_type: field("Content-Type").unwrap_or_default(),
            truncated: field("WARC-Truncated"),
            form: field(FORM),
            length: field("Content-Length")
                .filter(digits)
                .map(|length| length.parse().unwrap_or(u64::MAX)),
        }
    }
}

/// What a record is known by: its name, its address with its date, the digest of its payload.
fn keys(
    (id, url, date): (Option<String>, Option<&String>, Option<Timestamp>),
    digest: Option<String>,
) -> Vec<String> {
    let place = url.zip(date).map(|(url, date)| format!("{date} {url}"));
    let digest = digest.map(|digest| format!("digest {}", digest.to_ascii_uppercase()));
    [id, place, digest].into_iter().flatten().collect()
}

/// The moment of `WARC-Date`, to the millisecond; a day alone, which version 1.1 allows, is its
/// beginning.
fn moment(date: &str) -> Option<Timestamp> {
    let moment = date.parse().ok().or_else(|| {
        let day: Date = date.parse().ok()?;
        TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
    });
    moment.and_then(|moment: Timestamp| Timestamp::from_millisecond(moment.as_millisecond()).ok())
}

#[cfg(test)]
mod tests {
    use crate::warc::record::{Head, moment};

    #[test]
    fn dates_of_both_versions_are_read() {
        for (date, expected) in [
            ("2006-09-19T17:20:24Z", Some("2006-09-19T17:20:24Z")),
            ("2006-09-19T17:20:24.123456Z", Some("2006-09-19T17:20:24.123Z")),
            ("2006-09-19T17:20:24+02:00", Some("2006-09-19T15:20:24Z")),
            ("2006-09-19", Some("2006-09-19T00:00:00Z")),
            ("yesterday", None),
        ] {
            let read = moment(date).map(|moment| moment.to_string());
            assert_eq!(read.as_deref(), expected, "{date}");
        }
    }

    #[test]
    fn a_length_is_digits() {
        for (length, expected) in [
            ("12", Some(12)),
            ("99999999999999999999", Some(u64::MAX)),
            ("-1", None),
            ("+1", None),
            ("1 2", None),
            ("", None),
        ] {
            let head =
                format!("content-LENGTH: {length}\r\nWARC-Target-URI: <http://a.example/>\r\n");
            let head = Head::parse(head.as_bytes());
            assert_eq!(head.length, expected, "{length}");
            assert_eq!(head.url.as_deref(), Some("http://a.example/"));
        }
    }
}
