//! Addresses that pages lead to.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::form_urlencoded;

use crate::canonical;

/// What stands in a segment of a path as it is.
const SEGMENT: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// The address of an article, if it is one of the web: a list may say `javascript:` or worse.
pub(crate) fn outward(url: &str) -> Option<String> {
    canonical::web_url(url).map(String::from)
}

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
    use crate::serve::links::{outward, reading, site};

    #[test]
    fn only_addresses_of_the_web_lead_outward() {
        for (url, expected) in [
            ("https://a.example/x?a=\"b\"", Some("https://a.example/x?a=%22b%22")),
            ("javascript:alert(1)", None),
            ("JavaScript://a.example/%0aalert(1)", None),
            (" javascript:alert(1)", None),
            ("data:text/html,x", None),
            ("//a.example", None),
            ("", None),
        ] {
            assert_eq!(outward(url).as_deref(), expected, "{url}");
        }
        assert_eq!(site("https://www.a.example:8000/x").as_deref(), Some("a.example"));
    }

    #[test]
    fn an_id_is_one_segment_whatever_it_holds() {
        assert_eq!(reading("a/b?c#d e", ""), "/doc/a%2Fb%3Fc%23d%20e");
        assert_eq!(reading("7k", "a b"), "/doc/7k?q=a+b");
    }
}
