//! `import`: a collection of one's own documents.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use mlsearch::{
    Error,
    aliases::Aliases,
    collection::{Collection, Lock},
    engine::{
        BuildSummary,
        import::Import,
        local::{
            build::build,
            generations::{Generations, Manifest},
        },
    },
};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Lines of JSON: id, url, title, text, tags, company, date; - for standard input
    file: PathBuf,
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
    let reader: Box<dyn BufRead> = if args.file == Path::new("-") {
        Box::new(BufReader::new(io::stdin()))
    } else {
        let file = File::open(&args.file).map_err(|e| Error::io(&args.file, e))?;
        Box::new(BufReader::with_capacity(1 << 18, file))
    };
    fs::create_dir_all(&dir).map_err(|e| Error::io(&dir, e))?;
    let started = Context::now();
    let _lock = Lock::take(&dir, started)?;
    let jobs =
        args.jobs.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let generations = Generations::of(&dir);
    let draft = generations.begin()?;
    let mut documents = Import::new(reader, &name);
    let built = build(&draft.path, &mut documents, &aliases(&dir)?, jobs)?;
    let with_userinfo = documents.with_userinfo();
    for (line, url) in with_userinfo.iter().take(MOST_NAMED) {
        context
            .note(&format!("`{name}`: line {line}: a user name or password is cut from `{url}`"));
    }
    if with_userinfo.len() > MOST_NAMED {
        let more = with_userinfo.len() - MOST_NAMED;
        context.note(&format!("`{name}`: the same for {more} more lines"));
    }
    documents.result()?;
    let fingerprint = format!("imported {started}");
    let BuildSummary { documents, full_texts, provenance } = built;
    let manifest = Manifest {
        built_at: started,
        documents,
        full_texts,
        provenance,
        fingerprint,
        ..Manifest::default()
    };
    generations.publish(&draft, manifest)?;
    if args.json {
        let report = serde_json::json!({ "documents": documents, "full_texts": full_texts });
        context.json(&report)?;
    } else {
        writeln!(context.out, "{documents} documents in `{}`", dir.display())?;
    }
    Ok(Exit::found(documents > 0))
}

/// Aliases may lie beside the imported documents.
fn aliases(dir: &Path) -> Result<Aliases, Error> {
    let collection = Collection { dir: dir.to_owned(), settings: Default::default() };
    collection.aliases()
}
