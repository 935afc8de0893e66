//! `update`: rebuild the index, with progress on the way and a report at the end.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use clap::Args;
use ipnet::IpNet;
use jiff::SignedDuration;
use mlsearch::{
    Error,
    collection::{Collection, SETTINGS_FILE},
    crawl::Stop,
    engine::choice::Engine,
    error::RefusalCause,
    inspect,
    pull::PullOptions,
    update::{self, Options, PageReport, Progress, Report, WarcOptions},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    cluster::SpreadArgs,
    context::Context,
    failure::{Exit, Failure},
    interval,
    progress::Meter,
    pull,
    signals::Signals,
    text::address,
    update_report, web, worker,
};

/// The share of the span that the pauses between updates vary by.
const JITTER: f64 = 0.05;

#[derive(Debug, Args)]
#[command(after_long_help = "\
What was fetched is kept when the work is interrupted; the next update continues from there.
The published index stays until the new one is complete.

--warc reads WARC files, plain or compressed with gzip or zstd: files, folders
of them, - for standard input, URLs, and listings, which name files or, in CDXJ,
records of files. Pages are joined with the lists by their addresses; a record
that is not newer than what is stored of its page is left out.

Exit codes: 0 done, 2 error or refused; with --strict also 2 when no page that
was due could be reached, or when a list could not be read as it is now.

With --json there is one object for each page, in the order in which they end,
and at the end one object with the single field `summary`.")]
pub(crate) struct UpdateArgs {
    /// Send no request: rebuild from the stored pages
    #[arg(long)]
    offline: bool,
    /// Visit all pages now, due or not
    #[arg(long, conflicts_with = "offline")]
    refresh: bool,
    /// Publish even if the index lost too much or nothing has changed
    #[arg(long)]
    force: bool,
    /// Exit with 2 when no page could be reached or a list not be read
    #[arg(long, conflicts_with_all = ["every", "dry_run"])]
    strict: bool,
    /// Keep running and update at this interval: 12h, 1d, 7d
    #[arg(long, value_name = "SPAN", value_parser = interval::every, conflicts_with = "dry_run")]
    every: Option<Duration>,
    /// Take pages out of WARC files, and visit none (repeatable)
    #[arg(long, value_name = "FILE|DIR|LISTING", value_hint = clap::ValueHint::AnyPath, num_args = 1.., conflicts_with_all = ["refresh", "dry_run"])]
    warc: Vec<String>,
    /// Where relative paths in listings begin: a folder or a URL
    #[arg(long, value_name = "DIR|URL", value_hint = clap::ValueHint::AnyPath, requires = "warc")]
    warc_base: Option<String>,
    /// Take the pages that no list names, too
    #[arg(long, requires = "warc")]
    all: bool,
    /// Forget older versions of texts, and pages no longer listed
    #[arg(long)]
    prune: bool,
    /// Only print which pages would be visited
    #[arg(long)]
    dry_run: bool,
    /// Seconds between two requests to one host
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    delay: Option<Duration>,
    /// Treat a network as public: visit hosts in it (repeatable)
    #[arg(long, value_name = "CIDR")]
    allow_net: Vec<IpNet>,
    #[command(flatten)]
    spread: SpreadArgs,
    /// Threads for extraction and indexing [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
    /// Print one JSON object for each page, and a summary
    #[arg(long)]
    json: bool,
}

/// Updates the collection, once or at an interval.
pub(crate) fn run(args: &UpdateArgs, context: &mut Context) -> Result<Exit, Failure> {
    let signals = Signals::watch()?;
    let Some(every) = args.every else { return once(args, &signals.stop, context) };
    loop {
        let began = Instant::now();
        match once(args, &signals.stop, context) {
            Err(Failure::Error(Error::Interrupted)) => return Ok(Exit::Found),
            // What stands in the way now may be gone the next time.
            Err(failure @ Failure::Error(_)) => drop(context.report(&failure)),
            Err(failure) => return Err(failure),
            Ok(_) => {}
        }
        context.flush()?;
        // Not all who update every day shall do so at the same time.
        let pause = every + every.mul_f64(fastrand::f64() * JITTER);
        let pause = pause.saturating_sub(began.elapsed());
        let next =
            SignedDuration::try_from(pause).ok().and_then(|p| Context::now().checked_add(p).ok());
        if let Some(next) = next {
            context.note(&format!("the next update is at {}", next.strftime("%Y-%m-%d %H:%M UTC")));
        }
        if signals.stop.is_stopped() || signals.come_within(pause) {
            return Ok(Exit::Found);
        }
    }
}

fn once(args: &UpdateArgs, stop: &Stop, context: &mut Context) -> Result<Exit, Failure> {
    let collection = context.collection()?;
    if collection.settings.pull.is_some() {
        return pull_instead(args, &collection, stop, context);
    }
    let cluster = context.cluster()?.map(|target| args.spread.applied(target));
    let model = match args.dry_run {
        true => None,
        false => context.model(&collection.dir, &Engine::of(&collection.dir, cluster.as_ref())?)?,
    };
    let options = Options {
        offline: args.offline,
        refresh: args.refresh,
        force: args.force,
        dry_run: args.dry_run,
        prune: args.prune,
        warc: warc_options(args, context),
        delay: args.delay,
        allow_net: args.allow_net.clone(),
        cluster,
        model,
        worker: worker::launch(),
        jobs: args.jobs,
        clock: Context::now,
    };
    let done = work(&collection, &options, args.json, stop, context);
    let is_reported = args.json && !args.dry_run;
    if is_reported && matches!(done, Err(Failure::Error(Error::Interrupted))) {
        // What was done until then is written down.
        let status = inspect::status(&collection, options.cluster.as_ref(), Context::now())?;
        if let Some(report) = status.runs.first() {
            context.json(&Summary { summary: report })?;
        }
    }
    let (report, rows) = done?;
    if args.dry_run {
        return Ok(Exit::Found);
    }
    if args.json {
        context.json(&Summary { summary: &report })?;
    } else {
        update_report::summarize(&report, &rows, context)?;
    }
    if let (Some(reason), cause) = (&report.refused, report.refused_for) {
        let cause = cause.unwrap_or(RefusalCause::Losses);
        return Err(Error::Refused { reason: reason.clone(), cause }.into());
    }
    if args.strict {
        update_report::check_strictly(&report, context)?;
    }
    // Each of them has been named; the others are in the index.
    let is_whole = report.warc.as_ref().is_none_or(|warc| warc.unreadable == 0);
    Ok(if is_whole { Exit::Found } else { Exit::Trouble })
}

/// Pulls the index, where somebody else builds it: no list is read and no page is visited.
fn pull_instead(
    args: &UpdateArgs,
    collection: &Collection,
    stop: &Stop,
    context: &mut Context,
) -> Result<Exit, Failure> {
    let crawls = [
        ("--offline", args.offline),
        ("--refresh", args.refresh),
        ("--warc", !args.warc.is_empty()),
        ("--prune", args.prune),
        ("--dry-run", args.dry_run),
    ];
    if let Some((option, _)) = crawls.iter().find(|(_, is_set)| *is_set) {
        return Err(Failure::Usage {
            message: format!(
                "`{option}` is of no use here: the index of `{}` is pulled, and not built",
                collection.dir.display()
            ),
            hint: format!("run `{}` to pull it", context.command("update")),
        });
    }
    let without_effect = [
        ("--strict", args.strict),
        ("--delay", args.delay.is_some()),
        ("--jobs", args.jobs > 0),
        ("--shards", args.spread.shards.is_some()),
        ("--replicas", args.spread.replicas.is_some()),
    ];
    let idle = without_effect.iter().filter(|(_, is_set)| *is_set);
    let idle: Vec<String> = idle.map(|(option, _)| format!("`{option}`")).collect();
    if !idle.is_empty() {
        let idle = idle.join(", ");
        context.note(&format!("without effect where the index is pulled, and not built: {idle}"));
    }
    let allow_net = args.allow_net.clone();
    let options = PullOptions { force: args.force, allow_net, ..PullOptions::again(Context::now) };
    let pulled = pull::work(&collection.dir, &options, stop, "update", context)?;
    if args.json {
        context.json(&Summary { summary: &Report::of_pull(pulled.clone()) })?;
    } else {
        pull::summarize(&pulled, context)?;
    }
    match pulled.refused {
        Some(reason) => Err(Error::Refused { reason, cause: RefusalCause::Losses }.into()),
        None => Ok(Exit::Found),
    }
}

/// The WARC files that are named, if any are.
fn warc_options(args: &UpdateArgs, context: &Context) -> Option<WarcOptions> {
    let discreet = |source: &String| web::without_userinfo(source, context);
    (!args.warc.is_empty()).then(|| WarcOptions {
        sources: args.warc.iter().map(discreet).collect(),
        base: args.warc_base.as_ref().map(discreet),
        all: args.all,
        stdin: || Box::new(io::stdin()),
    })
}

/// A page that an update would visit now.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WouldVisit<'a> {
    /// Its address.
    url: &'a str,
}

/// The last line of an update: what it did altogether.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Summary<'a> {
    /// What it did.
    summary: &'a Report,
}

/// Builds the first index of a collection on behalf of a search.
pub(crate) fn build_first(
    collection: &Collection,
    offline: bool,
    context: &mut Context,
) -> Result<(), Failure> {
    if collection.settings.pull.is_some() {
        let options = PullOptions::again(Context::now);
        let stop = Signals::watch()?.stop;
        return pull::work(&collection.dir, &options, &stop, "update", context).map(drop);
    }
    let (worker, cluster) = (worker::launch(), context.cluster()?);
    let model = context.model(&collection.dir, &Engine::of(&collection.dir, cluster.as_ref())?)?;
    let options = Options { offline, worker, cluster, model, ..Options::new(Context::now) };
    let (report, _) = work(collection, &options, false, &Signals::watch()?.stop, context)?;
    let words = update_report::first_words(&report, offline, &context.command("update"));
    context.note(&words);
    Ok(())
}

/// Says that site owners reach nobody, before they are visited.
fn miss_contact(collection: &Collection, context: &Context) {
    if collection.settings.contact().is_none() {
        context.note("no contact is set: the sites that are visited cannot reach who runs this");
        context.hint(&format!(
            "add a line like `contact = \"you@example.org\"` at the top of `{}`",
            collection.dir.join(SETTINGS_FILE).display()
        ));
    }
}

fn work(
    collection: &Collection,
    options: &Options,
    json: bool,
    stop: &Stop,
    context: &mut Context,
) -> Result<(Report, Vec<PageReport>), Failure> {
    if options.visits_pages() && !options.dry_run {
        miss_contact(collection, context);
    }
    let mut meter = Meter::new(context);
    let mut rows = Vec::new();
    let mut printed = Ok(());
    let report = update::update(collection, options, stop, &mut |progress| {
        match &progress {
            Progress::WouldVisit { url } => {
                printed = std::mem::replace(&mut printed, Ok(())).and_then(|()| match json {
                    true => context.json(&WouldVisit { url }),
                    false => Ok(writeln!(context.out, "{}", address(url))?),
                });
            }
            Progress::Visited(row) if json => {
                printed = std::mem::replace(&mut printed, Ok(())).and_then(|()| context.json(row));
            }
            Progress::Visited(row) if !row.outcome.is_good() => rows.push((*row).clone()),
            _ => {}
        }
        meter.show(&progress);
        if printed.is_err() {
            stop.stop();
        }
    });
    meter.end();
    printed?;
    Ok((report?, rows))
}

/// A number of seconds as an argument.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.0..=3600.0).contains(&seconds) {
        return Err("not between 0 and 3600 seconds".into());
    }
    Ok(Duration::from_secs_f64(seconds))
}
