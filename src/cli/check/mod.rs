//! `check`: the state of every link, for the person who keeps the list.

mod change;
mod change_findings;
mod markdown;
mod report;
mod report_file;
mod subject;

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use clap::{ArgGroup, Args};
use mlsearch::{
    counted::counted,
    inspect::{
        self, CheckedLink, DeadEntries, LinkState, Patch, PatchedFile, UnpatchedLink,
        UnpatchedReason,
    },
    wording::hint,
};

pub(crate) use crate::cli::check::report::CheckReport;
use crate::cli::{
    check::{
        report::FailOn,
        report_file::ReportFile,
        subject::{Subject, SubjectArgs, is_no_file},
    },
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    git_patch,
    layout::Hanging,
    text::{address, link as linked},
};

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("visits").multiple(true), after_long_help = "\
Links are judged by the visits of the last updates; run `mlsearch update` from time to time.
Each link is what the last update says of its page: ok, moved, blocked, gone,
empty, disallowed, unsupported type, too large or unreachable. It is dead, too,
when it was gone or unreachable at several visits over days; a bot challenge is
not a dead link.

  mlsearch check --patch | git apply --allow-empty

The paths of a patch begin at the root of the repository that holds the collection, and git
skips those outside of the folder where it runs: run it at the root, or with `git -C`. Outside
of a repository they begin at the collection. With nothing to fix the patch is empty, which git
takes with --allow-empty. Links that a patch should not touch are named on stderr. A dead link
of which the web archive has a copy becomes that copy; one without is left where it is, or removed
with --remove-dead where it is an item or a row of a Markdown list without other links.

With FILE the links of these lists are visited now, each once, and no collection is needed; `-`
is standard input. What is gone or unreachable at that one visit is called dead.

  mlsearch check README.md --changed-since origin/main --report markdown

With --changed-since only the entries are visited that the revision does not have, those of FILE
or of the collection's files; the report of a collection tells of its other links, too, as the
last updates found them.

Exit codes: 0 done, 1 with --strict when a link is dead or has moved, and with --fail-on when
there is such a link, of which `new` needs --changed-since; 2 error.")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    subject: SubjectArgs,
    /// Print a patch for the lists' files: links that moved or have a copy
    #[arg(long, conflicts_with = "json")]
    patch: bool,
    /// Let the patch remove the entries of dead links that have no copy
    #[arg(long, requires = "patch", conflicts_with = "files")]
    remove_dead: bool,
    /// Exit with 1 when a link is dead or has moved for good
    #[arg(long)]
    strict: bool,
    /// Exit with 1 when an added entry leads nowhere, or any link is dead
    #[arg(long, value_name = "WHAT", value_enum, conflicts_with_all = ["strict", "patch", "json", "all"])]
    fail_on: Option<FailOn>,
    /// Print a report: markdown or json; =FILE writes it (repeatable)
    #[arg(long, value_name = "FORMAT[=FILE]", conflicts_with_all = ["patch", "json", "all"])]
    report: Vec<ReportFile>,
    /// Print all links, those that are ok or were never visited, too
    #[arg(long)]
    all: bool,
    /// Print one JSON object for each link; with --all for all of them
    #[arg(long)]
    json: bool,
}

/// Prints the state of the links, a report of them, or the patch for those with another address.
pub(crate) fn run(args: &CheckArgs, context: &mut Context) -> Result<Exit, Failure> {
    let files = &args.subject.files;
    if let Some(file) = files.iter().find(|file| args.patch && is_no_file(file)) {
        return Err(Failure::Usage {
            message: format!("there is no file to be patched: `{file}` is none"),
            hint: "save the list in a file, and name that".into(),
        });
    }
    if args.fail_on == Some(FailOn::New) && args.subject.changed_since.is_none() {
        let files: String = files.iter().map(|file| format!("{} ", hint::quoted(file))).collect();
        let words = format!("check {files}--changed-since origin/main --fail-on new");
        return Err(Failure::Usage {
            message: "`--fail-on new` is about what a change adds, and no change is named".into(),
            hint: format!("run `{}`", context.command(&words)),
        });
    }
    let subject = Subject::of(&args.subject, context)?;
    let has_network = subject.change.as_ref().map_or(Ok(()), |(_, visits)| visits.or_no_network());
    if !args.report.is_empty() || args.fail_on.is_some() {
        let report = CheckReport::of(&subject, &args.subject)?;
        for file in &args.report {
            file.write(&report, context)?;
        }
        has_network?;
        return Ok(Exit::found(!args.fail_on.is_some_and(|what| report.fails_on(what))));
    }
    has_network?;
    let links = &subject.links;
    if args.patch {
        let dead = if args.remove_dead { DeadEntries::Removed } else { DeadEntries::Left };
        let patch = match &subject.collection {
            Some(collection) => inspect::patch(collection, links, dead)?,
            None => {
                let files: Vec<&Path> = files.iter().map(Path::new).collect();
                inspect::patch_lists(&files, links, dead)?
            }
        };
        print_patch(&patch, files, context)?;
    } else if args.json {
        for link in selected(links, args.all) {
            context.json(link)?;
        }
    } else {
        print(links, args.all, context)?;
    }
    let is_finding = |link: &CheckedLink| link.dead || link.state == LinkState::Moved;
    Ok(Exit::found(!(args.strict && links.iter().any(is_finding))))
}

fn print_patch(patch: &Patch, files: &[String], context: &mut Context) -> Result<(), Failure> {
    for PatchedFile { path, old, new } in &patch.files {
        git_patch::write(&mut context.out, path, old, new)?;
    }
    for link in &patch.unpatched {
        context.note(&to_fix_by_hand(link, &patch.root));
    }
    let here = std::env::current_dir().and_then(fs::canonicalize);
    if !patch.files.is_empty() && !here.is_ok_and(|here| here == patch.root) {
        let root = hint::quoted(&patch.root.display().to_string());
        let files: String = files.iter().map(|file| format!("{} ", hint::quoted(file))).collect();
        let check = context.command(&format!("check {files}--patch"));
        context.note(&format!("the paths in the patch begin at `{}`", patch.root.display()));
        context.hint(&format!("run `{check} | git -C {root} apply --allow-empty` to apply it"));
    }
    Ok(())
}

fn to_fix_by_hand(link: &UnpatchedLink, root: &Path) -> String {
    let UnpatchedLink { url, target, is_dead, why } = link;
    let (state, new) = match is_dead {
        true => ("dead", "the address of its copy"),
        false => ("moved", "the new address"),
    };
    let what = match why {
        UnpatchedReason::Front => {
            "moved to a front page, which is probably not the article".to_owned()
        }
        UnpatchedReason::Shared => "moved to the address of another link".to_owned(),
        UnpatchedReason::Outside(path) => {
            let root = root.display();
            format!("{state}; fix it by hand in `{path}`, which is outside of `{root}`")
        }
        UnpatchedReason::Credentials(path) => format!(
            "{state}; fix it by hand in `{path}`, which has a user name or password in an address"
        ),
        UnpatchedReason::Unfit(path) => {
            format!("{state}; fix it by hand in `{path}`, whose format cannot hold {new}")
        }
        UnpatchedReason::NotAlone(path) => format!(
            "{state}; remove it by hand from `{path}`, where it is more than an item or a row of its own"
        ),
        UnpatchedReason::NotFound => {
            format!("{state}, but not found as written in any list file")
        }
    };
    let now = if *is_dead { "a copy is" } else { "now" };
    let target = target.iter().map(|target| format!(", {now} at {target}")).collect::<String>();
    format!("{what}: {url}{target}")
}

/// The links to print: all of them, or those to look at.
fn selected(links: &[CheckedLink], all: bool) -> impl Iterator<Item = &CheckedLink> {
    links.iter().filter(move |link| all || !link.state.is_quiet())
}

fn print(links: &[CheckedLink], all: bool, context: &mut Context) -> Result<(), Failure> {
    for link in selected(links, all) {
        let url = linked(&link.url, &address(&link.url), context.decorated);
        let state = context.styled(BOLD, &format!("{:<16}", link.state));
        writeln!(context.out, "{state}  {url}")?;
        let mut about: Vec<String> = Vec::new();
        about.extend(link.dead.then(|| "dead".to_owned()));
        match (link.state, &link.final_url) {
            (LinkState::Moved, Some(target)) => about.push(format!("now at {target}")),
            _ => about.extend(link.reason.clone()),
        }
        if let Some(since) = link.failing_since.filter(|_| link.failures > 1) {
            let (times, day) = (link.failures, since.strftime("%Y-%m-%d"));
            about.push(format!("{} since {day}", counted(times, "time")));
        }
        about.extend(link.archived.as_ref().map(|url| format!("archived at {url}")));
        about.extend(link.lists.iter().map(|place| format!("{}:{}", place.list, place.line)));
        let below = Hanging { indent: 18, style: DIM, url: "" };
        below.print(&format!("{:18}", ""), &about.join(", "), context)?;
    }
    let mut counts: BTreeMap<LinkState, u64> = BTreeMap::new();
    for link in links {
        *counts.entry(link.state).or_default() += 1;
    }
    let counts = counts.iter().map(|(state, count)| format!("{count} {state}"));
    let dead = links.iter().filter(|link| link.dead).count();
    let dead = if dead > 0 { format!("; {dead} of them dead") } else { String::new() };
    let counts = counts.collect::<Vec<_>>().join(", ");
    writeln!(context.out, "{}: {counts}{dead}", counted(links.len(), "link"))?;
    Ok(())
}
