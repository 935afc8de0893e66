//! `pull`: an index that somebody else has built, in place of a crawl of one's own.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Args;
use ipnet::IpNet;
use mlsearch::{
    Error,
    canonical::discreet,
    counted::counted,
    crawl::Stop,
    error::RefusalCause,
    pull::{self, PullOptions, PullProgress, PullSource},
    update::PullReport,
    wording::{
        age,
        hint::{self, Named},
    },
};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    signals::Signals,
    text::sanitize,
    transfer::TransferBar,
    web,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
The archive is what `mlsearch pack` writes. It is fetched, and continued where a
connection broke off; held against URL.sha256 if there is such a file, or
against --sha256; unpacked beside the index; and published when all of it is
right. Of an archive that is refused nothing is taken. An index that lost more
than a tenth is refused as in an update.

The folder is marked by `[pull]` in its mlsearch.toml: `mlsearch update` pulls
there and visits no page, and asks only whether there is a newer archive.
A folder with lists of its own is never replaced, and files that were changed
by hand are kept.

With a public key, set by --public-key or in `[pull]`, each archive must have a
signature of minisign beside it, URL.minisig.

Examples:
  mlsearch pull https://example.org/index.tar.zst
  mlsearch --index team pull index.tar.zst
  mlsearch update                       pull again, from where it came")]
pub(crate) struct PullArgs {
    /// An address, or a file [default: `url` in `[pull]` of the settings]
    #[arg(value_name = "URL|FILE", value_hint = clap::ValueHint::AnyPath)]
    source: Option<String>,
    /// The SHA-256 that the archive must have
    #[arg(long, value_name = "HEX")]
    sha256: Option<String>,
    /// The public key of minisign with which it must be signed
    #[arg(long, value_name = "KEY")]
    public_key: Option<String>,
    /// Publish even if the index lost too much or is there already
    #[arg(long)]
    force: bool,
    /// Treat a network as public: follow redirects into it (repeatable)
    #[arg(long, value_name = "CIDR")]
    allow_net: Vec<IpNet>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Pulls into the collection that is meant.
pub(crate) fn run(args: &PullArgs, context: &mut Context) -> Result<Exit, Failure> {
    let source = args.source.as_deref().map(|source| named(source, context)).transpose()?;
    let options = PullOptions {
        source,
        sha256: args.sha256.clone(),
        public_key: args.public_key.clone(),
        force: args.force,
        allow_net: args.allow_net.clone(),
        ..PullOptions::again(Context::now)
    };
    let stop = Signals::watch()?.stop;
    let pulled = work(&context.dir()?, &options, &stop, &args.words(""), context);
    let report = pulled.map_err(|failure| args.in_words(failure, context))?;
    if args.json {
        context.json(&report)?;
    } else {
        summarize(&report, context)?;
    }
    match &report.refused {
        None => Ok(Exit::Found),
        Some(reason) => Err(Failure::Usage {
            message: Error::Refused { reason: reason.clone(), cause: RefusalCause::Losses }
                .to_string(),
            hint: format!(
                "run `{}` to publish it all the same",
                context.command(&args.words("--force"))
            ),
        }),
    }
}

impl PullArgs {
    /// The words of this command, with one more option if that is not empty.
    fn words(&self, more: &str) -> String {
        let mut words = "pull".to_owned();
        let mut add = |word: &str| words += &format!(" {word}");
        for (option, value) in [("--sha256", &self.sha256), ("--public-key", &self.public_key)] {
            value.iter().for_each(|value| add(&format!("{option} {}", hint::quoted(value))));
        }
        self.allow_net.iter().for_each(|network| add(&format!("--allow-net {network}")));
        let is_forced = self.force && more != "--force";
        [more, if is_forced { "--force" } else { "" }]
            .into_iter()
            .filter(|word| !word.is_empty())
            .for_each(&mut add);
        if let Some(source) = &self.source {
            let source = discreet(source);
            if source.starts_with('-') {
                add("--");
            }
            add(&hint::quoted(&source));
        }
        words
    }

    /// A failure with what to do about it, which repeats what was named.
    fn in_words(&self, failure: Failure, context: &Context) -> Failure {
        let Failure::Error(error) = failure else { return failure };
        // Of a folder without a source the error knows where the archive is.
        let words = match (&self.source, &error) {
            (None, Error::NotPulled { .. }) => None,
            _ => Some(self.words("")),
        };
        let hint = words.and_then(|words| hint::of_pull(&error, &words, context.named()));
        let message = match error {
            Error::Interrupted => {
                "interrupted; the index is as it was, and what has come is kept".to_owned()
            }
            ref error => error.to_string(),
        };
        match hint {
            Some(hint) => Failure::Usage { message, hint },
            None => Failure::Error(error),
        }
    }
}

/// What was named as an archive: an address of the web, or a file.
fn named(source: &str, context: &Context) -> Result<PullSource, Failure> {
    let cut = web::without_userinfo(source, context);
    if let Some(url) = web::address(&cut) {
        return Ok(PullSource::Web(url));
    }
    match source.split_once("://") {
        Some((scheme, _)) if !Path::new(source).exists() => Err(Failure::Usage {
            message: format!("an archive is fetched by http or https, not by `{scheme}`"),
            hint: format!(
                "fetch it yourself as `index.tar.zst`, and run `{}`",
                context.command("pull index.tar.zst")
            ),
        }),
        _ => Ok(PullSource::File(PathBuf::from(source))),
    }
}

/// Pulls, with progress on the way; these words run it again.
pub(crate) fn work(
    dir: &Path,
    options: &PullOptions,
    stop: &Stop,
    words: &str,
    context: &Context,
) -> Result<PullReport, Failure> {
    if context.cluster()?.is_some() {
        return Err(Failure::Usage {
            message: "an index is pulled to this machine, and not to a cluster".into(),
            hint: {
                let local = Named { engine: Some("local"), ..context.named() };
                format!("run `{}` to pull it here", hint::command(local, words))
            },
        });
    }
    let mut bar = TransferBar::new(context);
    let pulled = pull::pull(dir, options, &|| stop.is_stopped(), &mut |progress| match progress {
        PullProgress::Fetching(done, all) => bar.show("fetching", done, all),
        PullProgress::Unpacking(done, all) => bar.show("unpacking", done, all),
    });
    bar.end();
    let report = pulled?;
    for name in &report.kept {
        context.note(&format!("`{name}` was changed here and is kept as it is"));
    }
    Ok(report)
}

/// Says what a pull did.
pub(crate) fn summarize(report: &PullReport, context: &mut Context) -> Result<(), Failure> {
    let PullReport { source, documents, full_texts, built_at, signed, checked, .. } = report;
    if report.refused.is_some() {
        return Ok(());
    }
    let built = age(Context::now().as_second() - built_at.as_second());
    let what = match report.generation {
        Some(number) => format!("published generation {number}"),
        None => "nothing has changed".to_owned(),
    };
    let documents = counted(*documents, "document");
    writeln!(context.out, "{what}: {documents}, {full_texts} with their text, built {built}")?;
    let held = match (signed, checked) {
        (true, true) => ", its signature and its checksum are right",
        (true, false) => ", its signature is right",
        (false, true) => ", its checksum is right",
        (false, false) => "",
    };
    let source = sanitize(source);
    if report.generation.is_some() {
        writeln!(context.out, "pulled from {source}{held}")?;
    }
    Ok(())
}
