//! SURT: addresses as keys by which those of one site stand together (`example,www)/path`).

use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};
use url::Url;

/// What is written in percent; all that is not ASCII is, too.
const ESCAPED: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%');
/// How often an address is freed of its percents, as some were escaped several times.
const MOST_LAYERS: usize = 5;

/// The key of an address as pywb and its tools make it: host reversed and without `www`, path and
/// query in lower case without a slash at the end, parameters in their order.
pub(crate) fn surt(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().trim_matches(['.', '[', ']']);
    let parts: Vec<&str> = without_www(host).rsplit('.').collect();
    let mut key = parts.join(",");
    if let Some(port) = url.port() {
        key.push_str(&format!(":{port}"));
    }
    key.push(')');
    let path = plain(url.path());
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    key.push('/');
    key.push_str(&parts.join("/"));
    if let Some(query) = url.query().filter(|query| !query.is_empty()) {
        let query = plain(query);
        let mut parameters: Vec<&str> = query.split('&').collect();
        parameters.sort_unstable();
        key.push('?');
        key.push_str(&parameters.join("&"));
    }
    key
}

/// A host without `www.` or `www2.` in front.
fn without_www(host: &str) -> &str {
    let rest =
        host.strip_prefix("www").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(host)
}

/// A part of an address with the fewest percents, in lower case.
fn plain(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..MOST_LAYERS {
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if decoded == bytes {
            break;
        }
        bytes = decoded;
    }
    percent_encode(&bytes, ESCAPED).to_string().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::warc::surt::surt;

    #[test]
    fn addresses_become_keys() {
        for (url, expected) in [
            ("http://example.com/", "com,example)/"),
            ("https://www.Example.com/Some/Path/", "com,example)/some/path"),
            ("http://www2.example.com/x", "com,example)/x"),
            ("http://wwwexample.com/x", "com,wwwexample)/x"),
            ("http://example.com:8080/x?b=2&a=1&B=0", "com,example:8080)/x?a=1&b=0&b=2"),
            ("http://192.0.2.1/x//y", "1,2,0,192)/x/y"),
            ("http://[::1]:81/x", "::1:81)/x"),
            ("http://example.com/caf%C3%A9%2520x", "com,example)/caf%c3%a9%20x"),
            ("http://example.com/?", "com,example)/"),
        ] {
            assert_eq!(surt(&Url::parse(url).unwrap()), expected, "{url}");
        }
    }
}
