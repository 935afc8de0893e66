//! `similar`: more like one article, or like a text of one's own.

use std::{fs, path::PathBuf};

use clap::Args;
use mlsearch::{Error, charset, json::SimilarOutput, wording::note::worded};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    hit::{self, print_text},
    recent::{self, LastSearch},
};

#[derive(Debug, Args)]
#[command(after_long_help = recent::NUMBERS)]
pub(crate) struct SimilarArgs {
    /// Id or URL of an article, the number of a hit of the last search, or a text file
    #[arg(value_hint = clap::ValueHint::AnyPath)]
    like: String,
    /// How many to show [default: what fits the window, or 10]
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// By words alone, also where the index has vectors
    #[arg(long)]
    no_hybrid: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints what is like it.
pub(crate) fn run(args: &SimilarArgs, context: &mut Context) -> Result<Exit, Failure> {
    let limit = hit::limit(args.limit, !args.json, context);
    let path = PathBuf::from(&args.like);
    let (like, results) = if path.is_file() {
        let bytes = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let (text, _) = charset::written(&bytes);
        let searcher = context.searcher()?;
        let has_vectors = !args.no_hybrid && searcher.has_vectors().unwrap_or(false);
        let model = context.query_model(has_vectors)?;
        (args.like.clone(), searcher.with_model(model).similar_to_text(&text, limit)?)
    } else {
        recent::with_meant(&args.like, context, |id, context| {
            let searcher = context.searcher()?;
            let results = match args.no_hybrid {
                true => searcher.similar_in_words(id, limit)?,
                false => searcher.similar(id, limit)?,
            };
            Ok((id.strip_prefix("id:").unwrap_or(id).to_owned(), results))
        })?
    };
    let notes: Vec<_> = results.notes.iter().map(|note| worded(note, context.named())).collect();
    if args.json {
        context.json(&SimilarOutput { results: &results, notes: &notes })?;
    } else {
        let hits = print_text(&results.hits, 1, args.limit, &[], context)?;
        context.flush()?;
        LastSearch::of_similar(&like, hits).remember(context);
    }
    if !args.json {
        notes.iter().for_each(|note| context.note(note));
    }
    if results.hits.is_empty() && limit > 0 {
        context.note(&format!("nothing is similar to `{like}`"));
    }
    Ok(Exit::found(!results.hits.is_empty()))
}
