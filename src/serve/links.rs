//! Addresses that pages lead to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use crate::canonical;

/// What stands in a segment of a path as it is.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The site of an address, as people name it.
pub(crate) fn site(url: &str) -> Option<String> {
    let url = canonical::web_url(url)?;
    let host = url.host_str()?;
    Some(host.strip_prefix("www.").unwrap_or(host).to_owned())
}

/// The page on which the document of an id is read, with the words of a query marked.
pub(crate) fn reading(id: &str, query: &str) -> String {
    let path = format!("/doc/{}", utf8_percent_encode(id, &SEGMENT));
    match query.trim() {
        "" => path,
        query => {
            let query =
                form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish();
            format!("{path}?{query}")
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::serve::links::{reading, site};

    #[test]
    fn a_site_is_named_as_people_name_it() {
        assert_eq!(site("https://www.a.example:8000/x").as_deref(), Some("a.example"));
    }

    #[test]
    fn an_id_is_one_segment_whatever_it_holds() {
        assert_eq!(reading("a/b?c#d e", ""), "/doc/a%2Fb%3Fc%23d%20e");
        assert_eq!(reading("7k", "a b"), "/doc/7k?q=a+b");
    }
}
