//! Networks: which hosts and addresses are those of the whole internet, and which are private.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Whether a host is one of a private network, as far as that can be told without looking its name
/// up; none when only its addresses can tell.
pub(crate) fn is_internal(url: &Url) -> Option<bool> {
    match url.host()? {
        Host::Ipv4(v4) => Some(!is_public(v4.into())),
        Host::Ipv6(v6) => Some(!is_public(v6.into())),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let last = name.rsplit('.').next().unwrap_or(name);
            // RFC 6761, RFC 6762, RFC 8375, and ICANN's resolution 2024.07.29.06; a name of one part
            // is completed by the resolver of a private network.
            let is_private = !name.contains('.')
                || matches!(last, "internal" | "local" | "localhost")
                || name.ends_with(".home.arpa");
            is_private.then_some(true)
        }
    }
}

/// Whether an address is globally reachable, by the IANA special-purpose registries
/// (RFC 6890 and its updates).
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => match embedded_v4(address) {
            Some(v4) => is_public_v4(v4),
            None => is_public_v6(v6),
        },
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    !(v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Global unicast is 2000::/3; within it some blocks are set aside.
fn is_public_v6(v6: Ipv6Addr) -> bool {
    let s = v6.segments();
    (s[0] & 0xe000) == 0x2000
        && !(s[0] == 0x2001 && s[1] < 0x200)
        && !(s[0] == 0x2001 && s[1] == 0xdb8)
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

/// The IPv4 address within an IPv4-mapped, NAT64 (RFC 6052) or 6to4 (RFC 3056) address.
pub(crate) fn embedded_v4(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(v6) = address else { return None };
    let s = v6.segments();
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0, 0, 0, 0, 0, 0xffff, high, low] => Some(v4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use crate::canonical::network::is_internal;

    #[test]
    fn hosts_of_private_networks_are_told_by_their_names_and_addresses() {
        let of = |url| is_internal(&Url::parse(url).unwrap());
        for url in [
            "http://10.0.0.1/",
            "http://2130706433/",
            "http://[::ffff:10.0.0.1]/",
            "http://wiki/",
            "http://localhost./",
            "http://nas.local/",
            "http://wiki.corp.internal/",
            "http://nas.home.arpa/",
        ] {
            assert_eq!(of(url), Some(true), "{url}");
        }
        assert_eq!(of("http://93.184.216.34/"), Some(false));
        assert_eq!(of("https://blog.example/"), None);
    }
}
