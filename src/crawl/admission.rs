//! Admission: whether a page that was refused for its address may be visited by now.

use std::net::IpAddr;

use crate::{
    crawl_policy::Policy,
    http::address::{AddressRule, FORBIDDEN},
};

/// Whether a visit that ended for this reason was refused for an address that is allowed by now. Of a
/// name whose addresses are not known any network that is allowed may be the one.
pub(crate) fn admits_now(reason: &str, policy: &Policy) -> bool {
    let Some(told) = reason.strip_prefix(FORBIDDEN) else { return false };
    if policy.allow_net.is_empty() {
        return false;
    }
    let rule = AddressRule { allow_net: policy.allow_net.clone() };
    let is_separator = |c: char| c.is_whitespace() || "(),;`".contains(c);
    let addresses = told.split(is_separator).filter_map(|word| word.parse::<IpAddr>().ok());
    let addresses: Vec<IpAddr> = addresses.collect();
    match addresses.as_slice() {
        [] => told.ends_with("public address"),
        addresses => addresses.iter().any(|address| rule.allows(*address)),
    }
}

#[cfg(test)]
mod tests {
    use crate::{crawl::admission::admits_now, crawl_policy::Policy};

    #[track_caller]
    fn check(reason: &str, networks: &[&str], expected: bool) {
        let allow_net = networks.iter().map(|network| network.parse().unwrap()).collect();
        let policy = Policy { allow_net, ..Policy::default() };
        assert_eq!(admits_now(reason, &policy), expected, "{reason} {networks:?}");
    }

    #[test]
    fn what_was_refused_is_admitted_once_its_network_is_allowed() {
        let literal = "forbidden address: 10.1.2.3 is not public";
        check(literal, &[], false);
        check(literal, &["192.168.0.0/16"], false);
        check(literal, &["192.168.0.0/16", "10.0.0.0/8"], true);
        check("forbidden address: ::ffff:10.1.2.3 is not public", &["10.0.0.0/8"], true);
        let name = "forbidden address: `wiki.example` resolves to no public address";
        check(&format!("{name} (10.1.2.3, fd00::1)"), &["fd00::/8"], true);
        check(&format!("{name} (10.1.2.3, fd00::1)"), &["192.168.0.0/16"], false);
        // An older version did not note the addresses.
        check(name, &["192.168.0.0/16"], true);
        check("forbidden address: scheme `ftp`", &["10.0.0.0/8"], false);
        check("404: 10.1.2.3 is not here", &["10.0.0.0/8"], false);
    }
}
