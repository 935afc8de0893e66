//! The names by which a server may be called.
//!
//! A page of the web can make a browser call this machine by a name of its own (DNS rebinding), and
//! then reads the answers: `Origin` and `Host` agree on that name, so that only the name itself tells.

use std::net::IpAddr;

/// The names by which a server may be called: this machine's own and those that were allowed.
#[derive(Clone, Debug, Default)]
pub struct AllowedHosts {
    names: Vec<String>,
}

impl AllowedHosts {
    /// Those of this machine, and these names and addresses.
    pub fn new(names: impl IntoIterator<Item = String>) -> AllowedHosts {
        AllowedHosts { names: names.into_iter().collect() }
    }

    /// Whether a `Host` header, or the authority of an address, has an allowed name, with any port.
    pub(crate) fn allow(&self, host: &str) -> bool {
        let Some(name) = host_name(host) else { return false };
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.names.contains(&name)
    }
}

/// The name of `name:port`, in lower case, without root dot and brackets; none when it is no name.
pub fn host_name(host: &str) -> Option<String> {
    let (name, port) = match host.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<std::net::Ipv6Addr>().ok()?;
            (address, port.strip_prefix(':').or(port.is_empty().then_some(""))?)
        }
        None => host.split_once(':').unwrap_or((host, "")),
    };
    let is_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_name = !name.is_empty() && !name.split('.').any(str::is_empty);
    let is_good =
        is_name && name.chars().all(is_of_name) && port.bytes().all(|b| b.is_ascii_digit());
    is_good.then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use crate::serve::host::AllowedHosts;

    #[test]
    fn names_of_this_machine_and_allowed_ones_pass_with_any_port() {
        let hosts = AllowedHosts::new(["search.example".to_owned(), "192.168.1.5".to_owned()]);
        for (host, expected) in [
            ("127.0.0.1:7700", true),
            ("127.8.9.1", true),
            ("localhost:7700", true),
            ("LOCALHOST.", true),
            ("mlsearch.localhost", true),
            ("[::1]:7700", true),
            ("[::1]", true),
            ("search.example", true),
            ("Search.Example:443", true),
            ("192.168.1.5:7700", true),
            ("evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("evil-localhost", false),
            ("evil.example:127.0.0.1", false),
            ("notsearch.example", false),
            ("a.search.example", false),
            ("0.0.0.0", false),
            ("169.254.169.254", false),
            ("127.1", false),
            ("2130706433", false),
            ("0x7f.0.0.1", false),
            ("[::ffff:10.0.0.1]", false),
            ("[::1", false),
            ("[::1]evil.example", false),
            ("::1", false),
            ("", false),
            (".", false),
            ("localhost..", false),
            (".localhost", false),
            ("localhost@evil.example", false),
            ("evil.example/localhost", false),
            ("evil.example\\.localhost", false),
            ("localhost:evil", false),
            ("localhost ", false),
            ("ｌocalhost", false),
        ] {
            assert_eq!(hosts.allow(host), expected, "{host}");
        }
    }
}
