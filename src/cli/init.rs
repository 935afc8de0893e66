//! `init`: a collection from one or several lists.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use mlsearch::{
    Error, canonical,
    collection::{self, Collection, reference},
    counted::counted,
    files, list,
    wording::hint::{self, LIST, Named},
};
use schemars::JsonSchema;
use serde::Serialize;
use textwrap::Options;
use url::Url;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    text::sanitize,
};

/// What is made in the folder of a collection, for those who commit the rest.
const IGNORED: &str = include_str!("init.gitignore");

/// Columns of a comment.
const COMMENT_COLUMNS: usize = 96;
/// A blank at which no line ends.
const NO_BREAK: &str = "\u{a0}";

#[derive(Debug, Args)]
#[command(
    override_usage = "mlsearch init [OPTIONS] [DIR] LIST...",
    after_long_help = "\
A file in the repository that holds the folder, or in the folder itself, is
read where it is: each update sees what was changed in it. Any other file is
copied into DIR/lists, and the copy is the one that counts from then on.
DIR/.gitignore names what updates make; the rest is yours to commit.

  cd my-list && mlsearch init README.md && mlsearch update"
)]
pub(crate) struct InitArgs {
    /// The folder to make [default: ./index], then the lists: files or URLs
    #[arg(value_name = "[DIR] LIST", required = true, value_hint = clap::ValueHint::AnyPath)]
    names: Vec<String>,
    /// Where site owners reach you: a URL or a mail address
    #[arg(long)]
    contact: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Made {
    /// The folder of the collection.
    dir: String,
    /// Its lists.
    lists: Vec<MadeList>,
}

/// A list of a new collection.
#[derive(Serialize, JsonSchema)]
struct MadeList {
    /// Its name.
    name: String,
    /// Its address, or its path as seen from the folder.
    source: String,
    /// Entries in it; none for a URL, which is read by the first update.
    entries: Option<usize>,
    /// Whether it is a copy of the file that was named.
    copied: bool,
}

/// A list that was named, and what it holds unless it is in the web.
struct NamedList<'s> {
    source: &'s str,
    file: Option<(Vec<u8>, usize)>,
}

/// Writes `mlsearch.toml` and copies what is not in the repository; nothing that exists is
/// overwritten.
pub(crate) fn run(args: &InitArgs, context: &mut Context) -> Result<Exit, Failure> {
    let (dir, sources) = folder_and_lists(&args.names);
    let dir = dir.or_else(|| context.named_dir()).unwrap_or_else(|| "index".into());
    let engine = context.engine.as_deref();
    let update = hint::command(Named { index: Some(&dir), engine }, "update");
    let init = |lists: &str| hint::init(context.named(), &dir, lists);
    if Collection::exists(&dir) {
        return Err(Failure::Usage {
            message: format!("`{}` is a collection already", dir.display()),
            hint: format!(
                "run `{update}` to read its lists; further ones are named in {}",
                dir.join(collection::SETTINGS_FILE).display()
            ),
        });
    }
    if let Some(message) = args.contact.as_deref().and_then(collection::contact_problem) {
        let hint = "name one as in `--contact https://example.org/about`, or none".into();
        return Err(Failure::Usage { message, hint });
    }
    if sources.is_empty() {
        return Err(Failure::Usage {
            message: format!("no list for the collection in `{}`", dir.display()),
            hint: format!("name one: `{}`", init(LIST)),
        });
    }
    for source in sources {
        if let Some(cut) = as_url(source).and_then(|_| canonical::url_without_userinfo(source)) {
            return Err(Failure::Usage {
                message: format!(
                    "`{cut}` has a user name or a password in front, which is never sent"
                ),
                hint: format!("run `{}`", init(&hint::quoted(&cut))),
            });
        }
    }
    if let Some(cut) = args.contact.as_deref().and_then(canonical::url_without_userinfo) {
        return Err(Failure::Usage {
            message: format!("the contact `{cut}` has a user name or a password in front"),
            hint: format!("name it as `--contact {cut}`; it is sent to every site that is visited"),
        });
    }
    // Everything is read before anything is written.
    let lists: Result<Vec<_>, _> = sources.iter().map(|source| read(source, context)).collect();
    let lists = lists?;
    fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, e))?;
    let made =
        Made { dir: dir.display().to_string(), lists: place(context.named(), &dir, &lists)? };
    let settings = settings(&made, args.contact.as_deref());
    write_new(&dir.join(collection::SETTINGS_FILE), settings.as_bytes())?;
    ignore(&dir)?;
    if args.json {
        context.json(&made)?;
        return Ok(Exit::Found);
    }
    for MadeList { name, source, entries, copied } in &made.lists {
        let entries = match entries {
            Some(entries) => counted(*entries, "entry"),
            None => "read by the first update".to_owned(),
        };
        let copy = dir.join(source).display().to_string();
        let copied = if *copied { format!(", copied to {copy}") } else { String::new() };
        writeln!(context.out, "{}: {}", sanitize(name), sanitize(&(entries + &copied)))?;
    }
    let dir = sanitize(&made.dir).into_owned();
    writeln!(context.out, "made a collection in {dir}; now run `{}`", sanitize(&update))?;
    Ok(Exit::Found)
}

/// The first name is the folder when others follow and it is no list itself.
fn folder_and_lists(names: &[String]) -> (Option<PathBuf>, &[String]) {
    match names {
        [first, rest @ ..] if as_url(first).is_none() && !Path::new(first).is_file() => {
            let is_folder = !rest.is_empty() || Path::new(first).is_dir();
            if is_folder { (Some(first.into()), rest) } else { (None, names) }
        }
        _ => (None, names),
    }
}

fn as_url(source: &str) -> Option<Url> {
    Url::parse(source).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// Reads a list and counts its entries.
fn read<'s>(source: &'s str, context: &Context) -> Result<NamedList<'s>, Failure> {
    if as_url(source).is_some() {
        return Ok(NamedList { source, file: None });
    }
    let content = crate::cli::list::from_file(source, list::MAX_BYTES as u64 + 1)?;
    let options = list::ListOptions { name: source.to_owned(), ..list::ListOptions::default() };
    let list = list::parse(&content, &options)?;
    for warning in list.warnings.iter().filter(|warning| warning.line == 0) {
        context.note(&format!("`{source}`: {}", warning.message));
    }
    Ok(NamedList { source, file: Some((content, list.entries.len())) })
}

/// Names lists and says where they are, as seen from the folder of the collection; what cannot stay
/// where it is is copied into it.
fn place(named: Named<'_>, dir: &Path, lists: &[NamedList<'_>]) -> Result<Vec<MadeList>, Failure> {
    let io = |e| Error::io(dir, e);
    let folder = fs::canonicalize(dir).map_err(io)?;
    let repository = collection::repository_root(&folder).map_err(io)?;
    let place_of = |list: &NamedList<'_>| {
        let is_file = list.file.is_some() && list.source != "-";
        is_file.then(|| collection::place_of(Path::new(list.source)).ok()).flatten()
    };
    let places: Vec<Option<PathBuf>> = lists.iter().map(place_of).collect();
    let sources = lists
        .iter()
        .zip(&places)
        .map(|(list, place)| place.as_deref().and_then(Path::to_str).unwrap_or(list.source));
    let names = collection::names_of_sources(sources);
    let mut made = Vec::new();
    for ((list, place), name) in lists.iter().zip(&places).zip(names) {
        let Some((content, entries)) = &list.file else {
            let source = list.source.to_owned();
            made.push(MadeList { name, source, entries: None, copied: false });
            continue;
        };
        let stays = |place: &&PathBuf| {
            place.starts_with(&folder)
                || repository.as_ref().is_some_and(|root| place.starts_with(root))
        };
        let there = place.as_ref().filter(stays);
        let there = there.and_then(|place| collection::relative_path(&folder, place));
        let copied = there.is_none();
        let source = match there {
            Some(source) => source,
            None => copy(named, dir, &name, list.source, content)?,
        };
        made.push(MadeList { name, source, entries: Some(*entries), copied });
    }
    Ok(made)
}

/// Copies a list into the folder of a collection and returns its place there.
fn copy(
    named: Named<'_>,
    dir: &Path,
    name: &str,
    source: &str,
    content: &[u8],
) -> Result<String, Failure> {
    let lists = dir.join("lists");
    fs::create_dir_all(&lists).map_err(|e| Error::io(&lists, e))?;
    let extension = Path::new(source).extension().and_then(|extension| extension.to_str());
    let file = format!("lists/{}.{}", name.replace('/', "-"), extension.unwrap_or("md"));
    let path = dir.join(&file);
    if path.exists() {
        return Err(Failure::Usage {
            message: format!("`{source}` is not copied: `{}` is there already", path.display()),
            hint: format!(
                "run `{}` to take that",
                hint::init(named, dir, &hint::quoted(&path.display().to_string()))
            ),
        });
    }
    write_new(&path, content)?;
    Ok(file)
}

/// Names what updates make in the `.gitignore` of the folder, unless it does so already.
fn ignore(dir: &Path) -> Result<(), Error> {
    let path = dir.join(".gitignore");
    let there = match fs::read_to_string(&path) {
        Ok(there) => there,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(Error::io(path, e)),
    };
    if IGNORED.lines().all(|line| there.lines().any(|other| other == line)) {
        return Ok(());
    }
    let end = if there.is_empty() || there.ends_with('\n') { "" } else { "\n" };
    let text = format!("{there}{end}{IGNORED}");
    files::replace(&path, text.as_bytes()).map_err(|e| Error::io(path, e))
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut file = fs::File::create_new(path).map_err(|e| Error::io(path, e))?;
    file.write_all(content).map_err(|e| Error::io(path, e))
}

/// The settings of a new collection: what is given, and every other setting as a comment with its
/// default. The lists come last, with the settings that each may have below the last one, so that what
/// loses its `#` where it stands is about it.
fn settings(made: &Made, contact: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = String::from(
        "# A collection of mlsearch. Comments name the other settings, each with its default or an \
         example.\n# One of a table holds when the name of the table is no comment either.\n\n",
    );
    if let Some(contact) = contact {
        text.push_str("# Where site owners reach you: a URL or a mail address.\n");
        text.push_str(&format!("contact = {}\n", quoted(contact)));
    }
    text.push_str(&comments("mlsearch.toml", &["contact"][contact.map_or(1, |_| 0)..]));
    for table in ["[crawl]", "[publish]", "[engine]", "[embedding]"] {
        text.push_str(&format!("\n# {table}\n{}", comments(table, &[])));
    }
    text.push_str("\n# Lists are files, relative to this folder, or URLs. ");
    text.push_str("The first one wins where two disagree.\n");
    for list in &made.lists {
        let (source, name) = (quoted(&list.source), quoted(&list.name));
        text.push_str(&format!("\n[[list]]\nsource = {source}\nname = {name}\n"));
    }
    text.push_str(
        "# Each list may have these settings as well; here they are those of the last one:\n",
    );
    text.push_str(&comments("[[list]]", &["source", "name"]));
    text.push_str("# And these for one of its entries:\n# [[list.entry]]\n");
    text.push_str(&comments("[[list.entry]]", &[]));
    text
}

/// The settings of a table as comments, without those that are `given`.
fn comments(table: &str, given: &[&str]) -> String {
    let settings = reference::settings(table, given).into_iter();
    let comments = settings.map(|(words, line)| {
        let options = Options::new(COMMENT_COLUMNS).initial_indent("# ").subsequent_indent("# ");
        let words = textwrap::fill(&unbroken(&words), options).replace(NO_BREAK, " ");
        format!("{words}\n# {line}\n")
    });
    comments.collect()
}

/// A text in which no line ends within code.
fn unbroken(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let parts = parts.map(|(at, part)| match at % 2 {
        0 => part.to_owned(),
        _ => part.replace(' ', NO_BREAK),
    });
    parts.collect::<Vec<_>>().join("`")
}
