//! Which addresses may be visited: public ones, and those the operator declares public.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use ipnet::IpNet;
use url::{Host, Url};

use crate::canonical::network::{embedded_v4, is_public};

/// How the reason begins of a visit that was refused for its address.
pub(crate) const FORBIDDEN: &str = "forbidden address: ";

/// The rule for addresses; applied to literal hosts and to what names resolve to.
#[derive(Clone, Debug)]
pub(crate) struct AddressRule {
    /// Networks to be treated as public.
    pub(crate) allow_net: Vec<IpNet>,
}

impl AddressRule {
    /// Whether the crawler may connect to this address.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let inner = embedded_v4(address).map(IpAddr::V4);
        let allowed = |a: IpAddr| self.allow_net.iter().any(|net| net.contains(&a));
        allowed(address) || inner.is_some_and(allowed) || is_public(address)
    }

    /// Keeps the addresses that may be visited.
    pub(crate) fn filter(&self, found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
        found.filter(|address| self.allows(address.ip())).collect()
    }

    /// Judges a URL before anything is sent: its scheme, and its host when that is a literal address.
    ///
    /// `Url` has turned decimal, octal, hexadecimal, short and full-width spellings of an IPv4
    /// address into [`Host::Ipv4`] already (WHATWG URL, "ends in a number").
    /// With a proxy the names are resolved elsewhere, so that names which mean this machine by
    /// definition (RFC 6761, section 6.3) are judged like the loopback address.
    pub(crate) fn judge(&self, url: &Url, by_proxy: bool) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(format!("{FORBIDDEN}scheme `{}`", url.scheme()));
        }
        let address = match url.host() {
            None => return Err(format!("{FORBIDDEN}no host")),
            Some(Host::Ipv4(v4)) => IpAddr::V4(v4),
            Some(Host::Ipv6(v6)) => IpAddr::V6(v6),
            Some(Host::Domain(name)) => {
                let name = name.trim_end_matches('.');
                if by_proxy && (name == "localhost" || name.ends_with(".localhost")) {
                    IpAddr::V4(Ipv4Addr::LOCALHOST)
                } else {
                    return Ok(());
                }
            }
        };
        if self.allows(address) {
            return Ok(());
        }
        Err(format!("{FORBIDDEN}{address} is not public"))
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::http::address::AddressRule;

    #[track_caller]
    fn check(url: &str, allowed: bool) {
        let rule = AddressRule { allow_net: Vec::new() };
        let verdict = rule.judge(&Url::parse(url).unwrap(), false);
        assert_eq!(verdict.is_ok(), allowed, "{url}: {verdict:?}");
    }

    #[test]
    fn every_spelling_of_a_private_address_is_refused() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0177.0.0.1/",
            "http://0x7f.1/",
            "http://127.1/",
            "http://0/",
            "http://１２７.０.０.１/",
            "http://127。0。0。1/",
            "http://10.0.0.1/",
            "http://172.31.255.1/",
            "http://192.168.1.1/",
            "http://169.254.169.254/latest/meta-data/",
            "http://100.64.0.1/",
            "http://198.18.0.1/",
            "http://192.0.0.8/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b:1::1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001::1]/",
            "http://[fe80::1]/",
            "http://[fc00::1]/",
            "http://[fec0::1]/",
            "http://[ff02::1]/",
            "http://[2001:db8::1]/",
            "ftp://example.org/",
            "file:///etc/passwd",
        ] {
            check(url, false);
        }
    }

    #[test]
    fn public_addresses_and_names_pass() {
        for url in [
            "http://93.184.216.34/",
            "https://[2606:2800:220:1::1]/",
            "http://[64:ff9b::5db8:d822]/",
            "http://[::ffff:93.184.216.34]/",
            "https://example.org/",
            "http://172.32.0.1/",
            "http://localhost/",
        ] {
            check(url, true);
        }
    }

    #[test]
    fn a_declared_network_is_public_in_every_spelling() {
        let rule = AddressRule { allow_net: vec!["127.0.0.0/8".parse().unwrap()] };
        for url in ["http://127.9.9.9/", "http://2130706433/", "http://[::ffff:127.0.0.1]/"] {
            assert_eq!(rule.judge(&Url::parse(url).unwrap(), false), Ok(()), "{url}");
        }
        assert!(rule.judge(&Url::parse("http://10.0.0.1/").unwrap(), false).is_err());
    }

    #[test]
    fn names_of_this_machine_are_refused_when_a_proxy_resolves_them() {
        let rule = AddressRule { allow_net: Vec::new() };
        for url in ["http://localhost/", "http://a.localhost./"] {
            assert!(rule.judge(&Url::parse(url).unwrap(), true).is_err(), "{url}");
        }
    }
}
