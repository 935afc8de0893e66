//! `eval`: how good the ranking is by relevance judgments.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{BufWriter, Write},
    path::PathBuf,
};

use clap::Args;
use mlsearch::{
    Error,
    search::{Feedback, Request, evaluate},
};

use crate::cli::{
    context::Context,
    embedder::HybridArgs,
    failure::{Exit, Failure},
};

#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// Queries, one a line: id, tab, text
    queries: PathBuf,
    /// Relevance judgments, one a line: query id, 0, document id, grade
    qrels: PathBuf,
    /// Write the hits as a TREC run
    #[arg(long, value_name = "FILE")]
    run: Option<PathBuf>,
    /// How many hits of each query to measure
    #[arg(long, value_name = "N", default_value_t = 1000)]
    depth: usize,
    /// Rank without pseudo-relevance feedback, by the words of the query alone
    #[arg(long)]
    no_feedback: bool,
    /// Go on with articles that have none of the words, by pseudo-relevance feedback
    #[arg(long, conflicts_with = "no_feedback")]
    related: bool,
    #[command(flatten)]
    hybrid: HybridArgs,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Searches all queries and prints the measures.
pub(crate) fn run(args: &EvalArgs, context: &mut Context) -> Result<Exit, Failure> {
    let read = |path: &PathBuf| fs::read_to_string(path).map_err(|e| Error::io(path, e));
    let name = |path: &PathBuf| path.display().to_string();
    let queries = evaluate::read_queries(&read(&args.queries)?, &name(&args.queries))?;
    let judgments = evaluate::read_judgments(&read(&args.qrels)?, &name(&args.qrels))?;
    let searcher = context.searcher()?;
    let searcher = context.with_model(searcher, args.hybrid.asked())?;
    let mut ranked = BTreeMap::new();
    for (id, query) in &queries {
        let feedback = if args.no_feedback { Feedback::Off } else { Feedback::Auto };
        let request = Request {
            query: query.clone(),
            limit: args.depth,
            feedback,
            related: args.related,
            hybrid: args.hybrid.asked(),
            ..Request::default()
        };
        ranked.insert(id.clone(), searcher.ids(&request)?);
    }
    if let Some(path) = &args.run {
        let failed = |e| Error::io(path, e);
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        for (query, ids) in &ranked {
            for (at, id) in ids.iter().enumerate() {
                // Readers of runs order by score, and equal ones each in their own way.
                let score = ids.len() - at;
                writeln!(file, "{query} Q0 {id} {} {score} mlsearch", at + 1).map_err(failed)?;
            }
        }
        file.flush().map_err(failed)?;
    }
    let measures = evaluate::measure(&ranked, &judgments);
    if args.json {
        context.json(&measures)?;
    } else {
        writeln!(context.out, "queries     {}", measures.queries)?;
        writeln!(context.out, "nDCG@10     {:.4}", measures.ndcg_at_10)?;
        writeln!(context.out, "MAP         {:.4}", measures.map)?;
        writeln!(context.out, "MRR@10      {:.4}", measures.mrr_at_10)?;
        writeln!(context.out, "recall@100  {:.4}", measures.recall_at_100)?;
    }
    Ok(Exit::found(measures.queries > 0))
}
