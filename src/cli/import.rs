//! `import`: a collection of one's own documents.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufRead, BufReader, Seek, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use jiff::Timestamp;
use mlsearch::{
    Error,
    aliases::Aliases,
    collection::{Collection, Lock},
    engine::{
        BuildSummary,
        choice::Engine,
        json_lines::Import,
        manifest::Manifest,
        opensearch::{indexes::Indexes, sliced_build::SliceEnd},
        slice::Slice,
        threads::threads_for,
        vectors::Embedding,
    },
    wording::hint::{self, DOCUMENT_LINES, Named},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    cluster::SpreadArgs,
    context::Context,
    failure::{Exit, Failure},
    import_report::ImportReport,
    progress::Meter,
    signals::Signals,
};

/// What a line of the file holds, and how several processes share the lines.
const LINES_AND_SLICES: &str = "\
Each line is a JSON object with an id or a url; all other fields may be missing
or null. An id is a text or a number and stands in one line only; a document
without one gets that of its url. Dates are 2022, 2022-07 or 2022-07-19; a
language is a code such as de, without which the text tells it.

A process for each slice, on one machine or several, reads all lines and loads
its share of them into one index of a cluster. The last one publishes it; one
that failed is run again. All take the same lines, options and aliases.toml.
An update has no slices, for its pages are on one machine.";

#[derive(Debug, Args)]
#[command(after_long_help = LINES_AND_SLICES)]
pub(crate) struct ImportArgs {
    /// Lines of JSON: id, url, title, text, tags, company, date, language; - is stdin
    #[arg(required_unless_present = "abandon", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Of several lines with one id, take the last
    #[arg(long)]
    last_wins: bool,
    /// Skip, count and name lines that are no document or repeat an id
    #[arg(long)]
    skip_bad: bool,
    #[command(flatten)]
    spread: SpreadArgs,
    /// Load one of so many shares of the lines into a cluster, such as 3/8
    #[arg(long, value_name = "I/N")]
    slice: Option<Slice>,
    /// Remove the slices that were loaded and not published
    #[arg(long, conflicts_with_all = ["file", "slice"])]
    abandon: bool,
    /// Threads to analyse with [default: one for each core]
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Builds and publishes an index of the documents.
pub(crate) fn run(args: &ImportArgs, context: &mut Context) -> Result<Exit, Failure> {
    let path = args.file.as_deref().unwrap_or(Path::new("-"));
    let dir = context.named_dir().ok_or_else(|| Failure::Usage {
        message: "import needs a folder of its own".into(),
        hint: {
            let import = format!("import {}", hint::quoted(&path.display().to_string()));
            let named = Named { index: Some(Path::new("DIR")), ..context.named() };
            format!("run `{}`", hint::command(named, &import))
        },
    })?;
    if Collection::exists(&dir) {
        return Err(Failure::Usage {
            message: format!("`{}` is a collection of lists", dir.display()),
            hint: "name another folder with `--index DIR`".into(),
        });
    }
    if args.abandon {
        return abandon(args.json, context);
    }
    let name = path.display().to_string();
    let file = match path == Path::new("-") {
        true => None,
        false => Some(File::open(path).map_err(|e| Error::io(path, e))?),
    };
    let cluster = context.cluster()?.map(|target| args.spread.applied(target));
    if args.slice.is_some() && cluster.is_none() {
        return Err(no_cluster());
    }
    fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, e))?;
    let started = Context::now();
    let _lock = match args.slice {
        Some(_) => Lock::share(&dir)?,
        None => Lock::take(&dir, started)?,
    };
    let slice = args.slice.unwrap_or(Slice::WHOLE);
    let (reader, replaced) = match args.last_wins {
        true => read_twice(args, file, &name)?,
        false => (lines_of(file), HashSet::new()),
    };
    let replaced_lines = replaced.len();
    let documents = Import::new(reader, &name).of_slice(slice).skip_bad(args.skip_bad);
    let mut documents = documents.without_lines(replaced);
    let stop = Signals::watch()?.stop;
    let is_stopped = || stop.is_stopped();
    let jobs = threads_for(args.jobs.unwrap_or_default());
    let aliases = aliases(&dir)?;
    let manifest = |built: BuildSummary| match built.documents {
        // What is there already is worth more than nothing.
        0 => Err(Failure::Usage {
            message: format!("`{name}`: no line is a document"),
            hint: DOCUMENT_LINES.into(),
        }),
        _ => Ok(manifest(built, started)),
    };
    let mut report = ImportReport::new(&name, replaced_lines);
    match args.slice {
        None => {
            let engine = Engine::of(&dir, cluster.as_ref())?;
            let model = context.model(&dir, &engine)?;
            let draft = engine.begin()?;
            let built = draft.build(&mut documents, &aliases, jobs, &is_stopped)?;
            report.read(documents, context)?;
            report.published = Some(built.documents);
            report.loaded = built.clone();
            let mut manifest = manifest(built)?;
            if let Some(model) = model {
                let mut meter = Meter::new(context);
                let mut embedding = Embedding {
                    model: &model,
                    threads: jobs,
                    is_stopped: &is_stopped,
                    on_progress: &mut |done, documents, passages| {
                        meter.embed(done, documents, passages);
                        report.embedded = Some(passages);
                    },
                };
                manifest.embedded = draft.add_vectors(&mut embedding, None)?;
                meter.end();
            }
            if manifest.embedded.is_none()
                && let Some(lost) = engine.manifest()?.and_then(|before| before.embedded)
            {
                context.note(&format!("{}; set MLSEARCH_MODEL", lost.lost()));
            }
            draft.publish(manifest)?;
        }
        Some(slice) => {
            let target = cluster.as_ref().ok_or_else(no_cluster)?;
            let indexes = Indexes::connect(target)?;
            let build = indexes.join(slice, &aliases)?;
            let loaded = build.load(&mut documents, jobs, &is_stopped)?;
            let input = format!("{} {} {}", documents.input(), args.last_wins, args.skip_bad);
            report.read(documents, context)?;
            report.slice = Some(slice);
            report.loaded = loaded.built.clone();
            match build.finish(loaded, &input)? {
                SliceEnd::Missing(missing) => report.missing = missing,
                SliceEnd::Complete(built) => {
                    report.published = Some(built.documents);
                    build.publish(manifest(built)?, &input)?;
                }
            }
        }
    }
    report.print(&dir, args.json, context)?;
    Ok(Exit::Found)
}

/// What was removed of an import that nobody has published.
#[derive(Serialize, JsonSchema)]
pub(crate) struct AbandonOutput {
    /// The names of the indexes.
    removed: Vec<String>,
}

/// Removes what slices have loaded and nobody has published.
fn abandon(json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let target = context.cluster()?.ok_or_else(no_cluster)?;
    let removed = Indexes::connect(&target)?.abandon()?;
    match removed.as_slice() {
        _ if json => context.json(&AbandonOutput { removed })?,
        [] => writeln!(context.out, "no slices are waiting")?,
        removed => writeln!(context.out, "removed `{}`", removed.join("`, `"))?,
    }
    Ok(Exit::Found)
}

fn no_cluster() -> Failure {
    Failure::Usage {
        message: "slices are loaded into a cluster".into(),
        hint: "name it with `--engine URL`, or import without `--slice`".into(),
    }
}

/// What the index says of itself.
fn manifest(built: BuildSummary, started: Timestamp) -> Manifest {
    let BuildSummary { documents, full_texts, provenance, languages } = built;
    Manifest {
        built_at: started,
        documents,
        full_texts,
        provenance,
        languages,
        fingerprint: format!("imported {started}"),
        ..Manifest::default()
    }
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
    let failed = |e| Error::io(name, e);
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
    let lines = Import::new(reader, name).of_slice(args.slice.unwrap_or(Slice::WHOLE));
    let replaced = lines.skip_bad(args.skip_bad).replaced_lines()?;
    file.rewind().map_err(failed)?;
    Ok((lines_of(Some(file)), replaced))
}

/// Aliases may lie beside the imported documents; else the default synonyms count.
fn aliases(dir: &Path) -> Result<Aliases, Error> {
    let collection = Collection { dir: dir.to_owned(), settings: Default::default() };
    collection.aliases()
}
