//! The HTTP client: two connection pools, one that checks every address it connects to and one
//! that only talks to the proxy.

use std::{
    collections::HashMap,
    fs, io,
    net::{IpAddr, SocketAddr},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{
    Certificate, Proxy,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, HeaderMap, HeaderValue},
    redirect,
};
use url::Url;

use crate::{
    canonical::network,
    crawl_policy::Policy,
    error::Error,
    http::address::{AddressRule, FORBIDDEN},
};

/// A name that does not resolve in this time does not resolve.
const DNS_TIMEOUT: Duration = Duration::from_secs(5);
/// More header fields than this are an attack.
const MAX_HEADERS: usize = 200;
/// The bound on all header fields in bytes, for HTTP/2; HTTP/1 has one of its own in `hyper`.
const MAX_HEADER_BYTES: u32 = 256 << 10;

/// The HTTP client.
pub(crate) struct Client {
    direct: reqwest::Client,
    proxied: reqwest::Client,
    proxies: Matcher,
    guard: Arc<GuardedResolver>,
}

/// The way to a URL.
#[derive(Clone, Copy)]
pub(crate) struct Route<'c> {
    pub(crate) pool: &'c reqwest::Client,
    /// Whether it leads over a proxy.
    pub(crate) by_proxy: bool,
}

impl Client {
    /// Sets up TLS, proxies and the address check.
    pub(crate) fn new(user_agent: &str, policy: &Policy) -> Result<Client, Error> {
        Client::with_lookup(user_agent, policy, |name| {
            Box::pin(async { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
        })
    }

    fn with_lookup(user_agent: &str, policy: &Policy, lookup: Lookup) -> Result<Client, Error> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let certificates = match &policy.ca_bundle {
            None => Vec::new(),
            Some(path) => fs::read(path)
                .map_err(|e| Error::io(path, e))
                .map(|pem| Certificate::from_pem_bundle(&pem))?
                .map_err(|e| Error::Network(format!("`{}`: {e}", path.display())))?,
        };
        let rule = AddressRule { allow_net: policy.allow_net.clone() };
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(user_agent)
                .default_headers(default_headers())
                .redirect(redirect::Policy::none())
                .referer(false)
                .connect_timeout(policy.connect_timeout)
                .pool_max_idle_per_host(1)
                .pool_idle_timeout(Duration::from_secs(30))
                .http1_max_headers(MAX_HEADERS)
                // Browsers show pages whose header has lines that are folded (RFC 9112, section
                // 5.2), blanks before a colon, or no colon at all; they are no dead links.
                .http1_allow_obsolete_multiline_headers_in_responses(true)
                .http1_allow_spaces_after_header_name_in_responses(true)
                .http1_ignore_invalid_headers_in_responses(true)
                .http2_max_header_list_size(MAX_HEADER_BYTES);
            match certificates.is_empty() {
                true => builder,
                false => builder.tls_certs_merge(certificates.iter().cloned()),
            }
        };
        let guard = Arc::new(GuardedResolver { rule, lookup, internal: Arc::default() });
        let direct = build(|| builder().no_proxy().dns_resolver(Arc::clone(&guard)))?;
        let (proxies, proxied) = match &policy.proxy {
            None => (Matcher::from_system(), build(builder)?),
            Some(proxy) => {
                // What stands before the host is the password of whoever runs this.
                let host = proxy.rsplit('@').next().unwrap_or_default();
                let all = Proxy::all(proxy)
                    .map_err(|e| Error::Network(format!("proxy `{host}`: {}", cause(&e))))?;
                let matcher = Matcher::builder().all(proxy.as_str()).build();
                // It passes over what it does not know, and pages would be visited without a proxy.
                let any = "http://any.example/".parse().expect("a URI without variable parts");
                if matcher.intercept(&any).is_none() {
                    let message = format!("proxy `{host}`: a scheme that is not known");
                    return Err(Error::Network(message));
                }
                (matcher, build(|| builder().proxy(all.clone()))?)
            }
        };
        Ok(Client { direct, proxied, proxies, guard })
    }

    /// The way to a URL, or why the URL may not be visited.
    pub(crate) fn route(&self, url: &Url) -> Result<Route<'_>, String> {
        let by_proxy = match url.as_str().parse() {
            Ok(uri) => self.proxies.intercept(&uri).is_some(),
            Err(_) => return Err("forbidden address: not an HTTP URL".into()),
        };
        self.guard.rule.judge(url, by_proxy)?;
        let pool = if by_proxy { &self.proxied } else { &self.direct };
        Ok(Route { pool, by_proxy })
    }

    /// Whether nobody else is to learn of a page, because its host is in a private network.
    ///
    /// Unless some network was declared public, no page of such a host can have been had without a
    /// proxy. A name is looked up here even if a proxy has looked it up for the visit; one that is
    /// not known here is taken for public.
    pub(crate) async fn is_internal(&self, url: &Url) -> bool {
        if let Some(is_internal) = network::is_internal(url) {
            return is_internal;
        }
        match url.host_str() {
            Some(name) if !self.guard.rule.allow_net.is_empty() => {
                self.guard.is_internal(name).await
            }
            _ => false,
        }
    }
}

/// Builds a pool; a machine without any certificate authority still speaks `http`, and `https`
/// pages are then reported one by one.
fn build(builder: impl Fn() -> reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder()
        .build()
        .or_else(|_| builder().tls_certs_only([]).build())
        .map_err(|e| Error::Network(cause(&e)))
}

fn default_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    let accept = "text/html,application/xhtml+xml,application/pdf;q=0.9,text/plain;q=0.8,*/*;q=0.5";
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en,*;q=0.5"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, br, zstd, deflate"));
    headers
}

/// The last cause of an error, which is the one that says something.
pub(crate) fn cause(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// How a name is looked up.
type Lookup = fn(String) -> Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send>>;

/// Says of a name only the addresses that may be visited. It is asked for every connection, and the
/// connection is made to what it says: a name cannot be judged by one address and visited at another.
struct GuardedResolver {
    rule: AddressRule,
    lookup: Lookup,
    internal: Arc<Internal>,
}

/// Names that were asked about or connected to, and whether they mean a private network.
#[derive(Default)]
struct Internal(Mutex<HashMap<String, bool>>);

impl Internal {
    fn get(&self, name: &str) -> Option<bool> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied()
    }

    /// Remembers what the addresses of a name say; what has meant a private network once always does.
    fn note(&self, name: &str, found: &[SocketAddr]) -> bool {
        let is_internal = found.iter().any(|address| !network::is_public(address.ip()));
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.entry(name.to_owned()).or_default();
        *known |= is_internal;
        *known
    }
}

impl GuardedResolver {
    /// Whether any address of a name is not a public one.
    async fn is_internal(&self, name: &str) -> bool {
        if let Some(known) = self.internal.get(name) {
            return known;
        }
        let found = tokio::time::timeout(DNS_TIMEOUT, (self.lookup)(name.to_owned())).await;
        let found = found.ok().and_then(Result::ok).unwrap_or_default();
        self.internal.note(name, &found)
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let rule = self.rule.clone();
        let lookup = (self.lookup)(name.as_str().to_owned());
        let internal = Arc::clone(&self.internal);
        Box::pin(async move {
            let found = match tokio::time::timeout(DNS_TIMEOUT, lookup).await {
                Err(_) => return Err(Unresolved(format!("no answer for {}", name.as_str())).into()),
                Ok(Err(e)) => return Err(Unresolved(format!("{}: {e}", name.as_str())).into()),
                Ok(Ok(found)) => found,
            };
            let allowed = rule.filter(found.iter().copied());
            if allowed.is_empty() {
                let mut addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
                addresses.dedup();
                addresses.truncate(MOST_ADDRESSES);
                return Err(Forbidden { name: name.as_str().to_owned(), addresses }.into());
            }
            // Without such a network no name has an allowed address that is not public.
            if !rule.allow_net.is_empty() {
                internal.note(name.as_str(), &allowed);
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A name without an address.
#[derive(Debug)]
pub(crate) struct Unresolved(String);

impl std::fmt::Display for Unresolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "dns: {}", self.0)
    }
}

impl std::error::Error for Unresolved {}

/// Addresses of a name that are told.
const MOST_ADDRESSES: usize = 4;

/// A name all of whose addresses are forbidden.
#[derive(Debug)]
pub(crate) struct Forbidden {
    name: String,
    /// The first few of them.
    addresses: Vec<IpAddr>,
}

impl std::fmt::Display for Forbidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{FORBIDDEN}`{}` resolves to no public address", self.name)?;
        let addresses: Vec<String> = self.addresses.iter().map(IpAddr::to_string).collect();
        match addresses.as_slice() {
            [] => Ok(()),
            addresses => write!(f, " ({})", addresses.join(", ")),
        }
    }
}

impl std::error::Error for Forbidden {}

/// What went wrong below, by the last error of input or output that says it.
pub(crate) fn io_kind(error: &(dyn std::error::Error + 'static)) -> Option<io::ErrorKind> {
    let first = find_cause::<io::Error>(error)?;
    let inner = first.get_ref().and_then(|inner| io_kind(inner));
    inner.or(Some(first.kind()))
}

/// Looks for an error of a type among the causes of another, also within `io::Error`, whose
/// `source` leaves out the error that it wraps.
pub(crate) fn find_cause<'a, E: std::error::Error + 'static>(
    error: &'a (dyn std::error::Error + 'static),
) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::{Ipv4Addr, SocketAddr, TcpListener},
        sync::{
            Arc, Mutex,
            atomic::{AtomicUsize, Ordering},
        },
        thread,
    };

    use url::Url;

    use crate::{
        crawl_policy::Policy,
        http::client::{Client, Forbidden, find_cause},
    };

    /// Without a connection: names as a resolver here knows them, whoever resolves them for a visit.
    #[test]
    fn names_with_an_address_that_is_not_public_are_internal() {
        let client = |allow_net: &[&str], proxy: Option<&str>| {
            let policy = Policy {
                allow_net: allow_net.iter().map(|net| net.parse().unwrap()).collect(),
                proxy: proxy.map(str::to_owned),
                ..Policy::default()
            };
            Client::with_lookup("mlsearch", &policy, |name| {
                let of = |address| SocketAddr::from((address, 0));
                let (public, private) = ([93, 184, 216, 34], [10, 0, 0, 1]);
                let found = match name.as_str() {
                    "wiki.example" => Ok(vec![of(private)]),
                    "both.example" => Ok(vec![of(public), of(private)]),
                    "blog.example" => Ok(vec![of(public)]),
                    _ => Err(std::io::Error::other("not known")),
                };
                Box::pin(async { found })
            })
            .unwrap()
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        for proxy in [None, Some("http://127.0.0.1:9")] {
            let open = client(&["10.0.0.0/8"], proxy);
            let closed = client(&[], proxy);
            for (url, expected) in [
                ("https://wiki.example/x", true),
                ("https://both.example/x", true),
                ("https://blog.example/x", false),
                ("https://unknown.example/x", false),
            ] {
                let url = Url::parse(url).unwrap();
                for _ in 0..2 {
                    assert_eq!(runtime.block_on(open.is_internal(&url)), expected, "{url}");
                    assert!(!runtime.block_on(closed.is_internal(&url)), "{url}");
                }
            }
        }
    }

    /// A name that is allowed first and then means another machine (DNS rebinding).
    #[test]
    fn a_name_is_judged_by_the_address_that_is_connected_to() {
        static LOOKUPS: AtomicUsize = AtomicUsize::new(0);
        let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let reached = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&reached);
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                log.lock().unwrap().push(stream.local_addr().unwrap().ip());
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(b"HTTP/1.1 200 X\r\nConnection: close\r\n\r\n");
            }
        });
        let allow_net = vec!["127.0.0.1/32".parse().unwrap()];
        let policy = Policy { allow_net, ..Policy::default() };
        let client = Client::with_lookup("mlsearch", &policy, |_| {
            let last: &[u8] = match LOOKUPS.fetch_add(1, Ordering::SeqCst) {
                0 => &[1],
                1 => &[2],
                _ => &[2, 1],
            };
            let of = |last| SocketAddr::from((Ipv4Addr::new(127, 0, 0, last), 0));
            let found = last.iter().copied().map(of).collect();
            Box::pin(async { Ok(found) })
        })
        .unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let get = || {
            let request = client.direct.get(format!("http://rebound.example:{port}/")).send();
            runtime.block_on(request)
        };
        assert!(get().is_ok());
        let refused = get().unwrap_err();
        assert!(find_cause::<Forbidden>(&refused).is_some(), "{refused:?}");
        assert!(get().is_ok());
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 3);
        let url = format!("http://rebound.example:{port}/").parse().unwrap();
        assert!(runtime.block_on(client.is_internal(&url)), "by the addresses it was visited at");
        assert_eq!(LOOKUPS.load(Ordering::SeqCst), 3);
        assert_eq!(*reached.lock().unwrap(), [Ipv4Addr::LOCALHOST; 2]);
    }
}
