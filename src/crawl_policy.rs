//! The crawl policy: how pages are fetched, as `[crawl]` in `mlsearch.toml` says and as the crawler
//! takes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::PathBuf,
    sync::LazyLock,
    time::Duration,
};

use ipnet::IpNet;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor},
};
use url::Url;

/// Hosts that ask for a longer delay than others, in seconds: arXiv in its terms of use, the web
/// archive by refusing who is quicker.
const SERVICE_DELAYS: [(&str, u64); 3] =
    [("web.archive.org", 3), ("arxiv.org", 3), ("export.arxiv.org", 3)];

/// How to crawl.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Time between the starts of two requests to one host.
    pub delay: Duration,
    /// Other delays for some hosts, by name, with the port unless it is a default one.
    pub host_delays: BTreeMap<String, Duration>,
    /// Hosts visited at the same time.
    pub hosts_at_once: usize,
    /// Largest body in bytes, as sent and as decoded.
    pub max_body_bytes: u64,
    /// Time to connect, TLS included.
    pub connect_timeout: Duration,
    /// Time to the header of an answer, and between two reads of its body.
    pub idle_timeout: Duration,
    /// Time for one request altogether.
    pub total_timeout: Duration,
    /// The proxy to use, as a URL; by default the one that the environment or the system names.
    pub proxy: Option<String>,
    /// Networks to be treated as public.
    pub allow_net: Vec<IpNet>,
    /// A PEM file with further certificate authorities.
    pub ca_bundle: Option<PathBuf>,
    /// Whether pages that are gone, blocked or empty are looked up in the web archive.
    pub archive: bool,
    /// Which services are asked in ways of their own.
    pub adapters: BTreeSet<Adapter>,
    /// Whether the AMP or print version stands in for a page without a text that links to it.
    pub variants: bool,
    /// Whether books and documentation are read as a whole when their front page is listed.
    pub books: bool,
}

/// A service that is asked in a way of its own. Its name is that of its switch in `mlsearch.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Adapter {
    /// READMEs of repositories, through the GitHub API.
    Github,
    /// Title, authors and abstract of papers, through the arXiv API.
    Arxiv,
    /// Title, authors and abstract of papers that have a DOI, through OpenAlex.
    Doi,
    /// Titles and descriptions of videos and playlists, through oEmbed and the feed.
    Youtube,
    /// The text of a tweet, through oEmbed, with the article that it links to.
    Tweets,
}

impl Adapter {
    /// Every adapter.
    pub const ALL: [Adapter; 5] =
        [Adapter::Github, Adapter::Arxiv, Adapter::Doi, Adapter::Youtube, Adapter::Tweets];

    /// The name of its switch.
    pub fn name(self) -> &'static str {
        match self {
            Adapter::Github => "github",
            Adapter::Arxiv => "arxiv",
            Adapter::Doi => "doi",
            Adapter::Youtube => "youtube",
            Adapter::Tweets => "tweets",
        }
    }
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            delay: Duration::from_secs(1),
            host_delays: BTreeMap::new(),
            hosts_at_once: 128,
            max_body_bytes: 20 << 20,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(20),
            total_timeout: Duration::from_secs(60),
            proxy: None,
            allow_net: Vec::new(),
            ca_bundle: None,
            archive: true,
            adapters: Adapter::ALL.into(),
            variants: true,
            books: true,
        }
    }
}

impl Policy {
    /// The policy for pages that no service stands in for: no web archive and no adapter is asked.
    pub fn plain(&self) -> Policy {
        Policy { archive: false, adapters: BTreeSet::new(), ..self.clone() }
    }

    /// The delays of all hosts that have one of their own. A service has at least what it asks for,
    /// unless [`Policy::host_delays`] names it.
    pub fn delays(&self) -> BTreeMap<String, Duration> {
        let asked = SERVICE_DELAYS
            .map(|(host, seconds)| (host.to_owned(), self.delay.max(Duration::from_secs(seconds))));
        let named = self.host_delays.iter().map(|(host, delay)| (host.clone(), *delay));
        asked.into_iter().chain(named).collect()
    }
}

/// The keys of the table, in the order in which messages name them.
static KEYS: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let numbers = [
        "delay",
        "host_delays",
        "hosts_at_once",
        "max_body_bytes",
        "connect_timeout",
        "idle_timeout",
        "total_timeout",
    ];
    let network = ["proxy", "allow_net", "ca_bundle", "archive"];
    let adapters = Adapter::ALL.map(Adapter::name);
    numbers.into_iter().chain(network).chain(adapters).chain(["variants", "books"]).collect()
});

impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Policy, D::Error> {
        deserializer.deserialize_map(Table)
    }
}

/// Reads the table. It is done by hand since each adapter is a key of it and a member of a set: a
/// table within the table would lose the lines of what is wrong.
struct Table;

impl<'de> Visitor<'de> for Table {
    type Value = Policy;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of settings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Policy, A::Error> {
        let mut policy = Policy::default();
        while let Some(KnownKey(key)) = map.next_key()? {
            match key {
                "delay" => policy.delay = map.next_value::<Delay>()?.0,
                "host_delays" => {
                    let delays: BTreeMap<String, Delay> = map.next_value()?;
                    policy.host_delays = delays.into_iter().map(|(host, d)| (host, d.0)).collect();
                }
                "hosts_at_once" => policy.hosts_at_once = map.next_value::<AtOnce>()?.0,
                "max_body_bytes" => policy.max_body_bytes = map.next_value()?,
                "connect_timeout" => policy.connect_timeout = map.next_value::<Timeout>()?.0,
                "idle_timeout" => policy.idle_timeout = map.next_value::<Timeout>()?.0,
                "total_timeout" => policy.total_timeout = map.next_value::<Timeout>()?.0,
                "proxy" => policy.proxy = Some(map.next_value::<ProxyUrl>()?.0),
                "allow_net" => {
                    let networks: Vec<Network> = map.next_value()?;
                    policy.allow_net = networks.into_iter().map(|network| network.0).collect();
                }
                "ca_bundle" => policy.ca_bundle = map.next_value()?,
                "archive" => policy.archive = map.next_value()?,
                "variants" => policy.variants = map.next_value()?,
                "books" => policy.books = map.next_value()?,
                name => {
                    let is_on = map.next_value()?;
                    policy.adapters.retain(|adapter| is_on || adapter.name() != name);
                }
            }
        }
        Ok(policy)
    }
}

/// A key that there is.
struct KnownKey(&'static str);

impl<'de> Deserialize<'de> for KnownKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<KnownKey, D::Error> {
        let name = String::deserialize(deserializer)?;
        let key = KEYS.iter().find(|key| **key == name);
        key.map(|key| KnownKey(key)).ok_or_else(|| D::Error::unknown_field(&name, &KEYS))
    }
}

/// A pause in seconds, which may be none.
struct Delay(Duration);

impl<'de> Deserialize<'de> for Delay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Delay, D::Error> {
        let seconds = seconds(f64::deserialize(deserializer)?);
        let wrong = || D::Error::custom("a delay of `crawl` is not between 0 and 3600 seconds");
        seconds.map(Delay).ok_or_else(wrong)
    }
}

/// A limit of time in seconds, which is not 0.
struct Timeout(Duration);

impl<'de> Deserialize<'de> for Timeout {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Timeout, D::Error> {
        let seconds = seconds(f64::deserialize(deserializer)?).filter(|time| !time.is_zero());
        let wrong = || D::Error::custom("a timeout of `crawl` is not between 0 and 3600 seconds");
        seconds.map(Timeout).ok_or_else(wrong)
    }
}

/// A number of hosts, which is not 0.
struct AtOnce(usize);

impl<'de> Deserialize<'de> for AtOnce {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<AtOnce, D::Error> {
        match usize::deserialize(deserializer)? {
            0 => Err(D::Error::custom("it is 0, expected 1 or more")),
            hosts => Ok(AtOnce(hosts)),
        }
    }
}

/// Schemes of proxies that the client knows.
const PROXY_SCHEMES: [&str; 2] = ["http", "https"];

/// The address of a proxy. What stands there is never repeated: it may have a password in it.
struct ProxyUrl(String);

impl<'de> Deserialize<'de> for ProxyUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ProxyUrl, D::Error> {
        let text = String::deserialize(deserializer)?;
        // As the client reads it: what has no scheme is the address of an HTTP proxy.
        let whole = if text.contains("://") { text.clone() } else { format!("http://{text}") };
        let known = Url::parse(&whole).ok().filter(|url| {
            PROXY_SCHEMES.contains(&url.scheme()) && url.host_str().is_some_and(|h| !h.is_empty())
        });
        let wanted = "expected the URL of an HTTP proxy, as in `http://proxy.example:3128`";
        known.map(|_| ProxyUrl(text)).ok_or_else(|| D::Error::custom(wanted))
    }
}

/// A network in CIDR.
struct Network(IpNet);

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Network, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wanted = || format!("`{text}` is no network, as in `10.0.0.0/8`");
        text.parse().map(Network).map_err(|_| D::Error::custom(wanted()))
    }
}

fn seconds(number: f64) -> Option<Duration> {
    let is_within = (0.0..=3600.0).contains(&number);
    is_within.then(|| Duration::from_secs_f64(number))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::crawl_policy::{Adapter, KEYS, Policy};

    /// The delays in seconds of the hosts that have one of their own.
    #[track_caller]
    fn check(table: &str, expected: &[(&str, u64)]) {
        let policy: Policy = toml::from_str(table).unwrap();
        let expected: Vec<(String, Duration)> =
            expected.iter().map(|(host, s)| ((*host).into(), Duration::from_secs(*s))).collect();
        assert_eq!(policy.delays().into_iter().collect::<Vec<_>>(), expected, "{table}");
    }

    #[test]
    fn services_that_ask_for_a_longer_delay_have_it_unless_the_settings_name_them() {
        let (archive, arxiv, export) = ("web.archive.org", "arxiv.org", "export.arxiv.org");
        check("", &[(arxiv, 3), (export, 3), (archive, 3)]);
        check(
            "host_delays = { \"a.example\" = 9, \"web.archive.org\" = 0 }",
            &[("a.example", 9), (arxiv, 3), (export, 3), (archive, 0)],
        );
        check("delay = 10", &[(arxiv, 10), (export, 10), (archive, 10)]);
    }

    #[test]
    fn each_key_of_the_table_sets_one_thing() {
        assert_eq!(toml::from_str::<Policy>(""), Ok(Policy::default()));
        let mut seen = vec![Policy::default()];
        for key in KEYS.iter() {
            let value = match *key {
                "delay" | "connect_timeout" | "idle_timeout" | "total_timeout" => "0.5",
                "hosts_at_once" | "max_body_bytes" => "7",
                "host_delays" => "{ \"a.example\" = 2 }",
                "allow_net" => "[\"10.0.0.0/8\"]",
                "proxy" | "ca_bundle" => "\"proxy.example:3128\"",
                _ => "false",
            };
            let policy: Policy = toml::from_str(&format!("{key} = {value}")).unwrap();
            assert!(!seen.contains(&policy), "{key}");
            seen.push(policy);
        }
    }

    #[test]
    fn an_adapter_is_switched_off_by_its_name() {
        for adapter in Adapter::ALL {
            let name = adapter.name();
            let policy: Policy = toml::from_str(&format!("{name} = false")).unwrap();
            assert!(!policy.adapters.contains(&adapter));
            assert_eq!(policy.adapters.len(), Adapter::ALL.len() - 1);
            assert_eq!(toml::from_str(&format!("{name} = true")), Ok(Policy::default()));
        }
        assert!(Policy::default().plain().adapters.is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (wrong, message) in [
            ("delai = 3", "unknown field `delai`, expected one of `delay`, `host_delays`, "),
            ("delay = -1", "a delay of `crawl` is not between 0 and 3600 seconds"),
            ("host_delays = { a = 4000 }", "a delay of `crawl` is not between"),
            ("idle_timeout = 0", "a timeout of `crawl` is not between 0 and 3600 seconds"),
            ("total_timeout = nan", "a timeout of `crawl` is not between 0 and 3600 seconds"),
            ("hosts_at_once = 0", "it is 0, expected 1 or more"),
            ("proxy = 'nope nope'", "expected the URL of an HTTP proxy, as in"),
            ("proxy = ''", "expected the URL of an HTTP proxy"),
            ("proxy = 'foo://p.example'", "expected the URL of an HTTP proxy"),
            ("allow_net = ['10.0.0.0/99']", "`10.0.0.0/99` is no network, as in `10.0.0.0/8`"),
            ("youtube = 1", "invalid type: integer `1`, expected a boolean"),
        ] {
            let text = format!("variants = true\n{wrong}\n");
            let error = toml::from_str::<Policy>(&text).unwrap_err();
            assert!(error.message().contains(message), "{wrong}: {}", error.message());
            let start = error.span().expect("a place").start;
            assert_eq!(text[..start].matches('\n').count(), 1, "{wrong}");
        }
    }
}
