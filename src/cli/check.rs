//! `check`: the state of every link, for the person who keeps the list.

use std::{collections::BTreeMap, fs, io::Write, path::Path};

use clap::Args;
use mlsearch::{
    counted::counted,
    inspect::{self, CheckedLink, LinkState, Patch, PatchedFile, UnpatchedLink, UnpatchedReason},
    wording::hint,
};

use crate::cli::{
    check_file::FileArgs,
    context::{BOLD, Context, DIM},
    failure::{Exit, Failure},
    git_patch,
    layout::Hanging,
    text::{address, link as linked},
    web,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
Links are judged by the visits of the last updates; run `mlsearch update` from time to time.
Each link is what the last update says of its page: ok, moved, blocked, gone,
empty, disallowed, unsupported type, too large or unreachable. It is dead, too,
when it was gone or unreachable at several visits over days; a bot challenge is
not a dead link.

  mlsearch check --patch | git apply --allow-empty

The paths of a patch begin at the root of the repository that holds the collection, and git
skips those outside of the folder where it runs: run it at the root, or with `git -C`. Outside
of a repository they begin at the collection. With nothing to fix the patch is empty, which git
takes with --allow-empty. Links that a patch should not touch are named on stderr.

With FILE the links of that list are visited now, each once, and no collection is needed; `-` is
standard input. What is gone or unreachable at that one visit is called dead.

Exit codes: 0 done, 1 with --strict when a link is dead or has moved, 2 error.")]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    from_file: FileArgs,
    /// Print a patch for the lists' files: links that moved for good
    #[arg(long, conflicts_with = "json")]
    patch: bool,
    /// Exit with 1 when a link is dead or has moved for good
    #[arg(long)]
    strict: bool,
    /// Print all links, those that are ok or were never visited, too
    #[arg(long)]
    all: bool,
    /// Print one JSON object for each link; with --all for all of them
    #[arg(long)]
    json: bool,
}

/// Prints the state of the links, or the patch for those that have moved.
pub(crate) fn run(args: &CheckArgs, context: &mut Context) -> Result<Exit, Failure> {
    let (links, patch) = match &args.from_file.file {
        Some(file) => of_file(file, args, context)?,
        None => of_collection(args, context)?,
    };
    if let Some(patch) = patch {
        print_patch(&patch, args.from_file.file.as_deref(), context)?;
    } else if args.json {
        for link in selected(&links, args.all) {
            context.json(link)?;
        }
    } else {
        print(&links, args.all, context)?;
    }
    let is_finding = |link: &CheckedLink| link.dead || link.state == LinkState::Moved;
    Ok(Exit::found(!(args.strict && links.iter().any(is_finding))))
}

/// The links of the collection, and the patch for them if it is asked for.
fn of_collection(
    args: &CheckArgs,
    context: &Context,
) -> Result<(Vec<CheckedLink>, Option<Patch>), Failure> {
    let collection = context.collection()?;
    let links = inspect::links(&collection, Context::now())?;
    let patch = args.patch.then(|| inspect::patch(&collection, &links)).transpose()?;
    Ok((links, patch))
}

/// The links of one list, which are visited now, and the patch for them.
fn of_file(
    file: &str,
    args: &CheckArgs,
    context: &mut Context,
) -> Result<(Vec<CheckedLink>, Option<Patch>), Failure> {
    if args.patch && (file == "-" || web::address(file).is_some()) {
        return Err(Failure::Usage {
            message: format!("there is no file to be patched: `{file}` is none"),
            hint: "save the list in a file, and name that".into(),
        });
    }
    let links = args.from_file.links(file, context)?;
    let patch = args.patch.then(|| inspect::patch_file(Path::new(file), &links)).transpose()?;
    Ok((links, patch))
}

fn print_patch(patch: &Patch, file: Option<&str>, context: &mut Context) -> Result<(), Failure> {
    for PatchedFile { path, old, new } in &patch.files {
        git_patch::write(&mut context.out, path, old, new)?;
    }
    for link in &patch.unpatched {
        context.note(&to_fix_by_hand(link, &patch.root));
    }
    let here = std::env::current_dir().and_then(fs::canonicalize);
    if !patch.files.is_empty() && !here.is_ok_and(|here| here == patch.root) {
        let root = hint::quoted(&patch.root.display().to_string());
        let file = file.map(hint::quoted).map(|file| format!("{file} ")).unwrap_or_default();
        let check = context.command(&format!("check {file}--patch"));
        context.note(&format!("the paths in the patch begin at `{}`", patch.root.display()));
        context.hint(&format!("run `{check} | git -C {root} apply --allow-empty` to apply it"));
    }
    Ok(())
}

fn to_fix_by_hand(UnpatchedLink { url, target, why }: &UnpatchedLink, root: &Path) -> String {
    let what = match why {
        UnpatchedReason::Front => {
            "moved to a front page, which is probably not the article".to_owned()
        }
        UnpatchedReason::Shared => "moved to the address of another link".to_owned(),
        UnpatchedReason::Outside(path) => {
            let root = root.display();
            format!("moved; fix it by hand in `{path}`, which is outside of `{root}`")
        }
        UnpatchedReason::Credentials(path) => format!(
            "moved; fix it by hand in `{path}`, which has a user name or password in an address"
        ),
        UnpatchedReason::Unfit(path) => {
            format!("moved; fix it by hand in `{path}`, whose format cannot hold the new address")
        }
        UnpatchedReason::NotFound => "moved, but not found as written in any list file".to_owned(),
    };
    format!("{what}: {url}, now at {target}")
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
