//! `export`: what is stored, for other programs.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use mlsearch::{
    Error,
    counted::counted,
    export, files,
    site::{self, SiteExport},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    #[command(subcommand)]
    what: ExportCommand,
}

#[derive(Debug, Subcommand)]
enum ExportCommand {
    /// Write the stored pages as WARC files, with an index in CDXJ
    Warc(ExportWarcArgs),
    /// Write a static site of what the lists say, for a web server without programs
    Site(ExportSiteArgs),
    /// Write the addresses of the lists as seeds of another crawler
    #[command(after_long_help = "\
Each line is an address, and what the lists say of it as key=value (title,
list, tag, company), with tabs between: as StormCrawler and Nutch read it.")]
    Seeds(ExportSeedsArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
The last good copy of each page is a record, as an answer without codings.
Files have at most 1 GB; index.cdxj names each record, in the order of the
addresses. The folder is there when all of it is, or not at all.
`mlsearch update --warc DIR` reads it.")]
struct ExportWarcArgs {
    /// A folder that is not there yet, or is empty
    dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
Each entry has a page with what the lists say and one short passage, and a link
to the article; companies, tags and years have pages that list them. It works
without JavaScript. `npx pagefind --site DIR` makes it searchable.
DIR is replaced as a whole if it was written so before.")]
struct ExportSiteArgs {
    /// A folder that is not there yet, is empty, or is such a site
    dir: PathBuf,
    /// The name of the site
    #[arg(long, default_value = "Articles")]
    title: String,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What was written.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SeedsOutput {
    /// Seeds, one a line.
    seeds: u64,
}

#[derive(Debug, Args)]
struct ExportSeedsArgs {
    /// A file, which is replaced, or - for standard output
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Exports what is asked for.
pub(crate) fn run(args: &ExportArgs, context: &mut Context) -> Result<Exit, Failure> {
    match &args.what {
        ExportCommand::Site(args) => site_of(args, context),
        ExportCommand::Warc(ExportWarcArgs { dir, json }) => {
            let written = export::warc(&context.collection()?, dir, Context::now())?;
            if *json {
                context.json(&written)?;
            } else {
                let export::WarcExport { pages, files, bytes } = written;
                let megabytes = bytes.div_ceil(1_000_000);
                let dir = dir.display();
                writeln!(
                    context.out,
                    "{} in {} of {megabytes} MB, and an index, in `{dir}`",
                    counted(pages, "page"),
                    counted(files, "file")
                )?;
            }
            Ok(Exit::found(written.pages > 0))
        }
        ExportCommand::Seeds(ExportSeedsArgs { file, json }) if file == Path::new("-") => {
            if *json {
                return Err(Failure::Usage {
                    message: "seeds are lines of text, and `-` has nothing beside them".into(),
                    hint: format!("run `{}`", context.command("export seeds seeds.txt --json")),
                });
            }
            let seeds = export::seeds(&context.collection()?, &mut context.out)??;
            Ok(Exit::found(seeds > 0))
        }
        ExportCommand::Seeds(ExportSeedsArgs { file, json }) => {
            let failed = |e| Error::io(file, e);
            let mut lines = Vec::new();
            let seeds = export::seeds(&context.collection()?, &mut lines)?.map_err(failed)?;
            files::replace(file, &lines).map_err(failed)?;
            if *json {
                context.json(&SeedsOutput { seeds })?;
            } else {
                writeln!(context.out, "{} in `{}`", counted(seeds, "seed"), file.display())?;
            }
            Ok(Exit::found(seeds > 0))
        }
    }
}

fn site_of(args: &ExportSiteArgs, context: &mut Context) -> Result<Exit, Failure> {
    let searcher = context.searcher()?;
    let written = site::site(&searcher, &args.dir, &args.title, Context::now());
    let written = written.map_err(|error| match &error {
        Error::Io { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            let hint = context.command("export site NEW-FOLDER");
            let hint = format!("run `{hint}` to write into a folder that is not there yet");
            Failure::Usage { message: error.to_string(), hint }
        }
        _ => error.into(),
    })?;
    if args.json {
        context.json(&written)?;
    } else {
        let SiteExport { entries, pages } = written;
        let dir = args.dir.display();
        writeln!(
            context.out,
            "{} on {} in `{dir}`",
            counted(entries, "entry"),
            counted(pages, "page")
        )?;
    }
    Ok(Exit::found(written.entries > 0))
}
