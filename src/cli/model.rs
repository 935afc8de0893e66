//! `model`: whether a folder holds a model that can be used, and how fast it is.

use std::{io::Write, path::PathBuf};

use clap::{Args, Subcommand};
use mlsearch::{
    embedding::{self, Model, ModelFiles},
    engine::threads::threads_for,
    wording::note::MODEL_DIGITS,
    worker::vet,
};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    worker,
};

#[derive(Debug, Args)]
#[command(after_long_help = "\
The folder of a model holds `model.onnx`, a network for sentences in the format
ONNX, and `vocab.txt` or `tokenizer.json`, its vocabulary: of the kind of BERT,
without capital letters. all-MiniLM-L6-v2 is one, and it is at
https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2
Nothing is downloaded.

  mlsearch model check ~/models/all-MiniLM-L6-v2")]
pub(crate) struct ModelArgs {
    #[command(subcommand)]
    command: ModelCommand,
}

#[derive(Debug, Subcommand)]
enum ModelCommand {
    /// Load a model, try it on built-in texts and measure its speed
    Check(ModelCheckArgs),
}

#[derive(Debug, Args)]
#[command(after_long_help = "\
The network is loaded in a process of its own first, whose memory and time are
bounded. Then texts that say the same must be nearer to each other than texts
that do not, and where the file is known, its vectors must be the known ones.

  mlsearch model check ~/models/all-MiniLM-L6-v2")]
struct ModelCheckArgs {
    /// The folder of the model
    #[arg(value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    dir: PathBuf,
    /// Texts embedded at the same time [default: one for each core]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    jobs: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Checks a model.
pub(crate) fn run(args: &ModelArgs, context: &mut Context) -> Result<Exit, Failure> {
    let ModelCommand::Check(args) = &args.command;
    let files = ModelFiles::read(&args.dir)?;
    vet(worker::model_launch().as_ref(), &files, &|| false)?;
    let sha256 = files.sha256().to_owned();
    let threads = threads_for(args.jobs);
    let check = embedding::check(&Model::load(files)?, &sha256, threads)?;
    if args.json {
        context.json(&check)?;
        return Ok(Exit::Found);
    }
    let out = &mut context.out;
    if let (Some(name), Some(cosine)) = (&check.known_as, check.known_cosine) {
        writeln!(out, "model       {name}; its vectors are as known (cosine {cosine:.4})")?;
    }
    let id = check.id.get(..MODEL_DIGITS).unwrap_or(&check.id);
    writeln!(out, "id          {id}, as `mlsearch status` tells it")?;
    writeln!(out, "sha256      {}", check.sha256)?;
    writeln!(out, "dimensions  {}", check.dimensions)?;
    writeln!(out, "vocabulary  {} tokens", check.vocabulary)?;
    writeln!(
        out,
        "texts       near ones have a cosine of {:.2} and more, others {:.2} and less",
        check.near, check.far
    )?;
    writeln!(
        out,
        "speed       {:.1} passages ({:.0} tokens) a second, {} at a time",
        check.passages_per_second, check.tokens_per_second, check.threads
    )?;
    Ok(Exit::Found)
}
