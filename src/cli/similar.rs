//! `similar`: more like one article, or like a text of one's own.

use std::{fs, path::PathBuf};

use clap::Args;
use mlsearch::{Error, charset, json::SimilarOutput, wording::note::worded};

use crate::cli::{
    context::Context,
    failure::{Exit, Failure},
    hit::{HitFormat, print},
    recent::{self, LastSearch},
};

#[derive(Debug, Args)]
#[command(after_long_help = recent::NUMBERS)]
pub(crate) struct SimilarArgs {
    /// Id or URL of an article, the number of a hit of the last search, or a text file
    like: String,
    /// How many to show
    #[arg(short = 'n', long, value_name = "N", default_value_t = 10)]
    limit: usize,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Prints what is like it.
pub(crate) fn run(args: &SimilarArgs, context: &mut Context) -> Result<Exit, Failure> {
    let path = PathBuf::from(&args.like);
    let (like, results) = if path.is_file() {
        let bytes = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let (text, _) = charset::written(&bytes);
        (args.like.clone(), context.searcher()?.similar_to_text(&text, args.limit)?)
    } else {
        recent::with_meant(&args.like, context, |id, context| {
            let results = context.searcher()?.similar(id, args.limit)?;
            Ok((id.strip_prefix("id:").unwrap_or(id).to_owned(), results))
        })?
    };
    if args.json {
        let named = context.named();
        let notes: Vec<_> = results.notes.iter().map(|note| worded(note, named)).collect();
        context.json(&SimilarOutput { results: &results, notes: &notes })?;
    } else {
        print(&results.hits, 1, HitFormat::Text, context)?;
        context.flush()?;
        LastSearch::of_similar(&like, &results.hits).remember(context);
    }
    if results.hits.is_empty() && args.limit > 0 {
        context.note(&format!("nothing is similar to `{like}`"));
    }
    Ok(Exit::found(!results.hits.is_empty()))
}
