//! `export`: what is stored, for other programs.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use mlsearch::{Error, export, files};

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
    /// Write the addresses of the lists as seeds of another crawler
    #[command(after_help = "\
Each line is an address, and what the lists say of it as key=value (title,
list, tag, company), with tabs between: as StormCrawler and Nutch read it.")]
    Seeds(ExportSeedsArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
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
struct ExportSeedsArgs {
    /// A file, which is replaced, or - for standard output
    file: PathBuf,
}

/// Exports what is asked for.
pub(crate) fn run(args: &ExportArgs, context: &mut Context) -> Result<Exit, Failure> {
    let collection = context.collection()?;
    match &args.what {
        ExportCommand::Warc(ExportWarcArgs { dir, json }) => {
            let written = export::warc(&collection, dir, Context::now())?;
            if *json {
                context.json(&written)?;
            } else {
                let export::WarcExport { pages, files, bytes } = written;
                let megabytes = bytes.div_ceil(1_000_000);
                let dir = dir.display();
                writeln!(
                    context.out,
                    "{pages} pages in {files} files of {megabytes} MB, and an index, in `{dir}`"
                )?;
            }
            Ok(Exit::found(written.pages > 0))
        }
        ExportCommand::Seeds(ExportSeedsArgs { file }) if file == Path::new("-") => {
            let seeds = export::seeds(&collection, &mut context.out)??;
            Ok(Exit::found(seeds > 0))
        }
        ExportCommand::Seeds(ExportSeedsArgs { file }) => {
            let failed = |e| Error::io(file, e);
            let mut lines = Vec::new();
            let seeds = export::seeds(&collection, &mut lines)?.map_err(failed)?;
            files::replace(file, &lines).map_err(failed)?;
            writeln!(context.out, "{seeds} seeds in `{}`", file.display())?;
            Ok(Exit::found(seeds > 0))
        }
    }
}
