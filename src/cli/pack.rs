//! `pack`: the published index as one archive, for others to pull.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Args;
use mlsearch::{
    Error,
    counted::counted,
    engine::threads::threads_for,
    files,
    pack::{self, PackOptions, PackReport},
    wording::hint::{self, Named, Origin},
};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    signals::Signals,
    transfer::TransferBar,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
The archive is tar within zstd. It has the published index, the lists, the
aliases, and of the settings which lists there are and how pages are read; a
manifest with checksums stands in front. Equal indexes give equal bytes.

User names and passwords in addresses, and the settings of the contact, the
network and the cluster are left out and named. Lists that are files outside of
the folder are packed as copies in lists/.

--public leaves the lists' data and at most 300 characters of each text, without
the positions of words: phrases are then searched as their words.

Examples:
  mlsearch pack index.tar.zst
  mlsearch pack - --public | ssh host 'cat > index.tar.zst'
  mlsearch pull https://example.org/index.tar.zst")]
pub(crate) struct PackArgs {
    /// A file, which is replaced when all is written, or - for standard output
    file: PathBuf,
    /// Leave out texts but for a short passage, and the positions of words
    #[arg(long, conflicts_with = "pages")]
    public: bool,
    /// Pack the stored pages, too: what was fetched, and the history of texts
    #[arg(long)]
    pages: bool,
    /// Threads for building with --public [default: one per core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Packs the index of the collection that is meant.
pub(crate) fn run(args: &PackArgs, context: &mut Context) -> Result<Exit, Failure> {
    let is_stdout = args.file == Path::new("-");
    if is_stdout && args.json {
        return Err(Failure::Usage {
            message: "an archive is no text, and `-` has nothing beside it".into(),
            hint: format!("run `{}`", context.command("pack index.tar.zst --json")),
        });
    }
    if is_stdout && context.is_terminal {
        return Err(Failure::Usage {
            message: "an archive is not written to a terminal".into(),
            hint: format!("run `{}`", context.command("pack index.tar.zst")),
        });
    }
    let dir = context.dir()?;
    if context.cluster()?.is_some() {
        return Err(Failure::Usage {
            message: "the index is on a cluster; only one on this machine can be packed".into(),
            hint: format!(
                "run `{}`, once an update with that engine has built it",
                hint::command(
                    Named { index: Some(&dir), engine: Some("local") },
                    &args.words(args.pages)
                )
            ),
        });
    }
    let signals = Signals::watch()?;
    let jobs = threads_for(args.jobs);
    let options = PackOptions { public: args.public, pages: args.pages, jobs };
    let mut bar = TransferBar::new(context);
    let mut pack_into = |out: &mut dyn Write| {
        let is_stopped = || signals.stop.is_stopped();
        pack::pack(&dir, &options, (&args.file, out), &is_stopped, &mut |done, all| {
            bar.show("packing", done, Some(all));
        })
    };
    // What a link leads to is replaced, not the link; into a pipe or a device it is written as it comes.
    let file = match fs::symlink_metadata(&args.file).is_ok_and(|found| found.is_symlink()) {
        true => fs::canonicalize(&args.file).map_err(|e| Error::io(&args.file, e))?,
        false => args.file.clone(),
    };
    let is_special = |found: fs::Metadata| !found.is_file() && !found.is_dir();
    let packed = if !is_stdout && fs::metadata(&file).is_ok_and(is_special) {
        let open = fs::OpenOptions::new().write(true).open(&file);
        open.map_err(|e| Error::io(&file, e)).and_then(|mut open| pack_into(&mut open))
    } else if is_stdout {
        let mut stdout = io::stdout().lock();
        pack_into(&mut stdout).and_then(|report| {
            stdout.flush().map(|()| report).map_err(|e| Error::io("standard output", e))
        })
    } else {
        files::replace_with(&file, |file| pack_into(file).map_err(Unwritten::Of))
            .map_err(|unwritten| unwritten.error(&file))
    };
    bar.end();
    let report = match packed {
        Err(Error::Io { source, .. })
            if is_stdout && source.kind() == io::ErrorKind::BrokenPipe =>
        {
            return Err(Failure::Stdout(source));
        }
        Err(Error::Interrupted) => {
            return Err(Failure::Usage {
                message: "interrupted; nothing was packed".into(),
                hint: format!(
                    "run `{}` to pack it from the beginning",
                    args.command(args.pages, context)
                ),
            });
        }
        Err(error @ Error::NoStore(_)) if Origin::of(Some(&dir)) != Origin::Lists => {
            return Err(Failure::Usage {
                message: format!("{error}: only where lists are visited there are any"),
                hint: format!("run `{}` to pack it without", args.command(false, context)),
            });
        }
        packed => packed?,
    };
    report.notes.iter().for_each(|note| context.note(note));
    if args.json {
        context.json(&report)?;
    } else if !is_stdout {
        let PackReport { documents, bytes, sha256, .. } = &report;
        let size = indicatif::HumanBytes(*bytes);
        let file = args.file.display();
        writeln!(context.out, "{} in `{file}`, {size}", counted(*documents, "document"))?;
        writeln!(context.out, "sha256 {sha256}")?;
    }
    Ok(Exit::Found)
}

impl PackArgs {
    /// The command again, with the stored pages or without.
    fn command(&self, pages: bool, context: &Context) -> String {
        context.command(&self.words(pages))
    }

    /// Its words.
    fn words(&self, pages: bool) -> String {
        let options = [("--public", self.public), ("--pages", pages), ("--json", self.json)];
        let options = options.iter().filter(|(_, is_set)| *is_set);
        let options: String = options.map(|(option, _)| format!(" {option}")).collect();
        let file = hint::quoted(&self.file.display().to_string());
        let end = if file.starts_with('-') && file != "-" { " --" } else { "" };
        format!("pack{options}{end} {file}")
    }
}

/// Why a file was not written: what was to be in it could not be had, or the file could not.
enum Unwritten {
    Of(Error),
    File(io::Error),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Unwritten {
        Unwritten::File(error)
    }
}

impl Unwritten {
    fn error(self, file: &Path) -> Error {
        match self {
            Unwritten::Of(error) => error,
            Unwritten::File(error) => Error::io(file, error),
        }
    }
}
