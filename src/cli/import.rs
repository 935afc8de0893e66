//! `import`: a collection of one's own documents.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, Seek, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use mlsearch::{
    Error,
    aliases::Aliases,
    collection::{Collection, Lock},
    engine::{
        BuildSummary,
        choice::Engine,
        json_lines::{Import, Skipped},
        manifest::Manifest,
    },
    wording::hint::DOCUMENT_LINES,
};

use crate::cli::{
    cluster::SpreadArgs,
    context::Context,
    failure::{Exit, Failure},
    update::Signals,
};

/// What a line of the file holds.
const FIELDS: &str = "\
Each line is a JSON object with an id or a url; all other fields may be missing
or null. An id is a text or a number and stands in one line only; a document
without one gets that of its url. Dates are 2022, 2022-07 or 2022-07-19; a
language is a code such as de, without which the text tells it.";

#[derive(Debug, Args)]
#[command(after_help = FIELDS)]
pub(crate) struct ImportArgs {
    /// Lines of JSON: id, url, title, text, tags, company, date, language; - is stdin
    file: PathBuf,
    /// Of several lines with one id, take the last
    #[arg(long)]
    last_wins: bool,
    /// Skip, count and name lines that are no document or repeat an id
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    spread: SpreadArgs,
    /// Threads to analyse with [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lines that are named of those that lost a user name or a password.
const MOST_NAMED: usize = 10;

/// Builds and publishes an index of the documents.
pub(crate) fn run(args: &ImportArgs, context: &mut Context) -> Result<Exit, Failure> {
    let dir = context.named_dir().ok_or_else(|| Failure::Usage {
        message: "import needs a folder of its own".into(),
        hint: format!("run `mlsearch --index DIR import {}`", args.file.display()),
    })?;
    if Collection::exists(&dir) {
        return Err(Failure::Usage {
            message: format!("`{}` is a collection of lists", dir.display()),
            hint: "name another folder with `--index DIR`".into(),
        });
    }
    let name = args.file.display().to_string();
    let file = match args.file == Path::new("-") {
        true => None,
        false => Some(File::open(&args.file).map_err(|e| Error::io(&args.file, e))?),
    };
    fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, e))?;
    let started = Context::now();
    let _lock = Lock::take(&dir, started)?;
    let (reader, replaced) = match args.last_wins {
        true => read_twice(args, file, &name)?,
        false => (lines_of(file), HashSet::new()),
    };
    let replaced_lines = replaced.len();
    let jobs =
        args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let cluster = context.cluster()?.map(|target| args.spread.applied(target));
    let engine = Engine::of(&dir, cluster.as_ref())?;
    let draft = engine.begin()?;
    let mut documents = Import::new(reader, &name).skip_bad(args.skip_bad).without_lines(replaced);
    let stop = Signals::watch()?.stop;
    let built = draft.build(&mut documents, &aliases(&dir)?, jobs, &|| stop.is_stopped())?;
    report_userinfo(documents.with_userinfo(), &name, context);
    report_skipped(documents.skipped(), &name, context);
    let skipped = documents.skipped().count;
    documents.result()?;
    let BuildSummary { documents, full_texts, provenance, languages } = built;
    // What is there already is worth more than nothing.
    if documents == 0 {
        return Err(Failure::Usage {
            message: format!("`{name}`: no line is a document"),
            hint: DOCUMENT_LINES.into(),
        });
    }
    let manifest = Manifest {
        built_at: started,
        documents,
        full_texts,
        provenance,
        languages: languages.clone(),
        fingerprint: format!("imported {started}"),
        ..Manifest::default()
    };
    draft.publish(manifest)?;
    if args.json {
        let report = serde_json::json!({
            "documents": documents,
            "full_texts": full_texts,
            "languages": languages,
            "skipped": skipped,
            "replaced": replaced_lines,
        });
        context.json(&report)?;
    } else {
        let mut summary = format!("{documents} documents in `{}`", dir.display());
        if replaced_lines > 0 {
            summary += &format!(", {replaced_lines} lines replaced by later ones");
        }
        if skipped > 0 {
            summary += &format!(", {skipped} bad lines skipped");
        }
        writeln!(context.out, "{summary}")?;
    }
    Ok(Exit::Found)
}

/// The lines of a file, or of standard input where there is none.
fn lines_of(file: Option<File>) -> Box<dyn BufRead> {
    match file {
        Some(file) => Box::new(BufReader::with_capacity(1 << 18, file)),
        None => Box::new(BufReader::new(io::stdin())),
    }
}

/// The lines of a file that has been read once, and which of them later lines replace. What can be
/// read only once, such as a pipe, is copied to a temporary file.
fn read_twice(
    args: &ImportArgs,
    file: Option<File>,
    name: &str,
) -> Result<(Box<dyn BufRead>, HashSet<u64>), Error> {
    let failed = |e| Error::io(&args.file, e);
    let is_regular = |file: &File| file.metadata().is_ok_and(|metadata| metadata.is_file());
    let mut file = match file {
        Some(file) if is_regular(&file) => file,
        file => {
            let mut copy = tempfile::tempfile().map_err(failed)?;
            io::copy(&mut lines_of(file), &mut copy).map_err(failed)?;
            copy.rewind().map_err(failed)?;
            copy
        }
    };
    let reader = BufReader::with_capacity(1 << 18, &file);
    let replaced = Import::new(reader, name).skip_bad(args.skip_bad).replaced_lines()?;
    file.rewind().map_err(failed)?;
    Ok((lines_of(Some(file)), replaced))
}

/// Names the lines that lost a user name or a password.
fn report_userinfo(lines: &[(u64, String)], name: &str, context: &Context) {
    for (line, url) in lines.iter().take(MOST_NAMED) {
        context
            .note(&format!("`{name}`: line {line}: a user name or password is cut from `{url}`"));
    }
    if lines.len() > MOST_NAMED {
        let more = lines.len() - MOST_NAMED;
        context.note(&format!("`{name}`: the same for {more} more lines"));
    }
}

/// Names the lines that were skipped, and counts those beyond the first.
fn report_skipped(skipped: &Skipped, name: &str, context: &Context) {
    for error in &skipped.first {
        context.note(&format!("{error}; skipped"));
    }
    let more = skipped.count - skipped.first.len() as u64;
    if more > 0 {
        context.note(&format!("`{name}`: {more} more lines are skipped"));
    }
}

/// Aliases may lie beside the imported documents; else the default synonyms count.
fn aliases(dir: &Path) -> Result<Aliases, Error> {
    let collection = Collection { dir: dir.to_owned(), settings: Default::default() };
    collection.aliases()
}
