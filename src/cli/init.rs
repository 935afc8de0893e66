//! `init`: a collection from one or several lists.

use std::{
    collections::HashSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use mlsearch::{
    Error, canonical,
    collection::{self, Collection},
    list,
};
use serde::Serialize;
use url::Url;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    text::sanitize,
};

#[derive(Debug, Args)]
#[command(override_usage = "mlsearch init [OPTIONS] [DIR] LIST...")]
pub(crate) struct InitArgs {
    /// The folder to make [default: ./index], then the lists: files or URLs
    #[arg(value_name = "[DIR] LIST", required = true)]
    names: Vec<String>,
    /// Where site owners reach you: a URL or a mail address
    #[arg(long)]
    contact: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was made.
#[derive(Serialize)]
struct Made {
    dir: String,
    lists: Vec<MadeList>,
}

#[derive(Serialize)]
struct MadeList {
    name: String,
    source: String,
    /// Entries in it; none for a URL, which is read by the first update.
    entries: Option<usize>,
    #[serde(skip)]
    content: Option<Vec<u8>>,
}

/// Writes `mlsearch.toml` and copies local lists beside it; nothing that exists is overwritten.
pub(crate) fn run(args: &InitArgs, context: &mut Context) -> Result<Exit, Failure> {
    let (dir, sources) = folder_and_lists(&args.names);
    let dir = dir.or_else(|| context.named_dir()).unwrap_or_else(|| "index".into());
    if Collection::exists(&dir) {
        return Err(Failure::Usage {
            message: format!("`{}` is a collection already", dir.display()),
            hint: format!("add lists to {}", dir.join(collection::SETTINGS_FILE).display()),
        });
    }
    if let Some(message) = args.contact.as_deref().and_then(collection::contact_problem) {
        let hint = "name one as in `--contact https://example.org/about`, or none".into();
        return Err(Failure::Usage { message, hint });
    }
    if sources.is_empty() {
        return Err(Failure::Usage {
            message: format!("no list for the collection in `{}`", dir.display()),
            hint: format!("name one: `mlsearch init {} LIST`", dir.display()),
        });
    }
    for source in sources {
        if let Some(cut) = as_url(source).and_then(|_| canonical::url_without_userinfo(source)) {
            return Err(Failure::Usage {
                message: format!(
                    "`{cut}` has a user name or a password in front, which is never sent"
                ),
                hint: format!("run `mlsearch init {} {cut}`", dir.display()),
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
    let mut names = HashSet::new();
    let mut lists = Vec::new();
    for source in sources {
        lists.push(read(source, &mut names, context)?);
    }
    let made = Made { dir: dir.display().to_string(), lists };
    write(&dir, &made, args.contact.as_deref())?;
    if args.json {
        context.json(&made)?;
    } else {
        for list in &made.lists {
            let entries = match list.entries {
                Some(entries) => format!("{entries} entries"),
                None => "read by the first update".to_owned(),
            };
            writeln!(context.out, "{}: {entries}", sanitize(&list.name))?;
        }
        let dir = sanitize(&made.dir).into_owned();
        writeln!(
            context.out,
            "made a collection in {dir}; now run `mlsearch --index {dir} update`"
        )?;
    }
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

/// Reads a list and chooses its name and its place in the collection.
fn read(source: &str, names: &mut HashSet<String>, context: &Context) -> Result<MadeList, Failure> {
    let stem = collection::name_of_source(source);
    let mut name = stem.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{stem}-{number}");
        number += 1;
    }
    if as_url(source).is_some() {
        return Ok(MadeList { name, source: source.to_owned(), entries: None, content: None });
    }
    let content = crate::cli::list::from_file(source, list::MAX_BYTES as u64 + 1)?;
    let options = list::ListOptions { name: source.to_owned(), ..list::ListOptions::default() };
    let list = list::parse(&content, &options)?;
    for warning in list.warnings.iter().filter(|warning| warning.line == 0) {
        context.note(&format!("`{source}`: {}", warning.message));
    }
    let extension = Path::new(source).extension().and_then(|extension| extension.to_str());
    let file = format!("lists/{name}.{}", extension.unwrap_or("md"));
    Ok(MadeList { name, source: file, entries: Some(list.entries.len()), content: Some(content) })
}

fn write(dir: &Path, made: &Made, contact: Option<&str>) -> Result<(), Failure> {
    let folder = dir.join("lists");
    fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
    for list in &made.lists {
        if let Some(content) = &list.content {
            write_new(&dir.join(&list.source), content)?;
        }
    }
    Ok(write_new(&dir.join(collection::SETTINGS_FILE), settings(made, contact).as_bytes())?)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, content: &[u8]) -> Result<(), Error> {
    let mut file = fs::File::create_new(path).map_err(|e| Error::io(path, e))?;
    file.write_all(content).map_err(|e| Error::io(path, e))
}

fn settings(made: &Made, contact: Option<&str>) -> String {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let mut text = String::from("# A collection of mlsearch.\n\n");
    text.push_str("# Where site owners reach you: a URL or a mail address.\n");
    match contact {
        Some(contact) => text.push_str(&format!("contact = {}\n", quoted(contact))),
        None => text.push_str("# contact = \"https://example.org/about\"\n"),
    }
    text.push_str("\n# Lists are files, relative to this folder, or URLs. ");
    text.push_str("The first one wins where two disagree.\n");
    for list in &made.lists {
        let (source, name) = (quoted(&list.source), quoted(&list.name));
        text.push_str(&format!("[[list]]\nsource = {source}\nname = {name}\n\n"));
    }
    text
}
