//! `status`: the state of the collection and its index, on one screen.

use std::{collections::BTreeMap, fmt::Display, time::Duration};

use anstyle::Style;
use clap::Args;
use jiff::Timestamp;
use mlsearch::{
    counted::counted,
    engine::opensearch::indexes::ClusterState,
    inspect::{self, PulledFrom, Status},
    update::Report,
    wording::{age, hint, note::MODEL_DIGITS},
};

use crate::cli::{
    context::{BOLD, Context},
    failure::{Exit, Failure},
    interval,
    layout::Hanging,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
Exit codes: 0 all is well, 1 when there is no index, when it is damaged, when
the last one was refused, or when it is older than --max-age, 2 error. An index is as old as the
last update that ended well and could visit pages, or as its build.")]
pub(crate) struct StatusArgs {
    /// Exit with 1 when the index is older: 12h, 3d, 2w
    #[arg(long, value_name = "SPAN", value_parser = interval::every)]
    max_age: Option<Duration>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints one screen; nothing is built or changed.
pub(crate) fn run(args: &StatusArgs, context: &mut Context) -> Result<Exit, Failure> {
    let status =
        inspect::status(&context.collection()?, context.cluster()?.as_ref(), Context::now())?;
    let is_there = status.index.is_some() || !status.damaged.is_empty();
    let stale = args.max_age.filter(|most| is_older(&status, *most));
    let is_well = status.damaged.is_empty() && status.refused.is_none();
    let exit = Exit::found(is_there && is_well && stale.is_none());
    if args.json {
        context.json(&status)?;
    } else {
        print(&status, context)?;
    }
    context.flush()?;
    if let (Some(most), Some(at)) = (stale, status.fresh_at) {
        let age = age(Context::now().as_second() - at.as_second());
        let most = interval::short(most);
        context.note(&format!("the index was brought up to date {age}, which is over {most}"));
    }
    if !args.json && !status.damaged.is_empty() {
        let words = if status.pulled.is_some() { "update" } else { "update --offline" };
        let update = context.command(words);
        context.hint(&format!("run `{update}` to build the damaged index again"));
    } else if let Some(cause) = status.refused_for.filter(|_| !args.json) {
        context.hint(&hint::after_refusal(cause, context.named()));
    }
    Ok(exit)
}

/// Whether the index is older than it may be; one that is not there is.
fn is_older(status: &Status, most: Duration) -> bool {
    let age = |at: Timestamp| Duration::try_from(Context::now().duration_since(at));
    // What is dated ahead of the clock is as new as can be.
    status.fresh_at.is_none_or(|at| age(at).is_ok_and(|age| age > most))
}

fn print(status: &Status, context: &mut Context) -> Result<(), Failure> {
    let out = |name: &str, text: &str, context: &mut Context| {
        let name = context.styled(BOLD, &format!("{name:<12}"));
        Hanging { indent: 12, style: Style::new(), url: "" }.print(&name, text, context)
    };
    out("collection", &status.dir, context)?;
    for list in &status.lists {
        out("list", list, context)?;
    }
    let now = Context::now();
    let index = match &status.index {
        Some(index) => format!(
            "{}, {} with their text, built {} ({}){}",
            counted(index.documents, "document"),
            index.full_texts,
            minute(index.built_at),
            age(now.as_second() - index.built_at.as_second()),
            match (status.verified || !status.damaged.is_empty(), &status.cluster) {
                (true, _) => "",
                (false, None) => ", without checksums until the next update",
                (false, Some(_)) => ", not there as it was built",
            }
        ),
        None if !status.damaged.is_empty() => "its manifest cannot be read".into(),
        None => format!("none yet: run `{}`", context.command("update")),
    };
    out("index", &index, context)?;
    if let Some(pulled) = &status.pulled {
        out("pulled", &one_pull(pulled, now), context)?;
    }
    if let Some(cluster) = &status.cluster {
        out("cluster", &one_cluster(cluster), context)?;
        if !cluster.orphans.is_empty() {
            let orphans = cluster.orphans.join(", ");
            out("orphans", &format!("{orphans}: the next update removes them"), context)?;
        }
    }
    if let Some(index) = &status.index {
        out("texts", &counts(&index.provenance), context)?;
        out("languages", &counts(&index.languages), context)?;
        if let Some(embedded) = &index.embedded {
            let passages = counted(embedded.passages, "passage");
            let (model, dimensions) = (embedded.model.get(..MODEL_DIGITS), embedded.dimensions);
            let model = model.unwrap_or_default();
            let text = format!("{passages} in {dimensions} dimensions, by the model {model}");
            out("vectors", &text, context)?;
        }
    }
    if !status.damaged.is_empty() {
        out("damaged", &status.damaged.join(", "), context)?;
    }
    if let Some(refused) = &status.refused {
        out("refused", refused, context)?;
    }
    let never = match status.never_visited {
        0 => String::new(),
        never => format!("{never} never visited"),
    };
    let visited = counts(&status.outcomes);
    let pages: Vec<String> = [visited, never].into_iter().filter(|s| !s.is_empty()).collect();
    let pages = if pages.is_empty() { "none are stored".into() } else { pages.join(", ") };
    out("pages", &pages, context)?;
    let next = match status.next_due {
        Some(at) => format!("{} now, the next one at {}", status.due, minute(at)),
        None => format!("{} now", status.due),
    };
    out("due", &next, context)?;
    let disk = format!(
        "{} pages, {} index",
        indicatif::HumanBytes(status.store_bytes),
        indicatif::HumanBytes(status.index_bytes)
    );
    out("disk", &disk, context)?;
    let warnings = status.runs.first().map_or(&[][..], |run| &run.warnings);
    for warning in warnings {
        out("warning", warning, context)?;
    }
    for run in &status.runs {
        out("update", &format!("{}  {}", minute(run.started_at), one_line(run)), context)?;
    }
    Ok(())
}

/// Where a pulled index is from, and how long ago that was looked at.
fn one_pull(pulled: &PulledFrom, now: Timestamp) -> String {
    let PulledFrom { source, pulled_at, checked_at, signed, .. } = pulled;
    let ago = |at: &Timestamp| age(now.as_second() - at.as_second());
    let signed = if *signed { ", signed" } else { "" };
    format!("from {source} {}{signed}, looked for a newer one {}", ago(pulled_at), ago(checked_at))
}

/// A cluster, in one line.
fn one_cluster(cluster: &ClusterState) -> String {
    let ClusterState { url, distribution, version, index, health, .. } = cluster;
    let index = index.as_deref().map_or(String::new(), |index| format!(", {index}"));
    let health = health.as_deref().map_or(String::new(), |health| format!(" is {health}"));
    format!("{distribution} {version} at {url}{index}{health}")
}

/// What an update did, in one line.
fn one_line(run: &Report) -> String {
    let mut words = vec![format!("{} visited", run.visited)];
    let mut add = |count: u64, what: &str| {
        if count > 0 {
            words.push(format!("{count} {what}"));
        }
    };
    add(run.changed, "changed");
    add(run.added, "added");
    add(run.removed, "removed");
    if run.no_network {
        words.push("no network".into());
    }
    words.push(match (&run.failed, &run.refused, run.generation) {
        (Some(reason), ..) => format!("failed: {reason}"),
        (None, Some(reason), _) => format!("refused: {reason}"),
        (None, None, Some(generation)) => format!("published generation {generation}"),
        (None, None, None) if run.interrupted => "interrupted".into(),
        (None, None, None) => "nothing to publish".into(),
    });
    words.join(", ")
}

/// Counts by name: `3 ok, 1 gone`.
fn counts(counts: &BTreeMap<impl Display, u64>) -> String {
    let counts: Vec<String> =
        counts.iter().map(|(name, count)| format!("{count} {name}")).collect();
    counts.join(", ")
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
