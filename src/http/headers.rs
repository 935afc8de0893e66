//! Header fields of an answer, whatever their bytes.

use std::{borrow::Cow, time::Duration};

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// More fields than this say nothing about a page.
const MOST: usize = 200;

/// The header fields of an answer; their names are asked for in lower case.
#[derive(Clone, Debug, Default)]
pub(crate) struct Headers(HeaderMap);

impl From<HeaderMap> for Headers {
    fn from(fields: HeaderMap) -> Headers {
        Headers(fields)
    }
}

impl Headers {
    /// Fields that were written down. Those whose name or value no answer can have are left out, and
    /// so are those beyond [`MOST`].
    pub(crate) fn from_fields(fields: Vec<(String, Vec<u8>)>) -> Headers {
        let mut map = HeaderMap::new();
        for (name, value) in fields.into_iter().take(MOST) {
            let field = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&value));
            if let (Ok(name), Ok(value)) = field {
                map.append(name, value);
            }
        }
        Headers(map)
    }

    /// The first value of a field; empty when it is not there.
    pub(crate) fn text(&self, name: &str) -> String {
        self.all(name).next().map(|value| value.trim().to_owned()).unwrap_or_default()
    }

    /// All values of a field.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()))
    }

    /// The bytes of the first value of a field.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(|value| value.as_bytes())
    }

    /// The time that `Retry-After` asks for, as seconds or as a date (RFC 9110, section 10.2.3).
    pub(crate) fn retry_after(&self, now: Timestamp) -> Option<Duration> {
        let value = self.text("retry-after");
        if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
            return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
        }
        let date = rfc2822::DateTimeParser::new().relaxed_weekday(true);
        let at = date.parse_timestamp(&value).ok()?;
        Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
    }

    /// A single field.
    #[cfg(test)]
    pub(crate) fn with(name: &'static str, value: &[u8]) -> Headers {
        let value = HeaderValue::from_bytes(value).expect("a value of a test");
        Headers([(HeaderName::from_static(name), value)].into_iter().collect())
    }
}
