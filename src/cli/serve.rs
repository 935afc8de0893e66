//! `serve`: the page and the interface for programs, over HTTP.

use std::{
    env, fs, io,
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    sync::Arc,
    thread,
};

use clap::Args;
use mlsearch::{
    search::LiveSearcher,
    serve::{
        self, Access, AccessToken, AllowedHosts, Listener, ServeLimits, ServeOptions, Shutdown,
        host_name,
    },
};

use crate::cli::{
    browser,
    context::Context,
    failure::{Exit, Failure},
    signals::Signals,
};

/// The port when none is named.
const PORT: u16 = 7700;

#[derive(Debug, Args)]
#[command(after_long_help = "\
Once it listens, the address is printed alone on a line of standard output.
Each state of the page is an address that can be kept and sent; it works without
JavaScript. Programs find the JSON of the command line at /api/search,
/api/similar/ID, /api/facets, /api/show/ID and /api/new (/openapi.json
describes it), feeds at /feed.atom and /feed.atom?q=WORDS. A newer index is
noticed within a second. Ctrl-C or SIGTERM lets it finish what it has begun.

Only this machine can reach it unless --listen says otherwise, and then it wants
--token or --public. Requests by other names than localhost are refused, so that
no website can read the index through a browser; --allow-host allows a name.
It speaks HTTP; TLS is for a server in front of it (docs/serve.md).

Examples:
  mlsearch serve --open                               for yourself
  openssl rand -hex 32 > token                        for a team
  mlsearch serve --listen 0.0.0.0:7700 --token token --allow-host search.example
  mlsearch serve --public --allow-host lists.example  behind a proxy, for all")]
pub(crate) struct ServeArgs {
    /// Address, port or both to listen on; port 0 is a free one [default: 127.0.0.1:7700]
    #[arg(long, value_name = "ADDRESS:PORT", value_parser = listen_address)]
    listen: Option<(IpAddr, Option<u16>)>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Give agents their tools at /mcp, by the Model Context Protocol over HTTP
    #[arg(long)]
    mcp: bool,
    /// Answer only who sends the token in this file or variable of the environment
    #[arg(long, value_name = "FILE|ENV", value_hint = clap::ValueHint::AnyPath)]
    token: Option<String>,
    /// Answer everybody, with what the lists say and short passages only
    #[arg(long, conflicts_with = "token")]
    public: bool,
    /// A name by which the server is called, beside localhost (repeatable)
    #[arg(long, value_name = "NAME", value_parser = allowed_host)]
    allow_host: Vec<String>,
}

/// Serves until a signal comes.
pub(crate) fn run(args: &ServeArgs, context: &mut Context) -> Result<Exit, Failure> {
    let (ip, port) = args.listen.unwrap_or((Ipv4Addr::LOCALHOST.into(), None));
    let access = access(args, (ip, port), context)?;
    // Built first if there is none, as for a search.
    let has_vectors = context.searcher()?.has_vectors().unwrap_or(false);
    let (dir, cluster) = (context.dir()?, context.cluster()?);
    let model = context.query_model(has_vectors)?;
    let live = Arc::new(LiveSearcher::open(dir.clone(), cluster, model, Context::now)?);
    let wanted = SocketAddr::new(ip, port.unwrap_or(PORT));
    let listening = serve::listen(wanted, port.is_none());
    let Listener { socket, address, is_elsewhere } =
        listening.map_err(|e| not_bound(wanted, &e))?;
    if is_elsewhere {
        context.note(&format!("port {PORT} is taken: port {} is used instead", address.port()));
    }
    let mut hosts = args.allow_host.clone();
    hosts.extend((!ip.is_unspecified()).then(|| ip.to_string()));
    let options = ServeOptions {
        live,
        index: context.named_at(&dir).index.map(Path::to_owned),
        dir,
        engine: context.engine.clone(),
        mcp: args.mcp,
        access,
        hosts: AllowedHosts::new(hosts),
        limits: ServeLimits::default(),
        now: Context::now,
        local_now: Context::local_now,
    };
    let signals = Signals::watch()?;
    let shutdown = Shutdown::default();
    let to_end = shutdown.clone();
    thread::spawn(move || {
        signals.come();
        to_end.begin();
    });
    if ip.is_unspecified() && args.allow_host.is_empty() {
        context.note("other machines reach it by the names of `--allow-host NAME` alone");
    }
    // By the address of all interfaces nobody is called.
    let url = format!("http://{address}/").replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]");
    writeln!(context.out, "{url}")?;
    context.flush()?;
    if args.open
        && let Err(error) = browser::open(&url)
    {
        context.note(&format!("no browser came: {error}"));
    }
    serve::run(socket, options, &shutdown).map_err(|e| not_bound(address, &e))?;
    Ok(Exit::Found)
}

/// Who may ask. What other machines can reach needs an answer to that.
fn access(
    args: &ServeArgs,
    (ip, port): (IpAddr, Option<u16>),
    context: &Context,
) -> Result<Access, Failure> {
    match &args.token {
        Some(named) => Ok(Access::Token(token(named)?)),
        None if args.public => Ok(Access::Public),
        None if ip.is_loopback() => Ok(Access::Open),
        None => Err(Failure::Usage {
            message: format!("other machines can reach `{ip}`: say who may search"),
            hint: format!(
                "run `{}` for those who have the token in a file, or with `--public` for all",
                context.command(&format!(
                    "serve --listen {} --token FILE --allow-host NAME",
                    SocketAddr::new(ip, port.unwrap_or(PORT))
                ))
            ),
        }),
    }
}

/// The token in a file, or in a variable of the environment.
fn token(named: &str) -> Result<AccessToken, Failure> {
    let path = Path::new(named);
    let text = match env::var(named) {
        Ok(text) if !text.is_empty() && !path.exists() => text,
        _ => {
            let bytes = fs::read(path).map_err(|e| Failure::Usage {
                message: match e.kind() {
                    io::ErrorKind::NotFound => {
                        format!("`{named}` is neither a file nor a variable of the environment")
                    }
                    _ => format!("the token in `{named}` cannot be read: {e}"),
                },
                hint: "run `openssl rand -hex 32 > token` to make one in a file".into(),
            })?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    AccessToken::new(&text).map_err(|problem| Failure::Usage {
        message: format!("the token in `{named}` {problem}"),
        hint: "run `openssl rand -hex 32` to make one".into(),
    })
}

fn not_bound(address: SocketAddr, error: &io::Error) -> Failure {
    Failure::Usage {
        message: format!("cannot listen on `{address}`: {error}"),
        hint: "name another address or port, or port 0 for a free one, with `--listen`".into(),
    }
}

/// `ADDRESS:PORT`, `ADDRESS` or `PORT`; `localhost` is 127.0.0.1.
fn listen_address(text: &str) -> Result<(IpAddr, Option<u16>), String> {
    let text = text.replace("localhost", "127.0.0.1");
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Ok((address.ip(), Some(address.port())));
    }
    if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok((ip, None));
    }
    let port = text.strip_prefix(':').unwrap_or(&text).parse();
    let address = |port| (Ipv4Addr::LOCALHOST.into(), Some(port));
    port.map(address).map_err(|_| "not an address such as 127.0.0.1:7700, or a port".into())
}

/// A name as it stands in the `Host` of a request.
fn allowed_host(text: &str) -> Result<String, String> {
    host_name(text).ok_or_else(|| "not a name such as search.example".into())
}

#[cfg(test)]
mod tests {
    use crate::cli::serve::{allowed_host, listen_address};

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, Option<u16>)>) {
        let address = listen_address(text).ok();
        let address = address.map(|(ip, port)| (ip.to_string(), port));
        assert_eq!(address, expected.map(|(ip, port)| (ip.to_owned(), port)), "{text}");
    }

    #[test]
    fn an_address_a_port_or_both_are_listened_on() {
        check("127.0.0.1:8000", Some(("127.0.0.1", Some(8000))));
        check("localhost:0", Some(("127.0.0.1", Some(0))));
        check("[::1]:8000", Some(("::1", Some(8000))));
        check("::1", Some(("::1", None)));
        check("0.0.0.0", Some(("0.0.0.0", None)));
        check("8000", Some(("127.0.0.1", Some(8000))));
        check(":8000", Some(("127.0.0.1", Some(8000))));
        check("70000", None);
        check("example.org:80", None);
        check("", None);
    }

    #[test]
    fn a_host_is_a_name_without_scheme() {
        assert_eq!(allowed_host("Search.Example:443").as_deref(), Ok("search.example"));
        assert!(allowed_host("https://search.example").is_err());
        assert!(allowed_host("*").is_err());
    }
}
