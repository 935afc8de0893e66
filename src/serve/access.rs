//! Who may ask: anybody on this machine, who has the token, or everybody.

use axum::http::{HeaderMap, header};
use subtle::ConstantTimeEq;

/// The cookie that has the token.
pub(crate) const COOKIE: &str = "mlsearch";
/// Characters that a token has at least.
const SHORTEST_TOKEN: usize = 16;

/// Who may ask.
#[derive(Clone, Debug)]
pub enum Access {
    /// Whoever can reach the address.
    Open,
    /// Who sends the token.
    Token(AccessToken),
    /// Everybody, for what the lists say and short passages: no article is shown as a whole.
    Public,
}

/// A secret that is sent with each request; it is never shown.
#[derive(Clone)]
pub struct AccessToken(String);

impl AccessToken {
    /// A secret of at least 16 characters that stand in a header as they are: letters, digits and
    /// `-._~+/=`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn new(text: &str) -> Result<AccessToken, &'static str> {
        let text = text.trim();
        let is_good = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        if !text.chars().all(is_good) {
            return Err("has characters other than letters, digits and -._~+/=");
        }
        match text.len() < SHORTEST_TOKEN {
            true => Err("is shorter than 16 characters"),
            false => Ok(AccessToken(text.to_owned())),
        }
    }

    /// Whether a text is the token. How long that takes tells nothing of it but its length.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.0.as_bytes().ct_eq(text.as_bytes()).into()
    }

    /// Whether a request has the token: as `Authorization: Bearer`, or in the cookie.
    pub(crate) fn is_in(&self, headers: &HeaderMap) -> bool {
        let authorization =
            headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = authorization.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let cookies = headers.get_all(header::COOKIE).into_iter();
        let mut cookies = cookies
            .filter_map(|value| value.to_str().ok())
            .flat_map(|all| all.split(';').filter_map(|cookie| cookie.trim().split_once('=')));
        let in_cookie = cookies.any(|(name, value)| name == COOKIE && self.is(value));
        bearer.is_some_and(|token| self.is(token)) || in_cookie
    }

    /// The cookie that has the token, for scripts of the page unreadable and sent by this site alone.
    pub(crate) fn cookie(&self, is_https: bool) -> String {
        let secure = if is_https { "; Secure" } else { "" };
        format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000{secure}", self.0)
    }
}

impl std::fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, header};

    use crate::serve::access::AccessToken;

    #[track_caller]
    fn check(name: header::HeaderName, value: &str, expected: bool) {
        let token = AccessToken::new("0123456789abcdef\n").unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        assert_eq!(token.is_in(&headers), expected, "{value}");
    }

    #[test]
    fn a_token_comes_in_the_header_or_in_the_cookie() {
        check(header::AUTHORIZATION, "Bearer 0123456789abcdef", true);
        check(header::AUTHORIZATION, "bearer 0123456789abcdef", true);
        check(header::AUTHORIZATION, "Basic 0123456789abcdef", false);
        check(header::AUTHORIZATION, "Bearer 0123456789abcdeg", false);
        check(header::AUTHORIZATION, "Bearer 0123456789abcdef0", false);
        check(header::AUTHORIZATION, "Bearer", false);
        check(header::COOKIE, "a=b; mlsearch=0123456789abcdef", true);
        check(header::COOKIE, "xmlsearch=0123456789abcdef", false);
        check(header::COOKIE, "mlsearch=", false);
        check(header::COOKIE, "mlsearch", false);
    }

    #[test]
    fn a_token_is_long_and_fits_a_header() {
        let told = |text: &str| AccessToken::new(text).map(drop);
        assert_eq!(told("0123456789abcdef"), Ok(()));
        assert_eq!(told("short"), Err("is shorter than 16 characters"));
        assert_eq!(told(""), Err("is shorter than 16 characters"));
        let other = Err("has characters other than letters, digits and -._~+/=");
        assert_eq!(told("0123456789abcdef;"), other);
        assert_eq!(told("0123456789\nabcdef"), other);
    }
}
